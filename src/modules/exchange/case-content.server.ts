import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { choice, id } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { notFound, notNow } from '../../core/refusal.ts';

export const exportForms = ['pdf', 'folder'] as const;
const papersAtMost = 2000;

const ContentFile = z.object({ id: z.string(), title: z.string(), fileName: z.string(), mediaType: z.string(), size: z.number(), sha256: z.string(), kind: z.string(), at: z.date(), destroyedAt: z.date().nullable() });
export type ContentFile = z.infer<typeof ContentFile>;
export const Content = z.object({
  id: z.string(), reference: z.string(), subject: z.string(), kind: z.string(), classCode: z.string(), openedAt: z.date(), closedAt: z.date().nullable(), party: z.string(), unitId: z.string().nullable(), handler: z.string(), access: z.string(),
  entries: z.array(z.object({
    id: z.string(), sub: z.number(), reference: z.string(), direction: z.string(), channel: z.string(), subject: z.string(), text: z.string(), party: z.string(), senderReference: z.string(), at: z.date(), dispatchedAt: z.date().nullable(), annulledAt: z.date().nullable(),
    files: z.array(ContentFile),
  })),
  /** What was asked and replied without a paper of its own. */
  words: z.array(z.object({ kind: z.enum(['completion', 'contribution']), who: z.string(), question: z.string(), reply: z.string(), at: z.date(), repliedAt: z.date().nullable() })),
  /** Files that hang on no paper. */
  files: z.array(ContentFile),
  links: z.array(z.object({ reference: z.string(), subject: z.string(), kind: z.string() })),
});
export type Content = z.infer<typeof Content>;

export const exportCase = operation({
  id: 'case.export', kind: 'command', rest: 'POST /cases/{id}/export', allow: ['staff'],
  summary: 'Everything of a case that the caller may see, in the order of the book, with the hash of each file; taking it away is recorded.',
  input: z.object({ id: id(), as: choice(exportForms).default('folder') }),
  output: Content,
  async run({ db, office, record }, input) {
    const file = await db.selectFrom('case_file as c').leftJoin('party as p', (join) => join.onRef('p.office_id', '=', 'c.office_id').onRef('p.id', '=', 'c.party_id')).leftJoin('person as h', (join) => join.onRef('h.office_id', '=', 'c.office_id').onRef('h.id', '=', 'c.handled_by'))
      .select(['c.id', 'c.reference', 'c.subject', 'c.kind', 'c.class_code', 'c.opened_at', 'c.closed_at', 'c.unit_id', 'c.access', 'p.name as party', 'h.name as handler']).where('c.office_id', '=', office.id).where('c.id', '=', input.id).executeTakeFirst();
    if (!file || file.kind === 'reserved') throw notFound();
    const entries = await db.selectFrom('entry as e').leftJoin('party as p', (join) => join.onRef('p.office_id', '=', 'e.office_id').onRef('p.id', '=', 'e.party_id'))
      .select(['e.id', 'e.sub', 'e.reference', 'e.direction', 'e.channel', 'e.subject', 'e.body', 'e.sender_reference', 'e.at', 'e.dispatched_at', 'e.annulled_at', 'p.name as party']).where('e.office_id', '=', office.id).where('e.case_id', '=', file.id).orderBy('e.sub').limit(papersAtMost + 1).execute();
    const documents = await db.selectFrom('document').select(['id', 'entry_id', 'kind', 'title', 'file_name', 'media_type', 'size', 'sha256', 'at', 'destroyed_at']).where('office_id', '=', office.id).where('case_id', '=', file.id).orderBy('at').orderBy('id').limit(papersAtMost + 1).execute();
    if (entries.length > papersAtMost || documents.length > papersAtMost) throw notNow('error.export_many', { max: papersAtMost });
    const links = (await sql<{ reference: string; subject: string; kind: string }>`select c.reference, c.subject, l.kind from case_link l join case_file c on c.office_id = l.office_id and c.id = case when l.case_id = ${file.id} then l.other_id else l.case_id end
      where l.office_id = ${office.id} and ${file.id} in (l.case_id, l.other_id) order by l.at`.execute(db)).rows;
    const petition = await db.selectFrom('petition').select('body').where('office_id', '=', office.id).where('id', '=', file.id).executeTakeFirst();
    const completions = await db.selectFrom('completion').select(['question', 'reply', 'asked_at', 'ended_at']).where('office_id', '=', office.id).where('case_id', '=', file.id).execute();
    const contributions = await db.selectFrom('contribution').select(['asked_name', 'question', 'reply', 'asked_at', 'replied_at']).where('office_id', '=', office.id).where('case_id', '=', file.id).execute();
    const words = [
      ...completions.map((one) => ({ kind: 'completion' as const, who: file.party ?? '', question: one.question, reply: one.reply, at: one.asked_at, repliedAt: one.reply ? one.ended_at : null })),
      ...contributions.map((one) => ({ kind: 'contribution' as const, who: one.asked_name, question: one.question, reply: one.reply, at: one.asked_at, repliedAt: one.replied_at })),
    ].sort((a, b) => a.at.getTime() - b.at.getTime());
    const shown = (row: (typeof documents)[number]): ContentFile => ({ id: row.id, title: row.title, fileName: row.file_name, mediaType: row.media_type, size: row.size, sha256: row.sha256, kind: row.kind, at: row.at, destroyedAt: row.destroyed_at });
    const byEntry = Map.groupBy(documents, (row) => row.entry_id ?? '');
    const known = new Set(entries.map((entry) => entry.id));
    record({ name: 'case.exported', nounId: file.id, caseId: file.id, data: { as: input.as, documents: documents.length } });
    return {
      id: file.id, reference: file.reference, subject: file.subject, kind: file.kind, classCode: file.class_code, openedAt: file.opened_at, closedAt: file.closed_at, party: file.party ?? '', unitId: file.unit_id, handler: file.handler ?? '', access: file.access,
      entries: entries.map((one) => ({
        id: one.id, sub: one.sub, reference: one.reference, direction: one.direction, channel: one.channel, subject: one.subject, text: one.body || (one.sub === 1 ? (petition?.body ?? '') : ''), party: one.party ?? '', senderReference: one.channel === 'email' ? '' : (one.sender_reference ?? ''), at: one.at, dispatchedAt: one.dispatched_at, annulledAt: one.annulled_at,
        files: (byEntry.get(one.id) ?? []).map(shown),
      })),
      words, files: documents.filter((row) => !row.entry_id || !known.has(row.entry_id)).map(shown), links,
    };
  },
});
