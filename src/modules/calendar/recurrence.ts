import { RRuleTemporal } from 'rrule-temporal';
import { addDays, dayFromOrdinal, dayIn, daysBetween, instantIn, isDay, ordinalOf, wallClock, weekdayOf, type Day } from '../../core/day.ts';
import { wrong } from '../../core/refusal.ts';

export type Series = { rule: string; startsAt: Date; endsAt: Date; isAllDay: boolean; timeZone: string; droppedAt: readonly Date[] };
/** One occurrence: its start by the rule, and when it is. */
export type Span = { recurrenceAt: Date; startsAt: Date; endsAt: Date };

const parts = new Set(['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'BYMONTHDAY', 'BYMONTH', 'BYSETPOS', 'BYYEARDAY', 'BYWEEKNO', 'BYHOUR', 'BYMINUTE', 'WKST']);
const freqs = new Set(['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY']);
export const occurrencesAtMost = 5000;
const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
const unreadable = (part: string) => wrong({ rule: { key: 'field.rule', args: { part: part.slice(0, 40) } } });

export type Rule = Map<string, string>;
/** The parts of an RRULE; refuses by name what is not read here. */
export function readRule(text: string): Rule {
  const rule: Rule = new Map();
  for (const part of text.trim().toUpperCase().replace(/^RRULE:/, '').split(';').filter(Boolean)) {
    const [name = '', value = ''] = part.split('=');
    if (!parts.has(name) || value === '' || rule.has(name)) throw unreadable(part);
    if (name === 'FREQ' ? !freqs.has(value) : name === 'UNTIL' ? !/^\d{8}(T\d{6}Z?)?$/.test(value) : !/^[-+\dA-Z,]{1,200}$/.test(value)) throw unreadable(part);
    if (name === 'INTERVAL' && !(Number(value) >= 1 && Number(value) <= 500)) throw unreadable(part);
    if (name === 'COUNT' && !(Number(value) >= 1 && Number(value) <= occurrencesAtMost)) throw unreadable(part);
    rule.set(name, value);
  }
  if (!rule.has('FREQ')) throw unreadable(text || 'RRULE');
  if (rule.has('COUNT') && rule.has('UNTIL')) throw unreadable('UNTIL');
  return rule;
}
export const writeRule = (rule: Rule): string => [...rule].map(([name, value]) => `${name}=${value}`).join(';');

const stampOf = (at: Date): string => at.toISOString().replace(/[-:]|\.\d{3}/g, '');
const dayOfStamp = (stamp: string): Day => `${stamp.slice(0, 4)}-${stamp.slice(4, 6)}-${stamp.slice(6, 8)}`;

/** The last instant that UNTIL allows, or null where the rule has none. */
export function untilOf(rule: Rule, timeZone: string): Date | null {
  const value = rule.get('UNTIL');
  if (!value) return null;
  const on = dayOfStamp(value);
  if (!isDay(on)) throw unreadable(`UNTIL=${value}`);
  if (value.length === 8) return new Date(instantIn(timeZone, on, '23:59').getTime() + 59_000);
  const time = `${value.slice(9, 11)}:${value.slice(11, 13)}`;
  const at = value.endsWith('Z') ? new Date(`${on}T${time}:${value.slice(13, 15)}Z`) : instantIn(timeZone, on, time);
  if (Number.isNaN(at.getTime())) throw unreadable(`UNTIL=${value}`);
  return at;
}

/** The rule as it is kept: UNTIL is a day of all-day series and an instant of others, as iCalendar wants it. */
export function settleRule(text: string, { isAllDay, timeZone }: Pick<Series, 'isAllDay' | 'timeZone'>): string {
  if (text.trim() === '') return '';
  const rule = readRule(text);
  const until = untilOf(rule, timeZone);
  if (until) rule.set('UNTIL', isAllDay ? dayIn(timeZone, until).replaceAll('-', '') : stampOf(until));
  return writeRule(rule);
}

const zoned = (at: Date, timeZone: string) => ({ timeZoneId: timeZone, toString: () => `${at.toISOString()}[${timeZone}]` });

/** The end of one that starts at `startsAt` and lasts as `like` does: so many days where it is all-day, else exactly so long. */
export function endFrom(like: Pick<Series, 'startsAt' | 'endsAt' | 'isAllDay' | 'timeZone'>, startsAt: Date): Date {
  if (!like.isAllDay) return new Date(startsAt.getTime() + like.endsAt.getTime() - like.startsAt.getTime());
  const days = daysBetween(dayIn(like.timeZone, like.startsAt), dayIn(like.timeZone, like.endsAt));
  return instantIn(like.timeZone, addDays(dayIn(like.timeZone, startsAt), days));
}

/** The occurrences of a series that start before `until`, the dropped ones left out; ten o'clock stays ten o'clock across a change of time. */
export function expandSeries(series: Series, until: Date): Span[] {
  if (series.rule === '') return [{ recurrenceAt: series.startsAt, startsAt: series.startsAt, endsAt: series.endsAt }];
  const rule = readRule(series.rule);
  const last = untilOf(rule, series.timeZone);
  if (last) rule.set('UNTIL', stampOf(last));
  const dropped = new Set(series.droppedAt.map((at) => at.getTime()));
  let starts: { epochMilliseconds: number }[];
  try {
    const dates = new RRuleTemporal({ rruleString: writeRule(rule), dtstart: zoned(series.startsAt, series.timeZone), includeDtstart: true, cache: false, maxIterations: 20_000, maxCandidateEvaluations: 200_000 });
    starts = dates.between(new Date(series.startsAt.getTime() - 1), until, true);
  } catch {
    throw unreadable(series.rule);
  }
  if (starts.length > occurrencesAtMost) throw wrong({ rule: { key: 'field.rule_many', args: { max: occurrencesAtMost } } });
  return starts.map((one) => new Date(one.epochMilliseconds)).filter((at) => !dropped.has(at.getTime()) && at < until).map((at) => ({ recurrenceAt: at, startsAt: at, endsAt: endFrom(series, at) }));
}

/** The first start that the rule itself gives, at or after the start: a form says Monday and means every Tuesday. */
export function firstByRule(series: Series): Date {
  const rule = readRule(series.rule);
  rule.delete('COUNT');
  rule.delete('UNTIL');
  try {
    const first = new RRuleTemporal({ rruleString: writeRule(rule), dtstart: zoned(series.startsAt, series.timeZone), cache: false, maxIterations: 20_000, maxCandidateEvaluations: 200_000 }).next(new Date(series.startsAt.getTime() - 1), true);
    return first ? new Date(first.epochMilliseconds) : series.startsAt;
  } catch {
    throw unreadable(series.rule);
  }
}

/** The rule cut off before an occurrence; what is left of a COUNT goes on behind it. */
export function splitRule(series: Series, at: Date): { before: string; after: string } {
  const [before, after] = [readRule(series.rule), readRule(series.rule)];
  const count = before.get('COUNT');
  if (count) {
    const passed = expandSeries({ ...series, droppedAt: [] }, at).length;
    after.set('COUNT', String(Math.max(1, Number(count) - passed)));
    before.delete('COUNT');
  }
  const last = new Date(at.getTime() - 1000);
  before.set('UNTIL', series.isAllDay ? dayIn(series.timeZone, last).replaceAll('-', '') : stampOf(last));
  return { before: writeRule(before), after: writeRule(after) };
}

const wallMinutes = (at: Date, timeZone: string): number => {
  const { on, time } = wallClock(timeZone, at);
  return ordinalOf(on) * 1440 + Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
};
/** Minutes from one instant to another on the clock on the wall. */
export const wallDistance = (from: Date, until: Date, timeZone: string): number => wallMinutes(until, timeZone) - wallMinutes(from, timeZone);
/** An instant moved by so many minutes on the clock on the wall. */
export function movedBy(at: Date, minutes: number, timeZone: string): Date {
  const wanted = wallMinutes(at, timeZone) + minutes;
  const rest = ((wanted % 1440) + 1440) % 1440;
  const two = (n: number): string => String(n).padStart(2, '0');
  return instantIn(timeZone, dayFromOrdinal((wanted - rest) / 1440), `${two(Math.floor(rest / 60))}:${two(rest % 60)}`);
}

/** The rule of a series whose start moves to another day: its weekdays move along; null where no rule says the same. */
export function movedRule(text: string, from: Day, to: Day): string | null {
  if (from === to) return text;
  const rule = readRule(text);
  const shift = weekdayOf(to) - weekdayOf(from);
  const byDay = rule.get('BYDAY');
  const onDay = rule.get('BYMONTHDAY');
  if (onDay) {
    if (onDay !== String(Number(from.slice(8)))) return null;
    rule.set('BYMONTHDAY', String(Number(to.slice(8))));
  }
  if (byDay && shift !== 0) {
    if (byDay.split(',').length > 1 && rule.get('FREQ') !== 'WEEKLY') return null;
    rule.set('BYDAY', byDay.split(',').map((one) => {
      const index = weekdays.indexOf(one.slice(-2) as (typeof weekdays)[number]);
      return `${one.slice(0, -2)}${weekdays[(((index + shift) % 7) + 7) % 7]}`;
    }).join(','));
  } else if (byDay && rule.get('FREQ') !== 'WEEKLY') return null;
  return writeRule(rule);
}
