import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { addMonths, type Day } from '../../core/day.ts';
import { choice } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { wrong } from '../../core/refusal.ts';
import { doneDay, narrowed, narrowing, outcome } from './obligation-list.server.ts';

export const groups = ['committee', 'unit', 'owner', 'giver', 'source'] as const;
export type Group = (typeof groups)[number];
const Figures = z.object({ given: z.number(), inTime: z.number(), doneLate: z.number(), waiting: z.number(), open: z.number(), late: z.number(), dropped: z.number(), moved: z.number(), averageDays: z.number().nullable() });
export type Figures = z.infer<typeof Figures>;
const keyOf: Record<Group, string> = { committee: 'o.committee_id::text', unit: 'o.unit_id', owner: 'o.owner_id::text', giver: 'o.given_by::text', source: 'o.source' };
const nameOf: Record<Group, string> = { committee: '(select k.name from committee k where k.office_id = x.office_id and k.id::text = x.key)', unit: 'null', owner: '(select p.name from person p where p.office_id = x.office_id and p.id::text = x.key)', giver: '(select p.name from person p where p.office_id = x.office_id and p.id::text = x.key)', source: 'null' };
const figuresAtMost = 300;

export const readRealisation = operation({
  id: 'obligation.realisation', kind: 'query', rest: 'GET /obligations/realisation', allow: ['staff'],
  summary: 'How what was given in a period was carried out, whole and per body, unit, person or giver: done in time, late, waiting, open, past its day, dropped, moved, and the days it took.',
  input: z.object({ ...narrowing, by: choice(groups).default('unit') }),
  output: z.object({ from: z.string(), until: z.string(), total: Figures, groups: z.array(Figures.extend({ key: z.string(), name: z.string() })), months: z.array(z.object({ month: z.string(), given: z.number(), done: z.number() })) }),
  async run(context, input) {
    const { db, today, office } = context;
    const until: Day = input.until || today;
    const from: Day = input.from || addMonths(`${until.slice(0, 7)}-01`, -11);
    if (from > until) throw wrong({ until: { key: 'field.day_order' } });
    const conditions = sql.join(narrowed(context, { ...input, from, until }), sql` and `);
    const one = sql`select o.office_id, coalesce(${sql.raw(keyOf[input.by])}, '') as key, ${outcome(context)} as outcome, (o.first_due_on <> o.due_on) as moved, case when o.state = 'done' then ${doneDay(context)} - (o.at at time zone ${office.jurisdiction.timeZone})::date end as days, o.at, coalesce(o.reported_at, o.ended_at) as done_at, o.state from obligation o where ${conditions}`;
    const figures = sql`count(*)::int as given, count(*) filter (where outcome = 'in_time')::int as "inTime", count(*) filter (where outcome = 'done_late')::int as "doneLate", count(*) filter (where outcome = 'waiting')::int as waiting, count(*) filter (where outcome = 'open')::int as open,
      count(*) filter (where outcome = 'late')::int as late, count(*) filter (where outcome = 'dropped')::int as dropped, count(*) filter (where moved)::int as moved, avg(days)::float8 as "averageDays"`;
    type Row = Figures & { key: string | null; name: string | null };
    const rows = (await sql<Row>`select x.*, ${sql.raw(nameOf[input.by])} as name from (select ${figures}, office_id, key from (${one}) o group by grouping sets ((office_id, key), ())) x order by given desc, key limit ${figuresAtMost}`.execute(db)).rows;
    const zone = office.jurisdiction.timeZone;
    const month = (at: string) => sql`to_char(${sql.ref(at)} at time zone ${zone}, 'YYYY-MM')`;
    const counted = (await sql<{ month: string; given: number; done: number }>`with one as materialized (${one}) select month, sum(given)::int as given, sum(done)::int as done
      from (select ${month('at')} as month, 1 as given, 0 as done from one union all select ${month('done_at')}, 0, 1 from one where state = 'done') x group by month`.execute(db)).rows;
    const known = new Map(counted.map((row) => [row.month, row]));
    const months: { month: string; given: number; done: number }[] = [];
    for (let on = `${from.slice(0, 7)}-01`; on <= until && months.length < 60; on = addMonths(on, 1)) months.push(known.get(on.slice(0, 7)) ?? { month: on.slice(0, 7), given: 0, done: 0 });
    const figuresOf = ({ given, inTime, doneLate, waiting, open, late, dropped, moved, averageDays }: Row): Figures => ({ given, inTime, doneLate, waiting, open, late, dropped, moved, averageDays });
    const total = rows.find((row) => row.key === null);
    return { from, until, total: figuresOf(total!), groups: rows.filter((row) => row.key !== null).map((row) => ({ ...figuresOf(row), key: row.key!, name: row.name ?? '' })), months };
  },
});
