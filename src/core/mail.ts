import { createTransport } from 'nodemailer';
import type { Config } from './config.ts';
import { sql, type Tx } from './database.ts';
import { newId } from './id.ts';
import type { Kernel } from './kernel.ts';
import { log } from './log.ts';
import { mailsSent } from './metrics.ts';
import { enter } from './operation.ts';
import { textIn } from './message.ts';
import type { Office } from './office.ts';
import { renderPdf, type PdfTemplates } from './pdf.ts';
import { systemCaller } from './caller.ts';

/** A file of the store, or a PDF rendered when the mail goes. */
export type MailAttachment = { name: string; sha256: string } | { name: string; template: keyof PdfTemplates; data: unknown };
export type Letter = { to: string; subject: string; body: string; locale: string; caseId?: string | null; attachments?: MailAttachment[] };
export type OutgoingMail = { id: string; from: { name: string; address: string }; to: string; subject: string; text: string; attachments: { name: string; content: Uint8Array }[] };
/** Delivers one message or throws; returns the id under which it went. */
export type MailTransport = { keepsBodies: boolean; deliver(mail: OutgoingMail): Promise<string> };

/** Puts a letter into the outbox, in the transaction of the act that causes it; answers with the mail's id. */
export async function queueMail(db: Tx, officeId: number, now: Date, letter: Letter): Promise<string> {
  // A line break in a subject or an address would add headers.
  const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ').trim();
  const mailId = newId();
  await db.insertInto('mail').values({
    office_id: officeId, id: mailId, case_id: letter.caseId ?? null, recipient: oneLine(letter.to), subject: oneLine(letter.subject), body: letter.body,
    locale: letter.locale, attachments: JSON.stringify(letter.attachments ?? []), queued_at: now,
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
      const sent = await smtp.sendMail({
        from: { name: mail.from.name, address: config.KABINET_MAIL_FROM ?? mail.from.address }, to: mail.to, subject: mail.subject, text: mail.text,
        messageId: `<${mail.id}@${mail.from.address.split('@')[1]}>`,
        attachments: mail.attachments.map((one) => ({ filename: one.name, content: Buffer.from(one.content) })),
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      return sent.messageId;
    },
  };
}

const attemptsAtMost = 8;

/** Sends what waits in the office's outbox; a failed one waits longer each time and is marked failed after eight attempts. */
export async function sendMails(kernel: Kernel, office: Office): Promise<void> {
  for (;;) {
    const more = await kernel.db.transaction().execute(async (db) => {
      await enter(db, systemCaller(office), 'all');
      const mail = await db.selectFrom('mail').selectAll().where('office_id', '=', office.id).where('state', '=', 'queued')
        .where(sql<boolean>`(attempts = 0 or queued_at + interval '1 minute' * power(2, attempts) < now())`)
        .orderBy('queued_at').limit(1).forUpdate().skipLocked().executeTakeFirst();
      if (!mail) return false;
      const update = db.updateTable('mail').where('office_id', '=', office.id).where('id', '=', mail.id);
      try {
        const attachments = kernel.mail.keepsBodies ? [] : await Promise.all((mail.attachments as MailAttachment[]).map(async (one) =>
          'sha256' in one ? { name: one.name, content: await kernel.files.get(office.id, one.sha256) } : { name: one.name, content: await renderPdf(one.template, one.data as never) }));
        const from = { name: textIn(office.data.name, office.locale), address: office.data.email };
        const messageId = await kernel.mail.deliver({ id: mail.id, from, to: mail.recipient, subject: mail.subject, text: mail.body, attachments });
        // A sent letter may hold a tracking code: its text is not kept, except where the outbox is the only delivery.
        await update.set({ state: 'sent', sent_at: new Date(), message_id: messageId, ...(kernel.mail.keepsBodies ? {} : { body: '', attachments: '[]' }) }).execute();
        mailsSent.inc({ outcome: 'sent' });
      } catch (error) {
        const attempts = mail.attempts + 1;
        log.warn({ mail: mail.id, attempts, code: (error as { code?: string }).code }, 'mail was not delivered');
        await update.set({ attempts, error: (error as Error).message.slice(0, 500), ...(attempts >= attemptsAtMost ? { state: 'failed' } : {}) }).execute();
        mailsSent.inc({ outcome: attempts >= attemptsAtMost ? 'failed' : 'retry' });
      }
      return true;
    });
    if (!more) return;
  }
}
