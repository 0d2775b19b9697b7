import { addRequest } from '../../src/modules/calendar/request.server.ts';
import type { Examples, Extend } from '../world.ts';

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office, world) => {
  const chief = await office.as('chief');
  const ask = async (purpose: string) => (await office.run(addRequest, chief, { purpose, name: `Рада ${purpose}` })).id;
  const [accepted, delegated, declined, withdrawn] = [await ask('Пут'), await ask('Школа'), await ask('Извор'), await ask('Мост')];
  return { acceptedRequestId: accepted, delegatedRequestId: delegated, declinedRequestId: declined, withdrawnRequestId: withdrawn, requestOn: world.dueOn! };
};

export const examples: Examples = {
  'meeting_request.add': (w) => ({ caseId: w.otherId, purpose: 'Пријем', wished: 'Прије подне' }),
  'meeting_request.accept': (w) => ({ id: w.acceptedRequestId, on: w.requestOn, from: '10:00', until: '10:30' }), 'meeting_request.delegate': (w) => ({ id: w.delegatedRequestId, to: w.deputyId, on: w.requestOn, from: '11:00' }),
  'meeting_request.decline': (w) => ({ id: w.declinedRequestId, reason: 'Надлежан је други орган.' }), 'meeting_request.withdraw': (w) => ({ id: w.withdrawnRequestId, reason: 'Одустали су.' }),
  'meeting_request.list': (w) => ({ id: w.acceptedRequestId }), 'meeting_request.count': () => ({}), 'meeting_request.settle': () => ({}),
};
