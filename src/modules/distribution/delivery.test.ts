import type { Caller } from '../../core/caller.ts';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { assigned, submitted } from '../../../test/petition.ts';
import { setSubstitute } from '../people/substitute.server.ts';
import { getCase, restrictCase } from '../registry/case.server.ts';
import { registerPaper } from '../registry/paper.server.ts';
import { getPetition } from '../requests/case.server.ts';
import { assignPetition } from '../requests/work.server.ts';
import { giveDelivery, receiveDeliveries, rerouteDelivery, returnDelivery, signOffDeliveries, withdrawDelivery } from './delivery.server.ts';
import { countDeliveries, findWhereabouts, listDeliveries } from './delivery-list.server.ts';
import { findHolder } from './delivery.ts';

const now = new Date('2026-03-02T08:00:00Z');
const at = (hours: number): { now: Date } => ({ now: new Date(now.getTime() + hours * 3_600_000) });

async function start(office: TestOffice, more: { access?: 'confidential' } = {}) {
  const [registrar, chief, clerk, finance] = await Promise.all([office.as('registrar'), office.as('chief'), office.as('tamara-zvicer'), office.as('djordjije-pejovic')]);
  const paper = await office.run(registerPaper, more.access ? chief : registrar, { subject: 'Понуда за одржавање', name: 'Предузеће Примјер', ...more }, { now });
  const give = (caller: Caller, input: Partial<Parameters<typeof giveDelivery.run>[1]>, hours = 0) => office.run(giveDelivery, caller, { id: paper.id, ...input }, at(hours));
  return { registrar, chief, clerk, finance, paper, give, where: () => office.run(findWhereabouts, chief, { id: paper.id }) };
}

test('an original goes to a unit for work, copies to others; who gets it sees the case and the case is theirs', async ({ office }) => {
  const { registrar, clerk, paper, give, where } = await start(office);
  const protocol = { ...(await office.as('protocol')) };
  await office.refused(office.run(getCase, clerk, { id: paper.id }), 404);
  const { deliveries } = await give(registrar, { original: 'unit:finansije', copies: [`person:${protocol.personId}`, 'unit:urbanizam'], note: 'Хитно' });
  expect(deliveries).toHaveLength(3);
  expect(await office.run(getCase, clerk, { id: paper.id })).toMatchObject({ unitId: 'finansije', handler: null, isDelivered: true });
  await office.run(getCase, protocol, { id: paper.id });
  expect((await where()).holder).toMatchObject({ state: 'sent', unitId: 'finansije' });
  expect((await where()).deliveries.map((one) => [one.unitId, one.isCopy, one.purpose]).toSorted()).toEqual([['finansije', false, 'work'], ['sluzba', true, 'information'], ['urbanizam', true, 'information']]);
  expect((await office.events(paper.id)).slice(-2)).toMatchObject([{ name: 'delivery.given', data: { unit: 'finansije', purpose: 'work' } }, { name: 'delivery.copied', data: { count: 2 } }]);
  await office.refused(give(registrar, {}), 422);
  await office.refused(give(registrar, { original: 'unit:nema' }), 422);
  await office.refused(give(registrar, { original: 'person:x' }), 422);
});

test('it is acknowledged in the system by anybody of the unit, once, and by who stands in for an absent one', async ({ office }) => {
  const { registrar, chief, clerk, finance, give, where } = await start(office);
  const first = (await give(registrar, { original: 'unit:finansije' })).deliveries;
  expect((await office.run(listDeliveries, clerk, {})).deliveries).toMatchObject([{ id: first[0], can: { receive: true } }]);
  await office.refused(office.run(receiveDeliveries, registrar, { ids: first }), 403);
  expect(await office.run(receiveDeliveries, clerk, { ids: first }, at(1))).toEqual({ done: 1 });
  await office.refused(office.run(receiveDeliveries, finance, { ids: first }), 409);
  expect((await where()).holder).toMatchObject({ state: 'received', unitId: 'finansije' });
  const deputy = await office.as('jelena-popivoda');
  await office.run(setSubstitute, chief, { personId: finance.personId!, substituteId: deputy.personId!, fromOn: '2026-03-02', untilOn: '2026-03-20' }, { now });
  const second = (await give(registrar, { original: `person:${finance.personId}` }, 2)).deliveries;
  const standing = await office.as('jelena-popivoda', now);
  const [waiting] = (await office.run(listDeliveries, standing, {}, at(2))).deliveries;
  expect(waiting).toMatchObject({ id: second[0], person: finance.name, away: { substitute: deputy.name, untilOn: '2026-03-20' } });
  await office.run(receiveDeliveries, standing, { ids: second }, at(3));
  expect((await where()).deliveries[0]).toMatchObject({ receivedBy: deputy.name, receivedFor: finance.name, way: 'system' });
});

test('a signature in the printed book is marked for many lines at once, with who signed and on which day', async ({ office }) => {
  const { registrar, clerk, give, where } = await start(office);
  const ids = [...(await give(registrar, { original: 'unit:finansije', copies: [`person:${clerk.personId}`] })).deliveries];
  const sign = (input: object, hours = 30) => office.run(signOffDeliveries, registrar, { ids, ...input }, at(hours));
  expect((await office.refused(sign({}), 422)).fields['signedBy']?.key).toBe('field.signer');
  expect((await office.refused(sign({ signedBy: clerk.personId, on: '2026-03-01' }), 422)).fields['on']?.key).toBe('field.day_before_given');
  expect((await office.refused(sign({ signedBy: clerk.personId, on: '2026-04-01' }), 422)).fields['on']?.key).toBe('field.day_future');
  await office.refused(office.run(signOffDeliveries, clerk, { ids, signedBy: clerk.personId! }), 403);
  expect(await sign({ signedBy: clerk.personId, on: '2026-03-02' })).toEqual({ done: 2 });
  expect((await where()).deliveries.map((one) => [one.state, one.way, one.receivedBy])).toEqual([['received', 'signature', clerk.name], ['received', 'signature', clerk.name]]);
});

test('what lies longer than a day is undelivered, what came back stands first for the registrar; with a reason it goes on, and history stays', async ({ office }) => {
  const { registrar, clerk, finance, paper, give, where } = await start(office);
  const [id] = (await give(registrar, { original: 'unit:finansije' })).deliveries;
  const counts = (hours: number) => office.run(countDeliveries, registrar, {}, at(hours));
  expect([(await counts(23)).undelivered, (await counts(25)).undelivered]).toEqual([0, 1]);
  await office.refused(office.run(returnDelivery, registrar, { id: id!, reason: 'x' }), 403);
  expect(Object.keys((await office.refused(office.run(returnDelivery, clerk, { id: id!, reason: '' }), 422)).fields)).toEqual(['reason']);
  await office.run(returnDelivery, clerk, { id: id!, reason: 'Није наша надлежност.' }, at(26));
  expect(await counts(26)).toMatchObject({ undelivered: 0, returned: 1 });
  expect(await office.run(getCase, registrar, { id: paper.id })).toMatchObject({ unitId: null, handler: null });
  expect((await where()).holder.state).toBe('returned');
  await office.refused(office.run(rerouteDelivery, registrar, { id: id!, original: 'unit:urbanizam', reason: '' }), 422);
  const on = await office.run(rerouteDelivery, registrar, { id: id!, original: 'unit:urbanizam', reason: 'По надлежности.' }, at(27));
  expect(await counts(27)).toMatchObject({ returned: 0 });
  expect((await office.run(getCase, registrar, { id: paper.id })).unitId).toBe('urbanizam');
  expect((await where()).deliveries.map((one) => [one.id, one.state, one.reason, one.note])).toEqual([[on.id, 'sent', '', 'По надлежности.'], [id, 'returned', 'Није наша надлежност.', '']]);
  await office.refused(office.run(rerouteDelivery, registrar, { id: id!, original: 'unit:finansije', reason: 'x' }), 409);
  await office.refused(office.run(withdrawDelivery, { ...finance, marks: [...finance.marks, 'urbanizam'] }, { id: on.id }), 403);
  await office.run(withdrawDelivery, registrar, { id: on.id }, at(28));
  expect((await where()).holder.state).toBe('returned');
  await office.refused(office.run(withdrawDelivery, registrar, { id: on.id }), 409);
});

test('an assignment stands in the delivery book, once; an original of a petition given for work assigns it', async ({ office }) => {
  const told = await assigned(office, {}, now);
  const lines = async (id: string) => (await office.run(findWhereabouts, told.chief, { id })).deliveries.map((one) => [one.unitId, one.state]);
  expect(await lines(told.id)).toEqual([[told.unitId, 'sent']]);
  await office.run(assignPetition, told.chief, { id: told.id, unitId: told.unitId, personId: told.clerk.personId! }, at(1));
  expect(await lines(told.id)).toHaveLength(1);
  await office.run(assignPetition, told.chief, { id: told.id, unitId: 'finansije' }, at(2));
  expect(await lines(told.id)).toEqual([['finansije', 'sent'], [told.unitId, 'withdrawn']]);
  const other = await submitted(office, { subject: 'Нешто друго', text: 'Друго.' }, now);
  await office.run(giveDelivery, told.registrar, { id: other.id, original: 'unit:finansije' }, at(3));
  await office.settle();
  expect(await office.run(getPetition, told.chief, { id: other.id })).toMatchObject({ state: 'assigned', unitId: 'finansije' });
  expect(await lines(other.id)).toHaveLength(1);
});

test('a confidential paper goes to persons only, from who leads; nobody else learns of it', async ({ office }) => {
  const { registrar, chief, clerk, paper, give } = await start(office, { access: 'confidential' });
  await office.refused(give(registrar, { original: `person:${clerk.personId}` }), 404);
  expect((await office.refused(give(chief, { original: 'unit:finansije' }), 422)).fields['original']?.key).toBe('field.person_only');
  await give(chief, { original: `person:${clerk.personId}` });
  const finance = await office.as('djordjije-pejovic');
  for (const caller of [registrar, finance]) expect(JSON.stringify(await office.run(listDeliveries, { ...caller, marks: [...caller.marks, 'finansije'] }, { view: 'all' }))).not.toContain(paper.id);
  expect((await office.run(countDeliveries, finance, {})).mine).toBe(0);
  expect((await office.run(listDeliveries, clerk, {})).deliveries).toMatchObject([{ caseId: paper.id }]);
  await office.run(restrictCase, chief, { id: paper.id, access: 'office' });
  expect((await office.run(listDeliveries, finance, { view: 'all' })).deliveries).toMatchObject([{ caseId: paper.id }]);
});

test('a clerk gives on what is theirs, and nothing else', async ({ office }) => {
  const { registrar, clerk, give } = await start(office);
  await give(registrar, { original: 'unit:urbanizam', copies: [`person:${clerk.personId}`] });
  await office.refused(give(clerk, { original: 'unit:finansije' }, 1), 403);
  await give(clerk, { copies: ['unit:prihodi'] }, 1);
  await give(registrar, { original: `person:${clerk.personId}` }, 2);
  await give(clerk, { original: 'unit:prihodi' }, 3);
});

test('the holder is the newest that was not taken back', () => {
  const line = (state: 'sent' | 'received' | 'returned' | 'withdrawn', hours: number, isCopy = false) => ({ state, isCopy, givenAt: at(hours).now });
  expect(findHolder([])).toBe(null);
  expect(findHolder([line('received', 1), line('withdrawn', 2), line('sent', 3, true)])).toEqual(line('received', 1));
  expect(findHolder([line('received', 1), line('returned', 2)])).toBe(null);
});
