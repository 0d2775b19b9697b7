import { z } from 'zod';
import { day, line } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { wrong } from '../../core/refusal.ts';
import { moveRunningClocks } from './clock.server.ts';

export const addClosingDay = operation({
  id: 'closing_day.add', kind: 'command', rest: 'POST /closing-days', allow: ['chief', 'registrar', 'it'], asOffice: true,
  summary: 'Declares a non-working day of the office or its government; the clocks that run move with it.',
  input: z.object({ dayOn: day(), name: line(120) }),
  output: z.object({ moved: z.number() }),
  async run(context, input) {
    const added = await context.db.insertInto('closing_day').values({ office_id: context.office.id, day_on: input.dayOn, name: input.name }).onConflict((conflict) => conflict.doNothing()).returning('day_on').executeTakeFirst();
    if (!added) throw wrong({ dayOn: { key: 'field.day_known' } });
    const moved = await moveRunningClocks(context);
    context.record({ name: 'closing_day.added', data: { dayOn: input.dayOn, moved } });
    return { moved };
  },
});

export const listClosingDays = operation({
  id: 'closing_day.list', kind: 'query', rest: 'GET /closing-days', allow: ['staff'],
  summary: 'The non-working days that the office declared besides those of the law.',
  input: z.object({}),
  output: z.object({ days: z.array(z.object({ dayOn: z.string(), name: z.string() })) }),
  async run({ db, office }) {
    const rows = await db.selectFrom('closing_day').select(['day_on', 'name']).where('office_id', '=', office.id).orderBy('day_on', 'desc').execute();
    return { days: rows.map((row) => ({ dayOn: row.day_on, name: row.name })) };
  },
});
