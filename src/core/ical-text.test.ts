import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeCalendar, type Written } from './ical-write.ts';

const words = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 120 }), fc.constantFrom('Састанак; о путу, \\ и мосту', 'a\r\nb\nc\rd', 'ÀÉ'.repeat(60), '😀'.repeat(30), 'x'.repeat(75), 'x'.repeat(76), '"Caret ^ and: quotes"'));
const said = words.filter((text) => text.trim() !== '');
const moment = fc.oneof(fc.integer({ min: 0, max: 5_000_000_000 }).map((seconds) => new Date(seconds * 1000)), fc.constantFrom('2026-03-29T00:59:59Z', '2026-03-29T01:00:00Z', '2026-10-25T00:59:59Z', '2026-10-25T01:00:00Z', '2024-02-29T23:30:00Z').map((text) => new Date(text)));
const mail = fc.constantFrom('ana@example.org', 'Petar.Peric@example.com');
const event: fc.Arbitrary<Written> = fc.record({
  uid: fc.string({ minLength: 1, maxLength: 90 }).filter((text) => text.trim() !== ''), recurrenceAt: fc.option(moment), startsAt: moment, endsAt: moment, isAllDay: fc.boolean(), timeZone: fc.constantFrom('Europe/Skopje', 'Europe/Bucharest', 'UTC', 'Africa/Monrovia', 'America/New_York'),
  title: words, detail: words, place: words, status: fc.constantFrom('confirmed', 'tentative', 'cancelled'), secrecy: fc.constantFrom('public', 'private', 'confidential', null), isFree: fc.boolean(), rule: fc.constantFrom('', 'FREQ=WEEKLY', 'FREQ=MONTHLY;BYDAY=-1SU;COUNT=7', 'FREQ=DAILY;INTERVAL=3;UNTIL=20270101T000000Z'),
  droppedAt: fc.array(moment, { maxLength: 3 }), sequence: fc.nat(99), organizer: fc.option(fc.record({ email: mail, name: words })), categories: fc.array(said, { maxLength: 3 }), travelBefore: fc.option(fc.integer({ min: 1, max: 3000 })), stampAt: moment, changedAt: fc.option(moment),
  attendees: fc.array(fc.record({ email: mail, name: words, role: fc.constantFrom('chair', 'required', 'optional', 'informed'), reply: fc.constantFrom('needs-action', 'accepted', 'declined', 'tentative'), asks: fc.boolean() }), { maxLength: 3 }),
}) as fc.Arbitrary<Written>;

test('an event written by hand is to the letter what the library writes of it', () => {
  fc.assert(fc.property(event, (one) => {
    // Something kept of a program leads through the library's components, here without adding anything.
    const at = (date: Date): string => date.toISOString().replace(/[-:]|\.\d{3}/g, '');
    const kept = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', 'BEGIN:VEVENT', 'UID:x', ...(one.recurrenceAt ? [`RECURRENCE-ID:${at(one.recurrenceAt)}`] : []), 'DTSTART:20260101T100000Z', 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
    expect(writeCalendar([one])).toBe(writeCalendar([one], { kept }));
  }), { numRuns: 300 });
});

test('no part of a line is longer than 75 octets beside the space before it, and none is torn within a letter', () => {
  fc.assert(fc.property(event, (one) => {
    for (const line of writeCalendar([one]).split('\r\n')) {
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(76);
      expect(line.isWellFormed()).toBe(true);
    }
  }), { numRuns: 100 });
});
