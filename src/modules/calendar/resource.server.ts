import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { addDays, instantIn } from '../../core/day.ts';
import { check, choice, day, id, line, moment, optionalId, optionalLine, optionalText, say } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, wrong } from '../../core/refusal.ts';

export const resourceKinds = ['room', 'car', 'equipment'] as const;
const ResourceView = z.object({ id: z.string(), kind: z.enum(resourceKinds), name: z.string(), place: z.string(), seats: z.number().nullable(), note: z.string(), isActive: z.boolean() });
export type ResourceView = z.infer<typeof ResourceView>;
const Done = z.object({ id: z.string() });
const seats = () => z.union([z.literal('').transform(() => null), z.coerce.number(say('field.number')).int(say('field.number')).min(1, say('field.number')).max(5000, say('field.number'))]).nullish().transform((value) => value ?? null);
const fields = { kind: choice(resourceKinds), name: line(120), place: optionalLine(120), seats: seats(), note: optionalText(500) };

async function refuseSameName({ db, office }: Context, name: string, exceptId: string | null): Promise<void> {
  const same = await db.selectFrom('resource').select('id').where('office_id', '=', office.id).where('is_active', '=', true).where(sql<boolean>`lower(name) = lower(${name})`).executeTakeFirst();
  if (same && same.id !== exceptId) throw wrong({ name: { key: 'field.resource_known' } });
}

export const addResource = operation({
  id: 'resource.add', kind: 'command', rest: 'POST /resources', allow: ['chief', 'protocol', 'it'],
  summary: 'Adds a room, a car or equipment that engagements can be given.',
  input: z.object(fields),
  output: Done,
  async run(context, input) {
    await refuseSameName(context, input.name, null);
    const resourceId = context.newId();
    await context.db.insertInto('resource').values({ office_id: context.office.id, id: resourceId, ...input }).execute();
    context.record({ name: 'resource.added', nounId: resourceId, data: { kind: input.kind } });
    return { id: resourceId };
  },
});

export const changeResource = operation({
  id: 'resource.change', kind: 'command', rest: 'PUT /resources/{id}', allow: ['chief', 'protocol', 'it'],
  summary: 'Changes what is known of a room, car or equipment; a retired one is in use again.',
  input: z.object({ id: id(), ...fields }),
  output: Done,
  async run(context, { id: resourceId, ...set }) {
    const { db, office } = context;
    await refuseSameName(context, set.name, resourceId);
    const changed = await db.updateTable('resource').set({ ...set, is_active: true }).where('office_id', '=', office.id).where('id', '=', resourceId).returning('id').executeTakeFirst();
    if (!changed) throw notFound();
    context.record({ name: 'resource.changed', nounId: resourceId });
    return { id: resourceId };
  },
});

export const retireResource = operation({
  id: 'resource.retire', kind: 'command', rest: 'POST /resources/{id}/retire', allow: ['chief', 'protocol', 'it'],
  summary: 'Takes a room, car or equipment out of use; what it was given to stays.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const changed = await db.updateTable('resource').set({ is_active: false }).where('office_id', '=', office.id).where('id', '=', input.id).returning('id').executeTakeFirst();
    if (!changed) throw notFound();
    context.record({ name: 'resource.retired', nounId: input.id });
    return { id: input.id };
  },
});

const columns = ['id', 'kind', 'name', 'place', 'seats', 'note', 'is_active'] as const;
type Row = { id: string; kind: string; name: string; place: string; seats: number | null; note: string; is_active: boolean };
const viewOf = (row: Row): ResourceView => ({ id: row.id, kind: row.kind as ResourceView['kind'], name: row.name, place: row.place, seats: row.seats, note: row.note, isActive: row.is_active });
const order = sql`array_position(array['room', 'car', 'equipment'], kind)`;

export const listResources = operation({
  id: 'resource.list', kind: 'query', rest: 'GET /resources', allow: ['staff'],
  summary: 'Rooms, cars and equipment of the office.',
  input: z.object({ retired: check() }),
  output: z.object({ resources: z.array(ResourceView) }),
  async run({ db, office }, input) {
    const rows = await db.selectFrom('resource').select(columns).where('office_id', '=', office.id).$if(!input.retired, (query) => query.where('is_active', '=', true)).orderBy(order).orderBy('name').limit(500).execute();
    return { resources: rows.map(viewOf) };
  },
});

export const freeResources = operation({
  id: 'resource.free', kind: 'query', rest: 'GET /resources/free', allow: ['staff'],
  summary: 'Which rooms, cars and equipment nobody has at a time.',
  input: z.object({ startsAt: moment(), endsAt: moment(), exceptId: optionalId() }),
  output: z.object({ resources: z.array(ResourceView.extend({ isFree: z.boolean() })) }),
  async run({ db, office }, input) {
    if (input.endsAt < input.startsAt) throw wrong({ endsAt: { key: 'field.time_order' } });
    const { rows } = await sql<Row & { taken: boolean }>`select r.id, r.kind, r.name, r.place, r.seats, r.note, r.is_active, exists (select 1 from booking b where b.office_id = r.office_id and b.resource_id = r.id and b.state = 'confirmed'
      and b.during && tstzrange(${input.startsAt}, ${input.endsAt}) and b.engagement_id is distinct from ${input.exceptId}::uuid) as taken from resource r where r.office_id = ${office.id} and r.is_active order by ${order}, r.name limit 500`.execute(db);
    return { resources: rows.map((row) => ({ ...viewOf(row), isFree: !row.taken })) };
  },
});

export const listBookings = operation({
  id: 'resource.bookings', kind: 'query', rest: 'GET /resources/bookings', allow: ['staff'],
  summary: 'Who has which room, car or equipment from one day until another; of what the caller may not read only the time.',
  input: z.object({ fromOn: day(), untilOn: day() }),
  output: z.object({ bookings: z.array(z.object({ resourceId: z.string(), engagementId: z.string(), startsAt: z.date(), endsAt: z.date(), state: z.enum(['tentative', 'confirmed']), title: z.string().nullable(), calendarName: z.string().nullable() })) }),
  async run({ db, office }, input) {
    if (input.untilOn < input.fromOn || input.untilOn > addDays(input.fromOn, 62)) throw wrong({ untilOn: { key: 'field.day_far' } });
    const zone = office.jurisdiction.timeZone;
    const { rows } = await sql<{ resource_id: string; engagement_id: string; starts_at: Date; ends_at: Date; state: 'tentative' | 'confirmed'; title: string | null; owner: string | null }>`select b.resource_id, b.engagement_id, lower(b.during) as starts_at, upper(b.during) as ends_at, b.state, e.title, coalesce(p.name, k.name) as owner
      from booking b left join engagement e on e.office_id = b.office_id and e.id = b.engagement_id left join calendar k on k.office_id = e.office_id and k.id = e.calendar_id left join person p on p.office_id = k.office_id and p.id = k.person_id
      where b.office_id = ${office.id} and b.during && tstzrange(${instantIn(zone, input.fromOn)}, ${instantIn(zone, addDays(input.untilOn, 1))}) order by 3 limit 5000`.execute(db);
    return { bookings: rows.map((row) => ({ resourceId: row.resource_id, engagementId: row.engagement_id, startsAt: row.starts_at, endsAt: row.ends_at, state: row.state, title: row.title, calendarName: row.owner })) };
  },
});
