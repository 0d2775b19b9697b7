import { sql } from '../../core/database.ts';
import { dayIn } from '../../core/day.ts';
import type { Context } from '../../core/operation.ts';
import { notNow, wrong } from '../../core/refusal.ts';
import { officeCalendar } from '../registry/index.ts';
import { refuseTaken } from './conflict.server.ts';
import { calendarsOf } from './calendar.server.ts';
import { expandSeries, type Span } from './recurrence.ts';

const yearsAhead = 3;
/** So far ahead the occurrences of a series are written down. */
export const rollUntil = (now: Date): Date => new Date(now.getTime() + yearsAhead * 365.25 * 86_400_000);

/** What the times of an engagement depend on. */
export type Timed = {
  id: string; calendar_id: string; series_id: string | null; recurrence_at: Date | null; starts_at: Date; ends_at: Date; is_all_day: boolean; time_zone: string; travel_before_min: number; travel_after_min: number; preparation_min: number;
  rule: string; dropped_at: Date[]; skips_closing: boolean; state: string; is_free: boolean;
};
export type Attending = { person_id: string | null; role: string; reply: string };

const minute = 60_000;
export const busyFrom = (row: Pick<Timed, 'travel_before_min' | 'preparation_min'>, at: Date): Date => new Date(at.getTime() - (row.travel_before_min + row.preparation_min) * minute);
export const busyUntil = (row: Pick<Timed, 'travel_after_min'>, at: Date): Date => new Date(at.getTime() + row.travel_after_min * minute);

/** The occurrences that are to stand: of a series those of its rule that were neither dropped nor are otherwise; also the days that fall out because the office is closed. */
export async function occurrencesOf(context: Context, row: Timed, exceptions: readonly Date[] = []): Promise<{ spans: Span[]; closed: Date[] }> {
  if (row.rule === '') return { spans: [{ recurrenceAt: row.recurrence_at ?? row.starts_at, startsAt: row.starts_at, endsAt: row.ends_at }], closed: [] };
  const otherwise = new Set(exceptions.map((at) => at.getTime()));
  const all = expandSeries({ rule: row.rule, startsAt: row.starts_at, endsAt: row.ends_at, isAllDay: row.is_all_day, timeZone: row.time_zone, droppedAt: row.dropped_at }, rollUntil(context.now)).filter((span) => !otherwise.has(span.recurrenceAt.getTime()));
  if (!row.skips_closing) return { spans: all, closed: [] };
  const calendar = await officeCalendar(context.db, context.office);
  const isOpen = (span: Span): boolean => calendar.isWorkingDay(dayIn(row.time_zone, span.startsAt));
  return { spans: all.filter(isOpen), closed: all.filter((span) => !isOpen(span)).map((span) => span.recurrenceAt) };
}

/** Writes when calendars, rooms and cars are taken by an engagement, in place of what stood there; refuses with 409 where a room or car is given already. */
export async function writeOccurrences(context: Context, row: Timed, spans: readonly Span[], people: readonly Attending[], resourceIds: readonly string[]): Promise<void> {
  await clearOccurrences(context, row.id);
  if (row.state === 'cancelled') return;
  await addOccurrences(context, row, spans, people);
  await bookResources(context, row, spans, resourceIds);
}

/** Adds rows for the engagement's own calendar and for those of the staff who take part and have not declined. */
export async function addOccurrences(context: Context, row: Timed, spans: readonly Span[], people: readonly Attending[]): Promise<void> {
  const { db, office } = context;
  if (spans.length === 0) return;
  const own = await db.selectFrom('calendar').select('person_id').where('office_id', '=', office.id).where('id', '=', row.calendar_id).executeTakeFirst();
  const there = people.filter((one) => one.person_id !== null && one.person_id !== own?.person_id && one.reply !== 'declined' && one.reply !== 'delegated');
  const calendars = await calendarsOf(context, there.map((one) => one.person_id!));
  const concerned = [{ id: row.calendar_id, isOwn: true, isFree: row.is_free }, ...there.map((one) => ({ id: calendars.get(one.person_id!)!, isOwn: false, isFree: row.is_free || one.role === 'informed' }))];
  const times = sql`unnest(${spans.map((one) => one.recurrenceAt)}::timestamptz[], ${spans.map((one) => one.startsAt)}::timestamptz[], ${spans.map((one) => one.endsAt)}::timestamptz[]) t(r, a, b)`;
  // Who takes part is on the way too; who prepares is the calendar's own.
  await sql`insert into occurrence (office_id, engagement_id, calendar_id, recurrence_at, starts_at, ends_at, busy_from, busy_until, state, is_free, is_own)
    select ${office.id}::int, ${row.id}::uuid, k.id, t.r, t.a, t.b, t.a - make_interval(mins => ${row.travel_before_min}::int + case when k.own then ${row.preparation_min}::int else 0 end), t.b + make_interval(mins => ${row.travel_after_min}::int), ${row.state}::text, k.free, k.own
    from ${times} cross join unnest(${concerned.map((one) => one.id)}::uuid[], ${concerned.map((one) => one.isOwn)}::boolean[], ${concerned.map((one) => one.isFree)}::boolean[]) k(id, own, free) on conflict do nothing`.execute(db);
}

/** Gives the rooms and cars to the engagement; refuses with 409 what is given already, with 422 what the office does not have. */
export async function bookResources(context: Context, row: Timed, spans: readonly Span[], resourceIds: readonly string[]): Promise<void> {
  const { db, office } = context;
  if (resourceIds.length === 0 || spans.length === 0) return;
  const resources = await db.selectFrom('resource').select(['id', 'kind']).where('office_id', '=', office.id).where('id', 'in', [...resourceIds]).execute();
  if (resources.length < new Set(resourceIds).size) throw wrong({ resourceIds: { key: 'field.choose' } });
  for (const resource of resources) {
    // A car is away on the road too.
    const isAway = resource.kind === 'car';
    const taken = spans.map((span) => ({ from: isAway ? new Date(span.startsAt.getTime() - row.travel_before_min * minute) : span.startsAt, until: isAway ? busyUntil(row, span.endsAt) : span.endsAt }));
    if (row.state === 'confirmed') await refuseTaken(context, taken, [resource.id], [row.id]);
    try {
      await sql`insert into booking (office_id, engagement_id, resource_id, recurrence_at, during, state)
        select ${office.id}::int, ${row.id}::uuid, ${resource.id}::uuid, t.r, tstzrange(t.a, t.b), ${row.state}::text from unnest(${spans.map((one) => one.recurrenceAt)}::timestamptz[], ${taken.map((one) => one.from)}::timestamptz[], ${taken.map((one) => one.until)}::timestamptz[]) t(r, a, b)`.execute(db);
    } catch (error) {
      // Somebody else was a moment quicker than the look above.
      if ((error as { code?: string }).code === '23P01') throw notNow('error.resource_taken_now');
      throw error;
    }
  }
}

/** Nothing is taken by this engagement any more. */
export async function clearOccurrences({ db, office }: Pick<Context, 'db' | 'office'>, engagementId: string): Promise<void> {
  await db.deleteFrom('occurrence').where('office_id', '=', office.id).where('engagement_id', '=', engagementId).execute();
  await db.deleteFrom('booking').where('office_id', '=', office.id).where('engagement_id', '=', engagementId).execute();
}

/** The rooms and cars of an engagement. */
export const resourcesOf = async ({ db, office }: Pick<Context, 'db' | 'office'>, engagementId: string): Promise<string[]> =>
  (await db.selectFrom('booking').select('resource_id').distinct().where('office_id', '=', office.id).where('engagement_id', '=', engagementId).execute()).map((row) => row.resource_id);

/** The starts by the rule that are otherwise in a series. */
export const exceptionsOf = async ({ db, office }: Pick<Context, 'db' | 'office'>, seriesId: string): Promise<Date[]> =>
  (await db.selectFrom('engagement').select('recurrence_at').where('office_id', '=', office.id).where('series_id', '=', seriesId).execute()).map((row) => row.recurrence_at!);

