import type { Module } from '../../core/module.ts';
import { countCases, listCases } from './case-list.server.ts';
import { changeCase, getCase, putAway, reopenCase, restrictCase } from './case.server.ts';
import { annulCase, annulEntry } from './book-annul.server.ts';
import { closeBook, getNote, previewClosing } from './book-closing.server.ts';
import { listBooks, listReserved, openBook, releaseNumbers, reserveNumbers } from './book.server.ts';
import { addClosingDay, listClosingDays } from './closing-day.server.ts';
import { printLabels } from './label.server.ts';
import { addPaperToCase, registerPaper } from './paper.server.ts';
import { readRegister } from './register.server.ts';

export const registry: Module = { name: 'registry', level: 1, capabilities: ['registry'], operations: [addClosingDay, listClosingDays, readRegister, listBooks, openBook, reserveNumbers, releaseNumbers, listReserved, previewClosing, closeBook, getNote, annulEntry, annulCase, registerPaper, addPaperToCase, getCase, listCases, countCases, putAway, reopenCase, restrictCase, changeCase, printLabels] };
