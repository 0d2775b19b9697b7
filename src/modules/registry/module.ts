import type { Module } from '../../core/module.ts';
import { addClosingDay, listClosingDays } from './closing-day.server.ts';

export const registry: Module = { name: 'registry', level: 1, operations: [addClosingDay, listClosingDays] };
