/// <reference lib="esnext.temporal" preserve="true" />
import ICAL from 'ical.js';
import type { Written } from './ical-write.ts';

type Span = { from: number; until: number; offset: number };
const spans = new Map<string, Span[]>();

/** Milliseconds by which the clocks of a zone are ahead of UTC at that moment; the spans between their turns are remembered. */
function offsetAt(zone: string, at: number): number {
  const known = spans.get(zone) ?? [];
  const found = known.find((span) => at >= span.from && at < span.until);
  if (found) return found.offset;
  const there = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const [before, after] = [there.add({ nanoseconds: 1 }).getTimeZoneTransition('previous'), there.getTimeZoneTransition('next')];
  const span = { from: before?.epochMilliseconds ?? -Infinity, until: after?.epochMilliseconds ?? Infinity, offset: there.offsetNanoseconds / 1e6 };
  if (spans.size > 200) spans.clear();
  spans.set(zone, [span, ...known].slice(0, 200));
  return span.offset;
}

const newLine = '\r\n';
const isShortAscii = /^[\u0020-\u007E]{0,75}$/;

/** A line in parts of 75 octets at most, never within a letter (RFC 5545, 3.1). */
function folded(line: string): string {
  if (isShortAscii.test(line)) return line;
  const parts: string[] = [];
  let [from, octets, index] = [0, 0, 0];
  while (index < line.length) {
    const code = line.codePointAt(index)!;
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (octets + size > 75) {
      parts.push(line.slice(from, index));
      [from, octets] = [index, 0];
      continue;
    }
    octets += size;
    index += code > 0xffff ? 2 : 1;
  }
  parts.push(line.slice(from));
  return parts.join(`${newLine} `);
}

const control = /[\u0000-\u0008\u000B-\u001F\u007F]/g;
/** Text without what no calendar may hold; a line break is one letter. */
export const plain = (text: string): string => text.replace(/\r\n?/g, '\n').replace(control, '').toWellFormed();
// A quotation mark cannot stand in a parameter.
export const quotable = (text: string): string => plain(text).replace(/["\n]/g, "'");
export const roles = { chair: 'CHAIR', required: 'REQ-PARTICIPANT', optional: 'OPT-PARTICIPANT', informed: 'NON-PARTICIPANT' } as const;

const escaped = (text: string): string => (/[\\;,\n]/.test(text) ? text.replace(/[\\;,]/g, '\\$&').replaceAll('\n', '\\n') : text);
const parameter = (text: string): string => {
  const value = text.replaceAll('^', '^^');
  return /[,:;]/.test(value) ? `"${value}"` : value;
};
const stamp = (at: number): string => {
  const iso = new Date(at).toISOString();
  return iso.length === 24 ? iso.slice(0, 4) + iso.slice(5, 7) + iso.slice(8, 13) + iso.slice(14, 16) + iso.slice(17, 19) : iso.replace(/[-:]|\.\d{3}Z/g, '');
};

/** An event as iCalendar lines, by hand: thousands of them are one calendar. The same to the letter as by way of components, which what a program wrote beside needs. */
export function textOf(event: Written): string {
  const lines: string[] = ['BEGIN:VEVENT'];
  const say = (name: string, value: string): void => void lines.push(folded(`${name}:${value}`));
  const sayTime = (name: string, at: Date): void => {
    const ms = at.getTime();
    if (event.isAllDay) say(`${name};VALUE=DATE`, stamp(ms + offsetAt(event.timeZone, ms)).slice(0, 8));
    else if (event.timeZone === 'UTC') say(name, `${stamp(ms)}Z`);
    else say(`${name};TZID=${event.timeZone}`, stamp(ms + offsetAt(event.timeZone, ms)));
  };
  say('UID', escaped(plain(event.uid)));
  say('DTSTAMP', `${stamp(event.stampAt.getTime())}Z`);
  if (event.changedAt) say('LAST-MODIFIED', `${stamp(event.changedAt.getTime())}Z`);
  if (event.recurrenceAt) sayTime('RECURRENCE-ID', event.recurrenceAt);
  sayTime('DTSTART', event.startsAt);
  sayTime('DTEND', event.endsAt);
  if (event.rule) say('RRULE', ICAL.Recur.fromString(event.rule).toString());
  for (const at of event.droppedAt) sayTime('EXDATE', at);
  say('SUMMARY', escaped(plain(event.title)));
  if (event.detail) say('DESCRIPTION', escaped(plain(event.detail)));
  if (event.place) say('LOCATION', escaped(plain(event.place)));
  say('STATUS', event.status.toUpperCase());
  if (event.secrecy) say('CLASS', event.secrecy.toUpperCase());
  say('TRANSP', event.isFree ? 'TRANSPARENT' : 'OPAQUE');
  say('SEQUENCE', String(event.sequence));
  if (event.comment) say('COMMENT', escaped(plain(event.comment)));
  if (event.url) say('URL', event.url);
  if (event.travelBefore) say('X-APPLE-TRAVEL-DURATION;VALUE=DURATION', ICAL.Duration.fromSeconds(event.travelBefore * 60).toString());
  if (event.categories.length > 0) say('CATEGORIES', event.categories.map((one) => escaped(plain(one))).join(','));
  if (event.organizer?.email) say(`ORGANIZER${event.organizer.name ? `;CN=${parameter(quotable(event.organizer.name))}` : ''}`, `mailto:${event.organizer.email}`);
  for (const one of event.attendees) say(`ATTENDEE${one.name ? `;CN=${parameter(quotable(one.name))}` : ''};ROLE=${roles[one.role]};PARTSTAT=${one.reply.toUpperCase()}${one.asks ? ';RSVP=TRUE' : ''}`, `mailto:${one.email}`);
  lines.push('END:VEVENT');
  return lines.join(newLine);
}
