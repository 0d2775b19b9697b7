import type { Module } from '../../core/module.ts';
import { followAccess } from './access.server.ts';
import { escalateObligations } from './ladder.server.ts';
import { giveObligation } from './obligation-give.server.ts';
import { acceptObligations, dropObligation, moveDue, refuseDue, reopenObligation, sendBack } from './obligation-lead.server.ts';
import { countObligations, findObligations, myObligations } from './obligation-list.server.ts';
import { obligationLife } from './obligation.ts';
import { getObligation } from './obligation-view.server.ts';
import { nameHelp, addStep, askDue, doStep, dropStep, finishObligation, getEvidence, passObligation, reportProgress } from './obligation-work.server.ts';
import { listeners, schedules } from './obligations-jobs.ts';
import { readRealisation } from './realisation.server.ts';

export const obligations: Module = {
  name: 'obligations', level: 1, ofCase: [{ name: 'obligation', table: 'obligation' }], capabilities: ['obligations'], listeners, schedules, lifecycles: [obligationLife],
  operations: [
    myObligations, countObligations, findObligations, readRealisation, getObligation, giveObligation, reportProgress, finishObligation, acceptObligations, sendBack, askDue, moveDue, refuseDue, passObligation, nameHelp, addStep, doStep, dropStep, dropObligation, reopenObligation, getEvidence,
    escalateObligations, followAccess,
  ],
};
