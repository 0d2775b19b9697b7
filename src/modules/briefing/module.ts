import type { Module } from '../../core/module.ts';
import { listeners, schedules } from './briefing-jobs.ts';
import { packLifecycle } from './pack.ts';
import { findPrint, forgetPrints, guardPacks, keepPrint, readPrint } from './pack-file.server.ts';
import { findPack, getPack, listComing, listOfCase } from './pack-view.server.ts';
import { choosePapers } from './paper-choice.server.ts';
import { addPart, changePack, changePart, dropPart, gatherPack, makePack, makeReady, movePart, reopenPack, sharePack } from './pack-work.server.ts';

export const briefing: Module = {
  name: 'briefing', level: 1, capabilities: ['briefing'], lifecycles: [packLifecycle], listeners, schedules,
  operations: [makePack, findPack, getPack, listComing, listOfCase, choosePapers, changePack, addPart, changePart, movePart, dropPart, gatherPack, sharePack, makeReady, reopenPack, readPrint, keepPrint, findPrint, forgetPrints, guardPacks],
};
