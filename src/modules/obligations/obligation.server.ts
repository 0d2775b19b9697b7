import type { RawBuilder } from 'kysely';
import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { isDay } from '../../core/day.ts';
import { isId } from '../../core/id.ts';
import { choice, id, optionalLine, say, text } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow } from '../../core/refusal.ts';

export const sources = ['resolution', 'conclusion', 'audience', 'event', 'order', 'visit', 'report'] as const;
export type NewObligation = {
  caseId: string | null; source: (typeof sources)[number]; text: string; title?: string; ownerId: string | null; unitId: string | null; dueOn: string | null; helpers?: string[]; sourceNoun?: string; sourceId?: string;
  committeeId?: string; access?: 'office' | 'confidential'; entryId?: string | null; rule?: string; givenBy?: string | null;
};

/** Who sees it besides those who see its case: the owner, the giver, the helpers and the unit; of what is confidential the unit's heads, because a unit is many. */
export async function involvedIn({ db, office }: Pick<Context, 'db' | 'office'>, one: { caseId: string | null; access: string; ownerId: string | null; givenBy: string | null; unitId: string | null; helpers: readonly string[] }): Promise<string[]> {
  const file = one.caseId && one.access !== 'confidential' ? await db.selectFrom('case_file').select('access').where('office_id', '=', office.id).where('id', '=', one.caseId).executeTakeFirst() : null;
  const units = [one.unitId, ...one.helpers].filter((mark): mark is string => mark !== null && !isId(mark));
  const marks = [one.ownerId, one.givenBy, ...one.helpers.filter(isId)];
  if (one.access !== 'confidential' && file?.access !== 'confidential') marks.push(...units);
  else if (!one.ownerId && units.length > 0) marks.push(...(await db.selectFrom('person').select('id').where('office_id', '=', office.id).where('is_active', '=', true).where('unit_id', 'in', units).where(sql<boolean>`'head' = any (roles)`).execute()).map((head) => head.id));
  return [...new Set(marks.filter((mark) => mark !== null))];
}

/** What somebody was told to do, by whom and until when; `helpers` are persons or units, `givenBy` is needed where the office itself writes it. */
export async function addObligation(context: Context, obligation: NewObligation): Promise<string> {
  const { caseId, access = 'office', ownerId, unitId, helpers = [], givenBy = context.caller.personId } = obligation;
  const obligationId = context.newId();
  await context.db.insertInto('obligation').values({
    office_id: context.office.id, id: obligationId, case_id: caseId, source: obligation.source, text: obligation.text, title: obligation.title ?? '', owner_id: ownerId, unit_id: unitId, given_by: givenBy,
    due_on: obligation.dueOn, first_due_on: obligation.dueOn, helpers, involved: await involvedIn(context, { caseId, access, ownerId, givenBy, unitId, helpers }), access, entry_id: obligation.entryId ?? null,
    source_noun: obligation.sourceNoun ?? '', source_id: obligation.sourceId ?? null, committee_id: obligation.committeeId ?? null, rule: obligation.rule ?? '', at: context.now,
  }).execute();
  return obligationId;
}

/** Ends the open obligations of a case that is settled. */
export async function endObligations(context: Context, caseId: string, as: 'done' | 'dropped' = 'done'): Promise<void> {
  await context.db.updateTable('obligation').set({ state: as, ended_at: context.now }).where('office_id', '=', context.office.id).where('case_id', '=', caseId).where('state', '=', 'open').execute();
}

export const ObligationRow = z.object({
  id: z.string(), caseId: z.string().nullable(), text: z.string(), ownerId: z.string().nullable(), owner: z.string().nullable(), unitId: z.string().nullable(), givenBy: z.string().nullable(),
  dueOn: z.string().nullable(), state: z.string(), report: z.string(), at: z.date(),
});

const rowsOf = async ({ db, office }: Pick<Context, 'db' | 'office'>, condition: RawBuilder<boolean>): Promise<z.infer<typeof ObligationRow>[]> => {
  const rows = await db.selectFrom('obligation as o').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'o.office_id').onRef('p.id', '=', 'o.owner_id'))
    .leftJoin('person as g', (join) => join.onRef('g.office_id', '=', 'o.office_id').onRef('g.id', '=', 'o.given_by'))
    .select(['o.id', 'o.case_id', 'o.text', 'o.owner_id', 'p.name as owner', 'o.unit_id', 'g.name as given_by', 'o.due_on', 'o.state', 'o.report', 'o.at'])
    .where('o.office_id', '=', office.id).where(condition).orderBy('o.at').orderBy('o.id').execute();
  return rows.map((row) => ({ id: row.id, caseId: row.case_id, text: row.text, ownerId: row.owner_id, owner: row.owner, unitId: row.unit_id, givenBy: row.given_by, dueOn: row.due_on, state: row.state, report: row.report, at: row.at }));
};
/** The obligations of a case, and those that came of one conclusion, audience or visit; the oldest first. */
export const listObligations = (context: Pick<Context, 'db' | 'office'>, caseId: string): Promise<z.infer<typeof ObligationRow>[]> => rowsOf(context, sql`o.case_id = ${caseId}`);
export const listObligationsOf = (context: Pick<Context, 'db' | 'office'>, sourceNoun: string, sourceId: string): Promise<z.infer<typeof ObligationRow>[]> => rowsOf(context, sql`o.source_noun = ${sourceNoun} and o.source_id = ${sourceId}`);

export const myObligations = operation({
  id: 'obligation.mine', kind: 'query', rest: 'GET /obligations/mine', allow: ['staff'],
  summary: 'What the caller still has to do, the earliest due first.',
  input: z.object({}),
  output: z.object({ obligations: z.array(ObligationRow.extend({ reference: z.string(), subject: z.string() })) }),
  async run({ db, office, caller }) {
    const rows = await db.selectFrom('obligation as o').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'o.office_id').onRef('c.id', '=', 'o.case_id'))
      .leftJoin('person as g', (join) => join.onRef('g.office_id', '=', 'o.office_id').onRef('g.id', '=', 'o.given_by'))
      .select(['o.id', 'o.case_id', 'o.text', 'o.owner_id', 'o.unit_id', 'g.name as given_by', 'o.due_on', 'o.state', 'o.report', 'o.at', 'c.reference', 'c.subject'])
      .where('o.office_id', '=', office.id).where('o.owner_id', '=', caller.personId).where('o.state', '=', 'open').orderBy('o.due_on').orderBy('o.at').limit(100).execute();
    return { obligations: rows.map((row) => ({ id: row.id, caseId: row.case_id, text: row.text, ownerId: row.owner_id, owner: caller.name, unitId: row.unit_id, givenBy: row.given_by, dueOn: row.due_on, state: row.state, report: row.report, at: row.at, reference: row.reference, subject: row.subject })) };
  },
});

export const finishObligation = operation({
  id: 'obligation.finish', kind: 'command', rest: 'POST /obligations/{id}/finish', allow: ['staff'],
  summary: 'The owner reports that the obligation is done.',
  input: z.object({ id: id(), report: text(4000) }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, caller, now } = context;
    const row = await db.selectFrom('obligation').select(['id', 'case_id', 'owner_id', 'given_by', 'unit_id', 'state']).where('office_id', '=', office.id).where('id', '=', input.id).forUpdate().executeTakeFirst();
    if (!row) throw notFound();
    if (row.state !== 'open') throw notNow();
    const concerned = [row.owner_id, row.given_by, row.unit_id].some((mark) => mark !== null && caller.marks.includes(mark));
    if (caller.kind === 'person' && !concerned) throw notAllowed();
    await db.updateTable('obligation').set({ state: 'done', report: input.report, ended_at: now }).where('office_id', '=', office.id).where('id', '=', input.id).execute();
    context.record({ name: 'obligation.finished', nounId: row.id, caseId: row.case_id });
    return { id: row.id };
  },
});

export const obligationViews = ['mine', 'given', 'unit', 'late', 'all'] as const;
export type ObligationView = (typeof obligationViews)[number];
const rowsAPage = 50;
const isCursor = (cursor: string): boolean => {
  const [on = '', rowId = ''] = cursor.split('|');
  return cursor === '' || ((on === 'none' || (/^[\d-]{10}( \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?)?$/.test(on) && isDay(on.slice(0, 10)))) && isId(rowId));
};

/** Conditions of a view: what is still open with me, given by me, with my units, or past its day; all keeps what is done. */
function inView(view: ObligationView, { caller, today }: Pick<Context, 'caller' | 'today'>): RawBuilder<unknown> {
  const people = sql`${caller.marks.filter(isId)}::uuid[]`;
  switch (view) {
    case 'mine': return sql`o.state = 'open' and o.owner_id = any(${people})`;
    case 'given': return sql`o.state = 'open' and o.given_by = ${caller.personId}::uuid`;
    case 'unit': return sql`o.state = 'open' and o.unit_id = any(${[...caller.marks]}::text[])`;
    case 'late': return sql`o.state = 'open' and o.due_on < ${today}::date`;
    case 'all': return sql`true`;
  }
}

export const findObligations = operation({
  id: 'obligation.list', kind: 'query', rest: 'GET /obligations', allow: ['staff'],
  summary: 'Obligations on the cases that the caller may see: mine, given by me, of my unit, late, the earliest due first, or all, the newest first; pages by cursor.',
  input: z.object({ view: choice(obligationViews).default('mine'), unitId: optionalLine(60), state: choice(['', 'open', 'done', 'dropped']).default(''), after: optionalLine(120).refine(isCursor, say('field.wrong')), limit: z.coerce.number().int().min(1).max(5000).default(rowsAPage) }),
  output: z.object({ obligations: z.array(ObligationRow.extend({ reference: z.string(), subject: z.string(), can: z.object({ finish: z.boolean() }) })), next: z.string().nullable() }),
  async run(context, input) {
    const { db, office, caller } = context;
    const conditions = [sql`o.office_id = ${office.id}`, inView(input.view, context)];
    if (input.unitId) conditions.push(sql`o.unit_id = ${input.unitId}`);
    if (input.state) conditions.push(sql`o.state = ${input.state}`);
    const [on, rowId] = input.after.split('|');
    const newest = input.view === 'all';
    if (on && rowId) conditions.push(newest ? sql`(o.at, o.id) < (${on}::timestamptz, ${rowId}::uuid)` : on === 'none' ? sql`(o.due_on is null and o.id > ${rowId}::uuid)` : sql`((o.due_on, o.id) > (${on}::date, ${rowId}::uuid) or o.due_on is null)`);
    type Row = { id: string; case_id: string; text: string; owner_id: string | null; owner: string | null; unit_id: string | null; giver_id: string | null; giver: string | null; due_on: string | null; state: string; report: string; at: Date; reference: string; subject: string; cursor: string };
    const rows = (await sql<Row>`select o.id, o.case_id, o.text, o.owner_id, p.name as owner, o.unit_id, o.given_by as giver_id, g.name as giver, o.due_on::text as due_on, o.state, o.report, o.at, c.reference, c.subject, ${newest ? sql`o.at::text` : sql`coalesce(o.due_on::text, 'none')`} as cursor
      from obligation o join case_file c on c.office_id = o.office_id and c.id = o.case_id left join person p on p.office_id = o.office_id and p.id = o.owner_id left join person g on g.office_id = o.office_id and g.id = o.given_by
      where ${sql.join(conditions, sql` and `)} order by ${newest ? sql`o.at desc, o.id desc` : sql`o.due_on, o.id`} limit ${input.limit + 1}`.execute(db)).rows;
    const last = rows.length > input.limit ? rows[input.limit - 1]! : null;
    return {
      next: last ? `${last.cursor}|${last.id}` : null,
      obligations: rows.slice(0, input.limit).map((row) => ({
        id: row.id, caseId: row.case_id, text: row.text, ownerId: row.owner_id, owner: row.owner, unitId: row.unit_id, givenBy: row.giver, dueOn: row.due_on, state: row.state, report: row.report, at: row.at, reference: row.reference, subject: row.subject,
        can: { finish: row.state === 'open' && [row.owner_id, row.giver_id, row.unit_id].some((mark) => mark !== null && caller.marks.includes(mark)) },
      })),
    };
  },
});
