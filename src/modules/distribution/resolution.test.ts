import fc from 'fast-check';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { submitted } from '../../../test/petition.ts';
import { addDays, weekdayOf } from '../../core/day.ts';
import { workCalendar } from '../../core/holiday.ts';
import { listJurisdictions } from '../../core/jurisdiction.ts';
import { findObligations, myObligations } from '../obligations/obligation-list.server.ts';
import { finishObligation } from '../obligations/obligation-work.server.ts';
import { getCase } from '../registry/case.server.ts';
import { registerPaper } from '../registry/paper.server.ts';
import { getPetition } from '../requests/case.server.ts';
import { giveDelivery, receiveDeliveries, settleDelivery } from './delivery.server.ts';
import { countDeliveries, findWhereabouts } from './delivery-list.server.ts';
import { addWorkingDays, giveResolution, readResolutionDesk } from './resolution.server.ts';

const now = new Date('2026-03-02T08:00:00Z');

async function waiting(office: TestOffice) {
  const [registrar, mayor, clerk] = [await office.as('registrar'), await office.as('mayor'), await office.as('tamara-zvicer')];
  const paper = async (subject: string) => {
    const { id } = await office.run(registerPaper, registrar, { subject, text: 'Молимо одлуку.' }, { now });
    const { deliveries } = await office.run(giveDelivery, registrar, { id, purpose: 'resolution', original: `person:${mayor.personId}` }, { now });
    return { id, deliveryId: deliveries[0]! };
  };
  return { registrar, mayor, clerk, paper, desk: (after = '') => office.run(readResolutionDesk, mayor, { after }, { now }) };
}

test('letters wait for the mayor one after the other; a resolution is an obligation and a delivery for each, and the next one follows', async ({ office }) => {
  const { mayor, clerk, paper, desk } = await waiting(office);
  const [one, two] = [await paper('Прва'), await paper('Друга')];
  expect(await desk()).toMatchObject({ total: 2, passed: 0, letter: { caseId: one.id, subject: 'Прва', text: 'Молимо одлуку.' } });
  expect((await desk(one.deliveryId)).letter).toMatchObject({ caseId: two.id });
  expect(await office.run(countDeliveries, mayor, {})).toMatchObject({ resolutions: 2, mine: 0 });
  const give = (input: object) => office.run(giveResolution, mayor, { id: one.id, deliveryId: one.deliveryId, text: 'Припремити одговор.', to: ['unit:finansije', 'unit:urbanizam'], dueOn: '2026-03-12', ...input }, { now });
  expect((await office.refused(give({ dueOn: '2026-03-01' }), 422)).fields['dueOn']?.key).toBe('field.day_past');
  expect((await office.refused(give({ to: [] }), 422)).fields['to']?.key).toBe('field.choose_receiver');
  expect(Object.keys((await office.refused(give({ text: '' }), 422)).fields)).toEqual(['text']);
  expect(Object.keys((await office.refused(give({ to: 'unit:nema' }), 422)).fields)).toEqual(['to']);
  expect((await office.refused(give({ deliveryId: two.deliveryId }), 422)).fields['deliveryId']?.key).toBe('field.choose');
  expect((await give({})).obligations).toHaveLength(2);
  expect(await desk()).toMatchObject({ total: 1, letter: { caseId: two.id } });
  const where = await office.run(findWhereabouts, mayor, { id: one.id });
  expect(where.holder).toMatchObject({ state: 'sent', unitId: 'finansije' });
  expect(where.deliveries.filter((row) => row.state === 'sent').map((row) => [row.unitId, row.isCopy, row.purpose]).toSorted()).toEqual([['finansije', false, 'work'], ['urbanizam', true, 'work']]);
  expect(where.deliveries.find((row) => row.id === one.deliveryId)).toMatchObject({ state: 'received', receivedBy: mayor.name });
  expect(await office.run(getCase, clerk, { id: one.id })).toMatchObject({ unitId: 'finansije' });
  const list = (view: 'given' | 'unit' | 'mine' | 'late', who = clerk, on = now) => office.run(findObligations, who, { view }, { now: on }).then(({ obligations }) => obligations.map((row) => row.unitId));
  expect([await list('given', mayor), await list('unit'), await list('mine'), await list('late', mayor), await list('late', mayor, new Date('2026-03-13T08:00:00Z'))]).toEqual([['finansije', 'urbanizam'].toSorted(), ['finansije'], [], [], ['finansije', 'urbanizam'].toSorted()].map((each) => expect.arrayContaining(each)));
  const [own] = (await office.run(findObligations, clerk, { view: 'unit' }, { now })).obligations;
  await office.run(finishObligation, clerk, { id: own!.id, report: 'Одговорено.' }, { now });
  expect(await list('unit')).toEqual([]);
  await office.run(settleDelivery, mayor, { id: two.deliveryId }, { now });
  expect((await desk()).letter).toBe(null);
  await office.refused(office.run(settleDelivery, mayor, { id: two.deliveryId }), 409);
});

test('on a new petition the resolution assigns it; its obligation stands once', async ({ office }) => {
  const { mayor, clerk } = await waiting(office);
  const { id } = await submitted(office, {}, now);
  await office.run(giveResolution, mayor, { id, text: 'Ријешити.', to: `person:${clerk.personId}`, dueOn: '2026-03-09' }, { now });
  await office.settle();
  expect(await office.run(getPetition, mayor, { id })).toMatchObject({ state: 'assigned', unitId: 'finansije', handler: { id: clerk.personId }, obligations: [{ text: 'Ријешити.', dueOn: '2026-03-09' }] });
  expect((await office.run(findWhereabouts, mayor, { id })).deliveries).toHaveLength(1);
  expect((await office.run(myObligations, clerk, {})).obligations).toHaveLength(1);
});

test('a head gives work within the own units; what has gone on waits for no resolution any more', async ({ office }) => {
  const { registrar, mayor, paper, desk } = await waiting(office);
  const head = await office.as('djordjije-pejovic');
  const { id, deliveryId } = await paper('Прва');
  await office.run(receiveDeliveries, mayor, { ids: deliveryId }, { now });
  await office.run(giveDelivery, registrar, { id, original: `person:${head.personId}`, purpose: 'resolution' }, { now: new Date(now.getTime() + 1000) });
  expect((await desk()).letter).toBe(null);
  const give = (to: string) => office.run(giveResolution, head, { id, text: 'Урадити.', to }, { now });
  await office.refused(give('unit:urbanizam'), 403);
  await give('unit:finansije');
  await office.refused(office.run(giveResolution, registrar, { id, text: 'x', to: 'unit:finansije' }), 403);
});

test('so many working days from a day: none is a day the office is closed, and exactly so many lie between', () => {
  const calendars = listJurisdictions().map((jurisdiction) => workCalendar(jurisdiction));
  fc.assert(fc.property(fc.constantFrom(...calendars), fc.integer({ min: 0, max: 700 }), fc.integer({ min: 1, max: 30 }), (calendar, from, n) => {
    const start = addDays('2025-06-01', from);
    const on = addWorkingDays(calendar, start, n);
    expect(calendar.isWorkingDay(on)).toBe(true);
    expect(weekdayOf(on)).toBeLessThan(7);
    let counted = 0;
    for (let day = addDays(start, 1); day <= on; day = addDays(day, 1)) if (calendar.isWorkingDay(day)) counted++;
    expect(counted).toBe(n);
  }), { numRuns: 150 });
});
