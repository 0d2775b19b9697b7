import { z } from 'zod';
import type { Allow } from '../../core/caller.ts';
import { sql } from '../../core/database.ts';
import { dayIn } from '../../core/day.ts';
import { choice, id, optionalId, optionalLine, optionalText, say } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { itemStates, keepUntil, obstacles, retentionYears, type ItemState, type Obstacle } from './retention.ts';

/** Who keeps the archive, and who may read its book: those who see the whole office. */
export const keepers: readonly Allow[] = ['registrar', 'chief'];
export const bookReaders: readonly Allow[] = ['registrar', 'chief', 'mayor', 'deputy', 'auditor', 'quality', 'citizens'];

/** The ids that were ticked: one comes from a form as a text. */
export const ticked = (most = 500) => z.union([id().transform((one) => [one]), z.array(id()).min(1, say('field.archive.none')).max(most, say('field.archive.many', { max: most }))], say('field.archive.none'));

/** The first obstacle to putting the case `c` away, as SQL; null where there is none. */
const obstacleOf = ({ office }: Pick<Context, 'office'>) => {
  const open = (table: string, condition: string) => sql`exists (select 1 from ${sql.table(table)} x where x.office_id = c.office_id and x.case_id = c.id and ${sql.raw(condition)})`;
  return sql<Obstacle | null>`case when c.annulled_at is not null or c.kind = 'reserved' then 'annulled'
    when c.closed_at is null or exists (select 1 from petition p where p.office_id = c.office_id and p.id = c.id and p.state <> 'closed') then 'open'
    when c.class_code <> all (${office.data.classes.map((one) => one.code)}::text[]) then 'class'
    when ${open('lending', 'x.returned_at is null')} then 'lent' when ${open('bring_forward', 'x.returned_at is null')} then 'rokovnik' when ${open('delivery', "x.state = 'sent' and not x.is_copy")} then 'undelivered'
    when ${open('obligation', "x.state in ('open', 'reported')")} then 'obligation' when ${open('letter', "x.state in ('draft', 'submitted', 'approved', 'sealed')")} then 'letter' when ${open('dispatch', "x.state = 'waiting'")} then 'dispatch' end`;
};
const beside = sql`left join archive_item i on i.office_id = c.office_id and i.case_id = c.id`;
/** Put away already, and not opened again since. */
const isAway = ({ office }: Pick<Context, 'office'>) => sql`(i.case_id is not null and (i.state <> 'kept' or i.closed_on >= (c.closed_at at time zone ${office.jurisdiction.timeZone})::date))`;

type Found = { id: string; reference: string; subject: string; class_code: string; closed_at: Date; obstacle: Obstacle | null; number: number | null; pages: number | null };

export const listWaiting = operation({
  id: 'archive.waiting', kind: 'query', rest: 'GET /archive/waiting', allow: keepers,
  summary: 'Closed cases that are not yet in the archive, the last closed first, and what keeps one out; pages by cursor.',
  input: z.object({ year: z.coerce.number().int().min(1900).max(2200).optional(), classCode: optionalLine(20), after: optionalLine(120), limit: z.coerce.number().int().min(1).max(500).default(50) }),
  output: z.object({
    cases: z.array(z.object({ id: z.string(), reference: z.string(), subject: z.string(), classCode: z.string(), closedAt: z.date(), retentionYears: z.number().nullable(), keepUntil: z.string().nullable(), obstacle: z.enum(obstacles).nullable() })), next: z.string().nullable(),
  }),
  async run(context, input) {
    const { db, office } = context;
    const zone = office.jurisdiction.timeZone;
    const [at, after] = input.after.split('|');
    const conditions = [sql`c.office_id = ${office.id} and c.closed_at is not null and c.annulled_at is null and c.kind <> 'reserved' and not ${isAway(context)}`];
    if (input.year) conditions.push(sql`c.year = ${input.year}`);
    if (input.classCode) conditions.push(sql`c.class_code = ${input.classCode}`);
    if (at && after && !Number.isNaN(Date.parse(at)) && z.uuid().safeParse(after).success) conditions.push(sql`(c.closed_at, c.id) < (${new Date(at)}, ${after}::uuid)`);
    const { rows } = await sql<Found>`select c.id, c.reference, c.subject, c.class_code, date_trunc('milliseconds', c.closed_at) as closed_at, ${obstacleOf(context)} as obstacle from case_file c ${beside} where ${sql.join(conditions, sql` and `)}
      order by c.closed_at desc, c.id desc limit ${input.limit + 1}`.execute(db);
    const shown = rows.slice(0, input.limit);
    const last = rows.length > input.limit ? shown.at(-1)! : null;
    return {
      cases: shown.map((row) => {
        const years = yearsOf(context, row.class_code);
        return { id: row.id, reference: row.reference, subject: row.subject, classCode: row.class_code, closedAt: row.closed_at, retentionYears: years ?? null, keepUntil: years === undefined ? null : keepUntil(dayIn(zone, row.closed_at), years), obstacle: row.obstacle };
      }),
      next: last ? `${last.closed_at.toISOString()}|${last.id}` : null,
    };
  },
});

/** The years of a class of the plan (null for good); undefined for one that is not in it. */
export function yearsOf({ office }: Pick<Context, 'office'>, classCode: string): number | null | undefined {
  const found = office.data.classes.find((one) => one.code === classCode);
  return found && retentionYears(found.retention);
}

export const putInArchive = operation({
  id: 'archive.put', kind: 'command', rest: 'POST /archive', allow: keepers,
  summary: 'Puts closed cases into the archive under the next numbers of its book, with the class sign and the period of the plan; all or none.',
  input: z.object({ ids: ticked(), classCode: optionalLine(20), boxId: optionalId(), note: optionalText(500) }),
  output: z.object({ count: z.number(), first: z.number(), last: z.number() }),
  async run(context, input) {
    const { db, office, now, caller } = context;
    if (input.classCode && yearsOf(context, input.classCode) === undefined) throw wrong({ classCode: { key: 'field.choose' } });
    const ids = [...new Set(input.ids)];
    const locked = await db.selectFrom('case_file').select('id').where('office_id', '=', office.id).where('id', 'in', ids).orderBy('id').forUpdate().execute();
    if (locked.length !== ids.length) throw notFound();
    if (input.classCode) await db.updateTable('case_file').set({ class_code: input.classCode }).where('office_id', '=', office.id).where('id', 'in', ids).where('closed_at', 'is not', null).execute();
    if (input.boxId && !(await db.selectFrom('archive_box').select('id').where('office_id', '=', office.id).where('id', '=', input.boxId).executeTakeFirst())) throw wrong({ boxId: { key: 'field.choose' } });
    const { rows } = await sql<Found>`select c.id, c.reference, c.subject, c.class_code, c.closed_at, i.number, case when ${isAway(context)} then 'archived' else ${obstacleOf(context)} end as obstacle,
        (select sum(e.pages)::int from entry e where e.office_id = c.office_id and e.case_id = c.id) as pages
      from case_file c ${beside} where c.office_id = ${office.id} and c.id = any(${ids}::uuid[]) order by c.year, c.book, c.number, c.id`.execute(db);
    const blocked = rows.find((row) => row.obstacle !== null);
    if (blocked) throw notNow(`error.archive.${blocked.obstacle}`, { reference: blocked.reference });
    // The lock of the book is held until the commit: whoever comes next waits, and no number is left out.
    let number = (await sql<{ number: number }>`select next_archive_number() as number`.execute(db)).rows[0]!.number;
    const [first, fresh] = [number, rows.filter((row) => row.number === null)];
    const lineOf = (row: Found) => {
      const closedOn = dayIn(office.jurisdiction.timeZone, row.closed_at);
      const years = yearsOf(context, row.class_code) ?? null;
      return { class_code: row.class_code, retention_years: years, keep_until: keepUntil(closedOn, years), closed_on: closedOn, box_id: input.boxId, archived_at: now, archived_by: caller.personId, sheets: row.pages, note: input.note };
    };
    for (const row of rows) {
      const line = lineOf(row);
      // Opened again and closed once more: the line of the book is the old one.
      if (row.number === null) await db.insertInto('archive_item').values({ office_id: office.id, case_id: row.id, number: number++, ...line }).execute();
      else await db.updateTable('archive_item').set(line).where('office_id', '=', office.id).where('case_id', '=', row.id).execute();
      context.record({ name: 'archive.put', nounId: row.id, caseId: row.id, data: { number: row.number ?? number - 1, class: line.class_code, years: line.retention_years, until: line.keep_until } });
    }
    const numbers = fresh.length > 0 ? { first, last: number - 1 } : { first: rows[0]!.number!, last: rows.at(-1)!.number! };
    return { count: rows.length, ...numbers };
  },
});

export const ItemRow = z.object({
  number: z.number(), caseId: z.string(), reference: z.string(), subject: z.string(), access: z.string(), classCode: z.string(), openedOn: z.string(), closedOn: z.string(), retentionYears: z.number().nullable(), keepUntil: z.string().nullable(), state: z.enum(itemStates),
  sheets: z.number().nullable(), note: z.string(), archivedAt: z.date(), box: z.object({ id: z.string(), number: z.number(), place: z.string() }).nullable(), reader: z.string(), disposal: z.object({ id: z.string(), number: z.number() }).nullable(),
});
export type ItemRow = z.infer<typeof ItemRow>;
type Line = {
  number: number; case_id: string; reference: string; subject: string; access: string; class_code: string; opened_at: Date; closed_on: string; retention_years: number | null; keep_until: string | null; state: ItemState; sheets: number | null; note: string; archived_at: Date;
  box_id: string | null; box_number: number; place: string; reader: string | null; disposal_id: string | null; disposal_number: number;
};
/** A line of the archive book `i` with its case, box, reader and list. */
export const lines = sql`i.number, i.case_id, c.reference, c.subject, c.access, i.class_code, c.opened_at, i.closed_on, i.retention_years, i.keep_until, i.state, i.sheets, i.note, i.archived_at, i.box_id, b.number as box_number, b.place, r.name as reader, d.id as disposal_id, d.number as disposal_number`;
export const ofLines = sql`join case_file c on c.office_id = i.office_id and c.id = i.case_id left join archive_box b on b.office_id = i.office_id and b.id = i.box_id
  left join lending l on l.office_id = i.office_id and l.case_id = i.case_id and l.returned_at is null left join person r on r.office_id = l.office_id and r.id = l.reader_id
  left join lateral (select x.id, x.number from disposal_item y join disposal x on x.office_id = y.office_id and x.id = y.disposal_id where y.office_id = i.office_id and y.case_id = i.case_id and x.state <> 'refused' order by x.number desc limit 1) d on true`;
export const lineFrom = ({ office }: Pick<Context, 'office'>, row: Line): ItemRow => ({
  number: row.number, caseId: row.case_id, reference: row.reference, subject: row.subject, access: row.access, classCode: row.class_code, openedOn: dayIn(office.jurisdiction.timeZone, row.opened_at), closedOn: row.closed_on, retentionYears: row.retention_years, keepUntil: row.keep_until, state: row.state, sheets: row.sheets,
  note: row.note, archivedAt: row.archived_at, box: row.box_id ? { id: row.box_id, number: row.box_number, place: row.place } : null, reader: row.reader ?? '', disposal: row.disposal_id ? { id: row.disposal_id, number: row.disposal_number } : null,
});

export const listArchive = operation({
  id: 'archive.list', kind: 'query', rest: 'GET /archive', allow: bookReaders,
  summary: 'The archive book, the last line first (or the first, in print): by year of closing, class, box, state; lines of cases that the caller may not see are left out. Pages by cursor.',
  input: z.object({
    year: z.coerce.number().int().min(1900).max(2200).optional(), classCode: optionalLine(20), boxId: optionalId(), state: choice(['', ...itemStates, 'past', 'lent']).default(''), order: choice(['down', 'up']).default('down'),
    after: z.coerce.number().int().min(0).max(2_000_000_000).default(0), limit: z.coerce.number().int().min(1).max(5000).default(50),
  }),
  output: z.object({ items: z.array(ItemRow), next: z.number().nullable() }),
  async run(context, input) {
    const { db, office, today } = context;
    const conditions = [sql`i.office_id = ${office.id}`];
    if (input.year) conditions.push(sql`i.closed_on between ${`${input.year}-01-01`}::date and ${`${input.year}-12-31`}::date`);
    if (input.classCode) conditions.push(sql`i.class_code = ${input.classCode}`);
    if (input.boxId) conditions.push(sql`i.box_id = ${input.boxId}`);
    if (input.state === 'past') conditions.push(sql`i.state = 'kept' and i.keep_until < ${today}::date`);
    else if (input.state === 'lent') conditions.push(sql`exists (select 1 from lending x where x.office_id = i.office_id and x.case_id = i.case_id and x.returned_at is null)`);
    else if (input.state) conditions.push(sql`i.state = ${input.state}`);
    if (input.after) conditions.push(input.order === 'down' ? sql`i.number < ${input.after}` : sql`i.number > ${input.after}`);
    const order = (one: string) => sql`${sql.raw(one)}.number ${sql.raw(input.order === 'down' ? 'desc' : 'asc')}`;
    const { rows } = await sql<Line>`select ${lines} from (select * from archive_item i where ${sql.join(conditions, sql` and `)} order by ${order('i')} limit ${input.limit + 1}) i ${ofLines} order by ${order('i')}`.execute(db);
    const items = rows.slice(0, input.limit).map((row) => lineFrom(context, row));
    return { items, next: rows.length > input.limit ? items.at(-1)!.number : null };
  },
});

export const findArchived = operation({
  id: 'archive.of_case', kind: 'query', rest: 'GET /cases/{id}/archive', allow: ['staff'],
  summary: 'The line of the archive book on a case, who has it, and in which form its documents last; nothing where it was not put away.',
  input: z.object({ id: id() }),
  output: z.object({
    file: z.object({ id: z.string(), reference: z.string(), subject: z.string(), classCode: z.string(), closedAt: z.date().nullable() }), item: ItemRow.nullable(), lending: z.object({ id: z.string(), reader: z.string(), readerId: z.string(), purpose: z.string(), dueOn: z.string(), lentAt: z.date() }).nullable(),
    documents: z.array(z.object({ id: z.string(), title: z.string(), form: z.string().nullable(), destroyedAt: z.date().nullable() })),
  }),
  async run(context, input) {
    const { db, office } = context;
    const found = await db.selectFrom('case_file').select(['id', 'reference', 'subject', 'class_code', 'closed_at']).where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!found) throw notFound();
    const file = { id: found.id, reference: found.reference, subject: found.subject, classCode: found.class_code, closedAt: found.closed_at };
    const row = (await sql<Line>`select ${lines} from archive_item i ${ofLines} where i.office_id = ${office.id} and i.case_id = ${file.id}`.execute(db)).rows[0];
    if (!row) return { file, item: null, lending: null, documents: [] };
    const lent = await db.selectFrom('lending as l').innerJoin('person as p', (join) => join.onRef('p.office_id', '=', 'l.office_id').onRef('p.id', '=', 'l.reader_id')).select(['l.id', 'p.name', 'l.reader_id', 'l.purpose', 'l.due_on', 'l.lent_at'])
      .where('l.office_id', '=', office.id).where('l.case_id', '=', file.id).where('l.returned_at', 'is', null).executeTakeFirst();
    const documents = await db.selectFrom('document').select(['id', 'title', 'lasting_form', 'destroyed_at']).where('office_id', '=', office.id).where('case_id', '=', file.id).orderBy('at').orderBy('id').execute();
    return {
      file, item: lineFrom(context, row), lending: lent ? { id: lent.id, reader: lent.name, readerId: lent.reader_id, purpose: lent.purpose, dueOn: lent.due_on, lentAt: lent.lent_at } : null,
      documents: documents.map((one) => ({ id: one.id, title: one.title, form: one.lasting_form, destroyedAt: one.destroyed_at })),
    };
  },
});

export const countArchive = operation({
  id: 'archive.count', kind: 'query', rest: 'GET /archive/counts', allow: keepers,
  summary: 'What waits for the archive: periods that have ended, lendings that are overdue; each counted to a thousand.',
  input: z.object({}),
  output: z.object({ past: z.number(), overdue: z.number() }),
  async run({ db, office, today }) {
    const { rows } = await sql<{ past: number; overdue: number }>`select (select count(*)::int from (select 1 from archive_item where office_id = ${office.id} and state = 'kept' and keep_until < ${today}::date limit 1000) x) as past,
      (select count(*)::int from (select 1 from lending where office_id = ${office.id} and returned_at is null and due_on < ${today}::date limit 1000) x) as overdue`.execute(db);
    return rows[0]!;
  },
});
