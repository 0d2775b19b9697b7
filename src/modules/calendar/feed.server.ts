import { z } from 'zod';
import { sightOf } from '../../core/caller.ts';
import { addMonths } from '../../core/day.ts';
import { instantIn } from '../../core/day.ts';
import { writeCalendar, type Written } from '../../core/ical-write.ts';
import { choice, id, line, optionalId } from '../../core/input.ts';
import { textIn } from '../../core/message.ts';
import { enter, operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow } from '../../core/refusal.ts';
import { hashToken, newToken, sha256 } from '../../core/secret.ts';
import { personCaller } from '../people/index.ts';
import { leaderCalendars } from './calendar.server.ts';
import { busyTimes, getCollection, readHome } from './client.server.ts';
import { busyOf, writtenOf } from './ics.ts';
import type { EngagementRow } from './engagement-write.server.ts';

const feedsAtMost = 20;
const eventsAtMost = 5000;
const monthsBack = 6;
const refreshMinutes = 60;

const FeedView = z.object({ id: z.string(), name: z.string(), scope: z.enum(['person', 'calendar', 'office']), calendar: z.string(), detail: z.enum(['full', 'busy']), at: z.date(), readAt: z.date().nullable() });
export type FeedView = z.infer<typeof FeedView>;

export const addFeed = operation({
  id: 'feed.add', kind: 'command', rest: 'POST /feeds', allow: ['staff'],
  summary: 'Makes a secret link under which a calendar program reads a calendar, all of one’s own, or that of the office’s leaders; with words or as taken times only. Shown once.',
  input: z.object({ scope: choice(['person', 'calendar', 'office']), calendarId: optionalId(), name: line(100), detail: choice(['full', 'busy']).default('full') }),
  output: z.object({ id: z.string(), token: z.string() }),
  async run(context, input) {
    const { db, office, caller, now } = context;
    // A token must not make itself other ways in.
    if (!caller.personId || caller.scopes) throw notAllowed();
    if (input.scope === 'calendar') await getCollection(context, input.calendarId ?? '');
    const standing = await db.selectFrom('calendar_feed').select('id').where('office_id', '=', office.id).where('person_id', '=', caller.personId).where('revoked_at', 'is', null).execute();
    if (standing.length >= feedsAtMost) throw notNow('error.feeds_enough', { max: feedsAtMost });
    const [feedId, token] = [context.newId(), newToken()];
    await db.insertInto('calendar_feed').values({ office_id: office.id, id: feedId, scope: input.scope, calendar_id: input.scope === 'calendar' ? input.calendarId : null, person_id: caller.personId, name: input.name, detail: input.detail, token_hash: hashToken(token), at: now }).execute();
    context.record({ name: 'feed.added', nounId: feedId, data: { scope: input.scope, detail: input.detail } });
    return { id: feedId, token };
  },
});

export const listFeeds = operation({
  id: 'feed.list', kind: 'query', rest: 'GET /feeds', allow: ['staff'],
  summary: 'One’s own secret links, and when each was last read.',
  input: z.object({}),
  output: z.object({ feeds: z.array(FeedView) }),
  async run({ db, office, caller }) {
    const rows = await db.selectFrom('calendar_feed as f').leftJoin('calendar as k', (join) => join.onRef('k.office_id', '=', 'f.office_id').onRef('k.id', '=', 'f.calendar_id')).leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'k.office_id').onRef('p.id', '=', 'k.person_id'))
      .select(['f.id', 'f.name', 'f.scope', 'f.detail', 'f.at', 'f.read_at', 'p.name as owner', 'k.name as calendar']).where('f.office_id', '=', office.id).where('f.person_id', '=', caller.personId).where('f.revoked_at', 'is', null).orderBy('f.at', 'desc').execute();
    return { feeds: rows.map((row) => ({ id: row.id, name: row.name, scope: row.scope as 'person', calendar: row.owner ?? row.calendar ?? '', detail: row.detail as 'full', at: row.at, readAt: row.read_at })) };
  },
});

export const revokeFeed = operation({
  id: 'feed.revoke', kind: 'command', rest: 'POST /feeds/{id}/revoke', allow: ['staff'],
  summary: 'Ends a secret link at once.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, caller, now } = context;
    const gone = await db.updateTable('calendar_feed').set({ revoked_at: now }).where('office_id', '=', office.id).where('id', '=', input.id).where('person_id', '=', caller.personId).where('revoked_at', 'is', null).returning('id').executeTakeFirst();
    if (!gone) throw notFound();
    context.record({ name: 'feed.revoked', nounId: input.id });
    return { id: input.id };
  },
});

/** The events of a calendar from half a year ago on, as the caller may see them; private ones only as taken, whoever reads: a link is not locked. */
async function eventsOf(context: Context, calendarId: string, isBusyOnly: boolean): Promise<Written[]> {
  const { db, office, today, t } = context;
  const from = instantIn(office.jurisdiction.timeZone, addMonths(today, -monthsBack));
  const busy = t('calendar.client.busy');
  const hidden = (await busyTimes(context, calendarId, { from })).map((one) => busyOf(one, busy));
  // The soonest first: where there are more than a link tells, what lies furthest ahead is left out. Asked apart, so that what follows goes by their ids.
  const soonest = await db.selectFrom('occurrence').select('engagement_id').where('office_id', '=', office.id).where('calendar_id', '=', calendarId).where('ends_at', '>', from).groupBy('engagement_id').orderBy((eb) => eb.fn.min('starts_at')).orderBy('engagement_id').limit(eventsAtMost).execute();
  if (soonest.length === 0) return hidden;
  const held = await db.selectFrom('engagement').select((eb) => eb.fn.coalesce('series_id', 'id').as('id')).where('office_id', '=', office.id).where((eb) => eb('id', '=', eb.fn.any(eb.val(soonest.map((row) => row.engagement_id))))).execute();
  if (held.length === 0) return hidden;
  const wanted = [...new Set(held.map((row) => row.id))];
  const rows: EngagementRow[] = await db.selectFrom('engagement').selectAll().where('office_id', '=', office.id).where((eb) => eb.or([eb('id', '=', eb.fn.any(eb.val(wanted))), eb('series_id', '=', eb.fn.any(eb.val(wanted)))])).orderBy('starts_at').orderBy('id').execute();
  const cancelled = Map.groupBy(rows.filter((row) => row.series_id && row.state === 'cancelled'), (row) => row.series_id!);
  const told = rows.filter((row) => row.state !== 'cancelled').map((row): Written => {
    const event = writtenOf({ ...row, ics: null, dropped_at: [...row.dropped_at, ...(cancelled.get(row.id) ?? []).map((one) => one.recurrence_at!)] }, { office, t, organizerName: '', hidesPeople: true });
    const isQuiet = isBusyOnly || row.visibility === 'private';
    return { ...event, organizer: null, ...(isQuiet ? { title: busy, detail: '', place: '', categories: [], travelBefore: null } : {}) };
  });
  return [...told, ...hidden];
}

const Text = z.object({ ics: z.string(), tag: z.string() });
// DTSTAMP of what is only told again must not make it new each time.
const textOf = (events: readonly Written[], name: string): z.infer<typeof Text> => {
  const ics = writeCalendar(events, { name, refreshMinutes, method: 'PUBLISH' });
  return { ics, tag: sha256(ics).slice(0, 32) };
};

export const readFeed = operation({
  id: 'feed.read', kind: 'query', allow: ['public'], asOffice: true, isAlone: true,
  summary: 'The calendar behind a secret link, with the rights that its maker has today.',
  input: z.object({ token: z.string().max(100) }),
  output: Text,
  async run(context, input) {
    const { db, office, now } = context;
    const feed = /^[\w-]{43}$/.test(input.token) ? await db.selectFrom('calendar_feed').selectAll().where('office_id', '=', office.id).where('token_hash', '=', hashToken(input.token)).where('revoked_at', 'is', null).executeTakeFirst() : undefined;
    const caller = feed && (await personCaller(db, office, feed.person_id, { now }));
    if (!feed || !caller) throw notFound();
    if (!feed.read_at || now.getTime() - feed.read_at.getTime() > 600_000) await db.updateTable('calendar_feed').set({ read_at: now }).where('office_id', '=', office.id).where('id', '=', feed.id).execute();
    // From here on the transaction sees what the person sees, and no more.
    await enter(db, caller, sightOf(caller));
    const own: Context = { ...context, caller };
    const home = await readHome.run(own, {});
    const leaders = feed.scope === 'office' ? new Set((await leaderCalendars(own)).map((one) => one.id)) : null;
    const calendars = feed.scope === 'calendar' ? [(await getCollection(own, feed.calendar_id!)).id] : feed.scope === 'person' ? home.collections.filter((one) => one.isMine).map((one) => one.id) : [...leaders!];
    const events = (await Promise.all(calendars.map((one) => eventsOf(own, one, feed.detail === 'busy')))).flat();
    const once = [...new Map(events.map((one) => [`${one.uid} ${one.recurrenceAt?.getTime() ?? ''}`, one])).values()];
    return textOf(once, feed.name);
  },
});

export const readPublicCalendar = operation({
  id: 'calendar.public', kind: 'query', allow: ['public'], asOffice: true, isAlone: true,
  summary: 'What the mayor and the deputies do in public, this month and the next two, in the words that are for the public.',
  input: z.object({}),
  output: Text,
  async run(context) {
    const { db, office, today, t } = context;
    const zone = office.jurisdiction.timeZone;
    const [from, until] = [instantIn(zone, `${today.slice(0, 8)}01`), instantIn(zone, `${addMonths(today, 3).slice(0, 8)}01`)];
    const calendars = (await leaderCalendars(context)).map((one) => one.id);
    if (calendars.length === 0) return textOf([], textIn(office.data.name, context.caller.locale));
    const rows = await db.selectFrom('occurrence as o').innerJoin('engagement as e', (join) => join.onRef('e.office_id', '=', 'o.office_id').onRef('e.id', '=', 'o.engagement_id')).selectAll('e').select(['o.starts_at as at', 'o.ends_at as end', 'o.recurrence_at as original'])
      .where('o.office_id', '=', office.id).where('o.calendar_id', 'in', calendars).where('o.is_own', '=', true).where('o.starts_at', '>=', from).where('o.starts_at', '<', until).where('o.state', '=', 'confirmed').where('e.visibility', '=', 'public').orderBy('o.starts_at').limit(1000).execute();
    // Each occurrence stands for itself: of a series nothing is said but what happens.
    const events = rows.map((row): Written => ({
      ...writtenOf({ ...row, ics: null }, { office, t, organizerName: '', hidesPeople: true }), uid: sha256(`${row.uid} ${row.original.getTime()}`).slice(0, 32), recurrenceAt: null, startsAt: row.at, endsAt: row.end, rule: '', droppedAt: [], title: row.public_title || row.title, detail: '', organizer: null, attendees: [], travelBefore: null, secrecy: 'public',
    }));
    return textOf(events, textIn(office.data.name, context.caller.locale));
  },
});
