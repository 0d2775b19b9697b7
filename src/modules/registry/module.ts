import type { Module } from '../../core/module.ts';
import { changeCase, getCase, putAway, reopenCase, restrictCase } from './case.server.ts';
import { addClosingDay, listClosingDays } from './closing-day.server.ts';
import { addPaperToCase, registerPaper } from './paper.server.ts';
import { readRegister } from './register.server.ts';

export const registry: Module = { name: 'registry', level: 1, begun: ['registry'], operations: [addClosingDay, listClosingDays, readRegister, registerPaper, addPaperToCase, getCase, putAway, reopenCase, restrictCase, changeCase] };
