/// <reference lib="esnext.temporal" preserve="true" />
import ICAL from 'ical.js';
import { addDays, instantIn, isDay, type Day } from './day.ts';
import { findZone, likeZone } from './ical-zone.ts';
import { wrong } from './refusal.ts';

export const icalBytesAtMost = 1_000_000;
const linesAtMost = 20_000;
const eventsAtMost = 400;
const droppedAtMost = 3000;
const attendeesAtMost = 300;
const depthAtMost = 8;

export const partStates = ['needs-action', 'accepted', 'declined', 'tentative', 'delegated'] as const;
export type PartState = (typeof partStates)[number];
export type Attendee = { email: string; name: string; role: 'chair' | 'required' | 'optional' | 'informed'; reply: PartState; isPerson: boolean };
/** A VEVENT: times as instants with the IANA zone in which they were meant; both ends of an all-day one are midnights there. */
export type Vevent = {
  uid: string; recurrenceAt: Date | null; startsAt: Date; endsAt: Date; isAllDay: boolean; timeZone: string; title: string; detail: string; place: string; status: 'tentative' | 'confirmed' | 'cancelled';
  secrecy: 'public' | 'private' | 'confidential' | null; isFree: boolean; rule: string; droppedAt: Date[]; sequence: number; organizer: { email: string; name: string } | null; attendees: Attendee[]; categories: string[];
  /** Minutes of the way there, where the program says it. */
  travelBefore: number | null; comment: string; changedAt: Date | null;
};
export type Calendar = { method: string; events: Vevent[] };

const refuse = (key: string, args: Record<string, string | number> = {}) => wrong({ ics: { key, args } });

/** Refuses what is too large, too deep or too much before anything is read into memory as a tree. */
function measure(text: string): void {
  if (Buffer.byteLength(text) > icalBytesAtMost) throw refuse('field.ics_large', { max: icalBytesAtMost / 1_000_000 });
  if (text.includes('\u0000')) throw refuse('field.ics_broken');
  let [lines, depth, events] = [0, 0, 0];
  for (const line of text.split('\n')) {
    if (++lines > linesAtMost) throw refuse('field.ics_many');
    if (/^BEGIN:/i.test(line)) {
      if (++depth > depthAtMost) throw refuse('field.ics_broken');
      if (/^BEGIN:VEVENT/i.test(line) && ++events > eventsAtMost) throw refuse('field.ics_many');
    } else if (/^END:/i.test(line)) depth--;
  }
}

function parse(text: string): ICAL.Component[] {
  measure(text);
  try {
    const tree = ICAL.parse(text.replace(/^\uFEFF/, '')) as unknown[];
    const roots = (Array.isArray(tree[0]) ? tree : [tree]) as never[];
    return roots.map((root) => new ICAL.Component(root)).filter((one) => one.name === 'vcalendar');
  } catch {
    throw refuse('field.ics_broken');
  }
}

type Reading = { zone: string; own: Map<string, ICAL.Component>; zones: Map<string, string> };
const two = (number: number): string => String(number).padStart(2, '0');
const dayOfTime = (time: ICAL.Time): Day => {
  const day = `${String(time.year).padStart(4, '0')}-${two(time.month)}-${two(time.day)}`;
  if (!isDay(day) || time.year < 1970 || time.year > 2150) throw refuse('field.ics_time', { time: day.slice(0, 20) });
  return day;
};

/** The zone of a TZID: by its name, else by the VTIMEZONE that came along, else the reader's own. */
function zoneOf(reading: Reading, tzid: string | undefined, time: ICAL.Time): string {
  if (!tzid) return reading.zone;
  const seen = reading.zones.get(tzid);
  if (seen) return seen;
  const own = reading.own.get(tzid);
  const location = own?.getFirstPropertyValue('x-lic-location');
  const zone = findZone(tzid) ?? (typeof location === 'string' ? findZone(location) : null) ?? (own ? likeZone(own, time, reading.zone) : reading.zone);
  reading.zones.set(tzid, zone);
  return zone;
}

type Moment = { at: Date; isDate: boolean; zone: string };
function momentOf(reading: Reading, value: unknown, tzid: string | undefined): Moment {
  if (!(value instanceof ICAL.Time)) throw refuse('field.ics_time', { time: String(value).slice(0, 20) });
  const day = dayOfTime(value);
  if (value.isDate) return { at: instantIn(reading.zone, day), isDate: true, zone: reading.zone };
  if (value.zone === ICAL.Timezone.utcTimezone) return { at: new Date(Date.UTC(value.year, value.month - 1, value.day, value.hour, value.minute, value.second)), isDate: false, zone: 'UTC' };
  const zone = zoneOf(reading, tzid, value);
  const local = Temporal.PlainDateTime.from({ year: value.year, month: value.month, day: value.day, hour: Math.min(value.hour, 23), minute: Math.min(value.minute, 59), second: Math.min(value.second, 59) });
  return { at: new Date(local.toZonedDateTime(zone).epochMilliseconds), isDate: false, zone };
}
const tzidOf = (property: ICAL.Property): string | undefined => parameterOf(property, 'tzid') || undefined;

const words = (component: ICAL.Component, name: string): string => {
  const value = component.getFirstPropertyValue(name);
  return typeof value === 'string' ? value : '';
};
const mailOf = (value: unknown): string => (/^mailto:(.+)$/i.exec(String(value).trim())?.[1] ?? '').trim().toLowerCase().slice(0, 254);

/** A parameter as text; '' where it is not there, whatever the types of the library say. */
function parameterOf(property: ICAL.Property, name: string): string {
  const value: unknown = property.getFirstParameter(name);
  return typeof value === 'string' ? value : '';
}

function attendeeOf(property: ICAL.Property): Attendee {
  const parameter = (name: string): string => parameterOf(property, name).toLowerCase();
  const reply = parameter('partstat') as PartState;
  const role = { chair: 'chair', 'opt-participant': 'optional', 'non-participant': 'informed' }[parameter('role')] as Attendee['role'] | undefined;
  return {
    email: mailOf(property.getFirstValue()) || parameter('email'), name: parameterOf(property, 'cn').slice(0, 200), role: role ?? 'required', reply: partStates.includes(reply) ? reply : 'needs-action',
    isPerson: !['room', 'resource'].includes(parameter('cutype')),
  };
}

function ruleOf(event: ICAL.Component): string {
  const rules = event.getAllProperties('rrule');
  if (rules.length > 1 || event.hasProperty('exrule')) throw refuse('field.ics_part', { part: 'RRULE, EXRULE' });
  if (event.hasProperty('rdate')) throw refuse('field.ics_part', { part: 'RDATE' });
  const rule = rules[0]?.getFirstValue();
  return rule instanceof ICAL.Recur ? rule.toString() : '';
}

function minutesOf(event: ICAL.Component, name: string): number | null {
  const property = event.getFirstProperty(name);
  const value: unknown = property?.getFirstValue();
  const text = value instanceof ICAL.Duration ? value.toString() : String(value ?? '');
  return /^P[0-9TDHMSW]+$/.test(text) ? Math.min(1440, Math.max(0, Math.round(ICAL.Duration.fromString(text).toSeconds() / 60))) : null;
}

function endOf(reading: Reading, event: ICAL.Component, start: Moment, date: ICAL.Time): Date {
  const end = event.getFirstProperty('dtend');
  if (end) {
    const moment = momentOf(reading, end.getFirstValue(), tzidOf(end));
    if (moment.isDate === start.isDate) return moment.at > start.at || !start.isDate ? (moment.at < start.at ? start.at : moment.at) : instantIn(start.zone, addDays(dayOfTime(date), 1));
  }
  const duration = event.getFirstPropertyValue('duration');
  const seconds = duration instanceof ICAL.Duration ? Math.min(366 * 86_400, Math.max(0, duration.toSeconds())) : 0;
  return start.isDate ? instantIn(start.zone, addDays(dayOfTime(date), Math.max(1, Math.round(seconds / 86_400)))) : new Date(start.at.getTime() + seconds * 1000);
}

function eventOf(reading: Reading, event: ICAL.Component): Vevent {
  const uid = words(event, 'uid').trim();
  if (!uid || uid.length > 500) throw refuse('field.ics_uid');
  const started = event.getFirstProperty('dtstart');
  if (!started) throw refuse('field.ics_start');
  const start = momentOf(reading, started.getFirstValue(), tzidOf(started));
  const date = started.getFirstValue() as ICAL.Time;
  const recurrence = event.getFirstProperty('recurrence-id');
  if (recurrence?.getFirstParameter('range')) throw refuse('field.ics_part', { part: 'RANGE=THISANDFUTURE' });
  const attendees = event.getAllProperties('attendee');
  if (attendees.length > attendeesAtMost) throw refuse('field.ics_many');
  const exdates = event.getAllProperties('exdate');
  if (exdates.reduce((sum, one) => sum + one.jCal.length - 3, 0) > droppedAtMost) throw refuse('field.ics_many');
  // Some programs name an occurrence by its day alone: it is the one of that day.
  const occurrence = (moment: Moment, value: unknown): Date => (moment.isDate && !start.isDate && value instanceof ICAL.Time
    ? momentOf(reading, ICAL.Time.fromData({ year: value.year, month: value.month, day: value.day, hour: date.hour, minute: date.minute, second: date.second, isDate: false }, date.zone === ICAL.Timezone.utcTimezone ? date.zone : undefined), tzidOf(started)).at : moment.at);
  const droppedAt = exdates.flatMap((property) => property.getValues().map((value: unknown) => occurrence(momentOf(reading, value, tzidOf(property)), value)));
  const status = words(event, 'status').toLowerCase();
  const secrecy = words(event, 'class').toLowerCase();
  const organizer = event.getFirstProperty('organizer');
  const sequence = Number(event.getFirstPropertyValue('sequence') ?? 0);
  const changed = event.getFirstPropertyValue('last-modified') ?? event.getFirstPropertyValue('dtstamp');
  return {
    uid, recurrenceAt: recurrence ? occurrence(momentOf(reading, recurrence.getFirstValue(), tzidOf(recurrence)), recurrence.getFirstValue()) : null, startsAt: start.at, endsAt: endOf(reading, event, start, date), isAllDay: start.isDate, timeZone: start.zone,
    title: words(event, 'summary'), detail: words(event, 'description'), place: words(event, 'location'), status: status === 'tentative' || status === 'cancelled' ? status : 'confirmed',
    secrecy: secrecy === '' ? null : secrecy === 'public' || secrecy === 'confidential' ? secrecy : 'private', isFree: words(event, 'transp').toLowerCase() === 'transparent', rule: ruleOf(event), droppedAt,
    sequence: Number.isInteger(sequence) && sequence >= 0 && sequence < 2_000_000_000 ? sequence : 0, organizer: organizer ? { email: mailOf(organizer.getFirstValue()), name: parameterOf(organizer, 'cn').slice(0, 200) } : null,
    attendees: attendees.map(attendeeOf), categories: event.getAllProperties('categories').flatMap((one) => one.getValues().map(String)).slice(0, 50), travelBefore: minutesOf(event, 'x-apple-travel-duration'),
    comment: words(event, 'comment'), changedAt: changed instanceof ICAL.Time && changed.year >= 1970 && changed.year < 2150 ? changed.toJSDate() : null,
  };
}

/** The events of an iCalendar text, read as in `zone` where it names none; refuses with a sentence at `ics` what cannot be kept. */
export function readCalendar(text: string, zone: string): Calendar {
  const roots = parse(text);
  const components = roots.flatMap((root) => root.getAllSubcomponents('vevent'));
  const own = new Map(roots.flatMap((root) => root.getAllSubcomponents('vtimezone')).map((one) => [words(one, 'tzid'), one]));
  const reading: Reading = { zone, own, zones: new Map() };
  if (roots.length === 0) throw refuse('field.ics_broken');
  if (components.length === 0) throw refuse('field.ics_empty');
  try {
    return { method: words(roots[0]!, 'method').toUpperCase(), events: components.map((one) => eventOf(reading, one)) };
  } catch (error) {
    if (error instanceof Error && error.name !== 'Error' && !('said' in error)) throw refuse('field.ics_broken');
    throw 'said' in (error as object) ? error : refuse('field.ics_broken');
  }
}

/** The components of another program in a text, each under its RECURRENCE-ID ('' the series), to be written back; none where the text cannot be read. */
export function readKept(text: string | null, zone: string): Map<string, ICAL.Component> {
  const kept = new Map<string, ICAL.Component>();
  if (!text) return kept;
  try {
    const roots = parse(text);
    const reading: Reading = { zone, own: new Map(roots.flatMap((root) => root.getAllSubcomponents('vtimezone')).map((one) => [words(one, 'tzid'), one])), zones: new Map() };
    for (const one of roots.flatMap((root) => root.getAllSubcomponents('vevent'))) kept.set(eventOf(reading, one).recurrenceAt?.toISOString() ?? '', one);
  } catch {
    // What was taken once and cannot be read any more is not given back.
  }
  return kept;
}
