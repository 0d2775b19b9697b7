import type { Updateable } from 'kysely';
import type { CaseFile } from '../../../db/types.ts';
import type { Context } from '../../core/operation.ts';
import { dayIn, type Day } from '../../core/day.ts';
import { bookPattern, getReferenceRule } from '../../core/jurisdiction.ts';
import { formatReference, parseReference } from '../../core/number.ts';
import { notNow, wrong } from '../../core/refusal.ts';

export type Taken = { book: string; year: number; number: number; reference: string };
export type NumberParts = { unit: string; classCode: string };

/**
 * The next number of a book in the year of the act. The counter's row stays locked until the commit, so that numbers
 * have no gap: take it as the last thing of the transaction.
 */
export const takeNumber = async (context: Context, book: string, parts: NumberParts): Promise<Taken> => (await takeNumbers(context, book, 1, parts))[0]!;

/** So many numbers in a row, as takeNumber gives one. */
export async function takeNumbers(context: Context, book: string, count: number, parts: NumberParts): Promise<Taken[]> {
  const { db, office, today } = context;
  const thisYear = Number(today.slice(0, 4));
  // What arrives in the last hours of a year whose book is closed already takes the first numbers of the next, if that is open.
  for (const year of [thisYear, thisYear + 1]) {
    const bump = () => db.updateTable('book_year').set((eb) => ({ last_number: eb('last_number', '+', count) }))
      .where('office_id', '=', office.id).where('book', '=', book).where('year', '=', year).where('closed_on', 'is', null).returning('last_number').executeTakeFirst();
    let row = await bump();
    if (!row && year === thisYear) {
      await beginYear(context, book, year);
      row = await bump();
    }
    if (!row) continue;
    const on = year === thisYear ? today : `${year}-01-01`;
    return Array.from({ length: count }, (_, index) => row.last_number - count + 1 + index)
      .map((number) => ({ book, year, number, reference: referenceOf(context, book, { ...parts, number, on }) }));
  }
  throw notNow('error.book_closed', { year: thisYear });
}

/** Begins the book of a year where there is none; answers whether there was none. */
export async function beginYear(context: Context, book: string, year: number): Promise<boolean> {
  const { db, office } = context;
  const made = await db.insertInto('book_year').values({ office_id: office.id, book, year, opened_on: `${year}-01-01` })
    .onConflict((conflict) => conflict.columns(['office_id', 'book', 'year']).doNothing()).returning('year').executeTakeFirst();
  if (made) context.record({ name: 'book.opened', data: { book, year } });
  return made !== undefined;
}

/** The reference of a number in a book, by its pattern on the day the number was given. */
export const referenceOf = ({ office }: Pick<Context, 'office'>, book: string, parts: NumberParts & { number: number; on: Day }): string =>
  formatReference(bookPattern(office.jurisdiction, book, parts.on), { unit: parts.unit, class: parts.classCode, seq: parts.number, receivedOn: parts.on });

type Filling = { id: string; book: string; parts: NumberParts; content: Updateable<CaseFile> };
/** Makes a case of a reserved number: it keeps number and day, and its reference follows the unit and class it now has. Refuses at `reservedId` when it is not free. */
export async function fillReserved(context: Context, { id, book, parts, content }: Filling): Promise<Taken> {
  const { db, office } = context;
  const free = await db.selectFrom('case_file').select(['book', 'year', 'number', 'opened_at']).where('office_id', '=', office.id).where('id', '=', id)
    .where('book', '=', book).where('kind', '=', 'reserved').where('annulled_at', 'is', null).forUpdate().executeTakeFirst();
  if (!free) throw wrong({ reservedId: { key: 'field.reserved_gone' } });
  const given = dayIn(office.jurisdiction.timeZone, free.opened_at);
  const on = Number(given.slice(0, 4)) === free.year ? given : `${free.year}-01-01`;
  const reference = referenceOf(context, book, { ...parts, number: free.number, on });
  await db.updateTable('case_file').set({ ...content, reference }).where('office_id', '=', office.id).where('id', '=', id).execute();
  return { book, year: free.year, number: free.number, reference };
}

type Numbered = { book: string; year: number; number: number; reference: string; class_code: string };
/** The reference of a paper of a case: under a sub-number where the law knows those, else the case's own. The number keeps the unit it was opened under. */
export function subReference({ office }: Pick<Context, 'office'>, file: Numbered, sub: number, unit: string): string {
  const on = `${file.year}-01-01`;
  if (!getReferenceRule(office.jurisdiction, on).subNumbers) return file.reference;
  const pattern = bookPattern(office.jurisdiction, file.book, on);
  const parsed = parseReference([pattern], file.reference);
  return formatReference(pattern, { unit: parsed?.unit ?? unit, class: parsed?.class ?? file.class_code, seq: file.number, sub, receivedOn: on });
}
