import { approvePlan, preparePlan, submitPlan } from '../../src/modules/plan/plan.server.ts';
import { addReader } from '../../src/modules/plan/reader.server.ts';
import type { Examples, Extend } from '../world.ts';

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office, world) => {
  const chief = await office.as('chief');
  const plan = async (days: number) => (await office.run(preparePlan, chief, { period: 'day', on: new Date(Date.parse(`${world.dueOn}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10) })).id;
  const [planId, submittedPlanId, returnedPlanId, approvedPlanId, droppedPlanId, freshPlanId] = [await plan(0), await plan(1), await plan(2), await plan(3), await plan(4), await plan(5)];
  await office.run(submitPlan, chief, { id: returnedPlanId });
  await office.run(approvePlan, chief, { id: approvedPlanId });
  return { planId, submittedPlanId, returnedPlanId, approvedPlanId, droppedPlanId, freshPlanId, planReaderId: (await office.run(addReader, chief, { personId: world.personId!, audience: 'internal' })).id };
};

export const examples: Examples = {
  'plan.prepare': (w) => ({ period: 'week', on: w.dueOn }), 'plan.change': (w) => ({ id: w.planId, internal: [], public: [] }), 'plan.submit': (w) => ({ id: w.submittedPlanId }), 'plan.return': (w) => ({ id: w.returnedPlanId }), 'plan.approve': (w) => ({ id: w.freshPlanId }),
  'plan.publish': (w) => ({ id: w.approvedPlanId }), 'plan.drop': (w) => ({ id: w.droppedPlanId }), 'plan.get': (w) => ({ id: w.planId }), 'plan.list': () => ({}), 'plan.print': (w) => ({ id: w.planId, audience: 'internal' }), 'plan.mail': () => ({}), 'plan.waiting': () => ({}),
  'plan.read_public': (w) => ({ on: w.dueOn }), 'plan_reader.add': (w) => ({ personId: w.deputyId, audience: 'internal' }), 'plan_reader.end': (w) => ({ id: w.planReaderId }), 'plan_reader.list': () => ({}),
};
