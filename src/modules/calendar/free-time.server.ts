import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { addDays, instantIn } from '../../core/day.ts';
import { day, say } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { wrong } from '../../core/refusal.ts';
import { officeCalendar } from '../registry/index.ts';
import { calendarsOf } from './calendar.server.ts';
import { listedIds } from './engagement-input.ts';
import { freeTimes } from './free-time.ts';

const daysAtMost = 62;

export const findTime = operation({
  id: 'engagement.find_time', kind: 'query', rest: 'GET /engagements/free-times', allow: ['staff'], isAlone: true,
  summary: 'Times at which several people, and rooms or cars if asked for, are free for so many minutes, within the hours of the office.',
  input: z.object({ personIds: listedIds(30), resourceIds: listedIds(10), minutes: z.coerce.number(say('field.number')).int(say('field.number')).min(5, say('field.number')).max(720, say('field.number')), fromOn: day(), untilOn: day(), most: z.coerce.number().int().min(1).max(100).default(12) }),
  output: z.object({ times: z.array(z.object({ startsAt: z.date(), endsAt: z.date() })) }),
  async run(context, input) {
    const { db, office, now } = context;
    if (input.untilOn < input.fromOn) throw wrong({ untilOn: { key: 'field.day_order' } });
    if (input.untilOn > addDays(input.fromOn, daysAtMost)) throw wrong({ untilOn: { key: 'field.day_far' } });
    const zone = office.jurisdiction.timeZone;
    const [from, until] = [instantIn(zone, input.fromOn), instantIn(zone, addDays(input.untilOn, 1))];
    const calendarIds = [...(await calendarsOf(context, input.personIds)).values()];
    const known = input.resourceIds.length === 0 ? [] : await db.selectFrom('resource').select('id').where('office_id', '=', office.id).where('id', 'in', input.resourceIds).execute();
    if (known.length < new Set(input.resourceIds).size) throw wrong({ resourceIds: { key: 'field.choose' } });
    const { rows } = await sql<{ from: Date; until: Date }>`select busy_from as from, busy_until as until from occurrence where office_id = ${office.id} and calendar_id = any(${calendarIds}::uuid[]) and not is_free and not is_long and starts_at > ${from}::timestamptz - interval '2 days' and starts_at < ${until}::timestamptz + interval '2 days'
      union all select busy_from, busy_until from occurrence where office_id = ${office.id} and calendar_id = any(${calendarIds}::uuid[]) and not is_free and is_long and starts_at < ${until}::timestamptz + interval '2 days' and busy_until > ${from}
      union all select lower(during), upper(during) from booking where office_id = ${office.id} and resource_id = any(${input.resourceIds}::uuid[]) and state = 'confirmed' and during && tstzrange(${from}, ${until})`.execute(db);
    const calendar = await officeCalendar(db, office);
    const times = freeTimes({ busy: rows, minutes: input.minutes, fromOn: input.fromOn, untilOn: input.untilOn, notBefore: now, zone, hours: office.data.hours.week, isWorkingDay: (on) => calendar.isWorkingDay(on), most: input.most });
    return { times: times.map((startsAt) => ({ startsAt, endsAt: new Date(startsAt.getTime() + input.minutes * 60_000) })) };
  },
});
