import { queueMail, type MailAttachment } from '../../core/mail.ts';
import type { Context } from '../../core/operation.ts';
import type { Way } from './dispatch.ts';

export type NewDispatch = {
  caseId: string; entryId?: string | null; documentId?: string | null; partyId?: string | null;
  addressee: string; address?: string; email?: string; way: Way;
  /** The letter that carries it, by e-mail: queued here, or the id of one that is queued already. */
  mail?: { subject: string; body: string; locale: string; attachments?: MailAttachment[] } | null; mailId?: string | null;
};

/** One paper for one addressee: by e-mail it goes into the outbox at once, by any other way it waits; answers with the row's id. */
export async function addDispatch(context: Context, to: NewDispatch): Promise<string> {
  const { db, office, now } = context;
  const mailId = to.mailId ?? (to.way === 'email' && to.mail && to.email ? await queueMail(db, office.id, now, { ...to.mail, to: to.email, caseId: to.caseId, isAutomatic: false }) : null);
  const id = context.newId();
  await db.insertInto('dispatch').values({
    office_id: office.id, id, case_id: to.caseId, entry_id: to.entryId ?? null, document_id: to.documentId ?? null, party_id: to.partyId ?? null, addressee: to.addressee, address: to.address ?? '', email: to.email ?? '',
    way: to.way, mail_id: mailId, at: now,
  }).execute();
  return id;
}

type Followed = { id: string; caseId: string };
const follow = (context: Context, mailId: string) => context.db.updateTable('dispatch').where('office_id', '=', context.office.id).where('mail_id', '=', mailId);

/** The mail left the outbox: what went by it is sent. Answers with the dispatches that changed; records an event for each. */
export async function mailSent(context: Context, mailId: string): Promise<Followed[]> {
  const rows = await follow(context, mailId).set({ state: 'sent', sent_at: context.now }).where('state', '=', 'waiting').returning(['id', 'case_id as caseId']).execute();
  for (const row of rows) context.record({ name: 'dispatch.sent', nounId: row.id, caseId: row.caseId });
  return rows;
}

/** The mail was given up or came back: its dispatches failed, with the reason as the server gave it. */
export async function mailFailed(context: Context, mailId: string, reason: string): Promise<Followed[]> {
  const rows = await follow(context, mailId).set({ state: 'failed', failed_at: context.now, failed_reason: reason.slice(0, 500) }).where('state', 'in', ['waiting', 'sent']).returning(['id', 'case_id as caseId']).execute();
  for (const row of rows) context.record({ name: 'dispatch.failed', nounId: row.id, caseId: row.caseId });
  return rows;
}
