import type { Context } from '../../core/operation.ts';
import { isLocaleId } from '../../core/language.ts';
import { formatDay } from '../../core/language.ts';
import { queueMail, type MailAttachment } from '../../core/mail.ts';
import { textIn, translator } from '../../core/message.ts';
import { openText } from '../../core/secret.ts';
import { officeAddress } from '../../core/address.ts';
import type { Petition } from './petition.server.ts';

export type Notice = 'received' | 'extended' | 'forwarded' | 'forward_body' | 'dismissed' | 'completion' | 'answered' | 'completion_reminder';

type More = { to?: string | null; entryId?: string; attachments?: MailAttachment[] };

/** Tells the petitioner (or `to`) in the language of the petition, by e-mail where there is an address; otherwise the paper goes by post. Answers with the mail's id. */
export async function notify(context: Context, petition: Petition, notice: Notice, args: Record<string, string> = {}, more: More = {}): Promise<string | null> {
  const { db, office, now } = context;
  const locale = isLocaleId(petition.locale) ? petition.locale : office.locale;
  const t = translator(locale);
  let to = more.to;
  if (to === undefined) {
    if (petition.replyBy !== 'email' || !petition.partyId) return null;
    to = (await db.selectFrom('party').select('email').where('office_id', '=', office.id).where('id', '=', petition.partyId).executeTakeFirst())?.email;
  }
  if (!to) return null;
  const code = openText(petition.trackingSealed);
  const said = {
    ...args, ...(args['legalOn'] ? { legalOn: formatDay(args['legalOn'], locale, 'long') } : {}), ...(args['dueOn'] ? { dueOn: formatDay(args['dueOn'], locale, 'long') } : {}),
    reference: petition.reference, subject: petition.subject, code, office: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), phone: office.data.phone,
    link: `${officeAddress(context.kernel.config, office)}/track?code=${code}`,
  };
  return queueMail(db, office.id, now, {
    to, caseId: petition.id, locale, subject: t(`public.mail.${notice}.subject`, said), body: `${t(`public.mail.${notice}.body`, said)}\n\n${t('public.mail.footer', said)}\n`,
    attachments: more.attachments ?? [], isAutomatic: notice !== 'answered' && notice !== 'forward_body',
  });
}
