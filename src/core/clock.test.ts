import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockLabel, computeClock, explain, extendClock, targetLabel, type ClockFacts, type Extension } from './clock.ts';
import { addDays, dayFromOrdinal, daysBetween, type Day } from './day.ts';
import { workCalendar } from './holiday.ts';
import { findClockRule, getClockRule, getJurisdiction, listJurisdictions, type ClockKind, type ClockRule } from './jurisdiction.ts';
import { formatDay, localText, locales, type LocaleId } from './language.ts';
import { translator } from './message.ts';

const at = (id: string, kind: ClockKind, on: Day, more: Partial<ClockFacts> = {}, extra: Day[] = []) => {
  const jurisdiction = getJurisdiction(id);
  const rule = findClockRule(jurisdiction, kind, on)!;
  const facts = { startedOn: on, pauses: [], extensions: [], today: on, ...more };
  const calendar = workCalendar(jurisdiction, extra);
  return { rule, facts, calendar, clock: computeClock(rule, facts, calendar) };
};
const words = (locale: LocaleId, id: string) => ({
  t: translator(locale), format: (day: Day) => formatDay(day, locale, 'short'),
  name: (day: Day) => localText(workCalendar(getJurisdiction(id)).closingName(day) ?? {}, locale),
});
const tell = (locale: LocaleId, id: string, clock: ReturnType<typeof computeClock>) => {
  const { t, format, name } = words(locale, id);
  return explain(clock, t, format, name);
};

describe('the dates of the law', () => {
  it.each([['2026-03-02', '2026-03-13'], ['2026-03-30', '2026-04-14']])('Romania, information requested on %s: 10 free days, %s', (on, legal) => {
    expect(at('RO', 'foi.reply', on).clock.legalOn).toBe(legal);
  });

  it('Romania, extended to 30 days in all', () => {
    const { clock } = at('RO', 'foi.reply', '2026-03-02', { extensions: [{ days: 20, on: '2026-03-10', reason: 'volum' }] });
    expect(clock.legalOn).toBe('2026-04-02');
    expect(clock.targetOn).toBe('2026-04-01');
    expect(clock.totalDays).toBe(30);
  });

  it('Romania, petition: target D+N, law D+N+1', () => {
    const { clock } = at('RO', 'petition.reply', '2026-09-02');
    expect(clock.targetOn).toBe('2026-10-02');
    expect(clock.legalOn).toBe('2026-10-05');
    expect(clock.rolledFrom).toBe('2026-10-03');
  });

  it('Montenegro, petition of the look', () => {
    const { clock } = at('ME', 'petition.reply', '2026-08-11', { today: '2026-09-03' });
    expect(clock).toMatchObject({
      firstOn: '2026-08-12', lastOn: '2026-09-10', legalOn: '2026-09-10', rolledFrom: null, targetOn: '2026-08-26', daysLeft: 7, usedDays: 23, totalDays: 30,
      state: 'soon', pausedDays: 0, pausedSince: null,
    });
  });

  it('Montenegro, 15 working days over the Sunday of a holiday', () => {
    expect(at('ME', 'foi.reply', '2025-07-04').clock.legalOn).toBe('2025-07-29');
    expect(at('ME', 'foi.reply', '2026-07-08').rule.id).toBe('ME.foi.reply.2026');
  });

  it('the eighth day after publication', () => {
    for (const id of ['ME', 'BA-RS', 'MK']) expect(at(id, 'act.inForce', '2026-06-22').clock.legalOn).toBe('2026-06-30');
    expect(at('RO', 'act.inForce', '2026-06-22').clock.legalOn).toBe('2026-06-22');
  });

  it('Macedonia: 15 days as the target, 60 as the limit', () => {
    const { clock } = at('MK', 'petition.reply', '2026-05-01');
    expect(clock.targetOn).toBe('2026-05-18');
    expect(clock.legalOn).toBe('2026-06-30');
    const complex = getClockRule(getJurisdiction('MK'), 'MK.petition.reply.complex');
    const { facts, calendar } = at('MK', 'petition.reply', '2026-05-01');
    expect(computeClock(complex, facts, calendar).targetOn).toBe('2026-06-01');
  });

  it('Republika Srpska: a day that the Government declared moves the end', () => {
    expect(at('BA-RS', 'foi.reply', '2026-02-01').clock).toMatchObject({ lastOn: '2026-02-16', rolledFrom: '2026-02-16', legalOn: '2026-02-17' });
  });

  it('a closing day added later moves a running clock', () => {
    const on = '2026-08-11';
    expect(at('ME', 'petition.reply', on).clock.legalOn).toBe('2026-09-10');
    expect(at('ME', 'petition.reply', on, {}, ['2026-09-10']).clock.legalOn).toBe('2026-09-11');
    expect(at('ME', 'petition.reply', on, {}, ['2026-09-10', '2026-09-11']).clock.legalOn).toBe('2026-09-14');
  });
});

describe('states', () => {
  it.each([
    ['2026-08-12', 'ok', 'još 29 dana'], ['2026-08-20', 'ok', 'još 21 dan'], ['2026-08-21', 'soon', 'još 20 dana'], ['2026-09-09', 'soon', 'još 1 dan'],
    ['2026-09-10', 'soon', 'danas'], ['2026-09-11', 'late', 'kasni 1 dan'], ['2026-09-13', 'late', 'kasni 3 dana'],
  ])('on %s: %s, %s', (today, state, label) => {
    const { clock } = at('ME', 'petition.reply', '2026-08-11', { today });
    const { t, format } = words('cnr-Latn', 'ME');
    expect(clock.state).toBe(state);
    expect(clockLabel(clock, t, format)).toBe(label);
  });

  it('shows the target apart', () => {
    const label = (today: Day) => targetLabel(at('ME', 'petition.reply', '2026-08-11', { today }).clock, translator('cnr-Latn'));
    expect(label('2026-08-24')).toBe('norma službe: još 2 dana');
    expect(label('2026-08-26')).toBe('norma službe: danas');
    expect(label('2026-09-03')).toBe('norma službe prošla prije 8 dana');
    expect(targetLabel(at('MK', 'foi.reply', '2026-08-11').clock, translator('mk'))).toBe('');
  });
});

describe('a pause', () => {
  const on = '2026-08-11';

  it('moves the end by its length and goes on while it lasts', () => {
    const { clock } = at('ME', 'petition.reply', on, { today: '2026-09-05', pauses: [{ from: '2026-08-20', until: '2026-08-27' }] });
    expect(clock).toMatchObject({ pausedDays: 7, lastOn: '2026-09-17', legalOn: '2026-09-17', state: 'soon', pausedSince: null });
    const open = (today: Day) => at('ME', 'petition.reply', on, { today, pauses: [{ from: '2026-08-28', until: null }] }).clock;
    expect(open('2026-09-02')).toMatchObject({ state: 'paused', pausedSince: '2026-08-28', daysLeft: 13, pausedDays: 5 });
    expect(open('2026-10-30')).toMatchObject({ state: 'paused', daysLeft: 13, pausedDays: 63 });
    const { t, format } = words('cnr-Latn', 'ME');
    expect(clockLabel(open('2026-08-31'), t, format)).toBe('zastoj od 28.8.');
  });

  it('on the last day leaves a day; after it nothing', () => {
    const paused = (from: Day, today: Day) => at('ME', 'petition.reply', on, { today, pauses: [{ from, until: '2026-09-21' }] }).clock;
    expect(paused('2026-09-10', '2026-09-21').legalOn).toBe('2026-09-21');
    expect(paused('2026-09-11', '2026-09-21')).toMatchObject({ legalOn: '2026-09-10', state: 'late' });
    const late = at('ME', 'petition.reply', on, { today: '2026-09-20', pauses: [{ from: '2026-09-15', until: null }] }).clock;
    expect(late).toMatchObject({ state: 'late', pausedSince: null });
  });

  it('counts once where two overlap', () => {
    const pauses = [{ from: '2026-08-20', until: '2026-08-27' }, { from: '2026-08-25', until: '2026-08-30' }];
    expect(at('ME', 'petition.reply', on, { today: '2026-09-05', pauses }).clock.pausedDays).toBe(10);
  });

  it('on a day to which the end was moved still stops the clock', () => {
    const { clock } = at('ME', 'petition.reply', '2026-08-13', { today: '2026-09-25', pauses: [{ from: '2026-09-14', until: '2026-09-23' }] });
    expect(clock).toMatchObject({ lastOn: '2026-09-12', legalOn: '2026-09-23' });
  });

  it('does not exist where the law knows none', () => {
    const { clock } = at('RO', 'petition.reply', '2026-09-02', { today: '2026-09-20', pauses: [{ from: '2026-09-05', until: null }] });
    expect(clock).toMatchObject({ legalOn: '2026-10-05', pausedDays: 0, pausedSince: null, state: 'ok' });
    expect(tell('ro', 'RO', clock)).toContain('Așteptarea completării nu oprește acest termen.');
  });
});

describe('an extension', () => {
  const ask = (id: string, kind: ClockKind, extension: Partial<Extension>, more: Partial<ClockFacts> = {}) => {
    const { rule, facts, calendar } = at(id, kind, '2026-09-02', more);
    return extendClock(rule, facts, { days: 15, on: '2026-09-20', reason: 'verificare la fața locului', ...extension }, calendar);
  };

  it('is granted once, with a reason, within the limit', () => {
    const granted = ask('RO', 'petition.reply', {});
    expect(granted.ok && granted.clock).toMatchObject({ totalDays: 45, extendedBy: 15, legalOn: '2026-10-19', targetOn: '2026-10-19', rolledFrom: '2026-10-18' });
  });

  it.each<[string, ReturnType<typeof ask>, string, string]>([
    ['none', ask('MK', 'petition.reply', {}), 'none', 'This limit cannot be extended.'],
    ['twice', ask('RO', 'petition.reply', {}, { extensions: [{ days: 5, on: '2026-09-10', reason: 'x' }] }), 'times', 'This limit has been extended once already; no further extension is allowed.'],
    ['too long', ask('RO', 'petition.reply', { days: 16 }), 'days', 'The limit may be extended by at most 15 days.'],
    ['of nothing', ask('RO', 'petition.reply', { days: 0 }), 'days', 'The limit may be extended by at most 15 days.'],
    ['of half a day', ask('RO', 'petition.reply', { days: 1.5 }), 'days', 'The limit may be extended by at most 15 days.'],
    ['without reason', ask('RO', 'petition.reply', { reason: ' ' }), 'reason', 'State the reason for the extension.'],
    ['too late', ask('RO', 'petition.reply', { on: '2026-10-06' }), 'expired', 'The limit has already expired and can no longer be extended.'],
    ['too early', ask('RO', 'petition.reply', { on: '2026-09-01' }), 'early', 'An extension cannot be dated before the limit began.'],
  ])('is refused: %s', (_, result, code, text) => {
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.refusal.code).toBe(code);
    expect(translator('en')(result.refusal.key, result.refusal.args)).toBe(text);
  });

  it('does not pass the total', () => {
    const { rule, facts, calendar } = at('MK', 'foi.reply', '2026-09-02');
    const generous = { ...rule, extension: { ...rule.extension!, days: 20 } };
    const refused = extendClock(generous, facts, { days: 11, on: '2026-09-03', reason: 'обемност' }, calendar);
    expect(!refused.ok && refused.refusal).toEqual({ code: 'total', key: 'clock.refusal.total', args: { max: 30, unit: 'calendar' } });
  });
});

describe('the explanation', () => {
  it('is that of the case page', () => {
    const { clock } = at('ME', 'petition.reply', '2026-08-11', { today: '2026-09-03' });
    expect(tell('cnr-Latn', 'ME', clock)).toBe(
      'Rok je 30 dana od prijema (11.8.). Prvi dan je 12.8., posljednji 10.9.; pada u radni dan, pa se ne pomjera. Nije bilo zastoja. Norma službe je 15 dana, do 26.8.');
    expect(tell('sr-Cyrl', 'ME', clock)).toBe(
      'Рок је 30 дана од пријема (11.8.). Први дан је 12.8., посљедњи 10.9.; пада у радни дан, па се не помјера. Није било застоја. Норма службе је 15 дана, до 26.8.');
  });

  it.each<[LocaleId, string, string]>([
    ['en', 'MK', 'The time limit is 60 days from receipt (25 Mar). The first day is 26 Mar, the last 24 May; it falls on a public holiday (Saints Cyril and Methodius), so the limit moves to 26 May. It has not been paused. The office answers within 15 days, by 9 Apr.'],
    ['mk', 'MK', 'Рокот е 60 дена од приемот (25.3.). Првиот ден е 26.3., последниот 24.5.; паѓа во празник (Св. Кирил и Методиј), па се поместува на 26.5. Немаше застој. Нормата на службата е 15 дена, до 9.4.'],
    ['sq', 'MK', 'Afati është 60 ditë nga pranimi (25.3.). Dita e parë është 26.3., e fundit 24.5.; bie në festë (Shën Kirili dhe Metodi), prandaj shtyhet për 26.5. Nuk ka pasur ndërprerje. Norma e shërbimit është 15 ditë, deri më 9.4.'],
  ])('in %s', (locale, id, text) => expect(tell(locale, id, at(id, 'petition.reply', '2026-03-25').clock)).toBe(text));

  it('in Romanian, with free days and an extension', () => {
    const { clock } = at('RO', 'petition.reply', '2026-09-02', { extensions: [{ days: 15, on: '2026-09-20', reason: 'verificare la fața locului' }] });
    expect(tell('ro', 'RO', clock)).toBe(
      'Termenul este de 30 de zile de la înregistrare (02.09). Nu se socotesc nici prima, nici ultima zi. Prelungit la 20.09 cu 15 zile: verificare la fața locului. Prima zi este 03.09, ultima 18.10; cade duminica, deci se mută la 19.10.');
  });

  it('of working days and a pause, in Montenegrin', () => {
    const { clock } = at('ME', 'foi.reply', '2026-08-03', { today: '2026-08-20', pauses: [{ from: '2026-08-10', until: '2026-08-12' }] });
    expect(tell('cnr-Latn', 'ME', clock)).toBe(
      'Rok je 15 radnih dana od prijema (3.8.). Zastoj od 10.8. do 12.8. (2 dana). Prvi dan je 4.8., posljednji 26.8.; pada u radni dan, pa se ne pomjera.');
    const open = at('ME', 'foi.reply', '2026-08-03', { today: '2026-08-20', pauses: [{ from: '2026-08-10', until: null }] }).clock;
    expect(tell('cnr-Cyrl', 'ME', open)).toContain('Застој траје од 10.8.: рок се помјера док допуна не стигне.');
  });

  it('has words for every step of every rule in every language', () => {
    for (const jurisdiction of listJurisdictions()) {
      const calendar = workCalendar(jurisdiction);
      for (const rule of jurisdiction.clocks) {
        const facts = { startedOn: '2026-08-13', today: '2026-08-20', pauses: [{ from: '2026-08-14', until: null }], extensions: [{ days: 3, on: '2026-08-15', reason: '' }] };
        for (const { id } of locales) {
          const text = tell(id, jurisdiction.id, computeClock(rule, facts, calendar));
          expect(text).not.toMatch(/[⟨⟩{}]|undefined|\d{4}-\d\d-\d\d|\.\.$/);
          expect(translator(id)(`clock.kind.${rule.kind}`)).not.toMatch(/[⟨⟩]/);
        }
      }
    }
  });
});

describe('always', () => {
  const jurisdictions = listJurisdictions();
  const day = fc.integer({ min: 19_723, max: 22_280 }).map(dayFromOrdinal);
  const world = fc.constantFrom(...jurisdictions).chain((jurisdiction) => fc.record({
    jurisdiction: fc.constant(jurisdiction), rule: fc.constantFrom<ClockRule>(...jurisdiction.clocks), startedOn: day, later: fc.integer({ min: 0, max: 40 }),
    pauses: fc.array(fc.tuple(fc.integer({ min: -5, max: 90 }), fc.option(fc.integer({ min: -2, max: 40 }), { nil: null })), { maxLength: 3 }),
    extensions: fc.array(fc.integer({ min: -3, max: 60 }), { maxLength: 3 }), wait: fc.integer({ min: 0, max: 120 }),
    extra: fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 6 }),
  }));
  type World = typeof world extends fc.Arbitrary<infer T> ? T : never;
  const factsOf = ({ startedOn, pauses, extensions, wait }: World): ClockFacts => ({
    startedOn, today: addDays(startedOn, wait),
    pauses: pauses.map(([from, length]) => ({ from: addDays(startedOn, from), until: length === null ? null : addDays(startedOn, from + length) })),
    extensions: extensions.map((days, index) => ({ days, on: addDays(startedOn, index), reason: 'x' })),
  });
  const holds = (check: (given: World, facts: ClockFacts, calendar: ReturnType<typeof workCalendar>) => void) =>
    fc.assert(fc.property(world, (given) => { check(given, factsOf(given), workCalendar(given.jurisdiction)); }), { numRuns: 300 });

  it('a later start never ends earlier', () => holds(({ rule, later }, facts, calendar) => {
    const first = computeClock(rule, facts, calendar);
    const second = computeClock(rule, { ...facts, startedOn: addDays(facts.startedOn, later) }, calendar);
    expect(second.legalOn >= first.legalOn).toBe(true);
    expect(second.targetOn >= first.targetOn).toBe(true);
  }));

  it('a pause never shortens', () => holds(({ rule }, facts, calendar) => {
    const bare = computeClock(rule, { ...facts, pauses: [] }, calendar);
    const paused = computeClock(rule, facts, calendar);
    expect(paused.legalOn >= bare.legalOn).toBe(true);
    if (rule.unit === 'calendar') expect(daysBetween(bare.lastOn, paused.lastOn) <= paused.pausedDays).toBe(true);
  }));

  it('an extension never passes the cap', () => holds(({ rule }, facts, calendar) => {
    const clock = computeClock(rule, facts, calendar);
    const { extension } = rule;
    expect(clock.extendedBy).toBeLessThanOrEqual(extension ? extension.days * extension.times : 0);
    if (extension?.toTotal) expect(clock.totalDays).toBeLessThanOrEqual(extension.toTotal);
    expect(clock.legalOn >= computeClock(rule, { ...facts, extensions: [] }, calendar).legalOn).toBe(true);
  }));

  it('what rolls ends on a working day', () => holds(({ rule }, facts, calendar) => {
    const clock = computeClock(rule, facts, calendar);
    if (rule.roll === 'next-working') expect(calendar.isWorkingDay(clock.legalOn)).toBe(true);
    expect(clock.lastOn <= clock.legalOn && clock.targetOn <= clock.legalOn && clock.warnOn <= clock.targetOn).toBe(true);
    expect(clock.warnOn >= facts.startedOn).toBe(true);
  }));

  it('added closing days never move a date earlier', () => holds(({ rule, jurisdiction, extra }, facts, calendar) => {
    const before = computeClock(rule, facts, calendar);
    const after = computeClock(rule, facts, workCalendar(jurisdiction, extra.map((n) => addDays(facts.startedOn, n))));
    expect(after.legalOn >= before.legalOn && after.lastOn >= before.lastOn && after.targetOn >= before.targetOn).toBe(true);
  }));

  it('the figures agree with the dates', () => holds(({ rule }, facts, calendar) => {
    const clock = computeClock(rule, facts, calendar);
    expect(clock.daysLeft).toBe(daysBetween(facts.today, clock.legalOn));
    expect(clock.state === 'late').toBe(clock.daysLeft < 0);
    expect(clock.usedDays).toBeLessThanOrEqual(clock.totalDays);
    if (clock.state === 'paused') expect(clock.pausedSince).not.toBeNull();
    expect(computeClock(rule, facts, calendar)).toEqual(clock);
  }));

  it('is quick', () => {
    const { rule, facts, calendar } = at('ME', 'petition.reply', '2026-08-11');
    const started = performance.now();
    for (let n = 0; n < 2000; n++) computeClock(rule, facts, calendar);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
