import { officeAddress } from '../../core/address.ts';
import { dayIn } from '../../core/day.ts';
import { writeCalendar, type Written } from '../../core/ical-write.ts';
import { formatAt, formatDay, formatTime } from '../../core/language.ts';
import { queueMail } from '../../core/mail.ts';
import { textIn, translator, type Translate } from '../../core/message.ts';
import type { Context } from '../../core/operation.ts';
import { hashToken } from '../../core/secret.ts';
import type { EngagementRow, ParticipantRow } from './engagement-write.server.ts';
import { writtenOf } from './ics.ts';

// Their own modules write to those who are asked to a sitting or an audience.
const written: ReadonlySet<string> = new Set(['meeting', 'audience']);
const open = ['public', 'internal'];

/** What outsiders are told it is: of what is confidential no more than its public words or its kind. */
export const outwardTitle = (row: Pick<EngagementRow, 'visibility' | 'title' | 'public_title' | 'kind'>, t: Translate): string => (open.includes(row.visibility) ? row.title : row.public_title || t(`engagement.kind.${row.kind}`));

/** When it is, in words. */
export function whenOf(row: Pick<EngagementRow, 'starts_at' | 'ends_at' | 'is_all_day' | 'time_zone'>, zone: string, locale: Context['caller']['locale']): string {
  if (row.is_all_day) return formatDay(dayIn(row.time_zone, row.starts_at), locale, 'weekday');
  const isOneDay = dayIn(zone, row.starts_at) === dayIn(zone, row.ends_at);
  return `${formatAt(row.starts_at, zone, locale, 'weekday')} – ${isOneDay ? formatTime(row.ends_at, zone, locale) : formatAt(row.ends_at, zone, locale, 'weekday')}`;
}

/** The secret by which somebody outside answers; made from the installation's secret, so that each mail carries the same. */
const tokenOf = (officeId: number, participantId: string): string => hashToken(`reply ${officeId} ${participantId}`).toString('base64url');

type Family = { row: EngagementRow; master: EngagementRow };
export const seriesOf = async ({ db, office }: Context, engagementId: string): Promise<string> => (await db.selectFrom('engagement').select('series_id').where('office_id', '=', office.id).where('id', '=', engagementId).executeTakeFirst())?.series_id ?? engagementId;
/** The engagement, or the series to which it belongs, with the occurrences that are otherwise. */
async function familyOf(context: Context, engagementId: string): Promise<Family[]> {
  const { db, office } = context;
  const seriesId = await seriesOf(context, engagementId);
  const rows: EngagementRow[] = await db.selectFrom('engagement').selectAll().where('office_id', '=', office.id).where((eb) => eb.or([eb('id', '=', seriesId), eb('series_id', '=', seriesId)])).execute();
  const master = rows.find((row) => row.id === seriesId);
  return master ? rows.map((row) => ({ row, master })) : [];
}
const sequenceOf = ({ row, master }: Family): number => Math.max(row.sequence, master.sequence);
const isUntold = (one: Family, person: ParticipantRow, now: Date): boolean => person.person_id === null && person.email !== null && !written.has(one.row.source) && one.row.organizer_email === null
  && (one.row.rule !== '' || one.row.ends_at > now)
  && (one.row.state === 'cancelled' ? person.invited_sequence !== null && person.invited_sequence < sequenceOf(one) : person.invited_sequence !== null ? person.invited_sequence < sequenceOf(one) : one.row.state === 'confirmed');

/** Those outside who were not told yet of what now stands. */
export async function untold(context: Context, engagementId: string): Promise<{ one: Family; person: ParticipantRow }[]> {
  const { db, office, now } = context;
  const family = await familyOf(context, engagementId);
  if (family.length === 0) return [];
  const people: ParticipantRow[] = await db.selectFrom('participant').selectAll().where('office_id', '=', office.id).where('engagement_id', 'in', family.map((one) => one.row.id)).where('person_id', 'is', null).where('email', 'is not', null).execute();
  return people.flatMap((person) => {
    const one = family.find(({ row }) => row.id === person.engagement_id)!;
    return isUntold(one, person, now) ? [{ one, person }] : [];
  });
}

/** The event as it is told to somebody outside: themselves and the office as organiser, no word that is the office's own. */
function eventFor(context: Context, { row, master }: Family, person: Pick<ParticipantRow, 'email' | 'name' | 'role' | 'reply'>, organizer: string, link: string | null): Written {
  const { office, now } = context;
  const t = translator(office.locale);
  const base = writtenOf({ ...row, ics: null }, { office, t, organizerName: organizer, hidesPeople: true });
  return {
    ...base, title: outwardTitle(row, t), detail: link ? t('public.invitation.detail', { link }) : '', categories: [], secrecy: null, travelBefore: null, isFree: false, sequence: sequenceOf({ row, master }), stampAt: now, changedAt: null, status: row.state as 'confirmed',
    organizer: { email: office.data.email, name: organizer }, attendees: [{ email: person.email!, name: person.name, role: person.role as 'required', reply: person.reply as 'accepted', asks: person.reply === 'needs-action' }], ...(link ? { url: link } : {}),
  };
}

/** Whose calendar it is, as a guest knows them. */
export async function ownerName({ db, office }: Context, calendarId: string): Promise<string> {
  const owner = await db.selectFrom('calendar as k').innerJoin('person as p', (join) => join.onRef('p.office_id', '=', 'k.office_id').onRef('p.id', '=', 'k.person_id')).select('p.name').where('k.office_id', '=', office.id).where('k.id', '=', calendarId).executeTakeFirst();
  return owner?.name ?? textIn(office.data.name, office.locale);
}

/** Writes to somebody outside what now stands, once for each state of it. */
export async function writeInvitation(context: Context, one: Family, person: ParticipantRow): Promise<void> {
  const { db, office, kernel, now } = context;
  const locale = office.locale;
  const t = translator(locale);
  const isGone = one.row.state === 'cancelled';
  const token = tokenOf(office.id, person.id);
  const link = isGone ? null : `${officeAddress(kernel.config, office)}/reply/${token}`;
  const host = await ownerName(context, one.row.calendar_id);
  const method = isGone ? 'CANCEL' as const : 'REQUEST' as const;
  const ics = writeCalendar([eventFor(context, one, person, host, link)], { method });
  const kind = isGone ? 'cancelled' : person.invited_sequence === null ? 'new' : 'changed';
  const said = { title: outwardTitle(one.row, t), when: whenOf(one.row, office.jurisdiction.timeZone, locale), place: one.row.place || '–', host, office: textIn(office.data.name, locale), phone: office.data.phone, link: link ?? '' };
  await queueMail(db, office.id, now, {
    to: person.email!, locale, subject: t(`public.invitation.mail.${kind}.subject`, said), body: t(`public.invitation.mail.${kind}.body`, said), ...(open.includes(one.row.visibility) && one.row.case_id ? { caseId: one.row.case_id } : {}), attachments: [{ name: 'invite.ics', ics, method }],
  });
  await db.updateTable('participant').set({ invited_sequence: sequenceOf(one), token_hash: hashToken(token) }).where('office_id', '=', office.id).where('id', '=', person.id).execute();
}

/** The sitting or audience as an entry of somebody's own calendar, for a module that writes the mail itself and asks for answers its own way; it takes the entry out again where the engagement is cancelled. */
export async function invitationText(context: Context, engagementId: string, person: { email: string; name: string }, told: { title: string; place: string; startsAt?: Date; endsAt?: Date }): Promise<{ name: string; ics: string; method: 'REQUEST' | 'CANCEL' } | null> {
  const one = (await familyOf(context, engagementId)).find(({ row }) => row.id === engagementId);
  if (!one) return null;
  const event = { ...eventFor(context, one, { ...person, role: 'required', reply: 'needs-action' }, await ownerName(context, one.row.calendar_id), null), ...told };
  const method = one.row.state === 'cancelled' ? 'CANCEL' : 'REQUEST';
  return { name: 'invite.ics', ics: writeCalendar([{ ...event, attendees: event.attendees.map((each) => ({ ...each, asks: false })) }], { method }), method };
}

/** Tells those who were invited and take part no longer; called while they still stand in the table. */
export async function withdrawInvitations(context: Context, engagementId: string, gone: readonly ParticipantRow[]): Promise<void> {
  const invited = gone.filter((one) => one.person_id === null && one.email !== null && one.invited_sequence !== null);
  if (invited.length === 0) return;
  const one = (await familyOf(context, engagementId)).find(({ row }) => row.id === engagementId);
  if (!one || (one.row.rule === '' && one.row.ends_at < context.now)) return;
  for (const person of invited) await writeInvitation(context, { row: { ...one.row, state: 'cancelled', sequence: Math.max(sequenceOf(one), person.invited_sequence! + 1) }, master: one.master }, person);
}
