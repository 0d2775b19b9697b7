import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { addDays } from '../../core/day.ts';
import { day, id, optionalId, optionalLine, optionalText } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong } from '../../core/refusal.ts';
import { hasParty } from '../directory/index.ts';
import { getCaseFile, officeCalendar } from '../registry/index.ts';
import { addDelivery, beginGiving, hasRole } from './delivery.server.ts';
import { forwardDay } from './bring-forward.ts';

const Done = z.object({ id: z.string() });
const farthest = 730;

export const putForward = operation({
  id: 'bring_forward.put', kind: 'command', rest: 'POST /cases/{id}/bring-forward', allow: ['registrar', 'chief', 'head', 'adviser', 'clerk', 'mayor', 'deputy', 'citizens', 'protocol'],
  summary: 'Puts a case into the rokovnik until a day, or until a paper comes from a party, whichever is first; a day on which the office is closed moves to the next.',
  input: z.object({ id: id(), dueOn: day(), awaited: optionalLine(200), partyId: optionalId(), note: optionalText(500) }),
  output: Done.extend({ dueOn: z.string() }),
  async run(context, input) {
    const { db, office, caller, now, today } = context;
    const file = await beginGiving(context, input.id);
    const works = (file.handledBy !== null && caller.marks.includes(file.handledBy)) || (file.unitId !== null && caller.marks.includes(file.unitId));
    if (!works && !hasRole(caller, 'registrar', 'chief', 'mayor', 'deputy')) throw notAllowed();
    if (input.dueOn <= today) throw wrong({ dueOn: { key: 'field.day_past' } });
    if (input.dueOn > addDays(today, farthest)) throw wrong({ dueOn: { key: 'field.day_far' } });
    if (input.partyId && !(await hasParty(context, input.partyId))) throw wrong({ partyId: { key: 'field.choose' } });
    const open = await db.selectFrom('bring_forward').select('id').where('office_id', '=', office.id).where('case_id', '=', file.id).where('returned_at', 'is', null).executeTakeFirst();
    if (open) throw notNow('error.in_rokovnik');
    const dueOn = forwardDay(await officeCalendar(db, office), input.dueOn);
    const forwardId = context.newId();
    await db.insertInto('bring_forward').values({ office_id: office.id, id: forwardId, case_id: file.id, due_on: dueOn, awaited: input.awaited, awaited_party: input.partyId, note: input.note, put_by: caller.personId, put_at: now }).execute();
    context.record({ name: 'bring_forward.placed', nounId: forwardId, caseId: file.id, data: { dueOn } });
    return { id: forwardId, dueOn };
  },
});

type Waiting = { id: string; case_id: string };
/** Takes a case out of the rokovnik: by its day or a paper through the delivery book, by a person in their hand. */
export async function bringBack(context: Context, row: Waiting, why: 'day' | 'paper' | 'person'): Promise<void> {
  const { db, office, caller, now } = context;
  await db.updateTable('bring_forward').set({ returned_at: now, returned_by: caller.personId, returned_why: why }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
  const file = await db.selectFrom('case_file').select(['unit_id', 'handled_by', 'closed_at']).where('office_id', '=', office.id).where('id', '=', row.case_id).executeTakeFirstOrThrow();
  // The registry sends what comes back through the delivery book; who takes it early carries it away.
  if (why !== 'person' && !file.closed_at && (file.unit_id || file.handled_by)) await addDelivery(context, { caseId: row.case_id, purpose: 'work', to: { unitId: file.unit_id, personId: file.handled_by } });
  context.record({ name: 'bring_forward.returned', nounId: row.id, caseId: row.case_id, data: { why } });
}

export const takeForward = operation({
  id: 'bring_forward.take', kind: 'command', rest: 'POST /bring-forwards/{id}/take', allow: ['registrar', 'chief', 'head', 'adviser', 'clerk', 'mayor', 'deputy', 'citizens', 'protocol'],
  summary: 'Takes a case out of the rokovnik before its day.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const { db, office, caller } = context;
    const row = await db.selectFrom('bring_forward').select(['id', 'case_id', 'put_by', 'returned_at']).where('office_id', '=', office.id).where('id', '=', input.id).forUpdate().executeTakeFirst();
    if (!row) throw notFound();
    if (row.returned_at) throw notNow();
    const file = await db.selectFrom('case_file').select(['unit_id', 'handled_by']).where('office_id', '=', office.id).where('id', '=', row.case_id).executeTakeFirstOrThrow();
    const concerned = [row.put_by, file.unit_id, file.handled_by].some((mark) => mark !== null && caller.marks.includes(mark));
    if (!concerned && !hasRole(caller, 'registrar', 'chief', 'mayor', 'deputy')) throw notAllowed();
    await bringBack(context, row, 'person');
    return { id: row.id };
  },
});

export const returnDue = operation({
  id: 'bring_forward.return_due', kind: 'command', allow: [],
  summary: 'Every morning: what is due today, or was due and was not yet brought back, returns to whoever works on it.',
  input: z.object({}),
  output: z.object({ returned: z.number() }),
  async run(context) {
    const { db, office, today } = context;
    const rows = await db.selectFrom('bring_forward').select(['id', 'case_id']).where('office_id', '=', office.id).where('returned_at', 'is', null).where('due_on', '<=', today).orderBy('due_on').forUpdate().skipLocked().execute();
    for (const row of rows) await bringBack(context, row, 'day');
    if (rows.length === 0) context.record({ name: 'rokovnik.checked' });
    return { returned: rows.length };
  },
});

export const returnOnPaper = operation({
  id: 'bring_forward.return_on_paper', kind: 'command', allow: [],
  summary: 'A paper came: the case that waited returns at once; where one from a certain party is awaited, only when it is from them.',
  input: z.object({ id: id(), partyId: optionalId() }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const row = await db.selectFrom('bring_forward').select(['id', 'case_id', 'awaited_party']).where('office_id', '=', office.id).where('case_id', '=', input.id).where('returned_at', 'is', null).forUpdate().executeTakeFirst();
    if (!row) throw notFound();
    // A paper whose sender is not known may be the one: better a case too early than a paper astray.
    const isAwaited = row.awaited_party === null || input.partyId === null || row.awaited_party === input.partyId;
    if (!isAwaited) throw notNow();
    await bringBack(context, row, 'paper');
    return { id: row.id };
  },
});

export const ForwardRow = z.object({
  id: z.string(), caseId: z.string(), reference: z.string(), subject: z.string(), dueOn: z.string(), awaited: z.string(), awaitedFrom: z.string(), note: z.string(), putBy: z.string(), putAt: z.date(), unitId: z.string().nullable(), handler: z.string(), returnedAt: z.date().nullable(), why: z.string().nullable(),
});
export type ForwardRow = z.infer<typeof ForwardRow>;
type Found = { id: string; case_id: string; reference: string; subject: string; due_on: string; awaited: string; awaited_from: string | null; note: string; putter: string | null; put_at: Date; unit_id: string | null; handler: string | null; returned_at: Date | null; returned_why: string | null };
const columns = sql`b.id, b.case_id, c.reference, c.subject, b.due_on::text as due_on, b.awaited, pa.name as awaited_from, b.note, p.name as putter, b.put_at, c.unit_id, h.name as handler, b.returned_at, b.returned_why`;
const beside = sql`join case_file c on c.office_id = b.office_id and c.id = b.case_id left join party pa on pa.office_id = b.office_id and pa.id = b.awaited_party left join person p on p.office_id = b.office_id and p.id = b.put_by left join person h on h.office_id = c.office_id and h.id = c.handled_by`;
const rowFrom = (row: Found): ForwardRow => ({
  id: row.id, caseId: row.case_id, reference: row.reference, subject: row.subject, dueOn: row.due_on, awaited: row.awaited, awaitedFrom: row.awaited_from ?? '', note: row.note, putBy: row.putter ?? '', putAt: row.put_at, unitId: row.unit_id, handler: row.handler ?? '', returnedAt: row.returned_at, why: row.returned_why,
});

export const readRokovnik = operation({
  id: 'bring_forward.list', kind: 'query', rest: 'GET /rokovnik', allow: ['staff'],
  summary: 'The rokovnik: what lies until which day, and the morning list of what came back today by its day or with a paper.',
  input: z.object({ caseId: optionalId(), mine: z.coerce.boolean().default(false) }),
  output: z.object({ today: z.string(), waiting: z.array(ForwardRow), back: z.array(ForwardRow), more: z.boolean(), closed: z.array(z.string()) }),
  async run(context, input) {
    const { db, office, today, caller } = context;
    const most = 1000;
    const conditions = [sql`b.office_id = ${office.id}`];
    if (input.caseId) conditions.push(sql`b.case_id = ${(await getCaseFile(context, input.caseId)).id}::uuid`);
    if (input.mine) conditions.push(sql`(c.handled_by::text = any(${[...caller.marks]}::text[]) or (c.handled_by is null and c.unit_id = any(${[...caller.marks]}::text[])))`);
    const where = sql.join(conditions, sql` and `);
    const waiting = await sql<Found>`select ${columns} from bring_forward b ${beside} where ${where} and b.returned_at is null order by b.due_on, b.put_at limit ${most + 1}`.execute(db);
    const back = await sql<Found>`select ${columns} from bring_forward b ${beside} where ${where} and b.returned_why in ('day', 'paper') and b.returned_at >= (${today}::date::timestamp at time zone ${office.jurisdiction.timeZone}) order by b.returned_at desc limit 200`.execute(db);
    const calendar = await officeCalendar(db, office);
    const closed = Array.from({ length: 31 }, (_, index) => addDays(`${today.slice(0, 7)}-01`, index)).filter((on) => on.slice(0, 7) === today.slice(0, 7) && !calendar.isWorkingDay(on));
    return { today, waiting: waiting.rows.slice(0, most).map(rowFrom), back: back.rows.map(rowFrom), more: waiting.rows.length > most, closed };
  },
});
