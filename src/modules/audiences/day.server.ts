import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { addDays, dayIn, instantIn, wallClock, weekdayOf, type Day } from '../../core/day.ts';
import { check, day, id, optionalId, optionalLine, say, text } from '../../core/input.ts';
import { textIn, translator } from '../../core/message.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong } from '../../core/refusal.ts';
import { addEngagement, calendarOf, cancelEngagement, changeEngagement } from '../calendar/index.ts';
import { officeCalendar } from '../registry/index.ts';
import { dayStates, lifecycle, mayOrganise, organisers } from './audience.ts';
import { audienceColumns, audienceJoins, AudienceRow, changeAudience, type Audience } from './audience.server.ts';
import { notify } from './notice.server.ts';
import { listHosts } from './register.server.ts';

const time = () => z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, say('field.audience_hour'));
const minutes = (least: number, most: number) => z.coerce.number(say('field.number')).int(say('field.number')).min(least, say('field.number')).max(most, say('field.number'));
const topicList = () => z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]).transform((list) => list.filter(Boolean)).pipe(z.array(z.string().max(60)).max(60));
const daysAtMost = 200;

const DayRow = z.object({
  id: z.string(), onDay: z.string(), hostId: z.string(), host: z.string(), place: z.string(), topics: z.array(z.string()), state: z.enum(dayStates), isPublic: z.boolean(), note: z.string(), cancelledReason: z.string(), engagementId: z.string().nullable(), resourceId: z.string().nullable(),
  startsAt: z.date().nullable(), endsAt: z.date().nullable(), slots: z.number(), taken: z.number(),
});
export type DayRow = z.infer<typeof DayRow>;
const dayColumns = sql`d.id, d.on_day::text as "onDay", d.host_id as "hostId", h.name as host, d.place, d.topics, d.state, d.is_public as "isPublic", d.note, d.cancelled_reason as "cancelledReason", d.engagement_id as "engagementId", d.resource_id as "resourceId",
  (select min(s.starts_at) from audience_slot s where s.office_id = d.office_id and s.day_id = d.id) as "startsAt", (select max(s.ends_at) from audience_slot s where s.office_id = d.office_id and s.day_id = d.id) as "endsAt",
  (select count(*)::int from audience_slot s where s.office_id = d.office_id and s.day_id = d.id) as slots,
  slots_taken(d.id) as taken`;

/** The day, locked for a change unless it is only read; 404 where this office has none such. */
export async function getDay({ db, office }: Pick<Context, 'db' | 'office'>, dayId: string, lock = true): Promise<DayRow> {
  const query = db.selectFrom('audience_day').select('id').where('office_id', '=', office.id).where('id', '=', dayId);
  if (!(await (lock ? query.forUpdate() : query).executeTakeFirst())) throw notFound();
  return (await sql<DayRow>`select ${dayColumns} from audience_day d join person h on h.office_id = d.office_id and h.id = d.host_id where d.office_id = ${office.id} and d.id = ${dayId}`.execute(db)).rows[0]!;
}
export const keepList = ({ caller }: Pick<Context, 'caller'>): void => {
  if (caller.kind === 'person' && !mayOrganise(caller)) throw notAllowed();
};
const changeDay = ({ db, office }: Context, dayId: string) => db.updateTable('audience_day').where('office_id', '=', office.id).where('id', '=', dayId);

/** The times of a day from one hour to another, of equal length, with a pause between. */
export function slotsOf(zone: string, on: Day, from: string, until: string, length: number, pause: number): { startsAt: Date; endsAt: Date }[] {
  const end = instantIn(zone, on, until).getTime();
  const slots: { startsAt: Date; endsAt: Date }[] = [];
  for (let at = instantIn(zone, on, from).getTime(); at + length * 60_000 <= end && slots.length < 100; at += (length + pause) * 60_000) slots.push({ startsAt: new Date(at), endsAt: new Date(at + length * 60_000) });
  return slots;
}

const dayTitle = (context: Context): string => translator(context.office.locale)('audience.day.title');
const shape = { place: optionalLine(200), resourceId: optionalId(), topics: topicList(), isPublic: check(), note: optionalLine(500) };

const checkShape = (context: Context, input: { topics: string[] }): void => {
  if (input.topics.some((topic) => !context.office.data.areas.some((one) => one.id === topic))) throw wrong({ topics: { key: 'field.choose' } });
};
async function checkResource({ db, office }: Context, resourceId: string | null): Promise<void> {
  if (resourceId && !(await db.selectFrom('resource').select('id').where('office_id', '=', office.id).where('id', '=', resourceId).executeTakeFirst())) throw wrong({ resourceId: { key: 'field.choose' } });
}

export const makeDays = operation({
  id: 'audience_day.make', kind: 'command', rest: 'POST /audience-days', allow: organisers,
  summary: 'Sets reception days by weekday over a period, with the length of an audience and the pause; closing days and days that are there already are passed over.',
  input: z.object({
    hostId: id(), fromOn: day(), untilOn: z.union([z.literal(''), day()]).default(''), weekdays: z.union([z.coerce.number().transform((one) => [one]), z.array(z.coerce.number())]).default([]).pipe(z.array(z.number().int().min(1).max(7))),
    every: z.coerce.number().int().min(1).max(4).default(1), from: time(), until: time(), minutes: minutes(5, 240), pause: minutes(0, 120).default(0), ...shape, isPublic: check().default(true),
  }),
  output: z.object({ made: z.number(), skipped: z.number(), ids: z.array(z.string()) }),
  async run(context, input) {
    const { db, office, caller, now, today } = context;
    keepList(context);
    checkShape(context, input);
    await checkResource(context, input.resourceId);
    if (!(await listHosts(context)).some((host) => host.id === input.hostId)) throw wrong({ hostId: { key: 'field.choose' } });
    const untilOn = input.untilOn || input.fromOn;
    if (input.fromOn < today) throw wrong({ fromOn: { key: 'field.day_past' } });
    if (untilOn < input.fromOn) throw wrong({ untilOn: { key: 'field.day_order' } });
    if (untilOn > addDays(today, 400)) throw wrong({ untilOn: { key: 'field.day_far' } });
    const zone = office.jurisdiction.timeZone;
    if (slotsOf(zone, input.fromOn, input.from, input.until, input.minutes, input.pause).length === 0) throw wrong({ until: { key: 'field.audience_hours' } });
    const calendar = await officeCalendar(db, office);
    const known = new Set((await db.selectFrom('audience_day').select('on_day').where('office_id', '=', office.id).where('host_id', '=', input.hostId).where('on_day', '>=', input.fromOn).where('state', '<>', 'cancelled').execute()).map((row) => row.on_day));
    const calendarId = await calendarOf(context, input.hostId);
    const firstMonday = addDays(input.fromOn, 1 - weekdayOf(input.fromOn));
    const ids: string[] = [];
    let skipped = 0;
    for (let on = input.fromOn; on <= untilOn && ids.length < daysAtMost; on = addDays(on, 1)) {
      if (input.weekdays.length > 0 && !input.weekdays.includes(weekdayOf(on))) continue;
      if (Math.floor((Date.parse(on) - Date.parse(firstMonday)) / 604_800_000) % input.every !== 0) continue;
      if (!calendar.isWorkingDay(on) || known.has(on)) {
        skipped++;
        continue;
      }
      const slots = slotsOf(zone, on, input.from, input.until, input.minutes, input.pause);
      const dayId = context.newId();
      const engagementId = await addEngagement(context, {
        calendarId, kind: 'audience', title: dayTitle(context), place: input.place, startsAt: slots[0]!.startsAt, endsAt: slots.at(-1)!.endsAt, state: 'confirmed', visibility: input.isPublic ? 'public' : 'internal', source: 'audience', resourceIds: input.resourceId ? [input.resourceId] : [],
      });
      await db.insertInto('audience_day').values({
        office_id: office.id, id: dayId, on_day: on, host_id: input.hostId, place: input.place, resource_id: input.resourceId, engagement_id: engagementId, topics: input.topics, is_public: input.isPublic, note: input.note, made_by: caller.personId, at: now,
      }).execute();
      await db.insertInto('audience_slot').values(slots.map((slot) => ({ office_id: office.id, id: context.newId(), day_id: dayId, starts_at: slot.startsAt, ends_at: slot.endsAt }))).execute();
      context.record({ name: 'audience_day.made', nounId: dayId, data: { on, slots: slots.length } });
      ids.push(dayId);
    }
    if (ids.length === 0) throw wrong({ weekdays: { key: 'field.audience_no_day' } });
    return { made: ids.length, skipped, ids };
  },
});

export const changeReceptionDay = operation({
  id: 'audience_day.change', kind: 'command', rest: 'POST /audience-days/{id}', allow: organisers,
  summary: 'Changes the place, the room, the topics or the note of a reception day, and whether the public sees it; those who are to come are told of another place.',
  input: z.object({ id: id(), ...shape }), output: z.object({ id: z.string(), told: z.number(), toCall: z.number() }),
  // Everybody of the day is told, also whom this caller would not see.
  asOffice: true,
  async run(context, input) {
    keepList(context);
    checkShape(context, input);
    await checkResource(context, input.resourceId);
    const found = await getDay(context, input.id);
    if (found.state === 'cancelled') throw notNow();
    await changeDay(context, found.id).set({ place: input.place, resource_id: input.resourceId, topics: input.topics, is_public: input.isPublic, note: input.note }).execute();
    if (found.engagementId) await changeEngagement(context, found.engagementId, { place: input.place, visibility: input.isPublic ? 'public' : 'internal', resourceIds: input.resourceId ? [input.resourceId] : [] });
    const placeOf = (place: string): string => place || context.office.data.address;
    const moved = placeOf(input.place) === placeOf(found.place) ? [] : (await expectedOn(context, found.id)).filter((one) => one.startsAt && one.startsAt > context.now);
    let told = 0;
    for (const one of moved) {
      await changeAudience(context, one.id).execute();
      if (await notify(context, { ...one, place: input.place }, 'moved')) told++;
    }
    context.record({ name: 'audience_day.changed', nounId: found.id, data: { count: moved.length } });
    return { id: found.id, told, toCall: moved.length - told };
  },
});

/** The engagement of the day reaches from its first time to its last. */
async function fitEngagement(context: Context, dayId: string): Promise<void> {
  const found = await getDay(context, dayId);
  if (found.engagementId && found.startsAt && found.endsAt) await changeEngagement(context, found.engagementId, { startsAt: found.startsAt, endsAt: found.endsAt });
}

export const addSlot = operation({
  id: 'audience_day.add_time', kind: 'command', rest: 'POST /audience-days/{id}/times', allow: organisers,
  summary: 'Adds a time to a reception day.',
  input: z.object({ id: id(), from: time(), minutes: minutes(5, 240) }), output: z.object({ id: z.string(), slotId: z.string() }),
  async run(context, input) {
    const { db, office } = context;
    keepList(context);
    const found = await getDay(context, input.id);
    if (found.state === 'cancelled' || found.state === 'held') throw notNow();
    const startsAt = instantIn(office.jurisdiction.timeZone, found.onDay, input.from);
    const endsAt = new Date(startsAt.getTime() + input.minutes * 60_000);
    const over = await sql`select 1 from audience_slot s where s.office_id = ${office.id} and s.day_id = ${found.id} and tstzrange(s.starts_at, s.ends_at) && tstzrange(${startsAt}, ${endsAt})`.execute(db);
    if (over.rows.length > 0) throw wrong({ from: { key: 'field.audience_overlap' } });
    const slotId = context.newId();
    await db.insertInto('audience_slot').values({ office_id: office.id, id: slotId, day_id: found.id, starts_at: startsAt, ends_at: endsAt }).execute();
    await fitEngagement(context, found.id);
    context.record({ name: 'audience_day.time_added', nounId: found.id });
    return { id: found.id, slotId };
  },
});

export const dropSlot = operation({
  id: 'audience_day.drop_time', kind: 'command', rest: 'POST /audience-days/{id}/times/{slotId}/drop', allow: organisers,
  summary: 'Takes a time that nobody has out of a reception day.',
  input: z.object({ id: id(), slotId: id() }), output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office } = context;
    keepList(context);
    const found = await getDay(context, input.id);
    const slot = (await listSlots(context, found.id)).find((one) => one.id === input.slotId);
    if (!slot) throw wrong({ slotId: { key: 'field.choose' } });
    if (slot.isTaken || (await db.selectFrom('audience').select('id').where('office_id', '=', office.id).where('slot_id', '=', slot.id).limit(1).executeTakeFirst())) throw notNow('error.audience_time_taken');
    if (found.slots < 2) throw notNow('error.audience_last_time');
    await db.deleteFrom('audience_slot').where('office_id', '=', office.id).where('id', '=', slot.id).execute();
    await fitEngagement(context, found.id);
    context.record({ name: 'audience_day.time_dropped', nounId: found.id });
    return { id: found.id };
  },
});

export const closeDay = operation({
  id: 'audience_day.close', kind: 'command', rest: 'POST /audience-days/{id}/close', allow: organisers,
  summary: 'Takes no more names for a reception day, or takes them again.',
  input: z.object({ id: id(), open: check() }), output: z.object({ id: z.string() }),
  async run(context, input) {
    keepList(context);
    const found = await getDay(context, input.id);
    if (found.state !== (input.open ? 'closed' : 'open')) throw notNow();
    await changeDay(context, found.id).set({ state: input.open ? 'open' : 'closed' }).execute();
    context.record({ name: input.open ? 'audience_day.opened' : 'audience_day.closed', nounId: found.id });
    return { id: found.id };
  },
});

export const cancelDay = operation({
  id: 'audience_day.cancel', kind: 'command', rest: 'POST /audience-days/{id}/cancel', allow: organisers,
  summary: 'Cancels a reception day with a reason: those who were to come are told and wait again, before those who asked later.',
  input: z.object({ id: id(), reason: text(500) }), output: z.object({ id: z.string(), told: z.number(), waiting: z.number() }),
  // Everybody of the day goes back to waiting, also whom this caller would not see.
  asOffice: true,
  async run(context, input) {
    const { office } = context;
    keepList(context);
    const found = await getDay(context, input.id);
    if (found.state === 'cancelled' || found.state === 'held') throw notNow();
    let told = 0;
    const meant = await expectedOn(context, found.id);
    for (const one of meant) {
      await changeAudience(context, one.id).set({ state: 'waiting', slot_id: null, day_id: null, confirmed_at: null, reminded_at: null }).execute();
      if (await notify(context, one, 'freed')) told++;
      context.record({ name: 'audience.freed', nounId: one.id, caseId: one.caseId, data: { day: found.onDay } });
    }
    await changeDay(context, found.id).set({ state: 'cancelled', cancelled_reason: input.reason }).execute();
    if (found.engagementId) await cancelEngagement(context, found.engagementId, translator(office.locale)('audience.day.cancelled'));
    context.record({ name: 'audience_day.cancelled', nounId: found.id, data: { on: found.onDay, count: meant.length } });
    return { id: found.id, told, waiting: meant.length };
  },
});

const SlotRow = z.object({ id: z.string(), dayId: z.string(), startsAt: z.date(), endsAt: z.date(), isTaken: z.boolean() });
export type SlotRow = z.infer<typeof SlotRow>;
/** The times of a day; one is taken also by somebody whom the caller does not see. */
export async function listSlots({ db, office }: Pick<Context, 'db' | 'office'>, dayId: string): Promise<SlotRow[]> {
  return (await sql<SlotRow>`select s.id, s.day_id as "dayId", s.starts_at as "startsAt", s.ends_at as "endsAt", is_slot_taken(s.id) as "isTaken" from audience_slot s where s.office_id = ${office.id} and s.day_id = ${dayId} order by s.starts_at`.execute(db)).rows;
}
/** Who is meant for a day or came to it, by time, those without one by their arrival. */
export async function audiencesOf({ db, office }: Pick<Context, 'db' | 'office'>, dayId: string): Promise<Audience[]> {
  return (await sql<Audience>`select ${audienceColumns} from ${audienceJoins} where a.office_id = ${office.id} and a.day_id = ${dayId} order by coalesce(s.starts_at, a.arrived_at), a.arrived_at nulls last, a.id`.execute(db)).rows;
}
/** Who has a time of the day and has not come yet. */
const expectedOn = async (context: Context, dayId: string): Promise<Audience[]> =>
  (await audiencesOf(context, dayId)).filter((one) => lifecycle.steps.some((step) => step.act === 'free' && step.from.includes(one.state)));

export const getReceptionDay = operation({
  id: 'audience_day.get', kind: 'query', rest: 'GET /audience-days/{id}', allow: ['staff'],
  summary: 'A reception day with its times and those who come, as far as the caller may see them.',
  input: z.object({ id: id() }), output: z.object({ day: DayRow, slots: z.array(SlotRow), audiences: z.array(AudienceRow), mayOrganise: z.boolean() }),
  async run(context, input) {
    const found = await getDay(context, input.id, false);
    return { day: found, slots: await listSlots(context, found.id), audiences: await audiencesOf(context, found.id), mayOrganise: mayOrganise(context.caller) };
  },
});

export const listDays = operation({
  id: 'audience_day.list', kind: 'query', rest: 'GET /audience-days', allow: ['staff'],
  summary: 'Reception days from a day on, with their free times.',
  input: z.object({ fromOn: z.union([z.literal(''), day()]).default(''), untilOn: z.union([z.literal(''), day()]).default(''), hostId: optionalId(), cancelled: check(), limit: z.coerce.number().int().min(1).max(500).default(60) }),
  output: z.object({ days: z.array(DayRow) }),
  async run({ db, office, today }, input) {
    const rows = await sql<DayRow>`select ${dayColumns} from audience_day d join person h on h.office_id = d.office_id and h.id = d.host_id where d.office_id = ${office.id} and d.on_day >= ${input.fromOn || today}::date
      ${input.untilOn ? sql`and d.on_day <= ${input.untilOn}::date` : sql``} ${input.hostId ? sql`and d.host_id = ${input.hostId}::uuid` : sql``} ${input.cancelled ? sql`` : sql`and d.state <> 'cancelled'`} order by d.on_day, d.id limit ${input.limit}`.execute(db);
    return { days: rows.rows };
  },
});

const FreeSlot = z.object({ slotId: z.string(), dayId: z.string(), onDay: z.string(), startsAt: z.date(), endsAt: z.date(), hostId: z.string(), host: z.string(), place: z.string(), topics: z.array(z.string()) });
export type FreeSlot = z.infer<typeof FreeSlot>;
/** Times that are still free, the earliest first: of days that take names and receive this topic. */
export async function freeSlots({ db, office, now }: Pick<Context, 'db' | 'office' | 'now'>, wanted: { topic?: string; hostId?: string | null; after?: Date; limit?: number; dayId?: string }): Promise<FreeSlot[]> {
  const after = wanted.after && wanted.after > now ? wanted.after : now;
  return (await sql<FreeSlot>`select s.id as "slotId", d.id as "dayId", d.on_day::text as "onDay", s.starts_at as "startsAt", s.ends_at as "endsAt", d.host_id as "hostId", h.name as host, d.place, d.topics
    from audience_day d join audience_slot s on s.office_id = d.office_id and s.day_id = d.id join person h on h.office_id = d.office_id and h.id = d.host_id
    where d.office_id = ${office.id} and d.state = 'open' and s.starts_at > ${after} and not is_slot_taken(s.id) ${wanted.hostId ? sql`and d.host_id = ${wanted.hostId}::uuid` : sql``} ${wanted.dayId ? sql`and d.id = ${wanted.dayId}::uuid` : sql``}
      ${wanted.topic ? sql`and (d.topics = '{}' or ${wanted.topic} = any (d.topics))` : sql``} order by s.starts_at, d.id limit ${wanted.limit ?? 12}`.execute(db)).rows;
}

export const listFree = operation({
  id: 'audience_day.free', kind: 'query', rest: 'GET /audience-days/free', allow: ['staff'],
  summary: 'The free times ahead, by topic and by who receives, the earliest first.',
  input: z.object({ topic: optionalLine(60), hostId: optionalId(), afterOn: z.union([z.literal(''), day()]).default(''), limit: z.coerce.number().int().min(1).max(200).default(12) }),
  output: z.object({ slots: z.array(FreeSlot) }),
  run: async (context, input) => ({ slots: await freeSlots(context, { topic: input.topic, hostId: input.hostId, limit: input.limit, ...(input.afterOn ? { after: instantIn(context.office.jurisdiction.timeZone, input.afterOn) } : {}) }) }),
});

export const daysAhead = operation({
  id: 'audience_day.ahead', kind: 'query', rest: 'GET /audience-days/ahead', allow: ['public'], asOffice: true,
  summary: 'For the public: the reception days ahead, who receives, where, and whether there are free times; and who may be asked for.',
  input: z.object({}),
  output: z.object({ days: z.array(z.object({ onDay: z.string(), hostId: z.string(), host: z.string(), from: z.string(), until: z.string(), place: z.string(), topics: z.array(z.string()), hasFree: z.boolean() })), hosts: z.array(z.object({ id: z.string(), name: z.string(), title: z.string() })) }),
  async run(context) {
    const { db, office, caller, today } = context;
    const zone = office.jurisdiction.timeZone;
    const rows = (await sql<DayRow>`select ${dayColumns} from audience_day d join person h on h.office_id = d.office_id and h.id = d.host_id where d.office_id = ${office.id} and d.is_public and d.state in ('open', 'closed') and d.on_day > ${today}::date order by d.on_day, d.id limit 12`.execute(db)).rows;
    return {
      hosts: (await listHosts(context)).map((host) => ({ id: host.id, name: host.name, title: textIn(host.title as Record<string, string>, caller.locale) })),
      days: rows.filter((row) => row.startsAt && row.endsAt).map((row) => ({ onDay: row.onDay, hostId: row.hostId, host: row.host, from: wallClock(zone, row.startsAt!).time, until: wallClock(zone, row.endsAt!).time, place: row.place, topics: row.topics, hasFree: row.state === 'open' && row.taken < row.slots })),
    };
  },
});

export const holdDays = operation({
  id: 'audience_day.hold', kind: 'command', allow: [],
  summary: 'In the evening: reception days that are over are held; who was expected and did not come has missed it.',
  input: z.object({}), output: z.object({ held: z.number(), missed: z.number() }),
  async run(context) {
    const { db, office, today } = context;
    const over = await db.updateTable('audience_day').set({ state: 'held' }).where('office_id', '=', office.id).where('state', 'in', ['open', 'closed']).where('on_day', '<', today).returning(['id', 'on_day']).execute();
    let missed = 0;
    for (const row of over) {
      for (const one of (await audiencesOf(context, row.id)).filter((each) => each.state === 'scheduled' || each.state === 'confirmed')) {
        await changeAudience(context, one.id).set({ state: 'missed' }).execute();
        context.record({ name: 'audience.missed', nounId: one.id, caseId: one.caseId });
        missed++;
      }
      context.record({ name: 'audience_day.held', nounId: row.id, data: { on: row.on_day } });
    }
    if (over.length === 0) context.record({ name: 'audience.checked' });
    return { held: over.length, missed };
  },
});

/** The day of now on which somebody is received by this host, or by anybody. */
export async function dayOfToday({ db, office, now }: Pick<Context, 'db' | 'office' | 'now'>, dayId: string | null): Promise<string | null> {
  const on = dayIn(office.jurisdiction.timeZone, now);
  let query = db.selectFrom('audience_day').select('id').where('office_id', '=', office.id).where('on_day', '=', on).where('state', 'in', ['open', 'closed']);
  if (dayId) query = query.where('id', '=', dayId);
  return (await query.orderBy('id').limit(1).executeTakeFirst())?.id ?? null;
}
