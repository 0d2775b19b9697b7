import type { Module } from '../../core/module.ts';

export const archive: Module = { name: 'archive', level: 2, operations: [] };
