import { sql } from '../../core/database.ts';
import { formatAt, formatTime } from '../../core/language.ts';
import type { Context } from '../../core/operation.ts';
import { notNow } from '../../core/refusal.ts';

/** What stands in the way: of a person's time, or of a room or car; no title where the caller may not read it. */
export type Conflict = { kind: 'person' | 'resource'; calendarId: string | null; resourceId: string | null; who: string; engagementId: string; title: string | null; startsAt: Date; endsAt: Date; isTentative: boolean };
export type Taken = { from: Date; until: Date };
type Looking = { calendarIds: readonly string[]; resourceIds: readonly string[]; exceptIds?: readonly string[] };
type Found = { kind: 'person' | 'resource'; calendar_id: string | null; resource_id: string | null; who: string; engagement_id: string; title: string | null; starts_at: Date; ends_at: Date; state: string };

/** Everything that overlaps one of these times (at most 200), earliest first: what fills the time of a calendar, and confirmed or tentative bookings. */
export async function findConflicts({ db, office }: Pick<Context, 'db' | 'office'>, times: readonly Taken[], { calendarIds, resourceIds, exceptIds = [] }: Looking): Promise<Conflict[]> {
  if (times.length === 0 || (calendarIds.length === 0 && resourceIds.length === 0)) return [];
  const spans = sql`unnest(${times.map((one) => one.from)}::timestamptz[], ${times.map((one) => one.until)}::timestamptz[]) t(a, b)`;
  const except = sql`${[...exceptIds]}::uuid[]`;
  const rows: Found[] = [];
  const words = sql`left join engagement e on e.office_id = o.office_id and e.id = o.engagement_id`;
  // A busy time of at most two days starts near; the longer ones stand in an index of their own.
  const overlap = sql`o.office_id = ${office.id} and o.calendar_id = any(${[...calendarIds]}::uuid[]) and not o.is_free and o.busy_from < t.b and o.busy_until > t.a and o.engagement_id <> all(${except})`;
  const columns = sql`'person' as kind, o.calendar_id, null::uuid as resource_id, coalesce(p.name, k.name) as who, o.engagement_id, e.title, o.starts_at, o.ends_at, o.state`;
  const persons = sql`join calendar k on k.office_id = o.office_id and k.id = o.calendar_id left join person p on p.office_id = k.office_id and p.id = k.person_id ${words}`;
  if (calendarIds.length > 0) rows.push(...(await sql<Found>`select distinct ${columns} from ${spans} join occurrence o on ${overlap} and not o.is_long and o.starts_at > t.a - interval '2 days' and o.starts_at < t.b + interval '2 days' ${persons}
    union select ${columns} from ${spans} join occurrence o on ${overlap} and o.is_long ${persons} order by starts_at limit 200`.execute(db)).rows);
  if (resourceIds.length > 0) rows.push(...(await sql<Found>`select distinct 'resource' as kind, null::uuid as calendar_id, o.resource_id, r.name as who, o.engagement_id, e.title, lower(o.during) as starts_at, upper(o.during) as ends_at, o.state from ${spans}
    join booking o on o.office_id = ${office.id} and o.resource_id = any(${[...resourceIds]}::uuid[]) and o.during && tstzrange(t.a, t.b) and o.engagement_id <> all(${except})
    join resource r on r.office_id = o.office_id and r.id = o.resource_id ${words} order by starts_at limit 200`.execute(db)).rows);
  return rows.map((row) => ({ kind: row.kind, calendarId: row.calendar_id, resourceId: row.resource_id, who: row.who, engagementId: row.engagement_id, title: row.title, startsAt: row.starts_at, endsAt: row.ends_at, isTentative: row.state === 'tentative' }))
    .toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
}

/** What overlaps one time, in calendars and of rooms and cars. */
export const listConflicts = (context: Pick<Context, 'db' | 'office'>, asked: { calendarIds: string[]; resourceIds: string[]; startsAt: Date; endsAt: Date; exceptId?: string }): Promise<Conflict[]> =>
  findConflicts(context, [{ from: asked.startsAt, until: asked.endsAt }], { calendarIds: asked.calendarIds, resourceIds: asked.resourceIds, exceptIds: asked.exceptId ? [asked.exceptId] : [] });

/** Refuses with 409 and says by what and when, if a confirmed booking of one of these overlaps. */
export async function refuseTaken(context: Context, times: readonly Taken[], resourceIds: readonly string[], exceptIds: readonly string[]): Promise<void> {
  const { office, caller } = context;
  const taken = (await findConflicts(context, times, { calendarIds: [], resourceIds, exceptIds })).find((one) => !one.isTentative);
  if (!taken) return;
  const zone = office.jurisdiction.timeZone;
  const when = `${formatAt(taken.startsAt, zone, caller.locale)}–${formatTime(taken.endsAt, zone, caller.locale)}`;
  throw taken.title === null ? notNow('error.resource_taken_quiet', { resource: taken.who, when }) : notNow('error.resource_taken', { resource: taken.who, title: taken.title, when });
}
