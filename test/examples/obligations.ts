import { giveObligation } from '../../src/modules/obligations/obligation-give.server.ts';
import { acceptObligations } from '../../src/modules/obligations/obligation-lead.server.ts';
import { getObligation } from '../../src/modules/obligations/obligation-view.server.ts';
import { addStep, askDue, finishObligation, reportProgress } from '../../src/modules/obligations/obligation-work.server.ts';
import type { Examples, Extend } from '../world.ts';

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office, world) => {
  const [mayor, clerk] = [await office.as('mayor'), await office.as('clerk')];
  const give = async (text: string) => (await office.run(giveObligation, mayor, { text, to: clerk.personId!, dueOn: world.dueOn! })).id;
  const [orderId, askedOrderId, reportedOrderId, doneOrderId] = [await give('Припремити преглед.'), await give('Одговорити на допис.'), await give('Обићи радове.'), await give('Сазвати састанак.')];
  const { stepId } = await office.run(addStep, clerk, { id: orderId, text: 'Прикупити податке' });
  await office.run(reportProgress, clerk, { id: orderId, report: 'У току.', files: [{ name: 'a.txt', bytes: new Uint8Array(Buffer.from('преглед')) }] });
  await office.run(askDue, clerk, { id: askedOrderId, dueOn: '2099-12-31', reason: 'Чека се одговор.' });
  for (const id of [reportedOrderId, doneOrderId]) await office.run(finishObligation, clerk, { id, report: 'Урађено.' });
  await office.run(acceptObligations, mayor, { ids: doneOrderId });
  const { evidence } = await office.run(getObligation, clerk, { id: orderId });
  return { orderId, askedOrderId, reportedOrderId, doneOrderId, stepId, evidenceId: evidence[0]!.id };
};

export const examples: Examples = {
  'obligation.count': () => ({}), 'obligation.get': (w) => ({ id: w['orderId'] }), 'obligation.realisation': () => ({ by: 'unit' }), 'obligation.give': (w) => ({ text: 'Припремити.', to: w.personId, dueOn: w.dueOn }), 'obligation.report_progress': (w) => ({ id: w['orderId'], report: 'Половина.', percent: 50 }),
  'obligation.accept': (w) => ({ ids: w['reportedOrderId'] }), 'obligation.send_back': (w) => ({ id: w['reportedOrderId'], reason: 'Недостаје прилог.' }), 'obligation.ask_due': (w) => ({ id: w['orderId'], dueOn: '2099-12-31', reason: 'Чека се.' }),
  'obligation.move_due': (w) => ({ id: w['orderId'], dueOn: '2099-12-30' }), 'obligation.refuse_due': (w) => ({ id: w['askedOrderId'], reason: 'Рок је довољан.' }), 'obligation.pass': (w) => ({ id: w['orderId'], personId: w.deputyId }), 'obligation.add_helper': (w) => ({ id: w['orderId'], helpers: w.deputyId }),
  'obligation.add_step': (w) => ({ id: w['orderId'], text: 'Написати' }), 'obligation.do_step': (w) => ({ id: w['orderId'], stepId: w['stepId'] }), 'obligation.drop_step': (w) => ({ id: w['orderId'], stepId: w['stepId'] }), 'obligation.drop': (w) => ({ id: w['orderId'], reason: 'Није потребно.' }),
  'obligation.reopen': (w) => ({ id: w['doneOrderId'], reason: 'Није урађено.' }), 'obligation.evidence': (w) => ({ id: w['orderId'], evidenceId: w['evidenceId'] }), 'obligation.escalate': () => ({}), 'obligation.follow_access': (w) => ({ id: w.caseId }),
};
