import type { Day } from './day.ts';
import type { LocalText } from './language.ts';
import BA_RS from '../../jurisdictions/BA-RS.json' with { type: 'json' };
import ME from '../../jurisdictions/ME.json' with { type: 'json' };
import MK from '../../jurisdictions/MK.json' with { type: 'json' };
import RO from '../../jurisdictions/RO.json' with { type: 'json' };

/** How sure a legal fact is: found in a document, known or borrowed, or a placeholder that the office must set. */
export type Confidence = 'high' | 'medium' | 'low';
export type Fact = { source: string; confidence: Confidence; note?: string };
/** validTo is the last day on which the rule still begins new matters. */
export type Dated = { validFrom: Day; validTo: Day | null };
export type Unit = 'calendar' | 'working';
export type Roll = 'next-working' | 'none';

export const clockKinds = [
  'petition.reply', 'petition.forward', 'petition.completion', 'foi.reply', 'foi.urgent', 'foi.refusal', 'foi.forward', 'foi.completion',
  'foi.appeal', 'foi.appealReply', 'initiative.decision', 'act.inForce', 'act.prefect', 'act.publish', 'debate.minimum', 'debate.proposals',
  'session.notice',
] as const;
export type ClockKind = (typeof clockKinds)[number];

export type ExtensionRule = {
  /** Most days of one extension, in the unit of the rule. */
  days: number;
  times: number;
  /** Most days of the whole limit, extensions included. */
  toTotal?: number;
  reasonRequired: boolean;
  by?: 'head';
};

export type ForwardRule = { days: number | null; unit: Unit; noticeToPetitioner: boolean };

export type ClockRule = Fact & Dated & {
  id: string;
  kind: ClockKind;
  variant?: string;
  starts: 'receipt' | 'registration' | 'delivery' | 'publication';
  unit: Unit;
  days: number;
  excludeFirst: boolean;
  excludeLast: boolean;
  roll: Roll;
  targetDays?: number;
  /** Calendar days before the target (or the legal day, where there is no target) from which the clock warns. */
  warnDays: number;
  extension: ExtensionRule | null;
  pauseWhileWaiting: boolean;
  forward: ForwardRule | null;
  basis: LocalText;
};

export type IslamicDay = 'shawwal-1' | 'dhu-al-hijja-10';
export type HolidayRule = {
  when: { fixed: string } | { orthodoxEaster: number } | { catholicEaster: number } | { islamic: IslamicDay } | { declared: true };
  days: number;
  name: LocalText;
  who?: string;
  validFrom?: Day;
  validTo?: Day;
  confidence: Confidence;
  note?: string;
};

export type HolidayRules = Fact & {
  /** day-after: when a Sunday lies in the holiday, the day after the holiday is off as well. */
  sundayShift: 'day-after' | 'none';
  closing: HolidayRule[];
  leave: HolidayRule[];
  leaveSource: string;
  adHoc: { on: Day; name: LocalText; source: string; confidence: Confidence }[];
  islamic: { confirmedUntil: number; note: string; days: Record<IslamicDay, Day[]> } | null;
};

export type ReferenceRule = Fact & Dated & {
  id: string;
  pattern: string;
  alternatives: string[];
  scope: 'book-year' | 'office-year';
  replyTakesSameNumber: boolean;
  subNumbers: boolean;
  examples: string[];
};

export type Labelled = { key: string; label: LocalText };
/** A book that the law knows: with a counter of its own, or (`of`) another way to look at a book that has one. `columns`: else those of the register. */
export type BookRule = Fact & {
  id: string; kind: 'main' | 'proceedings' | 'acts' | 'petitions' | 'class-list' | 'index'; of?: string; name: LocalText; pattern?: string; columns?: Labelled[];
};
export type ClassificationLevel = { key: 'top-secret' | 'secret' | 'confidential' | 'restricted'; name: LocalText; clearanceYears?: number };
export type Disposition = { key: string; title: LocalText; basis: LocalText; reply: boolean; confidence: Confidence };

export type Jurisdiction = {
  id: string;
  country: string;
  name: LocalText;
  timeZone: string;
  currency: { code: string; symbol: LocalText };
  /** ISO weekdays, 1 is Monday. */
  weekend: number[];
  locales: string[];
  counting: Fact & { excludeFirst: boolean; excludeLast: boolean; roll: Roll; basis: LocalText };
  clocks: ClockRule[];
  holidays: HolidayRules;
  references: ReferenceRule[];
  stamp: Fact & { fields: Labelled[] };
  register: Fact & { name: LocalText; columns: Labelled[]; yearReset: boolean; closedOn: string };
  books: BookRule[];
  classes: Fact & { rule: LocalText };
  classification: Fact & { basis: LocalText; levels: ClassificationLevel[]; marking?: LocalText };
  retention: Fact & {
    document: LocalText; setBy: LocalText; basis: LocalText; closingMark: string; periods: { what: LocalText; years: number | null }[];
  };
  petitions: {
    anonymous: Fact & { disposition: 'register' | 'close'; reply: boolean; mayBeActedOn: boolean; mandatory: boolean; basis: LocalText };
    repeated: Fact & { whileOpen: 'connect'; afterReply: 'link' | 'close'; mandatory: boolean; basis: LocalText };
    fee: boolean;
  };
  gazette: Fact & { name: LocalText };
  appeal: {
    foi: Fact & { body: LocalText; through: LocalText | null; days: number; unit: Unit };
    supervision?: Fact & { body: LocalText };
  };
  dispositions: Disposition[];
};

// The shape of the files is held by jurisdiction.test.ts; TypeScript would widen their literals to string.
const known = new Map(([BA_RS, ME, MK, RO] as unknown as Jurisdiction[]).map((one) => [one.id, one]));

/** All jurisdictions, in the order of their ids. */
export function listJurisdictions(): Jurisdiction[] {
  return [...known.values()];
}

/** The jurisdiction with this id, such as 'ME' or 'BA-RS'; throws RangeError for an unknown one. */
export function getJurisdiction(id: string): Jurisdiction {
  const found = known.get(id);
  if (!found) throw new RangeError(`unknown jurisdiction: ${id}`);
  return found;
}

/** The rule of a kind that was in force on the day a matter began; a variant falls back to the plain rule. */
export function findClockRule(jurisdiction: Jurisdiction, kind: ClockKind, on: Day, variant?: string): ClockRule | undefined {
  const rules = jurisdiction.clocks.filter((rule) => rule.kind === kind && isInForce(rule, on));
  return rules.find((rule) => rule.variant === variant) ?? rules.find((rule) => rule.variant === undefined);
}

/** The clock rule with this id, in force or not; throws RangeError for an unknown one. */
export function getClockRule(jurisdiction: Jurisdiction, id: string): ClockRule {
  const found = jurisdiction.clocks.find((rule) => rule.id === id);
  if (!found) throw new RangeError(`unknown clock rule: ${id}`);
  return found;
}

/** The pattern of reference numbers in force on a day; throws RangeError when there is none. */
export function getReferenceRule(jurisdiction: Jurisdiction, on: Day): ReferenceRule {
  const found = jurisdiction.references.find((rule) => isInForce(rule, on));
  if (!found) throw new RangeError(`no reference pattern in ${jurisdiction.id} on ${on}`);
  return found;
}

/** The book with this id, or undefined. */
export const findBook = (jurisdiction: Jurisdiction, id: string): BookRule | undefined => jurisdiction.books.find((book) => book.id === id);

/** The books in which numbers are given, the main one first. */
export const countedBooks = (jurisdiction: Jurisdiction): BookRule[] => jurisdiction.books.filter((book) => book.of === undefined);

/** The pattern of reference numbers of a book on a day: its own, or the one in force for the office. */
export const bookPattern = (jurisdiction: Jurisdiction, book: string, on: Day): string => findBook(jurisdiction, book)?.pattern ?? getReferenceRule(jurisdiction, on).pattern;

/** True when a dated rule begins matters on that day. */
export function isInForce(rule: Dated, on: Day): boolean {
  return rule.validFrom <= on && (rule.validTo === null || on <= rule.validTo);
}

/** Every fact that is only a placeholder, with its path in the file, for the administrator to check. */
export function listPlaceholders(jurisdiction: Jurisdiction): { path: string; note: string }[] {
  const found: { path: string; note: string }[] = [];
  const walk = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null) return;
    const fact = value as { confidence?: string; note?: string; id?: string; key?: string };
    if (fact.confidence === 'low') found.push({ path, note: fact.note ?? '' });
    for (const [key, inner] of Object.entries(value)) {
      const name = (inner as { id?: string; key?: string } | null)?.id ?? (inner as { key?: string } | null)?.key ?? key;
      walk(inner, path ? `${path}.${name}` : name);
    }
  };
  walk(jurisdiction, '');
  return found;
}
