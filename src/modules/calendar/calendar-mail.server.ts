import { z } from 'zod';
import { readCalendar, type Calendar, type Vevent } from '../../core/ical.ts';
import { writeCalendar } from '../../core/ical-write.ts';
import { id } from '../../core/input.ts';
import { formatAt } from '../../core/language.ts';
import { queueMail } from '../../core/mail.ts';
import { findCalendarPart } from '../../core/message-calendar.ts';
import { textIn, translator } from '../../core/message.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, Refusal } from '../../core/refusal.ts';
import { leaderCalendars } from './calendar.server.ts';
import { setReply } from './engagement.server.ts';
import { addEngagement, applyChange, cancelEngagement, type EngagementRow, type ParticipantRow } from './engagement-write.server.ts';
import { fieldsOf, writtenOf } from './ics.ts';
import { whenOf } from './invitation-mail.server.ts';

/** What a message with a calendar part was: a reply that is taken; an invitation, to be registered or entered into its case; null, a message like any other. */
export type Heard = { kind: 'taken' } | { kind: 'invitation'; caseId: string | null } | null;

async function readPart(context: Context, bytes: Uint8Array): Promise<Calendar | null> {
  const text = await findCalendarPart(bytes);
  try {
    return text === null ? null : readCalendar(text, context.office.jurisdiction.timeZone);
  } catch (error) {
    // What cannot be read is a message like any other.
    if (error instanceof Refusal) return null;
    throw error;
  }
}

const findByUid = ({ db, office }: Context, uid: string): Promise<EngagementRow[]> => db.selectFrom('engagement').selectAll().where('office_id', '=', office.id).where('uid', '=', uid).orderBy('created_at', 'desc').limit(500).execute();

/** Takes the reply of one event: the sender must be the one who was invited, and must have known the time as it is now. */
async function takeReply(context: Context, event: Vevent, method: string, sender: string): Promise<boolean> {
  const { db, office } = context;
  const t = translator(office.locale);
  const zone = office.jurisdiction.timeZone;
  const attendee = event.attendees.find((one) => one.email === sender);
  const rows = await findByUid(context, event.uid);
  if (!attendee || rows.length === 0) return false;
  const people: ParticipantRow[] = await db.selectFrom('participant').selectAll().where('office_id', '=', office.id).where('engagement_id', 'in', rows.map((row) => row.id)).where((eb) => eb(eb.fn<string>('lower', ['email']), '=', sender)).execute();
  const exact = rows.find((row) => (row.recurrence_at?.getTime() ?? 0) === (event.recurrenceAt?.getTime() ?? 0) && people.some((one) => one.engagement_id === row.id));
  const row = exact ?? rows.find((one) => one.series_id === null && people.some((person) => person.engagement_id === one.id));
  const person = row && people.find((one) => one.engagement_id === row.id);
  if (!row || !person) return false;
  if (row.state === 'cancelled' || event.sequence < (person.invited_sequence ?? 0)) {
    context.record({ name: 'engagement.answered_late', nounId: row.id, data: { participant: person.id } });
    return true;
  }
  const wish = method === 'COUNTER' ? t('calendar.mail.counter', { when: whenOf({ starts_at: event.startsAt, ends_at: event.endsAt, is_all_day: event.isAllDay, time_zone: event.timeZone }, zone, office.locale) }) : '';
  // Of one occurrence that is no engagement of its own: a word, not the reply for all of them.
  const part = !exact && event.recurrenceAt ? `${formatAt(event.recurrenceAt, zone, office.locale)}: ${t(`calendar.mail.reply.${attendee.reply}`)}` : '';
  const reply = part ? (person.reply as 'accepted') : attendee.reply === 'needs-action' ? 'tentative' : attendee.reply;
  await setReply(context, row, person.id, { reply, way: 'mail', comment: [part, wish, event.comment].filter(Boolean).join('\n').slice(0, 1000), delegatedTo: '', sequence: event.sequence });
  return true;
}

/** The engagement that an outside organiser's invitation made here. */
const invitedBy = (rows: readonly EngagementRow[], sender: string): EngagementRow | undefined => rows.find((row) => row.series_id === null && row.source === 'invitation' && row.organizer_email?.toLowerCase() === sender);

async function hearInvitation(context: Context, event: Vevent, method: string, sender: string): Promise<Heard> {
  const { office } = context;
  const rows = await findByUid(context, event.uid);
  const known = invitedBy(rows, sender);
  // Of our own, or of somebody else's: whoever sends it may not change it.
  if (rows.length > 0 && !known) return null;
  if (method === 'CANCEL') {
    if (!known) return null;
    if (known.state !== 'cancelled' && event.recurrenceAt) await applyChange(context, known, { droppedAt: [...known.dropped_at, event.recurrenceAt] });
    else if (known.state !== 'cancelled') await cancelEngagement(context, known.id, translator(office.locale)('calendar.mail.organizer_cancelled'));
    return { kind: 'invitation', caseId: known.case_id };
  }
  if (!known) return { kind: 'invitation', caseId: null };
  if (known.state !== 'cancelled' && !event.recurrenceAt && event.sequence >= known.sequence) {
    const fields = fieldsOf(event, known, translator(office.locale));
    const isMoved = fields.startsAt.getTime() !== known.starts_at.getTime() || fields.endsAt.getTime() !== known.ends_at.getTime();
    await applyChange(context, known, { startsAt: fields.startsAt, endsAt: fields.endsAt, isAllDay: fields.isAllDay ?? false, rule: fields.rule ?? '', droppedAt: fields.droppedAt ?? [], title: fields.title, place: fields.place ?? '', sequence: event.sequence, ...(isMoved ? { state: 'tentative' as const } : {}) });
  }
  return { kind: 'invitation', caseId: known.case_id };
}

/** Hears what a message says to the calendar (iTIP, RFC 5546). A sender is believed by the address: that it is theirs is the mail server's to judge. */
export async function hearCalendarMail(context: Context, sender: string, bytes: Uint8Array): Promise<Heard> {
  const calendar = await readPart(context, bytes);
  const [event] = calendar?.events ?? [];
  if (!calendar || !event || !sender) return null;
  const from = sender.toLowerCase();
  if (calendar.method === 'REPLY' || calendar.method === 'COUNTER') {
    let isTaken = false;
    for (const one of calendar.events) isTaken = (await takeReply(context, one, calendar.method, from)) || isTaken;
    return isTaken ? { kind: 'taken' } : null;
  }
  if (calendar.method !== 'REQUEST' && calendar.method !== 'CANCEL') return null;
  // Only who organises may invite and call off.
  return event.organizer?.email === from ? hearInvitation(context, event, calendar.method, from) : null;
}

/** Makes of an invitation that was registered a request for a meeting and a tentative engagement of the mayor. */
export async function proposeMeeting(context: Context, paper: { caseId: string; partyId: string | null; sender: string }, bytes: Uint8Array): Promise<void> {
  const { db, office, now } = context;
  const calendar = await readPart(context, bytes);
  const event = calendar?.events.find((one) => one.recurrenceAt === null);
  if (calendar?.method !== 'REQUEST' || !event || event.organizer?.email !== paper.sender.toLowerCase() || (event.rule === '' && event.endsAt < now)) return;
  const leader = (await leaderCalendars(context))[0];
  if (!leader || (await findByUid(context, event.uid)).length > 0) return;
  const fields = fieldsOf(event, null, translator(office.locale));
  const requestId = context.newId();
  await db.insertInto('meeting_request').values({
    office_id: office.id, id: requestId, case_id: paper.caseId, party_id: paper.partyId, calendar_id: leader.id, purpose: fields.title, wished: whenOf({ starts_at: event.startsAt, ends_at: event.endsAt, is_all_day: event.isAllDay, time_zone: event.timeZone }, office.jurisdiction.timeZone, office.locale).slice(0, 200),
    people: 1, asked_at: now, entered_by: context.caller.personId, opened_case: true,
  }).execute();
  context.record({ name: 'meeting_request.added', nounId: requestId, caseId: paper.caseId });
  try {
    await addEngagement(context, { ...fields, calendarId: leader.id, kind: 'meeting', visibility: 'internal', state: 'tentative', caseId: paper.caseId, source: 'invitation', organizerEmail: event.organizer.email, organizerName: event.organizer.name, uid: event.uid, sequence: event.sequence });
  } catch (error) {
    // A repetition that cannot be read: the request stands, and is answered by hand.
    if (!(error instanceof Refusal)) throw error;
  }
}

type Awaiting = { row: EngagementRow; answer: 'accepted' | 'declined' | null; requestId: string | null };
/** An outside invitation on which something was decided, and what its organiser is to be told; null where there is nothing to tell. */
async function awaiting({ db, office }: Context, input: { engagementId: string | null; requestId: string | null }): Promise<Awaiting | null> {
  const request = input.requestId === null ? undefined : await db.selectFrom('meeting_request').select(['id', 'case_id', 'state', 'engagement_id']).where('office_id', '=', office.id).where('id', '=', input.requestId).executeTakeFirst();
  const known = input.engagementId === null ? request : await db.selectFrom('engagement').select('id').where('office_id', '=', office.id).where('id', '=', input.engagementId).executeTakeFirst();
  if (!known) throw notFound();
  const row: EngagementRow | undefined = await db.selectFrom('engagement').selectAll().where('office_id', '=', office.id).where('source', '=', 'invitation').where('series_id', 'is', null).where('organizer_email', 'is not', null)
    .$if(request !== undefined, (query) => query.where('case_id', '=', request!.case_id).where('state', '=', 'tentative')).$if(request === undefined, (query) => query.where('id', '=', input.engagementId)).executeTakeFirst();
  if (!row) return null;
  if (request) {
    const met = request.engagement_id === null ? undefined : await db.selectFrom('engagement').select(['starts_at', 'ends_at']).where('office_id', '=', office.id).where('id', '=', request.engagement_id).executeTakeFirst();
    const isSame = met?.starts_at.getTime() === row.starts_at.getTime();
    return { row, requestId: request.id, answer: request.state === 'withdrawn' ? null : isSame ? 'accepted' : 'declined' };
  }
  // What the organiser called off himself needs no answer.
  if (row.state === 'cancelled') return row.changed_by === null ? null : { row, requestId: null, answer: 'declined' };
  return row.state === 'confirmed' ? { row, requestId: null, answer: 'accepted' } : null;
}

const Which = z.object({ engagementId: z.union([id(), z.null()]).default(null), requestId: z.union([id(), z.null()]).default(null) });
export const askAwaiting = operation({
  id: 'invitation.awaits', kind: 'query', allow: [],
  summary: 'Whether an outside organiser is to be told what became of an invitation.',
  input: Which,
  output: z.object({ awaits: z.boolean() }),
  run: async (context, input) => ({ awaits: (await awaiting(context, input)) !== null }),
});

export const settleInvitation = operation({
  id: 'invitation.settle', kind: 'command', allow: [],
  summary: 'Tells an outside organiser by a calendar reply that the office comes or does not; the tentative engagement gives way to the one that was agreed.',
  input: Which,
  output: z.object({ answer: z.string() }),
  async run(context, input) {
    const { db, office, now } = context;
    const found = await awaiting(context, input);
    if (!found) {
      context.record({ name: 'invitation.settled' });
      return { answer: '' };
    }
    const { row, answer } = found;
    const t = translator(office.locale);
    if (answer) {
      const name = textIn(office.data.name, office.locale);
      const event = { ...writtenOf({ ...row, ics: null, state: 'confirmed' }, { office, t, organizerName: row.organizer_name, hidesPeople: true }), detail: '', categories: [], secrecy: null, travelBefore: null, droppedAt: [], stampAt: now, changedAt: null, attendees: [{ email: office.data.email, name, role: 'required' as const, reply: answer }] };
      const said = { title: row.title, when: whenOf(row, office.jurisdiction.timeZone, office.locale), office: name };
      await queueMail(db, office.id, now, {
        to: row.organizer_email!, locale: office.locale, caseId: row.case_id, subject: t(`public.invitation.mail.${answer}.subject`, said), body: t(`public.invitation.mail.${answer}.body`, said), attachments: [{ name: 'reply.ics', ics: writeCalendar([event], { method: 'REPLY' }), method: 'REPLY' }],
      });
    }
    if (found.requestId) await cancelEngagement(context, row.id, t('calendar.mail.settled'));
    else if (row.case_id) await db.updateTable('meeting_request').set({ state: answer === 'accepted' ? 'accepted' : 'declined', engagement_id: row.id, decided_by: row.changed_by, decided_at: now }).where('office_id', '=', office.id).where('case_id', '=', row.case_id).where('state', '=', 'open').execute();
    context.record({ name: 'invitation.settled', nounId: row.id, caseId: row.case_id, data: { answer: answer ?? '' } });
    return { answer: answer ?? '' };
  },
});
