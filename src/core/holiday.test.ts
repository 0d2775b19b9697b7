import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, partsOf, weekdayOf } from './day.ts';
import {
  catholicEaster, closingDays, hasUnconfirmedDays, isWorkingDay, leaveDays, orthodoxEaster, proposeIslamicDays, workCalendar,
} from './holiday.ts';
import { getJurisdiction, listJurisdictions } from './jurisdiction.ts';

const [ME, RS, MK, RO] = ['ME', 'BA-RS', 'MK', 'RO'].map(getJurisdiction) as [
  ReturnType<typeof getJurisdiction>, ReturnType<typeof getJurisdiction>, ReturnType<typeof getJurisdiction>, ReturnType<typeof getJurisdiction>,
];

describe('Easter', () => {
  it.each([
    [2026, '2026-04-12', '2026-04-05'], [2027, '2027-05-02', '2027-03-28'], [2028, '2028-04-16', '2028-04-16'], [2029, '2029-04-08', '2029-04-01'],
    [2030, '2030-04-28', '2030-04-21'],
  ])('of %i', (year, orthodox, catholic) => {
    expect(orthodoxEaster(year)).toBe(orthodox);
    expect(catholicEaster(year)).toBe(catholic);
  });

  it('is a Sunday of spring, the Orthodox one never earlier', () => {
    for (let year = 1900; year < 2100; year++) {
      const [orthodox, catholic] = [orthodoxEaster(year), catholicEaster(year)];
      expect(weekdayOf(orthodox)).toBe(7);
      expect(weekdayOf(catholic)).toBe(7);
      expect(orthodox >= catholic).toBe(true);
      expect(catholic >= `${year}-03-22` && catholic <= `${year}-04-25`).toBe(true);
    }
  });
});

describe('closing days', () => {
  it('of Montenegro last longer when a Sunday lies in them', () => {
    expect([...closingDays(ME, 2025).keys()].filter((day) => day.startsWith('2025-07'))).toEqual(['2025-07-13', '2025-07-14', '2025-07-15']);
    expect(isWorkingDay(ME, '2025-07-15')).toBe(false);
    expect(isWorkingDay(ME, '2025-07-16')).toBe(true);
    expect(isWorkingDay(ME, '2027-05-03')).toBe(false);
    expect(isWorkingDay(ME, '2027-05-04')).toBe(true);
    expect([...closingDays(ME, 2017).keys()].slice(0, 3)).toEqual(['2017-01-01', '2017-01-02', '2017-01-03']);
    expect(closingDays(ME, 2021).has('2021-11-13')).toBe(false);
    expect(closingDays(ME, 2026).get('2026-11-13')?.cnr).toBe('Његошев дан');
  });

  it('of Macedonia move from Sunday to Monday', () => {
    for (const sunday of ['2026-05-24', '2026-08-02', '2026-10-11']) {
      expect(weekdayOf(sunday)).toBe(7);
      expect(isWorkingDay(MK, addDays(sunday, 1))).toBe(false);
      expect(isWorkingDay(MK, addDays(sunday, 2))).toBe(true);
    }
    expect(isWorkingDay(MK, '2026-04-13')).toBe(false);
    expect(isWorkingDay(MK, '2026-03-20')).toBe(false);
    expect(isWorkingDay(MK, '2024-04-24')).toBe(false);
    expect(isWorkingDay(MK, '2024-05-08')).toBe(false);
  });

  it('of Republika Srpska have those that the Government declared', () => {
    expect(isWorkingDay(RS, '2026-02-16')).toBe(false);
    expect(isWorkingDay(RS, '2026-01-09')).toBe(false);
    expect(isWorkingDay(RS, '2026-11-21')).toBe(false);
    expect(closingDays(RS, 2026).size).toBe(8);
  });

  it('of Romania follow the Orthodox Easter', () => {
    for (const day of ['2026-04-10', '2026-04-12', '2026-04-13', '2026-05-31', '2026-06-01', '2026-12-25', '2026-12-26', '2026-01-06']) {
      expect(closingDays(RO, 2026).has(day), day).toBe(true);
    }
    expect(isWorkingDay(RO, '2023-01-06')).toBe(true);
    expect(closingDays(RO, 2026).size).toBe(16);
  });

  it('do not have the feasts of believers and communities', () => {
    expect(isWorkingDay(ME, '2026-01-07')).toBe(true);
    expect(isWorkingDay(ME, '2026-04-13')).toBe(true);
    expect(isWorkingDay(RS, '2026-04-10')).toBe(true);
    expect(isWorkingDay(MK, '2026-01-19')).toBe(true);
    expect(isWorkingDay(RO, '2026-04-03')).toBe(true);
    expect(leaveDays(ME, 2026)).toContainEqual(expect.objectContaining({ on: '2026-01-07', who: 'orthodox' }));
    expect(leaveDays(MK, 2026)).toContainEqual(expect.objectContaining({ on: '2026-11-22', who: 'community:albanian' }));
    expect(leaveDays(MK, 2026).every((one, index, all) => index === 0 || all[index - 1]!.on <= one.on)).toBe(true);
  });

  it('can be added to, without being forgotten or remembered wrongly', () => {
    const extra = [{ on: '2026-09-10', name: { cnr: 'Дан града' } }, '2027-09-10'];
    expect(closingDays(ME, 2026, extra).get('2026-09-10')).toEqual({ cnr: 'Дан града' });
    expect(closingDays(ME, 2026).has('2026-09-10')).toBe(false);
    expect(isWorkingDay(ME, '2026-09-10', extra)).toBe(false);
    expect(isWorkingDay(ME, '2027-09-10', extra)).toBe(false);
    expect(workCalendar(ME, extra).nextWorkingDay('2026-09-10')).toBe('2026-09-11');
    expect(workCalendar(ME, [{ on: '2026-01-01', name: { en: 'other' } }]).closingName('2026-01-01')?.en).toBe('New Year');
  });

  it('lie in their year, in order, the same each time', () => {
    fc.assert(fc.property(fc.constantFrom(...listJurisdictions()), fc.integer({ min: 1990, max: 2090 }), (jurisdiction, year) => {
      const days = [...closingDays(jurisdiction, year).keys()];
      expect(days).toEqual([...days].sort());
      expect(days.every((day) => partsOf(day).year === year)).toBe(true);
      expect(closingDays(jurisdiction, year)).toBe(closingDays(jurisdiction, year));
    }));
  });
});

describe('Islamic feasts', () => {
  it('of the files are those that the calendar proposes', () => {
    for (let year = 2024; year <= 2030; year++) {
      for (const { on, feast } of proposeIslamicDays(year)) expect(MK.holidays.islamic!.days[feast]).toContain(on);
    }
  });

  it('wait for confirmation where they close offices', () => {
    expect(hasUnconfirmedDays(MK, 2026)).toBe(false);
    expect(hasUnconfirmedDays(MK, 2027)).toBe(true);
    expect(hasUnconfirmedDays(ME, 2027)).toBe(false);
    expect(hasUnconfirmedDays(RO, 2027)).toBe(false);
  });
});
