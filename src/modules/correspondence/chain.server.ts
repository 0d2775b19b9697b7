import { z } from 'zod';
import { isId } from '../../core/id.ts';
import { id, optionalText, seenVersion, text } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notNow } from '../../core/refusal.ts';
import { backToDraft, begin, change, Done, type LetterRow } from './letter.server.ts';
import { sealLetter } from './seal.server.ts';


/** The step whose turn it is; only for who stands there, or for whom stands in. */
async function turnOf({ db, office, caller }: Context, row: LetterRow) {
  const steps = await db.selectFrom('letter_step').selectAll().where('office_id', '=', office.id).where('letter_id', '=', row.id).where('round', '=', row.round).where('state', '=', 'waiting').orderBy('position').forUpdate().execute();
  const step = steps[0];
  if (!step) throw notNow();
  // No role stands above the chain: also a mayor signs only what was meant to be signed by the mayor.
  if (!caller.personId || !(caller.personId === step.person_id || caller.marks.includes(step.person_id))) throw notAllowed();
  return { step, isLast: steps.length === 1 };
}

async function settle({ db, office, caller, now }: Context, row: LetterRow, position: number, state: 'approved' | 'refused', comment: string): Promise<void> {
  await db.updateTable('letter_step').set({ state, comment, done_by: caller.personId, at: now }).where('office_id', '=', office.id).where('letter_id', '=', row.id).where('position', '=', position).execute();
}

export const approveLetter = operation({
  id: 'letter.approve', kind: 'command', rest: 'POST /letters/{id}/approve', allow: ['staff'],
  summary: 'Whose turn it is approves the version that was read; the last approval signs: the letter takes its number, is sealed and goes out.',
  input: z.object({ id: id(), version: seenVersion(), comment: optionalText(2000) }),
  output: Done.extend({ reference: z.string().nullable() }),
  async run(context, input) {
    const row = await begin(context, input.id, 'approve', input.version);
    const { step, isLast } = await turnOf(context, row);
    await settle(context, row, step.position, 'approved', input.comment);
    context.record({ name: 'letter.approved', nounId: row.id, caseId: row.case_id, data: { for: step.person_id, kind: step.kind } });
    if (!isLast) {
      await change(context, row.id, {});
      return { id: row.id, state: row.state, version: row.version, reference: null };
    }
    const sealed = await sealLetter(context, row, step.person_id);
    return { id: row.id, state: sealed.state, version: row.version, reference: sealed.reference };
  },
});

export const refuseLetter = operation({
  id: 'letter.refuse', kind: 'command', rest: 'POST /letters/{id}/refuse', allow: ['staff'],
  summary: 'Whose turn it is sends the letter back to its writer, with what must be changed.',
  input: z.object({ id: id(), version: seenVersion(), comment: text(2000) }),
  output: Done,
  async run(context, input) {
    const row = await begin(context, input.id, 'refuse', input.version);
    const { step } = await turnOf(context, row);
    await settle(context, row, step.position, 'refused', input.comment);
    const next = await backToDraft(context, row);
    context.record({ name: 'letter.refused', nounId: row.id, caseId: row.case_id, data: { for: step.person_id } });
    return { id: row.id, state: 'draft' as const, version: next };
  },
});

/** The persons for whom the caller may act. */
export const ownMarks = ({ caller }: Pick<Context, 'caller'>): string[] => [...new Set([caller.personId, ...caller.marks].filter((mark): mark is string => isId(mark)))];
