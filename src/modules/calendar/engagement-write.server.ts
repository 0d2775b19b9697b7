import type { Selectable } from 'kysely';
import type { Engagement, Participant } from '../../../db/types.ts';
import { sql } from '../../core/database.ts';
import { nextState } from '../../core/lifecycle.ts';
import type { Context } from '../../core/operation.ts';
import { notAllowed, notFound, wrong } from '../../core/refusal.ts';
import { indexSearch } from '../../core/search.ts';
import { seesPrivate } from './calendar.server.ts';
import { engagementLifecycle, type EngagementState, type NewEngagement, type NewParticipant } from './engagement.ts';
import { withdrawInvitations } from './invitation-mail.server.ts';
import { clearOccurrences, exceptionsOf, occurrencesOf, resourcesOf, writeOccurrences } from './occurrence.server.ts';
import { settleRule } from './recurrence.ts';

export type EngagementRow = Selectable<Engagement>;
export type ParticipantRow = Selectable<Participant>;
const daysAtMost = 400;

/** One of the office's engagements as the caller may read it, locked until the end of the transaction; refuses with 404. */
export async function lockEngagement({ db, office }: Pick<Context, 'db' | 'office'>, engagementId: string): Promise<EngagementRow> {
  const row = await db.selectFrom('engagement').selectAll().where('office_id', '=', office.id).where('id', '=', engagementId).forUpdate().executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

export const participantsOf = ({ db, office }: Pick<Context, 'db' | 'office'>, engagementId: string): Promise<ParticipantRow[]> =>
  db.selectFrom('participant').selectAll().where('office_id', '=', office.id).where('engagement_id', '=', engagementId).orderBy('id').execute();

/** Counts a change in the calendar for those who follow it; the row of the calendar is locked until the commit, so this comes last. */
export async function countChange({ db, office, now }: Pick<Context, 'db' | 'office' | 'now'>, row: Pick<EngagementRow, 'calendar_id' | 'id' | 'series_id' | 'uid'>, isGone = false): Promise<void> {
  const { change_number: number } = await db.updateTable('calendar').set((eb) => ({ change_number: eb('change_number', '+', 1) })).where('office_id', '=', office.id).where('id', '=', row.calendar_id).returning('change_number').executeTakeFirstOrThrow();
  await db.insertInto('calendar_change').values({ office_id: office.id, calendar_id: row.calendar_id, number, engagement_id: row.series_id ?? row.id, uid: row.uid, is_gone: isGone, at: now }).execute();
}

/** Only what the whole staff may read is found by its words; of what is hidden later nothing stays. */
async function indexEngagement(context: Context, row: EngagementRow, isNew: boolean): Promise<void> {
  const isOpen = row.visibility === 'public' || row.visibility === 'internal';
  if (row.series_id !== null || (isNew && !isOpen)) return;
  await indexSearch(context, { id: row.id, isNew, noun: 'engagement', caseId: row.case_id, title: isOpen ? row.title : '', detail: isOpen ? row.place : '', text: isOpen ? [row.title, row.place, row.public_title, row.detail].join(' ') : '', at: row.starts_at });
}

const checkTimes = (startsAt: Date, endsAt: Date): void => {
  if (endsAt < startsAt) throw wrong({ endsAt: { key: 'field.time_order' } });
  if (endsAt.getTime() - startsAt.getTime() > daysAtMost * 86_400_000) throw wrong({ endsAt: { key: 'field.time_long', args: { max: daysAtMost } } });
};

/** The participants with the names of those who are known; refuses with 422 who is not of this office. */
async function namedParticipants({ db, office }: Context, given: readonly NewParticipant[]): Promise<Required<NewParticipant>[]> {
  const ids = (key: 'personId' | 'partyId'): string[] => [...new Set(given.map((one) => one[key]).filter((one): one is string => Boolean(one)))];
  const [personIds, partyIds] = [ids('personId'), ids('partyId')];
  const people = personIds.length === 0 ? [] : await db.selectFrom('person').select(['id', 'name', 'email']).where('office_id', '=', office.id).where('id', 'in', personIds).execute();
  const parties = partyIds.length === 0 ? [] : await db.selectFrom('party').select(['id', 'name', 'email']).where('office_id', '=', office.id).where('id', 'in', partyIds).execute();
  if (people.length < personIds.length || parties.length < partyIds.length) throw wrong({ participants: { key: 'field.choose' } });
  return given.map((one) => {
    const known = people.find((row) => row.id === one.personId) ?? parties.find((row) => row.id === one.partyId);
    return { personId: one.personId ?? null, partyId: one.partyId ?? null, name: one.name || known?.name || one.email || '', email: one.email ?? known?.email ?? null, role: one.role ?? 'required' };
  });
}
const keyOf = (one: { personId: string | null; partyId: string | null; email: string | null; name: string }): string => one.personId ?? one.partyId ?? one.email?.toLowerCase() ?? one.name;

async function addParticipants(context: Context, engagementId: string, people: readonly Required<NewParticipant>[]): Promise<void> {
  if (people.length === 0) return;
  const once = [...new Map(people.map((one) => [keyOf(one), one])).values()];
  await context.db.insertInto('participant').values(once.map((one) => ({ office_id: context.office.id, id: context.newId(), engagement_id: engagementId, person_id: one.personId, party_id: one.partyId, name: one.name, email: one.email, role: one.role }))).execute();
}

/** Sets who takes part: who stays keeps the reply, unless the time is another now. */
async function setParticipants(context: Context, engagementId: string, before: readonly ParticipantRow[], given: readonly NewParticipant[]): Promise<void> {
  const { db, office } = context;
  const wanted = await namedParticipants(context, given);
  const keys = new Map(wanted.map((one) => [keyOf(one), one]));
  const known = new Map(before.map((row) => [keyOf({ personId: row.person_id, partyId: row.party_id, email: row.email, name: row.name }), row]));
  const leaving = [...known].filter(([key]) => !keys.has(key)).map(([, row]) => row);
  await withdrawInvitations(context, engagementId, leaving);
  const gone = leaving.map((row) => row.id);
  if (gone.length > 0) await db.deleteFrom('participant').where('office_id', '=', office.id).where('id', 'in', gone).execute();
  for (const [key, row] of known) {
    const one = keys.get(key);
    if (one && one.role !== row.role) await db.updateTable('participant').set({ role: one.role }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
  }
  await addParticipants(context, engagementId, wanted.filter((one) => !known.has(keyOf(one))));
}

/** Enters an engagement (a series, with a rule) with who takes part, its rooms and cars. Whether the caller may is asked before. A room or car that is given already is a 409. */
export async function addEngagement(context: Context, given: NewEngagement): Promise<string> {
  const id = context.newId();
  await insertEngagement(context, given, { id, uid: given.uid ?? `${id}@${context.office.slug}`, seriesId: null, recurrenceAt: null });
  context.record({ name: 'engagement.added', nounId: id, caseId: given.caseId ?? null, data: { calendar: given.calendarId, kind: given.kind, source: given.source ?? 'desk' } });
  return id;
}

export async function insertEngagement(context: Context, given: NewEngagement, place: { id: string; uid: string; seriesId: string | null; recurrenceAt: Date | null }, exceptions: readonly Date[] = []): Promise<EngagementRow> {
  const { db, office, caller, now } = context;
  checkTimes(given.startsAt, given.endsAt);
  const timeZone = given.timeZone ?? office.jurisdiction.timeZone;
  const isAllDay = given.isAllDay ?? false;
  const row: EngagementRow = {
    office_id: office.id, id: place.id, calendar_id: given.calendarId, uid: place.uid, series_id: place.seriesId, recurrence_at: place.recurrenceAt, kind: given.kind, title: given.title, detail: given.detail ?? '', place: given.place ?? '',
    starts_at: given.startsAt, ends_at: given.endsAt, is_all_day: isAllDay, time_zone: timeZone, travel_before_min: given.travelBefore ?? 0, travel_after_min: given.travelAfter ?? 0, preparation_min: given.preparation ?? 0,
    rule: place.seriesId ? '' : settleRule(given.rule ?? '', { isAllDay, timeZone }), dropped_at: given.droppedAt ?? [], skips_closing: given.skipsClosingDays ?? false, state: given.state ?? 'confirmed', visibility: given.visibility ?? (given.kind === 'private' ? 'private' : 'internal'),
    public_title: given.publicTitle ?? '', is_free: given.isFree ?? false, case_id: given.caseId ?? null, source: given.source ?? 'desk', organizer_email: given.organizerEmail ?? null, organizer_name: given.organizerName ?? '', sequence: given.sequence ?? 0, ics: given.ics ?? null,
    version: 1, created_by: caller.personId, created_at: now, changed_by: caller.personId, changed_at: now, cancelled_reason: '',
  };
  const known = await db.selectFrom('calendar').select('id').where('office_id', '=', office.id).where('id', '=', row.calendar_id).executeTakeFirst();
  if (!known) throw wrong({ calendarId: { key: 'field.choose' } });
  const { spans, closed } = await occurrencesOf(context, row, exceptions);
  row.dropped_at = [...row.dropped_at, ...closed];
  await db.insertInto('engagement').values(row).execute();
  const people = await namedParticipants(context, given.participants ?? []);
  await addParticipants(context, row.id, people);
  await writeOccurrences(context, row, spans, people.map((one) => ({ person_id: one.personId, role: one.role, reply: 'needs-action' })), given.resourceIds ?? []);
  await indexEngagement(context, row, true);
  await countChange(context, row);
  return row;
}

const fieldsOf = (given: Partial<NewEngagement>): Partial<EngagementRow> => {
  const fields: Partial<EngagementRow> = {
    calendar_id: given.calendarId, kind: given.kind, title: given.title, detail: given.detail, place: given.place, starts_at: given.startsAt, ends_at: given.endsAt, is_all_day: given.isAllDay, travel_before_min: given.travelBefore, travel_after_min: given.travelAfter,
    preparation_min: given.preparation, rule: given.rule, dropped_at: given.droppedAt, skips_closing: given.skipsClosingDays, state: given.state, visibility: given.visibility, public_title: given.publicTitle, is_free: given.isFree, case_id: given.caseId, time_zone: given.timeZone,
    ics: given.ics, organizer_email: given.organizerEmail, organizer_name: given.organizerName,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<EngagementRow>;
};

/** Changes an engagement as a whole, of a series all of it; whether the caller may is asked before. A cancelled one is a 409, as is a room that is given already. */
export async function changeEngagement(context: Context, engagementId: string, given: Partial<NewEngagement>): Promise<void> {
  await applyChange(context, await lockEngagement(context, engagementId), given);
}

export async function applyChange(context: Context, row: EngagementRow, given: Partial<NewEngagement>, exceptions?: readonly Date[]): Promise<EngagementRow> {
  const { db, office, caller, now } = context;
  const timed = { ...row, ...fieldsOf(given) };
  const isMoved = timed.starts_at.getTime() !== row.starts_at.getTime() || timed.ends_at.getTime() !== row.ends_at.getTime();
  nextState(engagementLifecycle, row.state as EngagementState, isMoved ? 'move' : 'change');
  checkTimes(timed.starts_at, timed.ends_at);
  const rule = row.series_id ? '' : settleRule(timed.rule, { isAllDay: timed.is_all_day, timeZone: timed.time_zone });
  const isOther = isMoved || rule !== row.rule || timed.place !== row.place;
  const next: EngagementRow = { ...timed, rule, version: row.version + 1, sequence: given.sequence ?? row.sequence + (isOther ? 1 : 0), changed_by: caller.personId, changed_at: now };
  if (next.visibility === 'private' && row.visibility !== 'private' && !(await seesPrivate(context, next.calendar_id))) throw notAllowed();
  const otherwise = exceptions ?? (rule === '' ? [] : await exceptionsOf(context, row.id));
  const { spans, closed } = await occurrencesOf(context, next, otherwise);
  next.dropped_at = [...next.dropped_at, ...closed];
  const { office_id: _office, id: _id, created_at: _at, ...set } = next;
  const changed = await db.updateTable('engagement').set(set).where('office_id', '=', office.id).where('id', '=', row.id).returning('id').executeTakeFirst();
  if (!changed) throw notFound();
  const resourceIds = given.resourceIds ?? (await resourcesOf(context, row.id));
  if (given.participants) await setParticipants(context, row.id, await participantsOf(context, row.id), given.participants);
  // To another time nobody has agreed yet.
  if (isMoved) await db.updateTable('participant').set({ reply: 'needs-action', replied_at: null, reply_way: null, reply_by: null }).where('office_id', '=', office.id).where('engagement_id', '=', row.id).where('reply', 'in', ['accepted', 'tentative']).execute();
  await writeOccurrences(context, next, spans, await participantsOf(context, row.id), resourceIds);
  if (next.title !== row.title || next.place !== row.place || next.visibility !== row.visibility || next.detail !== row.detail) await indexEngagement(context, next, false);
  if (next.calendar_id !== row.calendar_id) await countChange(context, row, true);
  await countChange(context, next);
  context.record({ name: isMoved ? 'engagement.moved' : 'engagement.changed', nounId: row.id, caseId: next.case_id, data: { calendar: next.calendar_id } });
  return next;
}

/** Cancels an engagement, of a series all of it: its times are free again, and what it was stays readable with the reason. */
export async function cancelEngagement(context: Context, engagementId: string, reason: string): Promise<void> {
  const { db, office, caller, now } = context;
  const row = await lockEngagement(context, engagementId);
  const state = nextState(engagementLifecycle, row.state as EngagementState, 'cancel');
  const set = { state, cancelled_reason: reason, changed_by: caller.personId, changed_at: now };
  const rows = await db.updateTable('engagement').set((eb) => ({ ...set, version: eb('version', '+', 1), sequence: eb('sequence', '+', 1) })).where('office_id', '=', office.id).where((eb) => eb.or([eb('id', '=', row.id), eb('series_id', '=', row.id)])).where('state', '<>', 'cancelled').returning('id').execute();
  for (const one of rows) await clearOccurrences(context, one.id);
  await countChange(context, row, row.series_id === null);
  context.record({ name: 'engagement.cancelled', nounId: row.id, caseId: row.case_id, data: { calendar: row.calendar_id } });
}

export type EngagementHead = { id: string; calendarId: string; kind: string; title: string; startsAt: Date; endsAt: Date; place: string; state: EngagementState };
/** The engagement of a case that stands, the next one to come first; null where there is none. */
export async function findEngagementOfCase({ db, office, now }: Pick<Context, 'db' | 'office' | 'now'>, caseId: string): Promise<EngagementHead | null> {
  const row = await db.selectFrom('engagement').select(['id', 'calendar_id', 'kind', 'title', 'starts_at', 'ends_at', 'place', 'state']).where('office_id', '=', office.id).where('case_id', '=', caseId).where('state', '<>', 'cancelled')
    .orderBy(sql`starts_at < ${now}`).orderBy(sql`abs(extract(epoch from starts_at - ${now}::timestamptz))`).limit(1).executeTakeFirst();
  return row ? { id: row.id, calendarId: row.calendar_id, kind: row.kind, title: row.title, startsAt: row.starts_at, endsAt: row.ends_at, place: row.place, state: row.state as EngagementState } : null;
}
