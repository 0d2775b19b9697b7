import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { choice, id, optionalId, optionalLine, say } from '../../core/input.ts';
import { actsIn } from '../../core/lifecycle.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound } from '../../core/refusal.ts';
import { isId } from '../../core/id.ts';
import { listPoints } from './agenda-item.server.ts';
import { getCommittee, isKeeper } from './committee.server.ts';
import { memberRoles } from './committee.ts';
import { changesSince, noticeDay } from './convene.server.ts';
import { itemKinds, meetingLifecycle, meetingStates, type MeetingState } from './meeting.ts';
import { getMeeting } from './meeting.server.ts';

export const meetingViews = ['mine', 'coming', 'past'] as const;
export type MeetingListView = (typeof meetingViews)[number];
export const MeetingRow = z.object({
  id: z.string(), caseId: z.string(), reference: z.string(), committeeId: z.string(), committee: z.string(), isConfidential: z.boolean(), number: z.number(), kind: z.string(), title: z.string(), place: z.string(), startsAt: z.date(), endsAt: z.date(), state: z.enum(meetingStates), reply: z.string().nullable(), points: z.number(), agendaVersion: z.number(),
});
export type MeetingRow = z.infer<typeof MeetingRow>;
const isCursor = (cursor: string): boolean => cursor === '' || (/^\d{13}\.[0-9a-f-]{36}$/.test(cursor) && isId(cursor.slice(14)));

/** Sittings that the caller may see, with the own reply and how many of the points they see. */
const rowsOf = ({ db, office, caller }: Pick<Context, 'db' | 'office' | 'caller'>) => db.selectFrom('meeting as m').innerJoin('committee as k', (join) => join.onRef('k.office_id', '=', 'm.office_id').onRef('k.id', '=', 'm.committee_id')).innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'm.office_id').onRef('c.id', '=', 'm.case_id'))
  .select(['m.id', 'm.case_id', 'c.reference', 'm.committee_id', 'k.name as committee', 'k.is_confidential', 'm.number', 'm.kind', 'm.title', 'm.place', 'm.starts_at', 'm.ends_at', 'm.state', 'm.agenda_version'])
  .select((eb) => [
    eb.selectFrom('attendance as a').whereRef('a.office_id', '=', 'm.office_id').whereRef('a.meeting_id', '=', 'm.id').where('a.person_id', '=', caller.personId).select('a.reply').limit(1).as('reply'),
    eb.selectFrom('agenda_item as i').whereRef('i.office_id', '=', 'm.office_id').whereRef('i.meeting_id', '=', 'm.id').where('i.position', '<', 1000).select((inner) => inner.fn.countAll<string>().as('n')).as('points'),
  ]).where('m.office_id', '=', office.id);
type Row = Awaited<ReturnType<ReturnType<typeof rowsOf>['execute']>>[number];
const rowFrom = (row: Row): MeetingRow => ({
  id: row.id, caseId: row.case_id, reference: row.reference, committeeId: row.committee_id, committee: row.committee, isConfidential: row.is_confidential, number: row.number, kind: row.kind, title: row.title, place: row.place, startsAt: row.starts_at, endsAt: row.ends_at, state: row.state as MeetingState, reply: row.reply,
  points: Number(row.points ?? 0), agendaVersion: row.agenda_version,
});

export const listMeetings = operation({
  id: 'meeting.list', kind: 'query', rest: 'GET /meetings', allow: ['staff'],
  summary: 'Sittings: coming ones, the next first; those of committees the caller is a member of; past ones, the newest first; of one committee; pages by cursor.',
  input: z.object({ view: choice(meetingViews).default('coming'), committeeId: optionalId(), caseId: optionalId(), after: optionalLine(60).refine(isCursor, say('field.wrong')), limit: z.coerce.number().int().min(1).max(500).default(50) }),
  output: z.object({ meetings: z.array(MeetingRow), next: z.string().nullable() }),
  async run(context, input) {
    const { office, caller, now } = context;
    const begin = new Date(now.getTime() - 12 * 3_600_000);
    let query = rowsOf(context);
    if (input.caseId) query = query.where('m.case_id', '=', input.caseId);
    else if (input.view === 'past') query = query.where('m.starts_at', '<', now).where('m.state', '<>', 'open');
    else query = query.where((eb) => eb.or([eb.and([eb('m.starts_at', '>=', begin), eb('m.state', 'in', ['planned', 'convened', 'open'])]), eb('m.state', '=', 'open')]));
    if (input.committeeId) query = query.where('m.committee_id', '=', input.committeeId);
    if (input.view === 'mine' && !input.caseId) query = query.where(sql<boolean>`exists (select 1 from committee_member b where b.office_id = m.office_id and b.committee_id = m.committee_id and b.person_id::text = any (${[...caller.marks]}) and b.from_on <= (m.starts_at at time zone ${office.jurisdiction.timeZone})::date
      and (b.until_on is null or b.until_on >= (m.starts_at at time zone ${office.jurisdiction.timeZone})::date))`);
    const back = input.view === 'past';
    const [at, last] = input.after.split('.');
    if (at && last) query = query.where(back ? sql<boolean>`(date_trunc('milliseconds', m.starts_at), m.id) < (${new Date(Number(at))}, ${last}::uuid)` : sql<boolean>`(date_trunc('milliseconds', m.starts_at), m.id) > (${new Date(Number(at))}, ${last}::uuid)`);
    const rows = await query.orderBy('m.starts_at', back ? 'desc' : 'asc').orderBy('m.id', back ? 'desc' : 'asc').limit(input.limit + 1).execute();
    const end = rows.length > input.limit ? rows[input.limit - 1] : undefined;
    return { meetings: rows.slice(0, input.limit).map(rowFrom), next: end ? `${end.starts_at.getTime()}.${end.id}` : null };
  },
});

const Paper = z.object({ id: z.string(), title: z.string(), size: z.number(), mediaType: z.string(), addedAt: z.date(), replacedBy: z.string().nullable() });
export const PointView = z.object({
  id: z.string(), number: z.number(), kind: z.enum(itemKinds), title: z.string(), rapporteur: z.string(), minutes: z.number(), proposed: z.string(), reason: z.string(), state: z.string(), proposalId: z.string().nullable(), caseId: z.string(), isConfidential: z.boolean(), beginsAt: z.date(), papers: z.array(Paper),
  mark: z.enum(['new', 'moved', 'dropped']).nullable(),
});
export const MeetingView = MeetingRow.extend({
  link: z.string(), urgency: z.string(), cancelledReason: z.string(), convenedAt: z.date().nullable(), convenedBy: z.string(), chairId: z.string().nullable(), chair: z.string(), keeperId: z.string().nullable(), keeper: z.string(), engagementId: z.string().nullable(), previousId: z.string().nullable(), packId: z.string().nullable(), noticeOn: z.string(), noticeDays: z.number(), noticeBasis: z.string(),
  version: z.number(), places: z.array(z.object({ id: z.string(), number: z.number(), minutes: z.number() })), agenda: z.array(PointView), dropped: z.array(z.string()), hasHidden: z.boolean(),
  called: z.array(z.object({ id: z.string(), personId: z.string().nullable(), name: z.string(), role: z.enum(memberRoles), isVoting: z.boolean(), standsFor: z.string(), reply: z.string(), reason: z.string(), representedBy: z.string(), hasEmail: z.boolean() })), mineId: z.string().nullable(),
  backlog: z.array(z.object({ id: z.string(), title: z.string(), unitId: z.string().nullable(), minutes: z.number(), rapporteur: z.string(), wantedOn: z.string().nullable(), papers: z.number(), isConfidential: z.boolean() })),
  copies: z.array(z.object({ version: z.number(), at: z.date(), documentId: z.string().nullable() })), acts: z.array(z.string()), keeps: z.boolean(), hasMinutes: z.boolean(),
});
export type MeetingView = z.infer<typeof MeetingView>;

/** Accepted proposals that wait for a sitting of the committee. */
async function backlogOf({ db, office }: Pick<Context, 'db' | 'office'>, committeeId: string) {
  const rows = await db.selectFrom('agenda_proposal as p').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'p.office_id').onRef('c.id', '=', 'p.case_id')).select(['p.id', 'p.title', 'p.unit_id', 'p.minutes', 'p.rapporteur', 'p.wanted_on', 'p.document_ids', 'c.access'])
    .where('p.office_id', '=', office.id).where('p.committee_id', '=', committeeId).where('p.state', '=', 'accepted').orderBy('p.decided_at').orderBy('p.id').limit(100).execute();
  return rows.map((row) => ({ id: row.id, title: row.title, unitId: row.unit_id, minutes: row.minutes, rapporteur: row.rapporteur, wantedOn: row.wanted_on, papers: row.document_ids.length, isConfidential: row.access === 'confidential' }));
}

export const readMeeting = operation({
  id: 'meeting.get', kind: 'query', rest: 'GET /meetings/{id}', allow: ['staff'],
  summary: 'A sitting: when and where, the points that the caller may see with their papers, who is called and comes, proposals that wait, and what may be done now.',
  input: z.object({ id: id() }),
  output: MeetingView,
  async run(context, input) {
    const { db, office, caller } = context;
    const row = await rowsOf(context).where('m.id', '=', input.id).executeTakeFirst();
    if (!row) throw notFound();
    const meeting = await getMeeting(context, input.id);
    const committee = await getCommittee(context, meeting.committeeId);
    const keeps = (caller.personId !== null && caller.personId === meeting.keeperId) || (await isKeeper(context, committee.id));
    const { points, places } = await listPoints(context, meeting);
    const isComing = meeting.state === 'planned' || meeting.state === 'convened';
    // Members see what is new since the last call but one; the keeper, what is new since members were called.
    const changes = meeting.agendaVersion > 0 ? await changesSince(context, meeting, places.map((one) => one.id), keeps && isComing ? meeting.agendaVersion : meeting.agendaVersion - 1) : null;
    const more = await db.selectFrom('meeting').select(['urgency', 'cancelled_reason', 'convened_at', 'convened_by']).where('office_id', '=', office.id).where('id', '=', meeting.id).executeTakeFirstOrThrow();
    const ids = [meeting.chairId, meeting.keeperId, more.convened_by].filter((one): one is string => one !== null);
    const people = new Map(ids.length === 0 ? [] : (await db.selectFrom('person').select(['id', 'name']).where('office_id', '=', office.id).where('id', 'in', ids).execute()).map((one) => [one.id, one.name]));
    const called = await db.selectFrom('attendance as a').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'a.office_id').onRef('p.id', '=', 'a.person_id')).select(['a.id', 'a.person_id', 'a.name', 'a.role', 'a.is_voting', 'a.stands_for', 'a.reply', 'a.reply_reason', 'a.represented_by', 'a.email', 'p.email as person_email'])
      .where('a.office_id', '=', office.id).where('a.meeting_id', '=', meeting.id).orderBy('a.position').orderBy('a.id').execute();
    const copies = await db.selectFrom('agenda_copy').select(['version', 'at', 'document_id']).where('office_id', '=', office.id).where('meeting_id', '=', meeting.id).orderBy('version').execute();
    const minutes = await db.selectFrom('minutes').select('id').where('office_id', '=', office.id).where('meeting_id', '=', meeting.id).where('state', 'in', ['issued', 'adopted']).limit(1).executeTakeFirst();
    const mine = called.find((one) => one.person_id === caller.personId) ?? called.find((one) => one.person_id !== null && caller.marks.includes(one.person_id));
    return {
      ...rowFrom(row), link: meeting.link, urgency: more.urgency, cancelledReason: more.cancelled_reason, convenedAt: more.convened_at, convenedBy: people.get(more.convened_by ?? '') ?? '', chairId: meeting.chairId, chair: people.get(meeting.chairId ?? '') ?? '', keeperId: meeting.keeperId, keeper: people.get(meeting.keeperId ?? '') ?? '',
      engagementId: meeting.engagementId, previousId: meeting.previousId, packId: meeting.packDocumentId, noticeOn: await noticeDay(context, meeting, committee), noticeDays: committee.noticeDays, noticeBasis: committee.noticeBasis, version: meeting.version, places, hasHidden: points.length < places.length, dropped: changes ? [...changes.dropped] : [],
      agenda: points.map((one) => ({ id: one.id, number: one.number, kind: one.kind, title: one.title, rapporteur: one.rapporteur, minutes: one.minutes, proposed: one.proposed, reason: one.reason, state: one.state, proposalId: one.proposalId, caseId: one.caseId, isConfidential: one.isConfidential, beginsAt: one.beginsAt, papers: one.papers, mark: changes?.marks.get(one.id) ?? null })),
      called: called.map((one) => ({ id: one.id, personId: one.person_id, name: one.name, role: one.role as 'member', isVoting: one.is_voting, standsFor: one.stands_for, reply: one.reply, reason: one.reply_reason, representedBy: one.represented_by, hasEmail: Boolean(one.person_email ?? one.email) })), mineId: mine?.id ?? null,
      backlog: keeps && isComing ? await backlogOf(context, committee.id) : [], copies: copies.map((one) => ({ version: one.version, at: one.at, documentId: one.document_id })), acts: keeps ? actsIn(meetingLifecycle, meeting.state) : [], keeps, hasMinutes: minutes !== undefined,
    };
  },
});

export const countMeetings = operation({
  id: 'meeting.count', kind: 'query', allow: ['staff'],
  summary: 'What waits for the caller: sittings within a week they are called to, invitations without an answer, proposals to judge and those sent back.',
  input: z.object({}),
  output: z.object({ coming: z.array(MeetingRow), unanswered: z.number(), waiting: z.number(), returned: z.number(), toConvene: z.array(MeetingRow) }),
  async run(context) {
    const { db, office, caller, now, today } = context;
    const marks = [...caller.marks];
    const until = new Date(now.getTime() + 8 * 86_400_000);
    const member = (roles: string[] | null) => sql<boolean>`exists (select 1 from committee_member b where b.office_id = m.office_id and b.committee_id = m.committee_id and b.person_id::text = any (${marks}) and (${roles}::text[] is null or b.role = any (${roles}::text[])) and b.from_on <= ${today}::date and (b.until_on is null or b.until_on >= ${today}::date))`;
    const soon = rowsOf(context).where('m.starts_at', '>=', new Date(now.getTime() - 3 * 3_600_000)).where('m.starts_at', '<', until);
    const coming = await soon.where('m.state', 'in', ['convened', 'open']).where(member(null)).orderBy('m.starts_at').limit(6).execute();
    const toConvene = await soon.where('m.state', '=', 'planned').where(member(['secretary', 'chair'])).orderBy('m.starts_at').limit(6).execute();
    const keeps = sql<boolean>`exists (select 1 from committee_member b where b.office_id = p.office_id and b.committee_id = p.committee_id and b.person_id::text = any (${marks}) and b.role in ('secretary', 'chair') and b.from_on <= ${today}::date and (b.until_on is null or b.until_on >= ${today}::date))`;
    const { waiting } = await db.selectFrom('agenda_proposal as p').select((eb) => eb.fn.countAll<string>().as('waiting')).where('p.office_id', '=', office.id).where('p.state', '=', 'submitted').where(keeps).executeTakeFirstOrThrow();
    const { returned } = await db.selectFrom('agenda_proposal as p').select((eb) => eb.fn.countAll<string>().as('returned')).where('p.office_id', '=', office.id).where('p.state', '=', 'returned').where(sql<boolean>`p.proposed_by::text = any (${marks})`).executeTakeFirstOrThrow();
    const rows = coming.map(rowFrom);
    return { coming: rows, unanswered: rows.filter((one) => one.reply === 'needs-action' && one.state === 'convened').length, waiting: Number(waiting), returned: Number(returned), toConvene: toConvene.map(rowFrom) };
  },
});
