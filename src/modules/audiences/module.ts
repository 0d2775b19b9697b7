import type { Module } from '../../core/module.ts';

export const audiences: Module = { name: 'audiences', level: 2, operations: [] };
