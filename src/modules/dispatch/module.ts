import type { Module } from '../../core/module.ts';

export const dispatch: Module = { name: 'dispatch', level: 1, operations: [] };
