import type { Module } from '../../core/module.ts';

export const meetings: Module = { name: 'meetings', level: 2, operations: [] };
