/// <reference lib="esnext.temporal" preserve="true" />
import ICAL from 'ical.js';
import windowsZones from './windows-zones.json' with { type: 'json' };

const known = new Map<string, string | null>();
const byWindows = new Map(Object.entries(windowsZones).map(([name, zone]) => [name.toLowerCase(), zone]));

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The IANA zone that a TZID names: itself, a Windows name, or a path that ends in one; null where it names none. */
export function findZone(tzid: string): string | null {
  const seen = known.get(tzid);
  if (seen !== undefined) return seen;
  const name = tzid.trim().replace(/^"|"$/g, '');
  const parts = name.split('/').filter(Boolean);
  const tails = [3, 2].filter((length) => parts.length >= length).map((length) => parts.slice(-length).join('/'));
  const zone = byWindows.get(name.toLowerCase()) ?? [name, ...tails].find((one) => (one.includes('/') || one === 'UTC') && /^[A-Za-z0-9_+\-/]{3,60}$/.test(one) && isZone(one)) ?? (/^(GMT|Etc\/UTC|Z)$/.test(name) ? 'UTC' : null);
  if (known.size > 500) known.clear();
  known.set(tzid, zone);
  return zone;
}

// What a VTIMEZONE without a name of ours is compared with, those nearest first.
const candidates = ['Europe/Belgrade', 'Europe/Bucharest', 'Europe/London', 'Europe/Istanbul', 'Europe/Moscow', 'America/New_York', 'America/Chicago', 'America/Denver', 'America/Los_Angeles', 'Asia/Dubai', 'UTC'];

const offsetOf = (zone: string, at: number): number => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds / 1e9;

const turnsAtMost = 100;
// Clocks turn once a year: a rule that turns them each second would be counted through to the year of the event.
const isPlain = (own: ICAL.Component): boolean => {
  const turns = own.getAllSubcomponents();
  return turns.length <= turnsAtMost && turns.every((turn) => turn.getAllProperties('rrule').length <= 1 && turn.getAllProperties('rrule').every((rule) => /^FREQ=YEARLY(;(BYMONTH|BYDAY|BYMONTHDAY|INTERVAL|UNTIL|COUNT|WKST)=[^;,]{1,20}(,[^;,]{1,4}){0,6})*$/.test(String(rule.getFirstValue()))));
};

/** A zone whose clocks go, in the year of the event, as a VTIMEZONE of the sender's own says; one of a fixed distance from UTC where none does. */
export function likeZone(own: ICAL.Component, at: ICAL.Time, preferred: string): string {
  if (!isPlain(own)) return preferred;
  const zone = new ICAL.Timezone(own);
  const samples = Array.from({ length: 12 }, (_, month) => ICAL.Time.fromData({ year: at.year, month: month + 1, day: 15, hour: 12, minute: 0, second: 0 }, zone));
  const offsets = samples.map((time) => ({ ms: Date.UTC(time.year, time.month - 1, time.day, time.hour) - zone.utcOffset(time) * 1000, offset: zone.utcOffset(time) }));
  const like = [preferred, ...candidates].find((name) => offsets.every((one) => offsetOf(name, one.ms) === one.offset));
  if (like) return like;
  const hours = Math.round(zone.utcOffset(at) / 3600);
  return hours === 0 ? 'UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.min(12, Math.abs(hours))}`;
}

const pad = (number: number, width = 2): string => String(number).padStart(width, '0');
const distance = (seconds: number): string => `${seconds < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(seconds) / 3600))}${pad(Math.floor(Math.abs(seconds) / 60) % 60)}`;
const weekdays = ['', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
type Turn = { from: number; to: number; local: Temporal.PlainDateTime };

/** The turns of a zone's clocks from one year to another, each with the wall clock at which it comes. */
function turnsOf(zone: string, fromYear: number, untilYear: number): Turn[] {
  const turns: Turn[] = [];
  let at: Temporal.ZonedDateTime | null = Temporal.PlainDate.from({ year: fromYear, month: 1, day: 1 }).toZonedDateTime(zone);
  while ((at = at.getTimeZoneTransition('next')) && at.year <= untilYear && turns.length < 200) {
    const before = offsetOf(zone, at.epochMilliseconds - 1000);
    turns.push({ from: before, to: at.offsetNanoseconds / 1e9, local: at.toPlainDateTime().subtract({ seconds: at.offsetNanoseconds / 1e9 - before }) });
  }
  return turns;
}

/** The last weekday of its month each year, as the clocks of Europe turn: BYDAY of a rule; null where it is otherwise. */
function lastWeekday(turns: readonly Turn[]): string | null {
  const [first] = turns;
  const isLast = turns.every(({ local }) => local.dayOfWeek === first!.local.dayOfWeek && local.month === first!.local.month && local.hour === first!.local.hour && local.day + 7 > local.daysInMonth);
  return isLast && turns.length > 1 ? `-1${weekdays[first!.local.dayOfWeek]}` : null;
}

const written = new Map<string, unknown[]>();
const stamp = (local: Temporal.PlainDateTime): string => local.toString({ smallestUnit: 'second' });

/** VTIMEZONE (jCal) of an IANA zone for events of these years; a turn that comes by rule goes on for good. */
export function zoneComponent(zone: string, fromYear: number, untilYear: number): unknown[] {
  const from = Math.max(1971, fromYear - 1);
  const until = Math.min(from + 60, Math.max(untilYear, new Date().getFullYear()) + 2);
  const key = `${zone} ${from} ${until}`;
  const kept = written.get(key);
  if (kept) return structuredClone(kept);
  const turns = turnsOf(zone, from, until);
  const parts = new Map<string, Turn[]>();
  for (const turn of turns) {
    const name = `${turn.from} ${turn.to} ${turn.local.month}`;
    parts.set(name, [...(parts.get(name) ?? []), turn]);
  }
  const begins = offsetOf(zone, Date.UTC(from, 0, 1));
  const observance = (name: 'standard' | 'daylight', start: string, offsets: { from: number; to: number }, more: unknown[] = []): unknown[] => [name, [
    ['dtstart', {}, 'date-time', start], ['tzoffsetfrom', {}, 'utc-offset', distance(offsets.from).replace(/(\d\d)$/, ':$1')], ['tzoffsetto', {}, 'utc-offset', distance(offsets.to).replace(/(\d\d)$/, ':$1')], ...more,
  ], []];
  const list: unknown[][] = [...parts.values()].map((group) => {
    const [first] = group;
    const name = first!.to > first!.from ? 'daylight' : 'standard';
    const byDay = lastWeekday(group) && group.at(-1)!.local.year >= until - 1 ? lastWeekday(group) : null;
    const isUnbroken = group.length === group.at(-1)!.local.year - first!.local.year + 1;
    if (byDay && isUnbroken) return observance(name, stamp(first!.local), first!, [['rrule', {}, 'recur', { freq: 'YEARLY', bymonth: first!.local.month, byday: byDay }]]);
    return observance(name, stamp(first!.local), first!, group.slice(1).map((turn) => ['rdate', {}, 'date-time', stamp(turn.local)]));
  });
  const component = ['vtimezone', [['tzid', {}, 'text', zone]], [observance('standard', `${pad(from, 4)}-01-01T00:00:00`, { from: begins, to: begins }), ...list]];
  if (written.size > 200) written.clear();
  written.set(key, component);
  return structuredClone(component);
}
