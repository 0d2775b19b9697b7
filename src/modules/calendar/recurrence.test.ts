import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, dayIn, instantIn, wallClock, weekdayOf, type Day } from '../../core/day.ts';
import { markConflicts } from './engagement-read.server.ts';
import { endFrom, expandSeries, movedBy, movedRule, settleRule, splitRule, wallDistance } from './recurrence.ts';

const zones = ['Europe/Podgorica', 'Europe/Sarajevo', 'Europe/Skopje', 'Europe/Bucharest'];
const names = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const two = (n: number): string => String(n).padStart(2, '0');
const zone = fc.constantFrom(...zones);
const startOn = fc.integer({ min: 0, max: 700 }).map((days) => addDays('2025-01-01', days));
// Not in the hours that a change of time skips or doubles.
const clock = fc.tuple(fc.integer({ min: 5, max: 23 }), fc.integer({ min: 0, max: 59 })).map(([hour, minute]) => `${two(hour)}:${two(minute)}`);
const weekdaysOf = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 });

const seriesAt = (timeZone: string, on: Day, time: string, rule: string, minutes = 60) => {
  const startsAt = instantIn(timeZone, on, time);
  return { rule, startsAt, endsAt: new Date(startsAt.getTime() + minutes * 60_000), isAllDay: false, timeZone, droppedAt: [] as Date[] };
};

test('every so many weeks on these days: as one counts on a calendar, at the same time on the wall, across the changes of time', () => {
  fc.assert(fc.property(zone, startOn, clock, weekdaysOf, fc.integer({ min: 1, max: 4 }), (timeZone, on, time, weekdays, interval) => {
    const series = seriesAt(timeZone, on, time, `FREQ=WEEKLY;INTERVAL=${interval};BYDAY=${weekdays.map((one) => names[one - 1]).join(',')}`);
    const naive = new Set<Day>([on]);
    const first = addDays(on, 1 - weekdayOf(on));
    for (let n = 0; n < 500; n++) {
      const day = addDays(first, n);
      if (day >= on && Math.floor(n / 7) % interval === 0 && weekdays.includes(weekdayOf(day))) naive.add(day);
    }
    const until = instantIn(timeZone, addDays(on, 400));
    const found = expandSeries(series, until);
    expect(found.map((one) => wallClock(timeZone, one.startsAt))).toEqual([...naive].toSorted().filter((day) => day < addDays(on, 400)).map((day) => ({ on: day, time })));
    for (const one of found) expect(one.endsAt.getTime() - one.startsAt.getTime()).toBe(3_600_000);
  }), { numRuns: 60 });
});

test('every day and every month, with an end by number or by day; all-day ones begin and end at midnight', () => {
  fc.assert(fc.property(zone, startOn, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 3 }), (timeZone, on, count, length) => {
    const series = { ...seriesAt(timeZone, on, '00:00', settleRule(`FREQ=DAILY;COUNT=${count}`, { isAllDay: true, timeZone })), endsAt: instantIn(timeZone, addDays(on, length)), isAllDay: true };
    const found = expandSeries(series, new Date('2030-01-01'));
    expect(found.map((one) => [wallClock(timeZone, one.startsAt), wallClock(timeZone, one.endsAt)])).toEqual(Array.from({ length: count }, (_, n) => [{ on: addDays(on, n), time: '00:00' }, { on: addDays(on, n + length), time: '00:00' }]));
    const until = addDays(on, count - 1).replaceAll('-', '');
    for (const isAllDay of [true, false]) {
      const same = { ...series, isAllDay, rule: settleRule(`FREQ=DAILY;UNTIL=${until}`, { isAllDay, timeZone }) };
      expect(expandSeries(same, new Date('2030-01-01'))).toHaveLength(count);
    }
  }), { numRuns: 40 });
  fc.assert(fc.property(zone, fc.integer({ min: 1, max: 31 }), clock, (timeZone, date, time) => {
    const found = expandSeries(seriesAt(timeZone, `2025-01-${two(date)}`, time, `FREQ=MONTHLY;BYMONTHDAY=${date}`), new Date('2027-01-01'));
    for (const one of found) expect(wallClock(timeZone, one.startsAt)).toEqual({ on: expect.stringMatching(new RegExp(`-${two(date)}$`)) as string, time });
    expect(found.length).toBe(Array.from({ length: 24 }, (_, month) => new Date(Date.UTC(2025, month + 1, 0)).getUTCDate()).filter((days) => days >= date).length);
  }), { numRuns: 25 });
});

test('what is dropped is not there; a series cut in two is together what it was', () => {
  fc.assert(fc.property(zone, startOn, clock, fc.constantFrom('FREQ=WEEKLY;BYDAY=MO,TH', 'FREQ=DAILY;INTERVAL=3', 'FREQ=WEEKLY;BYDAY=TU;COUNT=30', 'FREQ=MONTHLY;BYDAY=2WE', 'FREQ=WEEKLY;BYDAY=FR;UNTIL=20271231'), fc.integer({ min: 1, max: 25 }), (timeZone, on, time, rule, cut) => {
    const plain = seriesAt(timeZone, on, time, settleRule(rule, { isAllDay: false, timeZone }));
    const until = new Date('2029-01-01');
    const all = expandSeries(plain, until);
    const series = { ...plain, startsAt: all[0]!.startsAt, endsAt: all[0]!.endsAt, rule: plain.rule };
    const at = all[Math.min(cut, all.length - 1)]!;
    expect(expandSeries({ ...series, droppedAt: [at.startsAt] }, until)).toEqual(all.filter((one) => one !== at));
    if (at === all[0]) return;
    const { before, after } = splitRule(series, at.startsAt);
    const parts = [...expandSeries({ ...series, rule: before }, until), ...expandSeries({ ...series, rule: after, startsAt: at.startsAt, endsAt: at.endsAt }, until)];
    expect(parts).toEqual(all);
  }), { numRuns: 60 });
});

test('moving on the wall clock there and back is where it was; a rule moves its days along', () => {
  fc.assert(fc.property(zone, startOn, clock, fc.integer({ min: -60, max: 60 }), (timeZone, on, time, days) => {
    const at = instantIn(timeZone, on, time);
    const there = movedBy(at, days * 1440, timeZone);
    expect(wallClock(timeZone, there)).toEqual({ on: addDays(on, days), time });
    expect(wallDistance(at, there, timeZone)).toBe(days * 1440);
    const rule = movedRule(`FREQ=WEEKLY;BYDAY=${names[weekdayOf(on) - 1]}`, on, dayIn(timeZone, there))!;
    expect(rule).toBe(`FREQ=WEEKLY;BYDAY=${names[weekdayOf(addDays(on, days)) - 1]}`);
    expect(endFrom({ startsAt: at, endsAt: new Date(at.getTime() + 5_400_000), isAllDay: false, timeZone }, there).getTime() - there.getTime()).toBe(5_400_000);
  }), { numRuns: 80 });
});

test('conflicts are symmetric, and as many as one finds comparing each with each', () => {
  const slot = fc.record({ from: fc.integer({ min: 0, max: 300 }), length: fc.integer({ min: 0, max: 60 }), isFree: fc.boolean(), tentative: fc.boolean(), calendar: fc.integer({ min: 0, max: 1 }) });
  fc.assert(fc.property(fc.array(slot, { maxLength: 30 }), (slots) => {
    const all = slots.map((one, index) => ({ calendarId: String(one.calendar), engagementId: String(index), busyFrom: new Date(one.from), busyUntil: new Date(one.from + one.length), isFree: one.isFree, state: one.tentative ? 'tentative' as const : 'confirmed' as const, conflict: null as 'firm' | 'weak' | null }));
    const overlaps = (a: (typeof all)[number], b: (typeof all)[number]) => a !== b && !a.isFree && !b.isFree && a.calendarId === b.calendarId && a.busyFrom < b.busyUntil && b.busyFrom < a.busyUntil;
    const expected = all.map((one) => {
      const others = all.filter((other) => overlaps(one, other));
      return others.length === 0 ? null : others.some((other) => other.state === 'confirmed' && one.state === 'confirmed') ? 'firm' : 'weak';
    });
    expect(markConflicts(all).map((one) => one.conflict)).toEqual(expected);
  }), { numRuns: 200 });
});
