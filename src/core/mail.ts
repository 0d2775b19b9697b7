import { createTransport } from 'nodemailer';
import { z } from 'zod';
import type { Config } from './config.ts';
import { sql, transact, type Tx } from './database.ts';
import { newId } from './id.ts';
import { id, optionalLine } from './input.ts';
import type { Kernel } from './kernel.ts';
import { log } from './log.ts';
import { mailsSent } from './metrics.ts';
import { operation, settingsOf } from './operation.ts';
import { textIn } from './message.ts';
import type { Office } from './office.ts';
import { renderPdf, type PdfTemplates } from './pdf.ts';
import { systemCaller } from './caller.ts';
import { outageOf } from './outage.ts';
import { notFound } from './refusal.ts';

/** A file of the store, a PDF rendered when the mail goes, or an invitation to a calendar (iMIP, RFC 6047), which stands beside the text. */
export type MailAttachment = { name: string; sha256: string } | { name: string; template: keyof PdfTemplates; data: unknown } | { name: string; ics: string; method: 'REQUEST' | 'CANCEL' | 'REPLY' };
/** `isAutomatic` unless a person wrote it; `thread` holds the Message-IDs it answers, the last one foremost (found by the case where not given). */
export type Letter = { to: string; subject: string; body: string; locale: string; caseId?: string | null; attachments?: MailAttachment[]; isAutomatic?: boolean; thread?: string[] };
export type OutgoingMail = {
  id: string; from: { name: string; address: string }; to: string; subject: string; text: string; attachments: { name: string; content: Uint8Array }[]; isAutomatic: boolean; thread: string[];
  invitation?: { name: string; ics: string; method: string };
};
/** Delivers one message or throws; returns the id under which it went. */
export type MailTransport = { keepsBodies: boolean; deliver(mail: OutgoingMail): Promise<string> };

/** Puts a letter into the outbox, in the transaction of the act that causes it; answers with its id, by which its fate is followed. */
export async function queueMail(db: Tx, officeId: number, now: Date, letter: Letter): Promise<string> {
  // A line break in a subject or an address would add headers.
  const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ').trim();
  const mailId = newId();
  await db.insertInto('mail').values({
    office_id: officeId, id: mailId, case_id: letter.caseId ?? null, recipient: oneLine(letter.to), subject: oneLine(letter.subject), body: letter.body,
    locale: letter.locale, attachments: JSON.stringify(letter.attachments ?? []), queued_at: now, is_automatic: letter.isAutomatic ?? true, thread: letter.thread ?? [],
  }).execute();
  return mailId;
}

/** SMTP where it is configured; otherwise the message stays in the local outbox, where demonstration mode shows it. */
export function openMail(config: Config): MailTransport {
  if (!config.KABINET_SMTP) return { keepsBodies: true, deliver: async (mail) => `<${mail.id}@outbox.local>` };
  const smtp = createTransport({ url: config.KABINET_SMTP, connectionTimeout: 10_000, greetingTimeout: 10_000, dnsTimeout: 10_000, socketTimeout: 60_000, disableFileAccess: true, disableUrlAccess: true });
  return {
    keepsBodies: false,
    async deliver(mail) {
      const address = config.KABINET_MAIL_FROM ?? mail.from.address;
      const sent = await smtp.sendMail({
        from: { name: mail.from.name, address }, to: mail.to, subject: mail.subject, text: mail.text,
        // Answers go to the office's own mailbox; what cannot be delivered comes back to the sender of the envelope.
        ...(address === mail.from.address ? {} : { replyTo: { name: mail.from.name, address: mail.from.address } }), envelope: { from: address, to: mail.to },
        messageId: `<${mail.id}@${mail.from.address.split('@')[1]}>`,
        ...(mail.thread.length > 0 ? { inReplyTo: mail.thread.at(-1)!, references: mail.thread } : {}),
        attachments: mail.attachments.map((one) => ({ filename: one.name, content: Buffer.from(one.content) })),
        ...(mail.invitation ? { icalEvent: { filename: mail.invitation.name, method: mail.invitation.method, content: mail.invitation.ics } } : {}),
        headers: mail.isAutomatic ? { 'Auto-Submitted': 'auto-generated' } : {},
      });
      return sent.messageId;
    },
  };
}

const attemptsAtMost = 8;
// Without a mail server nothing is said of the message: it waits as long as mail servers themselves do.
const unreachedMs = 3 * 86_400_000;
const unreached = new Set(['ECONNECTION', 'ETIMEDOUT', 'ESOCKET', 'EDNS', 'ETLS', 'EPROTOCOL']);

/** Whether the server refused this message for good: what it says of our own sign-in (53x) is no word about the message. */
function isPermanent(error: unknown): boolean {
  const code = (error as { responseCode?: number }).responseCode ?? 0;
  return code >= 500 && code < 600 && Math.floor(code / 10) !== 53;
}

export const failMail = operation({
  id: 'mail.fail', kind: 'command', allow: [],
  summary: 'A message that the server refuses, or that was tried too often, is given up; its case is told.',
  input: z.object({ id: id(), reason: z.string() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const mail = await context.db.updateTable('mail').set({ state: 'failed', error: optionalLine(500).parse(input.reason.slice(0, 500)) }).where('office_id', '=', context.office.id).where('id', '=', input.id).where('state', '=', 'queued')
      .returning(['id', 'case_id']).executeTakeFirst();
    if (!mail) throw notFound();
    context.record({ name: 'mail.failed', nounId: mail.id, caseId: mail.case_id });
    return { id: mail.id };
  },
});

/** The Message-IDs that a letter of this case to this address answers: programs then show both as one conversation. */
async function threadOf(db: Tx, officeId: number, mail: { case_id: string | null; recipient: string; thread: string[] }): Promise<string[]> {
  if (mail.thread.length > 0 || !mail.case_id) return mail.thread;
  const last = await db.selectFrom('entry as e').innerJoin('party as p', (join) => join.onRef('p.office_id', '=', 'e.office_id').onRef('p.id', '=', 'e.party_id')).select('e.sender_reference')
    .where('e.office_id', '=', officeId).where('e.case_id', '=', mail.case_id).where('e.channel', '=', 'email').where('e.direction', '=', 'in').where('e.sender_reference', 'like', '<%>')
    .where('p.email', '=', mail.recipient.toLowerCase()).orderBy('e.at', 'desc').limit(1).executeTakeFirst();
  return last?.sender_reference ? [last.sender_reference] : [];
}

type Taken = { id: string; recipient: string; subject: string; body: string; is_automatic: boolean; attachments: unknown; attempts: number; queued_at: Date; thread: string[] };

const within = <T>(kernel: Kernel, office: Office, work: (db: Tx) => Promise<T>): Promise<T> => transact(kernel.db, 'write', settingsOf(systemCaller(office), 'all'), work);
const waits = (db: Tx, officeId: number, mailId: string) => db.updateTable('mail').where('office_id', '=', officeId).where('id', '=', mailId).where('state', '=', 'queued');

/** The oldest letter whose turn it is, taken for three minutes: no other lane or server delivers it meanwhile. */
async function takeMail(kernel: Kernel, office: Office): Promise<Taken | null> {
  return within(kernel, office, async (db) => {
    const mail = await db.selectFrom('mail').selectAll().where('office_id', '=', office.id).where('state', '=', 'queued')
      .where(sql<boolean>`(wait_until is null or wait_until < now())`).orderBy('queued_at').limit(1).forUpdate().skipLocked().executeTakeFirst();
    if (!mail) return null;
    await waits(db, office.id, mail.id).set({ wait_until: sql<Date>`now() + interval '3 minutes'` }).execute();
    return { ...mail, thread: await threadOf(db, office.id, mail) };
  });
}

// What the mail server has and the database could not be told of: it is not sent again by this process.
const delivered = new Map<string, string>();

async function deliver(kernel: Kernel, office: Office, mail: Taken): Promise<string> {
  const before = delivered.get(mail.id);
  if (before) return before;
  const all = mail.attachments as MailAttachment[];
  const invitation = all.find((one) => 'ics' in one);
  const attachments = kernel.mail.keepsBodies ? [] : await Promise.all(all.filter((one): one is Exclude<MailAttachment, { ics: string }> => !('ics' in one)).map(async (one) =>
    'sha256' in one ? { name: one.name, content: await kernel.files.get(office.id, one.sha256) } : { name: one.name, content: await renderPdf(one.template, one.data as never) }));
  const from = { name: textIn(office.data.name, office.locale), address: office.data.email };
  const messageId = await kernel.mail.deliver({ id: mail.id, from, to: mail.recipient, subject: mail.subject, text: mail.body, attachments, isAutomatic: mail.is_automatic, thread: mail.thread, ...(invitation ? { invitation } : {}) });
  delivered.set(mail.id, messageId);
  return messageId;
}

/** Delivers one letter and notes how it went; answers with why it is given up, if it is. */
async function send(kernel: Kernel, office: Office, mail: Taken): Promise<string | null> {
  // A server that takes its time over the message has it alone as long as it moves.
  const stay = setInterval(() => void within(kernel, office, (db) => waits(db, office.id, mail.id).set({ wait_until: sql<Date>`now() + interval '3 minutes'` }).execute()).catch(() => {}), 60_000);
  let messageId: string;
  try {
    messageId = await deliver(kernel, office, mail);
  } catch (error) {
    const attempts = mail.attempts + 1;
    log.warn({ mail: mail.id, attempts, code: (error as { code?: string }).code }, 'mail was not delivered');
    const isUnreached = outageOf(error) !== null || ((error as { responseCode?: number }).responseCode === undefined && unreached.has((error as { code?: string }).code ?? ''));
    const isLast = isUnreached ? Date.now() - mail.queued_at.getTime() > unreachedMs : attempts >= attemptsAtMost || isPermanent(error);
    const minutes = 2 ** Math.min(attempts, isUnreached ? 5 : attemptsAtMost);
    const reason = (error as Error).message.slice(0, 500);
    await within(kernel, office, (db) => waits(db, office.id, mail.id).set({ attempts, error: reason, wait_until: sql<Date>`now() + ${minutes} * interval '1 minute'` }).execute());
    mailsSent.inc({ outcome: isLast ? 'failed' : 'retry' });
    return isLast ? reason : null;
  } finally {
    clearInterval(stay);
  }
  // A sent letter may hold a tracking code: its text is not kept, except where the outbox is the only delivery.
  await within(kernel, office, (db) => waits(db, office.id, mail.id).set({ state: 'sent', sent_at: new Date(), message_id: messageId, wait_until: null, ...(kernel.mail.keepsBodies ? {} : { body: '', attachments: '[]' }) }).execute());
  delivered.delete(mail.id);
  mailsSent.inc({ outcome: 'sent' });
  return null;
}

/**
 * Sends what waits in the office's outbox, the oldest first; a failed one waits longer each time, and is given up after eight
 * attempts, when it is refused for good, or when no mail server was reached for three days. No transaction is open while a mail
 * server is spoken with: one that hangs holds up nobody else. Killed in between, a letter goes once more under the same Message-ID.
 */
export async function sendMails(kernel: Kernel, office: Office): Promise<void> {
  for (let mail = await takeMail(kernel, office); mail; mail = await takeMail(kernel, office)) {
    const reason = await send(kernel, office, mail);
    // Killed before this, the message is tried once more and given up then.
    if (reason !== null) await kernel.run(failMail, kernel.system(office), { id: mail.id, reason });
  }
}
