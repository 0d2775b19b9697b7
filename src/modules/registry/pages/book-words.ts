import { dayIn } from '../../../core/day.ts';
import { countedBooks } from '../../../core/jurisdiction.ts';
import { textIn } from '../../../core/message.ts';
import { first, type PageContext } from '../../../core/page.ts';
import { bookOfOffice } from '../register-lines.ts';

export const bookName = (page: PageContext, book: string): string => textIn(bookOfOffice(page.office, book).name, page.locale);
export const unitName = (page: PageContext, unitId: string | null): string => textIn(page.office.data.units.find((one) => one.id === unitId)?.name, page.locale);
export const unitOptions = (page: PageContext) => page.office.data.units.map((unit) => ({ value: unit.id, label: textIn(unit.name, page.locale) }));
export const classOptions = (page: PageContext) => page.office.data.classes.map((one) => ({ value: one.code, label: `${one.code} ${textIn(one.name, page.locale)}` }));
export const bookOptions = (page: PageContext) => countedBooks(page.office.jurisdiction).map((one) => ({ value: one.id, label: textIn(one.name, page.locale) }));
export const todayOf = (page: PageContext): string => dayIn(page.office.jurisdiction.timeZone, page.now);
/** Whether this person keeps the books. */
export const keepsBooks = ({ caller }: PageContext): boolean => ['registrar', 'chief'].some((role) => caller.roles.has(role as 'chief'));
/** The book and year that a page is about, from its form or its address. */
export function whichBook(page: PageContext): { book: string; year: number } {
  const asked = (name: string): string => first(page.values, name) || page.query.get(name) || '';
  return { book: asked('book') || 'main', year: Number(asked('year')) || Number(todayOf(page).slice(0, 4)) };
}
export const registerPath = ({ book, year }: { book: string; year: number }): string => `/desk/register?${new URLSearchParams({ ...(book === 'main' ? {} : { book }), year: String(year) })}`;
