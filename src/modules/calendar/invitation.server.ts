import { z } from 'zod';
import { officeAddress } from '../../core/address.ts';
import { writeCalendar, type Written } from '../../core/ical-write.ts';
import { choice, id, optionalText } from '../../core/input.ts';
import { formatAt, formatDay, formatTime } from '../../core/language.ts';
import { dayIn } from '../../core/day.ts';
import { queueMail } from '../../core/mail.ts';
import { textIn, translator, type Translate } from '../../core/message.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow } from '../../core/refusal.ts';
import { hashToken } from '../../core/secret.ts';
import { setReply } from './engagement.server.ts';
import { replies } from './engagement.ts';
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
const seriesOf = async ({ db, office }: Context, engagementId: string): Promise<string> => (await db.selectFrom('engagement').select('series_id').where('office_id', '=', office.id).where('id', '=', engagementId).executeTakeFirst())?.series_id ?? engagementId;
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

async function untold(context: Context, engagementId: string): Promise<{ one: Family; person: ParticipantRow }[]> {
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

async function ownerName({ db, office }: Context, calendarId: string): Promise<string> {
  const owner = await db.selectFrom('calendar as k').innerJoin('person as p', (join) => join.onRef('p.office_id', '=', 'k.office_id').onRef('p.id', '=', 'k.person_id')).select('p.name').where('k.office_id', '=', office.id).where('k.id', '=', calendarId).executeTakeFirst();
  return owner?.name ?? textIn(office.data.name, office.locale);
}

async function writeInvitation(context: Context, one: Family, person: ParticipantRow): Promise<void> {
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

/** The calendars of guests of the staff, in which this engagement stands or stood. */
async function guestCalendars({ db, office }: Context, engagementId: string): Promise<{ id: string; isThere: boolean }[]> {
  const family = db.selectFrom('engagement').select('id').where('office_id', '=', office.id).where((eb) => eb.or([eb('id', '=', engagementId), eb('series_id', '=', engagementId)]));
  const there = await db.selectFrom('occurrence').select('calendar_id').distinct().where('office_id', '=', office.id).where('engagement_id', 'in', family).where('is_own', '=', false).execute();
  const own = await db.selectFrom('engagement').select('calendar_id').where('office_id', '=', office.id).where('id', '=', engagementId).executeTakeFirst();
  const last = await db.selectFrom('calendar_change').select(['calendar_id', 'is_gone']).distinctOn('calendar_id').where('office_id', '=', office.id).where('engagement_id', '=', engagementId).orderBy('calendar_id').orderBy('number', 'desc').execute();
  const known = last.filter((row) => !row.is_gone);
  const ids = new Set([...there, ...known].map((row) => row.calendar_id));
  return [...ids].filter((one) => one !== own?.calendar_id).sort().map((one) => ({ id: one, isThere: there.some((row) => row.calendar_id === one) }));
}

export const askUntold = operation({
  id: 'engagement.untold', kind: 'query', allow: [],
  summary: 'Whether somebody still has to be told of an engagement as it now is.',
  input: z.object({ id: id() }),
  output: z.object({ owes: z.boolean() }),
  run: async (context, input) => ({ owes: (await untold(context, input.id)).length > 0 || (await guestCalendars(context, await seriesOf(context, input.id))).length > 0 }),
});

export const tellEngagement = operation({
  id: 'engagement.tell', kind: 'command', allow: [],
  summary: 'Writes to those outside who are asked to take part: an invitation, its change or its end, once for each state of it; the programs of guests of the staff are told that there is something new.',
  input: z.object({ id: id() }),
  output: z.object({ told: z.number() }),
  async run(context, input) {
    const { db, office, now } = context;
    const owed = await untold(context, input.id);
    for (const { one, person } of owed) await writeInvitation(context, one, person);
    const seriesId = await seriesOf(context, input.id);
    const master = await db.selectFrom('engagement').select('uid').where('office_id', '=', office.id).where('id', '=', seriesId).executeTakeFirst();
    if (!master) throw notFound();
    for (const calendar of await guestCalendars(context, seriesId)) {
      const { change_number: number } = await db.updateTable('calendar').set((eb) => ({ change_number: eb('change_number', '+', 1) })).where('office_id', '=', office.id).where('id', '=', calendar.id).returning('change_number').executeTakeFirstOrThrow();
      await db.insertInto('calendar_change').values({ office_id: office.id, calendar_id: calendar.id, number, engagement_id: seriesId, uid: master.uid, is_gone: !calendar.isThere, at: now }).execute();
    }
    context.record({ name: 'engagement.told', nounId: input.id, data: { told: owed.length } });
    return { told: owed.length };
  },
});

/** The text of an invitation for somebody outside, for a module that writes the mail itself; null where the engagement is over or cancelled. */
export async function invitationText(context: Context, engagementId: string, person: { email: string; name: string }): Promise<{ name: string; ics: string; method: 'REQUEST' } | null> {
  const one = (await familyOf(context, engagementId)).find(({ row }) => row.id === engagementId);
  if (!one || one.row.state === 'cancelled') return null;
  const event = eventFor(context, one, { ...person, role: 'required', reply: 'needs-action' }, await ownerName(context, one.row.calendar_id), null);
  return { name: 'invite.ics', ics: writeCalendar([event], { method: 'REQUEST' }), method: 'REQUEST' };
}

const Invitation = z.object({ title: z.string(), when: z.string(), place: z.string(), host: z.string(), name: z.string(), reply: z.enum(replies), comment: z.string(), isSeries: z.boolean(), isCancelled: z.boolean(), isOver: z.boolean() });
export type Invitation = z.infer<typeof Invitation>;

async function byToken({ db, office }: Context, token: string): Promise<{ row: EngagementRow; person: ParticipantRow }> {
  const person = /^[\w-]{43}$/.test(token) ? await db.selectFrom('participant').selectAll().where('office_id', '=', office.id).where('token_hash', '=', hashToken(token)).executeTakeFirst() : undefined;
  const row = person && (await db.selectFrom('engagement').selectAll().where('office_id', '=', office.id).where('id', '=', person.engagement_id).executeTakeFirst());
  if (!person || !row) throw notFound();
  return { row, person };
}
const isOver = (row: EngagementRow, now: Date): boolean => row.rule === '' && row.ends_at < now;

export const openInvitation = operation({
  id: 'invitation.open', kind: 'query', allow: ['public'], asOffice: true,
  summary: 'An invitation, as its link shows it to whoever was invited.',
  input: z.object({ token: z.string().max(100) }),
  output: Invitation,
  async run(context, input) {
    const { row, person } = await byToken(context, input.token);
    const { caller, office, now, t } = context;
    return {
      title: outwardTitle(row, t), when: whenOf(row, office.jurisdiction.timeZone, caller.locale), place: row.place, host: await ownerName(context, row.calendar_id), name: person.name, reply: person.reply as 'accepted', comment: person.comment, isSeries: row.rule !== '', isCancelled: row.state === 'cancelled', isOver: isOver(row, now),
    };
  },
});

export const answerInvitation = operation({
  id: 'invitation.answer', kind: 'command', allow: ['public'], asOffice: true,
  summary: 'Whoever was invited says yes, perhaps or no by the link of the invitation, with a word if they like; they may say otherwise later.',
  input: z.object({ token: z.string().max(100), reply: choice(['accepted', 'tentative', 'declined']), comment: optionalText(500) }),
  output: z.object({ reply: z.enum(replies) }),
  async run(context, input) {
    const { row, person } = await byToken(context, input.token);
    if (row.state === 'cancelled' || isOver(row, context.now)) throw notNow('error.invitation_over');
    await setReply(context, row, person.id, { reply: input.reply, comment: input.comment, way: 'link', delegatedTo: '' });
    return { reply: input.reply };
  },
});
