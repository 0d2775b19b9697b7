import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { choice, id, line, optionalEmail, optionalId, optionalLine, optionalText, say } from '../../core/input.ts';
import { nextState } from '../../core/lifecycle.ts';
import { operation, type Context } from '../../core/operation.ts';
import type { Allow } from '../../core/caller.ts';
import { notAllowed, notFound, notNow, wrong } from '../../core/refusal.ts';
import { findOrAddParty, hasParty } from '../directory/index.ts';
import { closeCase, getCaseFile, openPaper } from '../registry/index.ts';
import { calendarRights, leaderCalendars } from './calendar.server.ts';
import { requestChannels, requestLifecycle, requestStates, type RequestAct, type RequestState } from './request.ts';

/** Who enters a request for a meeting; who decides it is said by the calendar that it asks for. */
export const askers: readonly Allow[] = ['registrar', 'citizens', 'chief', 'clerk', 'protocol', 'adviser', 'head', 'mayor', 'deputy'];
export const RequestDone = z.object({ id: z.string(), caseId: z.string(), state: z.enum(requestStates), engagementId: z.string().nullable() });
const most = 50;

export const addRequest = operation({
  id: 'meeting_request.add', kind: 'command', rest: 'POST /meeting-requests', allow: askers,
  summary: 'Enters that somebody asks to meet who leads: on a case that is there, or as a paper of its own that came by letter, telephone or at the counter.',
  input: z.object({
    caseId: optionalId(), calendarId: optionalId(), purpose: line(300), wished: optionalLine(200), people: z.coerce.number(say('field.number')).int(say('field.number')).min(1, say('field.number')).max(500, say('field.number')).default(1),
    channel: choice(requestChannels).default('phone'), partyId: optionalId(), name: optionalLine(200), organisation: z.union([z.boolean(), z.string().transform((value) => value === '1' || value === 'on')]).default(false),
    email: optionalEmail(), phone: optionalLine(60), address: optionalLine(300), town: optionalLine(100), text: optionalText(10_000),
  }),
  output: RequestDone.extend({ reference: z.string() }),
  async run(context, input) {
    const { db, office, caller, now, today, t } = context;
    const leaders = await leaderCalendars(context);
    const calendarId = input.calendarId ?? leaders[0]?.id;
    if (!calendarId || !leaders.some((one) => one.id === calendarId)) throw wrong({ calendarId: { key: 'field.choose' } });
    const requestId = context.newId();
    const row = { office_id: office.id, id: requestId, calendar_id: calendarId, purpose: input.purpose, wished: input.wished, people: input.people, asked_at: now, entered_by: caller.personId };
    if (input.caseId) {
      const file = await getCaseFile(context, input.caseId, true);
      if (file.closedAt || file.annulledAt || file.kind === 'reserved') throw notNow('error.case_closed');
      const open = await db.selectFrom('meeting_request').select('id').where('office_id', '=', office.id).where('case_id', '=', file.id).where('calendar_id', '=', calendarId).where('state', '=', 'open').executeTakeFirst();
      if (open) throw notNow('error.request_open');
      await db.insertInto('meeting_request').values({ ...row, case_id: file.id, party_id: file.partyId }).execute();
      context.record({ name: 'meeting_request.added', nounId: requestId, caseId: file.id });
      return { id: requestId, caseId: file.id, state: 'open' as const, engagementId: null, reference: file.reference };
    }
    if (input.partyId && !(await hasParty(context, input.partyId))) throw wrong({ partyId: { key: 'field.choose' } });
    if (!input.partyId && !input.name) throw wrong({ name: { key: 'field.required' } });
    const partyId = input.partyId ?? (await findOrAddParty(context, { name: input.name, kind: input.organisation ? 'organisation' : 'person', email: input.email, phone: input.phone, address: input.address, place: input.town }));
    const sender = await db.selectFrom('party').select('name').where('office_id', '=', office.id).where('id', '=', partyId).executeTakeFirstOrThrow();
    const paper = await openPaper(context, {
      direction: 'in', channel: input.channel, subject: t('request.subject', { purpose: input.purpose }).slice(0, 300), body: input.text || input.purpose, partyId, sender: sender.name, receivedOn: today, ...(office.data.numbering.meetings ? { classCode: office.data.numbering.meetings } : {}), handledBy: null,
    });
    await db.insertInto('meeting_request').values({ ...row, case_id: paper.id, party_id: partyId, opened_case: true }).execute();
    context.record({ name: 'meeting_request.added', nounId: requestId, caseId: paper.id });
    return { id: requestId, caseId: paper.id, state: 'open' as const, engagementId: null, reference: paper.reference };
  },
});

export type Asked = {
  id: string; case_id: string; party_id: string | null; calendar_id: string; purpose: string; wished: string; people: number; state: RequestState; reason: string; engagement_id: string | null; opened_case: boolean; owner_id: string | null; owner: string; owner_title: Record<string, string>;
};
/** The request, locked, for an act on it by who keeps the calendar, leads it, or (of the mayor's and the deputies') is the mayor. */
export async function beginRequest(context: Context, requestId: string, act: RequestAct): Promise<Asked & { to: RequestState }> {
  const { db, office, caller } = context;
  const row = await db.selectFrom('meeting_request as r').innerJoin('calendar as k', (join) => join.onRef('k.office_id', '=', 'r.office_id').onRef('k.id', '=', 'r.calendar_id')).leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'k.office_id').onRef('p.id', '=', 'k.person_id'))
    .select(['r.id', 'r.case_id', 'r.party_id', 'r.calendar_id', 'r.purpose', 'r.wished', 'r.people', 'r.state', 'r.reason', 'r.engagement_id', 'r.opened_case', 'k.person_id as owner_id', 'p.name as owner', 'p.title as owner_title'])
    .where('r.office_id', '=', office.id).where('r.id', '=', requestId).forUpdate('r').executeTakeFirst();
  if (!row) throw notFound();
  const right = (await calendarRights(context, [row.calendar_id])).get(row.calendar_id)!;
  // That somebody asks no longer is taken down by who took down that they asked.
  const mayAct = right.writes || caller.roles.has('mayor') || (act === 'withdraw' && (caller.roles.has('registrar') || caller.roles.has('citizens')));
  if (!mayAct) throw notAllowed();
  return { ...row, state: row.state as RequestState, owner: row.owner ?? '', owner_title: (row.owner_title ?? {}) as Record<string, string>, to: nextState(requestLifecycle, row.state as RequestState, act) };
}

/** Writes down what was decided, and puts away a case that was opened for the request alone, where nothing is to come. */
export async function settleRequest(context: Context, asked: Asked & { to: RequestState }, set: { reason?: string; delegated_to?: string | null; engagement_id?: string | null; reply_entry_id?: string | null }): Promise<z.input<typeof RequestDone>> {
  const { db, office, caller, now } = context;
  await db.updateTable('meeting_request').set({ state: asked.to, decided_by: caller.personId, decided_at: now, ...set }).where('office_id', '=', office.id).where('id', '=', asked.id).execute();
  if (asked.opened_case && (asked.to === 'declined' || asked.to === 'withdrawn')) await putAwayCase(context, asked.case_id);
  return { id: asked.id, caseId: asked.case_id, state: asked.to, engagementId: set.engagement_id ?? asked.engagement_id };
}

async function putAwayCase(context: Context, caseId: string): Promise<void> {
  const file = await getCaseFile(context, caseId, true);
  if (file.closedAt || file.annulledAt) return;
  await closeCase(context, caseId);
  context.record({ name: 'case.closed', nounId: caseId, caseId, data: { class: file.classCode } });
}

export const settleRequests = operation({
  id: 'meeting_request.settle', kind: 'command', allow: [],
  summary: 'Every night: the case of a request whose meeting was held a week ago is put away, where it was opened for the request and nothing in it is still to be done.',
  input: z.object({}),
  output: z.object({ closed: z.number() }),
  async run(context) {
    const { office, db, now } = context;
    const { rows } = await sql<{ case_id: string }>`select r.case_id from meeting_request r join case_file c on c.office_id = r.office_id and c.id = r.case_id join engagement e on e.office_id = r.office_id and e.id = r.engagement_id
      where r.office_id = ${office.id} and r.opened_case and r.state in ('accepted', 'delegated') and c.closed_at is null and e.ends_at < ${new Date(now.getTime() - 7 * 86_400_000)}
        and not exists (select 1 from obligation o where o.office_id = r.office_id and o.case_id = r.case_id and o.state in ('open', 'reported'))
        and not exists (select 1 from dispatch d where d.office_id = r.office_id and d.case_id = r.case_id and d.state = 'waiting') limit 200`.execute(db);
    for (const row of rows) await putAwayCase(context, row.case_id);
    if (rows.length === 0) context.record({ name: 'meeting_request.checked' });
    return { closed: rows.length };
  },
});

export const withdrawRequest = operation({
  id: 'meeting_request.withdraw', kind: 'command', rest: 'POST /meeting-requests/{id}/withdraw', allow: askers,
  summary: 'Notes that the meeting is asked for no longer; of an accepted one the engagement stays until it is cancelled in the calendar.',
  input: z.object({ id: id(), reason: optionalLine(300) }),
  output: RequestDone,
  async run(context, input) {
    const asked = await beginRequest(context, input.id, 'withdraw');
    context.record({ name: 'meeting_request.withdrawn', nounId: asked.id, caseId: asked.case_id });
    return settleRequest(context, asked, { reason: input.reason });
  },
});

const RequestRow = z.object({
  id: z.string(), caseId: z.string(), reference: z.string(), subject: z.string(), purpose: z.string(), wished: z.string(), people: z.number(), state: z.enum(requestStates), reason: z.string(), askedAt: z.date(), decidedAt: z.date().nullable(), decidedBy: z.string(), enteredBy: z.string(),
  calendarId: z.string(), owner: z.string(), delegatedTo: z.string(), engagementId: z.string().nullable(), engagementAt: z.date().nullable(), engagementEndsAt: z.date().nullable(), engagementPlace: z.string(),
  party: z.object({ id: z.string(), name: z.string(), kind: z.string(), email: z.string(), phone: z.string(), address: z.string(), earlier: z.number() }).nullable(), decides: z.boolean(),
});
export type RequestRow = z.infer<typeof RequestRow>;
type Found = {
  id: string; case_id: string; reference: string; subject: string; purpose: string; wished: string; people: number; state: RequestState; reason: string; asked_at: Date; decided_at: Date | null; decider: string | null; enterer: string | null; calendar_id: string; owner: string | null; deputy: string | null;
  engagement_id: string | null; starts_at: Date | null; ends_at: Date | null; place: string | null; party_id: string | null; party: string | null; party_kind: string | null; email: string | null; phone: string | null; address: string | null; town: string | null; earlier: number;
};
const requestFrom = (row: Found, decides: boolean): RequestRow => ({
  id: row.id, caseId: row.case_id, reference: row.reference, subject: row.subject, purpose: row.purpose, wished: row.wished, people: row.people, state: row.state, reason: row.reason, askedAt: row.asked_at, decidedAt: row.decided_at, decidedBy: row.decider ?? '', enteredBy: row.enterer ?? '',
  calendarId: row.calendar_id, owner: row.owner ?? '', delegatedTo: row.deputy ?? '', engagementId: row.engagement_id, engagementAt: row.starts_at, engagementEndsAt: row.ends_at, engagementPlace: row.place ?? '', decides,
  party: row.party_id ? { id: row.party_id, name: row.party ?? '', kind: row.party_kind ?? 'person', email: row.email ?? '', phone: row.phone ?? '', address: [row.address, row.town].filter(Boolean).join(', '), earlier: row.earlier } : null,
});

const requestViews = ['open', 'decided'] as const;
export const listRequests = operation({
  id: 'meeting_request.list', kind: 'query', rest: 'GET /meeting-requests', allow: ['staff'],
  summary: 'Requests for a meeting: the open ones, the oldest first, or those that were decided, the newest first; of one case, or a single one.',
  input: z.object({ view: choice(requestViews).default('open'), caseId: optionalId(), id: optionalId(), mine: z.coerce.boolean().default(false), after: optionalId(), limit: z.coerce.number().int().min(1).max(500).default(most) }),
  output: z.object({ requests: z.array(RequestRow), next: z.string().nullable() }),
  async run(context, input) {
    const { db, office, caller } = context;
    if (input.caseId) await getCaseFile(context, input.caseId);
    const conditions = [sql`r.office_id = ${office.id}`];
    if (input.id) conditions.push(sql`r.id = ${input.id}::uuid`);
    if (input.caseId) conditions.push(sql`r.case_id = ${input.caseId}::uuid`);
    if (!input.id && !input.caseId) conditions.push(input.view === 'open' ? sql`r.state = 'open'` : sql`r.state <> 'open'`);
    const isOldestFirst = input.view === 'open' && !input.caseId;
    if (input.after) conditions.push(isOldestFirst ? sql`r.id > ${input.after}::uuid` : sql`r.id < ${input.after}::uuid`);
    const found = await sql<Found>`select r.id, r.case_id, c.reference, c.subject, r.purpose, r.wished, r.people, r.state, r.reason, r.asked_at, r.decided_at, d.name as decider, b.name as enterer, r.calendar_id, o.name as owner, y.name as deputy, r.engagement_id, e.starts_at, e.ends_at, e.place,
        pa.id as party_id, pa.name as party, pa.kind as party_kind, pa.email, pa.phone, pa.address, pa.place as town, (select count(*)::int from meeting_request f where f.office_id = r.office_id and f.party_id = r.party_id and f.id < r.id) as earlier
      from meeting_request r join case_file c on c.office_id = r.office_id and c.id = r.case_id join calendar k on k.office_id = r.office_id and k.id = r.calendar_id left join person o on o.office_id = k.office_id and o.id = k.person_id
      left join person d on d.office_id = r.office_id and d.id = r.decided_by left join person b on b.office_id = r.office_id and b.id = r.entered_by left join person y on y.office_id = r.office_id and y.id = r.delegated_to
      left join engagement e on e.office_id = r.office_id and e.id = r.engagement_id left join party pa on pa.office_id = r.office_id and pa.id = r.party_id
      where ${sql.join(conditions, sql` and `)} order by r.id ${isOldestFirst ? sql`asc` : sql`desc`} limit ${input.limit + 1}`.execute(db);
    if (input.id && found.rows.length === 0) throw notFound();
    const rights = await calendarRights(context, found.rows.map((row) => row.calendar_id));
    const rows = found.rows.map((row) => requestFrom(row, caller.roles.has('mayor') || rights.get(row.calendar_id)!.writes));
    const shown = rows.slice(0, input.limit);
    return { requests: input.mine ? shown.filter((row) => row.decides) : shown, next: rows.length > input.limit ? shown.at(-1)!.id : null };
  },
});

export const countRequests = operation({
  id: 'meeting_request.count', kind: 'query', rest: 'GET /meeting-requests/count', allow: ['staff'],
  summary: 'How many requests for a meeting are open that the caller may see.',
  input: z.object({}),
  output: z.object({ open: z.number() }),
  async run({ db, office }) {
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from (select 1 from meeting_request where office_id = ${office.id} and state = 'open' limit 1000) m`.execute(db);
    return { open: rows[0]!.count };
  },
});
