import { foldTokens } from '../../core/fold.ts';
import words from './old-words.json' with { type: 'json' };
import { cellText, type SheetRow } from '../../core/sheet.ts';

/** What a row of an old register may say. The first three must be found. */
export const oldFields = ['number', 'receivedOn', 'subject', 'sub', 'year', 'sender', 'place', 'senderReference', 'direction', 'classCode', 'unit', 'handler', 'closedOn', 'note'] as const;
export type OldField = (typeof oldFields)[number];
export const neededFields: readonly OldField[] = ['number', 'receivedOn', 'subject'];
/** The column of each field by its place, beginning with 0. */
export type Mapping = Partial<Record<OldField, number>>;

// old-words.json holds what heads and cells of old books say in the five languages; folded before it is compared.
const key = (text: string): string => foldTokens(text).join(' ');
const known = oldFields.map((field) => ({ field, heads: words.heads[field].map(key) }));

/** How well a head names a field, 0 to 100. */
function likeness(field: (typeof known)[number], head: string): number {
  let best = 0;
  for (const one of field.heads) {
    if (head === one) return 100;
    if (head.startsWith(`${one} `) || head.endsWith(` ${one}`)) best = Math.max(best, 40 + one.length);
    else if (one.length > 3 && head.includes(one)) best = Math.max(best, 20 + one.length);
  }
  return Math.min(best, 99);
}

/** The fields that the heads of columns name, each column for one field and the best names first. */
export function proposeMapping(columns: readonly string[]): Mapping {
  const pairs = columns.flatMap((column, index) => {
    const head = key(column);
    return head ? known.map((field) => ({ field: field.field, index, score: likeness(field, head) })).filter((pair) => pair.score > 0) : [];
  }).sort((a, b) => b.score - a.score || a.index - b.index);
  const mapping: Mapping = {};
  for (const { field, index } of pairs) if (mapping[field] === undefined && !Object.values(mapping).includes(index)) mapping[field] = index;
  return mapping;
}

/** The row of heads among the first fifteen: the one that names the most fields (a title may stand above), or the first with two cells. */
export function headRow(rows: readonly SheetRow[]): number {
  const scores = rows.slice(0, 15).map((row) => Object.keys(proposeMapping(row.cells.map(cellText))).length);
  const best = Math.max(...scores);
  return best >= 2 ? scores.indexOf(best) : Math.max(0, rows.findIndex((row) => row.cells.filter((cell) => cell !== null).length >= 2));
}
