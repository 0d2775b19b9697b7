import type { Module } from '../../core/module.ts';

export const calendar: Module = { name: 'calendar', level: 1, operations: [] };
