/// <reference lib="esnext.temporal" preserve="true" />
import ICAL from 'ical.js';
import { readKept, type Attendee, type Vevent } from './ical.ts';
import { plain, quotable, roles, textOf } from './ical-text.ts';
import { zoneComponent } from './ical-zone.ts';

/** What is written of an event: without `changedAt` it has no LAST-MODIFIED. */
export type Written = Omit<Vevent, 'comment' | 'changedAt' | 'travelBefore' | 'attendees'> & { stampAt: Date; changedAt?: Date | null; travelBefore?: number | null; comment?: string; attendees: readonly (Pick<Attendee, 'email' | 'name' | 'role' | 'reply'> & { asks?: boolean })[]; url?: string };
type Options = { method?: string; name?: string; kept?: string | null; refreshMinutes?: number };

// What the columns of an engagement say; everything else of another program is given back as it came.
const ours = new Set(['uid', 'dtstamp', 'last-modified', 'created', 'dtstart', 'dtend', 'duration', 'summary', 'description', 'location', 'status', 'class', 'transp', 'sequence', 'rrule', 'exrule', 'rdate', 'exdate', 'recurrence-id', 'organizer', 'attendee',
  'categories', 'x-apple-travel-duration', 'comment', 'request-status']);

const timeOf = (at: Date, zone: string, isDate: boolean): ICAL.Time => {
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
  return ICAL.Time.fromData({ year: local.year, month: local.month, day: local.day, ...(isDate ? { isDate: true } : { hour: local.hour, minute: local.minute, second: local.second }) }, zone === 'UTC' && !isDate ? ICAL.Timezone.utcTimezone : undefined);
};
const utc = (at: Date): ICAL.Time => timeOf(at, 'UTC', false);

function addTime(component: ICAL.Component, name: string, at: Date, event: Pick<Written, 'timeZone' | 'isAllDay'>): void {
  const property = new ICAL.Property(name, component);
  if (event.isAllDay) property.resetType('date');
  property.setValue(timeOf(at, event.timeZone, event.isAllDay));
  if (!event.isAllDay && event.timeZone !== 'UTC') property.setParameter('tzid', event.timeZone);
  component.addProperty(property);
}

function addPeople(component: ICAL.Component, event: Written, kept: ICAL.Component): void {
  const before = new Map(kept.getAllProperties('attendee').map((one) => [String(one.getFirstValue()).toLowerCase(), one]));
  if (event.organizer?.email) {
    const organizer = new ICAL.Property('organizer', component);
    organizer.setValue(`mailto:${event.organizer.email}`);
    if (event.organizer.name) organizer.setParameter('cn', quotable(event.organizer.name));
    component.addProperty(organizer);
  }
  for (const one of event.attendees) {
    const address = `mailto:${one.email}`;
    const known = before.get(address.toLowerCase());
    const attendee = known ? new ICAL.Property(structuredClone(known.toJSON()) as never, component) : new ICAL.Property('attendee', component);
    attendee.setValue(address);
    if (one.name) attendee.setParameter('cn', quotable(one.name));
    attendee.setParameter('role', roles[one.role]);
    attendee.setParameter('partstat', one.reply.toUpperCase());
    if (one.asks) attendee.setParameter('rsvp', 'TRUE');
    component.addProperty(attendee);
  }
}

function componentOf(event: Written, kept: ICAL.Component): ICAL.Component {
  const component = new ICAL.Component('vevent');
  const say = (name: string, value: unknown): void => void component.addPropertyWithValue(name, value);
  say('uid', plain(event.uid));
  say('dtstamp', utc(event.stampAt));
  if (event.changedAt) say('last-modified', utc(event.changedAt));
  if (event.recurrenceAt) addTime(component, 'recurrence-id', event.recurrenceAt, event);
  addTime(component, 'dtstart', event.startsAt, event);
  addTime(component, 'dtend', event.endsAt, event);
  if (event.rule) say('rrule', ICAL.Recur.fromString(event.rule));
  for (const at of event.droppedAt) addTime(component, 'exdate', at, event);
  say('summary', plain(event.title));
  if (event.detail) say('description', plain(event.detail));
  if (event.place) say('location', plain(event.place));
  say('status', event.status.toUpperCase());
  if (event.secrecy) say('class', event.secrecy.toUpperCase());
  say('transp', event.isFree ? 'TRANSPARENT' : 'OPAQUE');
  say('sequence', event.sequence);
  if (event.comment) say('comment', plain(event.comment));
  if (event.url) say('url', event.url);
  if (event.travelBefore) {
    const travel = new ICAL.Property('x-apple-travel-duration', component);
    travel.resetType('duration');
    travel.setValue(ICAL.Duration.fromSeconds(event.travelBefore * 60));
    component.addProperty(travel);
  }
  if (event.categories.length > 0) {
    const categories = new ICAL.Property('categories', component);
    categories.setValues(event.categories.map(plain));
    component.addProperty(categories);
  }
  addPeople(component, event, kept);
  for (const property of kept.getAllProperties()) if (!ours.has(property.name) && !(event.url && property.name === 'url')) component.addProperty(new ICAL.Property(structuredClone(property.toJSON()) as never, component));
  for (const alarm of kept.getAllSubcomponents()) component.addSubcomponent(new ICAL.Component(structuredClone(alarm.toJSON()) as never));
  return component;
}

const headTexts = new Map<string, string>();
/** What stands before the first event; there are few ways of saying it. */
function headText({ method, name, refreshMinutes }: Options): string {
  const key = JSON.stringify([method, name, refreshMinutes]);
  const known = headTexts.get(key);
  if (known !== undefined) return known;
  const calendar = new ICAL.Component('vcalendar');
  const say = (property: string, value: unknown): void => void calendar.addPropertyWithValue(property, value);
  say('version', '2.0');
  say('prodid', '-//Kabinet//Kabinet//EN');
  say('calscale', 'GREGORIAN');
  if (method) say('method', method);
  if (name) {
    say('x-wr-calname', plain(name));
    say('name', plain(name));
  }
  for (const one of refreshMinutes ? ['refresh-interval', 'x-published-ttl'] : []) {
    const property = new ICAL.Property(one, calendar);
    property.resetType('duration');
    property.setValue(ICAL.Duration.fromSeconds(refreshMinutes! * 60));
    calendar.addProperty(property);
  }
  const text = calendar.toString().replace(/\r\nEND:VCALENDAR$/, '');
  if (headTexts.size > 500) headTexts.clear();
  headTexts.set(key, text);
  return text;
}

/** The iCalendar text of these events, with the VTIMEZONE of every zone they name; what another program wrote beside (`kept`) goes along. */
export function writeCalendar(events: readonly Written[], options: Options = {}): string {
  const years = new Map<string, { from: number; until: number }>();
  for (const event of events) {
    if (event.isAllDay || event.timeZone === 'UTC') continue;
    const [from, until] = [event.startsAt.getUTCFullYear(), event.endsAt.getUTCFullYear()];
    const known = years.get(event.timeZone);
    years.set(event.timeZone, { from: Math.min(known?.from ?? from, from), until: Math.max(known?.until ?? until, until) });
  }
  const parts = [headText(options), ...[...years].map(([zone, { from, until }]) => zoneText(zone, from, until))];
  const zone = events[0]?.timeZone ?? 'UTC';
  const kept = readKept(options.kept ?? null, zone);
  for (const event of events) {
    const beside = kept.get(event.recurrenceAt?.toISOString() ?? '');
    parts.push(beside ? componentOf(event, beside).toString() : textOf(event));
  }
  return [...parts, 'END:VCALENDAR', ''].join('\r\n');
}

const zoneTexts = new Map<string, string>();
/** The VTIMEZONE of a zone for some years; there are few, and each object of a calendar holds one. */
function zoneText(zone: string, from: number, until: number): string {
  const key = `${zone} ${from} ${until}`;
  const known = zoneTexts.get(key);
  if (known !== undefined) return known;
  const text = new ICAL.Component(zoneComponent(zone, from, until) as never).toString();
  if (zoneTexts.size > 500) zoneTexts.clear();
  zoneTexts.set(key, text);
  return text;
}
