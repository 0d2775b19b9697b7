import { z } from 'zod';
import { addDays } from '../../core/day.ts';
import { operation } from '../../core/operation.ts';
import { officeCalendar } from '../registry/index.ts';
import { periods } from './plan.ts';
import { preparers } from './plan.server.ts';

export const waitingPlans = operation({
  id: 'plan.waiting', kind: 'query', rest: 'GET /plans/waiting', allow: preparers,
  summary: 'Plans that are being prepared or wait for approval, and whether the next working day has none.',
  input: z.object({}),
  output: z.object({ waiting: z.array(z.object({ id: z.string(), period: z.enum(periods), fromOn: z.string(), untilOn: z.string(), state: z.enum(['draft', 'submitted']), isPublished: z.boolean() })), missing: z.boolean() }),
  async run({ db, office, today }) {
    const next = (await officeCalendar(db, office)).nextWorkingDay(addDays(today, 1));
    const rows = await db.selectFrom('plan').select(['id', 'period', 'from_on', 'until_on', 'state', 'is_published']).where('office_id', '=', office.id).where('from_on', '>=', addDays(today, -31)).where('until_on', '>=', today).where('state', 'in', ['draft', 'submitted', 'approved']).orderBy('from_on').limit(100).execute();
    const waiting = rows.filter((row) => row.state !== 'approved').slice(0, 8);
    return { waiting: waiting.map((row) => ({ id: row.id, period: row.period as 'day', fromOn: row.from_on, untilOn: row.until_on, state: row.state as 'draft', isPublished: row.is_published })), missing: !rows.some((row) => row.period === 'day' && row.from_on === next) };
  },
});
