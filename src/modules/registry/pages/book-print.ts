import { dayIn } from '../../../core/day.ts';
import { formatAt, formatDay } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, type Page, type PageContext } from '../../../core/page.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { getNote, type ClosingNote } from '../book-closing.server.ts';
import { noteFacts } from '../book-note.ts';
import { columnsOf, columnWidth, lineCells, plainColumn } from '../register-lines.ts';
import { printRegister } from '../register-print.ts';
import { readRegister, type RegisterRow } from '../register.server.ts';
import { askedRegister } from './book-page.tsx';
import { bookName, whichBook } from './book-words.ts';

/** The end of a closed book: what its note says. */
function closingLines({ t, locale }: PageContext, note: ClosingNote): string[] {
  return [t('book.note.text', { book: '', year: String(note.year), day: formatDay(note.closedOn, locale, 'numeric'), last: String(note.last) }), noteFacts(t, note).map(([label, value]) => `${label}: ${value}`).join(' · '), note.closedBy];
}

/** The book as it looks on paper, by the columns of the jurisdiction. */
const printed = definePage({
  path: '/desk/register.pdf', audience: 'desk',
  async get(page) {
    const { t, office, locale } = page;
    const asked = askedRegister(page);
    const zone = office.jurisdiction.timeZone;
    const rows: RegisterRow[] = [];
    let register = await page.run(readRegister, { ...asked, limit: 1000 });
    for (rows.push(...register.rows); register.next !== null; rows.push(...register.rows)) register = await page.run(readRegister, { ...asked, after: register.next, limit: 1000 });
    const columns = columnsOf(office, register.book);
    const plain = plainColumn(columns);
    const title = bookName(page, register.book);
    const isWhole = !asked.from && !asked.until && !asked.direction && !asked.classCode && !asked.unitId && !asked.sender && !asked.number;
    const note = register.closedOn && isWhole && !register.isImported ? await page.run(getNote, { book: register.book, year: register.year }).catch(() => null) : null;
    const bytes = await printRegister({
      lang: locale, region: office.jurisdiction.country, title, issuedAt: dayIn(zone, page.now), office: { name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), accent: office.data.accent[0]! },
      book: title, year: String(register.year), columns: columns.map((column) => ({ title: textIn(column.label, locale), width: columnWidth(column.key) })),
      rows: rows.map((row, index) => ({ cells: lineCells(page, row, columns, index + 1), struck: row.state === 'annulled', ...(columns[plain]!.key === 'subject' ? {} : { plain }) })), printed: t('table.printed', { at: formatAt(page.now, zone, locale) }),
      ...(note ? { closing: closingLines(page, note.note) } : {}),
      labels: { page: t('public.paper.page', { page: '{page}', pages: '{pages}' }), onPage: t('register.on_page'), carried: t('register.carried'), toHere: t('register.to_here') },
    }, t('register.page', { page: '{page}' }));
    return serveFile({ fileName: `${title} ${register.year}.pdf`, mediaType: 'application/pdf', content: bytes });
  },
});

const note = definePage({
  path: '/desk/register/note.pdf', audience: 'desk',
  get: async (page) => serveFile(await page.run(getNote, whichBook(page))),
});

export const bookPrintPages: readonly Page[] = [printed, note];
