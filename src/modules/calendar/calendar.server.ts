import { z } from 'zod';
import type { Caller } from '../../core/caller.ts';
import { sql, type Tx } from '../../core/database.ts';
import { check, choice, id } from '../../core/input.ts';
import { newId } from '../../core/id.ts';
import type { Office } from '../../core/office.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, wrong } from '../../core/refusal.ts';
import { localText } from '../../core/language.ts';

const leading: readonly string[] = ['mayor', 'deputy'];
type Staff = { id: string; key: string; roles: string[] };

const isLeader = (person: Staff): boolean => person.roles.some((role) => leading.includes(role));
/** Who keeps the leaders' calendars from the first day: the chief, and those whom the office names. */
const keepers = (office: Office, people: readonly Staff[]): Staff[] => people.filter((one) => !isLeader(one) && (one.roles.includes('chief') || (office.data.keepers ?? []).includes(one.key)));

async function openCalendars(db: Tx, office: Office, people: readonly Staff[], staff: readonly Staff[], now: Date): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  if (people.length === 0) return made;
  const rows = people.map((person) => ({ office_id: office.id, id: newId(now), kind: 'person', person_id: person.id, position: person.roles.includes('mayor') ? 0 : person.roles.includes('deputy') ? 1 : 9, at: now }));
  const inserted = await db.insertInto('calendar').values(rows).onConflict((conflict) => conflict.columns(['office_id', 'person_id']).where('person_id', 'is not', null).doNothing()).returning(['id', 'person_id']).execute();
  for (const row of inserted) made.set(row.person_id!, row.id);
  const shared = people.filter((person) => isLeader(person) && made.has(person.id));
  const shares = shared.flatMap((leader) => keepers(office, staff).map((keeper) => ({ office_id: office.id, calendar_id: made.get(leader.id)!, person_id: keeper.id, may: 'write', given_at: now })));
  if (shares.length > 0) await db.insertInto('calendar_share').values(shares).onConflict((conflict) => conflict.doNothing()).execute();
  return made;
}

const staffOf = (db: Tx, office: Office): Promise<Staff[]> => db.selectFrom('person').select(['id', 'key', 'roles']).where('office_id', '=', office.id).where('is_active', '=', true).orderBy('key').execute();

/** Calendars of those who lead, and the rooms and cars, of a new office. */
export async function foundCalendars(db: Tx, office: Office): Promise<void> {
  const staff = await staffOf(db, office);
  await openCalendars(db, office, staff.filter(isLeader), staff, new Date());
  const resources = office.data.resources ?? [];
  if (resources.length > 0) await db.insertInto('resource').values(resources.map((one) => ({ office_id: office.id, id: newId(), kind: one.kind, name: localText(one.name, office.locale), place: localText(one.place ?? {}, office.locale), seats: one.seats ?? null }))).execute();
}

/** The calendars of persons of the staff, made where they are missing; refuses with 404 who is none of them. */
export async function calendarsOf({ db, office, now }: Pick<Context, 'db' | 'office' | 'now'>, personIds: readonly string[]): Promise<Map<string, string>> {
  const wanted = [...new Set(personIds)];
  if (wanted.length === 0) return new Map();
  const find = () => db.selectFrom('calendar').select(['id', 'person_id']).where('office_id', '=', office.id).where('person_id', 'in', wanted).execute();
  const found = new Map((await find()).map((row) => [row.person_id!, row.id]));
  const missing = wanted.filter((person) => !found.has(person));
  if (missing.length === 0) return found;
  const staff = await staffOf(db, office);
  const people = staff.filter((one) => missing.includes(one.id));
  if (people.length < missing.length) throw notFound();
  await openCalendars(db, office, people, staff, now);
  return new Map((await find()).map((row) => [row.person_id!, row.id]));
}

/** A person's calendar, made when it is missing. */
export const calendarOf = async (context: Pick<Context, 'db' | 'office' | 'now'>, personId: string): Promise<string> => (await calendarsOf(context, [personId])).get(personId)!;

export type LeaderCalendar = { id: string; personId: string; name: string; role: 'mayor' | 'deputy' };
/** The calendars of the mayor and the deputies, in that order, made when they are missing. */
export async function leaderCalendars(context: Pick<Context, 'db' | 'office' | 'now'>): Promise<LeaderCalendar[]> {
  const { db, office } = context;
  const leaders = await db.selectFrom('person').select(['id', 'name', 'roles']).where('office_id', '=', office.id).where('is_active', '=', true).where(sql<boolean>`roles && array['mayor', 'deputy']`).orderBy('key').execute();
  const calendars = await calendarsOf(context, leaders.map((one) => one.id));
  const list = leaders.map((one) => ({ id: calendars.get(one.id)!, personId: one.id, name: one.name, role: one.roles.includes('mayor') ? 'mayor' as const : 'deputy' as const }));
  return list.toSorted((a, b) => Number(a.role === 'deputy') - Number(b.role === 'deputy'));
}

export type CalendarRow = { id: string; personId: string | null };
/** What the caller may do in calendars: write in the own one, in those kept by share or for an absent person; the chief in all. Refuses with 404 what is none of this office. */
export async function calendarRights({ db, office, caller }: Pick<Context, 'db' | 'office' | 'caller'>, calendarIds: readonly string[]): Promise<Map<string, CalendarRow & { writes: boolean }>> {
  const ids = [...new Set(calendarIds)];
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: string; person_id: string | null; may: string | null }>`select k.id, k.person_id, s.may from calendar k
    left join calendar_share s on s.office_id = k.office_id and s.calendar_id = k.id and s.person_id = ${caller.personId}::uuid
    where k.office_id = ${office.id} and k.id = any(${ids}::uuid[])`.execute(db);
  if (rows.length < ids.length) throw notFound();
  const all = caller.kind === 'system' || caller.roles.has('chief');
  return new Map(rows.map((row) => [row.id, { id: row.id, personId: row.person_id, writes: all || row.may === 'write' || (row.person_id !== null && caller.marks.includes(row.person_id)) }]));
}
/** Whether what is private in this calendar stays in the caller's sight: the owner's, and of whom the owner let see it. */
export async function seesPrivate({ db, office, caller }: Pick<Context, 'db' | 'office' | 'caller'>, calendarId: string): Promise<boolean> {
  if (!caller.personId) return true;
  const found = await sql`select 1 from calendar k left join calendar_share s on s.office_id = k.office_id and s.calendar_id = k.id and s.person_id = ${caller.personId}::uuid
    where k.office_id = ${office.id} and k.id = ${calendarId}::uuid and (k.person_id = ${caller.personId}::uuid or (s.sees_private and s.may = 'write'))`.execute(db);
  return found.rows.length > 0;
}
/** Refuses with 403 whoever may not write in this calendar. */
export async function keepCalendar(context: Pick<Context, 'db' | 'office' | 'caller'>, calendarId: string): Promise<CalendarRow> {
  const right = (await calendarRights(context, [calendarId])).get(calendarId)!;
  if (!right.writes) throw notAllowed();
  return right;
}

const CalendarView = z.object({
  id: z.string(), kind: z.enum(['person', 'office']), personId: z.string().nullable(), name: z.string(), role: z.enum(['mayor', 'deputy', 'staff', 'office']), isMine: z.boolean(), isKept: z.boolean(), writes: z.boolean(), changeNumber: z.number(),
  shares: z.array(z.object({ personId: z.string(), name: z.string(), may: z.enum(['read', 'write']), seesPrivate: z.boolean() })),
});
export type CalendarView = z.infer<typeof CalendarView>;

export const listCalendars = operation({
  id: 'calendar.list', kind: 'query', rest: 'GET /calendars', allow: ['staff'], isAlone: true,
  summary: 'Calendars, those of who leads first, then the own, those kept for others and the office’s; with `all` those of the whole staff. Who shares one is said to who keeps it.',
  input: z.object({ all: check() }),
  output: z.object({ calendars: z.array(CalendarView) }),
  async run(context, input) {
    const { db, office, caller } = context;
    await leaderCalendars(context);
    if (caller.personId) await calendarOf(context, caller.personId);
    const { rows } = await sql<{ id: string; kind: 'person' | 'office'; person_id: string | null; name: string; roles: string[] | null; position: number; change_number: number; may: string | null }>`
      select k.id, k.kind, k.person_id, coalesce(p.name, k.name) as name, p.roles, k.position, k.change_number, s.may from calendar k
      left join person p on p.office_id = k.office_id and p.id = k.person_id left join calendar_share s on s.office_id = k.office_id and s.calendar_id = k.id and s.person_id = ${caller.personId}::uuid
      where k.office_id = ${office.id} and (p.id is null or p.is_active) and (${input.all} or k.kind = 'office' or s.may is not null or p.roles && array['mayor', 'deputy'] or k.person_id::text = any(${[...caller.marks]}::text[]))
      order by k.position, (k.person_id = ${caller.personId}::uuid) desc nulls last, p.key limit 500`.execute(db);
    const kept = rows.filter((row) => row.may === 'write' || caller.roles.has('chief') || (row.person_id !== null && caller.marks.includes(row.person_id)));
    const shares = kept.length === 0 ? [] : await db.selectFrom('calendar_share as s').innerJoin('person as p', (join) => join.onRef('p.office_id', '=', 's.office_id').onRef('p.id', '=', 's.person_id'))
      .select(['s.calendar_id', 's.person_id', 'p.name', 's.may', 's.sees_private']).where('s.office_id', '=', office.id).where('s.calendar_id', 'in', kept.map((row) => row.id)).orderBy('p.name').execute();
    return { calendars: rows.map((row) => ({
      id: row.id, kind: row.kind, personId: row.person_id, name: row.name, role: row.kind === 'office' ? 'office' as const : row.roles!.includes('mayor') ? 'mayor' as const : row.roles!.includes('deputy') ? 'deputy' as const : 'staff' as const,
      isMine: row.person_id !== null && row.person_id === caller.personId, isKept: row.may === 'write', writes: kept.includes(row), changeNumber: row.change_number,
      shares: shares.filter((one) => one.calendar_id === row.id).map((one) => ({ personId: one.person_id, name: one.name, may: one.may as 'read' | 'write', seesPrivate: one.sees_private })),
    })) };
  },
});

const isOwner = (caller: Caller, calendar: CalendarRow): boolean => caller.kind === 'system' || (calendar.personId !== null && calendar.personId === caller.personId);

export const shareCalendar = operation({
  id: 'calendar.share', kind: 'command', rest: 'POST /calendars/{id}/shares', allow: ['staff'],
  summary: 'Lets somebody read or keep a calendar: its owner or the chief; that private ones are seen too only its owner says.',
  input: z.object({ id: id(), personId: id(), may: choice(['read', 'write']), seesPrivate: check() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, caller, now } = context;
    const calendar = (await calendarRights(context, [input.id])).get(input.id)!;
    if (!isOwner(caller, calendar) && !caller.roles.has('chief')) throw notAllowed();
    if (input.seesPrivate && !isOwner(caller, calendar)) throw wrong({ seesPrivate: { key: 'field.private_by_owner' } });
    const person = await db.selectFrom('person').select('id').where('office_id', '=', office.id).where('id', '=', input.personId).where('is_active', '=', true).executeTakeFirst();
    if (!person || person.id === calendar.personId) throw wrong({ personId: { key: 'field.choose' } });
    const given = { may: input.may, given_by: caller.personId, given_at: now };
    // What the owner once allowed stays when the chief changes the rest.
    await db.insertInto('calendar_share').values({ office_id: office.id, calendar_id: input.id, person_id: person.id, sees_private: input.seesPrivate, ...given })
      .onConflict((conflict) => conflict.columns(['office_id', 'calendar_id', 'person_id']).doUpdateSet({ ...given, ...(isOwner(caller, calendar) ? { sees_private: input.seesPrivate } : {}) })).execute();
    context.record({ name: 'calendar.shared', nounId: input.id, data: { person: person.id, may: input.may, private: input.seesPrivate } });
    return { id: input.id };
  },
});

export const unshareCalendar = operation({
  id: 'calendar.unshare', kind: 'command', rest: 'DELETE /calendars/{id}/shares/{personId}', allow: ['staff'],
  summary: 'Ends a share of a calendar: its owner, the chief, or whoever it was given to.',
  input: z.object({ id: id(), personId: id() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, caller } = context;
    const calendar = (await calendarRights(context, [input.id])).get(input.id)!;
    if (!isOwner(caller, calendar) && !caller.roles.has('chief') && caller.personId !== input.personId) throw notAllowed();
    const gone = await db.deleteFrom('calendar_share').where('office_id', '=', office.id).where('calendar_id', '=', input.id).where('person_id', '=', input.personId).returning('person_id').executeTakeFirst();
    if (!gone) throw notFound();
    context.record({ name: 'calendar.unshared', nounId: input.id, data: { person: input.personId } });
    return { id: input.id };
  },
});
