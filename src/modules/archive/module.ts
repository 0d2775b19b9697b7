import type { Listener, Module } from '../../core/module.ts';
import { countArchive, findArchived, listArchive, listWaiting, putInArchive } from './archive.server.ts';
import { changeBox, getBox, listBoxes, makeBox, moveItems } from './box.server.ts';
import { carryOutDisposal, eraseFiles } from './destruction.server.ts';
import { disposalLifecycle } from './disposal.ts';
import { consentDisposal, getConsent, getDisposal, listCandidates, listDisposals, proposeDisposal, refuseDisposal, submitDisposal } from './disposal.server.ts';
import { getLasting, preserveCase } from './lasting.server.ts';
import { getLending, lendFromArchive, listLendings, takeBack } from './lending.server.ts';
import { makePackage } from './package.server.ts';
import { readPlan } from './plan.server.ts';

const preserve: Listener = {
  name: 'archive.preserve', on: ['archive.put'],
  run: async (kernel, office, event) => void (event.caseId && (await kernel.run(preserveCase, kernel.system(office), { id: event.caseId }))),
};
const erase: Listener = {
  name: 'archive.erase', on: ['disposal.carried_out'],
  run: async (kernel, office, event) => void (event.nounId && event.data['kind'] === 'destroy' && (await kernel.run(eraseFiles, kernel.system(office), { id: event.nounId }))),
};

export const archive: Module = {
  name: 'archive', level: 2, ofCase: [{ name: 'archive_item', table: 'archive_item' }], listeners: [preserve, erase], lifecycles: [disposalLifecycle],
  operations: [
    readPlan, listWaiting, putInArchive, listArchive, findArchived, countArchive, listBoxes, getBox, makeBox, changeBox, moveItems, lendFromArchive, takeBack, listLendings, getLending, preserveCase, getLasting,
    listCandidates, proposeDisposal, submitDisposal, consentDisposal, refuseDisposal, listDisposals, getDisposal, getConsent, carryOutDisposal, eraseFiles, makePackage,
  ],
};
