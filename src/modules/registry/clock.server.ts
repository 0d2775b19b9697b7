import { computeClock, extendClock as extend, type Clock, type ClockFacts } from '../../core/clock.ts';
import type { Tx } from '../../core/database.ts';
import type { Day } from '../../core/day.ts';
import { workCalendar, type WorkCalendar } from '../../core/holiday.ts';
import { findClockRule, type ClockKind, type ClockRule } from '../../core/jurisdiction.ts';
import type { Context } from '../../core/operation.ts';
import type { Office } from '../../core/office.ts';
import { notFound, wrong } from '../../core/refusal.ts';

type Stored = { rule: unknown; started_on: string; pauses: unknown; extensions: unknown; stopped_on: string | null };

/** Working days of the office: of its jurisdiction, and those it or its government declared. */
export async function officeCalendar(db: Tx, office: Office): Promise<WorkCalendar> {
  const extra = await db.selectFrom('closing_day').select('day_on').where('office_id', '=', office.id).execute();
  return workCalendar(office.jurisdiction, extra.map((row) => row.day_on));
}

const factsOf = (row: Stored, today: Day): ClockFacts => ({
  startedOn: row.started_on, pauses: row.pauses as ClockFacts['pauses'], extensions: row.extensions as ClockFacts['extensions'], today: row.stopped_on ?? today,
});

/** The clock of a stored row as it stands on `today` (or on the day it stopped). */
export const clockFrom = (row: Stored, calendar: WorkCalendar, today: Day): Clock => computeClock(row.rule as ClockRule, factsOf(row, today), calendar);

/** Starts the clock of a case under the rule in force on its first day; answers with the day by which an answer is owed. */
export async function startClock(context: Context, caseId: string, kind: ClockKind, startedOn: Day): Promise<Day> {
  const { db, office, today } = context;
  const rule = findClockRule(office.jurisdiction, kind, startedOn);
  if (!rule) throw new Error(`no clock rule ${kind} in ${office.jurisdiction.id} on ${startedOn}`);
  const facts = { startedOn, pauses: [], extensions: [], today };
  const clock = computeClock(rule, facts, await officeCalendar(db, office));
  await db.insertInto('clock').values({
    office_id: office.id, case_id: caseId, rule: JSON.stringify(rule), started_on: startedOn, warn_on: clock.warnOn, target_on: clock.targetOn, legal_on: clock.legalOn,
  }).execute();
  return clock.legalOn;
}

async function change(context: Context, caseId: string, alter: (row: Stored & { paused_since: string | null }, calendar: WorkCalendar) => Partial<{ rule: ClockRule; startedOn: Day; pauses: ClockFacts['pauses']; extensions: ClockFacts['extensions']; stoppedOn: Day | null }> | null): Promise<Clock> {
  const { db, office, today } = context;
  const row = await db.selectFrom('clock').selectAll().where('office_id', '=', office.id).where('case_id', '=', caseId).forUpdate().executeTakeFirst();
  if (!row) throw notFound();
  const calendar = await officeCalendar(db, office);
  const altered = alter(row, calendar);
  const next = {
    rule: altered?.rule ?? row.rule, started_on: altered?.startedOn ?? row.started_on, pauses: altered?.pauses ?? row.pauses, extensions: altered?.extensions ?? row.extensions,
    stopped_on: altered?.stoppedOn === undefined ? row.stopped_on : altered.stoppedOn,
  };
  const clock = clockFrom(next, calendar, today);
  await db.updateTable('clock').set({
    rule: JSON.stringify(next.rule), started_on: next.started_on, pauses: JSON.stringify(next.pauses), extensions: JSON.stringify(next.extensions), stopped_on: next.stopped_on,
    warn_on: clock.warnOn, target_on: clock.targetOn, legal_on: clock.legalOn, paused_since: clock.pausedSince,
  }).where('office_id', '=', office.id).where('case_id', '=', caseId).execute();
  return clock;
}

/** Stands still from today while the petitioner is waited for (where the rule knows a pause). */
export const pauseClock = (context: Context, caseId: string): Promise<Clock> =>
  change(context, caseId, (row) => ({ pauses: [...(row.pauses as ClockFacts['pauses']), { from: context.today, until: null }] }));

/** Runs on from today. */
export const resumeClock = (context: Context, caseId: string): Promise<Clock> =>
  change(context, caseId, (row) => ({ pauses: (row.pauses as ClockFacts['pauses']).map((pause) => (pause.until === null ? { ...pause, until: context.today } : pause)) }));

/** Extends within the cap of the rule; refuses with 422 at `days` (or `reason`) otherwise. Answers with the new legal day. */
export async function extendClock(context: Context, caseId: string, days: number, reason: string): Promise<Day> {
  const clock = await change(context, caseId, (row, calendar) => {
    const extension = { days, on: context.today, reason };
    const extended = extend(row.rule as ClockRule, factsOf(row, context.today), extension, calendar);
    if (!extended.ok) throw wrong({ [extended.refusal.code === 'reason' ? 'reason' : 'days']: extended.refusal });
    return { extensions: [...(row.extensions as ClockFacts['extensions']), extension] };
  });
  return clock.legalOn;
}

export const stopClock = (context: Context, caseId: string): Promise<Clock> => change(context, caseId, () => ({ stoppedOn: context.today }));

/** Begins anew today under the rule now in force: a matter that was reopened. */
export async function restartClock(context: Context, caseId: string, kind: ClockKind): Promise<void> {
  const rule = findClockRule(context.office.jurisdiction, kind, context.today);
  if (!rule) throw new Error(`no clock rule ${kind}`);
  await change(context, caseId, () => ({ rule, startedOn: context.today, pauses: [], extensions: [], stoppedOn: null }));
}

/** Computes every running clock of the office anew, after its closing days changed; answers how many moved. */
export async function moveRunningClocks(context: Context): Promise<number> {
  const { db, office, today } = context;
  const calendar = await officeCalendar(db, office);
  const rows = await db.selectFrom('clock').selectAll().where('office_id', '=', office.id).where('stopped_on', 'is', null).execute();
  let moved = 0;
  for (const row of rows) {
    const clock = clockFrom(row, calendar, today);
    if (clock.legalOn === row.legal_on && clock.targetOn === row.target_on && clock.warnOn === row.warn_on) continue;
    moved++;
    await db.updateTable('clock').set({ warn_on: clock.warnOn, target_on: clock.targetOn, legal_on: clock.legalOn }).where('office_id', '=', office.id).where('case_id', '=', row.case_id).execute();
  }
  return moved;
}
