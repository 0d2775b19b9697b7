import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, dayIn, instantIn, wallClock } from './day.ts';
import { readCalendar, type Vevent } from './ical.ts';
import { writeCalendar, type Written } from './ical-write.ts';
import { findZone, zoneComponent } from './ical-zone.ts';
import { Refusal } from './refusal.ts';

const zones = ['Europe/Podgorica', 'Europe/Sarajevo', 'Europe/Skopje', 'Europe/Bucharest', 'UTC'];
const said = (text: string, zone = 'Europe/Podgorica'): string => {
  try {
    readCalendar(text, zone);
    return 'read';
  } catch (error) {
    if (error instanceof Refusal) return error.fields['ics']!.key;
    throw error;
  }
};
const calendar = (...lines: string[]): string => ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: string[]): string => calendar('BEGIN:VEVENT', 'UID:a', ...lines, 'END:VEVENT');
const read = (text: string, zone = 'Europe/Podgorica'): Vevent => readCalendar(text, zone).events[0]!;

const minute = fc.integer({ min: Date.UTC(2020, 0, 1) / 60_000, max: Date.UTC(2040, 0, 1) / 60_000 });
const words = fc.string({ unit: 'grapheme', maxLength: 80 }).map((text) => text.replace(/[\u0000-\u0009\u000B-\u001F\u007F\u0085\u2028\u2029]/g, '').toWellFormed());
const written = fc.record({
  zone: fc.constantFrom(...zones), start: minute, length: fc.integer({ min: 0, max: 60 * 24 * 9 }), isAllDay: fc.boolean(), title: words, detail: words, place: words, status: fc.constantFrom('tentative' as const, 'confirmed' as const), secrecy: fc.constantFrom('public' as const, 'private' as const, 'confidential' as const),
  isFree: fc.boolean(), rule: fc.constantFrom('', 'FREQ=WEEKLY;BYDAY=MO', 'FREQ=MONTHLY;COUNT=7;BYDAY=-1FR', 'FREQ=DAILY;INTERVAL=2'), dropped: fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 4 }), sequence: fc.nat(1000), travel: fc.integer({ min: 0, max: 1440 }), name: words,
}).map((one): Written => {
  const at = new Date(one.start * 60_000);
  // An hour that comes twice has one name on the wall: times are those that a wall clock can say.
  const { on, time } = wallClock(one.zone, at);
  const startsAt = instantIn(one.zone, on, one.isAllDay ? '00:00' : time);
  const ends = wallClock(one.zone, new Date(startsAt.getTime() + one.length * 60_000));
  const endsAt = one.isAllDay ? instantIn(one.zone, addDays(on, 1 + Math.floor(one.length / 1440))) : instantIn(one.zone, ends.on, ends.time);
  return {
    uid: 'a', recurrenceAt: null, startsAt, endsAt: endsAt < startsAt ? startsAt : endsAt, isAllDay: one.isAllDay, timeZone: one.zone, title: one.title, detail: one.detail, place: one.place, status: one.status, secrecy: one.secrecy, isFree: one.isFree, rule: one.rule,
    droppedAt: one.rule === '' ? [] : one.dropped.map((days) => instantIn(one.zone, addDays(dayIn(one.zone, startsAt), days), one.isAllDay ? '00:00' : time)), sequence: one.sequence, organizer: { email: 'kabinet@primjer.example', name: one.name }, travelBefore: one.travel,
    attendees: [{ email: 'ana@primjer.example', name: one.name, role: 'optional', reply: 'tentative' }], categories: ['Састанак', 'a,b;c'], stampAt: new Date(Date.UTC(2026, 0, 1)),
  };
});

test('what is written is read as it was: times across the change of the clocks, words, series and people', () => {
  fc.assert(fc.property(written, (one) => {
    const text = writeCalendar([one]);
    expect(text.split('\r\n').every((line) => Buffer.byteLength(line) <= 76)).toBe(true);
    const back = read(text, one.timeZone);
    const quotable = (name: string): string => name.replaceAll('"', "'");
    expect({ ...back, droppedAt: back.droppedAt.map((at) => at.getTime()) }).toMatchObject({
      uid: 'a', startsAt: one.startsAt, endsAt: one.endsAt, isAllDay: one.isAllDay, timeZone: one.timeZone, title: one.title, detail: one.detail, place: one.place, status: one.status, secrecy: one.secrecy, isFree: one.isFree, sequence: one.sequence, categories: one.categories,
      droppedAt: one.droppedAt.map((at) => at.getTime()), travelBefore: one.travelBefore || null,
    });
    expect(back.rule.split(';').sort()).toEqual(one.rule.split(';').sort());
    expect(back.attendees).toMatchObject([{ email: 'ana@primjer.example', name: quotable(one.attendees[0]!.name), role: 'optional', reply: 'tentative' }]);
  }), { numRuns: 300 });
});

test('what another program wrote beside comes back: its own lines, alarms, parameters; what stands in columns is ours', () => {
  const own = event('DTSTART:20260310T090000Z', 'DTEND:20260310T100000Z', 'SUMMARY:Старо', 'X-MOZ-LASTACK;X=1:20260101T000000Z', 'PRIORITY:5', 'ATTENDEE;CUTYPE=ROOM;X-A=b:mailto:ana@primjer.example', 'BEGIN:VALARM', 'ACTION:DISPLAY', 'TRIGGER;RELATED=END:-PT5M', 'DESCRIPTION:x', 'END:VALARM');
  const [before] = readCalendar(own, 'UTC').events;
  const text = writeCalendar([{ ...before!, title: 'Ново', stampAt: new Date() }], { kept: own });
  for (const one of ['SUMMARY:Ново', 'X-MOZ-LASTACK;X=1:20260101T000000Z', 'PRIORITY:5', 'CUTYPE=ROOM', 'TRIGGER;RELATED=END:-PT5M']) expect(text).toContain(one);
  expect(text).not.toContain('Старо');
  expect(text.match(/SUMMARY/g)).toHaveLength(1);
});

test('a zone is known by its name, by the Windows name, at the end of a path, and by what its VTIMEZONE does', () => {
  expect(['Europe/Skopje', 'Central European Standard Time', 'GTB Standard Time', '/mozilla.org/20050126_1/Europe/Podgorica', '/freeassociation.sourceforge.net/Europe/Bucharest', 'Customized Time Zone', 'UTC'].map(findZone)).toEqual(['Europe/Skopje', 'Europe/Warsaw', 'Europe/Bucharest', 'Europe/Podgorica', 'Europe/Bucharest', null, 'UTC']);
  const custom = (standard: string, daylight: string): string => calendar('BEGIN:VTIMEZONE', 'TZID:Customized Time Zone', 'BEGIN:STANDARD', 'DTSTART:16010101T040000', `TZOFFSETFROM:${daylight}`, `TZOFFSETTO:${standard}`, 'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10', 'END:STANDARD', 'BEGIN:DAYLIGHT', 'DTSTART:16010101T030000', `TZOFFSETFROM:${standard}`, `TZOFFSETTO:${daylight}`, 'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3', 'END:DAYLIGHT', 'END:VTIMEZONE',
    'BEGIN:VEVENT', 'UID:a', 'DTSTART;TZID=Customized Time Zone:20260710T100000', 'DTEND;TZID=Customized Time Zone:20260710T110000', 'END:VEVENT');
  expect(read(custom('+0200', '+0300'))).toMatchObject({ timeZone: 'Europe/Bucharest', startsAt: new Date('2026-07-10T07:00:00Z') });
  expect(read(custom('+0100', '+0200'))).toMatchObject({ timeZone: 'Europe/Podgorica', startsAt: new Date('2026-07-10T08:00:00Z') });
  expect(read(custom('+0500', '+0500'))).toMatchObject({ timeZone: 'Etc/GMT-5', startsAt: new Date('2026-07-10T05:00:00Z') });
  // Without a zone it is the reader's own.
  expect(read(event('DTSTART:20260710T100000', 'DURATION:PT90M'))).toMatchObject({ startsAt: new Date('2026-07-10T08:00:00Z'), endsAt: new Date('2026-07-10T09:30:00Z') });
});

test('the VTIMEZONE of our zones says what the clocks did, year for year', () => {
  for (const zone of zones.slice(0, 4)) {
    const text = writeCalendar([{ ...read(event('DTSTART:20200101T090000Z')), timeZone: zone, stampAt: new Date(0) }]);
    expect(text).toContain('RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU');
    const renamed = text.replaceAll(`TZID:${zone}`, 'TZID:Nepoznata').replaceAll(`TZID=${zone}`, 'TZID=Nepoznata');
    for (const month of ['01', '03', '04', '07', '10', '11']) for (const year of ['2020', '2025', '2031']) {
      const moved = renamed.replace(/(DT(?:START|END);TZID=Nepoznata:)\d{8}T\d{6}/g, `$1${year}${month}28T120000`);
      expect(read(moved, 'UTC').startsAt.toISOString(), `${zone} ${year}-${month}`).toBe(instantIn(zone, `${year}-${month}-28`, '12:00').toISOString());
    }
  }
  expect(JSON.stringify(zoneComponent('America/Sao_Paulo', 2010, 2020))).toContain('rdate');
});

test('whole days, days without an end, an end before the beginning, an occurrence named by its day', () => {
  expect(read(event('DTSTART;VALUE=DATE:20260328', 'DTEND;VALUE=DATE:20260330'))).toMatchObject({ isAllDay: true, startsAt: new Date('2026-03-27T23:00:00Z'), endsAt: new Date('2026-03-29T22:00:00Z') });
  expect(read(event('DTSTART;VALUE=DATE:20260328'))).toMatchObject({ endsAt: new Date('2026-03-28T23:00:00Z') });
  expect(read(event('DTSTART:20260328T100000Z', 'DTEND:20260328T090000Z'))).toMatchObject({ endsAt: new Date('2026-03-28T10:00:00Z') });
  expect(read(event('DTSTART:20260302T090000Z', 'RRULE:FREQ=DAILY', 'EXDATE;VALUE=DATE:20260304')).droppedAt).toEqual([new Date('2026-03-04T09:00:00Z')]);
});

test('what is hostile is refused with a sentence, at once', () => {
  const began = performance.now();
  expect(said('')).toBe('field.ics_broken');
  expect(said('ово није календар')).toBe('field.ics_broken');
  expect(said('BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\n')).toMatch(/field\.ics_/);
  expect(said(event('DTSTART:20260101T090000Z', `SUMMARY:${'x'.repeat(10_000_000)}`))).toBe('field.ics_large');
  expect(said(event('DTSTART:20260101T090000Z', 'SUMMARY:a\u0000b'))).toBe('field.ics_broken');
  expect(said(event('DTSTART:20260101T090000Z', ...Array.from({ length: 15_000 }, () => 'EXDATE:20260102T090000Z')))).toBe('field.ics_many');
  expect(said(event('DTSTART:20260101T090000Z', `EXDATE:${'20260102T090000Z,'.repeat(50_000)}20260102T090000Z`))).toBe('field.ics_many');
  expect(said(calendar(...Array.from({ length: 500 }, (_, n) => `BEGIN:VEVENT\r\nUID:${n}\r\nDTSTART:20260101T090000Z\r\nEND:VEVENT`)))).toBe('field.ics_many');
  expect(said(`${'BEGIN:VCALENDAR\r\n'.repeat(500)}${'END:VCALENDAR\r\n'.repeat(500)}`)).toBe('field.ics_broken');
  expect(said(event(...Array.from({ length: 400 }, (_, n) => `ATTENDEE:mailto:a${n}@x.example`), 'DTSTART:20260101T090000Z'))).toBe('field.ics_many');
  for (const part of ['DTSTART:99999999T999999Z', 'DTSTART:00010101T000000Z', 'DTSTART;VALUE=DATE:20261399', 'DTSTART:сутра', 'DTSTART;TZID=../../etc/passwd:20260101T090000']) expect(said(event(part)), part).toMatch(/^(field\.ics_|read)/);
  expect(said(event('SUMMARY:без почетка'))).toBe('field.ics_start');
  expect(said(calendar('BEGIN:VTODO', 'UID:a', 'END:VTODO'))).toBe('field.ics_empty');
  expect(said(event('DTSTART:20260101T090000Z', 'RDATE:20260102T090000Z'))).toBe('field.ics_part');
  expect(said(event('DTSTART:20260101T090000Z', `RRULE:FREQ=DAILY;BYMINUTE=${Array.from({ length: 9999 }, (_, n) => n % 60).join(',')}`))).toMatch(/^(field\.ics_|read)/);
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('nothing that comes makes the reader throw but with a sentence', () => {
  const seed = event('DTSTART;TZID=Europe/Podgorica:20260310T100000', 'DTEND;TZID=Europe/Podgorica:20260310T110000', 'RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20261231T100000Z', 'EXDATE;TZID=Europe/Podgorica:20260317T100000', 'SUMMARY:Колегијум\\, први', 'ATTENDEE;CN="Ana":mailto:ana@x.example', 'DURATION:PT1H', 'SEQUENCE:3');
  fc.assert(fc.property(fc.nat(seed.length), fc.nat(30), fc.string({ unit: fc.constantFrom(...':;=,"\\\r\n \tTZ0129-+P', 'BEGIN:', 'END:VEVENT', '\u0000', 'Ж'), maxLength: 12 }), (at, cut, more) => {
    expect(said(seed.slice(0, at) + more + seed.slice(at + cut))).toMatch(/^(field\.ics_|read)/);
  }), { numRuns: 1500 });
});
