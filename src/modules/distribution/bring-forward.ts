import { addMonths, daysInMonth, partsOf, weekdayOf, dayOf, type Day } from '../../core/day.ts';
import type { WorkCalendar } from '../../core/holiday.ts';

/** The day on which a case comes back: the day asked for, or the next on which the office works. */
export const forwardDay = (calendar: Pick<WorkCalendar, 'isWorkingDay' | 'nextWorkingDay'>, on: Day): Day => (calendar.isWorkingDay(on) ? on : calendar.nextWorkingDay(on));

/** The folders of the rokovnik: one for each day of the month, the 32nd for what comes later. */
export const laterSlot = 32;
/** The folder in which a case lies that is due on `dueOn`, seen on `today`: what is overdue lies in today's. */
export function slotOf(dueOn: Day, today: Day): number {
  const on = dueOn < today ? today : dueOn;
  return on.slice(0, 7) === today.slice(0, 7) ? partsOf(on).date : laterSlot;
}

export type Slot = { slot: number; on: Day | null };
/** The month of `today` in weeks from Monday, with null where no day is. */
export function monthGrid(today: Day): (Day | null)[] {
  const { year, month } = partsOf(today);
  const first = dayOf(year, month, 1);
  const days = Array.from({ length: daysInMonth(year, month) }, (_, index) => dayOf(year, month, index + 1));
  const before = Array.from({ length: weekdayOf(first) - 1 }, () => null);
  const after = Array.from({ length: (7 - ((before.length + days.length) % 7)) % 7 }, () => null);
  return [...before, ...days, ...after];
}
export const nextMonth = (today: Day): Day => addMonths(`${today.slice(0, 7)}-01`, 1);
