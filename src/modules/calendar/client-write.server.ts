import { z } from 'zod';
import type { Vevent } from '../../core/ical.ts';
import { id, say } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong } from '../../core/refusal.ts';
import { keepCalendar } from './calendar.server.ts';
import { findEntry, getCollection, tagOf, textsOf, type Entry } from './client.server.ts';
import type { NewEngagement, NewParticipant, ParticipantRole, Reply } from './engagement.ts';
import { setReply } from './engagement.server.ts';
import { applyChange, cancelEngagement, insertEngagement, lockEngagement, participantsOf, type EngagementRow, type ParticipantRow } from './engagement-write.server.ts';
import { fieldsOf, isSame, readObject, saysSame, type Object } from './ics.ts';
import { endFrom } from './recurrence.ts';

const keptAtMost = 100_000;
const href = () => z.string().min(5, say('field.ics_name')).max(600, say('field.ics_name')).refine((name) => /\.ics$/i.test(name) && !/[\u0000-\u001F/]/.test(name) && name === name.trim(), say('field.ics_name'));
const tag = () => z.string().max(100).nullish();
// What a sitting or an audience has fixed is moved there, with its notices, not by a drag on a phone.
const fixed: ReadonlySet<string> = new Set(['meeting', 'audience']);

/** Refuses when what stands there is not what the program last saw. */
function compare(entry: Entry | null, ifMatch: string | null | undefined, ifNone: boolean): void {
  if (ifNone && entry) throw notNow('error.calendar_changed');
  if (ifMatch && (!entry || (ifMatch !== '*' && !ifMatch.split(',').some((one) => one.trim().replace(/^W\//, '').replaceAll('"', '') === entry.tag)))) throw notNow('error.calendar_changed');
}

/** Who takes part as a program says it, and those whom it cannot name because they have no address. */
async function peopleOf({ db, office }: Context, event: Vevent, before: readonly ParticipantRow[], ownEmail: string | null): Promise<NewParticipant[]> {
  const given = new Map(event.attendees.filter((one) => one.email && one.isPerson && one.email !== office.data.email.toLowerCase() && one.email !== ownEmail?.toLowerCase()).map((one) => [one.email, one]));
  const emails = [...given.keys()].filter((one) => z.email().safeParse(one).success);
  const staff = emails.length === 0 ? [] : await db.selectFrom('person').select(['id', 'email']).where('office_id', '=', office.id).where('is_active', '=', true).where((eb) => eb(eb.fn<string>('lower', ['email']), 'in', emails)).execute();
  const kept = before.filter((one) => !one.email || one.email.toLowerCase() === ownEmail?.toLowerCase()).map((one) => ({ personId: one.person_id, partyId: one.party_id, name: one.name, email: one.email, role: one.role as ParticipantRole }));
  return [...kept, ...emails.map((email) => {
    const one = given.get(email)!;
    const known = before.find((row) => row.email?.toLowerCase() === email);
    return known ? { personId: known.person_id, partyId: known.party_id, name: known.name, email: known.email, role: one.role } : { personId: staff.find((row) => row.email?.toLowerCase() === email)?.id ?? null, name: one.name.slice(0, 200) || email, email, role: one.role };
  })];
}
const keysOf = (people: readonly { personId?: string | null; email?: string | null; name?: string; role?: string }[]): string => people.map((one) => `${one.personId ?? one.email ?? one.name} ${one.role}`).sort().join('\n');
async function participantsIn(context: Context, event: Vevent, row: EngagementRow | null, ownEmail: string | null): Promise<Partial<NewEngagement>> {
  const before = row ? await participantsOf(context, row.id) : [];
  const people = await peopleOf(context, event, before, ownEmail);
  const same = keysOf(people) === keysOf(before.map((one) => ({ personId: one.person_id, email: one.email, name: one.name, role: one.role })));
  return same ? {} : { participants: people };
}

/** Writes the occurrences that are otherwise as the program has them; what it has no more is again as the series says, or falls out. */
async function writeOthers(context: Context, master: EngagementRow, object: Object, ownEmail: string | null): Promise<void> {
  const { db, office, t } = context;
  const rows = await db.selectFrom('engagement').selectAll().where('office_id', '=', office.id).where('series_id', '=', master.id).execute();
  const standing = object.others.filter((one) => one.status !== 'cancelled');
  for (const event of standing) {
    const row = rows.find((one) => one.recurrence_at!.getTime() === event.recurrenceAt!.getTime());
    const fields = { ...fieldsOf(event, row ?? master, t), rule: '', droppedAt: [] };
    if (!row) {
      await insertEngagement(context, { travelBefore: master.travel_before_min, preparation: master.preparation_min, ...fields, ...(await participantsIn(context, event, null, ownEmail)), calendarId: master.calendar_id, caseId: master.case_id, source: 'client' }, { id: context.newId(), uid: master.uid, seriesId: master.id, recurrenceAt: event.recurrenceAt });
      continue;
    }
    const people = await participantsIn(context, event, row, ownEmail);
    if (row.state !== 'cancelled' && isSame(row, fields) && !people.participants) continue;
    // One that fell out once and stands again.
    if (row.state === 'cancelled') await db.updateTable('engagement').set({ state: 'confirmed', cancelled_reason: '' }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
    await applyChange(context, { ...row, state: 'confirmed' }, { ...fields, ...people });
  }
  const fallen = new Set(master.dropped_at.map((at) => at.getTime()));
  const named = new Set(standing.map((one) => one.recurrenceAt!.getTime()));
  for (const row of rows.filter((one) => one.state !== 'cancelled' && !named.has(one.recurrence_at!.getTime()))) {
    if (fallen.has(row.recurrence_at!.getTime()) || master.rule === '') {
      await cancelEngagement(context, row.id, t('calendar.client.deleted'));
      continue;
    }
    const like = { startsAt: master.starts_at, endsAt: master.ends_at, isAllDay: master.is_all_day, timeZone: master.time_zone };
    const asSeries = { ...fieldsOf(object.master, row, t), startsAt: row.recurrence_at!, endsAt: endFrom(like, row.recurrence_at!), rule: '', droppedAt: [] };
    if (!isSame(row, asSeries)) await applyChange(context, row, asSeries);
  }
}

/** Somebody else's engagement in the own calendar: what may be changed there is one's own answer; alarms of the own are let be. */
async function answerAsGuest(context: Context, entry: Entry, object: Object, personId: string | null): Promise<void> {
  const row = await lockEngagement(context, entry.engagementId);
  const person = personId && (await participantsOf(context, row.id)).find((one) => one.person_id === personId);
  if (!person) throw notAllowed();
  const fields = fieldsOf(object.master, row, context.t);
  if (row.starts_at.getTime() !== fields.startsAt.getTime() || row.ends_at.getTime() !== fields.endsAt.getTime()) throw notNow('error.calendar_others');
  const answer = object.master.attendees.find((one) => one.email === person.email?.toLowerCase())?.reply as Reply | undefined;
  if (!answer || answer === person.reply) context.record({ name: 'engagement.read_by_client', nounId: row.id, caseId: null });
  else await setReply(context, row, person.id, { reply: answer, way: 'client', comment: object.master.comment.slice(0, 1000), delegatedTo: '' });
}

const Result = z.object({ href: z.string(), tag: z.string(), isNew: z.boolean(), isVerbatim: z.boolean() });

/** Notes that what stands is what the program wrote, where it is: it may keep its own text then, under the tag of it. */
async function noteText(context: Context, entry: Entry, ics: string | null): Promise<boolean> {
  const { db, office } = context;
  const text = ics && (await textsOf(context, [{ ...entry, isVerbatim: false }])).get(entry.engagementId);
  // A zone that is named must be there for the next program too (RFC 5545, 3.6.5).
  if (!ics || (/;TZID=/i.test(ics) && !/BEGIN:VTIMEZONE/i.test(ics)) || !text || !saysSame(ics, text, office.jurisdiction.timeZone)) return false;
  const number = Number(entry.tag.split('-')[0]);
  await db.insertInto('engagement_href').values({ office_id: office.id, calendar_id: entry.calendarId, engagement_id: entry.engagementId, href: entry.href, text_number: number })
    .onConflict((conflict) => conflict.columns(['office_id', 'calendar_id', 'engagement_id']).doUpdateSet({ text_number: number })).execute();
  return true;
}

export const putIcs = operation({
  id: 'engagement.put_ics', kind: 'command', allow: ['staff'],
  summary: 'Enters or changes an engagement as a calendar program wrote it, a series with those of its occurrences that are otherwise; what the program says beside is kept for it.',
  input: z.object({ calendarId: id(), href: href(), ics: z.string(), ifMatch: tag(), ifNone: z.boolean().default(false) }),
  output: Result,
  async run(context, input) {
    const { db, office, t } = context;
    const collection = await getCollection(context, input.calendarId);
    const object = readObject(input.ics, office.jurisdiction.timeZone);
    const entry = await findEntry(context, input.calendarId, input.href);
    compare(entry, input.ifMatch, input.ifNone);
    const done = async (engagementId: string, isNew: boolean, text: string | null): Promise<z.infer<typeof Result>> => {
      const now = await tagOf(context, input.calendarId, engagementId);
      return { href: now?.href ?? input.href, tag: now?.tag ?? '', isNew, isVerbatim: now !== null && (await noteText(context, now, text)) };
    };
    if (entry && entry.calendarId !== input.calendarId) {
      await answerAsGuest(context, entry, object, collection.personId);
      return done(entry.engagementId, false, null);
    }
    if (!collection.writes) throw notAllowed();
    await keepCalendar(context, input.calendarId);
    const owner = collection.personId === null ? undefined : await db.selectFrom('person').select('email').where('office_id', '=', office.id).where('id', '=', collection.personId).executeTakeFirst();
    const ownEmail = owner?.email ?? null;
    const ics = input.ics.length <= keptAtMost ? input.ics : null;
    // An occurrence that is called off is one that falls out.
    const droppedAt = [...object.master.droppedAt, ...object.others.filter((one) => one.status === 'cancelled').map((one) => one.recurrenceAt!)];
    if (entry) {
      const row = await lockEngagement(context, entry.engagementId);
      if (row.uid !== object.uid) throw wrong({ ics: { key: 'field.ics_uid_other' } });
      if (object.master.status === 'cancelled') {
        if (fixed.has(row.source)) throw notNow('error.calendar_fixed');
        await cancelEngagement(context, row.id, t('calendar.client.deleted'));
        return { href: input.href, tag: entry.tag, isNew: false, isVerbatim: false };
      }
      const fields = fieldsOf(object.master, row, t);
      if (fixed.has(row.source) && (row.starts_at.getTime() !== fields.startsAt.getTime() || row.ends_at.getTime() !== fields.endsAt.getTime() || fields.rule !== row.rule)) throw notNow('error.calendar_fixed');
      const others = object.others.filter((one) => one.status !== 'cancelled').map((one) => one.recurrenceAt!);
      const known = fields.rule === '' ? [] : await db.selectFrom('engagement').select('recurrence_at').where('office_id', '=', office.id).where('series_id', '=', row.id).where('state', '<>', 'cancelled').execute();
      const master = await applyChange(context, row, { ...fields, droppedAt, ...(await participantsIn(context, object.master, row, ownEmail)), ics, sequence: Math.max(row.sequence, object.master.sequence) }, [...others, ...known.map((one) => one.recurrence_at!)]);
      await writeOthers(context, master, object, ownEmail);
      return done(row.id, false, ics);
    }
    if (object.master.status === 'cancelled') throw wrong({ ics: { key: 'field.ics_object' } });
    const engagementId = await enterNew(context, input, object, ics, droppedAt, ownEmail);
    return done(engagementId, true, ics);
  },
});

/** A new engagement of a program; one of the same name that was cancelled once makes room for it. */
async function enterNew(context: Context, input: { calendarId: string; href: string }, object: Object, ics: string | null, droppedAt: Date[], ownEmail: string | null): Promise<string> {
  const { db, office, t } = context;
  const former = await db.selectFrom('engagement').select(['id', 'uid', 'state']).where('office_id', '=', office.id).where('calendar_id', '=', input.calendarId).where('uid', '=', object.uid).where('series_id', 'is', null).executeTakeFirst();
  if (former && former.state !== 'cancelled') throw notNow('error.calendar_uid');
  if (former) {
    await db.updateTable('engagement').set({ uid: `${former.id}@${office.slug}.cancelled` }).where('office_id', '=', office.id).where((eb) => eb.or([eb('id', '=', former.id), eb('series_id', '=', former.id)])).execute();
  }
  const held = await db.selectFrom('engagement_href as h').innerJoin('engagement as e', (join) => join.onRef('e.office_id', '=', 'h.office_id').onRef('e.id', '=', 'h.engagement_id')).select(['h.engagement_id', 'e.state']).where('h.office_id', '=', office.id).where('h.calendar_id', '=', input.calendarId).where('h.href', '=', input.href).executeTakeFirst();
  if (held?.state === 'cancelled') await db.deleteFrom('engagement_href').where('office_id', '=', office.id).where('calendar_id', '=', input.calendarId).where('engagement_id', '=', held.engagement_id).execute();
  const engagementId = context.newId();
  const given: NewEngagement = { calendarId: input.calendarId, ...fieldsOf(object.master, null, t), droppedAt, ...(await participantsIn(context, object.master, null, ownEmail)), ics, sequence: object.master.sequence, source: 'client' };
  const others = object.others.filter((one) => one.status !== 'cancelled').map((one) => one.recurrenceAt!);
  let master: EngagementRow;
  try {
    master = await insertEngagement(context, given, { id: engagementId, uid: object.uid, seriesId: null, recurrenceAt: null }, others);
  } catch (error) {
    // It stands there, where the caller may not see it.
    if ((error as { code?: string }).code === '23505') throw notNow('error.calendar_uid');
    throw error;
  }
  if (input.href !== `${object.uid}.ics`) await db.insertInto('engagement_href').values({ office_id: office.id, calendar_id: input.calendarId, engagement_id: engagementId, href: input.href }).execute();
  await writeOthers(context, master, object, ownEmail);
  context.record({ name: 'engagement.added', nounId: engagementId, caseId: null, data: { calendar: input.calendarId, kind: given.kind, source: 'client' } });
  return engagementId;
}

export const deleteIcs = operation({
  id: 'engagement.delete_ics', kind: 'command', allow: ['staff'],
  summary: 'Cancels an engagement that was deleted in a calendar program; of somebody else’s the own part is declined.',
  input: z.object({ calendarId: id(), href: z.string().max(600), ifMatch: tag() }),
  output: z.object({ href: z.string() }),
  async run(context, input) {
    const collection = await getCollection(context, input.calendarId);
    const entry = await findEntry(context, input.calendarId, input.href);
    if (!entry) throw input.href.startsWith('busy-') ? notAllowed() : notFound();
    compare(entry, input.ifMatch, false);
    const row = await lockEngagement(context, entry.engagementId);
    if (entry.calendarId !== input.calendarId) {
      const person = collection.personId && (await participantsOf(context, row.id)).find((one) => one.person_id === collection.personId);
      if (!person || (collection.personId !== context.caller.personId && !collection.writes)) throw notAllowed();
      await setReply(context, row, person.id, { reply: 'declined', way: 'client', comment: '', delegatedTo: '' });
      return { href: input.href };
    }
    if (!collection.writes) throw notAllowed();
    await keepCalendar(context, input.calendarId);
    if (fixed.has(row.source)) throw notNow('error.calendar_fixed');
    await cancelEngagement(context, row.id, context.t('calendar.client.deleted'));
    return { href: input.href };
  },
});

const propertyBytesAtMost = 1000;
export const setProperty = operation({
  id: 'calendar.set_property', kind: 'command', allow: ['staff'],
  summary: 'How a calendar is shown in the caller’s own programs: its colour, its place.',
  input: z.object({ id: id(), properties: z.array(z.object({ name: z.string().max(200).refine((name) => /^\{[^{}\s]{1,120}\}[\w.-]{1,60}$/.test(name), say('field.wrong')), value: z.string().max(propertyBytesAtMost).nullable() })).min(1).max(20) }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, caller, now } = context;
    await getCollection(context, input.id);
    if (!caller.personId) throw notAllowed();
    for (const one of input.properties) {
      const key = { office_id: office.id, calendar_id: input.id, person_id: caller.personId, name: one.name };
      if (one.value === null) await db.deleteFrom('calendar_property').where('office_id', '=', office.id).where('calendar_id', '=', input.id).where('person_id', '=', caller.personId).where('name', '=', one.name).execute();
      else await db.insertInto('calendar_property').values({ ...key, value: one.value, at: now }).onConflict((conflict) => conflict.columns(['office_id', 'calendar_id', 'person_id', 'name']).doUpdateSet({ value: one.value!, at: now })).execute();
    }
    context.record({ name: 'calendar.shown_otherwise', nounId: input.id });
    return { id: input.id };
  },
});
