import type { Module } from '../../core/module.ts';

export const plan: Module = { name: 'plan', level: 2, operations: [] };
