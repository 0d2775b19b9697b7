import type { Module } from '../../core/module.ts';
import { planLifecycle } from './plan.ts';
import { schedules } from './plan-jobs.ts';
import { mailPlans } from './plan-mail.server.ts';
import { approvePlan, changePlan, dropPlan, getPlan, listPlans, preparePlan, printApproved, publishPlan, returnPlan, submitPlan } from './plan.server.ts';
import { readPublicPlan } from './public.server.ts';
import { addReader, endReader, listReaders } from './reader.server.ts';
import { waitingPlans } from './waiting.server.ts';

export const plan: Module = {
  name: 'plan', level: 2, lifecycles: [planLifecycle], schedules, capabilities: ['plan'],
  operations: [preparePlan, changePlan, submitPlan, returnPlan, approvePlan, publishPlan, dropPlan, getPlan, listPlans, printApproved, mailPlans, readPublicPlan, waitingPlans, addReader, endReader, listReaders],
};
