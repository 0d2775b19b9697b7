import fc from 'fast-check';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { addDays, daysInMonth, partsOf, weekdayOf } from '../../core/day.ts';
import { workCalendar } from '../../core/holiday.ts';
import { listJurisdictions } from '../../core/jurisdiction.ts';
import { listParties } from '../directory/party.server.ts';
import { addClosingDay } from '../registry/closing-day.server.ts';
import { addPaperToCase, registerPaper } from '../registry/paper.server.ts';
import { forwardDay, laterSlot, monthGrid, slotOf } from './bring-forward.ts';
import { putForward, readRokovnik, returnDue, takeForward } from './bring-forward.server.ts';
import { giveDelivery } from './delivery.server.ts';
import { findWhereabouts } from './delivery-list.server.ts';

const now = new Date('2026-03-02T08:00:00Z');
const on = (day: string): { now: Date } => ({ now: new Date(`${day}T06:30:00Z`) });

async function start(office: TestOffice) {
  const [registrar, clerk] = [await office.as('registrar'), await office.as('tamara-zvicer')];
  const { id } = await office.run(registerPaper, registrar, { subject: 'Спор о међи', name: 'Странка Примјер' }, { now });
  await office.run(giveDelivery, registrar, { id, original: `person:${clerk.personId}` }, { now });
  return { registrar, clerk, id, put: (input: object = {}) => office.run(putForward, clerk, { id, dueOn: '2026-03-10', ...input }, { now }), book: (day = '2026-03-02') => office.run(readRokovnik, clerk, { mine: true }, on(day)) };
}

test('a case lies until its day; in the morning it goes back to who works on it through the delivery book', async ({ office }) => {
  const { registrar, clerk, id, put, book } = await start(office);
  await put({ note: 'Питати за доказ' });
  await office.refused(put(), 409);
  expect((await book()).waiting).toMatchObject([{ caseId: id, dueOn: '2026-03-10', note: 'Питати за доказ', handler: clerk.name }]);
  expect((await office.run(findWhereabouts, registrar, { id })).holder.state).toBe('waiting');
  expect(await office.run(returnDue, office.system(), {}, on('2026-03-09'))).toEqual({ returned: 0 });
  expect(await office.run(returnDue, office.system(), {}, on('2026-03-10'))).toEqual({ returned: 1 });
  expect(await office.run(returnDue, office.system(), {}, on('2026-03-10'))).toEqual({ returned: 0 });
  expect(await book('2026-03-10')).toMatchObject({ waiting: [], back: [{ caseId: id, why: 'day' }] });
  expect((await office.run(findWhereabouts, registrar, { id })).holder).toMatchObject({ state: 'sent', person: clerk.name });
  expect((await book('2026-03-11')).back).toEqual([]);
});

test('a paper brings it back at once; where one from a certain party is awaited, another party’s does not', async ({ office }) => {
  const { registrar, id, put, book } = await start(office);
  const party = (await office.run(listParties, registrar, { query: 'странка' })).parties[0]!;
  await put({ awaited: 'Мишљење', partyId: party.id });
  await office.run(addPaperToCase, registrar, { id, subject: 'Нешто друго', name: 'Неко Други' }, on('2026-03-04'));
  await office.settle();
  expect((await book('2026-03-04')).waiting).toHaveLength(1);
  await office.run(addPaperToCase, registrar, { id, subject: 'Мишљење', partyId: party.id }, on('2026-03-05'));
  await office.settle();
  expect(await book('2026-03-05')).toMatchObject({ waiting: [], back: [{ caseId: id, why: 'paper' }] });
  expect((await office.events(id)).at(-1)).toMatchObject({ name: 'bring_forward.returned', data: { why: 'paper' } });
});

test('its person takes it early, a stranger does not; the past, the far and a stranger’s case are refused; a closed day moves it', async ({ office }) => {
  const { registrar, clerk, id, put } = await start(office);
  const other = await office.as('maja-lipovina');
  await office.refused(office.run(putForward, other, { id, dueOn: '2026-03-10' }, { now }), 404);
  for (const [dueOn, key] of [['2026-03-02', 'field.day_past'], ['2030-01-01', 'field.day_far'], ['2026-02-30', 'field.day']]) expect((await office.refused(put({ dueOn }), 422)).fields['dueOn']?.key).toBe(key);
  await office.run(addClosingDay, await office.as('chief'), { dayOn: '2026-03-09', name: 'Дан жалости' });
  const placed = await put({ dueOn: '2026-03-07' });
  expect(placed.dueOn).toBe('2026-03-10');
  await office.run(takeForward, clerk, { id: placed.id }, { now });
  await office.refused(office.run(takeForward, registrar, { id: placed.id }), 409);
  expect((await office.run(findWhereabouts, registrar, { id })).deliveries).toHaveLength(1);
});

test('a day in the rokovnik is a working day, the day asked for or the first after it', () => {
  const calendars = listJurisdictions().map((jurisdiction) => workCalendar(jurisdiction));
  fc.assert(fc.property(fc.constantFrom(...calendars), fc.integer({ min: 0, max: 900 }), (calendar, ahead) => {
    const asked = addDays('2025-01-01', ahead);
    const day = forwardDay(calendar, asked);
    expect(calendar.isWorkingDay(day) && day >= asked).toBe(true);
    for (let between = asked; between < day; between = addDays(between, 1)) expect(calendar.isWorkingDay(between)).toBe(false);
    expect(forwardDay(calendar, day)).toBe(day);
  }), { numRuns: 200 });
});

test('each case lies in one of thirty-two folders; the month has every day once, in weeks from Monday', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: -60, max: 800 }), (first, ahead) => {
    const today = addDays('2024-01-01', first);
    const slot = slotOf(addDays(today, ahead), today);
    expect(slot).toBeGreaterThanOrEqual(partsOf(today).date);
    expect(slot).toBeLessThanOrEqual(laterSlot);
    if (ahead <= 0) expect(slot).toBe(partsOf(today).date);
    const grid = monthGrid(today);
    expect(grid.length % 7).toBe(0);
    expect(grid.filter((day) => day !== null)).toHaveLength(daysInMonth(partsOf(today).year, partsOf(today).month));
    grid.forEach((day, index) => day === null || expect(weekdayOf(day)).toBe((index % 7) + 1));
  }), { numRuns: 200 });
});
