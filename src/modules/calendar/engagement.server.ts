import { z } from 'zod';
import { choice, id, optionalMoment, optionalText, seenVersion, text } from '../../core/input.ts';
import { nextState } from '../../core/lifecycle.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow } from '../../core/refusal.ts';
import { calendarsOf, keepCalendar } from './calendar.server.ts';
import { findConflicts, type Conflict } from './conflict.server.ts';
import { engagementLifecycle, reaches, replies, usual, type EngagementKind, type EngagementState, type NewEngagement } from './engagement.ts';
import { engagementFields, engagementOf, timesOf, whenFields } from './engagement-input.ts';
import { changeOccurrence, dropOccurrence } from './engagement-series.server.ts';
import { addEngagement, cancelEngagement, countChange, lockEngagement, participantsOf, type EngagementRow } from './engagement-write.server.ts';
import { exceptionsOf, occurrencesOf, resourcesOf, writeOccurrences } from './occurrence.server.ts';
import { endFrom, expandSeries, firstByRule, settleRule } from './recurrence.ts';

export const ConflictView = z.object({
  kind: z.enum(['person', 'resource']), calendarId: z.string().nullable(), resourceId: z.string().nullable(), who: z.string(), engagementId: z.string(), title: z.string().nullable(), startsAt: z.date(), endsAt: z.date(), isTentative: z.boolean(),
});
const Done = z.object({ id: z.string(), conflicts: z.array(ConflictView) });
/** Conflicts of a series are looked for in so many of its next occurrences. */
const looked = 60;

/** What stands in the way of an engagement as it is to be: people of its calendars, rooms and cars; of a series in its next occurrences. */
export async function conflictsOf(context: Context, given: NewEngagement, exceptIds: readonly string[] = []): Promise<Conflict[]> {
  const { now, office } = context;
  const series = { rule: given.rule ?? '', startsAt: given.startsAt, endsAt: given.endsAt, isAllDay: given.isAllDay ?? false, timeZone: given.timeZone ?? office.jurisdiction.timeZone, droppedAt: given.droppedAt ?? [] };
  const spans = series.rule === '' ? [series] : expandSeries(series, new Date(Math.max(now.getTime(), given.startsAt.getTime()) + 400 * 86_400_000)).filter((one) => one.endsAt >= now).slice(0, looked);
  const [before, after] = [(given.travelBefore ?? 0) + (given.preparation ?? 0), given.travelAfter ?? 0];
  const times = spans.map((one) => ({ from: new Date(one.startsAt.getTime() - before * 60_000), until: new Date(one.endsAt.getTime() + after * 60_000) }));
  const people = (given.participants ?? []).flatMap((one) => (one.personId && one.role !== 'informed' ? [one.personId] : []));
  const calendarIds = given.isFree ? [] : [...new Set([given.calendarId, ...(await calendarsOf(context, people)).values()])];
  const persons = await findConflicts(context, times, { calendarIds, resourceIds: [], exceptIds });
  const rooms = await findConflicts(context, spans.map((one) => ({ from: one.startsAt, until: one.endsAt })), { calendarIds: [], resourceIds: given.resourceIds ?? [], exceptIds });
  return [...persons, ...rooms];
}

/** Refuses with 409 where people's time is firmly taken, unless it was said that it is entered nevertheless; rooms and cars the writing itself refuses. */
function minding(conflicts: readonly Conflict[], nevertheless: boolean): Conflict[] {
  const firm = conflicts.filter((one) => one.kind === 'person' && !one.isTentative);
  if (firm.length > 0 && !nevertheless) throw notNow('error.engagement_conflict', { who: [...new Set(firm.map((one) => one.who))].join(', ') }, { conflicts });
  return [...conflicts];
}
const checkVersion = (row: EngagementRow, version: number | null | undefined): void => {
  if (version && version !== row.version) throw notNow('error.changed_meanwhile', {}, { id: row.id, version: row.version, title: row.title, place: row.place, startsAt: row.starts_at, endsAt: row.ends_at, detail: row.detail });
};
/** The engagement to be changed, locked, by somebody who keeps its calendar. */
async function beginChange(context: Context, engagementId: string, version?: number | null): Promise<EngagementRow> {
  const row = await lockEngagement(context, engagementId);
  await keepCalendar(context, row.calendar_id);
  checkVersion(row, version);
  return row;
}
const familyOf = async ({ db, office }: Context, row: EngagementRow): Promise<string[]> => [row.id, ...(await db.selectFrom('engagement').select('id').where('office_id', '=', office.id).where('series_id', '=', row.id).execute()).map((one) => one.id)];
const zoneOf = (context: Context): string => context.office.jurisdiction.timeZone;

/** A form says Monday and „every Tuesday“: the series begins on the first Tuesday. */
function atFirst(given: NewEngagement, timeZone: string): NewEngagement {
  if (!given.rule) return given;
  const rule = settleRule(given.rule, { isAllDay: given.isAllDay ?? false, timeZone });
  const series = { rule, startsAt: given.startsAt, endsAt: given.endsAt, isAllDay: given.isAllDay ?? false, timeZone, droppedAt: [] };
  const startsAt = firstByRule(series);
  return { ...given, rule, startsAt, endsAt: endFrom(series, startsAt) };
}

export const addToCalendar = operation({
  id: 'engagement.add', kind: 'command', rest: 'POST /engagements', allow: ['staff'],
  summary: 'Enters an engagement or a series into a calendar that one keeps. Times are of the office’s clock; a room or car that is given already refuses it, and so does somebody’s taken time unless `nevertheless` is said.',
  input: z.object({ calendarId: id(), ...engagementFields }),
  output: Done,
  async run(context, input) {
    await keepCalendar(context, input.calendarId);
    const given = atFirst({ calendarId: input.calendarId, ...engagementOf(input, zoneOf(context)) }, zoneOf(context));
    await checkCase(context, given.caseId ?? null);
    const conflicts = minding(await conflictsOf(context, given), input.nevertheless);
    return { id: await addEngagement(context, given), conflicts };
  },
});

async function checkCase({ db, office }: Context, caseId: string | null): Promise<void> {
  if (!caseId) return;
  const file = await db.selectFrom('case_file').select('id').where('office_id', '=', office.id).where('id', '=', caseId).executeTakeFirst();
  if (!file) throw notFound();
}

export const changeInCalendar = operation({
  id: 'engagement.change', kind: 'command', rest: 'PUT /engagements/{id}', allow: ['staff'],
  summary: 'Changes an engagement; of a series the occurrence that begins at `recurrenceAt`, it and the following, or all of them. What is not said is empty afterwards.',
  input: z.object({ id: id(), recurrenceAt: optionalMoment(), which: choice(reaches).default('this'), version: seenVersion().nullish(), ...engagementFields }),
  output: Done,
  async run(context, input) {
    const row = await beginChange(context, input.id, input.version);
    const { caseId, ...given } = engagementOf(input, row.time_zone);
    if (caseId !== null && caseId !== row.case_id) await checkCase(context, caseId ?? null);
    // Where it comes from and which case it belongs to is not taken from it by a form that does not say so.
    const patch = { ...given, caseId: caseId ?? row.case_id };
    const isSeries = row.rule !== '' && input.which !== 'this';
    const conflicts = minding(await conflictsOf(context, { ...patch, calendarId: row.calendar_id, rule: isSeries || row.rule === '' ? patch.rule : '' }, await familyOf(context, row)), input.nevertheless);
    return { id: await changeOccurrence(context, row, input.recurrenceAt, input.which, patch), conflicts };
  },
});

export const moveEngagement = operation({
  id: 'engagement.move', kind: 'command', rest: 'POST /engagements/{id}/move', allow: ['staff'],
  summary: 'Moves an engagement, or stretches it; of a series one occurrence, it and the following, or all. Without an end it lasts as long as before.',
  input: z.object({ id: id(), recurrenceAt: optionalMoment(), which: choice(reaches).default('this'), version: seenVersion().nullish(), ...whenFields, isAllDay: z.union([z.boolean(), z.string().transform((value) => ['on', '1', 'true'].includes(value))]).optional(), nevertheless: engagementFields.nevertheless }),
  output: Done,
  async run(context, input) {
    const row = await beginChange(context, input.id, input.version);
    const isAllDay = input.isAllDay ?? row.is_all_day;
    const { startsAt, endsAt } = timesOf({ ...input, isAllDay, startsTime: input.startsTime }, row.time_zone, usual[row.kind as EngagementKind].minutes);
    const keepsLength = !input.endsTime && !input.endsOn && isAllDay === row.is_all_day;
    const like = { startsAt: row.starts_at, endsAt: row.ends_at, isAllDay, timeZone: row.time_zone };
    const patch = { startsAt, endsAt: keepsLength ? endFrom(like, startsAt) : endsAt, isAllDay };
    const participants = (await participantsOf(context, row.id)).map((one) => ({ personId: one.person_id, role: one.role as 'required' }));
    const asked = { calendarId: row.calendar_id, kind: row.kind as EngagementKind, title: row.title, ...patch, travelBefore: row.travel_before_min, travelAfter: row.travel_after_min, preparation: row.preparation_min, isFree: row.is_free, participants };
    const conflicts = minding(await conflictsOf(context, asked, await familyOf(context, row)), input.nevertheless);
    return { id: await changeOccurrence(context, row, input.recurrenceAt, input.which, patch), conflicts };
  },
});

export const askConflicts = operation({
  id: 'engagement.conflicts', kind: 'query', allow: ['staff'],
  summary: 'What would stand in the way of an engagement as a form says it: people’s taken time, rooms and cars.',
  input: z.object({ calendarId: id(), exceptId: id().nullish(), ...engagementFields, title: z.string().default('') }),
  output: z.object({ conflicts: z.array(ConflictView) }),
  async run(context, input) {
    await keepCalendar(context, input.calendarId);
    const given = atFirst({ calendarId: input.calendarId, ...engagementOf(input, zoneOf(context)) }, zoneOf(context));
    return { conflicts: await conflictsOf(context, given, input.exceptId ? [input.exceptId] : []) };
  },
});

/** Writes the times of an engagement anew, with its state and those who take part as they are now. */
async function rewrite(context: Context, row: EngagementRow): Promise<void> {
  const { spans } = await occurrencesOf(context, row, row.rule === '' ? [] : await exceptionsOf(context, row.id));
  await writeOccurrences(context, row, spans, await participantsOf(context, row.id), await resourcesOf(context, row.id));
}

export const confirmEngagement = operation({
  id: 'engagement.confirm', kind: 'command', rest: 'POST /engagements/{id}/confirm', allow: ['staff'],
  summary: 'What was tentative stands; its rooms and cars are given to it now.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, caller, now } = context;
    const row = await beginChange(context, input.id);
    const state = nextState(engagementLifecycle, row.state as EngagementState, 'confirm');
    await db.updateTable('engagement').set({ state, version: row.version + 1, sequence: row.sequence + 1, changed_by: caller.personId, changed_at: now }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
    await rewrite(context, { ...row, state });
    await countChange(context, row);
    context.record({ name: 'engagement.confirmed', nounId: row.id, caseId: row.case_id, data: { calendar: row.calendar_id } });
    return { id: row.id };
  },
});

export const cancelInCalendar = operation({
  id: 'engagement.cancel', kind: 'command', rest: 'POST /engagements/{id}/cancel', allow: ['staff'],
  summary: 'Cancels an engagement with a reason; of a series the occurrence that begins at `recurrenceAt`, it and the following, or all.',
  input: z.object({ id: id(), recurrenceAt: optionalMoment(), which: choice(reaches).default('this'), version: seenVersion().nullish(), reason: text(500) }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const row = await beginChange(context, input.id, input.version);
    nextState(engagementLifecycle, row.state as EngagementState, 'cancel');
    const series = row.series_id ? await lockEngagement(context, row.series_id) : row;
    const at = row.recurrence_at ?? input.recurrenceAt ?? row.starts_at;
    const isPart = series.rule !== '' && input.which !== 'all' && (await dropOccurrence(context, series, at, input.which, input.reason));
    if (!isPart) await cancelEngagement(context, series.id, input.reason);
    return { id: series.id };
  },
});

export const answerEngagement = operation({
  id: 'engagement.answer', kind: 'command', rest: 'POST /engagements/{id}/answer', allow: ['staff'],
  summary: 'One of the staff who is asked to take part says yes, perhaps or no; with no their time is free again.',
  input: z.object({ id: id(), reply: choice(['accepted', 'tentative', 'declined']), comment: optionalText(500) }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const row = await lockEngagement(context, input.id);
    if (row.state === 'cancelled') throw notNow();
    const people = await participantsOf(context, row.id);
    const own = people.find((one) => one.person_id === context.caller.personId) ?? people.find((one) => one.person_id !== null && context.caller.marks.includes(one.person_id));
    if (!own) throw notAllowed();
    await setReply(context, row, own.id, { reply: input.reply, comment: input.comment, way: 'system', delegatedTo: '' });
    return { id: row.id };
  },
});

export type Said = { reply: (typeof replies)[number]; comment: string; way: 'system' | 'client' | 'mail' | 'link' | 'hand'; delegatedTo: string; sequence?: number };
/** Takes a participant's reply, and gives or takes the time of one of the staff by it. */
export async function setReply(context: Context, row: EngagementRow, participantId: string, said: Said): Promise<void> {
  const { db, office, caller, now } = context;
  await db.updateTable('participant').set({ reply: said.reply, comment: said.comment, delegated_to: said.delegatedTo, replied_at: now, reply_way: said.way, reply_by: caller.personId, reply_sequence: said.sequence ?? row.sequence }).where('office_id', '=', office.id).where('id', '=', participantId).execute();
  await rewrite(context, row);
  await countChange(context, row);
  context.record({ name: 'engagement.answered', nounId: row.id, caseId: row.case_id, data: { participant: participantId, reply: said.reply, way: said.way } });
}

export const markParticipant = operation({
  id: 'participant.mark', kind: 'command', rest: 'POST /participants/{id}/mark', allow: ['staff'],
  summary: 'Who keeps the calendar notes a reply that came by telephone or word of mouth.',
  input: z.object({ id: id(), reply: choice(replies), comment: optionalText(500), delegatedTo: optionalText(200) }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office } = context;
    const one = await db.selectFrom('participant').select(['id', 'engagement_id']).where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!one) throw notFound();
    const row = await beginChange(context, one.engagement_id);
    if (row.state === 'cancelled') throw notNow();
    await setReply(context, row, one.id, { reply: input.reply, comment: input.comment, way: 'hand', delegatedTo: input.delegatedTo });
    return { id: one.id };
  },
});
