import { z } from 'zod';
import type { Selectable } from 'kysely';
import type { Engagement, Participant } from '../../../db/types.ts';
import { sql } from '../../core/database.ts';
import { id, moment, optionalMoment } from '../../core/input.ts';
import { writeCalendar } from '../../core/ical-write.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, wrong } from '../../core/refusal.ts';
import { sha256 } from '../../core/secret.ts';
import { calendarOf, leaderCalendars } from './calendar.server.ts';
import { busyOf, icsOf, type Busy } from './ics.ts';

type EngagementRow = Selectable<Engagement>;
type ParticipantRow = Selectable<Participant>;

/** What a token of a calendar program reaches, and nothing else. */
export const clientScopes: readonly string[] = ['calendar.home', 'calendar.entries', 'calendar.changes', 'calendar.busy_times', 'calendar.set_property', 'engagement.read_ics', 'engagement.put_ics', 'engagement.delete_ics'];

const Collection = z.object({ id: z.string(), name: z.string(), personId: z.string().nullable(), isMine: z.boolean(), writes: z.boolean(), token: z.string(), position: z.number(), properties: z.record(z.string(), z.string()) });
export type Collection = z.infer<typeof Collection>;
type CollectionRow = { id: string; person_id: string | null; name: string; position: number; change_number: number; may: string | null; sees_private: boolean | null };

/** The calendars that a program of the caller's shows: the own one, those shared, those of absent persons, and to who sees everything those of who leads. */
async function collectionsOf({ db, office, caller, t }: Context, calendarId?: string): Promise<Collection[]> {
  const seesAll = caller.roles.has('mayor') || caller.roles.has('chief');
  const { rows } = await sql<CollectionRow>`select k.id, k.person_id, coalesce(p.name, k.name) as name, k.position, k.change_number, s.may, s.sees_private from calendar k
    left join person p on p.office_id = k.office_id and p.id = k.person_id left join calendar_share s on s.office_id = k.office_id and s.calendar_id = k.id and s.person_id = ${caller.personId}::uuid
    where k.office_id = ${office.id} ${calendarId ? sql`and k.id = ${calendarId}::uuid` : sql``} and (p.id is null or p.is_active) and (k.kind = 'office' or s.may is not null or k.person_id::text = any(${[...caller.marks]}::text[]) or (${seesAll} and p.roles && array['mayor', 'deputy']))
    order by (k.person_id = ${caller.personId}::uuid) desc nulls last, k.position, p.key limit 100`.execute(db);
  if (rows.length === 0) return [];
  const properties = await db.selectFrom('calendar_property').select(['calendar_id', 'name', 'value']).where('office_id', '=', office.id).where('person_id', '=', caller.personId).where('calendar_id', 'in', rows.map((row) => row.id)).execute();
  return rows.map((row, index) => {
    const isMine = row.person_id !== null && row.person_id === caller.personId;
    const writes = row.may === 'write' || caller.roles.has('chief') || (row.person_id !== null && caller.marks.includes(row.person_id));
    // Whoever is shown more or less from now on reads the calendar anew.
    const rights = sha256([caller.personId, row.may, row.sees_private, isMine, writes, seesAll, ...caller.marks].join(' ')).slice(0, 12);
    return { id: row.id, name: row.name || t('calendar.client.office'), personId: row.person_id, isMine, writes, token: `${row.change_number}-${rights}`, position: index, properties: Object.fromEntries(properties.filter((one) => one.calendar_id === row.id).map((one) => [one.name, one.value])) };
  });
}

/** One of the calendars that the caller's programs show; refuses with 404 any other. */
export async function getCollection(context: Context, calendarId: string): Promise<Collection> {
  const found = (await collectionsOf(context, calendarId))[0];
  if (!found) throw notFound();
  return found;
}

export const readHome = operation({
  id: 'calendar.home', kind: 'query', allow: ['staff'], isAlone: true,
  summary: 'Who a calendar program speaks for, and the calendars that it shows.',
  input: z.object({}),
  output: z.object({ person: z.object({ id: z.string(), name: z.string(), email: z.string() }), collections: z.array(Collection) }),
  async run(context) {
    const { db, office, caller } = context;
    const person = await db.selectFrom('person').select(['id', 'name', 'email']).where('office_id', '=', office.id).where('id', '=', caller.personId).executeTakeFirst();
    if (!person) throw notFound();
    if (caller.roles.has('mayor') || caller.roles.has('chief')) await leaderCalendars(context);
    await calendarOf(context, person.id);
    return { person: { ...person, email: person.email ?? '' }, collections: await collectionsOf(context) };
  },
});

const busyName = (one: Pick<Busy, 'engagementId' | 'recurrenceAt'>): string => `busy-${one.engagementId}-${one.recurrenceAt.getTime()}.ics`;
const hrefOf = (row: { uid: string; href: string | null }): string => row.href ?? `${row.uid}.ics`;
/** `isVerbatim`: nothing has changed since a program wrote it. */
export type Entry = { engagementId: string; href: string; tag: string; isBusy: boolean; isVerbatim: boolean; calendarId: string };
type Range = { from?: Date | null; until?: Date | null };
type Named = { id?: string[]; uid?: string[] };

/** The engagements of these ids or names in a calendar, its own and those to which its person is a guest, each by an index. */
const namedIn = (officeId: number, calendarId: string, { id: ids, uid }: Named) => (ids
  ? sql`select e.id from engagement e where e.office_id = ${officeId} and e.id = any(${ids}::uuid[]) and e.series_id is null and (e.calendar_id = ${calendarId}::uuid
      or exists (select 1 from occurrence o join engagement f on f.office_id = o.office_id and f.id = o.engagement_id where o.office_id = e.office_id and o.calendar_id = ${calendarId}::uuid and (f.id = e.id or f.series_id = e.id)))`
  : sql`select e.id from engagement e where e.office_id = ${officeId} and e.calendar_id = ${calendarId}::uuid and e.series_id is null and e.uid = any(${uid ?? []}::text[])
      union select h.engagement_id from engagement_href h where h.office_id = ${officeId} and h.calendar_id = ${calendarId}::uuid and h.href = any(${(uid ?? []).map((one) => `${one}.ics`)}::text[])
      union select coalesce(e.series_id, e.id) from calendar k join participant p on p.office_id = k.office_id and p.person_id = k.person_id join engagement e on e.office_id = p.office_id and e.id = p.engagement_id
        where k.office_id = ${officeId} and k.id = ${calendarId}::uuid and e.uid = any(${uid ?? []}::text[]) and exists (select 1 from occurrence o where o.office_id = e.office_id and o.engagement_id = e.id and o.calendar_id = k.id)`);

/** The engagements that take a calendar's time, or only those to which its person is a guest: asked apart, so that whatever follows goes by their ids. */
async function takenIds({ db, office }: Pick<Context, 'db' | 'office'>, calendarId: string, { from, until }: Range, asGuest = false): Promise<string[]> {
  const rows = await db.selectFrom('occurrence').select('engagement_id').distinct().where('office_id', '=', office.id).where('calendar_id', '=', calendarId).$if(asGuest, (query) => query.where('is_own', '=', false)).$if(Boolean(until), (query) => query.where('starts_at', '<', until!))
    .$if(Boolean(from), (query) => query.where('ends_at', '>=', from!).where((eb) => eb.or([eb('is_long', '=', true), eb('starts_at', '>', new Date(from!.getTime() - 2 * 86_400_000))]))).execute();
  return rows.map((row) => row.engagement_id);
}

/** What stands in a calendar as the caller may see it: engagements, and times without words for the rest. The tag is another after every change. */
async function entriesOf({ db, office, now }: Context, calendarId: string, { from, until }: Range = {}, only?: Named): Promise<Entry[]> {
  const held = from || until ? await takenIds({ db, office }, calendarId, { from, until }) : null;
  const wanted = only ? namedIn(office.id, calendarId, only) : held
    ? sql`select distinct coalesce(e.series_id, e.id) as id from engagement e where e.office_id = ${office.id} and e.id = any(${held}::uuid[])`
    : sql`select e.id from engagement e where e.office_id = ${office.id} and e.calendar_id = ${calendarId}::uuid and e.series_id is null
        union select coalesce(e.series_id, e.id) from engagement e where e.office_id = ${office.id} and e.id = any(${await takenIds({ db, office }, calendarId, {}, true)}::uuid[])`;
  // By the number alone the last change would be looked for through the whole calendar, once for each engagement: + 0 keeps to the engagement's index.
  const { rows } = await sql<{ id: string; uid: string; href: string | null; number: number | null; text_number: number | null; version: number; calendar_id: string }>`select e.id, e.uid, h.href, h.text_number, c.number, e.version, e.calendar_id from (${wanted}) x join engagement e on e.office_id = ${office.id} and e.id = x.id
    left join lateral (select h.href, h.text_number from engagement_href h where h.office_id = e.office_id and h.calendar_id = ${calendarId}::uuid and h.engagement_id = e.id limit 1) h on true
    left join lateral (select c.number from calendar_change c where c.office_id = e.office_id and c.calendar_id = e.calendar_id and c.engagement_id = e.id order by c.number + 0 desc limit 1) c on true
    where e.state <> 'cancelled'`.execute(db);
  const entries: Entry[] = rows.map((row) => ({ engagementId: row.id, href: hrefOf(row), tag: `${row.number ?? 0}-${row.version}`, isBusy: false, isVerbatim: row.text_number !== null && row.text_number === row.number, calendarId: row.calendar_id }));
  if (only) return entries;
  const hidden = await busyTimes({ db, office }, calendarId, { from: from ?? new Date(now.getTime() - 365 * 86_400_000), until: until ?? null });
  return [...entries, ...hidden.map((one) => ({ engagementId: one.engagementId, href: busyName(one), tag: sha256(`${one.startsAt.getTime()} ${one.endsAt.getTime()} ${one.isTentative}`).slice(0, 16), isBusy: true, isVerbatim: false, calendarId }))];
}

/** The times of a calendar behind which stands what the caller may not read. */
export async function busyTimes({ db, office }: Pick<Context, 'db' | 'office'>, calendarId: string, { from, until }: Range, engagementId?: string): Promise<Busy[]> {
  const { rows } = await sql<{ engagement_id: string; recurrence_at: Date; starts_at: Date; ends_at: Date; state: string }>`select o.engagement_id, o.recurrence_at, o.starts_at, o.ends_at, o.state from occurrence o
    where o.office_id = ${office.id} and o.calendar_id = ${calendarId}::uuid ${from ? sql`and o.starts_at > ${new Date(from.getTime() - 2 * 86_400_000)} and o.ends_at >= ${from}` : sql``} ${until ? sql`and o.starts_at < ${until}` : sql``} ${engagementId ? sql`and o.engagement_id = ${engagementId}::uuid` : sql``} and not o.is_free
      and not exists (select 1 from engagement e where e.office_id = o.office_id and e.id = o.engagement_id) order by o.starts_at limit 5000`.execute(db);
  return rows.map((row) => ({ engagementId: row.engagement_id, recurrenceAt: row.recurrence_at, startsAt: row.starts_at, endsAt: row.ends_at, isTentative: row.state === 'tentative' }));
}

const EntryView = z.object({ href: z.string(), tag: z.string(), ics: z.string().nullable() });
export type EntryView = z.infer<typeof EntryView>;

/** The texts of several engagements, in three questions to the database, of as many as a calendar holds. */
export async function textsOf(context: Context, entries: readonly Entry[]): Promise<Map<string, string>> {
  const { db, office, t } = context;
  const ids = entries.filter((one) => !one.isBusy).map((one) => one.engagementId);
  const texts = new Map<string, string>();
  if (ids.length === 0) return texts;
  const rows: EngagementRow[] = await db.selectFrom('engagement').selectAll().where('office_id', '=', office.id).where((eb) => eb.or([eb('id', '=', eb.fn.any(eb.val(ids))), eb('series_id', '=', eb.fn.any(eb.val(ids)))])).execute();
  // Whoever has no address is not named to a program.
  const people: ParticipantRow[] = await db.selectFrom('participant').selectAll().where('office_id', '=', office.id).where((eb) => eb('engagement_id', '=', eb.fn.any(eb.val(rows.map((row) => row.id))))).where('email', 'is not', null).orderBy('id').execute();
  const owners = await db.selectFrom('calendar as k').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'k.office_id').onRef('p.id', '=', 'k.person_id')).select(['k.id', 'p.name']).where('k.office_id', '=', office.id).where((eb) => eb('k.id', '=', eb.fn.any(eb.val([...new Set(rows.map((row) => row.calendar_id))])))).execute();
  const [peopleOf, exceptionsOf] = [Map.groupBy(people, (one) => one.engagement_id), Map.groupBy(rows.filter((row) => row.series_id), (row) => row.series_id!)];
  const verbatim = new Set(entries.filter((one) => one.isVerbatim).map((one) => one.engagementId));
  for (const row of rows.filter((one) => one.series_id === null)) {
    if (row.ics && verbatim.has(row.id)) {
      texts.set(row.id, row.ics);
      continue;
    }
    const exceptions = exceptionsOf.get(row.id) ?? [];
    texts.set(row.id, icsOf(row, exceptions, { office, t, organizerName: owners.find((one) => one.id === row.calendar_id)?.name ?? '', people: [row, ...exceptions].flatMap((one) => peopleOf.get(one.id) ?? []) }));
  }
  return texts;
}

/** The engagement that a program knows by this name in this calendar, as the caller may see it; null where there is none. */
export async function findEntry(context: Context, calendarId: string, href: string): Promise<Entry | null> {
  const entries = await entriesOf(context, calendarId, {}, { uid: [href.replace(/\.ics$/i, '')] });
  return entries.find((one) => one.href === href) ?? null;
}
export const tagOf = async (context: Context, calendarId: string, engagementId: string): Promise<Entry | null> => (await entriesOf(context, calendarId, {}, { id: [engagementId] }))[0] ?? null;

async function busyText(context: Context, calendarId: string, href: string): Promise<EntryView | null> {
  const match = /^busy-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(\d{1,15})\.ics$/.exec(href);
  const at = new Date(Number(match?.[2] ?? NaN));
  if (!match || Number.isNaN(at.getTime())) return null;
  const found = (await busyTimes(context, calendarId, {}, match[1])).find((one) => busyName(one) === href);
  return found ? { href, tag: sha256(`${found.startsAt.getTime()} ${found.endsAt.getTime()} ${found.isTentative}`).slice(0, 16), ics: writeCalendar([busyOf(found, context.t('calendar.client.busy'))]) } : null;
}

const namesAtMost = 2000;
export const listEntries = operation({
  id: 'calendar.entries', kind: 'query', allow: ['staff'],
  summary: 'What a calendar program sees in a calendar: all of it, what falls into a time, or what it names; with the iCalendar texts where it asks for them.',
  input: z.object({ id: id(), from: optionalMoment(), until: optionalMoment(), names: z.array(z.string().max(600)).max(namesAtMost).optional(), withText: z.boolean().default(false) }),
  output: z.object({ entries: z.array(EntryView), token: z.string() }),
  async run(context, input) {
    const { token } = await getCollection(context, input.id);
    const names = input.names && new Set(input.names);
    const busy = names ? (await Promise.all([...names].filter((one) => one.startsWith('busy-')).slice(0, 50).map((one) => busyText(context, input.id, one)))).filter((one): one is EntryView => one !== null) : [];
    const entries = names ? (await entriesOf(context, input.id, {}, { uid: [...names].map((one) => one.replace(/\.ics$/i, '')) })).filter((one) => names.has(one.href)) : await entriesOf(context, input.id, input);
    const texts = input.withText ? await textsOf(context, entries) : new Map<string, string>();
    const hidden = input.withText && !names ? new Map((await busyTimes(context, input.id, { from: input.from ?? new Date(context.now.getTime() - 365 * 86_400_000), until: input.until ?? null })).map((one) => [busyName(one), one])) : new Map<string, Busy>();
    const textOf = (one: Entry): string | null => {
      const time = hidden.get(one.href);
      return one.isBusy ? (time ? writeCalendar([busyOf(time, context.t('calendar.client.busy'))]) : null) : (texts.get(one.engagementId) ?? null);
    };
    return { token, entries: [...entries.map((one) => ({ href: one.href, tag: one.tag, ics: textOf(one) })), ...busy] };
  },
});

export const readIcs = operation({
  id: 'engagement.read_ics', kind: 'query', allow: ['staff'],
  summary: 'One engagement as iCalendar text, under the name that a program gave it.',
  input: z.object({ calendarId: id(), href: z.string().max(600) }),
  output: EntryView,
  async run(context, input) {
    await getCollection(context, input.calendarId);
    if (input.href.startsWith('busy-')) {
      const busy = await busyText(context, input.calendarId, input.href);
      if (busy) return busy;
    }
    const entry = await findEntry(context, input.calendarId, input.href);
    const text = entry && (await textsOf(context, [entry])).get(entry.engagementId);
    if (!entry || !text) throw notFound();
    return { href: entry.href, tag: entry.tag, ics: text };
  },
});

const changesAtMost = 5000;
export const listChanges = operation({
  id: 'calendar.changes', kind: 'query', allow: ['staff'],
  summary: 'What changed in a calendar since a program last looked; refuses a token from which that cannot be said.',
  input: z.object({ id: id(), since: z.string().max(60) }),
  output: z.object({ token: z.string(), changed: z.array(EntryView), gone: z.array(z.string()) }),
  async run(context, input) {
    const { db, office } = context;
    const { token } = await getCollection(context, input.id);
    const [, number = '', rights] = /^(\d{1,15})-([0-9a-f]{12})$/.exec(input.since) ?? [];
    if (rights !== token.split('-')[1] || Number(number) > Number(token.split('-')[0])) throw wrong({ since: { key: 'error.calendar_token' } });
    const rows = await db.selectFrom('calendar_change').select(['engagement_id', 'uid', 'number']).where('office_id', '=', office.id).where('calendar_id', '=', input.id).where('number', '>', Number(number)).orderBy('number').limit(changesAtMost + 1).execute();
    const ids = [...new Set(rows.map((row) => row.engagement_id))];
    if (rows.length > changesAtMost) throw wrong({ since: { key: 'error.calendar_token' } });
    if (ids.length === 0) return { token, changed: [], gone: [] };
    const seen = await db.selectFrom('engagement as e').leftJoin('engagement_href as h', (join) => join.onRef('h.office_id', '=', 'e.office_id').onRef('h.engagement_id', '=', 'e.id').on('h.calendar_id', '=', input.id)).select(['e.id', 'e.uid', 'h.href']).where('e.office_id', '=', office.id).where('e.id', 'in', ids).execute();
    // Of what the caller may not read not even the name may be told: the calendar is read anew.
    if (seen.length < ids.length) throw wrong({ since: { key: 'error.calendar_token' } });
    const standing = await entriesOf(context, input.id, {}, { id: ids });
    const names = new Set(standing.map((one) => one.href));
    // One that made room for another has an other UID now: what the program knows is the former.
    const formerly = new Map(rows.map((row) => [row.engagement_id, row.uid]));
    return { token, changed: standing.map((one) => ({ href: one.href, tag: one.tag, ics: null })), gone: [...new Set(seen.filter((row) => !standing.some((one) => one.engagementId === row.id)).map((row) => hrefOf({ href: row.href, uid: formerly.get(row.id)! })))].filter((href) => !names.has(href)) };
  },
});

export const listBusyTimes = operation({
  id: 'calendar.busy_times', kind: 'query', allow: ['staff'],
  summary: 'When a calendar is taken, without words.',
  input: z.object({ id: id(), from: moment(), until: moment() }),
  output: z.object({ times: z.array(z.object({ startsAt: z.date(), endsAt: z.date(), isTentative: z.boolean() })) }),
  async run(context, input) {
    const { db, office } = context;
    await getCollection(context, input.id);
    const rows = await db.selectFrom('occurrence').select(['starts_at', 'ends_at', 'state']).where('office_id', '=', office.id).where('calendar_id', '=', input.id).where('is_free', '=', false).where('starts_at', '<', input.until).where('ends_at', '>', input.from)
      .where((eb) => eb.or([eb('is_long', '=', true), eb('starts_at', '>', new Date(input.from.getTime() - 2 * 86_400_000))])).orderBy('starts_at').limit(5000).execute();
    return { times: rows.map((row) => ({ startsAt: row.starts_at, endsAt: row.ends_at, isTentative: row.state === 'tentative' })) };
  },
});
