import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { isId } from '../../core/id.ts';
import { day, id, optionalId, optionalText, say, text } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { indexSearch } from '../../core/search.ts';
import { addObligation } from '../obligations/index.ts';
import { touch } from './attendance.server.ts';
import { settleObligations } from './conclusion-settle.server.ts';
import { beginPoint, type OpenPoint } from './sitting.server.ts';

const Done = z.object({ id: z.string() });
/** Whom a conclusion binds: `person:<id>` or `unit:<id>`; a form gives one or several, some of them empty. */
const owners = () => z.union([z.string(), z.array(z.string())]).default([]).transform((value) => [...new Set((Array.isArray(value) ? value : [value]).filter((one) => one !== ''))])
  .pipe(z.array(z.string().regex(/^(person|unit):[\w-]{1,60}$/, say('field.choose'))).max(20));

export type Owner = { ownerId: string | null; unitId: string | null };
async function ownerOf({ db, office }: Pick<Context, 'db' | 'office'>, named: string, field: string): Promise<Owner> {
  const [kind, key = ''] = named.split(':');
  if (kind === 'unit') {
    if (!office.data.units.some((unit) => unit.id === key)) throw wrong({ [field]: { key: 'field.choose' } });
    return { ownerId: null, unitId: key };
  }
  const person = isId(key) ? await db.selectFrom('person').select(['id', 'unit_id']).where('office_id', '=', office.id).where('id', '=', key).where('is_active', '=', true).executeTakeFirst() : undefined;
  if (!person) throw wrong({ [field]: { key: 'field.choose' } });
  return { ownerId: person.id, unitId: person.unit_id };
}

type Task = { text: string; owners: readonly string[]; helpers: readonly string[]; dueOn: string };
/** One obligation for each whom a conclusion binds; of a confidential point only they learn of it. */
async function bind(context: Context, point: OpenPoint, conclusionId: string, task: Task): Promise<string[]> {
  const { db, office } = context;
  const file = await db.selectFrom('case_file').select('access').where('office_id', '=', office.id).where('id', '=', point.case_id).executeTakeFirstOrThrow();
  const helpers = await Promise.all(task.helpers.map(async (one) => ownerOf(context, one, 'helpers')));
  const marks = helpers.map((one) => one.ownerId ?? one.unitId!);
  const made: string[] = [];
  for (const named of task.owners) {
    const owner = await ownerOf(context, named, 'owners');
    made.push(await addObligation(context, {
      caseId: point.case_id, source: 'conclusion', text: task.text, ...owner, dueOn: task.dueOn || null, helpers: marks, sourceNoun: 'conclusion', sourceId: conclusionId, committeeId: point.sitting.committee_id,
      access: file.access === 'confidential' ? 'confidential' : 'office',
      // Whoever leads the sitting gave it, whoever wrote it down: it is theirs to accept.
      ...(point.sitting.chair_id ? { givenBy: point.sitting.chair_id } : {}),
    }));
  }
  return made;
}

const index = (context: Context, one: { id: string; caseId: string; text: string; reference: string }, isNew = false): Promise<void> =>
  indexSearch(context, { id: one.id, isNew, noun: 'conclusion', caseId: one.caseId, title: one.text.slice(0, 200), detail: one.reference, text: one.text });

export const recordConclusion = operation({
  id: 'conclusion.record', kind: 'command', rest: 'POST /points/{id}/conclusions', allow: ['staff'],
  summary: 'What the sitting concluded on a point, under the next number of the sitting: at once an obligation for each who carries it out.',
  input: z.object({ id: id(), text: text(4000), owners: owners(), helpers: owners(), dueOn: z.union([z.literal(''), day()]).default(''), voteId: optionalId() }),
  output: Done.extend({ position: z.number(), obligations: z.array(z.string()) }),
  async run(context, input) {
    const { db, office, caller, now, today } = context;
    const point = await beginPoint(context, input.id);
    if (input.dueOn && input.dueOn < today) throw wrong({ dueOn: { key: 'field.day_past' } });
    if (input.dueOn && input.owners.length === 0) throw wrong({ owners: { key: 'field.choose_owner' } });
    const vote = input.voteId ? await db.selectFrom('vote').select(['id', 'is_carried', 'state']).where('office_id', '=', office.id).where('id', '=', input.voteId).where('item_id', '=', point.id).executeTakeFirst() : null;
    if (input.voteId && !vote) throw notFound();
    if (vote && (vote.state !== 'closed' || !vote.is_carried)) throw notNow('error.not_carried');
    const counted = await db.updateTable('meeting').set((eb) => ({ last_conclusion: eb('last_conclusion', '+', 1), version: eb('version', '+', 1) })).where('office_id', '=', office.id).where('id', '=', point.meeting_id).returning('last_conclusion').executeTakeFirstOrThrow();
    const conclusionId = context.newId();
    await db.insertInto('conclusion').values({ office_id: office.id, id: conclusionId, meeting_id: point.meeting_id, item_id: point.id, case_id: point.case_id, position: counted.last_conclusion, text: input.text, vote_id: vote?.id ?? null, at: now, by_person: caller.personId }).execute();
    const obligations = await bind(context, point, conclusionId, input);
    await index(context, { id: conclusionId, caseId: point.case_id, text: input.text, reference: `${point.sitting.number}/${counted.last_conclusion}` }, true);
    context.record({ name: 'conclusion.recorded', nounId: conclusionId, caseId: point.case_id, data: { reference: `${point.sitting.number}/${counted.last_conclusion}`, count: obligations.length } });
    return { id: conclusionId, position: counted.last_conclusion, obligations };
  },
});

type Row = { id: string; item_id: string; meeting_id: string; case_id: string; position: number; text: string; dropped_at: Date | null };
async function beginConclusion(context: Context, conclusionId: string): Promise<{ row: Row; point: OpenPoint }> {
  const { db, office } = context;
  const row: Row | undefined = await db.selectFrom('conclusion').select(['id', 'item_id', 'meeting_id', 'case_id', 'position', 'text', 'dropped_at']).where('office_id', '=', office.id).where('id', '=', conclusionId).executeTakeFirst();
  if (!row) throw notFound();
  const point = await beginPoint(context, row.item_id);
  if (row.dropped_at) throw notNow();
  return { row, point };
}

export const changeConclusion = operation({
  id: 'conclusion.change', kind: 'command', rest: 'POST /conclusions/{id}', allow: ['staff'],
  summary: 'Words a conclusion anew while the sitting lasts; with other owners or another day its obligations are given anew.',
  input: z.object({ id: id(), text: text(4000), owners: owners(), helpers: owners(), dueOn: z.union([z.literal(''), day()]).default('') }),
  output: Done.extend({ obligations: z.array(z.string()) }),
  async run(context, input) {
    const { db, office } = context;
    const { row, point } = await beginConclusion(context, input.id);
    if (input.dueOn && input.owners.length === 0) throw wrong({ owners: { key: 'field.choose_owner' } });
    await db.updateTable('conclusion').set({ text: input.text }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
    await settleObligations(context, [row.id], { as: 'dropped', note: context.t('conclusion.reworded') });
    const obligations = await bind(context, point, row.id, input);
    await index(context, { id: row.id, caseId: row.case_id, text: input.text, reference: `${point.sitting.number}/${row.position}` });
    await touch(context, row.meeting_id);
    context.record({ name: 'conclusion.changed', nounId: row.id, caseId: row.case_id, data: { reference: `${point.sitting.number}/${row.position}` } });
    return { id: row.id, obligations };
  },
});

export const dropConclusion = operation({
  id: 'conclusion.drop', kind: 'command', rest: 'POST /conclusions/{id}/drop', allow: ['staff'],
  summary: 'A conclusion was not meant so: its number stays empty, and its obligations end.',
  input: z.object({ id: id(), reason: optionalText(500) }),
  output: Done,
  async run(context, input) {
    const { db, office, now } = context;
    const { row, point } = await beginConclusion(context, input.id);
    await db.updateTable('conclusion').set({ dropped_at: now }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
    await settleObligations(context, [row.id], { as: 'dropped', note: input.reason });
    await touch(context, row.meeting_id);
    context.record({ name: 'conclusion.dropped', nounId: row.id, caseId: row.case_id, data: { reference: `${point.sitting.number}/${row.position}` } });
    return { id: row.id };
  },
});

export const ConclusionFound = z.object({ id: z.string(), reference: z.string(), text: z.string(), committee: z.string(), meetingId: z.string(), heldOn: z.date(), excerptId: z.string().nullable(), verifiedAs: z.string().nullable() });
export const listConclusions = operation({
  id: 'conclusion.of_case', kind: 'query', rest: 'GET /cases/{id}/conclusions', allow: ['staff'],
  summary: 'What sittings concluded on the points of a case.',
  input: z.object({ id: id() }),
  output: z.object({ conclusions: z.array(ConclusionFound) }),
  async run({ db, office }, input) {
    const file = await db.selectFrom('case_file').select('id').where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!file) throw notFound();
    type Found = { id: string; position: number; number: number; text: string; committee: string; meeting_id: string; starts_at: Date; excerpt_id: string | null; verified_as: string | null };
    // Of a proposal that was put forward from this case, too: its papers are the case's.
    const { rows } = await sql<Found>`select c.id, c.position, m.number, c.text, k.name as committee, m.id as meeting_id, m.starts_at, c.excerpt_id, c.verified_as
      from conclusion c join meeting m on m.office_id = c.office_id and m.id = c.meeting_id join committee k on k.office_id = m.office_id and k.id = m.committee_id
        join agenda_item i on i.office_id = c.office_id and i.id = c.item_id left join agenda_proposal p on p.office_id = i.office_id and p.id = i.proposal_id
      where c.office_id = ${office.id} and (c.case_id = ${file.id} or p.case_id = ${file.id}) and m.case_id <> ${file.id} and c.dropped_at is null order by c.at limit 100`.execute(db);
    return { conclusions: rows.map((row) => ({ id: row.id, reference: `${row.number}/${row.position}`, text: row.text, committee: row.committee, meetingId: row.meeting_id, heldOn: row.starts_at, excerptId: row.excerpt_id, verifiedAs: row.verified_as })) };
  },
});
