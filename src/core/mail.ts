import { createTransport } from 'nodemailer';
import { z } from 'zod';
import type { Config } from './config.ts';
import { sql, type Tx } from './database.ts';
import { newId } from './id.ts';
import { id } from './input.ts';
import type { Kernel } from './kernel.ts';
import { log } from './log.ts';
import { mailsSent } from './metrics.ts';
import { enter, operation } from './operation.ts';
import { textIn } from './message.ts';
import type { Office } from './office.ts';
import { renderPdf, type PdfTemplates } from './pdf.ts';
import { systemCaller } from './caller.ts';
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
  const smtp = createTransport(config.KABINET_SMTP, { disableFileAccess: true, disableUrlAccess: true });
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
    const mail = await context.db.updateTable('mail').set({ state: 'failed', error: input.reason.slice(0, 500) }).where('office_id', '=', context.office.id).where('id', '=', input.id).where('state', '=', 'queued')
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

/** Sends what waits in the office's outbox; a failed one waits longer each time, and is given up after eight attempts or when it is refused for good. */
export async function sendMails(kernel: Kernel, office: Office): Promise<void> {
  for (;;) {
    const outcome = await kernel.db.transaction().execute(async (db) => {
      await enter(db, systemCaller(office), 'all');
      const mail = await db.selectFrom('mail').selectAll().where('office_id', '=', office.id).where('state', '=', 'queued')
        .where(sql<boolean>`(attempts = 0 or queued_at + interval '1 minute' * power(2, attempts) < now())`)
        .orderBy('queued_at').limit(1).forUpdate().skipLocked().executeTakeFirst();
      if (!mail) return 'nothing';
      const update = db.updateTable('mail').where('office_id', '=', office.id).where('id', '=', mail.id);
      try {
        const all = mail.attachments as MailAttachment[];
        const invitation = all.find((one) => 'ics' in one);
        const attachments = kernel.mail.keepsBodies ? [] : await Promise.all(all.filter((one): one is Exclude<MailAttachment, { ics: string }> => !('ics' in one)).map(async (one) =>
          'sha256' in one ? { name: one.name, content: await kernel.files.get(office.id, one.sha256) } : { name: one.name, content: await renderPdf(one.template, one.data as never) }));
        const from = { name: textIn(office.data.name, office.locale), address: office.data.email };
        const thread = await threadOf(db, office.id, mail);
        const messageId = await kernel.mail.deliver({ id: mail.id, from, to: mail.recipient, subject: mail.subject, text: mail.body, attachments, isAutomatic: mail.is_automatic, thread, ...(invitation ? { invitation } : {}) });
        // A sent letter may hold a tracking code: its text is not kept, except where the outbox is the only delivery.
        await update.set({ state: 'sent', sent_at: new Date(), message_id: messageId, ...(kernel.mail.keepsBodies ? {} : { body: '', attachments: '[]' }) }).execute();
        mailsSent.inc({ outcome: 'sent' });
        return 'sent';
      } catch (error) {
        const attempts = mail.attempts + 1;
        const reason = (error as Error).message.slice(0, 500);
        log.warn({ mail: mail.id, attempts, code: (error as { code?: string }).code }, 'mail was not delivered');
        await update.set({ attempts, error: reason }).execute();
        const isLast = attempts >= attemptsAtMost || isPermanent(error);
        mailsSent.inc({ outcome: isLast ? 'failed' : 'retry' });
        return isLast ? { id: mail.id, reason } : 'later';
      }
    });
    if (outcome === 'nothing') return;
    // Killed before this, the message is tried once more and given up then.
    if (typeof outcome === 'object') await kernel.run(failMail, kernel.system(office), outcome);
  }
}
