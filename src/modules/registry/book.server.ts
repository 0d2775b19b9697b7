import { z } from 'zod';
import type { Allow } from '../../core/caller.ts';
import { id, line, optionalLine, say, text } from '../../core/input.ts';
import { countedBooks } from '../../core/jurisdiction.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notNow, wrong } from '../../core/refusal.ts';
import { unitCode } from './case-file.server.ts';
import { beginYear, takeNumbers } from './series.server.ts';

/** Who keeps the books, and who reads them. */
export const keepers: readonly Allow[] = ['registrar', 'chief'];
export const bookReaders: readonly Allow[] = ['registrar', 'chief', 'mayor', 'deputy', 'auditor', 'citizens', 'quality'];
export const bookYear = () => z.coerce.number(say('field.number')).int(say('field.number')).min(2000, say('field.number')).max(2100, say('field.number'));
const reservedAtMost = 200;

/** The book by its id where numbers are given in it; refuses at `book` otherwise. */
export function bookOf({ office }: Pick<Context, 'office'>, book: string) {
  const found = countedBooks(office.jurisdiction).find((one) => one.id === book);
  if (!found) throw wrong({ book: { key: 'field.choose' } });
  return found;
}

export const BookYear = z.object({
  book: z.string(), year: z.number(), last: z.number(), openedOn: z.string(), closedOn: z.string().nullable(), closedBy: z.string(), hasNote: z.boolean(), isImported: z.boolean(),
});
export type BookYear = z.infer<typeof BookYear>;

export const listBooks = operation({
  id: 'book.list', kind: 'query', rest: 'GET /books', allow: ['staff'],
  summary: 'The books of the office by year, the newest first: last number, opened, closed by whom.',
  input: z.object({}),
  output: z.object({ books: z.array(BookYear) }),
  async run({ db, office }) {
    const rows = await db.selectFrom('book_year as b').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'b.office_id').onRef('p.id', '=', 'b.closed_by'))
      .select(['b.book', 'b.year', 'b.last_number', 'b.opened_on', 'b.closed_on', 'b.note_sha256', 'b.is_imported', 'p.name']).where('b.office_id', '=', office.id).orderBy('b.year', 'desc').orderBy('b.book').execute();
    return { books: rows.map((row) => ({ book: row.book, year: row.year, last: row.last_number, openedOn: row.opened_on, closedOn: row.closed_on, closedBy: row.name ?? '', hasNote: row.note_sha256 !== null, isImported: row.is_imported })) };
  },
});

export const openBook = operation({
  id: 'book.open', kind: 'command', rest: 'POST /books', allow: keepers,
  summary: 'Opens a book for this year or the next. The first number taken does the same by itself.',
  input: z.object({ book: line(40), year: bookYear() }),
  output: z.object({ book: z.string(), year: z.number() }),
  async run(context, input) {
    bookOf(context, input.book);
    const thisYear = Number(context.today.slice(0, 4));
    if (input.year !== thisYear && input.year !== thisYear + 1) throw wrong({ year: { key: 'field.book_year' } });
    if (!(await beginYear(context, input.book, input.year))) throw wrong({ year: { key: 'field.book_there' } });
    return input;
  },
});

const Reserved = z.object({ id: z.string(), number: z.number(), reference: z.string() });

export const reserveNumbers = operation({
  id: 'book.reserve', kind: 'command', rest: 'POST /books/reserve', allow: keepers,
  summary: 'Keeps the next numbers of a book for papers that are yet to be entered, such as a batch of decisions.',
  input: z.object({
    book: line(40), count: z.coerce.number(say('field.number')).int(say('field.number')).min(1, say('field.number')).max(reservedAtMost, say('field.reserved_count', { max: reservedAtMost })),
    purpose: line(200), classCode: optionalLine(20), unitId: optionalLine(60),
  }),
  output: z.object({ year: z.number(), numbers: z.array(Reserved) }),
  async run(context, input) {
    const { db, office, caller, now } = context;
    bookOf(context, input.book);
    if (input.unitId && !office.data.units.some((unit) => unit.id === input.unitId)) throw wrong({ unitId: { key: 'field.choose_unit' } });
    if (input.classCode && !office.data.classes.some((one) => one.code === input.classCode)) throw wrong({ classCode: { key: 'field.choose' } });
    const unitId = input.unitId || null;
    const taken = await takeNumbers(context, input.book, input.count, { unit: unitCode(context, unitId), classCode: input.classCode || office.data.numbering.class });
    const rows = taken.map((one) => ({
      office_id: office.id, id: context.newId(), ...one, kind: 'reserved', subject: '', reserved_for: input.purpose, class_code: input.classCode, unit_id: unitId,
      involved: [unitId, caller.personId].filter((mark): mark is string => mark !== null), opened_at: now,
    }));
    await db.insertInto('case_file').values(rows).execute();
    context.record({ name: 'book.reserved', data: { book: input.book, year: taken[0]!.year, from: taken[0]!.number, until: taken.at(-1)!.number } });
    return { year: taken[0]!.year, numbers: rows.map(({ id: reservedId, number, reference }) => ({ id: reservedId, number, reference })) };
  },
});

export const releaseNumbers = operation({
  id: 'book.release', kind: 'command', rest: 'POST /books/release', allow: keepers,
  summary: 'Annuls reserved numbers that are not needed; they stay in the book, struck through, and are never given again.',
  input: z.object({ ids: z.union([id().transform((one) => [one]), z.array(id()).min(1, say('field.choose')).max(reservedAtMost)], say('field.choose')), reason: text(300) }),
  output: z.object({ released: z.number() }),
  async run(context, input) {
    const { db, office, now, caller } = context;
    const rows = await db.updateTable('case_file').set({ annulled_at: now, annulled_by: caller.personId, annul_reason: input.reason })
      .where('office_id', '=', office.id).where('id', 'in', input.ids).where('kind', '=', 'reserved').where('annulled_at', 'is', null).returning(['book', 'year', 'number']).execute();
    if (rows.length !== new Set(input.ids).size) throw wrong({ ids: { key: 'field.reserved_gone' } });
    context.record({ name: 'book.released', data: { book: rows[0]!.book, year: rows[0]!.year, numbers: rows.map((row) => row.number) } });
    return { released: rows.length };
  },
});

export const listReserved = operation({
  id: 'book.list_reserved', kind: 'query', rest: 'GET /books/reserved', allow: ['staff'],
  summary: 'The reserved numbers that are still free, oldest first.',
  input: z.object({ book: optionalLine(40) }),
  output: z.object({ numbers: z.array(Reserved.extend({ book: z.string(), year: z.number(), purpose: z.string(), classCode: z.string(), unitId: z.string().nullable(), at: z.date() })) }),
  async run({ db, office }, input) {
    const rows = await db.selectFrom('case_file').select(['id', 'book', 'year', 'number', 'reference', 'reserved_for', 'class_code', 'unit_id', 'opened_at'])
      .where('office_id', '=', office.id).where('kind', '=', 'reserved').where('annulled_at', 'is', null).$if(input.book !== '', (query) => query.where('book', '=', input.book))
      .orderBy('book').orderBy('year').orderBy('number').limit(500).execute();
    return { numbers: rows.map((row) => ({ id: row.id, number: row.number, reference: row.reference, book: row.book, year: row.year, purpose: row.reserved_for, classCode: row.class_code, unitId: row.unit_id, at: row.opened_at })) };
  },
});

/** Refuses when the book was closed over what was entered `at` that moment: what it holds stays as it was signed. */
export async function mustBeOpen({ db, office }: Pick<Context, 'db' | 'office'>, book: string, year: number, at: Date): Promise<void> {
  const row = await db.selectFrom('book_year').select('closed_at').where('office_id', '=', office.id).where('book', '=', book).where('year', '=', year).forUpdate().executeTakeFirst();
  if (row?.closed_at && row.closed_at >= at) throw notNow('error.book_closed', { year: String(year) });
}
