import { sql } from '../../core/database.ts';
import { dayIn } from '../../core/day.ts';
import type { Context } from '../../core/operation.ts';
import { notFound, Refusal, wrong } from '../../core/refusal.ts';
import type { NewEngagement, Reach } from './engagement.ts';
import { applyChange, countChange, insertEngagement, participantsOf, type EngagementRow } from './engagement-write.server.ts';
import { addOccurrences, bookResources, clearOccurrences, exceptionsOf, occurrencesOf, resourcesOf, writeOccurrences } from './occurrence.server.ts';
import { endFrom, expandSeries, movedBy, movedRule, readRule, splitRule, wallDistance, writeRule } from './recurrence.ts';

const seriesOf = (row: EngagementRow) => ({ rule: row.rule, startsAt: row.starts_at, endsAt: row.ends_at, isAllDay: row.is_all_day, timeZone: row.time_zone, droppedAt: row.dropped_at });
/** The rule without where it ends, so that two can be compared. */
const rhythm = (rule: string): string => writeRule(new Map([...readRule(rule)].filter(([name]) => name !== 'COUNT' && name !== 'UNTIL').toSorted()));

/** Whether the series has an occurrence that by its rule starts then. */
export const isOccurrence = (row: EngagementRow, at: Date): boolean => expandSeries(seriesOf(row), new Date(at.getTime() + 1)).some((span) => span.recurrenceAt.getTime() === at.getTime());

const asNew = (row: EngagementRow): NewEngagement => ({
  calendarId: row.calendar_id, kind: row.kind as NewEngagement['kind'], title: row.title, detail: row.detail, place: row.place, startsAt: row.starts_at, endsAt: row.ends_at, isAllDay: row.is_all_day, travelBefore: row.travel_before_min, travelAfter: row.travel_after_min,
  preparation: row.preparation_min, rule: row.rule, skipsClosingDays: row.skips_closing, droppedAt: row.dropped_at, state: row.state as 'confirmed', visibility: row.visibility as NonNullable<NewEngagement['visibility']>, publicTitle: row.public_title, isFree: row.is_free, caseId: row.case_id,
  source: row.source as NonNullable<NewEngagement['source']>, timeZone: row.time_zone, organizerEmail: row.organizer_email, organizerName: row.organizer_name,
});
async function withPeople(context: Context, row: EngagementRow, given: Partial<NewEngagement>): Promise<NewEngagement> {
  const [people, resourceIds] = [await participantsOf(context, row.id), await resourcesOf(context, row.id)];
  return { ...asNew(row), participants: people.map((one) => ({ personId: one.person_id, partyId: one.party_id, name: one.name, email: one.email, role: one.role as 'required' })), resourceIds, ...given };
}

/** Makes one occurrence of a series an engagement of its own within it. */
async function makeException(context: Context, row: EngagementRow, at: Date, given: Partial<NewEngagement>): Promise<string> {
  await context.db.deleteFrom('occurrence').where('office_id', '=', context.office.id).where('engagement_id', '=', row.id).where('recurrence_at', '=', at).execute();
  const whole = await withPeople(context, row, { startsAt: at, endsAt: endFrom(seriesOf(row), at), ...given, rule: '', droppedAt: [], skipsClosingDays: false });
  await context.db.deleteFrom('booking').where('office_id', '=', context.office.id).where('engagement_id', '=', row.id).where('recurrence_at', '=', at).execute();
  const id = context.newId();
  await insertEngagement(context, whole, { id, uid: row.uid, seriesId: row.id, recurrenceAt: at });
  await context.db.updateTable('engagement').set((eb) => ({ version: eb('version', '+', 1), changed_at: context.now, changed_by: context.caller.personId })).where('office_id', '=', context.office.id).where('id', '=', row.id).execute();
  context.record({ name: given.startsAt || given.endsAt ? 'engagement.moved' : 'engagement.changed', nounId: row.id, caseId: row.case_id, data: { calendar: row.calendar_id, at: at.toISOString() } });
  return id;
}

/** Exceptions follow their series to another time or into another series. */
async function carryExceptions(context: Context, from: EngagementRow, to: { id: string; uid: string }, minutes: number, since: Date | null): Promise<Date[]> {
  const { db, office } = context;
  const rows = await db.selectFrom('engagement').select(['id', 'recurrence_at']).where('office_id', '=', office.id).where('series_id', '=', from.id).$if(since !== null, (query) => query.where('recurrence_at', '>=', since!)).orderBy('recurrence_at', minutes > 0 ? 'desc' : 'asc').execute();
  const carried: Date[] = [];
  for (const row of rows) {
    const at = movedBy(row.recurrence_at!, minutes, from.time_zone);
    carried.push(at);
    if (minutes === 0 && to.id === from.id) continue;
    await db.updateTable('engagement').set({ series_id: to.id, uid: to.uid, recurrence_at: at }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
    for (const table of ['occurrence', 'booking'] as const) await db.updateTable(table).set({ recurrence_at: at }).where('office_id', '=', office.id).where('engagement_id', '=', row.id).execute();
  }
  return carried;
}

/** Changes one occurrence, it and the following, or all of a series; times are those of the occurrence that was taken in hand. Answers with the engagement that now holds it. */
export async function changeOccurrence(context: Context, row: EngagementRow, at: Date | null, reach: Reach, given: Partial<NewEngagement>): Promise<string> {
  if (row.rule === '') return (await applyChange(context, row, given)).id;
  const first = at ?? row.starts_at;
  if (at && !isOccurrence(row, at)) throw notFound();
  if (reach === 'this') {
    const other = await context.db.selectFrom('engagement').selectAll().where('office_id', '=', context.office.id).where('series_id', '=', row.id).where('recurrence_at', '=', first).forUpdate().executeTakeFirst();
    return other ? (await applyChange(context, other, given)).id : makeException(context, row, first, given);
  }
  const passed = reach === 'all' || expandSeries(seriesOf(row), first).length === 0 ? null : first;
  const minutes = given.startsAt ? wallDistance(first, given.startsAt, row.time_zone) : 0;
  const start = movedBy(passed ?? row.starts_at, minutes, row.time_zone);
  const like = { startsAt: given.startsAt ?? first, endsAt: given.endsAt ?? endFrom(seriesOf(row), first), isAllDay: given.isAllDay ?? row.is_all_day, timeZone: row.time_zone };
  const kept = passed ? splitRule(seriesOf(row), passed) : { before: '', after: row.rule };
  const isSameRhythm = given.rule === undefined || (given.rule !== '' && rhythm(given.rule) === rhythm(row.rule));
  // What the form still says of the whole series' end is cut with it, unless it was changed there.
  const wanted = given.rule === undefined || given.rule === row.rule ? kept.after : given.rule;
  const rule = isSameRhythm ? movedRule(wanted, dayIn(row.time_zone, passed ?? row.starts_at), dayIn(row.time_zone, start)) : wanted;
  if (rule === null) throw wrong({ startsOn: { key: 'field.rule_move' } });
  const shifted = (list: readonly Date[]): Date[] => list.map((one) => movedBy(one, minutes, row.time_zone));
  if (!passed) {
    const exceptions = await carryExceptions(context, row, row, minutes, null);
    return (await applyChange(context, row, { ...given, startsAt: start, endsAt: endFrom(like, start), rule, droppedAt: shifted(row.dropped_at) }, rule === '' ? [] : exceptions)).id;
  }
  const whole = await withPeople(context, row, given);
  const id = context.newId();
  const uid = `${id}@${context.office.slug}`;
  const held = await exceptionsOf(context, row.id);
  await applyChange(context, row, { rule: kept.before, droppedAt: row.dropped_at.filter((one) => one < passed) }, held.filter((one) => one < passed));
  const carried = held.filter((one) => one >= passed).map((one) => movedBy(one, minutes, row.time_zone));
  await insertEngagement(context, { ...whole, startsAt: start, endsAt: endFrom(like, start), rule, droppedAt: shifted(row.dropped_at.filter((one) => one >= passed)) }, { id, uid, seriesId: null, recurrenceAt: null }, carried);
  await carryExceptions(context, row, { id, uid }, minutes, passed);
  context.record({ name: 'engagement.added', nounId: id, caseId: row.case_id, data: { calendar: row.calendar_id, kind: row.kind, source: row.source, after: row.id } });
  return id;
}

/** Drops one occurrence of a series, or it and those that follow; answers false where nothing would be left, so that the whole is to be cancelled. */
export async function dropOccurrence(context: Context, row: EngagementRow, at: Date, reach: 'this' | 'following', reason: string): Promise<boolean> {
  const { db, office, caller, now } = context;
  const exceptions = await db.selectFrom('engagement').select(['id', 'recurrence_at']).where('office_id', '=', office.id).where('series_id', '=', row.id).where('recurrence_at', reach === 'this' ? '=' : '>=', at).execute();
  if (exceptions.length === 0 && !isOccurrence(row, at)) throw notFound();
  if (reach === 'following' && expandSeries(seriesOf(row), at).length === 0) return false;
  for (const one of exceptions) {
    await db.updateTable('engagement').set((eb) => ({ state: 'cancelled', cancelled_reason: reason, changed_by: caller.personId, changed_at: now, version: eb('version', '+', 1) })).where('office_id', '=', office.id).where('id', '=', one.id).execute();
    await clearOccurrences(context, one.id);
  }
  const set = reach === 'this' ? { dropped_at: [...row.dropped_at, at] } : { rule: splitRule(seriesOf(row), at).before };
  const next: EngagementRow = { ...row, ...set };
  await db.updateTable('engagement').set((eb) => ({ ...set, version: eb('version', '+', 1), sequence: eb('sequence', '+', 1), changed_by: caller.personId, changed_at: now })).where('office_id', '=', office.id).where('id', '=', row.id).execute();
  const { spans } = await occurrencesOf(context, next, await exceptionsOf(context, row.id));
  await writeOccurrences(context, next, spans, await participantsOf(context, row.id), await resourcesOf(context, row.id));
  await countChange(context, row);
  context.record({ name: 'engagement.dropped', nounId: row.id, caseId: row.case_id, data: { calendar: row.calendar_id, at: at.toISOString(), following: reach === 'following' } });
  return true;
}

/** Series without an end are written down further, those whose last occurrences lie nearer than three years less a month. */
export async function rollSeries(context: Context): Promise<number> {
  const { db, office, now } = context;
  const { rows } = await sql<{ id: string }>`select e.id from engagement e where e.office_id = ${office.id} and e.rule <> '' and e.state <> 'cancelled' and e.rule not like '%UNTIL=%' and e.rule not like '%COUNT=%'
    and not exists (select 1 from occurrence o where o.office_id = e.office_id and o.engagement_id = e.id and o.starts_at > ${new Date(now.getTime() + (3 * 365 - 30) * 86_400_000)}) limit 2000`.execute(db);
  let rolled = 0;
  for (const { id } of rows) {
    const row = await db.selectFrom('engagement').selectAll().where('office_id', '=', office.id).where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
    const last = await db.selectFrom('occurrence').select((eb) => eb.fn.max('recurrence_at').as('at')).where('office_id', '=', office.id).where('engagement_id', '=', id).executeTakeFirst();
    const { spans, closed } = await occurrencesOf(context, row, await exceptionsOf(context, id));
    const more = spans.filter((span) => !last?.at || span.recurrenceAt > last.at);
    if (closed.length > 0) await db.updateTable('engagement').set({ dropped_at: [...row.dropped_at, ...closed] }).where('office_id', '=', office.id).where('id', '=', id).execute();
    if (more.length === 0) continue;
    await addOccurrences(context, row, more, await participantsOf(context, id));
    const resourceIds = await resourcesOf(context, id);
    await sql`savepoint room`.execute(db);
    try {
      await bookResources(context, row, more, resourceIds);
    } catch (error) {
      // In three years somebody else has the room: the series goes on without it.
      if (!(error instanceof Refusal)) throw error;
      await sql`rollback to savepoint room`.execute(db);
    }
    rolled++;
  }
  return rolled;
}
