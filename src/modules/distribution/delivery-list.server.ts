import type { RawBuilder } from 'kysely';
import { z } from 'zod';
import { sightOf } from '../../core/caller.ts';
import { sql } from '../../core/database.ts';
import { isDay } from '../../core/day.ts';
import { isId } from '../../core/id.ts';
import { choice, day, id, optionalLine, say } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { getCaseFile } from '../registry/index.ts';
import { deliveryStates, deliveryViews, findHolder, hoursUntilItLies, purposes, type DeliveryState, type DeliveryView, type Purpose } from './delivery.ts';
import { givers, hasRole, isFor } from './delivery.server.ts';
import { Absence, listAbsences } from './receiver.server.ts';

export const DeliveryRow = z.object({
  id: z.string(), caseId: z.string(), reference: z.string(), subject: z.string(), sender: z.string(), entryId: z.string().nullable(), purpose: z.enum(purposes), isCopy: z.boolean(), unitId: z.string().nullable(), personId: z.string().nullable(), person: z.string(), away: Absence.nullable(),
  note: z.string(), state: z.enum(deliveryStates), givenBy: z.string(), givenAt: z.date(), receivedBy: z.string(), receivedFor: z.string(), receivedAt: z.date().nullable(), way: z.string().nullable(), returnedBy: z.string(), returnedAt: z.date().nullable(), reason: z.string(), settledAt: z.date().nullable(),
  can: z.object({ receive: z.boolean(), return: z.boolean(), reroute: z.boolean(), withdraw: z.boolean(), sign: z.boolean(), settle: z.boolean() }),
});
export type DeliveryRow = z.infer<typeof DeliveryRow>;

type Found = {
  id: string; case_id: string; reference: string; subject: string; sender: string | null; entry_id: string | null; purpose: Purpose; is_copy: boolean; to_unit: string | null; to_person: string | null; person: string | null; note: string; state: DeliveryState; given_by: string | null; giver: string | null; given_at: Date;
  taker: string | null; absent: string | null; received_at: Date | null; way: string | null; returner: string | null; returned_at: Date | null; return_reason: string; settled_at: Date | null; cursor: string;
};
const shown = sql`d.id, d.case_id, c.reference, c.subject, pa.name as sender, d.entry_id, d.purpose, d.is_copy, d.to_unit, d.to_person, p.name as person, d.note, d.state, d.given_by, g.name as giver, d.given_at, r.name as taker, f.name as absent, d.received_at, d.way,
  b.name as returner, d.returned_at, d.return_reason, d.settled_at, d.given_at::text as cursor`;
const beside = sql`join case_file c on c.office_id = d.office_id and c.id = d.case_id left join party pa on pa.office_id = c.office_id and pa.id = c.party_id left join person p on p.office_id = d.office_id and p.id = d.to_person
  left join person g on g.office_id = d.office_id and g.id = d.given_by left join person r on r.office_id = d.office_id and r.id = d.received_by
  left join person f on f.office_id = d.office_id and f.id = d.received_for left join person b on b.office_id = d.office_id and b.id = d.returned_by`;

function rowFrom({ caller }: Pick<Context, 'caller'>, row: Found, absences: Map<string, Absence>): DeliveryRow {
  const own = isFor(caller, { unitId: row.to_unit, personId: row.to_person });
  const open = row.state === 'sent';
  const held = open || row.state === 'received';
  return {
    id: row.id, caseId: row.case_id, reference: row.reference, subject: row.subject, sender: row.sender ?? '', entryId: row.entry_id, purpose: row.purpose, isCopy: row.is_copy, unitId: row.to_unit, personId: row.to_person, person: row.person ?? '', away: row.to_person ? absences.get(row.to_person) ?? null : null,
    note: row.note, state: row.state, givenBy: row.giver ?? '', givenAt: row.given_at, receivedBy: row.taker ?? '', receivedFor: row.absent ?? '', receivedAt: row.received_at, way: row.way, returnedBy: row.returner ?? '', returnedAt: row.returned_at, reason: row.return_reason, settledAt: row.settled_at,
    can: {
      receive: open && own, return: held && own && !row.settled_at, reroute: !row.is_copy && !row.settled_at && row.state !== 'withdrawn' && (hasRole(caller, 'registrar', 'chief', 'mayor', 'deputy') || (own && hasRole(caller, 'head', 'clerk', 'adviser'))),
      withdraw: open && (row.given_by === caller.personId || hasRole(caller, 'registrar', 'chief')) && hasRole(caller, ...givers), sign: open && hasRole(caller, 'registrar', 'chief'),
      settle: own && held && !row.settled_at && ['resolution', 'signature'].includes(row.purpose) && hasRole(caller, 'mayor', 'deputy', 'chief', 'head'),
    },
  };
}

const uuids = (marks: readonly string[]) => sql`${marks.filter(isId)}::uuid[]`;
/** What went to the caller or the caller's units. */
const forMe = ({ caller }: Pick<Context, 'caller'>) => sql`(d.to_person = any(${uuids(caller.marks)}) or d.to_unit = any(${[...caller.marks]}::text[]))`;
/** What is for the caller to take: a colleague's own they may take for them, but it does not wait for them. A letter for resolution is taken by the resolution. */
const toTake = ({ caller }: Pick<Context, 'caller'>) => sql`(d.to_person = any(${uuids(caller.marks)}) or (d.to_person is null and d.to_unit = any(${[...caller.marks]}::text[])))
  and not (${hasRole(caller, 'mayor', 'deputy', 'chief', 'head')} and d.purpose in ('resolution', 'signature') and d.to_person is not null)`;
const lain = ({ now }: Pick<Context, 'now'>) => sql`d.state = 'sent' and d.given_at < ${new Date(now.getTime() - hoursUntilItLies * 3_600_000)}`;
const back = sql`d.state = 'returned' and d.settled_at is null`;

function inView(view: DeliveryView, context: Pick<Context, 'caller' | 'now'>): RawBuilder<unknown> {
  switch (view) {
    case 'mine': return sql`d.state = 'sent' and ${toTake(context)}`;
    case 'undelivered': return lain(context);
    case 'returned': return back;
    // Who sees a part of the office sees what went to it and what it gave: the rest of the book is not read through for them.
    case 'all': return sightOf(context.caller) === 'own' ? sql`(${forMe(context)} or d.given_by = ${context.caller.personId}::uuid)` : sql`true`;
  }
}

const rowsAPage = 50;
const isCursor = (text: string): boolean => {
  const [at = '', rowId = ''] = text.split('|');
  return text === '' || (/^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?)?$/.test(at) && isDay(at.slice(0, 10)) && isId(rowId));
};

export const listDeliveries = operation({
  id: 'delivery.list', kind: 'query', rest: 'GET /deliveries', allow: ['staff'],
  summary: 'The delivery book: what is for the caller to receive, what lies undelivered, what was returned, or all; by day and unit; pages by cursor.',
  input: z.object({ view: choice(deliveryViews).default('mine'), on: z.union([z.literal(''), day()]).default(''), unitId: optionalLine(60), state: choice(['', ...deliveryStates]).default(''), after: optionalLine(120).refine(isCursor, say('field.wrong')), limit: z.coerce.number().int().min(1).max(5000).default(rowsAPage) }),
  output: z.object({ deliveries: z.array(DeliveryRow), next: z.string().nullable() }),
  async run(context, input) {
    const { db, office } = context;
    const conditions = [sql`d.office_id = ${office.id}`, inView(input.view, context)];
    if (input.on) conditions.push(sql`d.given_at >= (${input.on}::date::timestamp at time zone ${office.jurisdiction.timeZone}) and d.given_at < ((${input.on}::date + 1)::timestamp at time zone ${office.jurisdiction.timeZone})`);
    if (input.unitId) conditions.push(sql`d.to_unit = ${input.unitId}`);
    if (input.state) conditions.push(sql`d.state = ${input.state}`);
    // The open ones oldest first, for they have waited longest; the book newest first.
    const newest = input.view === 'all';
    const [at, rowId] = input.after.split('|');
    if (at && rowId) conditions.push(newest ? sql`(d.given_at, d.id) < (${at}::timestamptz, ${rowId}::uuid)` : sql`(d.given_at, d.id) > (${at}::timestamptz, ${rowId}::uuid)`);
    const order = (one: string) => (newest ? sql`${sql.raw(one)}.given_at desc, ${sql.raw(one)}.id desc` : sql`${sql.raw(one)}.given_at, ${sql.raw(one)}.id`);
    const found = await sql<Found>`select ${shown} from (select * from delivery d where ${sql.join(conditions, sql` and `)} order by ${order('d')} limit ${input.limit + 1}) d ${beside} order by ${order('d')}`.execute(db);
    const absences = await listAbsences(context);
    const last = found.rows.length > input.limit ? found.rows[input.limit - 1]! : null;
    return { deliveries: found.rows.slice(0, input.limit).map((row) => rowFrom(context, row, absences)), next: last ? `${last.cursor}|${last.id}` : null };
  },
});

export const countDeliveries = operation({
  id: 'delivery.count', kind: 'query', rest: 'GET /deliveries/counts', allow: ['staff'],
  summary: 'How many papers wait to be received by the caller, for the caller’s resolution, lie undelivered, or were returned.',
  input: z.object({}),
  output: z.object({ mine: z.number(), resolutions: z.number(), undelivered: z.number(), returned: z.number() }),
  async run(context) {
    const { db, office, caller } = context;
    const up = (condition: RawBuilder<unknown>) => sql`(select count(*)::int from (select 1 from delivery d where d.office_id = ${office.id} and ${condition} limit 1000) x)`;
    const keeps = hasRole(caller, 'registrar', 'chief');
    const found = await sql<{ mine: number; resolutions: number; undelivered: number; returned: number }>`select ${up(inView('mine', context))} as mine, ${up(waitsForMe(context))} as resolutions,
      ${keeps ? up(lain(context)) : sql`0`} as undelivered, ${keeps ? up(back) : sql`0`} as returned`.execute(db);
    return found.rows[0]!;
  },
});

/** What waits for the caller's resolution or signature. */
export const waitsForMe = ({ caller }: Pick<Context, 'caller'>) => sql`d.settled_at is null and d.purpose in ('resolution', 'signature') and d.state in ('sent', 'received') and d.to_person = any(${uuids(caller.marks)})`;

export const Holder = z.object({ state: z.enum(['registry', 'sent', 'received', 'returned', 'waiting']), unitId: z.string().nullable(), person: z.string(), since: z.date().nullable() });
const Head = z.object({ id: z.string(), kind: z.string(), reference: z.string(), subject: z.string(), access: z.string(), unitId: z.string().nullable(), handledBy: z.string().nullable(), closedAt: z.date().nullable(), mergedInto: z.string().nullable() });

export const findWhereabouts = operation({
  id: 'delivery.whereabouts', kind: 'query', rest: 'GET /cases/{id}/deliveries', allow: ['staff'],
  summary: 'Where the original of a case is, who has copies, and every line of the delivery book on it, newest first.',
  input: z.object({ id: id() }),
  output: z.object({
    file: Head, holder: Holder, deliveries: z.array(DeliveryRow), entries: z.array(z.object({ id: z.string(), reference: z.string(), sub: z.number(), subject: z.string(), direction: z.string(), splitTo: z.string().nullable() })),
    absences: z.array(Absence.extend({ personId: z.string() })), isForward: z.boolean(), can: z.object({ give: z.boolean(), resolve: z.boolean() }),
  }),
  async run(context, input) {
    const { db, office, caller } = context;
    const file = await getCaseFile(context, input.id);
    const rows = (await sql<Found>`select ${shown} from delivery d ${beside} where d.office_id = ${office.id} and d.case_id = ${file.id} order by d.given_at desc, d.id desc limit 200`.execute(db)).rows;
    const absences = await listAbsences(context);
    const waiting = await db.selectFrom('bring_forward').select(['due_on', 'put_at']).where('office_id', '=', office.id).where('case_id', '=', file.id).where('returned_at', 'is', null).executeTakeFirst();
    const ofCase = rows.filter((row) => row.entry_id === null);
    const whole = (ofCase.length > 0 ? ofCase : rows).map((row) => ({ ...row, isCopy: row.is_copy, givenAt: row.given_at }));
    const held = findHolder(whole);
    const returned = held ? undefined : whole.find((row) => !row.is_copy && row.state === 'returned');
    const entries = await db.selectFrom('entry').select(['id', 'reference', 'sub', 'subject', 'direction', 'split_to']).where('office_id', '=', office.id).where('case_id', '=', file.id).where('annulled_at', 'is', null).orderBy('sub').limit(300).execute();
    const isOpen = file.kind !== 'reserved' && !file.annulledAt && !file.closedAt;
    return {
      file: { id: file.id, kind: file.kind, reference: file.reference, subject: file.subject, access: file.access, unitId: file.unitId, handledBy: file.handledBy, closedAt: file.closedAt, mergedInto: file.mergedInto },
      holder: waiting ? { state: 'waiting' as const, unitId: null, person: '', since: waiting.put_at }
        : held ? { state: held.state as 'sent' | 'received', unitId: held.to_unit, person: held.person ?? '', since: held.received_at ?? held.given_at }
          : returned ? { state: 'returned' as const, unitId: returned.to_unit, person: returned.person ?? '', since: returned.returned_at } : { state: 'registry' as const, unitId: null, person: '', since: null },
      deliveries: rows.map((row) => rowFrom(context, row, absences)), entries: entries.map((one) => ({ id: one.id, reference: one.reference, sub: one.sub, subject: one.subject, direction: one.direction, splitTo: one.split_to })),
      absences: [...absences].map(([personId, absence]) => ({ personId, ...absence })), isForward: waiting !== undefined,
      can: { give: file.kind !== 'reserved' && !file.annulledAt && hasRole(caller, ...givers), resolve: isOpen && hasRole(caller, 'mayor', 'deputy', 'chief', 'head') },
    };
  },
});
