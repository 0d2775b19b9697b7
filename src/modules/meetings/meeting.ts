import { addDays, weekdayOf, type Day } from '../../core/day.ts';
import type { WorkCalendar } from '../../core/holiday.ts';
import type { Lifecycle } from '../../core/lifecycle.ts';

export const meetingStates = ['planned', 'convened', 'open', 'closed', 'issued', 'adopted', 'cancelled'] as const;
export type MeetingState = (typeof meetingStates)[number];
export const meetingActs = ['prepare', 'postpone', 'convene', 'reconvene', 'open', 'adjourn', 'close', 'issue', 'adopt', 'cancel'] as const;
export type MeetingAct = (typeof meetingActs)[number];

/** A sitting, from its plan to its adopted minutes. Put off, it is called anew; interrupted, it stays called. */
export const meetingLifecycle: Lifecycle<MeetingState, MeetingAct> = {
  noun: 'meeting', initial: 'planned',
  steps: [
    { act: 'prepare', from: ['planned', 'convened'], to: '=' },
    { act: 'convene', from: ['planned'], to: 'convened' },
    { act: 'reconvene', from: ['convened'], to: '=' },
    { act: 'postpone', from: ['planned', 'convened'], to: 'planned' },
    { act: 'open', from: ['convened'], to: 'open' },
    { act: 'adjourn', from: ['open'], to: 'convened' },
    { act: 'close', from: ['open'], to: 'closed' },
    { act: 'issue', from: ['closed', 'issued'], to: 'issued' },
    { act: 'adopt', from: ['issued'], to: 'adopted' },
    { act: 'cancel', from: ['planned', 'convened'], to: 'cancelled' },
  ],
};

export const meetingKinds = ['regular', 'extraordinary', 'constituent'] as const;
export type MeetingKind = (typeof meetingKinds)[number];
export const itemKinds = ['verification', 'minutes', 'point', 'information', 'questions'] as const;
export type ItemKind = (typeof itemKinds)[number];

/** The last day on which members may be called to a sitting: as many whole days before it, and an open day. */
export function lastNoticeOn(sittingOn: Day, noticeDays: number, calendar: Pick<WorkCalendar, 'isWorkingDay'>): Day {
  let on = addDays(sittingOn, -noticeDays);
  // A year without a working day would be an error in the data; it must not hang.
  for (let tries = 0; tries < 400 && !calendar.isWorkingDay(on); tries++) on = addDays(on, -1);
  return on;
}

/** Days of sittings to come: the weekday (1 Monday) every so many weeks from `from` on, each moved on to a day the office is open. */
export function sittingDays(from: Day, weekday: number, everyWeeks: number, count: number, calendar: Pick<WorkCalendar, 'nextWorkingDay'>): Day[] {
  const first = addDays(from, (weekday - weekdayOf(from) + 7) % 7);
  return Array.from({ length: count }, (_, index) => calendar.nextWorkingDay(addDays(first, index * 7 * everyWeeks)));
}

/** When each point begins if all take the time that was asked for. */
export function timetable(startsAt: Date, minutes: readonly number[]): Date[] {
  let at = startsAt.getTime();
  return minutes.map((one) => {
    const begins = new Date(at);
    at += one * 60_000;
    return begins;
  });
}

export type PointMark = 'new' | 'moved' | 'dropped' | null;
/** What became of each point since the agenda that members were called with; a point is moved when those that stay stand in another order. */
export function agendaMarks(before: readonly string[], after: readonly string[]): { marks: Map<string, PointMark>; dropped: string[] } {
  const [had, has] = [new Set(before), new Set(after)];
  const stayed = before.filter((one) => has.has(one));
  const now = after.filter((one) => had.has(one));
  const kept = longestCommon(stayed, now);
  return {
    marks: new Map(after.map((one): [string, PointMark] => [one, !had.has(one) ? 'new' : kept.has(one) ? null : 'moved'])),
    dropped: before.filter((one) => !has.has(one)),
  };
}

/** The most points that stand in the same order in both: those that were not moved. */
function longestCommon(before: readonly string[], after: readonly string[]): Set<string> {
  const place = new Map(before.map((one, index) => [one, index]));
  const chains: string[][] = [];
  for (const [index, one] of after.entries()) {
    let longest: string[] = [];
    for (let earlier = 0; earlier < index; earlier++)
      if (place.get(after[earlier]!)! < place.get(one)! && chains[earlier]!.length > longest.length) longest = chains[earlier]!;
    chains.push([...longest, one]);
  }
  return new Set(chains.reduce((longest, one) => (one.length > longest.length ? one : longest), []));
}
