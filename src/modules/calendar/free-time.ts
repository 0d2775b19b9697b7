import { addDays, instantIn, weekdayOf, type Day } from '../../core/day.ts';

export type Busy = { from: Date; until: Date };
const step = 30 * 60_000;

/** Up to `most` starts at which nobody is busy for so long, within the hours of the days on which the office works, at full and half hours. */
export function freeTimes(asked: { busy: readonly Busy[]; minutes: number; fromOn: Day; untilOn: Day; notBefore: Date; zone: string; hours: readonly (readonly [string, string])[]; isWorkingDay(day: Day): boolean; most: number }): Date[] {
  const busy = asked.busy.toSorted((a, b) => a.from.getTime() - b.from.getTime());
  const found: Date[] = [];
  for (let day = asked.fromOn; day <= asked.untilOn && found.length < asked.most; day = addDays(day, 1)) {
    const hours = asked.hours[weekdayOf(day) - 1] ?? (weekdayOf(day) <= 5 && asked.hours.length === 0 ? ['08:00', '16:00'] as const : undefined);
    if (!hours || !asked.isWorkingDay(day)) continue;
    const closes = instantIn(asked.zone, day, hours[1]).getTime();
    const today = busy.filter((one) => one.until.getTime() > instantIn(asked.zone, day, hours[0]).getTime() && one.from.getTime() < closes);
    for (let at = instantIn(asked.zone, day, hours[0]).getTime(); at + asked.minutes * 60_000 <= closes && found.length < asked.most; at += step) {
      const until = at + asked.minutes * 60_000;
      if (at >= asked.notBefore.getTime() && !today.some((one) => one.from.getTime() < until && one.until.getTime() > at)) found.push(new Date(at));
    }
  }
  return found;
}
