import { addDays, type Day } from '../../core/day.ts';
import type { WorkCalendar } from '../../core/holiday.ts';
import ladder from './ladder.json' with { type: 'json' };

export type Reader = 'owner' | 'head' | 'giver' | 'lead';
/** A rung is reached so many calendar or working days after the day by which it is due; before it where negative. */
export type Rung = { key: string; calendarDays?: number; workingDays?: number; to: readonly Reader[] };
export const rungs = ladder as readonly Rung[];

/** The first day on which the rung is reached. */
export function rungOn(rung: Rung, dueOn: Day, calendar: Pick<WorkCalendar, 'nextWorkingDay'>): Day {
  let on = addDays(dueOn, rung.calendarDays ?? 0);
  for (let left = rung.workingDays ?? 0; left > 0; left--) on = calendar.nextWorkingDay(addDays(on, 1));
  return on;
}

/** How many rungs have been reached by a day: 0 where none, else the number of the highest. */
export const reached = (dueOn: Day, today: Day, calendar: Pick<WorkCalendar, 'nextWorkingDay'>, of: readonly Rung[] = rungs): number => of.findLastIndex((rung) => rungOn(rung, dueOn, calendar) <= today) + 1;
