import { sql } from '../../core/database.ts';
import type { MessageFile } from '../../core/message-file.ts';
import type { Context } from '../../core/operation.ts';
import { fold } from '../../core/fold.ts';

/** Whether the reference stands in the text whole, in whatever script and spacing: not as a part of a longer number (its own sub-numbers aside). */
export function holdsReference(text: string, reference: string): boolean {
  const signs = [...fold(reference).replace(/\s+/g, '')];
  if (signs.length === 0) return false;
  return new RegExp(`(?<![\\d/-])${signs.map((sign) => sign.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('\\s*')}(?!\\d)`, 'u').test(fold(text));
}

export type Matter = { id: string; isKnown?: { entryId: string } };

/** The case to which a message belongs: it answers one of our letters or a message of the case, or its sender names the own case in the subject. */
export async function findMatter({ db, office }: Context, message: Pick<MessageFile, 'messageId' | 'thread' | 'subject' | 'email'>): Promise<Matter | null> {
  if (message.messageId) {
    const known = await db.selectFrom('entry as e').leftJoin('party as p', (join) => join.onRef('p.office_id', '=', 'e.office_id').onRef('p.id', '=', 'e.party_id')).select(['e.id', 'e.case_id']).where('e.office_id', '=', office.id)
      .where('e.sender_reference', '=', message.messageId).where('e.channel', '=', 'email').where(sql<boolean>`lower(coalesce(p.email, '')) = ${message.email}`).limit(1).executeTakeFirst();
    if (known) return { id: known.case_id, isKnown: { entryId: known.id } };
  }
  if (message.thread.length > 0) {
    const sent = await db.selectFrom('mail').select('case_id').where('office_id', '=', office.id).where('message_id', 'in', message.thread).where('case_id', 'is not', null).orderBy('queued_at', 'desc').limit(1).executeTakeFirst();
    if (sent?.case_id) return { id: sent.case_id };
    const earlier = await db.selectFrom('entry').select('case_id').where('office_id', '=', office.id).where('sender_reference', 'in', message.thread).where('channel', '=', 'email').orderBy('at', 'desc').limit(1).executeTakeFirst();
    if (earlier) return { id: earlier.case_id };
  }
  if (!message.email || !/\d/.test(message.subject)) return null;
  const own = await db.selectFrom('party as p').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'p.office_id').onRef('c.party_id', '=', 'p.id')).select(['c.id', 'c.reference']).where('p.office_id', '=', office.id)
    .where('p.email', '=', message.email.toLowerCase()).orderBy('c.opened_at', 'desc').limit(100).execute();
  const named = own.find((one) => holdsReference(message.subject, one.reference));
  return named ? { id: named.id } : null;
}

/** Whether the case, or the one into which it was merged, takes a further paper: a number that was annulled, or whose papers left the archive, does not. */
export async function takesPapers({ db, office }: Pick<Context, 'db' | 'office'>, caseId: string): Promise<boolean> {
  const row = await db.selectFrom('case_file').select(['merged_into', 'annulled_at', 'kind', sql<boolean>`is_disposed(id)`.as('is_disposed')]).where('office_id', '=', office.id).where('id', '=', caseId).executeTakeFirst();
  if (row?.merged_into) return takesPapers({ db, office }, row.merged_into);
  return row !== undefined && !row.annulled_at && !row.is_disposed && row.kind !== 'reserved';
}

/** The case that a label on a scan names, by its address; or the newest one whose number is printed on it. */
export async function findPrinted({ db, office }: Context, words: string): Promise<string | null> {
  const marks = [...new Set([...words.slice(0, 50_000).matchAll(/(?<![\d/-])\d[\d\s./-]{0,30}\d/g)].map((match) => match[0].replace(/\s/g, '')))].slice(0, 40);
  const numbers = [...new Set(marks.flatMap((mark) => [...mark.matchAll(/\d{1,7}/g)].map((match) => Number(match[0]))))].slice(0, 80);
  if (numbers.length === 0) return null;
  const candidates = await db.selectFrom('case_file').select(['id', 'reference']).where('office_id', '=', office.id).where('number', 'in', numbers).where('kind', '<>', 'reserved').orderBy('opened_at', 'desc').limit(500).execute();
  // „12/2026“ is also somebody else's number: only the office's own form of it, with its unit or class, says enough.
  const telling = candidates.filter((one) => one.reference.replace(/[^\p{L}\p{N}]/gu, '').length >= 7 && holdsReference(words, one.reference));
  return telling.length > 0 ? telling.sort((a, b) => b.reference.length - a.reference.length)[0]!.id : null;
}
