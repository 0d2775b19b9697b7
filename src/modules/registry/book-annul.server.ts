import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { id, text } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow } from '../../core/refusal.ts';
import { keepers, mustBeOpen } from './book.server.ts';

type Annulled = { annulled_at: Date; annulled_by: string | null; annul_reason: string };
/** Whether something of it is on its way, waits to be sent, or arrived. */
const isSent = async ({ db, office }: Context, of: 'case_id' | 'entry_id', ofId: string): Promise<boolean> => (await db.selectFrom('dispatch').select('id').where('office_id', '=', office.id).where(of, '=', ofId).where('state', '<>', 'failed').limit(1).executeTakeFirst()) !== undefined;
const mark = (context: Context, reason: string): Annulled => ({ annulled_at: context.now, annulled_by: context.caller.personId, annul_reason: reason });

export const annulEntry = operation({
  id: 'entry.annul', kind: 'command', rest: 'POST /entries/{id}/annul', allow: keepers,
  summary: 'Annuls a further paper of a case that was entered by mistake: it stays in the book, struck through with the reason, and its sub-number is not given again.',
  input: z.object({ id: id(), reason: text(500) }),
  output: z.object({ caseId: z.string() }),
  async run(context, input) {
    const { db, office } = context;
    const entry = await db.selectFrom('entry').select(['id', 'case_id', 'sub', 'reference', 'at', 'dispatched_at', 'annulled_at']).where('office_id', '=', office.id).where('id', '=', input.id).forUpdate().executeTakeFirst();
    if (!entry) throw notFound();
    const file = await db.selectFrom('case_file').select(['book', 'year', 'annulled_at', sql<boolean>`is_disposed(id)`.as('is_disposed')]).where('office_id', '=', office.id).where('id', '=', entry.case_id).executeTakeFirstOrThrow();
    if (entry.annulled_at || file.annulled_at) throw notNow('error.annulled_already');
    if (file.is_disposed) throw notNow('error.case_disposed');
    if (entry.sub === 1) throw notNow('error.annul_whole_case');
    if (entry.dispatched_at) throw notNow('error.annul_dispatched');
    if (await isSent(context, 'entry_id', entry.id)) throw notNow('error.annul_waiting');
    await mustBeOpen(context, file.book, file.year, entry.at);
    await db.updateTable('entry').set(mark(context, input.reason)).where('office_id', '=', office.id).where('id', '=', entry.id).execute();
    context.record({ name: 'entry.annulled', nounId: entry.id, caseId: entry.case_id, data: { entry: entry.reference } });
    return { caseId: entry.case_id };
  },
});

export const annulCase = operation({
  id: 'case.annul', kind: 'command', rest: 'POST /cases/{id}/annul', allow: keepers,
  summary: 'Annuls a number that was taken by mistake: it stays in the book, struck through with the reason, and is never given again. A matter that anybody worked on or answered is ended, not annulled.',
  input: z.object({ id: id(), reason: text(500) }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, now } = context;
    const file = await db.selectFrom('case_file').select(['id', 'book', 'year', 'kind', 'reference', 'entries', 'opened_at', 'closed_at', 'annulled_at']).where('office_id', '=', office.id).where('id', '=', input.id).where('kind', '<>', 'reserved').forUpdate().executeTakeFirst();
    if (!file) throw notFound();
    if (file.annulled_at) throw notNow('error.annulled_already');
    if (file.closed_at) throw notNow('error.annul_closed');
    // Its clock runs and its sender may have been told: once it was given to anybody it is withdrawn, dismissed or answered.
    const petition = await db.selectFrom('petition').select('state').where('office_id', '=', office.id).where('id', '=', file.id).executeTakeFirst();
    if (petition && (petition.state !== 'registered' || file.entries > 1)) throw notNow('error.annul_petition');
    const papers = await db.selectFrom('entry').select(['id', 'sub', 'dispatched_at', 'annulled_at']).where('office_id', '=', office.id).where('case_id', '=', file.id).execute();
    if (papers.some((paper) => paper.dispatched_at)) throw notNow('error.annul_dispatched');
    if (await isSent(context, 'case_id', file.id)) throw notNow('error.annul_waiting');
    if (papers.some((paper) => paper.sub > 1 && !paper.annulled_at)) throw notNow('error.annul_papers_first');
    await mustBeOpen(context, file.book, file.year, file.opened_at);
    await db.updateTable('case_file').set({ ...mark(context, input.reason), closed_at: now }).where('office_id', '=', office.id).where('id', '=', file.id).execute();
    await db.updateTable('entry').set(mark(context, input.reason)).where('office_id', '=', office.id).where('case_id', '=', file.id).where('annulled_at', 'is', null).execute();
    await db.updateTable('clock').set({ stopped_on: context.today }).where('office_id', '=', office.id).where('case_id', '=', file.id).where('stopped_on', 'is', null).execute();
    context.record({ name: 'case.annulled', nounId: file.id, caseId: file.id, data: { reference: file.reference, kind: file.kind } });
    return { id: file.id };
  },
});
