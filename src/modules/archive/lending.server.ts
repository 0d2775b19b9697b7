import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { addDays } from '../../core/day.ts';
import { choice, day, id, line, optionalLine } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { getCaseFile, involve } from '../registry/index.ts';
import { keepers } from './archive.server.ts';

/** Longer than a year is not a lending. */
const daysAtMost = 366;

export const lendFromArchive = operation({
  id: 'archive.lend', kind: 'command', rest: 'POST /cases/{id}/lend', allow: keepers,
  summary: 'Lends an archived case to one of the staff against a slip, with purpose and day of return; the reader sees the case from then on.',
  input: z.object({ id: id(), readerId: id(), purpose: line(300), dueOn: day() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, now, today, caller } = context;
    const file = await getCaseFile(context, input.id, true);
    const item = await db.selectFrom('archive_item').select(['number', 'state']).where('office_id', '=', office.id).where('case_id', '=', file.id).forUpdate().executeTakeFirst();
    if (!item) throw notNow('error.archive.not_there', { reference: file.reference });
    if (item.state !== 'kept') throw notNow(item.state === 'listed' ? 'error.archive.listed' : 'error.archive.gone', { number: item.number });
    if (await db.selectFrom('lending').select('id').where('office_id', '=', office.id).where('case_id', '=', file.id).where('returned_at', 'is', null).executeTakeFirst()) throw notNow('error.archive.lent', { reference: file.reference });
    const reader = await db.selectFrom('person').select('id').where('office_id', '=', office.id).where('id', '=', input.readerId).where('is_active', '=', true).executeTakeFirst();
    if (!reader) throw wrong({ readerId: { key: 'field.choose' } });
    if (input.dueOn < today) throw wrong({ dueOn: { key: 'field.day_past' } });
    if (input.dueOn > addDays(today, daysAtMost)) throw wrong({ dueOn: { key: 'field.archive.due_far' } });
    const lendingId = context.newId();
    await db.insertInto('lending').values({ office_id: office.id, id: lendingId, case_id: file.id, reader_id: reader.id, purpose: input.purpose, due_on: input.dueOn, lent_by: caller.personId, lent_at: now }).execute();
    await involve(context, file.id, [reader.id]);
    context.record({ name: 'archive.lent', nounId: lendingId, caseId: file.id, data: { to: reader.id, dueOn: input.dueOn } });
    return { id: lendingId };
  },
});

export const takeBack = operation({
  id: 'archive.take_back', kind: 'command', rest: 'POST /lendings/{id}/return', allow: keepers,
  summary: 'The lent case is back in its box.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string(), caseId: z.string() }),
  async run(context, input) {
    const { db, office, now, caller } = context;
    const lent = await db.selectFrom('lending').select(['case_id', 'returned_at', 'due_on']).where('office_id', '=', office.id).where('id', '=', input.id).forUpdate().executeTakeFirst();
    if (!lent) throw notFound();
    if (lent.returned_at) throw notNow('error.archive.returned');
    await db.updateTable('lending').set({ returned_at: now, returned_by: caller.personId }).where('office_id', '=', office.id).where('id', '=', input.id).execute();
    context.record({ name: 'archive.returned', nounId: input.id, caseId: lent.case_id, data: { late: lent.due_on < context.today } });
    return { id: input.id, caseId: lent.case_id };
  },
});

export const LendingRow = z.object({
  id: z.string(), caseId: z.string(), reference: z.string(), subject: z.string(), number: z.number(), box: z.number().nullable(), place: z.string(), readerId: z.string(), reader: z.string(), purpose: z.string(), dueOn: z.string(), lentAt: z.date(), lentBy: z.string(), returnedAt: z.date().nullable(), isLate: z.boolean(),
});
export type LendingRow = z.infer<typeof LendingRow>;
type Found = { id: string; case_id: string; reference: string; subject: string; number: number; box: number | null; place: string | null; reader_id: string; reader: string; purpose: string; due_on: string; lent_at: Date; lender: string | null; returned_at: Date | null };
const shown = sql`l.id, l.case_id, c.reference, c.subject, i.number, b.number as box, b.place, l.reader_id, r.name as reader, l.purpose, l.due_on, l.lent_at, g.name as lender, l.returned_at`;
const beside = sql`join case_file c on c.office_id = l.office_id and c.id = l.case_id join archive_item i on i.office_id = l.office_id and i.case_id = l.case_id left join archive_box b on b.office_id = i.office_id and b.id = i.box_id
  join person r on r.office_id = l.office_id and r.id = l.reader_id left join person g on g.office_id = l.office_id and g.id = l.lent_by`;
const rowFrom = ({ today }: Pick<Context, 'today'>, row: Found): LendingRow => ({
  id: row.id, caseId: row.case_id, reference: row.reference, subject: row.subject, number: row.number, box: row.box, place: row.place ?? '', readerId: row.reader_id, reader: row.reader, purpose: row.purpose, dueOn: row.due_on, lentAt: row.lent_at, lentBy: row.lender ?? '', returnedAt: row.returned_at,
  isLate: row.returned_at === null && row.due_on < today,
});

export const lendingViews = ['open', 'late', 'mine', 'all'] as const;
export const listLendings = operation({
  id: 'archive.lendings', kind: 'query', rest: 'GET /lendings', allow: ['staff'],
  summary: 'What is lent from the archive, the first due first: all of it to who keeps the archive, to everybody else the own; `all` is the book of slips, the last first.',
  input: z.object({ view: choice(lendingViews).default('open'), after: optionalLine(120), limit: z.coerce.number().int().min(1).max(500).default(100) }),
  output: z.object({ lendings: z.array(LendingRow), next: z.string().nullable() }),
  async run(context, input) {
    const { db, office, today, caller } = context;
    const keeps = caller.kind !== 'person' || ['registrar', 'chief', 'auditor'].some((role) => caller.roles.has(role as 'chief'));
    const conditions = [sql`l.office_id = ${office.id}`];
    if (!keeps || input.view === 'mine') conditions.push(sql`l.reader_id = ${caller.personId}::uuid`);
    if (input.view !== 'all') conditions.push(sql`l.returned_at is null`);
    if (input.view === 'late') conditions.push(sql`l.due_on < ${today}::date`);
    const newest = input.view === 'all';
    const [at, after] = input.after.split('|');
    if (at && after && z.uuid().safeParse(after).success && !Number.isNaN(Date.parse(at))) conditions.push(newest ? sql`l.id < ${after}::uuid` : sql`(l.due_on, l.id) > (${new Date(at).toISOString().slice(0, 10)}::date, ${after}::uuid)`);
    const { rows } = await sql<Found>`select ${shown} from lending l ${beside} where ${sql.join(conditions, sql` and `)} order by ${newest ? sql`l.id desc` : sql`l.due_on, l.id`} limit ${input.limit + 1}`.execute(db);
    const lendings = rows.slice(0, input.limit).map((row) => rowFrom(context, row));
    return { lendings, next: rows.length > input.limit ? `${lendings.at(-1)!.dueOn}|${lendings.at(-1)!.id}` : null };
  },
});

export const getLending = operation({
  id: 'archive.slip', kind: 'query', rest: 'GET /lendings/{id}', allow: ['staff'],
  summary: 'A lending, as its slip says it: to who keeps the archive and to the reader.',
  input: z.object({ id: id() }),
  output: LendingRow,
  async run(context, input) {
    const row = (await sql<Found>`select ${shown} from lending l ${beside} where l.office_id = ${context.office.id} and l.id = ${input.id}`.execute(context.db)).rows[0];
    if (!row) throw notFound();
    return rowFrom(context, row);
  },
});
