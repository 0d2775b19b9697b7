import type { Module } from '../../core/module.ts';

export const exchange: Module = { name: 'exchange', level: 2, operations: [] };
