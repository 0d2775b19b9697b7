import { addDays, dayIn, instantIn, weekStart, type Day } from '../core/day.ts';
import { isWorkingDay } from '../core/holiday.ts';
import { textIn } from '../core/message.ts';
import { approvePlan, preparePlan, publishPlan, submitPlan } from '../modules/plan/plan.server.ts';
import { mailPlans } from '../modules/plan/plan-mail.server.ts';
import type { Period } from '../modules/plan/plan.ts';
import { addReader } from '../modules/plan/reader.server.ts';
import type { Stage } from './tell.ts';

const newsroom = { sr: 'Редакција градског листа', cnr: 'Редакција градског листа', mk: 'Редакција на градскиот весник', ro: 'Redacția ziarului local', en: 'Editors of the local paper' };

/** Weekly plans of the last weeks and this one, daily ones of the last days; tomorrow's awaits approval. */
export function tellPlan({ kernel, office, cast, add, now }: Stage): void {
  const zone = office.jurisdiction.timeZone;
  const today = dayIn(zone, now);
  const works = (day: Day): boolean => isWorkingDay(office.jurisdiction, day);
  const before = (day: Day): Day => (works(addDays(day, -1)) ? addDays(day, -1) : before(addDays(day, -1)));
  const after = (day: Day): Day => (works(addDays(day, 1)) ? addDays(day, 1) : after(addDays(day, 1)));
  const tell = (period: Period, on: Day): void => {
    const eve = before(on);
    add(instantIn(zone, eve, period === 'day' ? '14:10' : '13:20'), async (moment) => {
      const { id } = await kernel.run(preparePlan, cast.chief, { period, on }, { now: moment });
      const later = new Date(moment.getTime() + 45 * 60_000);
      await kernel.run(approvePlan, cast.mayor, { id }, { now: later });
      if (period === 'week') await kernel.run(publishPlan, cast.chief, { id }, { now: later });
    });
  };
  add(instantIn(zone, addDays(today, -40), '10:00'), async (moment) => {
    for (const person of [cast.mayor, cast.chief, cast.registrar]) await kernel.run(addReader, cast.chief, { personId: person.personId, audience: 'internal' }, { now: moment });
    await kernel.run(addReader, cast.chief, { email: 'press@novine.example', name: textIn(newsroom, office.locale), audience: 'public', periods: ['week'] }, { now: moment });
  });
  for (const weeks of [-4, -3, -2, -1, 0]) tell('week', addDays(weekStart(today), weeks * 7));
  tell('month', `${today.slice(0, 7)}-01`);
  let day = works(today) ? today : before(today);
  for (let n = 0; n < 3; n++) {
    tell('day', day);
    const eve = before(day);
    add(instantIn(zone, eve, '17:00'), async (moment) => void (await kernel.run(mailPlans, kernel.system(office), {}, { now: moment })));
    day = before(day);
  }
  const next = after(today);
  if (weekStart(next) > weekStart(today)) tell('week', next);
  add(new Date(now.getTime() - 1_800_000), async (moment) => {
    const { id } = await kernel.run(preparePlan, cast.chief, { period: 'day', on: next }, { now: moment });
    await kernel.run(submitPlan, cast.chief, { id }, { now: moment });
  });
}
