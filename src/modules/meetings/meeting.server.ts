import { z } from 'zod';
import { addDays, dayIn, instantIn } from '../../core/day.ts';
import { choice, day, id, optionalId, optionalLine, say, text } from '../../core/input.ts';
import { formatAt } from '../../core/language.ts';
import { nextState } from '../../core/lifecycle.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, wrong } from '../../core/refusal.ts';
import { addEngagement, calendarOf, cancelEngagement, changeEngagement, type NewParticipant } from '../calendar/index.ts';
import { getCaseFile, involve, officeCalendar, openPaper } from '../registry/index.ts';
import { addSystemItems } from './agenda-item.server.ts';
import { beginCommittee, getCommittee, isKeeper, membersOn, type Committee, type Member } from './committee.server.ts';
import { mailMembers, sittingName } from './invitation.server.ts';
import { meetingKinds, meetingLifecycle, sittingDays, type MeetingAct, type MeetingState } from './meeting.ts';
import { moveProposal } from './proposal.server.ts';

export type Meeting = {
  id: string; committeeId: string; caseId: string; engagementId: string | null; number: number; kind: string; title: string; place: string; link: string; startsAt: Date; endsAt: Date; state: MeetingState; chairId: string | null; keeperId: string | null; agendaVersion: number; previousId: string | null; version: number; packKey: string; packDocumentId: string | null;
};
/** The sitting as the caller may see it, its row locked when something is about to be done to it; 404 otherwise. */
export async function getMeeting({ db, office }: Pick<Context, 'db' | 'office'>, meetingId: string, lock = false): Promise<Meeting> {
  let query = db.selectFrom('meeting').selectAll().where('office_id', '=', office.id).where('id', '=', meetingId);
  if (lock) query = query.forUpdate();
  const row = await query.executeTakeFirst();
  if (!row) throw notFound();
  return {
    id: row.id, committeeId: row.committee_id, caseId: row.case_id, engagementId: row.engagement_id, number: row.number, kind: row.kind, title: row.title, place: row.place, link: row.link, startsAt: row.starts_at, endsAt: row.ends_at, state: row.state as MeetingState, chairId: row.chair_id, keeperId: row.keeper_id,
    agendaVersion: row.agenda_version, previousId: row.previous_id, version: row.version, packKey: row.pack_key, packDocumentId: row.pack_document_id,
  };
}
/** The sitting for an act of who keeps its committee, and the state after it: 404, 403 for anybody else, 409 when it is not the time. */
export async function beginMeeting(context: Context, meetingId: string, act: MeetingAct): Promise<{ meeting: Meeting; committee: Committee; state: MeetingState }> {
  const meeting = await getMeeting(context, meetingId, true);
  if (!(context.caller.personId && context.caller.personId === meeting.keeperId) && !(await isKeeper(context, meeting.committeeId))) throw notAllowed();
  return { meeting, committee: await getCommittee(context, meeting.committeeId), state: nextState(meetingLifecycle, meeting.state, act) };
}
export const changeMeetingRow = ({ db, office }: Pick<Context, 'db' | 'office'>, meetingId: string) => db.updateTable('meeting').where('office_id', '=', office.id).where('id', '=', meetingId);

/** Who is called, as participants of the engagement; those from outside are mailed by the sitting itself. */
export const participantsFrom = (members: readonly Member[]): NewParticipant[] =>
  members.map((one) => ({ personId: one.personId, name: one.name, role: one.role === 'chair' ? 'chair' as const : one.role === 'guest' ? 'optional' as const : 'required' as const }));

type Plan = { startsAt: Date; endsAt: Date; kind: string; title: string; place: string; link: string; resourceId: string | null };
/** A sitting of the committee: its number, its case, its time in the calendar of who chairs it, and the points that every agenda has. */
async function openSitting(context: Context, committee: Committee, plan: Plan): Promise<{ id: string; caseId: string; number: number }> {
  const { db, office, caller, now } = context;
  const on = dayIn(office.jurisdiction.timeZone, plan.startsAt);
  const members = await membersOn(context, committee.id, on);
  const [chair, secretary] = [members.find((one) => one.role === 'chair'), members.find((one) => one.role === 'secretary')];
  const keeperId = secretary?.personId ?? caller.personId;
  const previous = await db.selectFrom('meeting').select(['id', 'number']).where('office_id', '=', office.id).where('committee_id', '=', committee.id).where('state', '<>', 'cancelled').where('starts_at', '<', plan.startsAt).orderBy('starts_at', 'desc').limit(1).executeTakeFirst();
  const { last_number: number } = await db.updateTable('committee').set((eb) => ({ last_number: eb('last_number', '+', 1) })).where('office_id', '=', office.id).where('id', '=', committee.id).returning('last_number').executeTakeFirstOrThrow();
  const name = sittingName(office, committee, number);
  const meetingId = context.newId();
  const opened = await openPaper(context, { direction: 'internal', channel: 'internal', subject: name, body: plan.title, classCode: committee.classCode, unitId: committee.isConfidential ? null : committee.unitId, handledBy: keeperId, access: committee.isConfidential ? 'confidential' : 'office' });
  await involve(context, opened.id, members.map((one) => one.personId));
  const owner = chair?.personId ?? keeperId;
  const calendarId = committee.calendarId ?? (owner ? await calendarOf(context, owner) : null);
  const resourceId = plan.resourceId ?? committee.resourceId;
  const engagementId = calendarId ? await addEngagement(context, {
    calendarId, kind: 'meeting', title: name, detail: plan.title, place: plan.place, startsAt: plan.startsAt, endsAt: plan.endsAt, state: 'tentative', visibility: committee.isConfidential ? 'confidential' : 'internal', caseId: opened.id, source: 'meeting',
    resourceIds: resourceId ? [resourceId] : [], participants: participantsFrom(members),
  }) : null;
  await db.insertInto('meeting').values({
    office_id: office.id, id: meetingId, committee_id: committee.id, number, case_id: opened.id, engagement_id: engagementId, kind: plan.kind, title: plan.title, place: plan.place, link: plan.link, starts_at: plan.startsAt, ends_at: plan.endsAt, chair_id: chair?.personId ?? null, keeper_id: keeperId,
    previous_id: previous?.id ?? null, made_by: caller.personId, at: now,
  }).execute();
  await addSystemItems(context, { id: meetingId, caseId: opened.id }, committee, previous ?? null);
  context.record({ name: 'meeting.planned', nounId: meetingId, caseId: opened.id, data: { number } });
  return { id: meetingId, caseId: opened.id, number };
}

const clock = () => optionalLine(5).refine((value) => /^([01]?\d|2[0-3]):[0-5]\d$/.test(value), say('field.time')).transform((value) => value.padStart(5, '0'));
const span = { time: clock(), minutes: z.coerce.number(say('field.number')).int(say('field.number')).min(5, say('field.number')).max(720, say('field.number')).default(90) };
const details = { kind: choice(meetingKinds).default('regular'), title: optionalLine(300), place: optionalLine(300), link: optionalLine(500).refine((value) => value === '' || value.startsWith('https://'), say('field.link')), resourceId: optionalId() };
const Done = z.object({ id: z.string() });

/** Begin and end of a sitting on a day by the office's clocks. */
function timesOf({ office }: Pick<Context, 'office'>, on: string, time: string, minutes: number): { startsAt: Date; endsAt: Date } {
  const startsAt = instantIn(office.jurisdiction.timeZone, on, time);
  return { startsAt, endsAt: new Date(startsAt.getTime() + minutes * 60_000) };
}
function checkDay(context: Pick<Context, 'today'>, on: string, field: string): void {
  if (on < context.today) throw wrong({ [field]: { key: 'field.day_past' } });
  if (on > addDays(context.today, 550)) throw wrong({ [field]: { key: 'field.day_far' } });
}

export const planMeeting = operation({
  id: 'meeting.plan', kind: 'command', rest: 'POST /meetings', allow: ['staff'],
  summary: 'Plans the next sitting of a committee: it has its number, its case, and its time in the calendar of who chairs it.',
  input: z.object({ committeeId: id(), onDay: day(), ...span, ...details }),
  output: z.object({ id: z.string(), caseId: z.string(), number: z.number() }),
  async run(context, input) {
    checkDay(context, input.onDay, 'onDay');
    const committee = await beginCommittee(context, input.committeeId);
    return openSitting(context, committee, { ...timesOf(context, input.onDay, input.time, input.minutes), kind: input.kind, title: input.title, place: input.place || committee.place, link: input.link, resourceId: input.resourceId });
  },
});

export const planSeries = operation({
  id: 'meeting.plan_series', kind: 'command', rest: 'POST /meetings/series', allow: ['staff'],
  summary: 'Plans sittings ahead on one weekday (1 Monday), every so many weeks; one that falls on a closing day is moved to the next open day.',
  input: z.object({ committeeId: id(), onDay: day(), weekday: z.coerce.number(say('field.choose')).int().min(1, say('field.choose')).max(7, say('field.choose')), everyWeeks: z.coerce.number(say('field.number')).int(say('field.number')).min(1, say('field.number')).max(13, say('field.number')).default(1), count: z.coerce.number(say('field.number')).int(say('field.number')).min(1, say('field.number')).max(26, say('field.number')), ...span }),
  output: z.object({ ids: z.array(z.string()), days: z.array(z.string()) }),
  async run(context, input) {
    checkDay(context, input.onDay, 'onDay');
    const committee = await beginCommittee(context, input.committeeId);
    const days = sittingDays(input.onDay, input.weekday, input.everyWeeks, input.count, await officeCalendar(context.db, context.office));
    const ids: string[] = [];
    for (const on of days) ids.push((await openSitting(context, committee, { ...timesOf(context, on, input.time, input.minutes), kind: 'regular', title: '', place: committee.place, link: '', resourceId: null })).id);
    return { ids, days };
  },
});

export const changeMeeting = operation({
  id: 'meeting.change', kind: 'command', rest: 'POST /meetings/{id}', allow: ['staff'],
  summary: 'Changes place, kind, matter, chair and keeper of a sitting that is not yet open.',
  input: z.object({ id: id(), ...details, chairId: optionalId(), keeperId: optionalId() }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const { meeting } = await beginMeeting(context, input.id, 'prepare');
    for (const [field, personId] of [['chairId', input.chairId], ['keeperId', input.keeperId]] as const)
      if (personId && !(await db.selectFrom('person').select('id').where('office_id', '=', office.id).where('id', '=', personId).where('is_active', '=', true).executeTakeFirst())) throw wrong({ [field]: { key: 'field.choose' } });
    if (input.resourceId && !(await db.selectFrom('resource').select('id').where('office_id', '=', office.id).where('id', '=', input.resourceId).executeTakeFirst())) throw wrong({ resourceId: { key: 'field.choose' } });
    await involve(context, meeting.caseId, [input.chairId, input.keeperId]);
    await changeMeetingRow(context, meeting.id).set((eb) => ({ kind: input.kind, title: input.title, place: input.place, link: input.link, ...(input.chairId ? { chair_id: input.chairId } : {}), ...(input.keeperId ? { keeper_id: input.keeperId } : {}), version: eb('version', '+', 1) })).execute();
    if (meeting.engagementId) await changeEngagement(context, meeting.engagementId, { place: input.place, detail: input.title, ...(input.resourceId ? { resourceIds: [input.resourceId] } : {}) });
    context.record({ name: 'meeting.changed', nounId: meeting.id, caseId: meeting.caseId });
    return { id: meeting.id };
  },
});

export const postponeMeeting = operation({
  id: 'meeting.postpone', kind: 'command', rest: 'POST /meetings/{id}/postpone', allow: ['staff'],
  summary: 'Puts a sitting off to another day; one that members were called to is called anew, and they are told at once.',
  input: z.object({ id: id(), onDay: day(), ...span, reason: text(1000) }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    checkDay(context, input.onDay, 'onDay');
    const { meeting, committee, state } = await beginMeeting(context, input.id, 'postpone');
    const times = timesOf(context, input.onDay, input.time, input.minutes);
    await changeMeetingRow(context, meeting.id).set((eb) => ({ state, starts_at: times.startsAt, ends_at: times.endsAt, version: eb('version', '+', 1) })).execute();
    if (meeting.engagementId) await changeEngagement(context, meeting.engagementId, { ...times, state: 'tentative' });
    await db.updateTable('attendance').set({ reply: 'needs-action', reply_reason: '', represented_by: '' }).where('office_id', '=', office.id).where('meeting_id', '=', meeting.id).execute();
    if (meeting.state === 'convened') await mailMembers(context, { ...meeting, ...times }, committee, 'postponed', { reason: input.reason, before: formatAt(meeting.startsAt, office.jurisdiction.timeZone, office.locale) });
    context.record({ name: 'meeting.postponed', nounId: meeting.id, caseId: meeting.caseId, data: { before: meeting.startsAt.toISOString(), reason: input.reason } });
    return { id: meeting.id };
  },
});

export const cancelMeeting = operation({
  id: 'meeting.cancel', kind: 'command', rest: 'POST /meetings/{id}/cancel', allow: ['staff'],
  summary: 'Cancels a sitting with a reason: its time is free, its points wait for another agenda, members who were called are told.',
  input: z.object({ id: id(), reason: text(1000) }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const { meeting, committee, state } = await beginMeeting(context, input.id, 'cancel');
    const placed = await db.selectFrom('agenda_item').select('proposal_id').where('office_id', '=', office.id).where('meeting_id', '=', meeting.id).where('state', '=', 'waiting').where('proposal_id', 'is not', null).execute();
    for (const one of placed) await moveProposal(context, one.proposal_id!, 'put_back');
    await db.updateTable('agenda_item').set({ state: 'deferred' }).where('office_id', '=', office.id).where('meeting_id', '=', meeting.id).where('state', '=', 'waiting').execute();
    await changeMeetingRow(context, meeting.id).set((eb) => ({ state, cancelled_reason: input.reason, version: eb('version', '+', 1) })).execute();
    if (meeting.engagementId) await cancelEngagement(context, meeting.engagementId, input.reason);
    if (meeting.state === 'convened') await mailMembers(context, meeting, committee, 'cancelled', { reason: input.reason });
    const file = await getCaseFile(context, meeting.caseId);
    if (file.closedAt === null) await db.updateTable('case_file').set({ closed_at: context.now }).where('office_id', '=', office.id).where('id', '=', file.id).execute();
    context.record({ name: 'meeting.cancelled', nounId: meeting.id, caseId: meeting.caseId, data: { reason: input.reason } });
    return { id: meeting.id };
  },
});
