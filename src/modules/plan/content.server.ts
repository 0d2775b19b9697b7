import { sql } from '../../core/database.ts';
import { addDays, instantIn, type Day } from '../../core/day.ts';
import type { Context } from '../../core/operation.ts';
import { leaderCalendars, readSlots, type Slot } from '../calendar/index.ts';
import type { PlanContent, PlanEntry } from './plan.ts';

type Preparer = { id: string; name: string; phone: string | null };

/** Who prepares an engagement: whoever has its pack in hand, else whoever entered it. */
async function preparersOf({ db, office }: Context, ids: readonly string[]): Promise<Map<string, Preparer>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<Preparer>`select e.id, p.name, p.phone from engagement e left join lateral (select k.prepared_by from pack k where k.office_id = e.office_id and k.engagement_id = e.id and k.prepared_by is not null order by k.changed_at desc limit 1) k on true
    join person p on p.office_id = e.office_id and p.id = coalesce(k.prepared_by, e.created_by) where e.office_id = ${office.id} and e.id = any(${[...ids]}::uuid[])`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}

const namesAtMost = 5;
// Of a collegium the first are enough.
function shortly(names: string): string {
  const all = names.split(', ');
  return all.length > namesAtMost ? `${all.slice(0, namesAtMost - 1).join(', ')} +${all.length - namesAtMost + 1}` : names;
}

// The same in the next version, also where it was moved: its engagement, or in a series the occurrence by the rule.
const keyOf = ({ engagementId, recurrenceAt, known }: Slot): string => (known && !known.isSeries ? engagementId : `${known?.seriesId ?? engagementId}.${recurrenceAt.getTime()}`);

/** The plan of those who lead as their calendars say it now: for the office all but the words of private ones, for the public what may be said to it. */
export async function readContent(context: Context, span: { fromOn: Day; untilOn: Day }): Promise<{ internal: PlanContent; public: PlanContent; calendars: string[] }> {
  const zone = context.office.jurisdiction.timeZone;
  const leaders = await leaderCalendars(context);
  const slots = (await readSlots(context, leaders.map((one) => one.id), instantIn(zone, span.fromOn), instantIn(zone, addDays(span.untilOn, 1)))).filter((slot) => slot.isOwn || !slot.isFree);
  const preparers = await preparersOf(context, slots.flatMap((slot) => (slot.known ? [slot.engagementId] : [])));
  const head = { leaders: leaders.map((one) => ({ id: one.id, name: one.name, role: one.role })) };
  const internal = slots.map((slot): PlanEntry => {
    const time = { key: keyOf(slot), leaderId: slot.calendarId, startsAt: slot.startsAt, endsAt: slot.endsAt, isTentative: slot.state === 'tentative', isShown: true };
    const { known } = slot;
    if (!known || known.visibility === 'private') return { ...time, kind: 'private', isAllDay: known?.isAllDay ?? false, title: '', place: '', with: '', preparedBy: '', phone: '', engagementId: null, isTaken: true };
    const preparer = preparers.get(slot.engagementId);
    return { ...time, kind: known.kind, isAllDay: known.isAllDay, title: known.title, place: known.place, with: shortly(known.with), preparedBy: preparer?.name ?? '', phone: preparer?.phone ?? '', engagementId: slot.engagementId, isTaken: false };
  });
  // A tentative one is not promised to the public; who comes along with the mayor is not said twice.
  const said = slots.filter((slot) => slot.known?.visibility === 'public' && slot.isOwn && slot.state === 'confirmed').map((slot): PlanEntry => ({
    key: keyOf(slot), leaderId: slot.calendarId, kind: slot.known!.kind, startsAt: slot.startsAt, endsAt: slot.endsAt, isAllDay: slot.known!.isAllDay, isTentative: false, title: slot.known!.publicTitle || slot.known!.title, place: slot.known!.place,
    with: '', preparedBy: '', phone: '', engagementId: null, isTaken: false, isShown: true,
  }));
  return { internal: { ...head, entries: internal }, public: { ...head, entries: said }, calendars: leaders.map((one) => one.id) };
}
