import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { day, choice, id, optionalLine } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, wrong, type FieldErrors } from '../../core/refusal.ts';
import { beginCourse, touch } from './attendance.server.ts';
import { verdicts } from './sitting.ts';
import { getSitting, obligationsOf, ObligationOf, type Sitting } from './sitting-read.server.ts';

/** What the sitting says of the obligations of conclusions: accepted as done, dropped, or going on until another day. */
export async function settleObligations(context: Context, conclusionIds: readonly string[], said: { as: 'done' | 'dropped' } & { note?: string } | { as: 'open'; dueOn: string; note?: string }): Promise<void> {
  const { db, office, caller, now } = context;
  const rows = await db.selectFrom('obligation').select(['id', 'state', 'due_on']).where('office_id', '=', office.id).where('source_noun', '=', 'conclusion').where('source_id', 'in', [...conclusionIds]).where('state', 'in', ['open', 'reported']).forUpdate().execute();
  for (const row of rows) {
    const note = (kind: string, more: { due_on?: string } = {}) => db.insertInto('obligation_report').values({ office_id: office.id, id: context.newId(), obligation_id: row.id, kind, text: said.note ?? '', due_before: row.due_on, by_person: caller.personId, at: now, ...more }).execute();
    const change = (set: { state: string; ended_at?: Date; accepted_by?: string | null; due_on?: string }) => db.updateTable('obligation').set((eb) => ({ ...set, version: eb('version', '+', 1) })).where('office_id', '=', office.id).where('id', '=', row.id).execute();
    if (said.as === 'open') {
      await change({ state: 'open', due_on: said.dueOn });
      await note('due_moved', { due_on: said.dueOn });
    } else {
      await change({ state: said.as, ended_at: now, ...(said.as === 'done' ? { accepted_by: caller.personId } : {}) });
      await note(said.as === 'done' ? 'accepted' : 'dropped');
    }
  }
}

export const Verified = z.object({
  id: z.string(), reference: z.string(), heldOn: z.date(), text: z.string(), isConfidential: z.boolean(), verifiedAs: z.enum(verdicts).nullable(), verifiedNote: z.string(), verifiedOn: z.string().nullable(), isMarked: z.boolean(), dueOn: z.string().nullable(), isSettled: z.boolean(), obligations: z.array(ObligationOf),
});
export type Verified = z.infer<typeof Verified>;
/** The conclusions of the committee's earlier sittings that are still open, and those that this sitting has marked. */
export async function listToVerify(context: Pick<Context, 'db' | 'office'>, sitting: Pick<Sitting, 'id' | 'committee_id' | 'starts_at'>): Promise<Verified[]> {
  const { db, office } = context;
  type Row = { id: string; position: number; number: number; starts_at: Date; text: string; verified_as: 'done' | 'partly' | 'open' | 'dropped' | null; verified_note: string; verified_in: string | null; verified_on: string | null; is_confidential: boolean };
  const { rows } = await sql<Row>`select c.id, c.position, m.number, m.starts_at, c.text, c.verified_as, c.verified_note, c.verified_in, c.verified_on::text as verified_on, c.case_id <> m.case_id as is_confidential
    from conclusion c join meeting m on m.office_id = c.office_id and m.id = c.meeting_id
    where c.office_id = ${office.id} and m.committee_id = ${sitting.committee_id} and m.starts_at < ${sitting.starts_at} and m.state in ('closed', 'issued', 'adopted') and c.dropped_at is null
      and (c.verified_in = ${sitting.id} or ((c.verified_as is null or c.verified_as in ('partly', 'open')) and (c.verified_in is null or exists (select 1 from meeting v where v.office_id = c.office_id and v.id = c.verified_in and v.starts_at < ${sitting.starts_at}))))
    order by m.starts_at, c.position limit 300`.execute(db);
  const obligations = await obligationsOf(context, rows.map((row) => row.id));
  return rows.map((row) => {
    const own = obligations.filter((one) => one.conclusionId === row.id && (one.state !== 'dropped' || row.verified_as === 'dropped'));
    const days = own.filter((one) => one.state !== 'done' && one.dueOn !== null).map((one) => one.dueOn!).sort();
    return {
      id: row.id, reference: `${row.number}/${row.position}`, heldOn: row.starts_at, text: row.text, isConfidential: row.is_confidential, verifiedAs: row.verified_as, verifiedNote: row.verified_note, verifiedOn: row.verified_on, isMarked: row.verified_in === sitting.id,
      dueOn: days[0] ?? null, isSettled: own.length > 0 && own.every((one) => one.state === 'done'), obligations: own,
    };
  });
}

export const readVerification = operation({
  id: 'conclusion.to_verify', kind: 'query', rest: 'GET /meetings/{id}/verification', allow: ['staff'],
  summary: 'The first point of a sitting: every conclusion of the earlier ones that is still open, with the state of its obligations, reports and days late.',
  input: z.object({ id: id() }),
  output: z.object({ conclusions: z.array(Verified) }),
  run: async (context, input) => ({ conclusions: await listToVerify(context, await getSitting(context, input.id)) }),
});

const Mark = z.object({ id: id(), as: choice(['', ...verdicts]), note: optionalLine(500), dueOn: z.union([z.literal(''), day()]).default('') });
export const verifyConclusions = operation({
  id: 'conclusion.verify', kind: 'command', rest: 'POST /meetings/{id}/verification', allow: ['staff'],
  summary: 'What the sitting says of the conclusions of earlier ones, all in one go: done, partly, open until another day, or dropped. Their obligations follow.',
  input: z.object({ id: id(), marks: z.union([z.array(Mark), Mark.transform((one) => [one])]) }),
  output: z.object({ id: z.string(), marked: z.number() }),
  async run(context, input) {
    const { db, office, today } = context;
    const sitting = await beginCourse(context, input.id, ['open']);
    const known = await listToVerify(context, sitting);
    const errors: FieldErrors = {};
    let marked = 0;
    for (const [index, mark] of input.marks.entries()) {
      const conclusion = known.find((one) => one.id === mark.id);
      if (!conclusion) throw notFound();
      if (!mark.as) continue;
      if (mark.dueOn && mark.dueOn < today) errors[`marks.${index}.dueOn`] = { key: 'field.day_past' };
      else if (mark.dueOn && mark.as !== 'open' && mark.as !== 'partly') errors[`marks.${index}.dueOn`] = { key: 'field.day_of_open' };
      if (conclusion.isMarked && conclusion.verifiedAs === mark.as && conclusion.verifiedNote === mark.note && !mark.dueOn) continue;
      await db.updateTable('conclusion').set({ verified_in: sitting.id, verified_as: mark.as, verified_note: mark.note, verified_on: mark.dueOn || null }).where('office_id', '=', office.id).where('id', '=', mark.id).execute();
      if (mark.as === 'done' || mark.as === 'dropped') await settleObligations(context, [mark.id], { as: mark.as, note: mark.note });
      else if (mark.dueOn) await settleObligations(context, [mark.id], { as: 'open', dueOn: mark.dueOn, note: mark.note });
      marked++;
    }
    if (Object.keys(errors).length > 0) throw wrong(errors);
    await touch(context, sitting.id);
    context.record({ name: 'meeting.verified', nounId: sitting.id, caseId: sitting.case_id, data: { count: marked } });
    return { id: sitting.id, marked };
  },
});
