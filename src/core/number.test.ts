import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayFromOrdinal } from './day.ts';
import { getReferenceRule, listJurisdictions } from './jurisdiction.ts';
import { formatReference, normaliseTrackingCode, parseReference, trackingCode } from './number.ts';

const me = '{unit}-{class}/{yy}-{seq}[/{sub}]';
const meLater = '{class}/{yy}-{seq}[/{sub}]-{unit}';
const rs = '{unit}-{class}-{seq}[-{sub}]/{yy}';
const mk = '{class}-{seq}[/{sub}]';
const ro = '{seq}/{dd.MM.yyyy}';

describe('a reference number', () => {
  it('is written as each country writes it', () => {
    expect(formatReference(me, { unit: '01', class: '009', seq: 2498, sub: 2, receivedOn: '2025-12-29' })).toBe('01-009/25-2498/2');
    expect(formatReference(me, { unit: '01', class: '031', seq: 123, receivedOn: '2026-08-11' })).toBe('01-031/26-123');
    expect(formatReference(meLater, { unit: '01', class: '011', seq: 879, sub: 2, receivedOn: '2024-06-08' })).toBe('011/24-879/2-01');
    expect(formatReference(rs, { unit: '07', class: '013', seq: 217, receivedOn: '2018-03-01' })).toBe('07-013-217/18');
    expect(formatReference(rs, { unit: '12', class: 'Г', seq: 1234, receivedOn: '2018-03-01' })).toBe('12-Г-1234/18');
    expect(formatReference(mk, { class: '08', seq: 155, sub: 1, receivedOn: '2020-01-08' })).toBe('08-155/1');
    expect(formatReference(ro, { seq: 437, receivedOn: '2026-09-02' })).toBe('437/02.09.2026');
    expect(formatReference('{yyyy}-{seq:5}', { seq: 42, receivedOn: '2026-09-02' })).toBe('2026-00042');
  });

  it('cannot be written without its parts', () => {
    expect(() => formatReference(me, { class: '031', seq: 1, receivedOn: '2026-08-11' })).toThrow(RangeError);
    expect(() => formatReference(mk, { class: '08', seq: 1, receivedOn: '2026-02-30' })).toThrow(RangeError);
  });

  it.each([
    [[me, meLater], '01-009/25-2498/2', { unit: '01', class: '009', year: 2025, seq: 2498, sub: 2 }],
    [[me, meLater], '011/24-879/2-01', { unit: '01', class: '011', year: 2024, seq: 879, sub: 2 }],
    [[me, meLater], 'Broj: 01-009/25-2498/2, 29.12.2025.', { unit: '01', class: '009', year: 2025, seq: 2498, sub: 2 }],
    [[me], 'br. 01 – 031 / 26 – 123', { unit: '01', class: '031', year: 2026, seq: 123 }],
    [[rs], '07-013-217/18', { unit: '07', class: '013', seq: 217, year: 2018 }],
    [[rs], '12-Г-1234/18', { unit: '12', class: 'Г', seq: 1234, year: 2018 }],
    [[mk], 'Број 08-155/1 од 08.01.2020', { class: '08', seq: 155, sub: 1 }],
    [[mk], '07-4230/3', { class: '07', seq: 4230, sub: 3 }],
    [[mk], '35-1657', { class: '35', seq: 1657 }],
    [[ro], 'Nr. 437/02.09.2026', { seq: 437, receivedOn: '2026-09-02', year: 2026 }],
    [[ro], '437 / 2.9.2026', { seq: 437, receivedOn: '2026-09-02', year: 2026 }],
    [[ro], '437/2026', { seq: 437, year: 2026 }],
    [[me], '437', { seq: 437 }],
    [[me], '123/26', { seq: 123, year: 2026 }],
    [[ro], '437/31.02.2026', undefined],
    [[me], 'potporni zid', undefined],
    [[me], '', undefined],
  ] as const)('%j reads %s', (patterns, text, expected) => expect(parseReference(patterns, text)).toEqual(expected));

  it('of every jurisdiction is read in its examples', () => {
    for (const jurisdiction of listJurisdictions()) {
      const rule = getReferenceRule(jurisdiction, '2026-11-22');
      for (const example of rule.examples) expect(parseReference([rule.pattern, ...rule.alternatives], example), example).toBeDefined();
    }
  });

  it('is read as it was written', () => {
    const sign = fc.string({ unit: fc.constantFrom(...'0123456789ГАB'), minLength: 1, maxLength: 4 });
    const parts = fc.record({
      unit: sign, class: sign, seq: fc.integer({ min: 1, max: 99_999 }), sub: fc.option(fc.integer({ min: 1, max: 999 }), { nil: undefined }),
      receivedOn: fc.integer({ min: 7305, max: 25_000 }).map(dayFromOrdinal),
    });
    fc.assert(fc.property(fc.constantFrom(me, rs, mk, ro), parts, (pattern, given) => {
      const read = parseReference([pattern], formatReference(pattern, given));
      expect(read?.seq).toBe(given.seq);
      if (pattern.includes('{sub}')) expect(read?.sub).toBe(given.sub);
      if (pattern.includes('{unit}')) expect(read?.unit).toBe(given.unit);
      if (pattern.includes('{class}')) expect(read?.class).toBe(given.class);
      if (pattern.includes('{yy}')) expect(read?.year).toBe(Number(given.receivedOn.slice(0, 4)));
      if (pattern === ro) expect(read?.receivedOn).toBe(given.receivedOn);
    }));
  });

  it('is read from anything without failing or hanging', () => {
    const started = process.cpuUsage();
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      parseReference([me, meLater, rs, mk, ro], text);
    }));
    for (const text of ['1-'.repeat(50_000), ' '.repeat(100_000), '1/'.repeat(50_000), 'а'.repeat(100_000)]) parseReference([me, meLater, rs, mk, ro], text);
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(3000);
  });
});

describe('a tracking code', () => {
  it('has nine signs of thirty and does not repeat', () => {
    const codes = new Set(Array.from({ length: 5000 }, () => trackingCode()));
    expect(codes.size).toBe(5000);
    for (const code of codes) {
      expect(code).toMatch(/^[2-9A-HJKMNP-TV-Z]{3}(-[2-9A-HJKMNP-TV-Z]{3}){2}$/);
      expect(normaliseTrackingCode(code)).toBe(code);
    }
    expect(9 * Math.log2(30)).toBeGreaterThan(44);
  });

  it('does not favour a sign', () => {
    const code = trackingCode((bytes) => bytes.forEach((_, index) => { bytes[index] = 236 + index; }));
    expect(code).toBe('WXY-Z23-45W');
  });

  it.each([
    ['k7m94r2qx', 'K7M-94R-2QX'], [' K7M 94R 2QX ', 'K7M-94R-2QX'], ['к7м–94R—2QХ', 'K7M-94R-2QX'], ['АВС-ЕНЈ-КМР', 'ABC-EHJ-KMP'],
    ['K7M-94R-2Q', null], ['K7M-94R-2QXX', null], ['K7M-94R-2QO', null], ['K7M-94R-2Q1', null], ['', null], ['<script>', null],
  ])('%s', (typed, expected) => expect(normaliseTrackingCode(typed)).toBe(expected));
});
