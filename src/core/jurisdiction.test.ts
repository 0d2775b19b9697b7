import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isDay } from './day.ts';
import { bookPattern, clockKinds, countedBooks, findClockRule, getClockRule, getJurisdiction, getReferenceRule, listJurisdictions, listPlaceholders } from './jurisdiction.ts';
import { isLocaleId, languageSources } from './language.ts';

const text = z.partialRecord(z.enum(languageSources), z.string().min(1)).refine((value) => value.en !== undefined, 'English is missing');
const day = z.string().refine(isDay, 'not a day');
const fact = { source: z.string().min(3), confidence: z.enum(['high', 'medium', 'low']), note: z.string().min(3).optional() };
const dated = { validFrom: day, validTo: day.nullable() };
const unit = z.enum(['calendar', 'working']);
const roll = z.enum(['next-working', 'none']);
const count = z.number().int().nonnegative();
const labels = z.array(z.strictObject({ key: z.string(), label: text })).min(3);
const key = z.string().regex(/^[a-z][a-z0-9-]*$/);

const clock = z.strictObject({
  id: z.string(), kind: z.enum(clockKinds), variant: z.string().optional(), ...dated, starts: z.enum(['receipt', 'registration', 'delivery', 'publication']),
  unit, days: count, excludeFirst: z.boolean(), excludeLast: z.boolean(), roll, targetDays: count.optional(), warnDays: count,
  extension: z.strictObject({ days: count, times: count, toTotal: count.optional(), reasonRequired: z.boolean(), by: z.literal('head').optional() }).nullable(),
  pauseWhileWaiting: z.boolean(), forward: z.strictObject({ days: count.nullable(), unit, noticeToPetitioner: z.boolean() }).nullable(), basis: text, ...fact,
});
const feast = z.enum(['shawwal-1', 'dhu-al-hijja-10']);
const holiday = z.strictObject({
  when: z.union([
    z.strictObject({ fixed: z.string().regex(/^\d\d-\d\d$/) }), z.strictObject({ orthodoxEaster: z.number().int() }),
    z.strictObject({ catholicEaster: z.number().int() }), z.strictObject({ islamic: feast }), z.strictObject({ declared: z.literal(true) }),
  ]),
  days: z.number().int().positive(), name: text, who: z.string().optional(), validFrom: day.optional(), validTo: day.optional(),
  confidence: fact.confidence, note: fact.note,
});
const jurisdictionShape = z.strictObject({
  id: z.string(), country: z.string().length(2), name: text, timeZone: z.string(), currency: z.strictObject({ code: z.string().length(3), symbol: text }),
  weekend: z.array(z.number().int().min(1).max(7)), locales: z.array(z.string().refine(isLocaleId)).min(1),
  counting: z.strictObject({ excludeFirst: z.boolean(), excludeLast: z.boolean(), roll, basis: text, ...fact }),
  clocks: z.array(clock),
  holidays: z.strictObject({
    sundayShift: z.enum(['day-after', 'none']), ...fact, closing: z.array(holiday), leave: z.array(holiday), leaveSource: z.string(),
    adHoc: z.array(z.strictObject({ on: day, name: text, source: z.string(), confidence: fact.confidence })),
    islamic: z.strictObject({ confirmedUntil: count, note: z.string(), days: z.record(feast, z.array(day)) }).nullable(),
  }),
  references: z.array(z.strictObject({
    id: z.string(), ...dated, pattern: z.string().includes('{seq}'), alternatives: z.array(z.string()), scope: z.enum(['book-year', 'office-year']),
    replyTakesSameNumber: z.boolean(), subNumbers: z.boolean(), examples: z.array(z.string()).min(1), ...fact,
  })).min(1),
  stamp: z.strictObject({ fields: labels, ...fact }),
  register: z.strictObject({ name: text, columns: labels, yearReset: z.boolean(), closedOn: z.string(), ...fact }),
  books: z.array(z.strictObject({
    id: key, kind: z.enum(['main', 'proceedings', 'acts', 'petitions', 'class-list', 'index']), of: key.optional(), name: text, pattern: z.string().includes('{seq}').optional(), columns: labels.optional(), ...fact,
  })).min(1),
  classes: z.strictObject({ rule: text, ...fact }),
  classification: z.strictObject({
    basis: text, levels: z.array(z.strictObject({ key, name: text, clearanceYears: count.optional() })).length(4), marking: text.optional(), ...fact,
  }),
  retention: z.strictObject({
    document: text, setBy: text, basis: text, closingMark: z.string(), periods: z.array(z.strictObject({ what: text, years: count.nullable() })), ...fact,
  }),
  petitions: z.strictObject({
    anonymous: z.strictObject({
      disposition: z.enum(['register', 'close']), reply: z.boolean(), mayBeActedOn: z.boolean(), mandatory: z.boolean(), basis: text, ...fact,
    }),
    repeated: z.strictObject({ whileOpen: z.literal('connect'), afterReply: z.enum(['link', 'close']), mandatory: z.boolean(), basis: text, ...fact }),
    fee: z.boolean(),
  }),
  gazette: z.strictObject({ name: text, ...fact }),
  appeal: z.strictObject({
    foi: z.strictObject({ body: text, through: text.nullable(), days: count, unit, ...fact }), supervision: z.strictObject({ body: text, ...fact }).optional(),
  }),
  dispositions: z.array(z.strictObject({ key, title: text, basis: text, reply: z.boolean(), confidence: fact.confidence })).min(5),
});

describe.each(listJurisdictions().map((one) => [one.id, one] as const))('jurisdiction %s', (id, jurisdiction) => {
  it('has the shape that the code reads', () => {
    const { error } = jurisdictionShape.safeParse(jurisdiction);
    expect(error && z.prettifyError(error)).toBeUndefined();
  });

  it('has unique ids, and no two rules for one matter on one day', () => {
    const ids = jurisdiction.clocks.map((rule) => rule.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const a of jurisdiction.clocks) {
      expect(a.id.startsWith(`${id}.`)).toBe(true);
      for (const b of jurisdiction.clocks) {
        if (a === b || a.kind !== b.kind || a.variant !== b.variant) continue;
        expect(a.validFrom > (b.validTo ?? '9999') || b.validFrom > (a.validTo ?? '9999'), `${a.id} and ${b.id}`).toBe(true);
      }
    }
  });

  it('speaks every text in the language of its offices', () => {
    const own = { ME: 'cnr', 'BA-RS': 'sr', MK: 'mk', RO: 'ro' }[id]!;
    const walk = (value: unknown) => {
      if (typeof value !== 'object' || value === null) return;
      if ('en' in value && !('symbol' in value) && Object.keys(value).length > 1) expect(value, JSON.stringify(value)).toHaveProperty(own);
      for (const inner of Object.values(value)) walk(inner);
    };
    walk(jurisdiction);
    const written = JSON.stringify(jurisdiction);
    expect(written).not.toMatch(/"(?:sr|cnr)": ?"[^"]*[čćžšđ]/i);
    if (id === 'RO') expect(written).not.toMatch(/[şţ]/i);
  });

  it('has one main book, and other views of books that count', () => {
    const counted = countedBooks(jurisdiction).map((book) => book.id);
    expect(counted[0]).toBe('main');
    expect(new Set(jurisdiction.books.map((book) => book.id)).size).toBe(jurisdiction.books.length);
    expect(jurisdiction.books.filter((book) => book.kind === 'main')).toHaveLength(1);
    for (const book of jurisdiction.books) {
      if (book.of) expect(counted).toContain(book.of);
      // Two books that count apart must not give the same number.
      else if (book.id !== 'main') expect(bookPattern(jurisdiction, book.id, '2026-11-22')).not.toBe(bookPattern(jurisdiction, 'main', '2026-11-22'));
    }
  });

  it('keeps targets and extensions within the law', () => {
    for (const rule of jurisdiction.clocks) {
      expect((rule.targetDays ?? 0) <= rule.days, rule.id).toBe(true);
      if (rule.extension?.toTotal) expect(rule.extension.toTotal).toBeGreaterThanOrEqual(rule.days);
      if (rule.confidence === 'low') expect(rule.note, rule.id).toMatch(/placeholder|not verified/i);
    }
  });

  it('answers for petitions and information requests today', () => {
    for (const kind of ['petition.reply', 'petition.forward', 'petition.completion', 'foi.reply', 'foi.completion', 'foi.appeal', 'act.inForce'] as const) {
      if (id === 'RO' && kind === 'foi.completion') continue;
      expect(findClockRule(jurisdiction, kind, '2026-11-22'), kind).toBeDefined();
    }
    expect(() => new Intl.DateTimeFormat('en', { timeZone: jurisdiction.timeZone })).not.toThrow();
    expect(getReferenceRule(jurisdiction, '2026-11-22').examples.length).toBeGreaterThan(0);
  });
});

describe('rules of law', () => {
  it('are those of the day a matter began', () => {
    const ME = getJurisdiction('ME');
    expect(findClockRule(ME, 'foi.reply', '2026-07-07')?.id).toBe('ME.foi.reply.2013');
    expect(findClockRule(ME, 'foi.reply', '2026-07-08')?.id).toBe('ME.foi.reply.2026');
    expect(findClockRule(ME, 'foi.reply', '1999-01-01')).toBeUndefined();
    expect(getClockRule(ME, 'ME.foi.reply.2013').validTo).toBe('2026-07-07');
  });

  it('have variants that fall back to the plain rule', () => {
    const MK = getJurisdiction('MK');
    expect(findClockRule(MK, 'petition.reply', '2026-01-01', 'complex')?.targetDays).toBe(30);
    expect(findClockRule(MK, 'petition.reply', '2026-01-01')?.targetDays).toBe(15);
    expect(findClockRule(getJurisdiction('RO'), 'petition.reply', '2026-01-01', 'complex')?.days).toBe(30);
  });

  it('show what is only a placeholder', () => {
    expect(listPlaceholders(getJurisdiction('ME')).map((one) => one.path)).toContain('clocks.ME.petition.reply');
    expect(() => getJurisdiction('XX')).toThrow(RangeError);
    expect(() => getClockRule(getJurisdiction('ME'), 'none')).toThrow(RangeError);
  });
});
