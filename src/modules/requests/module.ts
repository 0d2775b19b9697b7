import type { Module } from '../../core/module.ts';
import { adoptPetition } from './adopt.server.ts';
import { annulPetition } from './annul.server.ts';
import { approveAnswer, dispatchAnswer, draftAnswer, returnAnswer, submitAnswer } from './answer.server.ts';
import { getPetition } from './case.server.ts';
import { askCompletion, askForContribution, completePetition, lapseCompletions } from './completion.server.ts';
import { confirmPetition } from './confirmation.server.ts';
import { findDraft, forgetDrafts, forgetting, mailDraft, saveDraft, sendDraft } from './draft.server.ts';
import { findDuplicates, registerMessage, registerPetition, submitPetition } from './intake.server.ts';
import { countPetitions, dashboard, dropView, listPetitions, listViews, saveView } from './list.server.ts';
import { lifecycle } from './petition.ts';
import { getPublication, listPublications, proposePublication, publishPetition, waitingTimes, withdrawPublication } from './publication.server.ts';
import { listeners, schedules } from './requests-jobs.ts';
import { answerTerm } from './term.server.ts';
import { searchAll } from './search.server.ts';
import { findByCode, printReceipt, readReceipt, trackPetition } from './tracking.server.ts';
import { addToPetition, assignPetition, closePetition, dismissPetition, extendPetition, forwardPetition, linkPetition, ratePetition, reopenPetition, restrictPetition, withdrawPetition } from './work.server.ts';

export const requests: Module = {
  name: 'requests', level: 2, ofCase: [{ name: 'answer', table: 'answer' }, { name: 'completion', table: 'completion' }, { name: 'publication', table: 'publication' }], capabilities: ['requests'], begun: ['reports'], lifecycles: [lifecycle], listeners, schedules: [...schedules, forgetting],
  operations: [
    submitPetition, registerPetition, registerMessage, findDuplicates, listPetitions, countPetitions, dashboard, getPetition, assignPetition, extendPetition, forwardPetition, dismissPetition, withdrawPetition, addToPetition,
    linkPetition, restrictPetition, reopenPetition, closePetition, ratePetition, draftAnswer, submitAnswer, returnAnswer, approveAnswer, dispatchAnswer, askCompletion, completePetition, lapseCompletions, confirmPetition, askForContribution,
    findByCode, trackPetition, readReceipt, printReceipt, proposePublication, publishPetition, withdrawPublication, listPublications, getPublication, waitingTimes, saveView, dropView, listViews, searchAll, findDraft, saveDraft, mailDraft, sendDraft, forgetDrafts, answerTerm, adoptPetition, annulPetition,
  ],
};
