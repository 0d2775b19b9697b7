import { parse } from 'csv-parse/sync';
import { unzipSync } from 'fflate';
import readXlsx from 'read-excel-file/node';
import { fileTypeFromBuffer } from 'file-type';
import { wrong } from './refusal.ts';

export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1250', 'windows-1251'] as const;
export type Encoding = (typeof encodings)[number];
export const delimiters = [';', ',', '\t', '|'] as const;
export type SheetCell = string | number | Date | null;
/** A file of rows: `number` is the row's as a spreadsheet counts it, beginning with 1. */
export type SheetRow = { number: number; cells: SheetCell[] };
/** What is known of a text before it is read; the rest is guessed. */
export type SheetReading = { encoding?: Encoding | ''; delimiter?: string };
export type Sheet = { kind: 'csv' | 'xlsx'; encoding: Encoding | ''; delimiter: string; rows: SheetRow[] };

export const sheetRowsAtMost = 50_000;
const columnsAtMost = 60;
const rowLettersAtMost = 1_000_000;
const lettersLookedAt = 200_000;
// A workbook of 20 MB may unfold to a thousand times as much.
const unfoldedAtMost = 300 * 1024 * 1024;

/** How the bytes of a text are to be read: by their mark, by being UTF-8, else by which letters stand next to each other. */
export function guessEncoding(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const head = bytes.subarray(0, 4000);
  const zeros = [0, 0];
  for (const [index, byte] of head.entries()) if (byte === 0) zeros[index % 2]!++;
  if (zeros[1]! > head.length / 8) return 'utf-16le';
  if (zeros[0]! > head.length / 8) return 'utf-16be';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return 'utf-8';
  } catch {
    // Cyrillic words are written in upper bytes throughout; of a Latin word one letter or two.
    let beside = 0;
    let alone = 0;
    const isHigh = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x80;
    for (let index = 0; index < bytes.length && index < 400_000; index++)
      if (isHigh(bytes[index])) {
        if (isHigh(bytes[index - 1]) || isHigh(bytes[index + 1])) beside++;
        else alone++;
      }
    return beside > 2 * alone ? 'windows-1251' : 'windows-1250';
  }
}

/** The sign between the cells: the one that most lines hold equally often, outside quotes. */
export function guessDelimiter(text: string): string {
  const lines = text.slice(0, lettersLookedAt).replace(/"[^"]*"/g, '').split(/\r\n?|\n/).filter((one) => one.trim() !== '').slice(0, 30);
  const score = (sign: string): number => {
    const counts = lines.map((one) => one.split(sign).length - 1).filter((count) => count > 0);
    const most = [...Map.groupBy(counts, (count) => count)].sort((a, b) => b[1].length - a[1].length)[0];
    return most ? most[1].length * 100 + most[0] : 0;
  };
  return [...delimiters].sort((a, b) => score(b) - score(a))[0]!;
}

const tidy = (cell: unknown): SheetCell => {
  // The serial number of a moment is a fraction of a day: a millisecond is lost on the way.
  if (cell instanceof Date) return new Date(Math.round(cell.getTime() / 1000) * 1000);
  if (typeof cell === 'number') return cell;
  if (cell === null || cell === undefined) return null;
  return String(cell).replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/g, '').trim() || null;
};
const isFilled = (row: SheetRow): boolean => row.cells.some((cell) => cell !== null);

/** Reads CSV or XLSX in this process; refuses at `file` what is neither. Servers ask `readSheet`. */
export async function readSheetHere(bytes: Uint8Array, as: SheetReading = {}): Promise<Sheet> {
  const found = await fileTypeFromBuffer(bytes).catch(() => undefined);
  if (found?.mime === 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet') return readWorkbook(bytes);
  if (bytes.length === 0 || (found && !found.mime.startsWith('text/') && found.mime !== 'application/csv' && found.ext !== 'xml')) throw wrong({ file: { key: 'field.import_kind' } });
  const encoding = as.encoding || guessEncoding(bytes);
  const text = new TextDecoder(encoding).decode(bytes);
  const delimiter = as.delimiter || guessDelimiter(text);
  const options = { delimiter, bom: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: false, to: sheetRowsAtMost + 20, max_record_size: rowLettersAtMost };
  let records: string[][];
  try {
    records = parse(text, options);
  } catch {
    // A quote that is opened and never closed would swallow the rest of the book: it is a sign like others then.
    try {
      records = parse(text, { ...options, quote: false });
    } catch {
      throw wrong({ file: { key: 'field.import_broken' } });
    }
  }
  return bounded({ kind: 'csv', encoding, delimiter, rows: records.map((cells, index) => ({ number: index + 1, cells: cells.map(tidy) })) });
}

async function readWorkbook(bytes: Uint8Array): Promise<Sheet> {
  let unfolded = 0;
  try {
    unzipSync(bytes, { filter: (file) => ((unfolded += file.originalSize), false) });
    if (unfolded > unfoldedAtMost) throw new Error('too large');
    const sheets = await readXlsx(Buffer.from(bytes));
    // The book is the sheet with the most rows; the others hold notes.
    const sheet = sheets.toSorted((a, b) => b.data.length - a.data.length)[0];
    return bounded({ kind: 'xlsx', encoding: '', delimiter: '', rows: (sheet?.data ?? []).map((cells, index) => ({ number: index + 1, cells: cells.map(tidy) })) });
  } catch (error) {
    if ((error as { status?: number }).status === 422) throw error;
    throw wrong({ file: { key: 'field.import_broken' } });
  }
}

function bounded(sheet: Sheet): Sheet {
  const rows = sheet.rows.filter(isFilled).map((row) => ({ ...row, cells: row.cells.slice(0, columnsAtMost) }));
  if (rows.length < 2) throw wrong({ file: { key: 'field.import_empty' } });
  if (rows.length > sheetRowsAtMost) throw wrong({ file: { key: 'field.import_rows', args: { max: sheetRowsAtMost } } });
  return { ...sheet, rows };
}

/** A cell as it is shown and kept: days as `YYYY-MM-DD`. */
export const cellText = (cell: SheetCell | undefined): string => (cell instanceof Date ? cell.toISOString().slice(0, 10) : cell === null || cell === undefined ? '' : String(cell));
