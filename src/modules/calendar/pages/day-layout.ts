import { addDays, wallClock, weekStart, type Day } from '../../../core/day.ts';

/** Minutes of one day's wall clock, 0 to 1440; `from` is before `until`. */
export type Span = { from: number; until: number };
/** Beside how many others it stands, in which lane (from 0), and over how many lanes it may spread. */
export type Lane = { lane: number; lanes: number; spread: number };

export const dayMinutes = 1440;
/** What is shorter is drawn as if it lasted so long: it has to hold a line of text and be hit by a finger. */
export const leastMinutes = 25;

/** Puts what overlaps side by side: no two that share a minute share a lane, and each spreads to the right as far as nobody stands. */
export function layDay<T extends Span>(spans: readonly T[]): (T & Lane)[] {
  const placed: (T & Lane)[] = [];
  const sorted = spans.toSorted((a, b) => a.from - b.from || b.until - a.until);
  let group: (T & Lane)[] = [];
  let groupUntil = -1;
  const settle = (): void => {
    const lanes = Math.max(0, ...group.map((one) => one.lane)) + 1;
    for (const one of group) {
      const right = group.filter((other) => other.lane > one.lane && other.from < one.until && one.from < other.until);
      placed.push({ ...one, lanes, spread: Math.min(lanes, ...right.map((other) => other.lane)) - one.lane });
    }
    group = [];
  };
  for (const span of sorted) {
    if (span.from >= groupUntil) settle();
    const taken = new Set(group.filter((other) => other.until > span.from).map((other) => other.lane));
    let lane = 0;
    while (taken.has(lane)) lane += 1;
    group.push({ ...span, lane, lanes: 1, spread: 1 });
    groupUntil = group.length === 1 ? span.until : Math.max(groupUntil, span.until);
  }
  settle();
  return placed;
}

export const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
export const timeOf = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** The part of a time that lies on this day by the zone's wall clock, in minutes; null where none does. Inside an hour that comes twice it is at least a minute long. */
export function partOn(zone: string, on: Day, startsAt: Date, endsAt: Date): Span | null {
  const [start, end] = [wallClock(zone, startsAt), wallClock(zone, endsAt)];
  if (start.on > on || end.on < on || (end.on === on && start.on < on && end.time === '00:00')) return null;
  const from = start.on < on ? 0 : minuteOf(start.time);
  const until = end.on > on ? dayMinutes : minuteOf(end.time);
  return { from: Math.min(from, dayMinutes - 1), until: Math.max(until, Math.min(from, dayMinutes - 1) + 1) };
}

/** The span as it is drawn: at least `leastMinutes` high, moved up where the day ends. */
export function drawn({ from, until }: Span): Span {
  const height = Math.max(leastMinutes, until - from);
  const top = Math.min(from, dayMinutes - height);
  return { from: top, until: top + height };
}

/** The hours that a grid has to show: the office's day, and whatever lies before or after it. */
export function hoursOf(spans: readonly Span[], usual: { from: number; until: number } = { from: 7, until: 19 }): { from: number; until: number } {
  return {
    from: Math.min(usual.from, ...spans.map((one) => Math.floor(one.from / 60))),
    until: Math.max(usual.until, ...spans.map((one) => Math.ceil(one.until / 60))),
  };
}

/** The days of the month's weeks, whole weeks from Monday. */
export function monthDays(on: Day): Day[] {
  const first = weekStart(`${on.slice(0, 7)}-01`);
  const days = Array.from({ length: 42 }, (_, index) => addDays(first, index));
  const last = days.findLastIndex((day) => day.slice(0, 7) === on.slice(0, 7));
  return days.slice(0, Math.ceil((last + 1) / 7) * 7);
}

export const weekDays = (on: Day): Day[] => Array.from({ length: 7 }, (_, index) => addDays(weekStart(on), index));
