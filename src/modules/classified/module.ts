import type { Module } from '../../core/module.ts';

export const classified: Module = { name: 'classified', level: 2, operations: [] };
