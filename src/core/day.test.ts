import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays, addMonths, dayFromOrdinal, dayIn, dayOf, daysBetween, instantIn, isDay, isPlausibleDay, ordinalOf, partsOf, wallClock, weekOf,
  weekStart, weekdayOf,
} from './day.ts';

const day = fc.integer({ min: -200_000, max: 200_000 }).map(dayFromOrdinal);
const zone = fc.constantFrom('Europe/Podgorica', 'Europe/Sarajevo', 'Europe/Skopje', 'Europe/Bucharest', 'UTC', 'Pacific/Kiritimati');

describe('a day', () => {
  it('is a real date only', () => {
    for (const good of ['2026-02-28', '2024-02-29', '2000-02-29', '0099-12-31']) expect(isDay(good)).toBe(true);
    for (const bad of ['2026-02-30', '2026-02-29', '1900-02-29', '2026-13-01', '2026-00-10', '2026-1-1', '26-01-01', '', '2026-01-01T00:00', null, 7]) {
      expect(isDay(bad)).toBe(false);
    }
  });

  it('is plausible within its bounds', () => {
    expect(isPlausibleDay('1026-09-10')).toBe(false);
    expect(isPlausibleDay('2026-02-30')).toBe(false);
    expect(isPlausibleDay('2026-09-10')).toBe(true);
    expect(isPlausibleDay('2026-09-10', { from: '2026-09-11' })).toBe(false);
    expect(isPlausibleDay('2026-09-10', { until: '2026-09-10' })).toBe(true);
  });

  it('is added to, and the same number lies between', () => {
    fc.assert(fc.property(day, fc.integer({ min: -50_000, max: 50_000 }), (on, n) => {
      expect(daysBetween(on, addDays(on, n))).toBe(n);
      expect(addDays(on, n) > on).toBe(n > 0);
    }));
  });

  it('keeps its ordinal and its parts', () => {
    fc.assert(fc.property(day, (on) => {
      const { year, month, date } = partsOf(on);
      expect(dayOf(year, month, date)).toBe(on);
      expect(dayFromOrdinal(ordinalOf(on))).toBe(on);
    }));
  });

  it('has a weekday that steps by one', () => {
    expect(weekdayOf('2026-09-10')).toBe(4);
    expect(weekdayOf('1969-12-28')).toBe(7);
    fc.assert(fc.property(day, (on) => {
      expect(weekdayOf(addDays(on, 1))).toBe((weekdayOf(on) % 7) + 1);
      expect(weekdayOf(weekStart(on))).toBe(1);
    }));
  });

  it('has an ISO week', () => {
    expect(weekOf('2026-01-01')).toEqual({ year: 2026, week: 1 });
    expect(weekOf('2027-01-01')).toEqual({ year: 2026, week: 53 });
    expect(weekOf('2024-12-30')).toEqual({ year: 2025, week: 1 });
  });

  it('moves by months without leaving the month', () => {
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
    expect(addMonths('2024-01-31', 1)).toBe('2024-02-29');
    expect(addMonths('2026-03-31', -13)).toBe('2025-02-28');
    expect(addMonths('2026-12-15', 1)).toBe('2027-01-15');
  });

  it('throws for what is not a day', () => {
    expect(() => addDays('2026-02-30', 1)).toThrow(RangeError);
    expect(() => dayOf(2026, 2, 30)).toThrow(RangeError);
  });
});

describe('a zone', () => {
  it('decides which day it is', () => {
    expect(dayIn('Europe/Podgorica', new Date('2026-09-10T22:30:00Z'))).toBe('2026-09-11');
    expect(dayIn('Europe/Bucharest', new Date('2026-12-31T22:00:00Z'))).toBe('2027-01-01');
    expect(wallClock('Europe/Skopje', new Date('2026-01-05T23:00:00Z'))).toEqual({ on: '2026-01-06', time: '00:00' });
  });

  it('turns a wall clock into the instant and back', () => {
    fc.assert(fc.property(zone, fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: 0, max: 1439 }), (name, ordinal, minute) => {
      const on = dayFromOrdinal(ordinal);
      const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
      const seen = wallClock(name, instantIn(name, on, time));
      const jumped = Date.parse(`${seen.on}T${seen.time}Z`) - Date.parse(`${on}T${time}Z`);
      expect(jumped === 0 || (jumped > 0 && jumped <= 86_400_000)).toBe(true);
    }));
  });

  it('takes the first of a doubled hour and the moment after a skipped one', () => {
    expect(instantIn('Europe/Podgorica', '2026-10-25', '02:30').toISOString()).toBe('2026-10-25T00:30:00.000Z');
    expect(wallClock('Europe/Podgorica', instantIn('Europe/Podgorica', '2026-03-29', '02:30')).time).toBe('03:30');
    expect(() => instantIn('Europe/Podgorica', '2026-02-30', '10:00')).toThrow(RangeError);
  });
});
