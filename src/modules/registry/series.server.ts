import type { Context } from '../../core/operation.ts';
import { getReferenceRule } from '../../core/jurisdiction.ts';
import { formatReference } from '../../core/number.ts';
import { notNow } from '../../core/refusal.ts';

export type Taken = { book: string; year: number; number: number; reference: string };

/**
 * The next number of a book in the year of the act. The counter's row stays locked until the commit, so that numbers
 * have no gap: take it as the last thing of the transaction.
 */
export async function takeNumber(context: Context, book: string, parts: { unit: string; classCode: string }): Promise<Taken> {
  const { db, office, today } = context;
  const year = Number(today.slice(0, 4));
  const bump = () => db.updateTable('book_year').set((eb) => ({ last_number: eb('last_number', '+', 1) }))
    .where('office_id', '=', office.id).where('book', '=', book).where('year', '=', year).where('closed_on', 'is', null).returning('last_number').executeTakeFirst();
  let row = await bump();
  if (!row) {
    await db.insertInto('book_year').values({ office_id: office.id, book, year, opened_on: `${year}-01-01` })
      .onConflict((conflict) => conflict.columns(['office_id', 'book', 'year']).doNothing()).execute();
    row = await bump();
  }
  if (!row) throw notNow('error.book_closed', { year });
  const reference = formatReference(getReferenceRule(office.jurisdiction, today).pattern, { unit: parts.unit, class: parts.classCode, seq: row.last_number, receivedOn: today });
  return { book, year, number: row.last_number, reference };
}
