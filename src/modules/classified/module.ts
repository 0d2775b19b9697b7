import type { Module } from '../../core/module.ts';
import { addToClassified, closeClassified, declassifyPaper, regradeClassified, registerClassified } from './classified.server.ts';
import { endClearance, grantClearance, listClearances, ownStanding } from './clearance.server.ts';
import { endReader, entrustPaper, listOrphaned, nameReader } from './reader.server.ts';
import { openClassified, openClassifiedDocument, readClassifiedBook } from './view.server.ts';

export const classified: Module = {
  name: 'classified', level: 2,
  operations: [
    ownStanding, listClearances, grantClearance, endClearance, registerClassified, readClassifiedBook, openClassified, openClassifiedDocument, addToClassified,
    nameReader, endReader, listOrphaned, entrustPaper, regradeClassified, declassifyPaper, closeClassified,
  ],
};
