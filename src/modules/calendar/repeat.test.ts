import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayFromOrdinal, instantIn, ordinalOf, partsOf, weekdayOf, dayIn } from '../../core/day.ts';
import { expandSeries } from './recurrence.ts';
import { placeInMonth, repeats, ruleFrom, saidOf } from './repeat.ts';

const day = fc.integer({ min: ordinalOf('2024-01-01'), max: ordinalOf('2030-12-31') }).map(dayFromOrdinal);
const zone = 'Europe/Podgorica';

test('what a form says comes back from its rule', () => {
  fc.assert(fc.property(fc.constantFrom(...repeats), day, fc.option(day, { nil: '' as const }), (repeat, on, untilOn) => {
    const said = saidOf(ruleFrom(repeat, on, untilOn));
    expect(said.repeat).toBe(repeat);
    if (repeat === 'never') return;
    expect(said.untilOn).toBe(untilOn);
    if (repeat === 'weekly') expect(said.weekdays).toEqual([weekdayOf(on)]);
    if (repeat === 'monthly_weekday') expect([said.weekdays, said.place]).toEqual([[weekdayOf(on)], placeInMonth(on)]);
    if (repeat === 'monthly') expect(said.date).toBe(partsOf(on).date);
  }));
});

test('the first day said is the first of the series, and each other one is as it was said', () => {
  fc.assert(fc.property(fc.constantFrom(...repeats.filter((one) => one !== 'never' && one !== 'workdays')), day, (repeat, on) => {
    const startsAt = instantIn(zone, on, '10:00');
    const rule = ruleFrom(repeat, on, '');
    const spans = expandSeries({ rule, startsAt, endsAt: new Date(startsAt.getTime() + 3_600_000), isAllDay: false, timeZone: zone, droppedAt: [] }, new Date(startsAt.getTime() + 100 * 86_400_000));
    const days = spans.map((one) => dayIn(zone, one.startsAt));
    expect(days[0]).toBe(on);
    if (repeat === 'weekly' || repeat === 'fortnightly' || repeat === 'monthly_weekday') for (const one of days) expect(weekdayOf(one)).toBe(weekdayOf(on));
    if (repeat === 'monthly') for (const one of days) expect(partsOf(one).date).toBe(partsOf(on).date);
  }), { numRuns: 60 });
});

test('a rule of a calendar program that has no words here is other, and stays as it is', () => {
  for (const rule of ['FREQ=YEARLY;BYMONTH=5;BYDAY=2SU', 'FREQ=WEEKLY;INTERVAL=3;BYDAY=MO', 'FREQ=WEEKLY;BYDAY=MO,WE', 'FREQ=DAILY;INTERVAL=2', 'FREQ=MONTHLY;BYMONTHDAY=-1']) expect(saidOf(rule).repeat, rule).toBe('other');
  expect(saidOf('FREQ=WEEKLY;BYDAY=TU;COUNT=10')).toMatchObject({ repeat: 'weekly', count: 10 });
  expect(saidOf('FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1').repeat).toBe('monthly_weekday');
});
