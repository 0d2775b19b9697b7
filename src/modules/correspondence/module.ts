import type { Module } from '../../core/module.ts';

export const correspondence: Module = { name: 'correspondence', level: 2, operations: [] };
