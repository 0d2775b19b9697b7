import type { Listener, Module, Schedule } from '../../core/module.ts';
import { askMany } from './ask.server.ts';
import { askMoreTime, decideMoreTime, declineContribution, dropContribution, findLink, getContribution, giveContribution, readPaper, returnContribution } from './contribution.server.ts';
import { lifecycle } from './contribution.ts';
import { countOwed, getAsk, listAsked, listOfCase, owedContributions, readOverview } from './owed.server.ts';
import { remindContributors, settleContributions } from './remind.server.ts';

const remind: Schedule = { name: 'contributions.remind', cron: '30 6 * * *', run: async (kernel, office, now) => void (await kernel.run(remindContributors, kernel.system(office), {}, { now })) };
/** Nobody is reminded of what a settled matter needed. */
const settle: Listener = {
  name: 'contributions.settle', on: ['case.closed', 'case.annulled'],
  run: async (kernel, office, event) => void (event.caseId && (await kernel.run(settleContributions, kernel.system(office), { caseId: event.caseId }, { key: event.id, now: event.at }))),
};

export const contributions: Module = {
  name: 'contributions', level: 1, ofCase: [{ name: 'contribution', table: 'contribution' }], capabilities: ['coordination'], schedules: [remind], listeners: [settle], lifecycles: [lifecycle],
  operations: [
    findLink, getContribution, readPaper, askMany, giveContribution, declineContribution, returnContribution, dropContribution, askMoreTime, decideMoreTime, owedContributions, listAsked, listOfCase, getAsk, readOverview, countOwed,
    remindContributors, settleContributions,
  ],
};
