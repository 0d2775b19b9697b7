import type { Module } from '../../core/module.ts';

export const briefing: Module = { name: 'briefing', level: 1, operations: [] };
