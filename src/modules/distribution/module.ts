import type { Module } from '../../core/module.ts';

export const distribution: Module = { name: 'distribution', level: 1, operations: [] };
