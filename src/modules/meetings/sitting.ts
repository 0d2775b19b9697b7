/** How somebody takes part; present and remote are in the sitting. */
export const attendanceStates = ['unknown', 'present', 'remote', 'absent', 'excused'] as const;
export type AttendanceState = (typeof attendanceStates)[number];
export const isIn = (one: { state: string; leftAt: Date | null }): boolean => (one.state === 'present' || one.state === 'remote') && one.leftAt === null;

export const itemStates = ['waiting', 'open', 'done', 'deferred', 'dropped'] as const;
export type ItemState = (typeof itemStates)[number];
/** What a point can be settled as. */
export const settled = ['done', 'deferred', 'dropped'] as const;

export const verdicts = ['done', 'partly', 'open', 'dropped'] as const;
export type Verdict = (typeof verdicts)[number];

/** Usual days for a conclusion to be carried out, in working days. */
export const dueDays = [3, 5, 10, 15, 30];
