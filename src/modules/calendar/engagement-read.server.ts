import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { addDays, instantIn } from '../../core/day.ts';
import { day, id, optionalMoment } from '../../core/input.ts';
import { actsIn } from '../../core/lifecycle.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, wrong } from '../../core/refusal.ts';
import { calendarRights } from './calendar.server.ts';
import { findConflicts } from './conflict.server.ts';
import { ConflictView } from './engagement.server.ts';
import { engagementKinds, engagementLifecycle, engagementSources, participantRoles, replies, visibilities, type EngagementState } from './engagement.ts';
import { listedIds } from './engagement-input.ts';
import { participantsOf } from './engagement-write.server.ts';
import { busyFrom, busyUntil } from './occurrence.server.ts';
import { endFrom } from './recurrence.ts';

const daysAtMost = 400;
const rowsAtMost = 6000;

export const Slot = z.object({
  engagementId: z.string(), calendarId: z.string(), recurrenceAt: z.date(), startsAt: z.date(), endsAt: z.date(), busyFrom: z.date(), busyUntil: z.date(), state: z.enum(['tentative', 'confirmed']), isFree: z.boolean(), isOwn: z.boolean(),
  /** Null where the caller may know that the time is taken and no more. */
  known: z.object({
    kind: z.enum(engagementKinds), title: z.string(), place: z.string(), isAllDay: z.boolean(), visibility: z.enum(visibilities), publicTitle: z.string(), source: z.enum(engagementSources), caseId: z.string().nullable(), isSeries: z.boolean(), seriesId: z.string().nullable(), version: z.number(), with: z.string(),
  }).nullable(),
  /** Overlaps another of the same calendar: `weak` where one of the two is tentative. */
  conflict: z.enum(['firm', 'weak']).nullable(),
});
export type Slot = z.infer<typeof Slot>;

/** Marks what overlaps within a calendar: a sweep over the slots in order of time. */
export function markConflicts<T extends Pick<Slot, 'calendarId' | 'engagementId' | 'busyFrom' | 'busyUntil' | 'isFree' | 'state' | 'conflict'>>(slots: readonly T[]): readonly T[] {
  for (const of of Map.groupBy(slots.filter((one) => !one.isFree), (one) => one.calendarId).values()) {
    const open: T[] = [];
    for (const slot of of.toSorted((a, b) => a.busyFrom.getTime() - b.busyFrom.getTime())) {
      for (let index = open.length - 1; index >= 0; index--) if (open[index]!.busyUntil <= slot.busyFrom) open.splice(index, 1);
      for (const other of open) {
        if (other.busyFrom >= slot.busyUntil) continue;
        const grade = other.state === 'tentative' || slot.state === 'tentative' ? 'weak' : 'firm';
        for (const one of [other, slot]) if (one.conflict !== 'firm') one.conflict = grade;
      }
      open.push(slot);
    }
  }
  return slots;
}

type Found = {
  engagement_id: string; calendar_id: string; recurrence_at: Date; starts_at: Date; ends_at: Date; busy_from: Date; busy_until: Date; state: 'tentative' | 'confirmed'; is_free: boolean; is_own: boolean; kind: (typeof engagementKinds)[number] | null; title: string; place: string;
  is_all_day: boolean; visibility: (typeof visibilities)[number]; public_title: string; source: (typeof engagementSources)[number]; case_id: string | null; is_series: boolean; series_id: string | null; version: number; with_whom: string | null;
};

/** What fills these calendars from one instant until another, in order of time, with what overlaps marked; without words where the caller may not read them. */
export async function readSlots({ db, office }: Pick<Context, 'db' | 'office'>, calendarIds: readonly string[], from: Date, until: Date, most = rowsAtMost): Promise<Slot[]> {
  const { rows } = await sql<Found>`with o as (
      select * from occurrence where office_id = ${office.id} and calendar_id = any(${[...calendarIds]}::uuid[]) and not is_long and starts_at > ${from}::timestamptz - interval '2 days' and starts_at < ${until} and ends_at > ${from}
      union all select * from occurrence where office_id = ${office.id} and calendar_id = any(${[...calendarIds]}::uuid[]) and is_long and starts_at < ${until} and ends_at > ${from}
      order by starts_at limit ${most})
    select o.engagement_id, o.calendar_id, o.recurrence_at, o.starts_at, o.ends_at, o.busy_from, o.busy_until, o.state, o.is_free, o.is_own,
      e.kind, e.title, e.place, e.is_all_day, e.visibility, e.public_title, e.source, e.case_id, e.rule <> '' or e.series_id is not null as is_series, e.series_id, e.version,
      (select string_agg(p.name, ', ' order by p.id) from participant p where p.office_id = e.office_id and p.engagement_id = e.id and p.role <> 'informed') as with_whom
    from o left join engagement e on e.office_id = o.office_id and e.id = o.engagement_id order by o.starts_at, o.ends_at desc, o.engagement_id`.execute(db);
  return [...markConflicts(rows.map((row): Slot => ({
    engagementId: row.engagement_id, calendarId: row.calendar_id, recurrenceAt: row.recurrence_at, startsAt: row.starts_at, endsAt: row.ends_at, busyFrom: row.busy_from, busyUntil: row.busy_until, state: row.state, isFree: row.is_free, isOwn: row.is_own, conflict: null,
    known: row.kind === null ? null : {
      kind: row.kind, title: row.title, place: row.place, isAllDay: row.is_all_day, visibility: row.visibility, publicTitle: row.public_title, source: row.source, caseId: row.case_id, isSeries: row.is_series, seriesId: row.series_id, version: row.version, with: row.with_whom ?? '',
    },
  })))];
}

export const listEngagements = operation({
  id: 'engagement.list', kind: 'query', rest: 'GET /engagements', allow: ['staff'],
  summary: 'What fills calendars from one day until another, both included, in order of time; what the caller may not read comes without words.',
  input: z.object({ calendarIds: listedIds(60), fromOn: day(), untilOn: day() }),
  output: z.object({ slots: z.array(Slot), more: z.boolean() }),
  async run(context, input) {
    const { office } = context;
    if (input.untilOn < input.fromOn) throw wrong({ untilOn: { key: 'field.day_order' } });
    if (input.untilOn > addDays(input.fromOn, daysAtMost)) throw wrong({ untilOn: { key: 'field.day_far' } });
    await calendarRights(context, input.calendarIds);
    const zone = office.jurisdiction.timeZone;
    const slots = await readSlots(context, input.calendarIds, instantIn(zone, input.fromOn), instantIn(zone, addDays(input.untilOn, 1)), rowsAtMost + 1);
    return { more: slots.length > rowsAtMost, slots: slots.slice(0, rowsAtMost) };
  },
});

const ParticipantView = z.object({
  id: z.string(), personId: z.string().nullable(), partyId: z.string().nullable(), name: z.string(), email: z.string().nullable(), role: z.enum(participantRoles), reply: z.enum(replies), repliedAt: z.date().nullable(), replyWay: z.string().nullable(), comment: z.string(), delegatedTo: z.string(), isMe: z.boolean(),
});
export const EngagementView = z.object({
  id: z.string(), calendarId: z.string(), calendarName: z.string(), ownerId: z.string().nullable(), kind: z.enum(engagementKinds), title: z.string(), detail: z.string(), place: z.string(), startsAt: z.date(), endsAt: z.date(), isAllDay: z.boolean(),
  travelBefore: z.number(), travelAfter: z.number(), preparation: z.number(), rule: z.string(), skipsClosingDays: z.boolean(), state: z.enum(['tentative', 'confirmed', 'cancelled']), visibility: z.enum(visibilities), publicTitle: z.string(), isFree: z.boolean(),
  source: z.enum(engagementSources), version: z.number(), uid: z.string(), cancelledReason: z.string(), organizerName: z.string(), organizerEmail: z.string().nullable(),
  caseId: z.string().nullable(), caseReference: z.string().nullable(), createdBy: z.string(), createdById: z.string().nullable(), createdAt: z.date(), changedBy: z.string(), changedAt: z.date(),
  /** The series that this is an occurrence of, and its start by the rule. */
  seriesId: z.string().nullable(), recurrenceAt: z.date().nullable(), seriesRule: z.string(),
  next: z.array(z.object({ engagementId: z.string(), recurrenceAt: z.date(), startsAt: z.date(), endsAt: z.date() })),
  participants: z.array(ParticipantView), resources: z.array(z.object({ id: z.string(), kind: z.enum(['room', 'car', 'equipment']), name: z.string() })), conflicts: z.array(ConflictView),
  can: z.object({ change: z.boolean(), move: z.boolean(), cancel: z.boolean(), confirm: z.boolean(), answer: z.boolean(), mark: z.boolean() }),
});
export type EngagementView = z.infer<typeof EngagementView>;

export const getEngagement = operation({
  id: 'engagement.get', kind: 'query', rest: 'GET /engagements/{id}', allow: ['staff'],
  summary: 'An engagement with who takes part, its rooms, what it conflicts with and who entered it; of a series the occurrence that begins at `at`, else the next one.',
  input: z.object({ id: id(), at: optionalMoment() }),
  output: EngagementView,
  async run(context, input) {
    const { db, office, caller, now } = context;
    const row = await db.selectFrom('engagement as e').innerJoin('calendar as k', (join) => join.onRef('k.office_id', '=', 'e.office_id').onRef('k.id', '=', 'e.calendar_id'))
      .leftJoin('person as o', (join) => join.onRef('o.office_id', '=', 'k.office_id').onRef('o.id', '=', 'k.person_id')).leftJoin('person as c', (join) => join.onRef('c.office_id', '=', 'e.office_id').onRef('c.id', '=', 'e.created_by'))
      .leftJoin('person as d', (join) => join.onRef('d.office_id', '=', 'e.office_id').onRef('d.id', '=', 'e.changed_by')).leftJoin('case_file as f', (join) => join.onRef('f.office_id', '=', 'e.office_id').onRef('f.id', '=', 'e.case_id'))
      .leftJoin('engagement as s', (join) => join.onRef('s.office_id', '=', 'e.office_id').onRef('s.id', '=', 'e.series_id'))
      .selectAll('e').select(['k.person_id', 'k.name as own_name', 'o.name as owner_name', 'c.name as creator', 'd.name as changer', 'f.reference', 's.rule as series_rule']).where('e.office_id', '=', office.id).where('e.id', '=', input.id).executeTakeFirst();
    if (!row) throw notFound();
    const { rows: coming } = await sql<{ engagement_id: string; recurrence_at: Date; starts_at: Date; ends_at: Date }>`select o.engagement_id, o.recurrence_at, o.starts_at, o.ends_at from occurrence o
      where o.office_id = ${office.id} and o.calendar_id = ${row.calendar_id} and o.engagement_id = any(select e.id from engagement e where e.office_id = ${office.id} and (e.id = ${row.series_id ?? row.id} or e.series_id = ${row.series_id ?? row.id})) and o.ends_at > ${now} order by o.starts_at limit 8`.execute(db);
    const isSeries = row.rule !== '';
    const asked = input.at ? await db.selectFrom('occurrence').select(['recurrence_at', 'starts_at', 'ends_at']).where('office_id', '=', office.id).where('engagement_id', '=', row.id).where('calendar_id', '=', row.calendar_id).where('recurrence_at', '=', input.at).executeTakeFirst() : undefined;
    if (input.at && isSeries && !asked) throw notFound();
    const shown = asked ?? (isSeries ? coming.find((one) => one.engagement_id === row.id) : undefined);
    const startsAt = shown?.starts_at ?? row.starts_at;
    const endsAt = shown?.ends_at ?? (isSeries ? endFrom({ startsAt: row.starts_at, endsAt: row.ends_at, isAllDay: row.is_all_day, timeZone: row.time_zone }, startsAt) : row.ends_at);
    const people = await participantsOf(context, row.id);
    const { rows: resources } = await sql<{ id: string; kind: 'room' | 'car' | 'equipment'; name: string }>`select distinct r.id, r.kind, r.name from booking b join resource r on r.office_id = b.office_id and r.id = b.resource_id where b.office_id = ${office.id} and b.engagement_id = ${row.id} order by r.kind desc, r.name`.execute(db);
    const state = row.state as EngagementState;
    const conflicts = state === 'cancelled' || row.is_free ? [] : await findConflicts(context, [{ from: busyFrom(row, startsAt), until: busyUntil(row, endsAt) }], { calendarIds: [row.calendar_id], resourceIds: [], exceptIds: [row.id] });
    const isMe = (personId: string | null): boolean => personId !== null && caller.marks.includes(personId);
    const acts = actsIn(engagementLifecycle, state);
    const writes = (await calendarRights(context, [row.calendar_id])).get(row.calendar_id)!.writes;
    const may = (act: (typeof acts)[number]): boolean => writes && acts.includes(act);
    return {
      id: row.id, calendarId: row.calendar_id, calendarName: row.owner_name ?? row.own_name, ownerId: row.person_id, kind: row.kind as EngagementView['kind'], title: row.title, detail: row.detail, place: row.place, startsAt, endsAt, isAllDay: row.is_all_day,
      travelBefore: row.travel_before_min, travelAfter: row.travel_after_min, preparation: row.preparation_min, rule: row.rule, skipsClosingDays: row.skips_closing, state, visibility: row.visibility as EngagementView['visibility'], publicTitle: row.public_title, isFree: row.is_free,
      source: row.source as EngagementView['source'], version: row.version, uid: row.uid, cancelledReason: row.cancelled_reason, organizerName: row.organizer_name, organizerEmail: row.organizer_email, caseId: row.reference === null ? null : row.case_id, caseReference: row.reference,
      createdBy: row.creator ?? '', createdById: row.created_by, createdAt: row.created_at, changedBy: row.changer ?? '', changedAt: row.changed_at,
      seriesId: row.series_id, recurrenceAt: shown?.recurrence_at ?? row.recurrence_at, seriesRule: row.rule || (row.series_rule ?? ''), next: coming.map((one) => ({ engagementId: one.engagement_id, recurrenceAt: one.recurrence_at, startsAt: one.starts_at, endsAt: one.ends_at })),
      participants: people.map((one) => ({
        id: one.id, personId: one.person_id, partyId: one.party_id, name: one.name, email: one.email, role: one.role as 'required', reply: one.reply as 'accepted', repliedAt: one.replied_at, replyWay: one.reply_way, comment: one.comment, delegatedTo: one.delegated_to, isMe: isMe(one.person_id),
      })),
      resources, conflicts,
      can: { change: may('change'), move: may('move'), cancel: may('cancel'), confirm: may('confirm'), answer: state !== 'cancelled' && people.some((one) => isMe(one.person_id)), mark: may('change') },
    };
  },
});
