import { addDays, daysBetween, isDay, weekdayOf, type Day } from './day.ts';
import type { WorkCalendar } from './holiday.ts';
import type { ClockRule } from './jurisdiction.ts';
import type { Translate } from './message.ts';

/** The clock stands from the day something was asked for until the day it came; that day counts again. Null: still waiting. */
export type Pause = { from: Day; until: Day | null };
/** Days are in the unit of the rule. */
export type Extension = { days: number; on: Day; reason: string };
export type ClockFacts = { startedOn: Day; pauses: readonly Pause[]; extensions: readonly Extension[]; today: Day };
export type ClockState = 'ok' | 'soon' | 'late' | 'paused';
export type ClockStep = { key: string; args: Record<string, string | number> };

export type Clock = {
  /** The first day that counts. */
  firstOn: Day;
  /** The last day before it is moved off a non-working day. */
  lastOn: Day;
  /** lastOn, when the legal day was moved; otherwise null. */
  rolledFrom: Day | null;
  warnOn: Day;
  /** The day by which the office wants to be done; the legal day where the rule has no target. */
  targetOn: Day;
  legalOn: Day;
  /** Calendar days during which the clock stood. */
  pausedDays: number;
  pausedSince: Day | null;
  /** In the unit of the rule, like usedDays and totalDays. */
  extendedBy: number;
  usedDays: number;
  totalDays: number;
  /** Calendar days from today to the legal day, negative when late. */
  daysLeft: number;
  /** The same to the target day. */
  targetDaysLeft: number;
  state: ClockState;
  steps: ClockStep[];
};

export type ExtensionRefusal = {
  code: 'none' | 'times' | 'days' | 'total' | 'reason' | 'expired' | 'early';
  key: string;
  args: Record<string, string | number>;
};
export type ExtensionResult = { ok: true; facts: ClockFacts; clock: Clock } | { ok: false; refusal: ExtensionRefusal };

const longestCount = 40_000;

type Stand = { from: Day; until: Day };
type Count = { last: Day; legal: Day; stood: number };

function standsOf(rule: ClockRule, facts: ClockFacts): Stand[] {
  if (!rule.pauseWhileWaiting) return [];
  const merged: Stand[] = [];
  for (const { from, until } of [...facts.pauses].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))) {
    const end = until ?? facts.today;
    const before = merged.at(-1);
    if (before && from <= before.until) before.until = end > before.until ? end : before.until;
    else if (end > from) merged.push({ from, until: end });
  }
  return merged;
}

function grantedDays(rule: ClockRule, extensions: readonly Extension[]): { extension: Extension; days: number }[] {
  const allowed = rule.extension;
  if (!allowed) return [];
  let room = allowed.toTotal === undefined ? Infinity : Math.max(0, allowed.toTotal - rule.days);
  return [...extensions]
    .sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0))
    .filter((extension) => Number.isInteger(extension.days) && extension.days > 0)
    .slice(0, allowed.times)
    .map((extension) => {
      const days = Math.min(extension.days, allowed.days, room);
      room -= days;
      return { extension, days };
    });
}

function countTo(rule: ClockRule, startedOn: Day, days: number, excludeLast: boolean, stands: readonly Stand[], calendar: WorkCalendar): Count {
  const stood = (day: Day) => stands.some((stand) => stand.from <= day && day < stand.until);
  const counts = (day: Day) => rule.unit === 'calendar' || calendar.isWorkingDay(day);
  let day = rule.excludeFirst ? startedOn : addDays(startedOn, -1);
  let standing = 0;
  let left = days;
  for (let step = 0; left > 0 && step < longestCount; step++) {
    day = addDays(day, 1);
    if (stood(day)) standing++;
    else if (counts(day)) left--;
  }
  if (excludeLast) {
    do {
      day = addDays(day, 1);
      if (stood(day)) standing++;
    } while (stood(day));
  }
  if (day < startedOn) day = startedOn;
  const roll = (from: Day) => (rule.roll === 'next-working' ? calendar.nextWorkingDay(from) : from);
  let legal = roll(day);
  // What is asked for on a day to which the end was moved still stops the clock.
  for (const stand of stands) {
    if (day < stand.from && stand.from <= legal && stand.until > legal) {
      standing += daysBetween(stand.from, stand.until);
      legal = roll(stand.until);
    }
  }
  return { last: day, legal, stood: standing };
}

function firstCounted(rule: ClockRule, startedOn: Day, calendar: WorkCalendar): Day {
  const first = rule.excludeFirst ? addDays(startedOn, 1) : startedOn;
  return rule.unit === 'working' ? calendar.nextWorkingDay(first) : first;
}

function usedOf(rule: ClockRule, first: Day, total: number, until: Day, stands: readonly Stand[], calendar: WorkCalendar): number {
  let used = 0;
  for (let day = first, step = 0; day <= until && used < total && step < longestCount; day = addDays(day, 1), step++) {
    const stood = stands.some((stand) => stand.from <= day && day < stand.until);
    if (!stood && (rule.unit === 'calendar' || calendar.isWorkingDay(day))) used++;
  }
  return used;
}

/**
 * The dates of a legal time limit and where it stands today, always computed anew: a closing day added later moves a running clock.
 * Extensions beyond what the rule allows are cut to it; ask extendClock before recording one. Throws RangeError for a day that is none.
 */
export function computeClock(rule: ClockRule, facts: ClockFacts, calendar: WorkCalendar): Clock {
  const { startedOn, today } = facts;
  const stands = standsOf(rule, facts);
  const granted = grantedDays(rule, facts.extensions);
  const extendedBy = granted.reduce((sum, { days }) => sum + days, 0);
  const totalDays = rule.days + extendedBy;
  const firstOn = firstCounted(rule, startedOn, calendar);
  const { last: lastOn, legal: legalOn, stood } = countTo(rule, startedOn, totalDays, rule.excludeLast, stands, calendar);
  // The target is the stricter count: its last day is never left out.
  const aim = rule.targetDays === undefined ? legalOn : countTo(rule, startedOn, rule.targetDays + extendedBy, false, stands, calendar).legal;
  const targetOn = aim < legalOn ? aim : legalOn;
  const warn = addDays(targetOn, -rule.warnDays);
  const warnOn = warn < startedOn ? startedOn : warn;
  const waiting = rule.pauseWhileWaiting ? facts.pauses.filter((pause) => pause.until === null && pause.from <= today && pause.from <= legalOn) : [];
  const pausedSince = waiting.map((pause) => pause.from).sort()[0] ?? null;
  const state: ClockState = pausedSince ? 'paused' : today > legalOn ? 'late' : today >= warnOn ? 'soon' : 'ok';
  const clock: Clock = {
    firstOn, lastOn, rolledFrom: legalOn === lastOn ? null : lastOn, warnOn, targetOn, legalOn, pausedDays: stood, pausedSince, extendedBy,
    usedDays: usedOf(rule, firstOn, totalDays, today, stands, calendar), totalDays,
    daysLeft: daysBetween(today, legalOn), targetDaysLeft: daysBetween(today, targetOn), state, steps: [],
  };
  clock.steps = stepsOf(rule, facts, calendar, clock, granted);
  return clock;
}

function stepsOf(
  rule: ClockRule, facts: ClockFacts, calendar: WorkCalendar, clock: Clock, granted: { extension: Extension; days: number }[],
): ClockStep[] {
  const { unit } = rule;
  const steps: ClockStep[] = [{ key: 'clock.step.term', args: { days: rule.days, unit, start: rule.starts, on: facts.startedOn } }];
  if (rule.excludeLast) steps.push({ key: 'clock.step.free', args: {} });
  for (const { extension, days } of granted) {
    if (days) steps.push({ key: 'clock.step.extension', args: { days, unit, on: extension.on, reason: extension.reason.trim() || 'none' } });
  }
  const pauses = facts.pauses.filter(({ from, until }) => from <= clock.legalOn && (until === null ? from <= facts.today : until > from));
  if (rule.pauseWhileWaiting) {
    for (const { from, until } of pauses) {
      if (until === null) steps.push({ key: 'clock.step.pauseOpen', args: { from } });
      else steps.push({ key: 'clock.step.pause', args: { from, until, days: daysBetween(from, until) } });
    }
  }
  const span = { first: clock.firstOn, last: clock.lastOn };
  if (clock.rolledFrom) {
    const because = reasonToRoll(clock.lastOn, calendar);
    steps.push({ key: 'clock.step.spanMoved', args: { ...span, legal: clock.legalOn, because, holiday: 'none' } });
  } else steps.push({ key: rule.roll === 'none' ? 'clock.step.spanPlain' : 'clock.step.spanSame', args: span });
  if (!rule.pauseWhileWaiting && facts.pauses.length) steps.push({ key: 'clock.step.pauseIgnored', args: {} });
  if (rule.pauseWhileWaiting && !pauses.length) steps.push({ key: 'clock.step.pauseNone', args: {} });
  if (rule.targetDays !== undefined && clock.targetOn < clock.legalOn) {
    steps.push({ key: 'clock.step.target', args: { days: rule.targetDays + clock.extendedBy, unit, on: clock.targetOn } });
  }
  return steps;
}

function reasonToRoll(day: Day, calendar: WorkCalendar): string {
  if (calendar.isWorkingDay(day)) return 'other';
  if (calendar.closingName(day)) return 'holiday';
  return { 6: 'saturday', 7: 'sunday' }[weekdayOf(day)] ?? 'other';
}

/** Tries one more extension: the facts with it and the clock they give, or why the rule refuses it (key and args of a message). */
export function extendClock(rule: ClockRule, facts: ClockFacts, extension: Extension, calendar: WorkCalendar): ExtensionResult {
  const refuse = (code: ExtensionRefusal['code'], max = 0): ExtensionResult => ({
    ok: false, refusal: { code, key: `clock.refusal.${code}`, args: max ? { max, unit: rule.unit } : {} },
  });
  const allowed = rule.extension;
  if (!allowed) return refuse('none');
  if (facts.extensions.length >= allowed.times) return refuse('times', allowed.times);
  if (allowed.reasonRequired && !extension.reason.trim()) return refuse('reason');
  if (!Number.isInteger(extension.days) || extension.days < 1 || extension.days > allowed.days) return refuse('days', allowed.days);
  const before = computeClock(rule, facts, calendar);
  if (allowed.toTotal !== undefined && before.totalDays + extension.days > allowed.toTotal) return refuse('total', allowed.toTotal);
  if (extension.on < facts.startedOn) return refuse('early');
  if (extension.on > before.legalOn) return refuse('expired');
  const extended = { ...facts, extensions: [...facts.extensions, extension] };
  return { ok: true, facts: extended, clock: computeClock(rule, extended, calendar) };
}

/** One paragraph that tells how the dates came about; nameOf gives a closing day's name in the reader's language. */
export function explain(
  clock: Clock, t: Translate, formatDay: (day: Day) => string, nameOf?: (day: Day) => string | undefined,
): string {
  return clock.steps
    .map(({ key, args }) => {
      const shown: Record<string, string | number> = {};
      for (const [name, value] of Object.entries(args)) shown[name] = isDay(value) ? formatDay(value) : value;
      if (args.because === 'holiday') {
        const name = nameOf?.(args.last as Day);
        if (name) shown.holiday = name;
        else shown.because = 'other';
      }
      // A day that ends in a full stop of its own ends the sentence as well.
      return t(key, shown).replace(/([^.])\.\.$/, '$1.');
    })
    .join(' ');
}

/** The clock in three words: days left, today, days late, or paused since. */
export function clockLabel(clock: Clock, t: Translate, formatDay: (day: Day) => string): string {
  if (clock.state === 'paused') return t('clock.label.paused', { from: formatDay(clock.pausedSince!) });
  return wordsFor('clock.label', clock.daysLeft, 'late', t);
}

/** The office's own target in a few words; empty where the rule has none apart from the legal day, or while the clock stands. */
export function targetLabel(clock: Clock, t: Translate): string {
  if (clock.targetOn === clock.legalOn || clock.state === 'paused') return '';
  return wordsFor('clock.target', clock.targetDaysLeft, 'passed', t);
}

function wordsFor(prefix: string, left: number, past: string, t: Translate): string {
  if (left === 0) return t(`${prefix}.today`);
  return left > 0 ? t(`${prefix}.left`, { days: left }) : t(`${prefix}.${past}`, { days: -left });
}
