import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { addMonths } from '../../core/day.ts';
import { operation } from '../../core/operation.ts';

const Counted = z.object({ key: z.string(), count: z.number() });
export const audienceFigures = operation({
  id: 'audience.statistics', kind: 'query', rest: 'GET /audiences/statistics', allow: ['chief', 'mayor', 'deputy', 'citizens', 'quality', 'auditor', 'registrar', 'head', 'protocol', 'adviser', 'clerk'],
  summary: 'What people came for, as far as the caller may see: by month, topic, department, place, channel and outcome; how long they waited and talked, and how promises were kept.',
  input: z.object({ months: z.coerce.number().int().min(1).max(60).default(12) }),
  output: z.object({
    totals: z.object({ asked: z.number(), held: z.number(), waiting: z.number(), missed: z.number(), declined: z.number(), redirected: z.number(), waitDays: z.number().nullable(), talkMinutes: z.number().nullable(), promises: z.number(), done: z.number(), late: z.number() }),
    months: z.array(z.object({ month: z.string(), asked: z.number(), held: z.number() })), topics: z.array(Counted.extend({ held: z.number(), waitDays: z.number().nullable() })), units: z.array(Counted.extend({ promises: z.number(), done: z.number(), late: z.number() })),
    outcomes: z.array(Counted), channels: z.array(Counted), places: z.array(Counted),
  }),
  async run({ db, office, today }, input) {
    const from = `${addMonths(today, 1 - input.months).slice(0, 7)}-01`;
    const zone = office.jurisdiction.timeZone;
    const since = sql`with own as materialized (select a.*, (a.at at time zone ${zone})::date as on_day, extract(epoch from a.started_at - a.at) / 86400 as wait, extract(epoch from a.ended_at - a.started_at) / 60 as talked, coalesce(p.place, '') as town
      from audience a left join party p on p.office_id = a.office_id and p.id = a.party_id where a.office_id = ${office.id} and (a.at at time zone ${zone})::date >= ${from}::date)`;
    const half = (what: string) => sql`percentile_cont(0.5) within group (order by ${sql.ref(what)}) filter (where own.ended_at is not null)`;
    const [totals, kept, months, topics, units, outcomes, channels, places] = await Promise.all([
      sql<{ asked: number; held: number; waiting: number; missed: number; declined: number; redirected: number; wait: number | null; talked: number | null }>`${since} select count(*)::int as asked, count(*) filter (where ended_at is not null)::int as held, count(*) filter (where state in ('asked', 'waiting'))::int as waiting,
        count(*) filter (where state = 'missed')::int as missed, count(*) filter (where state = 'declined')::int as declined, count(*) filter (where state = 'redirected')::int as redirected, ${half('own.wait')}::float as wait, ${half('own.talked')}::float as talked from own`.execute(db),
      sql<{ promises: number; done: number; late: number }>`${since} select count(*)::int as promises, count(*) filter (where o.state = 'done')::int as done, count(*) filter (where o.state in ('open', 'reported') and o.due_on < ${today}::date)::int as late
        from obligation o join own on own.id = o.source_id where o.office_id = ${office.id} and o.source_noun = 'audience' and o.state <> 'dropped'`.execute(db),
      sql<{ month: string; asked: number; held: number }>`${since} select to_char(m, 'YYYY-MM') as month, count(own.id)::int as asked, count(own.id) filter (where own.ended_at is not null)::int as held
        from generate_series(${from}::date, ${today}::date, interval '1 month') m left join own on date_trunc('month', own.on_day) = m group by m order by m`.execute(db),
      sql<{ key: string; count: number; held: number; wait: number | null }>`${since} select topic as key, count(*)::int as count, count(*) filter (where ended_at is not null)::int as held, ${half('own.wait')}::float as wait from own group by topic order by count(*) desc, topic`.execute(db),
      sql<{ key: string; count: number; promises: number; done: number; late: number }>`${since} select coalesce(o.unit_id, '') as key, count(distinct own.id)::int as count, count(*)::int as promises, count(*) filter (where o.state = 'done')::int as done, count(*) filter (where o.state in ('open', 'reported') and o.due_on < ${today}::date)::int as late
        from obligation o join own on own.id = o.source_id where o.office_id = ${office.id} and o.source_noun = 'audience' and o.state <> 'dropped' group by o.unit_id order by count(*) desc, o.unit_id`.execute(db),
      sql<{ key: string; count: number }>`${since} select outcome as key, count(*)::int as count from own where outcome is not null group by outcome order by count(*) desc`.execute(db),
      sql<{ key: string; count: number }>`${since} select channel as key, count(*)::int as count from own group by channel order by count(*) desc`.execute(db),
      sql<{ key: string; count: number }>`${since} select town as key, count(*)::int as count from own group by town order by count(*) desc, town limit 12`.execute(db),
    ]);
    const all = totals.rows[0]!;
    return {
      totals: { asked: all.asked, held: all.held, waiting: all.waiting, missed: all.missed, declined: all.declined, redirected: all.redirected, waitDays: all.wait, talkMinutes: all.talked, ...kept.rows[0]! },
      months: months.rows, topics: topics.rows.map(({ wait, ...row }) => ({ ...row, waitDays: wait })), units: units.rows, outcomes: outcomes.rows, channels: channels.rows, places: places.rows,
    };
  },
});
