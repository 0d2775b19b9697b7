import { officeAddress } from '../../core/address.ts';
import { dayIn } from '../../core/day.ts';
import { writeCalendar } from '../../core/ical-write.ts';
import { formatDay, formatTime, isLocaleId } from '../../core/language.ts';
import { queueMail, type MailAttachment } from '../../core/mail.ts';
import { textIn, translator, type Translate } from '../../core/message.ts';
import type { Context } from '../../core/operation.ts';
import { openText } from '../../core/secret.ts';
import { audienceNumber, type ContactWay } from './audience.ts';

export type Notice = 'received' | 'scheduled' | 'confirmed' | 'moved' | 'reminder' | 'freed' | 'other_asked' | 'withdrawn' | 'adopted' | 'redirected' | 'declined' | 'answered';
type Told = { id: string; number: number; year: number; caseId: string; name: string; email: string; contactBy: ContactWay; locale: string; startsAt: Date | null; endsAt: Date | null; place: string; state?: string };

const gives: ReadonlySet<Notice> = new Set(['scheduled', 'confirmed', 'moved']);
const takes: ReadonlySet<Notice> = new Set(['freed', 'other_asked', 'withdrawn', 'adopted', 'redirected', 'declined']);

/**
 * The time as an entry of the citizen's own calendar: entered and moved by REQUEST, taken out by CANCEL, as members from outside get their
 * sittings. It asks for no reply, which the link takes, and holds no code: calendars are shown to others.
 */
function entryFor({ office, now }: Context, audience: Told, notice: Notice, version: number, t: Translate, said: { number: string; office: string; phone: string; place: string }): MailAttachment[] {
  const { startsAt, endsAt } = audience;
  const isGone = takes.has(notice);
  if (!startsAt || !endsAt || endsAt <= now || (!isGone && !gives.has(notice))) return [];
  const isAccepted = notice === 'confirmed' || (notice === 'moved' && audience.state === 'confirmed');
  const method = isGone ? 'CANCEL' : 'REQUEST';
  const ics = writeCalendar([{
    uid: `${audience.id}@${office.slug}`, sequence: version, recurrenceAt: null, startsAt, endsAt, isAllDay: false, timeZone: office.jurisdiction.timeZone, title: t('public.audience.entry.title', said), detail: t('public.audience.entry.detail', said), place: said.place,
    status: isGone ? 'cancelled' : 'confirmed', secrecy: 'private', isFree: false, rule: '', droppedAt: [], categories: [], stampAt: now, organizer: { email: office.data.email, name: said.office },
    attendees: [{ email: audience.email, name: audience.name, role: 'required', reply: isAccepted ? 'accepted' : 'needs-action' }],
  }], { method });
  return [{ name: 'invite.ics', ics, method }];
}

/** Tells who asked to be received by e-mail, where that is the way; answers whether a letter went. Nothing of the purpose is in it. Called after the change of which it tells. */
export async function notify(context: Context, audience: Told, notice: Notice, args: Record<string, string> = {}): Promise<boolean> {
  const { db, office, now } = context;
  if (audience.contactBy !== 'email' || !audience.email) return false;
  const row = await db.selectFrom('audience').select(['code_sealed', 'version']).where('office_id', '=', office.id).where('id', '=', audience.id).executeTakeFirst();
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
    attachments: entryFor(context, audience, notice, row?.version ?? 0, t, said),
  });
  return true;
}

/** Tells of a time ahead that no longer stands; where there was none, there is nothing to tell. */
export const notifyNoLonger = async (context: Context, audience: Told, notice: 'other_asked' | 'withdrawn' | 'adopted'): Promise<boolean> => audience.startsAt !== null && audience.startsAt > context.now && notify(context, audience, notice);
