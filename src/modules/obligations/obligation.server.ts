import type { RawBuilder, Updateable } from 'kysely';
import { z } from 'zod';
import type { Obligation } from '../../../db/types.ts';
import type { Caller } from '../../core/caller.ts';
import { sql } from '../../core/database.ts';
import { dayIn } from '../../core/day.ts';
import { searchText } from '../../core/fold.ts';
import { isId } from '../../core/id.ts';
import { actsIn, nextState } from '../../core/lifecycle.ts';
import type { Context } from '../../core/operation.ts';
import { notAllowed, notFound, wrong } from '../../core/refusal.ts';
import { indexSearch } from '../../core/search.ts';
import { isLeadAct, obligationLife, type ObligationAct, type ObligationState, type Source } from './obligation.ts';

export type NewObligation = {
  caseId: string | null; source: Source; text: string; title?: string; ownerId: string | null; unitId: string | null; dueOn: string | null; helpers?: string[]; sourceNoun?: string; sourceId?: string;
  committeeId?: string; access?: 'office' | 'confidential'; entryId?: string | null; rule?: string; followsId?: string; givenBy?: string | null;
};
type Concerned = { caseId: string | null; access: string; ownerId: string | null; givenBy: string | null; unitId: string | null; helpers: readonly string[] };

/** Who sees it besides those who see its case: the owner, the giver, the helpers and the unit; of what is confidential the unit's heads, because a unit is many. */
export async function involvedIn({ db, office }: Pick<Context, 'db' | 'office'>, one: Concerned): Promise<string[]> {
  const file = one.caseId && one.access !== 'confidential' ? await db.selectFrom('case_file').select('access').where('office_id', '=', office.id).where('id', '=', one.caseId).executeTakeFirst() : null;
  const units = [one.unitId, ...one.helpers].filter((mark): mark is string => mark !== null && !isId(mark));
  const marks = [one.ownerId, one.givenBy, ...one.helpers.filter(isId)];
  if (one.access !== 'confidential' && file?.access !== 'confidential') marks.push(...units);
  else if (!one.ownerId && units.length > 0) marks.push(...(await headsOf({ db, office }, units)));
  return [...new Set(marks.filter((mark) => mark !== null))];
}
const headsOf = async ({ db, office }: Pick<Context, 'db' | 'office'>, units: readonly string[]): Promise<string[]> =>
  (await db.selectFrom('person').select('id').where('office_id', '=', office.id).where('is_active', '=', true).where('unit_id', 'in', [...units]).where(sql<boolean>`'head' = any (roles)`).execute()).map((head) => head.id);

/** What somebody was told to do, by whom and until when; `helpers` are ids of persons or units, `givenBy` is needed where the office itself writes it. */
export async function addObligation(context: Context, obligation: NewObligation): Promise<string> {
  const { caseId, access = 'office', ownerId, unitId, text, title = '', helpers = [], givenBy = context.caller.personId } = obligation;
  const obligationId = context.newId();
  await context.db.insertInto('obligation').values({
    office_id: context.office.id, id: obligationId, case_id: caseId, source: obligation.source, text, title, owner_id: ownerId, unit_id: unitId, given_by: givenBy,
    due_on: obligation.dueOn, first_due_on: obligation.dueOn, helpers, involved: await involvedIn(context, { caseId, access, ownerId, givenBy, unitId, helpers }), access, entry_id: obligation.entryId ?? null,
    source_noun: obligation.sourceNoun ?? '', source_id: obligation.sourceId ?? null, committee_id: obligation.committeeId ?? null, rule: obligation.rule ?? '', follows_id: obligation.followsId ?? null,
    vector: sql<string>`to_tsvector('simple', ${searchText(`${title} ${text}`)})`, at: context.now,
  }).execute();
  // The search knows cases, not obligations: only what every reader of the case may read is found there.
  if (caseId && (obligation.source === 'resolution' || access === 'office')) await indexSearch(context, { id: obligationId, isNew: true, noun: 'obligation', caseId, title: title || text.split('\n')[0]!.slice(0, 300), text });
  return obligationId;
}

/** Ends the resolutions of a case that is settled; what was reported counts as done. What came from elsewhere has its own giver. */
export async function endObligations({ db, office, now, caller }: Context, caseId: string, as: 'done' | 'dropped' = 'done'): Promise<void> {
  const resolutions = db.updateTable('obligation').where('office_id', '=', office.id).where('case_id', '=', caseId).where('source', '=', 'resolution');
  await resolutions.set({ state: 'done', percent: 100, ended_at: now, accepted_by: caller.personId, asked_due_on: null }).where('state', '=', 'reported').execute();
  await resolutions.set({ state: as, ended_at: now, asked_due_on: null }).where('state', '=', 'open').execute();
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
/** The obligations on a case, the oldest first, as far as the caller may see them. */
export const listObligations = (context: Pick<Context, 'db' | 'office'>, caseId: string): Promise<z.infer<typeof ObligationRow>[]> => rowsOf(context, sql`o.case_id = ${caseId}`);
/** The obligations that came of one conclusion, audience or visit, the oldest first, as far as the caller may see them. */
export const listObligationsOf = (context: Pick<Context, 'db' | 'office'>, sourceNoun: string, sourceId: string): Promise<z.infer<typeof ObligationRow>[]> => rowsOf(context, sql`o.source_noun = ${sourceNoun} and o.source_id = ${sourceId}`);

const columns = ['id', 'case_id', 'source', 'source_noun', 'source_id', 'committee_id', 'title', 'text', 'owner_id', 'unit_id', 'given_by', 'helpers', 'access', 'state', 'due_on', 'first_due_on', 'asked_due_on', 'percent', 'rule', 'report', 'reported_at', 'version', 'at', 'ended_at', 'returned_reason', 'escalation', 'entry_id', 'accepted_by'] as const;
/** The obligation as the caller may see it, its row locked when something is about to be done to it; 404 otherwise. */
export async function getRow({ db, office }: Pick<Context, 'db' | 'office'>, obligationId: string, lock = false) {
  let query = db.selectFrom('obligation').select(columns).where('office_id', '=', office.id).where('id', '=', obligationId);
  if (lock) query = query.forUpdate();
  const row = await query.executeTakeFirst();
  if (!row) throw notFound();
  return row;
}
export type Row = Awaited<ReturnType<typeof getRow>>;

const isMarked = (caller: Caller, marks: readonly (string | null)[]): boolean => marks.some((mark) => mark !== null && caller.marks.includes(mark));
/** Does the work: the owner, a helper, and the unit. */
export const worksOn = (caller: Caller, row: Pick<Row, 'owner_id' | 'unit_id' | 'helpers'>): boolean => caller.kind === 'system' || isMarked(caller, [row.owner_id, row.unit_id, ...row.helpers]);
/** Answers for it: the giver and who stands in for one; mayor and chief for any that is not their own to do. */
export const leadsOn = (caller: Caller, row: Pick<Row, 'owner_id' | 'given_by'>): boolean =>
  caller.kind === 'system' || isMarked(caller, [row.given_by]) || ((caller.roles.has('mayor') || caller.roles.has('chief')) && (row.owner_id === null || !caller.marks.includes(row.owner_id)));

/** What the caller may do to it now. */
export function actsOn(caller: Caller, row: Row): ObligationAct[] {
  const [works, leads] = [worksOn(caller, row), leadsOn(caller, row)];
  const isAsked = row.asked_due_on !== null;
  return actsIn(obligationLife, row.state as ObligationState).filter((act) => {
    if (act === 'refuse_due') return leads && isAsked;
    if (act === 'ask_due') return works && !leads && row.due_on !== null && !isAsked;
    if (act === 'finish' || act === 'report_progress' || act === 'add_step' || act === 'add_helper' || act === 'pass') return works || leads;
    return isLeadAct(act) ? leads : works;
  });
}

/** Locks the obligation for an act: 404 who may not see it, 403 whose it is not, 409 in another state. Answers with the state that follows. */
export async function begin(context: Context, obligationId: string, act: ObligationAct): Promise<{ row: Row; state: ObligationState }> {
  const row = await getRow(context, obligationId, true);
  if (!worksOn(context.caller, row) && !leadsOn(context.caller, row)) throw notAllowed();
  if (isLeadAct(act) && !leadsOn(context.caller, row)) throw notAllowed();
  return { row, state: nextState(obligationLife, row.state as ObligationState, act) };
}

export const change = async ({ db, office }: Pick<Context, 'db' | 'office'>, row: Pick<Row, 'id' | 'version'>, to: Updateable<Obligation>): Promise<void> =>
  void (await db.updateTable('obligation').set({ ...to, version: row.version + 1 }).where('office_id', '=', office.id).where('id', '=', row.id).execute());

export type Note = { kind: 'progress' | 'done' | 'accepted' | 'returned' | 'due_asked' | 'due_moved' | 'due_refused' | 'passed' | 'helper' | 'dropped' | 'reopened' | 'escalated'; text?: string; percent?: number | null; dueBefore?: string | null; dueOn?: string | null };
/** A line of the obligation's own story. */
export async function note({ db, office, caller, now, newId }: Context, obligationId: string, line: Note): Promise<string> {
  const reportId = newId();
  await db.insertInto('obligation_report').values({ office_id: office.id, id: reportId, obligation_id: obligationId, kind: line.kind, text: line.text ?? '', percent: line.percent ?? null, due_before: line.dueBefore ?? null, due_on: line.dueOn ?? null, by_person: caller.personId, at: now }).execute();
  return reportId;
}
/** Names what happened; words stay in the obligation itself. */
export const tell = (context: Context, row: Pick<Row, 'id' | 'case_id'>, name: string, data: Record<string, unknown> = {}): void => context.record({ name: `obligation.${name}`, nounId: row.id, caseId: row.case_id, data });

export type Receivers = { people: { id: string; unitId: string | null }[]; units: string[] };
/** The persons and units that a form names by id; 422 at `field` for what is neither, and for a unit where it is confidential. */
export async function getReceivers({ db, office }: Pick<Context, 'db' | 'office'>, named: readonly string[], field: string, isConfidential: boolean): Promise<Receivers> {
  const ids = named.filter(isId);
  const units = named.filter((one) => !isId(one));
  if (units.some((one) => !office.data.units.some((unit) => unit.id === one))) throw wrong({ [field]: { key: 'field.choose' } });
  if (isConfidential && units.length > 0) throw wrong({ [field]: { key: 'field.person_only' } });
  const people = ids.length === 0 ? [] : await db.selectFrom('person').select(['id', 'unit_id']).where('office_id', '=', office.id).where('is_active', '=', true).where('id', 'in', ids).execute();
  if (people.length < new Set(ids).size) throw wrong({ [field]: { key: 'field.choose' } });
  return { people: people.map((one) => ({ id: one.id, unitId: one.unit_id })), units };
}

/** The day of a moment where the office is. */
export const dayOf = (context: Pick<Context, 'office'>, at: Date): string => dayIn(context.office.jurisdiction.timeZone, at);
