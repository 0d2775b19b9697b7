import { z } from 'zod';
import { sql, type Tx } from '../../core/database.ts';
import { newId } from '../../core/id.ts';
import { check, choice, day, id, line, optionalEmail, optionalId, optionalLine, optionalText, say } from '../../core/input.ts';
import { textIn } from '../../core/message.ts';
import type { Office } from '../../core/office.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong } from '../../core/refusal.ts';
import { indexSearch } from '../../core/search.ts';
import { committeeKinds, keeperRoles, leadsAll, majorities, memberRoles } from './committee.ts';

export const Member = z.object({
  id: z.string(), personId: z.string().nullable(), partyId: z.string().nullable(), name: z.string(), title: z.record(z.string(), z.string()).nullable(), unitId: z.string().nullable(), email: z.string().nullable(), role: z.enum(memberRoles), isVoting: z.boolean(), standsFor: z.string(), position: z.number(), fromOn: z.string(), untilOn: z.string().nullable(),
});
export type Member = z.infer<typeof Member>;

/** Whether the caller keeps the committee's sittings: who leads, and its chair, deputy and secretary on the day. */
export async function isKeeper({ db, office, caller, today }: Pick<Context, 'db' | 'office' | 'caller' | 'today'>, committeeId: string): Promise<boolean> {
  if (leadsAll(caller)) return true;
  const own = await db.selectFrom('committee_member').select('id').where('office_id', '=', office.id).where('committee_id', '=', committeeId).where('role', 'in', [...keeperRoles]).where(sql<boolean>`person_id::text = any (${[...caller.marks]})`)
    .where('from_on', '<=', today).where((eb) => eb.or([eb('until_on', 'is', null), eb('until_on', '>=', today)])).limit(1).executeTakeFirst();
  return own !== undefined;
}

export type Committee = { id: string; kind: string; name: string; classCode: string; unitId: string | null; calendarId: string | null; resourceId: string | null; noticeDays: number; noticeBasis: string; quorumPercent: number; majority: string; isConfidential: boolean; place: string; closingPoints: string[]; endedAt: Date | null };
/** The committee; 404 where there is none in this office. */
export async function getCommittee({ db, office }: Pick<Context, 'db' | 'office'>, committeeId: string): Promise<Committee> {
  const row = await db.selectFrom('committee').selectAll().where('office_id', '=', office.id).where('id', '=', committeeId).executeTakeFirst();
  if (!row) throw notFound();
  return {
    id: row.id, kind: row.kind, name: row.name, classCode: row.class_code, unitId: row.unit_id, calendarId: row.calendar_id, resourceId: row.resource_id, noticeDays: row.notice_days, noticeBasis: row.notice_basis, quorumPercent: row.quorum_percent, majority: row.majority,
    isConfidential: row.is_confidential, place: row.place, closingPoints: row.closing_points, endedAt: row.ended_at,
  };
}
/** The committee for an act of its keeper: 404, 403 for anybody else, 409 when it has ended. */
export async function beginCommittee(context: Context, committeeId: string): Promise<Committee> {
  const committee = await getCommittee(context, committeeId);
  if (!(await isKeeper(context, committeeId))) throw notAllowed();
  if (committee.endedAt) throw notNow('error.committee_ended');
  return committee;
}

/** Members whose term holds on the day, chair first; e-mail of the staff from their accounts. */
export async function membersOn({ db, office }: Pick<Context, 'db' | 'office'>, committeeId: string, on?: string): Promise<Member[]> {
  let query = db.selectFrom('committee_member as m').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'm.office_id').onRef('p.id', '=', 'm.person_id'))
    .select(['m.id', 'm.person_id', 'm.party_id', 'm.name', 'p.name as person', 'p.title', 'p.unit_id', 'p.email as person_email', 'm.email', 'm.role', 'm.is_voting', 'm.stands_for', 'm.position', 'm.from_on', 'm.until_on'])
    .where('m.office_id', '=', office.id).where('m.committee_id', '=', committeeId);
  if (on) query = query.where('m.from_on', '<=', on).where((eb) => eb.or([eb('m.until_on', 'is', null), eb('m.until_on', '>=', on)]));
  const rows = await query.orderBy(sql`array_position(array['chair', 'deputy', 'member', 'secretary', 'guest'], m.role)`).orderBy('m.position').orderBy('m.id').execute();
  return rows.map((row) => ({
    id: row.id, personId: row.person_id, partyId: row.party_id, name: row.person ?? row.name, title: row.title as Record<string, string> | null, unitId: row.unit_id, email: row.email ?? row.person_email, role: row.role as 'member', isVoting: row.is_voting, standsFor: row.stands_for, position: row.position,
    fromOn: row.from_on, untilOn: row.until_on,
  }));
}

const fields = {
  kind: choice(committeeKinds), name: line(200), basis: optionalText(1000), task: optionalText(4000), fromOn: day(), untilOn: z.union([z.literal(''), day()]).default(''), classCode: optionalLine(20), unitId: optionalLine(60), resourceId: optionalId(),
  noticeDays: z.coerce.number(say('field.number')).int(say('field.number')).min(0, say('field.number')).max(60, say('field.number')).default(3), noticeBasis: optionalLine(300), quorumPercent: z.coerce.number(say('field.number')).int(say('field.number')).min(0, say('field.number')).max(99, say('field.number')).default(50),
  majority: choice(majorities).default('present'), isConfidential: check(), place: optionalLine(300), closingPoints: optionalText(2000),
};
type Fields = z.output<z.ZodObject<typeof fields>>;

/** What the form says as columns; 422 where a class, unit or room is not of this office. */
async function columnsOf({ db, office }: Context, input: Fields) {
  if (input.classCode && !office.data.classes.some((one) => one.code === input.classCode)) throw wrong({ classCode: { key: 'field.choose' } });
  if (input.unitId && !office.data.units.some((one) => one.id === input.unitId)) throw wrong({ unitId: { key: 'field.choose_unit' } });
  if (input.untilOn && input.untilOn < input.fromOn) throw wrong({ untilOn: { key: 'field.day_order' } });
  if (input.resourceId && !(await db.selectFrom('resource').select('id').where('office_id', '=', office.id).where('id', '=', input.resourceId).where('kind', '=', 'room').executeTakeFirst())) throw wrong({ resourceId: { key: 'field.choose' } });
  return {
    kind: input.kind, name: input.name, basis: input.basis, task: input.task, from_on: input.fromOn, until_on: input.untilOn || null, class_code: input.classCode, unit_id: input.unitId || null, resource_id: input.resourceId, notice_days: input.noticeDays, notice_basis: input.noticeBasis,
    quorum_percent: input.quorumPercent, majority: input.majority, is_confidential: input.isConfidential, place: input.place, closing_points: input.closingPoints.split('\n').map((one) => one.trim()).filter(Boolean).slice(0, 10),
  };
}
const indexCommittee = (context: Context, committeeId: string, input: Fields, isNew = false): Promise<void> => indexSearch(context, { id: committeeId, isNew, noun: 'committee', title: input.name, detail: '', text: [input.basis, input.task].join(' ') });
const Done = z.object({ id: z.string() });

export const makeCommittee = operation({
  id: 'committee.make', kind: 'command', rest: 'POST /committees', allow: ['chief', 'mayor'],
  summary: 'Sets up a body that meets: collegium, commission, council, working group, with its rules of notice, quorum and majority.',
  input: z.object(fields),
  output: Done,
  async run(context, input) {
    const { db, office, caller, now } = context;
    const columns = await columnsOf(context, input);
    const committeeId = context.newId();
    await db.insertInto('committee').values({ office_id: office.id, id: committeeId, ...columns, made_by: caller.personId, at: now }).execute();
    await indexCommittee(context, committeeId, input, true);
    context.record({ name: 'committee.made', nounId: committeeId, data: { kind: input.kind } });
    return { id: committeeId };
  },
});

export const changeCommittee = operation({
  id: 'committee.change', kind: 'command', rest: 'POST /committees/{id}', allow: ['staff'],
  summary: 'Changes what a committee is for and by which rules it meets; by who keeps it.',
  input: z.object({ id: id(), ...fields }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const committee = await beginCommittee(context, input.id);
    // What was said behind closed doors stays there: opening a committee is for who leads the office.
    if (committee.isConfidential && !input.isConfidential && !leadsAll(context.caller)) throw notAllowed();
    await db.updateTable('committee').set(await columnsOf(context, input)).where('office_id', '=', office.id).where('id', '=', committee.id).execute();
    await indexCommittee(context, committee.id, input);
    context.record({ name: 'committee.changed', nounId: committee.id });
    return { id: committee.id };
  },
});

export const endCommittee = operation({
  id: 'committee.end', kind: 'command', rest: 'POST /committees/{id}/end', allow: ['chief', 'mayor'],
  summary: 'Ends a committee on a day; no sitting of it may be coming.',
  input: z.object({ id: id(), untilOn: day() }),
  output: Done,
  async run(context, input) {
    const { db, office, now } = context;
    const committee = await beginCommittee(context, input.id);
    const coming = await db.selectFrom('meeting').select('id').where('office_id', '=', office.id).where('committee_id', '=', committee.id).where('state', 'in', ['planned', 'convened', 'open']).limit(1).executeTakeFirst();
    if (coming) throw notNow('error.committee_has_sittings');
    await db.updateTable('committee').set({ ended_at: now, until_on: input.untilOn }).where('office_id', '=', office.id).where('id', '=', committee.id).execute();
    context.record({ name: 'committee.ended', nounId: committee.id });
    return { id: committee.id };
  },
});

export const putMember = operation({
  id: 'committee.put_member', kind: 'command', rest: 'POST /committees/{id}/members', allow: ['staff'],
  summary: 'Names a member for a term: one of the staff, of the directory, or by name and e-mail; with `memberId` changes the one who is there.',
  input: z.object({ id: id(), memberId: optionalId(), personId: optionalId(), partyId: optionalId(), name: optionalLine(200), email: optionalEmail(), role: choice(memberRoles).default('member'), isVoting: check(), standsFor: optionalLine(200), fromOn: day(), untilOn: z.union([z.literal(''), day()]).default('') }),
  output: z.object({ id: z.string(), memberId: z.string() }),
  async run(context, input) {
    const { db, office } = context;
    const committee = await beginCommittee(context, input.id);
    if (input.untilOn && input.untilOn < input.fromOn) throw wrong({ untilOn: { key: 'field.day_order' } });
    const person = input.personId ? await db.selectFrom('person').select(['id', 'name']).where('office_id', '=', office.id).where('id', '=', input.personId).executeTakeFirst() : undefined;
    if (input.personId && !person) throw wrong({ personId: { key: 'field.choose' } });
    const party = input.partyId ? await db.selectFrom('party').select(['id', 'name', 'email']).where('office_id', '=', office.id).where('id', '=', input.partyId).executeTakeFirst() : undefined;
    if (input.partyId && !party) throw wrong({ partyId: { key: 'field.choose' } });
    const name = person?.name ?? (input.name || party?.name);
    if (!name) throw wrong({ name: { key: 'field.required' } });
    const current = (await membersOn(context, committee.id, context.today)).filter((one) => one.id !== input.memberId);
    if (person && current.some((one) => one.personId === person.id)) throw wrong({ personId: { key: 'field.member_already' } });
    if (input.role === 'chair' && current.some((one) => one.role === 'chair')) throw wrong({ role: { key: 'field.member_chair' } });
    const row = { person_id: person?.id ?? null, party_id: party?.id ?? null, name, email: person ? null : input.email || party?.email || null, role: input.role, is_voting: input.isVoting, stands_for: input.standsFor, from_on: input.fromOn, until_on: input.untilOn || null };
    const memberId = input.memberId ?? context.newId();
    if (input.memberId) {
      const changed = await db.updateTable('committee_member').set(row).where('office_id', '=', office.id).where('committee_id', '=', committee.id).where('id', '=', input.memberId).returning('id').executeTakeFirst();
      if (!changed) throw notFound();
    } else await db.insertInto('committee_member').values({ office_id: office.id, id: memberId, committee_id: committee.id, position: current.length, ...row }).execute();
    context.record({ name: input.memberId ? 'committee.member_changed' : 'committee.member_named', nounId: committee.id, data: { memberId } });
    return { id: committee.id, memberId };
  },
});

export const endMember = operation({
  id: 'committee.end_member', kind: 'command', rest: 'POST /committees/{id}/members/{memberId}/end', allow: ['staff'],
  summary: 'Ends the term of a member on a day.',
  input: z.object({ id: id(), memberId: id(), untilOn: day() }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const committee = await beginCommittee(context, input.id);
    const member = (await membersOn(context, committee.id)).find((one) => one.id === input.memberId);
    if (!member) throw notFound();
    if (input.untilOn < member.fromOn) throw wrong({ untilOn: { key: 'field.day_order' } });
    await db.updateTable('committee_member').set({ until_on: input.untilOn }).where('office_id', '=', office.id).where('id', '=', member.id).execute();
    context.record({ name: 'committee.member_left', nounId: committee.id, data: { memberId: member.id } });
    return { id: committee.id };
  },
});

export const CommitteeView = z.object({
  id: z.string(), kind: z.enum(committeeKinds), name: z.string(), basis: z.string(), task: z.string(), fromOn: z.string(), untilOn: z.string().nullable(), classCode: z.string(), unitId: z.string().nullable(), resourceId: z.string().nullable(), noticeDays: z.number(), noticeBasis: z.string(), quorumPercent: z.number(), majority: z.enum(majorities),
  isConfidential: z.boolean(), place: z.string(), closingPoints: z.array(z.string()), lastNumber: z.number(), endedAt: z.date().nullable(), chair: z.string(), members: z.number(), isMine: z.boolean(), keeps: z.boolean(),
});
export type CommitteeView = z.infer<typeof CommitteeView>;

/** Committees with their chair and whether the caller is a member or keeps them. */
async function viewsOf(context: Context, committeeId?: string): Promise<CommitteeView[]> {
  const { db, office, caller, today } = context;
  const rows = await db.selectFrom('committee').selectAll().where('office_id', '=', office.id).$if(committeeId !== undefined, (query) => query.where('id', '=', committeeId!)).orderBy(sql`ended_at is not null`).orderBy(sql`array_position(array['collegium', 'council', 'commission', 'working'], kind)`).orderBy('at').orderBy('id').limit(500).execute();
  const members = await db.selectFrom('committee_member as m').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'm.office_id').onRef('p.id', '=', 'm.person_id')).select(['m.committee_id', 'm.person_id', 'm.role', 'm.name', 'p.name as person'])
    .where('m.office_id', '=', office.id).where('m.from_on', '<=', today).where((eb) => eb.or([eb('m.until_on', 'is', null), eb('m.until_on', '>=', today)])).execute();
  return rows.map((row) => {
    const of = members.filter((one) => one.committee_id === row.id);
    const own = of.filter((one) => one.person_id !== null && caller.marks.includes(one.person_id));
    const chair = of.find((one) => one.role === 'chair');
    return {
      id: row.id, kind: row.kind as 'council', name: row.name, basis: row.basis, task: row.task, fromOn: row.from_on, untilOn: row.until_on, classCode: row.class_code, unitId: row.unit_id, resourceId: row.resource_id, noticeDays: row.notice_days, noticeBasis: row.notice_basis, quorumPercent: row.quorum_percent,
      majority: row.majority as 'present', isConfidential: row.is_confidential, place: row.place, closingPoints: row.closing_points, lastNumber: row.last_number, endedAt: row.ended_at, chair: chair?.person ?? chair?.name ?? '', members: of.length, isMine: own.length > 0,
      keeps: leadsAll(caller) || own.some((one) => keeperRoles.includes(one.role as 'chair')),
    };
  });
}

export const listCommittees = operation({
  id: 'committee.list', kind: 'query', rest: 'GET /committees', allow: ['staff'],
  summary: 'The bodies of the office that meet, those that ended last.',
  input: z.object({}),
  output: z.object({ committees: z.array(CommitteeView) }),
  run: async (context) => ({ committees: await viewsOf(context) }),
});

export const readCommittee = operation({
  id: 'committee.get', kind: 'query', rest: 'GET /committees/{id}', allow: ['staff'],
  summary: 'A committee with its rules, and its members, those of former terms last.',
  input: z.object({ id: id() }),
  output: CommitteeView.extend({ roll: z.array(Member.extend({ isNow: z.boolean() })), rooms: z.array(z.object({ id: z.string(), name: z.string() })) }),
  async run(context, input) {
    const { db, office, today } = context;
    const [committee] = await viewsOf(context, input.id);
    if (!committee) throw notFound();
    const roll = (await membersOn(context, committee.id)).map((one) => ({ ...one, isNow: one.fromOn <= today && (one.untilOn === null || one.untilOn >= today) }));
    const rooms = await db.selectFrom('resource').select(['id', 'name']).where('office_id', '=', office.id).where('kind', '=', 'room').where('is_active', '=', true).orderBy('name').execute();
    return { ...committee, roll: [...roll.filter((one) => one.isNow), ...roll.filter((one) => !one.isNow)], rooms };
  },
});

/** The committees of a new office, with members, from its data. */
export async function foundCommittees(db: Tx, office: Office): Promise<void> {
  const at = new Date();
  const people = new Map((await db.selectFrom('person').select(['id', 'key', 'name']).where('office_id', '=', office.id).execute()).map((one) => [one.key, one]));
  const words = (text: Record<string, string>): string => textIn(text, office.locale);
  for (const one of office.data.committees ?? []) {
    const committeeId = newId(at);
    await db.insertInto('committee').values({
      office_id: office.id, id: committeeId, key: one.id, kind: one.kind, name: words(one.name), basis: words(one.basis), task: words(one.task), from_on: one.from, until_on: one.until ?? null, class_code: one.class, unit_id: one.unit ?? null, notice_days: one.noticeDays, notice_basis: words(one.noticeBasis),
      quorum_percent: one.quorumPercent, majority: one.majority, is_confidential: one.confidential, place: one.place, closing_points: one.closing.map(words), at,
    }).execute();
    const rows = one.members.flatMap((member, position) => {
      const person = member.person ? people.get(member.person) : undefined;
      if (member.person && !person) return [];
      return [{ office_id: office.id, id: newId(at), committee_id: committeeId, person_id: person?.id ?? null, name: person?.name ?? member.name ?? '', email: member.email ?? null, role: member.role, is_voting: member.votes ?? member.role !== 'guest', stands_for: member.standsFor ?? '', position, from_on: one.from }];
    });
    if (rows.length > 0) await db.insertInto('committee_member').values(rows).execute();
  }
}

