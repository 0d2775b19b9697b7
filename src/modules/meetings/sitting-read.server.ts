import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { id } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound } from '../../core/refusal.ts';
import { isKeeper as keepsCommittee } from './committee.server.ts';
import { addWorkingDays } from '../distribution/index.ts';
import { officeCalendar } from '../registry/index.ts';
import { droppedFrom, placesOf } from './agenda-item.server.ts';
import { castIn, hasQuorum, majorities, neededFor, quorumOf, type Majority } from './vote.ts';
import { dueDays, isIn } from './sitting.ts';

export const ObligationOf = z.object({ id: z.string(), conclusionId: z.string(), owner: z.string(), ownerId: z.string().nullable(), unitId: z.string().nullable(), dueOn: z.string().nullable(), state: z.string(), percent: z.number(), report: z.string(), helpers: z.array(z.string()) });
export type ObligationOf = z.infer<typeof ObligationOf>;
export const ConclusionRow = z.object({ id: z.string(), position: z.number(), text: z.string(), caseId: z.string(), voteId: z.string().nullable(), excerptId: z.string().nullable(), droppedAt: z.date().nullable(), obligations: z.array(ObligationOf) });
export type ConclusionRow = z.infer<typeof ConclusionRow>;
export const VoteRow = z.object({
  id: z.string(), question: z.string(), isSecret: z.boolean(), majority: z.enum(majorities), state: z.string(), entitled: z.number(), present: z.number(), needed: z.number(), for: z.number(), against: z.number(), abstain: z.number(),
  isCarried: z.boolean().nullable(), byHand: z.boolean(), cast: z.number(), reason: z.string(), casts: z.array(z.object({ attendanceId: z.string(), choice: z.string().nullable() })), openedAt: z.date(), closedAt: z.date().nullable(),
});
export type VoteRow = z.infer<typeof VoteRow>;
export const ItemRow = z.object({
  id: z.string(), number: z.number(), kind: z.string(), title: z.string(), rapporteur: z.string(), minutes: z.number(), proposed: z.string(), notes: z.string(), notesVersion: z.number(), state: z.string(), reason: z.string(), openedAt: z.date().nullable(), closedAt: z.date().nullable(),
  caseId: z.string(), proposalId: z.string().nullable(), isConfidential: z.boolean(), annexId: z.string().nullable(), papers: z.array(z.object({ id: z.string(), title: z.string() })), away: z.array(z.object({ attendanceId: z.string(), reason: z.string() })), votes: z.array(VoteRow), conclusions: z.array(ConclusionRow),
});
export type ItemRow = z.infer<typeof ItemRow>;
export const AttendanceRow = z.object({
  id: z.string(), personId: z.string().nullable(), name: z.string(), role: z.string(), isVoting: z.boolean(), standsFor: z.string(), reply: z.string(), replyReason: z.string(), representedBy: z.string(), state: z.string(), cameAt: z.date().nullable(), leftAt: z.date().nullable(), isIn: z.boolean(),
});
export type AttendanceRow = z.infer<typeof AttendanceRow>;
export const SittingView = z.object({
  id: z.string(), caseId: z.string(), reference: z.string(), committeeId: z.string(), committee: z.string(), committeeKind: z.string(), number: z.number(), kind: z.string(), title: z.string(), place: z.string(), startsAt: z.date(), endsAt: z.date(), state: z.string(), version: z.number(),
  chair: z.string(), keeper: z.string(), openedAt: z.date().nullable(), closedAt: z.date().nullable(), itemId: z.string().nullable(), majority: z.enum(majorities), quorum: z.object({ entitled: z.number(), present: z.number(), needed: z.number(), isMet: z.boolean() }),
  attendance: z.array(AttendanceRow), places: z.array(z.object({ id: z.string(), number: z.number() })), items: z.array(ItemRow), mine: z.string().nullable(), keeps: z.boolean(), nextId: z.string().nullable(),
  previous: z.object({ id: z.string(), number: z.number(), state: z.string(), remarksOpen: z.number() }).nullable(),
});
export type SittingView = z.infer<typeof SittingView>;

export type Sitting = {
  id: string; case_id: string; committee_id: string; engagement_id: string | null; number: number; kind: string; title: string; place: string; starts_at: Date; ends_at: Date; state: string; chair_id: string | null; keeper_id: string | null; opened_at: Date | null; closed_at: Date | null; item_id: string | null;
  version: number; committee: string; committee_kind: string; quorum_percent: number; majority: Majority; isKept: boolean;
};
/** A sitting with its committee's rules; throws 404. `lock` holds its row until the commit. */
export async function getSitting(context: Pick<Context, 'db' | 'office' | 'caller' | 'today'>, meetingId: string, lock = false): Promise<Sitting> {
  const { db, office } = context;
  const { rows } = await sql<Omit<Sitting, 'isKept'>>`select m.id, m.case_id, m.committee_id, m.engagement_id, m.number, m.kind, m.title, m.place, m.starts_at, m.ends_at, m.state, m.chair_id, m.keeper_id, m.opened_at, m.closed_at, m.item_id, m.version,
      k.name as committee, k.kind as committee_kind, k.quorum_percent, k.majority
    from meeting m join committee k on k.office_id = m.office_id and k.id = m.committee_id where m.office_id = ${office.id} and m.id = ${meetingId} ${lock ? sql`for update of m` : sql``}`.execute(db);
  const row = rows[0];
  if (!row) throw notFound();
  return { ...row, isKept: await keepsCommittee(context, row.committee_id) };
}

/** Who leads the course of a sitting: who keeps its committee, its own keeper and chair, and whoever stands in for these. */
export const isKeeper = ({ caller }: Pick<Context, 'caller'>, sitting: Pick<Sitting, 'keeper_id' | 'chair_id' | 'isKept'>): boolean =>
  sitting.isKept || [sitting.keeper_id, sitting.chair_id].some((one) => one !== null && caller.marks.includes(one));

type Attended = { id: string; person_id: string | null; name: string; role: string; is_voting: boolean; stands_for: string; reply: string; reply_reason: string; represented_by: string; state: string; came_at: Date | null; left_at: Date | null };
export async function listAttendance({ db, office }: Pick<Context, 'db' | 'office'>, meetingId: string): Promise<AttendanceRow[]> {
  const rows: Attended[] = await db.selectFrom('attendance').select(['id', 'person_id', 'name', 'role', 'is_voting', 'stands_for', 'reply', 'reply_reason', 'represented_by', 'state', 'came_at', 'left_at'])
    .where('office_id', '=', office.id).where('meeting_id', '=', meetingId).orderBy('position').orderBy('id').execute();
  return rows.map((row) => ({
    id: row.id, personId: row.person_id, name: row.name, role: row.role, isVoting: row.is_voting, standsFor: row.stands_for, reply: row.reply, replyReason: row.reply_reason, representedBy: row.represented_by, state: row.state, cameAt: row.came_at, leftAt: row.left_at,
    isIn: isIn({ state: row.state, leftAt: row.left_at }),
  }));
}
export const quorumIn = (attendance: readonly Pick<AttendanceRow, 'isVoting' | 'isIn'>[], percent: number): SittingView['quorum'] => {
  const voting = attendance.filter((one) => one.isVoting);
  const room = { entitled: voting.length, present: voting.filter((one) => one.isIn).length };
  return { ...room, needed: quorumOf(room.entitled, percent), isMet: hasQuorum(room, percent) };
};

/** The obligations that came of conclusions, as far as the caller may see them. */
export async function obligationsOf({ db, office }: Pick<Context, 'db' | 'office'>, conclusionIds: readonly string[]): Promise<ObligationOf[]> {
  if (conclusionIds.length === 0) return [];
  type Row = { id: string; source_id: string; owner: string | null; owner_id: string | null; unit_id: string | null; due_on: string | null; state: string; percent: number; report: string; helpers: string[] };
  const { rows } = await sql<Row>`select o.id, o.source_id, p.name as owner, o.owner_id, o.unit_id, o.due_on::text as due_on, o.state, o.percent, coalesce(nullif(o.report, ''),
      (select r.text from obligation_report r where r.office_id = o.office_id and r.obligation_id = o.id and r.text <> '' order by r.at desc limit 1), '') as report, o.helpers
    from obligation o left join person p on p.office_id = o.office_id and p.id = o.owner_id
    where o.office_id = ${office.id} and o.source_noun = 'conclusion' and o.source_id = any (${[...conclusionIds]}::uuid[]) order by o.at, o.id`.execute(db);
  return rows.map((row) => ({ id: row.id, conclusionId: row.source_id, owner: row.owner ?? '', ownerId: row.owner_id, unitId: row.unit_id, dueOn: row.due_on, state: row.state, percent: row.percent, report: row.report, helpers: row.helpers }));
}

type Voted = { id: string; item_id: string; question: string; is_secret: boolean; majority: string; state: string; entitled: number; present: number; votes_for: number; votes_against: number; votes_abstained: number; is_carried: boolean | null; by_hand: boolean; reason: string; opened_at: Date; closed_at: Date | null };
function voteFrom(row: Voted, casts: readonly { vote_id: string; attendance_id: string; choice: string | null }[]): VoteRow {
  const own = casts.filter((one) => one.vote_id === row.id);
  const majority = row.majority as Majority;
  const tally = { for: row.votes_for, against: row.votes_against, abstain: row.votes_abstained };
  return {
    id: row.id, question: row.question, isSecret: row.is_secret, majority, state: row.state, entitled: row.entitled, present: row.present, needed: neededFor(majority, row), ...tally, isCarried: row.is_carried, byHand: row.by_hand,
    cast: Math.max(own.length, castIn(tally)), reason: row.reason, casts: own.map((one) => ({ attendanceId: one.attendance_id, choice: one.choice })), openedAt: row.opened_at, closedAt: row.closed_at,
  };
}

/** The points of a sitting that the caller may see, with papers, who was away, votes and conclusions. */
export async function listItems(context: Pick<Context, 'db' | 'office'>, sitting: Pick<Sitting, 'id' | 'case_id'>, places: readonly { id: string; number: number }[]): Promise<ItemRow[]> {
  const { db, office } = context;
  const items = await db.selectFrom('agenda_item as i').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'i.office_id').onRef('c.id', '=', 'i.case_id'))
    .select(['i.id', 'i.kind', 'i.title', 'i.rapporteur', 'i.minutes', 'i.proposed', 'i.notes', 'i.notes_version', 'i.state', 'i.reason', 'i.opened_at', 'i.closed_at', 'i.case_id', 'i.proposal_id', 'i.annex_id', 'c.access'])
    .where('i.office_id', '=', office.id).where('i.meeting_id', '=', sitting.id).where('i.position', '<', droppedFrom).orderBy('i.position').orderBy('i.id').execute();
  const ids = items.map((item) => item.id);
  if (ids.length === 0) return [];
  const of = <T extends { item_id: string }>(rows: readonly T[], itemId: string): T[] => rows.filter((row) => row.item_id === itemId);
  const papers = await db.selectFrom('agenda_paper as a').innerJoin('document as d', (join) => join.onRef('d.office_id', '=', 'a.office_id').onRef('d.id', '=', 'a.document_id')).select(['a.item_id', 'd.id', 'd.title'])
    .where('a.office_id', '=', office.id).where('a.item_id', 'in', ids).where('a.replaced_by', 'is', null).orderBy('a.position').execute();
  const away = await db.selectFrom('item_absence').select(['item_id', 'attendance_id', 'reason']).where('office_id', '=', office.id).where('item_id', 'in', ids).execute();
  const votes: Voted[] = await db.selectFrom('vote').select(['id', 'item_id', 'question', 'is_secret', 'majority', 'state', 'entitled', 'present', 'votes_for', 'votes_against', 'votes_abstained', 'is_carried', 'by_hand', 'reason', 'opened_at', 'closed_at'])
    .where('office_id', '=', office.id).where('item_id', 'in', ids).orderBy('opened_at').execute();
  const casts = votes.length === 0 ? [] : await db.selectFrom('vote_cast').select(['vote_id', 'attendance_id', 'choice']).where('office_id', '=', office.id).where('vote_id', 'in', votes.map((vote) => vote.id)).orderBy('attendance_id').execute();
  const conclusions = await db.selectFrom('conclusion').select(['id', 'item_id', 'position', 'text', 'case_id', 'vote_id', 'excerpt_id', 'dropped_at']).where('office_id', '=', office.id).where('item_id', 'in', ids).orderBy('position').execute();
  const obligations = await obligationsOf(context, conclusions.map((one) => one.id));
  return items.map((item) => ({
    id: item.id, number: places.find((place) => place.id === item.id)?.number ?? 0, kind: item.kind, title: item.title, rapporteur: item.rapporteur, minutes: item.minutes, proposed: item.proposed, notes: item.notes, notesVersion: item.notes_version, state: item.state, reason: item.reason, openedAt: item.opened_at, closedAt: item.closed_at,
    caseId: item.case_id, proposalId: item.proposal_id, annexId: item.annex_id, isConfidential: item.access === 'confidential' && item.case_id !== sitting.case_id,
    papers: of(papers, item.id).map(({ id: paperId, title }) => ({ id: paperId, title })), away: of(away, item.id).map((one) => ({ attendanceId: one.attendance_id, reason: one.reason })), votes: of(votes, item.id).map((vote) => voteFrom(vote, casts)),
    conclusions: of(conclusions, item.id).map((one) => ({ id: one.id, position: one.position, text: one.text, caseId: one.case_id, voteId: one.vote_id, excerptId: one.excerpt_id, droppedAt: one.dropped_at, obligations: obligations.filter((obligation) => obligation.conclusionId === one.id) })),
  }));
}

const nameOf = async ({ db, office }: Pick<Context, 'db' | 'office'>, personId: string | null): Promise<string> =>
  (personId && (await db.selectFrom('person').select('name').where('office_id', '=', office.id).where('id', '=', personId).executeTakeFirst())?.name) || '';

/** The whole course of a sitting, as the caller may see it. */
export async function sittingView(context: Context, sitting: Sitting): Promise<SittingView> {
  const { db, office, caller } = context;
  const attendance = await listAttendance(context, sitting.id);
  const places = await placesOf(context, sitting.id);
  const file = await db.selectFrom('case_file').select('reference').where('office_id', '=', office.id).where('id', '=', sitting.case_id).executeTakeFirstOrThrow();
  const next = await db.selectFrom('meeting').select('id').where('office_id', '=', office.id).where('committee_id', '=', sitting.committee_id).where('starts_at', '>', sitting.starts_at).where('state', '<>', 'cancelled').orderBy('starts_at').limit(1).executeTakeFirst();
  const last = await db.selectFrom('meeting').select(['id', 'number', 'state']).where('office_id', '=', office.id).where('committee_id', '=', sitting.committee_id).where('starts_at', '<', sitting.starts_at).where('state', 'in', ['closed', 'issued', 'adopted']).orderBy('starts_at', 'desc').limit(1).executeTakeFirst();
  const remarks = last?.state === 'issued' ? await db.selectFrom('minutes_remark as r').innerJoin('minutes as n', (join) => join.onRef('n.office_id', '=', 'r.office_id').onRef('n.id', '=', 'r.minutes_id')).select((eb) => eb.fn.countAll<string>().as('count'))
    .where('r.office_id', '=', office.id).where('n.meeting_id', '=', last.id).where('r.state', '=', 'open').executeTakeFirstOrThrow() : null;
  return {
    previous: last ? { ...last, remarksOpen: Number(remarks?.count ?? 0) } : null,
    id: sitting.id, caseId: sitting.case_id, reference: file.reference, committeeId: sitting.committee_id, committee: sitting.committee, committeeKind: sitting.committee_kind, number: sitting.number, kind: sitting.kind, title: sitting.title, place: sitting.place, startsAt: sitting.starts_at, endsAt: sitting.ends_at,
    state: sitting.state, version: sitting.version, chair: attendance.find((one) => one.role === 'chair')?.name || (await nameOf(context, sitting.chair_id)), keeper: await nameOf(context, sitting.keeper_id), openedAt: sitting.opened_at, closedAt: sitting.closed_at,
    itemId: sitting.item_id, majority: sitting.majority, quorum: quorumIn(attendance, sitting.quorum_percent), attendance, places: places.map(({ id: itemId, number }) => ({ id: itemId, number })), items: await listItems(context, sitting, places),
    mine: attendance.find((one) => one.personId !== null && one.personId === caller.personId)?.id ?? null, keeps: isKeeper(context, sitting), nextId: next?.id ?? null,
  };
}

export const readSitting = operation({
  id: 'sitting.read', kind: 'query', rest: 'GET /meetings/{id}/sitting', allow: ['staff'],
  summary: 'The course of a sitting: who is there and the quorum, points with papers, votes and conclusions, as far as the caller may see them.',
  input: z.object({ id: id() }),
  output: SittingView.extend({ dueDays: z.array(z.object({ days: z.number(), on: z.string() })) }),
  async run(context, input) {
    const calendar = await officeCalendar(context.db, context.office);
    return { ...(await sittingView(context, await getSitting(context, input.id))), dueDays: dueDays.map((days) => ({ days, on: addWorkingDays(calendar, context.today, days) })) };
  },
});

export const readStamp = operation({
  id: 'sitting.stamp', kind: 'query', rest: 'GET /meetings/{id}/stamp', allow: ['staff'],
  summary: 'A short mark that changes whenever something happens in the sitting: what screens ask for every few seconds.',
  input: z.object({ id: id() }),
  output: z.object({ stamp: z.string() }),
  async run({ db, office }, input) {
    const { rows } = await sql<{ stamp: string }>`select concat_ws('.', m.version, m.state, m.last_conclusion, (select concat(count(*), count(*) filter (where i.state <> 'waiting'), max(i.position)) from agenda_item i where i.office_id = m.office_id and i.meeting_id = m.id),
        (select concat(count(*), max(v.opened_at), count(v.closed_at)) from vote v join agenda_item i on i.office_id = v.office_id and i.id = v.item_id where i.office_id = m.office_id and i.meeting_id = m.id),
        (select count(*) from vote_cast k join vote v on v.office_id = k.office_id and v.id = k.vote_id join agenda_item i on i.office_id = v.office_id and i.id = v.item_id where i.office_id = m.office_id and i.meeting_id = m.id and v.state = 'open'),
        (select count(*) filter (where a.state in ('present', 'remote') and a.left_at is null) from attendance a where a.office_id = m.office_id and a.meeting_id = m.id)) as stamp
      from meeting m where m.office_id = ${office.id} and m.id = ${input.id}`.execute(db);
    if (!rows[0]) throw notFound();
    return { stamp: rows[0].stamp };
  },
});
