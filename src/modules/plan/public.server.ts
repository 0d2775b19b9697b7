import { z } from 'zod';
import { addDays, weekStart } from '../../core/day.ts';
import { day } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { daysOf, PlanContent, periods, type Period } from './plan.ts';
import { isOn } from './plan-print.ts';

const PublicEntry = z.object({ key: z.string(), on: z.string(), startsAt: z.date(), endsAt: z.date(), isAllDay: z.boolean(), title: z.string(), place: z.string(), leader: z.string(), role: z.string() });
export type PublicEntry = z.infer<typeof PublicEntry>;

export const readPublicPlan = operation({
  id: 'plan.read_public', kind: 'query', rest: 'GET /public/plan', allow: ['public'], asOffice: true,
  summary: 'The published plan of the week in which a day lies, in the words meant for the public; a published plan of a single day takes the place of its day.',
  input: z.object({ on: z.union([z.literal(''), day()]).default('') }),
  output: z.object({ fromOn: z.string(), untilOn: z.string(), approvedAt: z.date().nullable(), entries: z.array(PublicEntry), previous: z.string().nullable(), next: z.string().nullable() }),
  async run(context, input) {
    const { db, office, today } = context;
    const fromOn = weekStart(input.on || today);
    const untilOn = addDays(fromOn, 6);
    const published = () => db.selectFrom('plan').where('plan.office_id', '=', office.id).where('plan.is_published', '=', true).where('plan.state', '=', 'approved');
    const plans = await published().innerJoin('plan_copy as c', (join) => join.onRef('c.office_id', '=', 'plan.office_id').onRef('c.plan_id', '=', 'plan.id')).select(['plan.period', 'plan.from_on', 'plan.until_on', 'plan.approved_at', 'c.content'])
      .where('c.audience', '=', 'public').where('plan.from_on', '<=', untilOn).where('plan.until_on', '>=', fromOn).execute();
    const zone = office.jurisdiction.timeZone;
    // The nearest plan speaks for a day: its own before the week's, the week's before the month's.
    const entries = daysOf({ fromOn, untilOn }).flatMap((on) => {
      const plan = plans.filter((one) => one.from_on <= on && one.until_on >= on).toSorted((a, b) => periods.indexOf(a.period as Period) - periods.indexOf(b.period as Period))[0];
      if (!plan) return [];
      const content = PlanContent.parse(plan.content);
      return content.entries.filter((entry) => isOn(entry, on, zone)).map((entry) => {
        const leader = content.leaders.find((one) => one.id === entry.leaderId);
        return { key: `${on}.${entry.key}`, on, startsAt: entry.startsAt, endsAt: entry.endsAt, isAllDay: entry.isAllDay, title: entry.title, place: entry.place, leader: leader?.name ?? '', role: leader?.role ?? '' };
      });
    });
    const beside = async (week: string): Promise<string | null> => ((await published().select('id').where('from_on', '<=', addDays(week, 6)).where('until_on', '>=', week).where('period', '<>', 'month').limit(1).executeTakeFirst()) ? week : null);
    const approvedAt = plans.map((plan) => plan.approved_at).filter((at) => at !== null).toSorted((a, b) => b.getTime() - a.getTime())[0] ?? null;
    return { fromOn, untilOn, approvedAt, entries, previous: await beside(addDays(fromOn, -7)), next: await beside(addDays(fromOn, 7)) };
  },
});
