import type { z } from 'zod';
import { dayIn, type Day } from '../../../core/day.ts';
import type { EngagementKind, Visibility } from '../engagement.ts';
import type { ConflictView } from '../engagement.server.ts';
import type { Slot } from '../engagement-read.server.ts';
import { dayMinutes, drawn, layDay, partOn, type Lane, type Span } from './day-layout.ts';

export type ConflictRow = z.infer<typeof ConflictView>;
/** One occurrence as a page shows it; without a title the reader knows only that the time is taken. */
export type Shown = {
  engagementId: string; recurrenceAt: Date; calendarId: string; owner: string; title: string | null; kind: EngagementKind; place: string; visibility: Visibility; startsAt: Date; endsAt: Date; busyFrom: Date; busyUntil: Date;
  isAllDay: boolean; isTentative: boolean; isFree: boolean; isOwn: boolean; isSeries: boolean; writes: boolean; caseId: string | null; conflict: 'firm' | 'weak' | null; with: string;
};

type Owner = { id: string; name: string; writes: boolean };
/** The slots of calendars as they are shown, each under its calendar's name. */
export function shownFrom(slots: readonly Slot[], calendars: readonly Owner[]): Shown[] {
  const owners = new Map(calendars.map((one) => [one.id, one]));
  return slots.map(({ known, state, ...slot }) => ({
    ...slot, owner: owners.get(slot.calendarId)?.name ?? '', writes: owners.get(slot.calendarId)?.writes ?? false, title: known?.title ?? null, kind: known?.kind ?? 'other', place: known?.place ?? '', visibility: known?.visibility ?? 'private',
    isAllDay: known?.isAllDay ?? false, isTentative: state === 'tentative', isSeries: known?.isSeries ?? false, caseId: known?.caseId ?? null, with: known?.with ?? '',
  }));
}

/** An engagement that stands in several of the calendars is shown once, with all their names; its own calendar's row stands for it. */
export function joined(rows: readonly Shown[]): Shown[] {
  const groups = Map.groupBy(rows, (row) => `${row.engagementId} ${row.recurrenceAt.getTime()}`);
  return [...groups.values()].map((group) => {
    const one = group.find((row) => row.isOwn) ?? group[0]!;
    return { ...one, owner: [...new Set(group.map((row) => row.owner))].join(', '), conflict: group.some((row) => row.conflict === 'firm') ? 'firm' : (group.find((row) => row.conflict)?.conflict ?? null) };
  });
}

export const isWholeDay = (row: Shown): boolean => row.isAllDay || row.endsAt.getTime() - row.startsAt.getTime() >= dayMinutes * 60_000;
/** What belongs to a day, all-day ones first, then by time. */
export const rowsOn = (zone: string, on: Day, rows: readonly Shown[]): Shown[] => rows.filter((row) => (row.isAllDay ? dayIn(zone, row.startsAt) <= on && on < dayIn(zone, row.endsAt) : partOn(zone, on, row.startsAt, row.endsAt) !== null))
  .toSorted((a, b) => Number(isWholeDay(b)) - Number(isWholeDay(a)) || a.startsAt.getTime() - b.startsAt.getTime());

export type Boxed = { row: Shown; part: Span; shown: Span; before: Span | null; after: Span | null } & Span & Lane;
/** The boxes of one column of the grid; travel and preparation take their lane with them. */
export function boxesOn(zone: string, on: Day, rows: readonly Shown[]): Boxed[] {
  const boxes = rows.filter((row) => !isWholeDay(row)).flatMap((row) => {
    const part = partOn(zone, on, row.startsAt, row.endsAt);
    if (!part) return [];
    const shown = drawn(part);
    const before = row.busyFrom < row.startsAt ? partOn(zone, on, row.busyFrom, row.startsAt) : null;
    const after = row.busyUntil > row.endsAt ? partOn(zone, on, row.endsAt, row.busyUntil) : null;
    return [{ row, part, shown, before, after, from: Math.min(shown.from, before?.from ?? dayMinutes), until: Math.max(shown.until, after?.until ?? 0) }];
  });
  return layDay(boxes);
}
