import { z } from 'zod';
import type { Tx } from '../../core/database.ts';
import { sql } from '../../core/database.ts';
import { addDays, type Day } from '../../core/day.ts';
import { line, optionalText } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import type { Office } from '../../core/office.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { printNote } from './book-note.ts';
import { bookOf, bookReaders, bookYear, keepers } from './book.server.ts';
import { beginYear } from './series.server.ts';

export const Figures = z.object({
  first: z.number().nullable(), last: z.number(), cases: z.number(), annulled: z.number(), reservedUnused: z.number(),
  papers: z.number(), incoming: z.number(), outgoing: z.number(), internal: z.number(), annulledPapers: z.number(), carried: z.number(),
});
export type Figures = z.infer<typeof Figures>;
const Carried = z.object({ id: z.string().nullable(), reference: z.string(), subject: z.string(), openedOn: z.string(), unitId: z.string().nullable() });
export type Carried = z.infer<typeof Carried>;
/** What the official note of a closed book keeps for good. */
export const ClosingNote = Figures.extend({ book: z.string(), year: z.number(), closedOn: z.string(), closedBy: z.string(), title: z.record(z.string(), z.string()), reason: z.string(), remarks: z.string(), carriedReferences: z.array(z.string()) });
export type ClosingNote = z.infer<typeof ClosingNote>;

const which = { book: line(40), year: bookYear() };
// A month before its last day; an office that closes in the middle of the year could register nothing until the next.
const daysBefore = 30;
const shownCarried = 100;

/** How many numbers and papers a book holds, counted anew. */
export async function countBook(db: Tx, office: Office, book: string, year: number): Promise<Figures> {
  const of = sql`c.office_id = ${office.id} and c.book = ${book} and c.year = ${year}`;
  const numbers = (await sql<Pick<Figures, 'first' | 'last' | 'cases' | 'annulled' | 'reservedUnused' | 'carried'>>`select min(c.number) as first, coalesce(max(c.number), 0) as last,
      count(*) filter (where c.kind <> 'reserved' and c.annulled_at is null) as cases, count(*) filter (where c.kind <> 'reserved' and c.annulled_at is not null) as annulled,
      count(*) filter (where c.kind = 'reserved') as "reservedUnused", count(*) filter (where c.kind <> 'reserved' and c.annulled_at is null and c.closed_at is null) as carried
    from case_file c where ${of}`.execute(db)).rows[0]!;
  const papers = (await sql<Pick<Figures, 'papers' | 'incoming' | 'outgoing' | 'internal' | 'annulledPapers'>>`select count(*) filter (where e.annulled_at is null) as papers,
      count(*) filter (where e.annulled_at is null and e.direction = 'in') as incoming, count(*) filter (where e.annulled_at is null and e.direction = 'out') as outgoing,
      count(*) filter (where e.annulled_at is null and e.direction = 'internal') as internal, count(*) filter (where e.annulled_at is not null) as "annulledPapers"
    from entry e join case_file c on c.office_id = e.office_id and c.id = e.case_id where e.office_id = ${office.id} and ${of}`.execute(db)).rows[0]!;
  return { ...numbers, ...papers };
}

/** The open cases of a book, in order; of a confidential one only its number. */
async function listCarried({ db, office }: Context, book: string, year: number, limit: number): Promise<Carried[]> {
  const rows = await sql<{ id: string | null; reference: string; subject: string; opened_on: string; unit_id: string | null }>`select case when access = 'office' then id end as id, reference, case when access = 'confidential' then '' else subject end as subject,
      (opened_at at time zone ${office.jurisdiction.timeZone})::date::text as opened_on, case when access = 'confidential' then null else unit_id end as unit_id
    from case_file where office_id = ${office.id} and book = ${book} and year = ${year} and closed_at is null and annulled_at is null and kind <> 'reserved' order by number limit ${limit}`.execute(db);
  return rows.rows.map((row) => ({ id: row.id, reference: row.reference, subject: row.subject, openedOn: row.opened_on, unitId: row.unit_id }));
}

const lastDay = ({ office }: Pick<Context, 'office'>, year: number): Day => `${year}-${office.jurisdiction.register.closedOn}`;
export const blocks = ['closed', 'too_early', 'earlier_open'] as const;
type Block = (typeof blocks)[number];

type Row = { closed_on: string | null; last_number: number; is_imported: boolean };
async function blocksOf(context: Context, row: Row, book: string, year: number): Promise<Block[]> {
  const { db, office, today } = context;
  const earlier = await db.selectFrom('book_year').select('year').where('office_id', '=', office.id).where('book', '=', book).where('year', '<', year).where('closed_on', 'is', null).where('is_imported', '=', false).limit(1).executeTakeFirst();
  const found: (Block | false)[] = [row.closed_on !== null && 'closed', today < addDays(lastDay(context, year), -daysBefore) && 'too_early', earlier !== undefined && 'earlier_open'];
  return found.filter((one): one is Block => one !== false);
}

const findYear = ({ db, office }: Context, book: string, year: number) =>
  db.selectFrom('book_year').select(['closed_on', 'last_number', 'is_imported']).where('office_id', '=', office.id).where('book', '=', book).where('year', '=', year);

export const previewClosing = operation({
  id: 'book.preview', kind: 'query', rest: 'GET /books/{book}/{year}/closing', allow: keepers, asOffice: true,
  summary: 'What the official note of a year’s closing would say now, and what stands in its way.',
  input: z.object(which),
  output: z.object({ book: z.string(), year: z.number(), blocks: z.array(z.enum(blocks)), needsReason: z.boolean(), figures: Figures, carried: z.array(Carried) }),
  async run(context, input) {
    bookOf(context, input.book);
    const row = await findYear(context, input.book, input.year).executeTakeFirst();
    if (!row) throw notFound();
    return {
      book: input.book, year: input.year, blocks: await blocksOf(context, row, input.book, input.year), needsReason: context.today < lastDay(context, input.year),
      figures: await countBook(context.db, context.office, input.book, input.year), carried: await listCarried(context, input.book, input.year, shownCarried),
    };
  },
});

export const closeBook = operation({
  id: 'book.close', kind: 'command', rest: 'POST /books/{book}/{year}/close', allow: keepers, asOffice: true,
  summary: 'Closes the book of a year with its official note; reserved numbers left over are annulled, open cases are carried over, the book of the next year is opened.',
  input: z.object({ ...which, reason: optionalText(500), remarks: optionalText(2000) }),
  output: z.object({ figures: Figures, noteSha256: z.string() }),
  async run(context, input) {
    const { db, office, kernel, caller, now, today, t } = context;
    const { book, year } = input;
    const rule = bookOf(context, book);
    // Locked until the commit: whoever takes a number waits, and takes it from the next year.
    const row = await findYear(context, book, year).forUpdate().executeTakeFirst();
    if (!row) throw notFound();
    const [block] = await blocksOf(context, row, book, year);
    if (block) throw block === 'closed' ? notNow('error.book_closed', { year: String(year) }) : notNow(`book.block.${block}`);
    if (today < lastDay(context, year) && !input.reason) throw wrong({ reason: { key: 'field.required' } });
    await db.updateTable('case_file').set({ annulled_at: now, annulled_by: caller.personId, annul_reason: t('book.unused_at_closing') })
      .where('office_id', '=', office.id).where('book', '=', book).where('year', '=', year).where('kind', '=', 'reserved').where('annulled_at', 'is', null).execute();
    const figures = await countBook(db, office, book, year);
    const carried = await listCarried(context, book, year, 100_000);
    const person = caller.personId ? await db.selectFrom('person').select('title').where('office_id', '=', office.id).where('id', '=', caller.personId).executeTakeFirst() : undefined;
    const note: ClosingNote = {
      ...figures, book, year, closedOn: today, closedBy: caller.name, title: (person?.title ?? {}) as Record<string, string>, reason: input.reason, remarks: input.remarks, carriedReferences: carried.map((one) => one.reference),
    };
    const bytes = await printNote(office, rule, note, carried);
    const noteSha256 = await kernel.files.put(office.id, bytes);
    await db.insertInto('file').values({ office_id: office.id, sha256: noteSha256, size: bytes.length, media_type: 'application/pdf' }).onConflict((conflict) => conflict.doNothing()).execute();
    await db.updateTable('book_year').set({ closed_on: today, closed_at: now, closed_by: caller.personId, note: JSON.stringify(note), note_sha256: noteSha256 })
      .where('office_id', '=', office.id).where('book', '=', book).where('year', '=', year).execute();
    context.record({ name: 'book.closed', data: { book, year, last: figures.last, noteSha256 } });
    if (year + 1 >= Number(today.slice(0, 4))) await beginYear(context, book, year + 1);
    return { figures, noteSha256 };
  },
});

export const getNote = operation({
  id: 'book.get_note', kind: 'query', rest: 'GET /books/{book}/{year}/note', allow: bookReaders,
  summary: 'The official note of a closed book: its figures, and the PDF as it was made then, in base64.',
  input: z.object(which),
  output: z.object({ note: ClosingNote, fileName: z.string(), mediaType: z.string(), content: z.string() }),
  async run({ db, office, kernel }, input) {
    const row = await db.selectFrom('book_year').select(['note', 'note_sha256']).where('office_id', '=', office.id).where('book', '=', input.book).where('year', '=', input.year).executeTakeFirst();
    if (!row?.note_sha256) throw notFound();
    const bytes = await kernel.files.get(office.id, row.note_sha256);
    return { note: row.note as ClosingNote, fileName: `${input.book}-${input.year}.pdf`, mediaType: 'application/pdf', content: Buffer.from(bytes).toString('base64') };
  },
});
