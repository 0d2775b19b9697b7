import { z } from 'zod';
import { addDays, addMonths, partsOf, weekStart, type Day } from '../../core/day.ts';
import type { Lifecycle } from '../../core/lifecycle.ts';

export const periods = ['day', 'week', 'month'] as const;
export type Period = (typeof periods)[number];
export const planStates = ['draft', 'submitted', 'approved', 'replaced', 'dropped'] as const;
export type PlanState = (typeof planStates)[number];
export const audiences = ['internal', 'public'] as const;
export type Audience = (typeof audiences)[number];

export const planLifecycle: Lifecycle<PlanState, 'change' | 'submit' | 'return' | 'approve' | 'publish' | 'replace' | 'drop'> = {
  noun: 'plan', initial: 'draft',
  steps: [
    { act: 'change', from: ['draft', 'submitted'], to: '=' },
    { act: 'submit', from: ['draft'], to: 'submitted' },
    { act: 'return', from: ['submitted'], to: 'draft' },
    { act: 'approve', from: ['draft', 'submitted'], to: 'approved' },
    { act: 'publish', from: ['approved'], to: '=' },
    { act: 'replace', from: ['approved'], to: 'replaced' },
    { act: 'drop', from: ['draft', 'submitted'], to: 'dropped' },
  ],
};

/** First and last day of the period in which a day lies; weeks begin on Monday. */
export function spanOf(period: Period, on: Day): { fromOn: Day; untilOn: Day } {
  if (period === 'day') return { fromOn: on, untilOn: on };
  if (period === 'week') return { fromOn: weekStart(on), untilOn: addDays(weekStart(on), 6) };
  const fromOn = `${on.slice(0, 7)}-01`;
  return { fromOn, untilOn: addDays(addMonths(fromOn, 1), -1) };
}
export const daysOf = ({ fromOn, untilOn }: { fromOn: Day; untilOn: Day }): Day[] => {
  const days: Day[] = [];
  for (let on = fromOn; on <= untilOn; on = addDays(on, 1)) days.push(on);
  return days;
};
export const monthOf = (on: Day): { year: number; month: number } => partsOf(on);

export const PlanEntry = z.object({
  /** Engagement and its start by the rule: the same entry in the next version. */
  key: z.string(), leaderId: z.string(), kind: z.string(), startsAt: z.coerce.date(), endsAt: z.coerce.date(), isAllDay: z.boolean(), isTentative: z.boolean(), title: z.string(), place: z.string(),
  with: z.string().default(''), preparedBy: z.string().default(''), phone: z.string().default(''), engagementId: z.string().nullable().default(null),
  /** Of a private one only that the time is taken. */
  isTaken: z.boolean().default(false), isShown: z.boolean().default(true),
});
export type PlanEntry = z.infer<typeof PlanEntry>;
export const PlanContent = z.object({ leaders: z.array(z.object({ id: z.string(), name: z.string(), role: z.string() })), entries: z.array(PlanEntry) });
export type PlanContent = z.infer<typeof PlanContent>;

export const shownEntries = (content: PlanContent): PlanEntry[] => content.entries.filter((entry) => entry.isShown);

export type Change = { kind: 'new' | 'changed' | 'gone'; entry: PlanEntry };
const sameWords = (a: PlanEntry, b: PlanEntry): boolean =>
  a.title === b.title && a.place === b.place && a.startsAt.getTime() === b.startsAt.getTime() && a.endsAt.getTime() === b.endsAt.getTime() && a.isAllDay === b.isAllDay && a.isTentative === b.isTentative;

/** What is otherwise than in the version before, by entry; what fell out comes with its old words. */
export function changesSince(before: PlanContent | null, now: PlanContent): Change[] {
  if (!before) return [];
  const [old, current] = [shownEntries(before), shownEntries(now)];
  const known = new Map(old.map((entry) => [entry.key, entry]));
  const keys = new Set(current.map((entry) => entry.key));
  return [
    ...current.flatMap((entry): Change[] => {
      const was = known.get(entry.key);
      return was ? (sameWords(was, entry) ? [] : [{ kind: 'changed', entry }]) : [{ kind: 'new', entry }];
    }),
    ...old.filter((entry) => !keys.has(entry.key)).map((entry): Change => ({ kind: 'gone', entry })),
  ];
}

/** A new reading of the calendar with what was already said of its entries: which are left out, and other words for the public. */
export function keepChoices(fresh: PlanContent, earlier: PlanContent | null, keepsWords: boolean): PlanContent {
  const known = new Map(earlier?.entries.map((entry) => [entry.key, entry]));
  return { ...fresh, entries: fresh.entries.map((entry) => {
    const was = known.get(entry.key);
    return was ? { ...entry, isShown: was.isShown, ...(keepsWords ? { title: was.title, place: was.place } : {}) } : entry;
  }) };
}
