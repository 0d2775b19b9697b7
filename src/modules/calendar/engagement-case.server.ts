import { z } from 'zod';
import { id } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { getCaseFile } from '../registry/index.ts';
import { engagementKinds } from './engagement.ts';

const most = 50;

export const engagementsOfCase = operation({
  id: 'engagement.of_case', kind: 'query', rest: 'GET /cases/{caseId}/engagements', allow: ['staff'],
  summary: 'The engagements of a case that the caller may read, the latest first; of a series the series.',
  input: z.object({ caseId: id() }),
  output: z.object({ engagements: z.array(z.object({ id: z.string(), calendarName: z.string(), kind: z.enum(engagementKinds), title: z.string(), place: z.string(), startsAt: z.date(), endsAt: z.date(), isAllDay: z.boolean(), state: z.enum(['tentative', 'confirmed', 'cancelled']) })) }),
  async run(context, input) {
    const { db, office } = context;
    const file = await getCaseFile(context, input.caseId);
    const rows = await db.selectFrom('engagement as e').innerJoin('calendar as k', (join) => join.onRef('k.office_id', '=', 'e.office_id').onRef('k.id', '=', 'e.calendar_id')).leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'k.office_id').onRef('p.id', '=', 'k.person_id'))
      .select(['e.id', 'k.name as own_name', 'p.name as owner', 'e.kind', 'e.title', 'e.place', 'e.starts_at', 'e.ends_at', 'e.is_all_day', 'e.state']).where('e.office_id', '=', office.id).where('e.case_id', '=', file.id).where('e.series_id', 'is', null).orderBy('e.starts_at', 'desc').limit(most).execute();
    return { engagements: rows.map((row) => ({ id: row.id, calendarName: row.owner ?? row.own_name, kind: row.kind as 'meeting', title: row.title, place: row.place, startsAt: row.starts_at, endsAt: row.ends_at, isAllDay: row.is_all_day, state: row.state as 'confirmed' })) };
  },
});
