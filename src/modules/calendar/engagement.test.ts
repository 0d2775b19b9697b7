import fc from 'fast-check';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import type { Caller } from '../../core/caller.ts';
import { addDays } from '../../core/day.ts';
import { Refusal } from '../../core/refusal.ts';
import { searchAll } from '../requests/search.server.ts';
import { rollEngagements } from './calendar-jobs.ts';
import { leaderCalendars, listCalendars, shareCalendar, unshareCalendar } from './calendar.server.ts';
import { addToCalendar, answerEngagement, askConflicts, cancelInCalendar, changeInCalendar, confirmEngagement, markParticipant, moveEngagement } from './engagement.server.ts';
import { listConflicts } from './conflict.server.ts';
import { getEngagement, listEngagements } from './engagement-read.server.ts';
import { findTime } from './free-time.server.ts';
import { addResource, freeResources, listBookings, listResources } from './resource.server.ts';

const now = new Date('2026-03-02T08:00:00Z');
const monday = '2026-03-09';

async function scene(office: TestOffice) {
  const [mayor, chief, secretary, clerk, deputy] = [await office.as('mayor'), await office.as('chief'), await office.as('protocol'), await office.as('tamara-zvicer'), await office.as('jelena-popivoda')];
  const leaders = await office.within((db) => leaderCalendars({ db, office: office.office, now }));
  const calendarId = leaders[0]!.id;
  const add = (who: Caller, more: object = {}) => office.run(addToCalendar, who, { calendarId, kind: 'meeting', title: 'Састанак', startsOn: monday, startsTime: '10:00', endsTime: '11:00', ...more }, { now });
  const week = (who: Caller, more: object = {}) => office.run(listEngagements, who, { calendarIds: [calendarId], fromOn: monday, untilOn: addDays(monday, 6), ...more }, { now }).then(({ slots }) => slots);
  return { mayor, chief, secretary, clerk, deputy, leaders, calendarId, add, week };
}

test('leaders have calendars from the first day, the mayor’s first; the chief and the secretaries keep them, nobody else', async ({ office }) => {
  const { mayor, secretary, clerk, calendarId, add, leaders } = await scene(office);
  expect(leaders.map((one) => one.role)).toEqual(['mayor', 'deputy', 'deputy']);
  const { calendars } = await office.run(listCalendars, secretary, {});
  expect(calendars[0]).toMatchObject({ id: calendarId, role: 'mayor', writes: true, isKept: true, isMine: false });
  expect(calendars.find((one) => one.isMine)).toMatchObject({ role: 'staff', writes: true });
  await add(secretary);
  await office.refused(add(clerk), 403);
  await office.run(shareCalendar, mayor, { id: calendarId, personId: clerk.personId!, may: 'write' });
  await add(clerk, { startsTime: '12:00', endsTime: '13:00' });
  await office.run(unshareCalendar, clerk, { id: calendarId, personId: clerk.personId! });
  await office.refused(add(clerk, { startsTime: '14:00' }), 403);
  await office.refused(office.run(shareCalendar, clerk, { id: calendarId, personId: clerk.personId!, may: 'read' }), 403);
  expect((await office.refused(office.run(shareCalendar, await office.as('chief'), { id: calendarId, personId: clerk.personId!, may: 'read', seesPrivate: true }), 422)).fields).toHaveProperty('seesPrivate');
  expect((await office.events()).filter((one) => one.name === 'engagement.added').map((one) => [one.personId, Object.keys(one.data)])).toEqual([secretary, clerk].map((who) => [who.personId, ['calendar', 'kind', 'source'].toSorted()]).map(([id, keys]) => [id, expect.arrayContaining(keys as string[])]));
});

test('what may not be read is taken time without words', async ({ office }) => {
  const { mayor, chief, secretary, clerk, add, week } = await scene(office);
  const open = await add(secretary, { title: 'Јавно', visibility: 'public' });
  await add(secretary, { title: 'Повјерљиво', visibility: 'confidential', startsTime: '12:00', endsTime: '13:00', participants: [`person:${clerk.personId}`] });
  const own = await add(mayor, { title: 'Зубар', kind: 'private', startsTime: '15:00', endsTime: '16:00' });
  const titles = async (who: Caller) => (await week(who)).map((one) => one.known?.title ?? null);
  expect(await titles(mayor)).toEqual(['Јавно', 'Повјерљиво', 'Зубар']);
  expect(await titles(chief)).toEqual(['Јавно', 'Повјерљиво', null]);
  expect(await titles(secretary)).toEqual(['Јавно', 'Повјерљиво', null]);
  expect(await titles(clerk)).toEqual(['Јавно', 'Повјерљиво', null]);
  expect(await titles(await office.as('maja-lipovina'))).toEqual(['Јавно', null, null]);
  await office.refused(office.run(getEngagement, chief, { id: own.id }), 404);
  await office.refused(office.run(cancelInCalendar, chief, { id: own.id, reason: 'x' }), 404);
  // Only what the whole staff may read is found by its words, and no longer when it is hidden.
  const found = async () => (await office.run(searchAll, clerk, { query: 'јавно' })).hits.filter((hit) => hit.noun === 'engagement').length;
  expect([await found(), (await office.run(searchAll, mayor, { query: 'повјерљиво' })).hits.length, (await office.run(searchAll, mayor, { query: 'зубар' })).hits.length]).toEqual([1, 0, 0]);
  await office.run(changeInCalendar, secretary, { id: open.id, kind: 'meeting', title: 'Јавно', startsOn: monday, startsTime: '10:00', visibility: 'confidential' });
  expect(await found()).toBe(0);
  const conflicts = (await office.run(askConflicts, secretary, { calendarId: (await week(mayor))[0]!.calendarId, kind: 'meeting', startsOn: monday, startsTime: '15:30' }, { now })).conflicts;
  expect(conflicts).toMatchObject([{ title: null, kind: 'person' }]);
});

test('a taken time is said and may be entered nevertheless; a room is given once', async ({ office }) => {
  const { secretary, deputy, add, week } = await scene(office);
  const { resources } = await office.run(listResources, secretary, {});
  const [room, car] = [resources.find((one) => one.kind === 'room')!, resources.find((one) => one.kind === 'car')!];
  await add(secretary, { title: 'Први', resourceIds: [room.id, car.id], participants: [`person:${deputy.personId}`], travelAfter: 30 });
  const refused = await office.refused(add(secretary, { title: 'Други', startsTime: '11:15', endsTime: '12:00' }), 409);
  expect(refused.current).toMatchObject({ conflicts: [{ title: 'Први', isTentative: false }] });
  const second = await add(secretary, { title: 'Други', startsTime: '11:15', endsTime: '12:00', nevertheless: true });
  expect((await week(secretary)).map((one) => one.conflict)).toEqual(['firm', 'firm']);
  const roomTaken = await office.refused(add(secretary, { startsTime: '10:30', nevertheless: true, resourceIds: room.id }), 409);
  expect(roomTaken.said).toMatchObject({ key: 'error.resource_taken', args: { resource: room.name, title: 'Први' } });
  expect((await office.refused(add(secretary, { startsTime: '11:20', endsTime: '11:25', nevertheless: true, resourceIds: car.id }), 409)).said.key).toBe('error.resource_taken');
  await add(secretary, { startsTime: '11:20', endsTime: '11:25', nevertheless: true, resourceIds: room.id });
  // What is tentative keeps no room, and is refused when it is to stand.
  const tentative = await add(secretary, { title: 'Можда', state: 'tentative', nevertheless: true, resourceIds: room.id });
  await office.refused(office.run(confirmEngagement, secretary, { id: tentative.id }), 409);
  expect((await office.run(listEngagements, deputy, { calendarIds: (await office.run(listCalendars, deputy, {})).calendars.filter((one) => one.isMine).map((one) => one.id), fromOn: monday, untilOn: monday })).slots).toMatchObject([{ isOwn: false, known: { title: 'Први' } }]);
  const free = (await office.run(freeResources, secretary, { startsAt: '2026-03-09T09:15:00Z', endsAt: '2026-03-09T09:45:00Z' })).resources;
  expect(free.find((one) => one.id === room.id)?.isFree).toBe(false);
  expect((await office.run(listBookings, secretary, { fromOn: monday, untilOn: monday })).bookings.filter((one) => one.resourceId === room.id)).toHaveLength(3);
  await office.run(cancelInCalendar, secretary, { id: second.id, reason: 'Одложено.' }, { now });
  expect(await office.run(getEngagement, secretary, { id: second.id })).toMatchObject({ state: 'cancelled', cancelledReason: 'Одложено.', can: { change: false, cancel: false } });
  const { times } = await office.run(findTime, secretary, { personIds: [deputy.personId!, (await office.as('mayor')).personId!], resourceIds: [room.id], minutes: 60, fromOn: monday, untilOn: monday }, { now });
  expect(times.length).toBeGreaterThan(5);
  expect(times.some((one) => one.startsAt < new Date('2026-03-09T10:30:00Z') && one.endsAt > new Date('2026-03-09T09:00:00Z'))).toBe(false);
});

test('somebody who takes part says no, and the time is free again; two who change at once are told', async ({ office }) => {
  const { secretary, deputy, add } = await scene(office);
  const { id } = await add(secretary, { participants: [`person:${deputy.personId}`, 'Рада Примјер <rada@primjer.example>'] });
  const own = (await office.run(listCalendars, deputy, {})).calendars.find((one) => one.isMine)!.id;
  const taken = async () => (await office.run(listEngagements, deputy, { calendarIds: [own], fromOn: monday, untilOn: monday })).slots.length;
  expect(await taken()).toBe(1);
  await office.run(answerEngagement, deputy, { id, reply: 'declined', comment: 'На путу сам.' });
  expect(await taken()).toBe(0);
  const shown = await office.run(getEngagement, secretary, { id });
  expect(shown.participants).toMatchObject([{ reply: 'declined', replyWay: 'system', comment: 'На путу сам.' }, { email: 'rada@primjer.example', reply: 'needs-action' }]);
  await office.run(markParticipant, secretary, { id: shown.participants[1]!.id, reply: 'accepted' });
  const form = { kind: 'meeting' as const, title: 'Састанак о путу', startsOn: monday, startsTime: '10:00', endsTime: '11:00', participants: ['Рада Примјер <rada@primjer.example>'] };
  await office.run(changeInCalendar, secretary, { id, version: shown.version, ...form });
  expect((await office.refused(office.run(changeInCalendar, secretary, { id, version: shown.version, ...form, title: 'Друго' }), 409)).said.key).toBe('error.changed_meanwhile');
  expect((await office.run(getEngagement, secretary, { id })).participants).toMatchObject([{ name: 'Рада Примјер', reply: 'accepted' }]);
  await office.run(moveEngagement, secretary, { id, startsOn: addDays(monday, 1), startsTime: '09:00' });
  expect(await office.run(getEngagement, secretary, { id })).toMatchObject({ startsAt: new Date('2026-03-10T08:00:00Z'), endsAt: new Date('2026-03-10T09:00:00Z'), participants: [{ reply: 'needs-action' }] });
});

test('a series: one occurrence otherwise, one dropped, this and the following moved, all moved', async ({ office }) => {
  const { secretary, add, calendarId } = await scene(office);
  const { id } = await add(secretary, { title: 'Колегијум', rule: 'FREQ=WEEKLY;BYDAY=MO', skipsClosingDays: true });
  const list = async (fromOn = monday, untilOn = '2026-05-31') => (await office.run(listEngagements, secretary, { calendarIds: [calendarId], fromOn, untilOn }, { now })).slots;
  const starts = async (untilOn?: string) => (await list(monday, untilOn)).map((one) => one.startsAt.toISOString().slice(5, 16));
  // The clocks change on 29 March; 13 July is a holiday.
  expect(await starts('2026-04-30')).toEqual(['03-09T09:00', '03-16T09:00', '03-23T09:00', '03-30T08:00', '04-06T08:00', '04-13T08:00', '04-20T08:00', '04-27T08:00']);
  expect((await list('2026-07-01', '2026-07-31')).map((one) => one.startsAt.getUTCDate())).toEqual([6, 20, 27]);
  const at = new Date('2026-03-16T09:00:00Z');
  await office.run(moveEngagement, secretary, { id, recurrenceAt: at, startsOn: '2026-03-17', startsTime: '12:00' }, { now });
  await office.run(cancelInCalendar, secretary, { id, recurrenceAt: new Date('2026-03-23T09:00:00Z'), reason: 'Празник.' }, { now });
  expect(await starts('2026-03-31')).toEqual(['03-09T09:00', '03-17T11:00', '03-30T08:00']);
  const later = (await office.run(moveEngagement, secretary, { id, recurrenceAt: new Date('2026-04-06T08:00:00Z'), which: 'following', startsOn: '2026-04-07', startsTime: '08:00' }, { now })).id;
  expect(later).not.toBe(id);
  expect(await starts('2026-04-30')).toEqual(['03-09T09:00', '03-17T11:00', '03-30T08:00', '04-07T06:00', '04-14T06:00', '04-21T06:00', '04-28T06:00']);
  await office.run(moveEngagement, secretary, { id: later, recurrenceAt: new Date('2026-04-14T06:00:00Z'), which: 'all', startsOn: '2026-04-14', startsTime: '10:00', endsOn: '2026-04-14', endsTime: '10:30' }, { now });
  expect((await list('2026-04-07', '2026-04-30')).map((one) => [one.startsAt.toISOString().slice(5, 16), (one.endsAt.getTime() - one.startsAt.getTime()) / 60_000])).toEqual([['04-07T08:00', 30], ['04-14T08:00', 30], ['04-21T08:00', 30], ['04-28T08:00', 30]]);
  await office.run(cancelInCalendar, secretary, { id: later, recurrenceAt: new Date('2026-04-21T08:00:00Z'), which: 'following', reason: 'Крај.' }, { now });
  expect(await starts()).toEqual(['03-09T09:00', '03-17T11:00', '03-30T08:00', '04-07T08:00', '04-14T08:00']);
  await office.refused(office.run(moveEngagement, secretary, { id, recurrenceAt: new Date('2026-03-10T09:00:00Z'), startsOn: monday, startsTime: '10:00' }), 404);
  await office.run(cancelInCalendar, secretary, { id, which: 'all', reason: 'Укида се.' }, { now });
  expect(await starts('2026-04-01')).toEqual([]);
  for (const rule of ['FREQ=SECONDLY', 'FREQ=WEEKLY;BYDAY=XX', 'x', 'FREQ=DAILY;COUNT=99999', 'FREQ=WEEKLY;BYDAY=MO;X-A=1']) expect((await office.refused(add(secretary, { rule }), 422)).fields, rule).toHaveProperty('rule');
});

test('series are written three years ahead, and further each night', async ({ office }) => {
  const { secretary, add, calendarId } = await scene(office);
  const { id } = await add(secretary, { rule: 'FREQ=WEEKLY;BYDAY=MO' });
  const last = () => office.within((db) => db.selectFrom('occurrence').select((eb) => [eb.fn.max('starts_at').as('at'), eb.fn.countAll<number>().as('count')]).where('office_id', '=', office.office.id).where('engagement_id', '=', id).executeTakeFirstOrThrow());
  expect((await last()).at.toISOString().slice(0, 10)).toBe('2029-02-26');
  expect(await office.run(rollEngagements, office.system(), {}, { now })).toEqual({ rolled: 0 });
  expect(await office.run(rollEngagements, office.system(), {}, { now: new Date('2026-06-02T08:00:00Z') })).toEqual({ rolled: 1 });
  expect(await last()).toMatchObject({ at: new Date('2029-05-28T08:00:00Z'), count: 169 });
  const changes = await office.within((db) => db.selectFrom('calendar').select('change_number').where('office_id', '=', office.office.id).where('id', '=', calendarId).executeTakeFirstOrThrow());
  expect(changes.change_number).toBe(1);
});

test('no two confirmed bookings of a room overlap, whatever is tried at once', async ({ office }) => {
  const { secretary, add } = await scene(office);
  const { id: room } = await office.run(addResource, await office.as('chief'), { kind: 'room', name: 'Проба' });
  await fc.assert(fc.asyncProperty(fc.array(fc.record({ hour: fc.integer({ min: 7, max: 12 }), minutes: fc.integer({ min: 15, max: 150 }), day: fc.integer({ min: 0, max: 1 }) }), { minLength: 2, maxLength: 6 }), async (tries) => {
    await Promise.all(tries.map(async ({ hour, minutes, day }) => {
      const start = hour * 60;
      const time = (at: number) => `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
      await add(secretary, { startsOn: addDays(monday, day), startsTime: time(start), endsTime: time(start + minutes), resourceIds: [room], nevertheless: true }).catch((error: unknown) => {
        if (!(error instanceof Refusal) || error.status !== 409) throw error;
      });
    }));
    const { bookings } = await office.run(listBookings, secretary, { fromOn: monday, untilOn: addDays(monday, 6) });
    const own = bookings.filter((one) => one.resourceId === room);
    for (const [index, one] of own.entries()) for (const other of own.slice(index + 1)) expect(one.endsAt <= other.startsAt || other.endsAt <= one.startsAt).toBe(true);
  }), { numRuns: 8 });
});

test('conflicts are what one finds comparing each with each, and each says the other', async ({ office }) => {
  const { secretary, add, week, calendarId } = await scene(office);
  const one = fc.record({ day: fc.integer({ min: 0, max: 5 }), hour: fc.integer({ min: 6, max: 20 }), minutes: fc.integer({ min: 0, max: 200 }), travel: fc.integer({ min: 0, max: 90 }), preparation: fc.integer({ min: 0, max: 60 }), isFree: fc.boolean(), days: fc.constantFrom(0, 0, 0, 3) });
  for (const [index, given] of fc.sample(one, { numRuns: 24, seed: 7 }).entries()) {
    const end = Math.min(given.hour * 60 + given.minutes, 1439);
    await add(secretary, {
      title: String(index), startsOn: addDays(monday, given.day), startsTime: `${String(given.hour).padStart(2, '0')}:00`, endsOn: addDays(monday, given.day + given.days), endsTime: `${String(Math.floor(end / 60)).padStart(2, '0')}:${String(end % 60).padStart(2, '0')}`,
      travelBefore: given.travel, travelAfter: given.travel, preparation: given.preparation, isFree: given.isFree && index % 3 === 0, nevertheless: true,
    });
  }
  const slots = await week(secretary, { untilOn: addDays(monday, 12) });
  expect(slots).toHaveLength(24);
  const overlap = (a: { busyFrom: Date; busyUntil: Date }, b: { busyFrom: Date; busyUntil: Date }) => a.busyFrom < b.busyUntil && b.busyFrom < a.busyUntil;
  const said = new Map<string, string[]>();
  for (const slot of slots) {
    const { conflicts } = await office.run(getEngagement, secretary, { id: slot.engagementId });
    said.set(slot.engagementId, conflicts.map((other) => other.engagementId).toSorted());
    const expected = slot.isFree ? [] : slots.filter((other) => other !== slot && !other.isFree && overlap(slot, other)).map((other) => other.engagementId).toSorted();
    expect(said.get(slot.engagementId)).toEqual(expected);
    expect(slot.conflict !== null).toBe(expected.length > 0);
  }
  for (const [id, others] of said) for (const other of others) expect(said.get(other)).toContain(id);
  expect(await office.within((db) => listConflicts({ db, office: office.office }, { calendarIds: [calendarId], resourceIds: [], startsAt: new Date('2026-03-01'), endsAt: new Date('2026-04-01') }))).toHaveLength(slots.filter((slot) => !slot.isFree).length);
});
