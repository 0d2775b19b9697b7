import { isPlausibleDay, type Day } from '../../core/day.ts';
import { foldTokens } from '../../core/fold.ts';
import { parseReference } from '../../core/number.ts';
import type { Said } from '../../core/refusal.ts';
import type { Mapping, OldField } from './old-column.ts';
import words from './old-words.json' with { type: 'json' };
import { cellText, type SheetCell, type SheetRow } from '../../core/sheet.ts';

/** A line of an old register, read. `sub` 0: the number stands alone; `closedOn` null: still open. */
export type OldEntry = {
  year: number; number: number; sub: number; reference: string; receivedOn: Day; subject: string; sender: string; place: string; isOrganisation: boolean; senderReference: string;
  direction: 'in' | 'out' | 'internal'; classCode: string; unitId: string | null; handlerId: string | null; closedOn: Day | null; note: string;
};
export type Refused = { row: number; cells: string[]; field: OldField; said: Said };
export type Accepted = { row: number; cells: string[]; entry: OldEntry; opens: boolean };
export type Judged = Refused | Accepted;
export const isRefused = (judged: Judged): judged is Refused => 'said' in judged;

/** What the office knows that rows may name; keys are folded. `labels` stand before what is kept as a note. */
export type Known = { patterns: readonly string[]; today: Day; units: ReadonlyMap<string, string>; people: ReadonlyMap<string, string>; labels: { unit: string; handler: string; closedOn: string } };

export const key = (text: string): string => foldTokens(text).join(' ');
const setOf = (list: readonly string[]): ReadonlySet<string> => new Set(list.map(key));
const directions = (['in', 'out', 'internal'] as const).map((direction) => ({ direction, words: setOf(words.direction[direction]) }));
const [openWords, settledWords, organisations] = [setOf(words.open), setOf(words.settled), setOf(words.organisation)];
const earliest = '1945-01-01';
const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

class Bad {
  readonly field: OldField;
  readonly said: Said;
  constructor(field: OldField, reason: string, args: Said['args'] = {}) {
    this.field = field;
    this.said = { key: `import.refusal.${reason}`, args };
  }
}

const two = (text: string): string => text.padStart(2, '0');
const dotted = /(?<!\d)(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(\d{4}|\d{2})(?!\d)/;
const iso = /(?<!\d)(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?!\d)/;
/** A day as old books write it: 5.3.2019. · 05/03/19 · 2019-03-05 · a spreadsheet's day or serial number; undefined when it is none. */
export function readDay(cell: SheetCell): Day | undefined {
  const asDay = (day: string): Day | undefined => (isPlausibleDay(day, { from: '1800-01-01', until: '2199-12-31' }) ? day : undefined);
  if (cell === null) return undefined;
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? undefined : asDay(cell.toISOString().slice(0, 10));
  const text = String(cell).trim();
  // Serial numbers count days from the end of 1899; those of five figures lie between 1927 and 2173.
  if (/^\d{5}(\.\d+)?$/.test(text)) return asDay(new Date(Date.UTC(1899, 11, 30) + Math.floor(Number(text)) * 86_400_000).toISOString().slice(0, 10));
  if (typeof cell === 'number') return undefined;
  const byIso = iso.exec(text);
  if (byIso) return asDay(`${byIso[1]}-${two(byIso[2]!)}-${two(byIso[3]!)}`);
  const byDots = dotted.exec(text);
  if (!byDots) return undefined;
  const year = byDots[3]!.length === 4 ? byDots[3]! : String(Number(byDots[3]) + (Number(byDots[3]) >= 45 ? 1900 : 2000));
  return asDay(`${year}-${two(byDots[2]!)}-${two(byDots[1]!)}`);
}

type OldNumber = { number: number; sub: number; year?: number };
// After what the office's own patterns read: 05-437/2019, 437/2-2019, 02-1203/3.
const general = /^(?:[\p{L}\p{N}.]+-)*(\d{1,9})(?:\/(\d{1,5}))?(?:-(\d{4}|\d{2}))?\.?$/u;
const isYear = (n: number): boolean => n >= 1945 && n < 2200;
const fullYear = (text: string): number => (text.length === 4 ? Number(text) : Number(text) + (Number(text) >= 45 ? 1900 : 2000));

/** A number of an old register by the patterns of the law, else as books commonly have it; `receivedYear` tells a year from a sub-number. */
export function readNumber(written: string, patterns: readonly string[], receivedYear: number): OldNumber | undefined {
  const text = written.normalize('NFKC').replace(/[‐‑‒–—−]/g, '-').replace(/\s+/g, '').replace(/^(?:br|бр|nr|no)\.?/iu, '');
  const parsed = /^\d+$/.test(text) ? { seq: Number(text) } : parseReference(patterns, written);
  if (parsed && parsed.seq > 0) {
    const { seq, sub = 0, year } = parsed as { seq: number; sub?: number; year?: number };
    return year === undefined && isYear(sub) ? { number: seq, sub: 0, year: sub } : { number: seq, sub, ...(year === undefined ? {} : { year }) };
  }
  const found = general.exec(text);
  if (!found || Number(found[1]) === 0) return undefined;
  const [, seq, second, third] = found;
  if (third !== undefined) return { number: Number(seq), sub: Number(second ?? 0), year: fullYear(third) };
  if (second !== undefined && ((second.length === 4 && isYear(Number(second))) || (second.length === 2 && fullYear(second) === receivedYear))) return { number: Number(seq), sub: 0, year: fullYear(second) };
  return { number: Number(seq), sub: Number(second ?? 0) };
}

/** Reads one row; what cannot be read is refused with its field and reason. */
export function judgeRow(row: SheetRow, mapping: Mapping, known: Known): Judged {
  const cells = row.cells.map(cellText);
  try {
    return { row: row.number, cells, entry: readEntry(row, mapping, known), opens: false };
  } catch (error) {
    if (error instanceof Bad) return { row: row.number, cells, field: error.field, said: error.said };
    throw error;
  }
}

function readEntry(row: SheetRow, mapping: Mapping, known: Known): OldEntry {
  const cellOf = (field: OldField): SheetCell => (mapping[field] === undefined ? null : (row.cells[mapping[field]] ?? null));
  const textOf = (field: OldField, max: number): string => {
    const text = cellText(cellOf(field)).normalize('NFC').replace(/\s+/g, ' ').trim();
    if (text.length > max) throw new Bad(field, 'too_long', { max });
    return text;
  };
  const written = textOf('number', 60);
  if (!written) throw new Bad('number', 'number_missing');
  const receivedCell = cellOf('receivedOn');
  if (receivedCell === null) throw new Bad('receivedOn', 'day_missing');
  const receivedOn = readDay(receivedCell);
  if (!receivedOn) throw new Bad('receivedOn', 'day_unread', { text: shown(cellText(receivedCell)) });
  if (receivedOn > known.today) throw new Bad('receivedOn', 'day_future');
  if (receivedOn < earliest) throw new Bad('receivedOn', 'day_old');
  const receivedYear = Number(receivedOn.slice(0, 4));
  const read = cellOf('number') instanceof Date ? undefined : readNumber(written, known.patterns, receivedYear);
  if (!read || read.number > 9_999_999) throw new Bad('number', 'number_unread', { text: shown(written) });
  const yearText = textOf('year', 20).replace(/\.$/, '');
  if (yearText && !/^(\d{4}|\d{2})$/.test(yearText)) throw new Bad('year', 'year_unread', { text: shown(yearText) });
  const year = yearText ? fullYear(yearText) : (read.year ?? receivedYear);
  const subText = textOf('sub', 20).replace(/\.$/, '');
  if (subText && !/^\d{1,5}$/.test(subText)) throw new Bad('sub', 'sub_unread', { text: shown(subText) });
  const sub = subText ? Number(subText) : read.sub;
  // The number of a year's end is given on the day after; a further paper may come years later.
  if (sub <= 1 ? Math.abs(year - receivedYear) > 1 : receivedYear < year) throw new Bad('receivedOn', 'year_differs', { year: String(year), day: String(receivedYear) });
  const subject = textOf('subject', 1000);
  if (!subject) throw new Bad('subject', 'subject_missing');

  const directionText = key(textOf('direction', 60));
  const direction = directionText ? directions.find((one) => one.words.has(directionText))?.direction : 'in';
  if (!direction) throw new Bad('direction', 'direction_unread', { text: shown(textOf('direction', 60)) });
  const notes = [textOf('note', 2000)];
  const named = (field: 'unit' | 'handler', ids: ReadonlyMap<string, string>): string | null => {
    const text = textOf(field, 200);
    const found = text ? ids.get(key(text)) : undefined;
    // Units and clerks of former years are gone: their names stay as the book had them.
    if (text && !found) notes.push(`${known.labels[field]}: ${text}`);
    return found ?? null;
  };
  const [unitId, handlerId] = [named('unit', known.units), named('handler', known.people)];
  const sender = textOf('sender', 200);
  return {
    year, number: read.number, sub, reference: /^\d+$/.test(written) ? (sub ? `${written}/${sub}-${year}` : `${written}/${year}`) : sub && !read.sub ? `${written}/${sub}` : written,
    receivedOn, subject, sender, place: textOf('place', 100), isOrganisation: foldTokens(sender.replaceAll('.', '')).some((word) => organisations.has(word)), senderReference: textOf('senderReference', 120), direction,
    classCode: textOf('classCode', 40), unitId, handlerId, closedOn: closedDay(cellOf('closedOn'), receivedOn, year, known, notes), note: notes.filter(Boolean).join('\n'),
  };
}

// A book was closed at the end of its year, and what it does not call open with it.
function closedDay(cell: SheetCell, receivedOn: Day, year: number, known: Known, notes: string[]): Day | null {
  const yearEnd = `${year}-12-31`;
  const ended = yearEnd < receivedOn ? receivedOn : yearEnd > known.today ? known.today : yearEnd;
  const text = cellText(cell).trim();
  if (!text) return ended;
  const on = readDay(cell);
  if (on) {
    if (on < receivedOn) throw new Bad('closedOn', 'closed_before');
    if (on > known.today) throw new Bad('closedOn', 'day_future');
    return on;
  }
  if (dotted.test(text) || iso.test(text)) throw new Bad('closedOn', 'day_unread', { text: shown(text) });
  if (openWords.has(key(text))) return null;
  if (!settledWords.has(key(text))) notes.push(`${known.labels.closedOn}: ${shown(text)}`);
  return ended;
}

/**
 * All rows in the order in which they are entered: by year, number and sub-number, each case's first paper first. A row that says the
 * same number as an earlier one is refused as its twin; a case is closed no earlier than its last paper came.
 */
export function arrangeRows(rows: readonly Judged[]): Judged[] {
  const accepted = rows.filter((row): row is Accepted => !isRefused(row))
    .sort((a, b) => a.entry.year - b.entry.year || a.entry.number - b.entry.number || a.entry.sub - b.entry.sub || a.row - b.row);
  const arranged: Judged[] = [];
  let first: Accepted | undefined;
  let before: Accepted | undefined;
  for (const one of accepted) {
    const { entry } = one;
    const isNew = !before || before.entry.year !== entry.year || before.entry.number !== entry.number;
    if (!isNew && before!.entry.sub === entry.sub) {
      arranged.push({ row: one.row, cells: one.cells, field: 'number', said: { key: 'import.refusal.twin_file', args: { row: before!.row } } });
      continue;
    }
    if (isNew) first = entry.sub <= 1 ? { ...one, opens: true, entry: { ...entry } } : undefined;
    else if (first?.entry.closedOn && first.entry.closedOn < entry.receivedOn) first.entry.closedOn = entry.receivedOn;
    arranged.push(isNew && first ? first : one);
    before = one;
  }
  return [...arranged, ...rows.filter(isRefused)];
}
