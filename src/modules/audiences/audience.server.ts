import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { id, optionalId } from '../../core/input.ts';
import { actsIn, nextState } from '../../core/lifecycle.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow } from '../../core/refusal.ts';
import { DocumentRow, listDocuments } from '../documents/index.ts';
import { listObligationsOf } from '../obligations/index.ts';
import { channels, contactWays, lifecycle, mayOrganise, outcomes, states, type Act, type State } from './audience.ts';

export const AudienceRow = z.object({
  id: z.string(), number: z.number(), year: z.number(), caseId: z.string(), reference: z.string(), subject: z.string(), access: z.string(), state: z.enum(states), topic: z.string(), unitId: z.string().nullable(),
  partyId: z.string().nullable(), name: z.string(), phone: z.string(), email: z.string(), address: z.string(), town: z.string(), hostId: z.string().nullable(), host: z.string(), wishedHostId: z.string().nullable(),
  purpose: z.string(), wished: z.string(), wishedOn: z.string().nullable(), people: z.number(), companions: z.string(), needs: z.string(), channel: z.enum(channels), contactBy: z.enum(contactWays), locale: z.string(),
  slotId: z.string().nullable(), dayId: z.string().nullable(), onDay: z.string().nullable(), place: z.string(), startsAt: z.date().nullable(), endsAt: z.date().nullable(),
  note: z.string(), noteBy: z.string(), noteAt: z.date().nullable(), noteDueOn: z.string().nullable(), remindedAt: z.date().nullable(), confirmedAt: z.date().nullable(), calledAt: z.date().nullable(), calls: z.number(),
  arrivedAt: z.date().nullable(), startedAt: z.date().nullable(), endedAt: z.date().nullable(), talk: z.string(), outcome: z.enum(outcomes).nullable(), reason: z.string(), replyDueOn: z.string().nullable(),
  answeredAt: z.date().nullable(), answerEntryId: z.string().nullable(), answer: z.string(), at: z.date(), version: z.number(),
});
export type Audience = z.infer<typeof AudienceRow>;

/** What a reader of the list is given of each; joined to the case, whose wall it has. */
export const audienceColumns = sql`a.id, a.number, a.year, a.case_id as "caseId", c.reference, c.subject, c.access, a.state, a.topic, a.unit_id as "unitId", a.party_id as "partyId", coalesce(p.name, '') as name,
  coalesce(p.phone, '') as phone, coalesce(p.email, '') as email, coalesce(p.address, '') as address, coalesce(p.place, '') as town, a.host_id as "hostId", coalesce(h.name, '') as host, a.wished_host_id as "wishedHostId", a.purpose, a.wished,
  a.wished_on::text as "wishedOn", a.people, a.companions, a.needs, a.channel, a.contact_by as "contactBy", a.locale, a.slot_id as "slotId", a.day_id as "dayId", d.on_day::text as "onDay", coalesce(d.place, '') as place,
  s.starts_at as "startsAt", s.ends_at as "endsAt", a.note, coalesce(n.name, '') as "noteBy", a.note_at as "noteAt", a.note_due_on::text as "noteDueOn", a.reminded_at as "remindedAt", a.confirmed_at as "confirmedAt",
  a.called_at as "calledAt", a.calls, a.arrived_at as "arrivedAt", a.started_at as "startedAt", a.ended_at as "endedAt", a.talk, a.outcome, a.reason, a.reply_due_on::text as "replyDueOn", a.answered_at as "answeredAt",
  a.answer_entry_id as "answerEntryId", a.answer, a.at, a.version`;
export const audienceJoins = sql`audience a join case_file c on c.office_id = a.office_id and c.id = a.case_id left join party p on p.office_id = a.office_id and p.id = a.party_id
  left join person h on h.office_id = a.office_id and h.id = a.host_id left join person n on n.office_id = a.office_id and n.id = a.note_by
  left join audience_slot s on s.office_id = a.office_id and s.id = a.slot_id left join audience_day d on d.office_id = a.office_id and d.id = a.day_id`;

type By = { id: string } | { caseId: string };
/** The audience that the caller may see, or null. */
export async function findAudience({ db, office }: Pick<Context, 'db' | 'office'>, by: By): Promise<Audience | null> {
  const where = 'id' in by ? sql`a.id = ${by.id}` : sql`a.case_id = ${by.caseId}`;
  return (await sql<Audience>`select ${audienceColumns} from ${audienceJoins} where a.office_id = ${office.id} and ${where}`.execute(db)).rows[0] ?? null;
}
/** The audience, its row locked; 404 where the caller does not see it. */
export async function getAudience(context: Pick<Context, 'db' | 'office'>, audienceId: string): Promise<Audience> {
  await context.db.selectFrom('audience').select('id').where('office_id', '=', context.office.id).where('id', '=', audienceId).forUpdate().execute();
  const found = await findAudience(context, { id: audienceId });
  if (!found) throw notFound();
  return found;
}

/** The audience for an act of those who keep the list, with the state after it; refuses whoever does not, and what is not now. */
export async function beginAct(context: Context, audienceId: string, act: Act): Promise<{ audience: Audience; state: State }> {
  const audience = await getAudience(context, audienceId);
  if (context.caller.kind === 'person' && !mayOrganise(context.caller)) throw notAllowed();
  return { audience, state: nextState(lifecycle, audience.state, act) };
}
/** A change that rests on what was read: refused where somebody else wrote meanwhile. */
export function checkVersion(audience: Audience, version: number | null | undefined): void {
  if (version && version !== audience.version) throw notNow('error.changed_meanwhile', {}, audience);
}
export const changeAudience = (context: Context, audienceId: string) => context.db.updateTable('audience').set((eb) => ({ version: eb('version', '+', 1) })).where('office_id', '=', context.office.id).where('id', '=', audienceId);

/** Whose it is to write the note beforehand: who keeps the list, and the department that was asked. */
export const mayNote = (context: Pick<Context, 'caller'>, audience: Audience): boolean =>
  context.caller.kind === 'system' || mayOrganise(context.caller) || (audience.unitId !== null && context.caller.marks.includes(audience.unitId)) || (audience.hostId !== null && context.caller.marks.includes(audience.hostId));

const organisersActs: readonly Act[] = ['arrive', 'begin', 'end', 'schedule', 'confirm', 'call', 'prepare', 'note', 'answer', 'promise', 'correct', 'miss', 'take_up', 'redirect', 'decline', 'withdraw'];
export function actsOf(context: Pick<Context, 'caller' | 'today'>, audience: Audience): Act[] {
  const offered = actsIn(lifecycle, audience.state);
  const isDay = audience.onDay !== null && audience.onDay <= context.today;
  return organisersActs.filter((act) => offered.includes(act) && (act === 'note' ? mayNote(context, audience) : mayOrganise(context.caller)) && (act !== 'miss' || isDay));
}

const Promised = z.object({ id: z.string(), text: z.string(), owner: z.string().nullable(), unitId: z.string().nullable(), dueOn: z.string().nullable(), state: z.string(), report: z.string() });
export type Promised = z.infer<typeof Promised>;
export const promisesOf = async (context: Context, audienceId: string): Promise<Promised[]> =>
  (await listObligationsOf(context, 'audience', audienceId)).map((one) => ({ id: one.id, text: one.text, owner: one.owner, unitId: one.unitId, dueOn: one.dueOn, state: one.state, report: one.report }));

export const getAudienceView = operation({
  id: 'audience.get', kind: 'query', rest: 'GET /audiences/{id}', allow: ['staff'],
  summary: 'An audience: who asked and what for, its time, the note beforehand, the talk, what was promised, and what the caller may do now.',
  input: z.object({ id: id() }),
  output: z.object({ audience: AudienceRow, promises: z.array(Promised), documents: z.array(DocumentRow), acts: z.array(z.string()), mayOrganise: z.boolean() }),
  async run(context, input) {
    const audience = await findAudience(context, { id: input.id });
    if (!audience) throw notFound();
    return { audience, promises: await promisesOf(context, audience.id), documents: await listDocuments(context, audience.caseId), acts: actsOf(context, audience), mayOrganise: mayOrganise(context.caller) };
  },
});

export const findOfCase = operation({
  id: 'audience.of_case', kind: 'query', allow: ['staff'],
  summary: 'The audience of a case with what was promised, or none.',
  input: z.object({ caseId: id() }),
  output: z.object({ audience: AudienceRow.nullable(), promises: z.array(Promised) }),
  async run(context, input) {
    const audience = await findAudience(context, input);
    if (!audience && !(await context.db.selectFrom('case_file').select('id').where('office_id', '=', context.office.id).where('id', '=', input.caseId).executeTakeFirst())) throw notFound();
    return { audience, promises: audience ? await promisesOf(context, audience.id) : [] };
  },
});

const Earlier = z.object({ id: z.string(), kind: z.enum(['case', 'audience', 'promise']), caseId: z.string().nullable(), reference: z.string(), title: z.string(), state: z.string(), at: z.date(), dueOn: z.string().nullable() });
export const earlierMatters = operation({
  id: 'audience.earlier', kind: 'query', rest: 'GET /audiences/earlier', allow: ['staff'],
  summary: 'What the same person was here with before: cases, audiences, and what was promised then and is not done.',
  input: z.object({ partyId: id(), exceptCaseId: optionalId() }),
  output: z.object({ matters: z.array(Earlier) }),
  async run({ db, office }, input) {
    const party = await db.selectFrom('party').select('id').where('office_id', '=', office.id).where('id', '=', input.partyId).executeTakeFirst();
    if (!party) throw notFound();
    const rows = await sql<z.infer<typeof Earlier>>`with own as (select id from case_file where office_id = ${office.id} and party_id = ${input.partyId}::uuid and id is distinct from ${input.exceptCaseId}::uuid order by opened_at desc limit 30)
      select x.* from (
        select o.id, 'promise' as kind, o.case_id as "caseId", c.reference, o.text as title, o.state, o.at, o.due_on::text as "dueOn" from obligation o join own on own.id = o.case_id join case_file c on c.office_id = o.office_id and c.id = o.case_id
          where o.office_id = ${office.id} and o.state in ('open', 'reported')
        union all select a.id, 'audience', a.case_id, c.reference, c.subject, a.state, a.at, null from audience a join own on own.id = a.case_id join case_file c on c.office_id = a.office_id and c.id = a.case_id where a.office_id = ${office.id}
        union all select c.id, 'case', c.id, c.reference, c.subject, case when c.closed_at is null then 'open' else 'closed' end, c.opened_at, null from case_file c join own on own.id = c.id
          where c.office_id = ${office.id} and not exists (select 1 from audience a where a.office_id = c.office_id and a.case_id = c.id)
      ) x order by case x.kind when 'promise' then 0 else 1 end, x.at desc limit 20`.execute(db);
    return { matters: rows.rows };
  },
});
