import type { Module } from '../../core/module.ts';
import { addClosingDay, listClosingDays } from './closing-day.server.ts';
import { readRegister } from './register.server.ts';

export const registry: Module = { name: 'registry', level: 1, begun: ['registry'], operations: [addClosingDay, listClosingDays, readRegister] };
