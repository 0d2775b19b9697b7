import type { Fact, Labelled } from '../../core/jurisdiction.ts';
import type { LocalText } from '../../core/language.ts';
import type { Office } from '../../core/office.ts';
import rules from './rules.json' with { type: 'json' };

/** The levels of secrecy, the highest first; how an office stamps them is its jurisdiction's. */
export const levels = ['top-secret', 'secret', 'confidential', 'restricted'] as const;
export type Level = (typeof levels)[number];
export const directions = ['in', 'out', 'internal'] as const;

/** How the book of classified papers is kept: its name, numbers and columns, and up to which level files are kept here at all. */
export type BookRule = Fact & { name: LocalText; pattern: string; marks: Record<Level, LocalText>; filesUpTo: Level | null; columns: Labelled[] };

const known = new Map(Object.entries(rules as unknown as Record<string, BookRule>));

/** The rule of the office's jurisdiction, with the office's own limit for files where its data names one. */
export function getBookRule({ jurisdiction, data }: Pick<Office, 'jurisdiction' | 'data'>): BookRule {
  const rule = known.get(jurisdiction.id);
  if (!rule) throw new RangeError(`no book of classified papers for ${jurisdiction.id}`);
  return { ...rule, filesUpTo: data.classified ? data.classified.filesUpTo : rule.filesUpTo };
}

/** 4 for the highest, 1 for the lowest, 0 for none. */
export const rankOf = (level: Level | null): number => (level ? levels.length - levels.indexOf(level) : 0);

/** Whether the office keeps files of this level, or the entry of the book alone. */
export const keepsFiles = (rule: BookRule, level: Level): boolean => rankOf(level) <= rankOf(rule.filesUpTo);
