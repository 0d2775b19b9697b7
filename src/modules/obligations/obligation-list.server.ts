import type { RawBuilder } from 'kysely';
import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { addDays, isDay, weekStart } from '../../core/day.ts';
import { prefixQuery } from '../../core/fold.ts';
import { isId } from '../../core/id.ts';
import { check, choice, day, optionalId, optionalLine, say } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { rungs } from './ladder.ts';
import { obligationViews, obligationStates, outcomes, sources, type ObligationView } from './obligation.ts';
import { leadsOn, ObligationRow, worksOn } from './obligation.server.ts';

const optionalDay = () => z.union([z.literal(''), day()]).default('');
/** By what a list and the report of realisation are narrowed: both count the same. */
export const narrowing = {
  source: choice(['', ...sources]).default(''), committeeId: optionalId(), unitId: optionalLine(60), ownerId: optionalId(), givenBy: optionalId(), from: optionalDay(), until: optionalDay(),
};
const Narrowing = z.object(narrowing);

/** The day on which it was reported as done, or ended with its case. */
export const doneDay = ({ office }: Pick<Context, 'office'>): RawBuilder<unknown> => sql`(coalesce(o.reported_at, o.ended_at) at time zone ${office.jurisdiction.timeZone})::date`;
/** outcomeOf (obligation.ts) as SQL; a test holds them equal. */
export const outcome = (context: Pick<Context, 'office' | 'today'>): RawBuilder<unknown> => sql`case o.state when 'dropped' then 'dropped' when 'reported' then 'waiting'
  when 'done' then case when ${doneDay(context)} > o.due_on then 'done_late' else 'in_time' end else case when o.due_on < ${context.today}::date then 'late' else 'open' end end`;
/** Conditions on `obligation o`; the period is that in which it was given. */
export function narrowed({ office }: Pick<Context, 'office'>, by: z.output<typeof Narrowing>): RawBuilder<unknown>[] {
  const conditions = [sql`o.office_id = ${office.id}`];
  const given = sql`(o.at at time zone ${office.jurisdiction.timeZone})::date`;
  if (by.source) conditions.push(sql`o.source = ${by.source}`);
  if (by.committeeId) conditions.push(sql`o.committee_id = ${by.committeeId}::uuid`);
  if (by.unitId) conditions.push(by.unitId === 'none' ? sql`o.unit_id is null` : sql`o.unit_id = ${by.unitId}`);
  if (by.ownerId) conditions.push(sql`o.owner_id = ${by.ownerId}::uuid`);
  if (by.givenBy) conditions.push(sql`o.given_by = ${by.givenBy}::uuid`);
  // The moment, wide by a day, reads the index; the day of the office decides.
  if (by.from) conditions.push(sql`o.at >= ${addDays(by.from, -1)}::date and ${given} >= ${by.from}::date`);
  if (by.until) conditions.push(sql`o.at < ${addDays(by.until, 2)}::date and ${given} <= ${by.until}::date`);
  return conditions;
}

/** Conditions of a view: what is still open with me, waits for my word, given by me, of my units, where I help, past its day; all keeps what is done. */
function inView(view: ObligationView, { caller, today }: Pick<Context, 'caller' | 'today'>): RawBuilder<unknown> {
  const people = sql`${caller.marks.filter(isId)}::uuid[]`;
  const marks = sql`${[...caller.marks]}::text[]`;
  switch (view) {
    case 'mine': return sql`o.state = 'open' and o.owner_id = any(${people})`;
    case 'accept': return sql`o.state in ('open', 'reported') and (o.state = 'reported' or o.asked_due_on is not null) and o.given_by = any(${people})`;
    case 'given': return sql`o.state in ('open', 'reported') and o.given_by = any(${people})`;
    case 'unit': return sql`o.state = 'open' and o.unit_id = any(${marks})`;
    case 'helping': return sql`o.state = 'open' and o.helpers && ${marks}`;
    case 'late': return sql`o.state = 'open' and o.due_on < ${today}::date`;
    case 'all': return sql`true`;
  }
}

const rowsAPage = 50;
const isCursor = (cursor: string): boolean => {
  const [on = '', rowId = ''] = cursor.split('|');
  return cursor === '' || ((on === 'none' || (/^[\d-]{10}( \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?)?$/.test(on) && isDay(on.slice(0, 10)))) && isId(rowId));
};
export const ListedRow = ObligationRow.extend({
  source: z.string(), title: z.string(), committee: z.string().nullable(), giverId: z.string().nullable(), reference: z.string().nullable(), subject: z.string().nullable(), access: z.string(), percent: z.number(), firstDueOn: z.string().nullable(), askedDueOn: z.string().nullable(),
  helpers: z.array(z.string()), isRecurring: z.boolean(), escalation: z.number(), can: z.object({ finish: z.boolean(), accept: z.boolean(), decide_due: z.boolean() }),
});
export type ListedRow = z.infer<typeof ListedRow>;
type Found = {
  id: string; case_id: string | null; source: string; title: string; text: string; owner_id: string | null; owner: string | null; unit_id: string | null; given_by: string | null; giver: string | null; due_on: string | null; first_due_on: string | null; asked_due_on: string | null; state: string; report: string;
  at: Date; reference: string | null; subject: string | null; committee: string | null; access: string; case_access: string | null; percent: number; helpers: string[]; rule: string; escalation: number; cursor: string;
};

export const findObligations = operation({
  id: 'obligation.list', kind: 'query', rest: 'GET /obligations', allow: ['staff'],
  summary: 'Obligations from every source that the caller may see: mine, waiting for my acceptance, given by me, of my unit, where I help, late, the earliest due first, or all, the newest first; pages by cursor.',
  input: z.object({ view: choice(obligationViews).default('mine'), ...narrowing, caseId: optionalId(), state: choice(['', ...obligationStates]).default(''), outcome: choice(['', ...outcomes, 'moved']).default(''), escalated: check(), query: optionalLine(200), after: optionalLine(120).refine(isCursor, say('field.wrong')), limit: z.coerce.number().int().min(1).max(5000).default(rowsAPage) }),
  output: z.object({ obligations: z.array(ListedRow), next: z.string().nullable() }),
  async run(context, input) {
    const { db, caller } = context;
    const conditions = [...narrowed(context, input), inView(input.view, context)];
    if (input.caseId) conditions.push(sql`o.case_id = ${input.caseId}::uuid`);
    if (input.state) conditions.push(sql`o.state = ${input.state}`);
    if (input.outcome) conditions.push(input.outcome === 'moved' ? sql`o.first_due_on <> o.due_on` : sql`${outcome(context)} = ${input.outcome}`);
    if (input.escalated) conditions.push(sql`o.state = 'open' and o.escalation >= ${rungs.length}`);
    const words = input.query ? prefixQuery(input.query) : '';
    if (words) conditions.push(sql`o.id in (select id from obligation_matches(to_tsquery('simple', ${words}), 2000))`);
    const [on, rowId] = input.after.split('|');
    const newest = input.view === 'all';
    if (on && rowId) conditions.push(newest ? sql`(o.at, o.id) < (${on}::timestamptz, ${rowId}::uuid)` : on === 'none' ? sql`(o.due_on is null and o.id > ${rowId}::uuid)` : sql`((o.due_on, o.id) > (${on}::date, ${rowId}::uuid) or o.due_on is null)`);
    const rows = (await sql<Found>`select o.id, o.case_id, o.source, o.title, o.text, o.owner_id, p.name as owner, o.unit_id, o.given_by, g.name as giver, o.due_on::text as due_on, o.first_due_on::text as first_due_on, o.asked_due_on::text as asked_due_on, o.state, o.report, o.at,
        c.reference, c.subject, k.name as committee, o.access, c.access as case_access, o.percent, o.helpers, o.rule, o.escalation, ${newest ? sql`o.at::text` : sql`coalesce(o.due_on::text, 'none')`} as cursor
      from obligation o left join case_file c on c.office_id = o.office_id and c.id = o.case_id left join person p on p.office_id = o.office_id and p.id = o.owner_id left join person g on g.office_id = o.office_id and g.id = o.given_by
        left join committee k on k.office_id = o.office_id and k.id = o.committee_id
      where ${sql.join(conditions, sql` and `)} order by ${newest ? sql`o.at desc, o.id desc` : sql`o.due_on, o.id`} limit ${input.limit + 1}`.execute(db)).rows;
    const last = rows.length > input.limit ? rows[input.limit - 1]! : null;
    return {
      next: last ? `${last.cursor}|${last.id}` : null,
      obligations: rows.slice(0, input.limit).map((row) => {
        const leads = leadsOn(caller, row);
        return {
          // A case that the caller may not open is not named.
          id: row.id, caseId: row.reference === null ? null : row.case_id, text: row.text, title: row.title, source: row.source, committee: row.committee, ownerId: row.owner_id, owner: row.owner, unitId: row.unit_id, giverId: row.given_by, givenBy: row.giver, dueOn: row.due_on, firstDueOn: row.first_due_on,
          askedDueOn: row.asked_due_on, state: row.state, report: row.report, at: row.at, reference: row.reference, subject: row.subject, access: row.access === 'confidential' || row.case_access === 'confidential' ? 'confidential' : 'office', percent: row.percent, helpers: row.helpers, isRecurring: row.rule !== '', escalation: row.escalation,
          can: { finish: row.state === 'open' && (leads || worksOn(caller, row)), accept: row.state === 'reported' && leads, decide_due: row.state === 'open' && row.asked_due_on !== null && leads },
        };
      }),
    };
  },
});

export const myObligations = operation({
  id: 'obligation.mine', kind: 'query', rest: 'GET /obligations/mine', allow: ['staff'],
  summary: 'What the caller still has to do, the earliest due first; where asked, only what is due by a day.',
  input: z.object({ until: optionalDay(), limit: z.coerce.number().int().min(1).max(100).default(100) }),
  output: z.object({ obligations: z.array(ObligationRow.extend({ title: z.string(), reference: z.string().nullable(), subject: z.string().nullable() })) }),
  async run({ db, office, caller }, input) {
    let query = db.selectFrom('obligation as o').leftJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'o.office_id').onRef('c.id', '=', 'o.case_id'))
      .leftJoin('person as g', (join) => join.onRef('g.office_id', '=', 'o.office_id').onRef('g.id', '=', 'o.given_by'))
      .select(['o.id', 'o.case_id', 'o.title', 'o.text', 'o.owner_id', 'o.unit_id', 'g.name as given_by', 'o.due_on', 'o.state', 'o.report', 'o.at', 'c.reference', 'c.subject'])
      .where('o.office_id', '=', office.id).where('o.owner_id', '=', caller.personId).where('o.state', '=', 'open');
    if (input.until) query = query.where('o.due_on', '<=', input.until);
    const rows = await query.orderBy('o.due_on').orderBy('o.at').limit(input.limit).execute();
    return { obligations: rows.map((row) => ({ id: row.id, caseId: row.reference === null ? null : row.case_id, title: row.title, text: row.text, ownerId: row.owner_id, owner: caller.name, unitId: row.unit_id, givenBy: row.given_by, dueOn: row.due_on, state: row.state, report: row.report, at: row.at, reference: row.reference, subject: row.subject })) };
  },
});

export const countObligations = operation({
  id: 'obligation.count', kind: 'query', rest: 'GET /obligations/count', allow: ['staff'],
  summary: 'How many obligations are the caller’s: open, due this week or late, late, waiting for acceptance; and for who leads how many climbed the whole ladder.',
  input: z.object({}),
  output: z.object({ mine: z.number(), week: z.number(), late: z.number(), accept: z.number(), escalated: z.number(), until: z.string() }),
  async run(context) {
    const { db, office, caller, today } = context;
    const until = addDays(weekStart(today), 6);
    const count = async (condition: RawBuilder<unknown>) => (await sql<{ mine: number; week: number; late: number }>`select count(*)::int as mine, count(*) filter (where due_on <= ${until}::date)::int as week, count(*) filter (where due_on < ${today}::date)::int as late
      from (select o.due_on from obligation o where o.office_id = ${office.id} and ${condition} limit 1000) x`.execute(db)).rows[0]!;
    const leads = caller.roles.has('mayor') || caller.roles.has('chief');
    const mine = await count(inView('mine', context));
    const accept = await count(inView('accept', context));
    const escalated = leads ? await count(sql`o.state = 'open' and o.due_on < ${today}::date and o.escalation >= ${rungs.length}`) : { mine: 0 };
    return { ...mine, accept: accept.mine, escalated: escalated.mine, until };
  },
});
