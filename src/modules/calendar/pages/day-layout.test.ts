import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, dayFromOrdinal, dayIn, instantIn, ordinalOf, wallClock, weekdayOf } from '../../../core/day.ts';
import { dayMinutes, drawn, hoursOf, layDay, leastMinutes, monthDays, partOn, weekDays, type Span } from './day-layout.ts';

const span = fc.tuple(fc.integer({ min: 0, max: dayMinutes - 1 }), fc.integer({ min: 1, max: 600 })).map(([from, length]): Span => ({ from, until: Math.min(dayMinutes, from + length) }));
const day = fc.integer({ min: ordinalOf('2020-01-01'), max: ordinalOf('2035-12-31') }).map(dayFromOrdinal);
const zones = ['Europe/Podgorica', 'Europe/Sarajevo', 'Europe/Skopje', 'Europe/Bucharest'] as const;
const meet = (a: Span, b: Span): boolean => a.from < b.until && b.from < a.until;

test('no two boxes lie over one another, none leaves its day, and all are there', () => {
  fc.assert(fc.property(fc.array(span, { maxLength: 40 }), (spans) => {
    const placed = layDay(spans);
    expect(placed).toHaveLength(spans.length);
    for (const [index, one] of placed.entries()) {
      expect(one.lane + one.spread).toBeLessThanOrEqual(one.lanes);
      expect(one.spread).toBeGreaterThan(0);
      for (const other of placed.slice(index + 1)) {
        if (!meet(one, other)) continue;
        expect(one.lanes).toBe(other.lanes);
        expect(one.lane + one.spread <= other.lane || other.lane + other.spread <= one.lane).toBe(true);
      }
    }
  }));
});

test('as many lanes as meet at the busiest minute, and no more', () => {
  fc.assert(fc.property(fc.array(span, { minLength: 1, maxLength: 25 }), (spans) => {
    const busiest = Math.max(...spans.map((one) => spans.filter((other) => other.from <= one.from && one.from < other.until).length));
    expect(Math.max(...layDay(spans).map((one) => one.lanes))).toBe(busiest);
  }));
});

test('what is drawn is high enough to be read and lies inside its day', () => {
  fc.assert(fc.property(span, (one) => {
    const shown = drawn(one);
    expect(shown.from).toBeGreaterThanOrEqual(0);
    expect(shown.until).toBeLessThanOrEqual(dayMinutes);
    expect(shown.until - shown.from).toBeGreaterThanOrEqual(leastMinutes);
    const hours = hoursOf([shown]);
    expect(hours.from * 60).toBeLessThanOrEqual(shown.from);
    expect(hours.until * 60).toBeGreaterThanOrEqual(shown.until);
  }));
});

test('every minute of an engagement lies on exactly one day, also when the clocks change', () => {
  fc.assert(fc.property(fc.constantFrom(...zones), day, fc.integer({ min: 0, max: dayMinutes - 1 }), fc.integer({ min: 1, max: 4000 }), (zone, on, minute, length) => {
    const startsAt = new Date(instantIn(zone, on).getTime() + minute * 60_000);
    const endsAt = new Date(startsAt.getTime() + length * 60_000);
    const days = Array.from({ length: 6 }, (_, index) => addDays(on, index - 1));
    const parts = days.map((one) => [one, partOn(zone, one, startsAt, endsAt)] as const).filter(([, part]) => part);
    const last = dayIn(zone, new Date(endsAt.getTime() - 1));
    expect(parts.map(([one]) => one)).toEqual(days.filter((one) => one >= dayIn(zone, startsAt) && one <= last));
    for (const [one, part] of parts) {
      expect(part!.from).toBeLessThan(part!.until);
      if (one === dayIn(zone, startsAt)) expect(part!.from).toBe(Number(wallClock(zone, startsAt).time.slice(0, 2)) * 60 + Number(wallClock(zone, startsAt).time.slice(3)));
      else expect(part!.from).toBe(0);
      if (one < last) expect(part!.until).toBe(dayMinutes);
    }
  }));
});

test('a month is whole weeks from Monday to Sunday, and holds all its days', () => {
  fc.assert(fc.property(day, (on) => {
    const days = monthDays(on);
    expect(days.length % 7).toBe(0);
    expect(weekdayOf(days[0]!)).toBe(1);
    expect(weekdayOf(days.at(-1)!)).toBe(7);
    expect(days).toContain(on);
    expect(weekDays(on)).toContain(on);
    expect(days.slice(0, 7).some((one) => one.slice(0, 7) === on.slice(0, 7)) && days.slice(-7).some((one) => one.slice(0, 7) === on.slice(0, 7))).toBe(true);
  }));
});
