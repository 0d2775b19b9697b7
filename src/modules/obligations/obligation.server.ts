import { z } from 'zod';
import { id, text } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow } from '../../core/refusal.ts';

export type NewObligation = { caseId: string; source: 'resolution'; text: string; ownerId: string | null; unitId: string | null; dueOn: string | null };

/** What somebody was told to do on a case, by whom and until when. */
export async function addObligation(context: Context, obligation: NewObligation): Promise<string> {
  const obligationId = context.newId();
  await context.db.insertInto('obligation').values({
    office_id: context.office.id, id: obligationId, case_id: obligation.caseId, source: obligation.source, text: obligation.text, owner_id: obligation.ownerId, unit_id: obligation.unitId,
    given_by: context.caller.personId, due_on: obligation.dueOn, at: context.now,
  }).execute();
  return obligationId;
}

/** Ends the open obligations of a case that is settled. */
export async function endObligations(context: Context, caseId: string, as: 'done' | 'dropped' = 'done'): Promise<void> {
  await context.db.updateTable('obligation').set({ state: as, ended_at: context.now }).where('office_id', '=', context.office.id).where('case_id', '=', caseId).where('state', '=', 'open').execute();
}

export const ObligationRow = z.object({
  id: z.string(), caseId: z.string(), text: z.string(), ownerId: z.string().nullable(), owner: z.string().nullable(), unitId: z.string().nullable(), givenBy: z.string().nullable(),
  dueOn: z.string().nullable(), state: z.string(), report: z.string(), at: z.date(),
});

export async function listObligations({ db, office }: Pick<Context, 'db' | 'office'>, caseId: string): Promise<z.infer<typeof ObligationRow>[]> {
  const rows = await db.selectFrom('obligation as o').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'o.office_id').onRef('p.id', '=', 'o.owner_id'))
    .leftJoin('person as g', (join) => join.onRef('g.office_id', '=', 'o.office_id').onRef('g.id', '=', 'o.given_by'))
    .select(['o.id', 'o.case_id', 'o.text', 'o.owner_id', 'p.name as owner', 'o.unit_id', 'g.name as given_by', 'o.due_on', 'o.state', 'o.report', 'o.at'])
    .where('o.office_id', '=', office.id).where('o.case_id', '=', caseId).orderBy('o.at').execute();
  return rows.map((row) => ({ id: row.id, caseId: row.case_id, text: row.text, ownerId: row.owner_id, owner: row.owner, unitId: row.unit_id, givenBy: row.given_by, dueOn: row.due_on, state: row.state, report: row.report, at: row.at }));
}

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
