import { officeAddress } from '../../core/address.ts';
import { dayIn } from '../../core/day.ts';
import { formatDay, formatTime, isLocaleId } from '../../core/language.ts';
import { queueMail } from '../../core/mail.ts';
import { textIn, translator } from '../../core/message.ts';
import type { Context } from '../../core/operation.ts';
import { openText } from '../../core/secret.ts';
import { audienceNumber, type ContactWay } from './audience.ts';

export type Notice = 'received' | 'scheduled' | 'confirmed' | 'reminder' | 'freed' | 'redirected' | 'declined' | 'answered';
type Told = { id: string; number: number; year: number; caseId: string; email: string; contactBy: ContactWay; locale: string; startsAt: Date | null; place: string };

/** Tells who asked to be received by e-mail, where that is the way; answers whether a letter went. Nothing of the purpose is in it. */
export async function notify(context: Context, audience: Told, notice: Notice, args: Record<string, string> = {}): Promise<boolean> {
  const { db, office, now } = context;
  if (audience.contactBy !== 'email' || !audience.email) return false;
  const row = await db.selectFrom('audience').select('code_sealed').where('office_id', '=', office.id).where('id', '=', audience.id).executeTakeFirst();
  const locale = isLocaleId(audience.locale) ? audience.locale : office.locale;
  const t = translator(locale);
  const zone = office.jurisdiction.timeZone;
  const code = row?.code_sealed ? openText(row.code_sealed) : '';
  const said = {
    ...args, code, number: audienceNumber(audience), office: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), phone: office.data.phone, place: audience.place || office.data.address,
    day: audience.startsAt ? formatDay(dayIn(zone, audience.startsAt), locale, 'weekday') : '', time: audience.startsAt ? formatTime(audience.startsAt, zone, locale) : '',
    link: `${officeAddress(context.kernel.config, office)}/audience/status?code=${code}`,
  };
  await queueMail(db, office.id, now, {
    to: audience.email, caseId: audience.caseId, locale, subject: t(`public.audience.mail.${notice}.subject`, said), body: `${t(`public.audience.mail.${notice}.body`, said)}\n\n${t('public.audience.mail.footer', said)}\n`,
  });
  return true;
}
