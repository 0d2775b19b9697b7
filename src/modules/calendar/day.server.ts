import { z } from 'zod';
import { addDays, daysBetween } from '../../core/day.ts';
import { day } from '../../core/input.ts';
import { localText } from '../../core/language.ts';
import { operation } from '../../core/operation.ts';
import { wrong } from '../../core/refusal.ts';
import { officeCalendar } from '../registry/index.ts';

const daysAtMost = 400;

export const listDays = operation({
  id: 'calendar.days', kind: 'query', rest: 'GET /calendars/days', allow: ['staff'],
  summary: 'The days of a period on which the office is closed: weekends, and by law or decision those with a name.',
  input: z.object({ from: day(), until: day() }),
  output: z.object({ closed: z.array(z.object({ on: z.string(), name: z.string() })) }),
  async run({ db, office, caller }, input) {
    const count = daysBetween(input.from, input.until);
    if (count < 0 || count > daysAtMost) throw wrong({ until: { key: 'field.day_order' } });
    const calendar = await officeCalendar(db, office);
    const days = Array.from({ length: count + 1 }, (_, index) => addDays(input.from, index));
    return { closed: days.filter((on) => !calendar.isWorkingDay(on)).map((on) => ({ on, name: localText(calendar.closingName(on) ?? {}, caller.locale) })) };
  },
});
