import { PDFDocument } from '@cantoo/pdf-lib';
import writeExcelFile from 'write-excel-file/node';
import { dayIn, isDay, partsOf, wallClock, type Day } from './day.ts';
import { fileName } from './file.ts';
import { formatAt, formatDay, formatNumber, getLocale } from './language.ts';
import { textIn } from './message.ts';
import type { PageContext } from './page.ts';
import { renderPdf, type PdfFact, type TableData } from './pdf.ts';
import { serveFile } from './serve-file.ts';

export const tableKinds = ['csv', 'xlsx', 'pdf'] as const;
export type TableKind = (typeof tableKinds)[number];
/** A moment (`Date`) is written as its day in the office's zone, with the time where the column has `time`; `YYYY-MM-DD` is a day too. */
export type TableCell = string | number | Date | null;
export type TableFile = {
  /** Of the file, without an ending. */
  name: string;
  title: string;
  /** `width` is in characters. */
  columns: readonly { title: string; width?: number; time?: boolean }[];
  rows: readonly (readonly TableCell[])[];
  filters?: readonly PdfFact[];
  /** There was more than `rowsAtMost`: the file says so. */
  isCut?: boolean;
};
export const rowsAtMost = 5000;
// On paper nobody turns more pages than these fill.
const pdfRowsAtMost = 2000;

/** What a list page was asked for by `?as=`; undefined when it is the page itself. */
export const askedTable = (page: Pick<PageContext, 'query'>): TableKind | undefined => tableKinds.find((kind) => kind === page.query.get('as'));

/** Reads a list page after page to its end, or to `rowsAtMost`. */
export async function readToEnd<Row>(read: (after: string) => Promise<{ rows: readonly Row[]; next: string | null }>): Promise<{ rows: Row[]; isCut: boolean }> {
  const rows: Row[] = [];
  for (let after = ''; ;) {
    const part = await read(after);
    rows.push(...part.rows);
    if (part.next === null || part.rows.length === 0) return { rows, isCut: false };
    if (rows.length >= rowsAtMost) return { rows: rows.slice(0, rowsAtMost), isCut: true };
    after = part.next;
  }
}

// Every spreadsheet takes a text that begins so for a formula, the wide forms too.
const formula = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;
/** A text that no spreadsheet takes for a formula. */
export const harmless = (text: string): string => (formula.test(text) ? `'${text}` : text);
const quoted = (text: string): string => (/[";\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
// A number of ours is no formula, also with a minus: only texts are disarmed.
const csvCell = (value: string | number): string => (typeof value === 'number' ? String(value).replace('.', ',') : quoted(harmless(value)));
/** CSV as the spreadsheets of these countries open it by a click: UTF-8 with its mark, semicolons, RFC 4180 quotes, formulas disarmed. */
export const csvOf = (rows: readonly (readonly (string | number)[])[]): string => `\uFEFF${rows.map((row) => row.map(csvCell).join(';')).join('\r\n')}\r\n`;

const two = (n: number): string => String(n).padStart(2, '0');
// Not as the reader's language writes it: what has no blank and no full stop at its end is a date to Excel in all four countries.
const plainDay = (on: Day): string => {
  const { year, month, date } = partsOf(on);
  return `${two(date)}.${two(month)}.${year}`;
};

/** The table as CSV, as text. */
export function csvTable(table: TableFile, zone: string, cutNote = ''): string {
  const cell = (value: TableCell, index: number): string | number => {
    if (value === null || typeof value === 'number') return value ?? '';
    if (value instanceof Date) return table.columns[index]?.time ? `${plainDay(wallClock(zone, value).on)} ${wallClock(zone, value).time}` : plainDay(dayIn(zone, value));
    return isDay(value) ? plainDay(value) : value;
  };
  return csvOf([table.columns.map((column) => column.title), ...table.rows.map((row) => row.map(cell)), ...(table.isCut ? [[cutNote]] : [])]);
}

// Excel calls a file broken when a cell holds more than 32,767 characters.
const cellAtMost = 32_000;

/** The table as a workbook: typed cells, the head frozen. */
export function xlsxTable(table: TableFile, zone: string, cutNote = ''): Promise<Uint8Array> {
  const moment = (on: Day, time = '00:00'): Date => {
    const { year, month, date } = partsOf(on);
    // The library takes the UTC reading of a date for the one to show.
    return new Date(Date.UTC(year, month - 1, date, Number(time.slice(0, 2)), Number(time.slice(3, 5))));
  };
  const cell = (value: TableCell, index: number) => {
    if (value === null || value === '') return null;
    if (typeof value === 'number') return { type: Number, value };
    if (value instanceof Date) {
      const { on, time } = wallClock(zone, value);
      return table.columns[index]?.time ? { type: Date, value: moment(on, time), format: 'dd.mm.yyyy hh:mm' } : { type: Date, value: moment(on), format: 'dd.mm.yyyy' };
    }
    return isDay(value) ? { type: Date, value: moment(value), format: 'dd.mm.yyyy' } : { type: String, value: String(value).slice(0, cellAtMost), wrap: true, alignVertical: 'top' as const };
  };
  return writeExcelFile([
    table.columns.map((column) => ({ type: String, value: column.title, fontWeight: 'bold' as const, wrap: true })),
    ...table.rows.map((row) => row.map(cell)),
    ...(table.isCut ? [[{ type: String, value: cutNote }]] : []),
  ], { sheet: table.title.replace(/[[\]:*?/\\']/g, ' ').slice(0, 31).trim() || '1', columns: table.columns.map((column) => ({ width: column.width ?? 18 })), stickyRowsCount: 1 }).toBuffer();
}

// A row takes ten milliseconds to set: a long list is set in parts, so that one document stays within its time.
const pdfRowsAtOnce = 300;
async function pdfTable(page: PageContext, table: TableFile, cutNote: string): Promise<Uint8Array> {
  const { office, locale, t } = page;
  const zone = office.jurisdiction.timeZone;
  const cell = (value: TableCell, index: number): string => {
    if (value === null) return '';
    if (value instanceof Date) return table.columns[index]?.time ? formatAt(value, zone, locale) : formatDay(dayIn(zone, value), locale);
    return typeof value === 'number' ? formatNumber(value, locale) : isDay(value) ? formatDay(value, locale) : value;
  };
  const rows = table.rows.map((row) => row.map(cell));
  const data: TableData = {
    lang: locale, region: office.jurisdiction.country, title: table.title, issuedAt: dayIn(zone, page.now), orientation: table.columns.length > 4 ? 'landscape' : 'portrait',
    office: { name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), accent: office.data.accent[0] },
    filters: [...(table.filters ?? [])], count: t('table.count', { count: table.rows.length }) + (table.isCut ? ` · ${cutNote}` : ''),
    columns: table.columns.map((column, index) => ({ title: column.title, width: Math.max(column.width ?? 18, table.rows.some((row) => row[index] instanceof Date || isDay(row[index])) ? 19 : 0) })), rows,
    printed: t('table.printed', { at: formatAt(page.now, zone, locale) }), labels: { page: t('table.page', { page: '{page}', pages: '{pages}' }), empty: t('table.empty') },
  };
  if (rows.length <= pdfRowsAtOnce) return renderPdf('table', data);
  const whole = await PDFDocument.create();
  for (let from = 0; from < rows.length; from += pdfRowsAtOnce) {
    const part = await renderPdf('table', { ...data, rows: rows.slice(from, from + pdfRowsAtOnce), labels: { page: t('table.page_only', { page: '{page}' }) }, ...(from > 0 ? { before: { pages: whole.getPageCount() } } : {}) });
    const read = await PDFDocument.load(part);
    for (const one of await whole.copyPages(read, read.getPageIndices())) whole.addPage(one);
  }
  whole.setTitle(table.title, { showInWindowTitleBar: true });
  whole.setLanguage(getLocale(locale).html);
  return whole.save();
}

/** A list as a file to take away; at most `rowsAtMost` rows, and it says so when there were more. */
export async function serveTable(page: PageContext, table: TableFile, as: TableKind): Promise<Response> {
  const zone = page.office.jurisdiction.timeZone;
  const most = as === 'pdf' ? pdfRowsAtMost : rowsAtMost;
  const kept: TableFile = table.rows.length > most ? { ...table, rows: table.rows.slice(0, most), isCut: true } : table;
  const note = page.t('table.cut', { count: most });
  const name = `${fileName(table.name)}.${as}`;
  if (as === 'csv') return serveFile({ fileName: name, mediaType: 'text/csv', content: Buffer.from(csvTable(kept, zone, note)) }, true);
  if (as === 'xlsx') return serveFile({ fileName: name, mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', content: await xlsxTable(kept, zone, note) }, true);
  return serveFile({ fileName: name, mediaType: 'application/pdf', content: await pdfTable(page, kept, note) });
}
