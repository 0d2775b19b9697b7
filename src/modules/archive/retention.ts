import type { Day } from '../../core/day.ts';

/** Years that a class is kept; null is for good. The plan of the office writes `permanent` or the number of years. */
export function retentionYears(retention: string): number | null {
  const years = Number(retention);
  return Number.isInteger(years) && years > 0 ? years : null;
}

/** The last day on which a case that was closed on this day is kept: 31 December of the year in which its years are full; null for good. */
export function keepUntil(closedOn: Day, years: number | null): Day | null {
  return years === null ? null : `${String(Number(closedOn.slice(0, 4)) + years).padStart(4, '0')}-12-31`;
}

/** True from the first day on which it may be proposed for disposal. */
export const isPast = (until: Day | null, today: Day): boolean => until !== null && until < today;

export const itemStates = ['kept', 'listed', 'destroyed', 'handed_over'] as const;
export type ItemState = (typeof itemStates)[number];

/** Why a case cannot be put away yet, in the order in which it is said. */
export const obstacles = ['annulled', 'open', 'class', 'lent', 'rokovnik', 'undelivered', 'obligation', 'letter', 'dispatch', 'archived'] as const;
export type Obstacle = (typeof obstacles)[number];
