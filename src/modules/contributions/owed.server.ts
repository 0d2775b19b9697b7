import type { RawBuilder } from 'kysely';
import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { addDays, isDay } from '../../core/day.ts';
import { isId } from '../../core/id.ts';
import { check, choice, day, id, optionalLine, say } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound } from '../../core/refusal.ts';
import { getCaseFile } from '../registry/index.ts';
import { Contribution, contributionFrom, type ContributionRow } from './contribution.server.ts';

export const OwedRow = Contribution.extend({ askId: z.string().nullable(), reference: z.string(), subject: z.string(), askedBy: z.string(), moreUntil: z.string().nullable(), version: z.number() });
type Found = ContributionRow & { ask_id: string | null; reference: string; subject: string; asker: string | null; more_until: string | null; version: number; cursor: string };
const rowFrom = (row: Found): z.infer<typeof OwedRow> => ({ ...contributionFrom(row), askId: row.ask_id, reference: row.reference, subject: row.subject, askedBy: row.asker ?? '', moreUntil: row.more_until, version: row.version });
const shown = sql.raw(`k.id, k.case_id, k.asked_name, k.unit_id, k.party_id, k.title, k.question, to_char(k.due_on, 'YYYY-MM-DD') as due_on, k.state, k.reply, k.replied_by, k.asked_at, k.replied_at, k.ask_id, to_char(k.more_until, 'YYYY-MM-DD') as more_until, k.version, c.reference, c.subject, p.name as asker`);
const beside = sql.raw('join case_file c on c.office_id = k.office_id and c.id = k.case_id left join person p on p.office_id = k.office_id and p.id = k.asked_by');
const marksOf = ({ caller }: Pick<Context, 'caller'>) => sql`${[...caller.marks]}::text[]`;
const open = sql`k.state in ('asked', 'returned')`;

export const owedViews = ['owed', 'mine', 'asked', 'all'] as const;
export type OwedView = (typeof owedViews)[number];
function inView(view: OwedView, context: Pick<Context, 'caller'>): RawBuilder<unknown> {
  switch (view) {
    case 'owed': return open;
    case 'mine': return sql`${open} and k.unit_id = any(${marksOf(context)})`;
    case 'asked': return sql`k.asked_by::text = any(${marksOf(context)})`;
    case 'all': return sql`true`;
  }
}

export const owedContributions = operation({
  id: 'contribution.owed', kind: 'query', rest: 'GET /contributions/owed', allow: ['staff'],
  summary: 'What was asked for and has not come, the earliest due first; `mine`: what my units owe.',
  input: z.object({ mine: check() }),
  output: z.object({ contributions: z.array(OwedRow) }),
  async run(context, input) {
    const { db, office } = context;
    const found = await sql<Found>`select ${shown} from contribution k ${beside} where k.office_id = ${office.id} and ${inView(input.mine ? 'mine' : 'owed', context)} order by k.due_on, k.id limit 200`.execute(db);
    return { contributions: found.rows.map(rowFrom) };
  },
});

const rowsAPage = 50;
const isCursor = (value: string): boolean => {
  const [at = '', rowId = ''] = value.split('|');
  return value === '' || (/^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?)?$/.test(at) && isDay(at.slice(0, 10)) && isId(rowId));
};

export const listAsked = operation({
  id: 'contribution.list', kind: 'query', rest: 'GET /contributions', allow: ['staff'],
  summary: 'Contributions: all that is owed, what my units owe, what I asked for, or all; of one addressee; pages by cursor.',
  input: z.object({ view: choice(owedViews).default('owed'), of: optionalLine(80), after: optionalLine(120).refine(isCursor, say('field.wrong')), limit: z.coerce.number().int().min(1).max(1000).default(rowsAPage) }),
  output: z.object({ contributions: z.array(OwedRow), next: z.string().nullable() }),
  async run(context, input) {
    const { db, office } = context;
    const conditions = [sql`k.office_id = ${office.id}`, inView(input.view, context)];
    const [kind, which = ''] = input.of.split(':');
    if (kind === 'unit') conditions.push(sql`k.unit_id = ${which}`);
    if (kind === 'body') conditions.push(isId(which) ? sql`k.party_id = ${which}::uuid` : sql`false`);
    // What is owed by its day, the rest newest first.
    const byDay = input.view === 'owed' || input.view === 'mine';
    const [at, rowId] = input.after.split('|');
    if (at && rowId) conditions.push(byDay ? sql`(k.due_on, k.id) > (${at}::date, ${rowId}::uuid)` : sql`(k.asked_at, k.id) < (${at}::timestamptz, ${rowId}::uuid)`);
    const found = await sql<Found>`select ${shown}, ${byDay ? sql`k.due_on::text` : sql`k.asked_at::text`} as cursor from contribution k ${beside} where ${sql.join(conditions, sql` and `)}
      order by ${byDay ? sql`k.due_on, k.id` : sql`k.asked_at desc, k.id desc`} limit ${input.limit + 1}`.execute(db);
    const last = found.rows.length > input.limit ? found.rows[input.limit - 1]! : null;
    return { contributions: found.rows.slice(0, input.limit).map(rowFrom), next: last ? `${last.cursor}|${last.id}` : null };
  },
});

export const listOfCase = operation({
  id: 'contribution.of_case', kind: 'query', rest: 'GET /cases/{caseId}/contributions', allow: ['staff'],
  summary: 'What was asked for on a case, in the order of asking.',
  input: z.object({ caseId: id() }),
  output: z.object({ contributions: z.array(OwedRow) }),
  async run(context, input) {
    const { db, office } = context;
    await getCaseFile(context, input.caseId);
    const found = await sql<Found>`select ${shown} from contribution k ${beside} where k.office_id = ${office.id} and k.case_id = ${input.caseId}::uuid order by k.asked_at, k.id limit 200`.execute(db);
    return { contributions: found.rows.map(rowFrom) };
  },
});

export const getAsk = operation({
  id: 'contribution.get_ask', kind: 'query', rest: 'GET /contributions/asks/{id}', allow: ['staff'],
  summary: 'One question to many: who returned what, and who still owes.',
  input: z.object({ id: id() }),
  output: z.object({ title: z.string(), question: z.string(), contributions: z.array(OwedRow) }),
  async run({ db, office }, input) {
    const found = await sql<Found>`select ${shown} from contribution k ${beside} where k.office_id = ${office.id} and k.ask_id = ${input.id}::uuid order by k.asked_name, k.id limit 100`.execute(db);
    const [first] = found.rows;
    if (!first) throw notFound();
    // Who was sent it back was asked something more: the question is the one that all were asked.
    return { title: first.title, question: found.rows.map((row) => row.question).toSorted((a, b) => a.length - b.length)[0]!, contributions: found.rows.map(rowFrom) };
  },
});

const Balance = z.object({ of: z.string(), name: z.string(), unitId: z.string().nullable(), asked: z.number(), open: z.number(), late: z.number(), given: z.number(), inTime: z.number(), declined: z.number(), averageDays: z.number().nullable() });
export const readOverview = operation({
  id: 'contribution.overview', kind: 'query', rest: 'GET /contributions/overview', allow: ['staff'],
  summary: 'Who owes what: by unit and body what was asked in the period, what is open and late, what came in time, and after how many days.',
  input: z.object({ fromOn: z.union([z.literal(''), day()]).default(''), untilOn: z.union([z.literal(''), day()]).default('') }),
  output: z.object({ fromOn: z.string(), untilOn: z.string(), balances: z.array(Balance) }),
  async run({ db, office, today }, input) {
    const fromOn = input.fromOn || `${today.slice(0, 4)}-01-01`;
    const untilOn = input.untilOn || today;
    const zone = office.jurisdiction.timeZone;
    const came = sql`(k.replied_at at time zone ${zone})::date`;
    const found = await sql<{ of: string; name: string; unit_id: string | null; asked: number; open: number; late: number; given: number; in_time: number; declined: number; days: number | null }>`
      select coalesce('unit:' || k.unit_id, 'body:' || k.party_id) as of, max(k.asked_name) as name, max(k.unit_id) as unit_id, count(*)::int as asked, count(*) filter (where ${open})::int as open,
        count(*) filter (where ${open} and k.due_on < ${today}::date)::int as late, count(*) filter (where k.state = 'given')::int as given, count(*) filter (where k.state = 'given' and ${came} <= k.due_on)::int as in_time,
        count(*) filter (where k.state = 'declined')::int as declined, avg(extract(epoch from k.replied_at - k.asked_at) / 86400) filter (where k.state = 'given')::float as days
      from contribution k where k.office_id = ${office.id} and ((k.asked_at >= (${fromOn}::date::timestamp at time zone ${zone}) and k.asked_at < (${addDays(untilOn, 1)}::date::timestamp at time zone ${zone})) or ${open})
      group by coalesce('unit:' || k.unit_id, 'body:' || k.party_id) order by late desc, open desc, asked desc, name limit 500`.execute(db);
    return { fromOn, untilOn, balances: found.rows.map((row) => ({ of: row.of, name: row.name, unitId: row.unit_id, asked: row.asked, open: row.open, late: row.late, given: row.given, inTime: row.in_time, declined: row.declined, averageDays: row.days === null ? null : Math.round(row.days * 10) / 10 })) };
  },
});

export const countOwed = operation({
  id: 'contribution.count', kind: 'query', rest: 'GET /contributions/counts', allow: ['staff'],
  summary: 'How much my units owe, how much of that is late, what came of what I asked, and who asks me for more time.',
  input: z.object({}),
  output: z.object({ mine: z.number(), mineLate: z.number(), askedLate: z.number(), more: z.number() }),
  async run(context) {
    const { db, office, today } = context;
    const up = (condition: RawBuilder<unknown>) => sql`(select count(*)::int from (select 1 from contribution k where k.office_id = ${office.id} and ${open} and ${condition} limit 1000) x)`;
    const mine = sql`k.unit_id = any(${marksOf(context)})`;
    const asked = sql`k.asked_by::text = any(${marksOf(context)})`;
    const found = await sql<{ mine: number; mineLate: number; askedLate: number; more: number }>`select ${up(mine)} as mine, ${up(sql`${mine} and k.due_on < ${today}::date`)} as "mineLate", ${up(sql`${asked} and k.due_on < ${today}::date`)} as "askedLate", ${up(sql`${asked} and k.more_until is not null`)} as more`.execute(db);
    return found.rows[0]!;
  },
});
