import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { addDays } from '../../core/day.ts';
import { day, id, optionalId, optionalLine, say, seenVersion, text } from '../../core/input.ts';
import { nextState } from '../../core/lifecycle.ts';
import { textIn, translator } from '../../core/message.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { isLocaleId } from '../../core/language.ts';
import { addDelivery, addWorkingDays, deliverForWork } from '../distribution/index.ts';
import { involve, officeCalendar } from '../registry/index.ts';
import { lifecycle, organisers, type Act } from './audience.ts';
import { beginAct, changeAudience, checkVersion, findAudience, getAudience, type Audience } from './audience.server.ts';
import { freeSlots, keepList, type FreeSlot } from './day.server.ts';
import { notify, notifyNoLonger } from './notice.server.ts';

export const Done = z.object({ id: z.string(), state: z.string(), told: z.boolean() });
const isPetitioner = (caller: { kind: string }): boolean => caller.kind === 'petitioner';

/** The audience for an act that the citizen may do too: of a citizen only the own one. */
async function beginOwn(context: Context, audienceId: string, act: Act): Promise<Audience> {
  const { caller } = context;
  const audience = await getAudience(context, audienceId);
  if (isPetitioner(caller) && audience.caseId !== caller.caseId) throw notFound();
  if (!isPetitioner(caller)) keepList(context);
  nextState(lifecycle, audience.state, act);
  return audience;
}
/** A time that somebody gives up goes to the next who waits: a listener hears of it. */
function freeTime(context: Context, audience: Audience): void {
  if (audience.slotId && audience.startsAt && audience.startsAt > context.now) context.record({ name: 'audience.time_freed', nounId: audience.id, caseId: audience.caseId, data: { slot: audience.slotId } });
}

/** Gives an audience its time and tells it; whoever receives sees the case from then on. */
async function give(context: Context, audience: Audience, slot: FreeSlot, name: 'audience.scheduled' | 'audience.offered'): Promise<boolean> {
  await changeAudience(context, audience.id).set({ state: 'scheduled', slot_id: slot.slotId, day_id: slot.dayId, host_id: slot.hostId, confirmed_at: null, reminded_at: null, called_at: null, calls: 0 }).execute();
  await involve(context, audience.caseId, [slot.hostId]);
  const told = await notify(context, { ...audience, startsAt: slot.startsAt, endsAt: slot.endsAt, place: slot.place }, 'scheduled');
  context.record({ name, nounId: audience.id, caseId: audience.caseId, data: { day: slot.dayId, dueOn: slot.onDay } });
  return told;
}

export const takeUp = operation({
  id: 'audience.take_up', kind: 'command', rest: 'POST /audiences/{id}/take-up', allow: organisers,
  summary: 'Takes a request onto the waiting list, with its topic and who shall receive.',
  input: z.object({ id: id(), topic: optionalLine(60), hostId: optionalId() }), output: Done,
  async run(context, input) {
    const { office } = context;
    const { audience, state } = await beginAct(context, input.id, 'take_up');
    if (input.topic && !office.data.areas.some((one) => one.id === input.topic)) throw wrong({ topic: { key: 'field.choose' } });
    if (input.hostId && !(await context.db.selectFrom('person').select('id').where('office_id', '=', office.id).where('id', '=', input.hostId).where(sql<boolean>`roles && array['mayor', 'deputy']`).executeTakeFirst())) throw wrong({ hostId: { key: 'field.choose' } });
    await changeAudience(context, audience.id).set({ state, topic: input.topic || audience.topic, wished_host_id: input.hostId ?? audience.wishedHostId }).execute();
    context.record({ name: 'audience.taken_up', nounId: audience.id, caseId: audience.caseId });
    return { id: audience.id, state, told: false };
  },
});

export const scheduleAudience = operation({
  id: 'audience.schedule', kind: 'command', rest: 'POST /audiences/{id}/schedule', allow: organisers,
  summary: 'Gives a time of a reception day to somebody who waits, or another time than before; by e-mail it is told at once.',
  input: z.object({ id: id(), slotId: z.string().min(1, say('field.choose')).pipe(id()), version: seenVersion().nullish() }), output: Done,
  async run(context, input) {
    const { db, office } = context;
    const { audience } = await beginAct(context, input.id, 'schedule');
    checkVersion(audience, input.version);
    // Two who give the same time wait for one another here; the index holds it as well.
    const slot = await db.selectFrom('audience_slot').select(['id', 'day_id', 'starts_at']).where('office_id', '=', office.id).where('id', '=', input.slotId).forUpdate().executeTakeFirst();
    if (!slot) throw wrong({ slotId: { key: 'field.choose' } });
    const found = (await freeSlots(context, { dayId: slot.day_id, limit: 200 })).find((one) => one.slotId === slot.id);
    if (!found) throw notNow('error.audience_time_taken');
    freeTime(context, audience);
    return { id: audience.id, state: 'scheduled', told: await give(context, audience, found, 'audience.scheduled') };
  },
});

export const confirmAudience = operation({
  id: 'audience.confirm', kind: 'command', rest: 'POST /audiences/{id}/confirm', allow: [...organisers, 'petitioner'], asOffice: isPetitioner,
  summary: 'Whoever asked will come at the time given: said by code, or by telephone to the office.',
  input: z.object({ id: id() }), output: Done,
  async run(context, input) {
    const audience = await beginOwn(context, input.id, 'confirm');
    const isSoon = audience.onDay !== null && audience.onDay <= addDays(context.today, 3);
    await changeAudience(context, audience.id).set({ state: 'confirmed', confirmed_at: context.now, ...(audience.contactBy === 'phone' && isSoon ? { reminded_at: context.now } : {}) }).execute();
    const told = !isPetitioner(context.caller) && (await notify(context, audience, 'confirmed'));
    context.record({ name: 'audience.confirmed', nounId: audience.id, caseId: audience.caseId, data: { day: audience.dayId } });
    return { id: audience.id, state: 'confirmed', told };
  },
});

export const askOtherTime = operation({
  id: 'audience.ask_other', kind: 'command', rest: 'POST /audiences/{id}/other-time', allow: [...organisers, 'petitioner'], asOffice: isPetitioner,
  summary: 'The time does not suit: back to the waiting list, before those who asked later, with a word on when it would.',
  input: z.object({ id: id(), wished: optionalLine(300) }), output: Done,
  async run(context, input) {
    const audience = await beginOwn(context, input.id, 'ask_other');
    await changeAudience(context, audience.id).set({ state: 'waiting', slot_id: null, day_id: null, confirmed_at: null, reminded_at: null, wished: input.wished || audience.wished, wished_on: null }).execute();
    freeTime(context, audience);
    const told = await notifyNoLonger(context, audience, 'other_asked');
    context.record({ name: 'audience.other_asked', nounId: audience.id, caseId: audience.caseId, data: { day: audience.dayId } });
    return { id: audience.id, state: 'waiting', told };
  },
});

export const withdrawAudience = operation({
  id: 'audience.withdraw', kind: 'command', rest: 'POST /audiences/{id}/withdraw', allow: [...organisers, 'petitioner'], asOffice: isPetitioner,
  summary: 'Whoever asked no longer wishes to come; the time is free for the next.',
  input: z.object({ id: id(), reason: optionalLine(500) }), output: Done,
  async run(context, input) {
    const audience = await beginOwn(context, input.id, 'withdraw');
    await changeAudience(context, audience.id).set({ state: 'withdrawn', slot_id: null, day_id: null, reason: input.reason }).execute();
    freeTime(context, audience);
    const told = await notifyNoLonger(context, audience, 'withdrawn');
    context.record({ name: 'audience.withdrawn', nounId: audience.id, caseId: audience.caseId, data: { day: audience.dayId } });
    return { id: audience.id, state: 'withdrawn', told };
  },
});

export const callAudience = operation({
  id: 'audience.call', kind: 'command', rest: 'POST /audiences/{id}/call', allow: organisers,
  summary: 'Notes that somebody was called and not reached.',
  input: z.object({ id: id() }), output: Done,
  async run(context, input) {
    const { audience, state } = await beginAct(context, input.id, 'call');
    await changeAudience(context, audience.id).set({ called_at: context.now, calls: audience.calls + 1 }).execute();
    context.record({ name: 'audience.not_reached', nounId: audience.id, caseId: audience.caseId });
    return { id: audience.id, state, told: false };
  },
});

export const redirectAudience = operation({
  id: 'audience.redirect', kind: 'command', rest: 'POST /audiences/{id}/redirect', allow: organisers,
  summary: 'A unit receives in place of who leads: the case goes there for work, and whoever asked is told.',
  input: z.object({ id: id(), unitId: optionalLine(60), reason: text(2000) }), output: Done,
  async run(context, input) {
    const { db, office } = context;
    const { audience } = await beginAct(context, input.id, 'redirect');
    const unit = office.data.units.find((one) => one.id === input.unitId);
    if (!unit) throw wrong({ unitId: { key: 'field.choose_unit' } });
    if (audience.access === 'confidential') throw notNow('error.audience_confidential');
    await changeAudience(context, audience.id).set({ state: 'redirected', slot_id: null, day_id: null, unit_id: unit.id, reason: input.reason }).execute();
    await deliverForWork(context, audience.caseId, { unitId: unit.id, personId: null });
    await db.updateTable('case_file').set({ unit_id: unit.id, handled_by: null }).where('office_id', '=', office.id).where('id', '=', audience.caseId).where('kind', '=', 'paper').execute();
    freeTime(context, audience);
    const told = await notify(context, audience, 'redirected', { unit: textIn(unit.name, isLocaleId(audience.locale) ? audience.locale : office.locale), reason: input.reason });
    context.record({ name: 'audience.redirected', nounId: audience.id, caseId: audience.caseId, data: { unit: unit.id, day: audience.dayId } });
    return { id: audience.id, state: 'redirected', told };
  },
});

export const noteAdopted = operation({
  id: 'audience.note_adopted', kind: 'command', allow: [],
  summary: 'A case of somebody who asked to be received is treated as a petition: the audience is no longer waited for.',
  input: z.object({ caseId: id() }), output: z.object({ noted: z.boolean() }),
  async run(context, input) {
    const audience = await findAudience(context, input);
    const open = audience !== null && lifecycle.steps.some((step) => step.act === 'redirect' && step.from.includes(audience.state));
    if (!audience || !open) throw notFound();
    await changeAudience(context, audience.id).set({ state: 'redirected', slot_id: null, day_id: null, reason: translator(context.office.locale)('audience.as_petition') }).execute();
    freeTime(context, audience);
    await notifyNoLonger(context, audience, 'adopted');
    context.record({ name: 'audience.redirected', nounId: audience.id, caseId: audience.caseId, data: { day: audience.dayId } });
    return { noted: true };
  },
});

export const declineAudience = operation({
  id: 'audience.decline', kind: 'command', rest: 'POST /audiences/{id}/decline', allow: organisers,
  summary: 'Declines to receive, with a reason that whoever asked is told.',
  input: z.object({ id: id(), reason: text(2000) }), output: Done,
  async run(context, input) {
    const { audience, state } = await beginAct(context, input.id, 'decline');
    await changeAudience(context, audience.id).set({ state, reason: input.reason }).execute();
    const told = await notify(context, audience, 'declined', { reason: input.reason });
    context.record({ name: 'audience.declined', nounId: audience.id, caseId: audience.caseId });
    return { id: audience.id, state, told };
  },
});

export const prepareAudience = operation({
  id: 'audience.prepare', kind: 'command', rest: 'POST /audiences/{id}/prepare', allow: organisers,
  summary: 'Asks the department concerned for a note before the talk, by a day: it gets the case by the delivery book.',
  input: z.object({ id: id(), unitId: optionalLine(60), personId: optionalId(), dueOn: z.union([z.literal(''), day()]).default('') }), output: Done,
  async run(context, input) {
    const { db, office, today } = context;
    const { audience, state } = await beginAct(context, input.id, 'prepare');
    const person = input.personId ? await db.selectFrom('person').select(['id', 'unit_id']).where('office_id', '=', office.id).where('id', '=', input.personId).where('is_active', '=', true).executeTakeFirst() : undefined;
    if (input.personId && !person) throw wrong({ personId: { key: 'field.choose' } });
    const unitId = input.unitId || person?.unit_id || null;
    if (!unitId || !office.data.units.some((one) => one.id === unitId)) throw wrong({ unitId: { key: 'field.choose_unit' } });
    // A unit is many: what is confidential goes to one by name.
    if (audience.access === 'confidential' && !person) throw wrong({ personId: { key: 'field.person_only' } });
    if (input.dueOn && input.dueOn < today) throw wrong({ dueOn: { key: 'field.day_past' } });
    if (input.dueOn && audience.onDay && input.dueOn > audience.onDay) throw wrong({ dueOn: { key: 'field.audience_note_late' } });
    const calendar = await officeCalendar(db, office);
    const usual = audience.onDay && audience.onDay > today ? addDays(audience.onDay, -1) : addWorkingDays(calendar, today, 5);
    const dueOn = input.dueOn || (usual < today ? today : usual);
    await changeAudience(context, audience.id).set({ unit_id: unitId, note_due_on: dueOn }).execute();
    await addDelivery(context, { caseId: audience.caseId, purpose: 'work', isCopy: true, to: { unitId: audience.access === 'confidential' ? null : unitId, personId: person?.id ?? null }, note: translator(office.locale)('audience.note.wanted', { on: dueOn.split('-').reverse().join('.') }) });
    context.record({ name: 'audience.note_asked', nounId: audience.id, caseId: audience.caseId, data: { unit: unitId, dueOn, day: audience.dayId } });
    return { id: audience.id, state, told: false };
  },
});

export const offerTime = operation({
  id: 'audience.offer', kind: 'command', allow: [],
  summary: 'Offers a time that was given up to the next who waits and whom it fits; not in the last day and a half before it.',
  input: z.object({ slotId: id(), exceptId: id() }), output: z.object({ offeredTo: z.string().nullable() }),
  async run(context, input) {
    const { db, office, now } = context;
    const slot = await db.selectFrom('audience_slot').select('day_id').where('office_id', '=', office.id).where('id', '=', input.slotId).forUpdate().executeTakeFirst();
    if (!slot) throw notFound();
    if (!(await db.selectFrom('audience').select('id').where('office_id', '=', office.id).where('id', '=', input.exceptId).executeTakeFirst())) throw notFound();
    const found = (await freeSlots(context, { dayId: slot.day_id, after: new Date(now.getTime() + 36 * 3_600_000), limit: 200 })).find((one) => one.slotId === input.slotId);
    const next = found ? (await sql<{ id: string }>`select a.id from audience a where a.office_id = ${office.id} and a.state = 'waiting' and a.id <> ${input.exceptId}::uuid and (a.wished_host_id is null or a.wished_host_id = ${found.hostId}::uuid)
      and (${found.topics.length === 0} or a.topic = any (${found.topics}::text[])) order by (a.wished_on = ${found.onDay}::date) desc nulls last, a.at limit 1`.execute(db)).rows[0] : undefined;
    const audience = next ? await getAudience(context, next.id) : null;
    if (found && audience) await give(context, audience, found, 'audience.offered');
    else context.record({ name: 'audience.checked' });
    return { offeredTo: audience?.id ?? null };
  },
});

export const remindAudiences = operation({
  id: 'audience.remind', kind: 'command', allow: [],
  summary: 'Reminds by e-mail, once, whoever is received on the next day or on the next working day.',
  input: z.object({}), output: z.object({ reminded: z.number() }),
  async run(context) {
    const { db, office, today } = context;
    const next = addWorkingDays(await officeCalendar(db, office), today, 1);
    const rows = await sql<{ id: string }>`select a.id from audience a join audience_day d on d.office_id = a.office_id and d.id = a.day_id where a.office_id = ${office.id} and a.state in ('scheduled', 'confirmed') and a.contact_by = 'email'
      and a.reminded_at is null and d.on_day > ${today}::date and d.on_day <= ${next}::date order by a.id`.execute(db);
    let reminded = 0;
    for (const row of rows.rows) {
      const audience = await getAudience(context, row.id);
      if (!(await notify(context, audience, 'reminder'))) continue;
      await changeAudience(context, audience.id).set({ reminded_at: context.now }).execute();
      context.record({ name: 'audience.reminded', nounId: audience.id, caseId: audience.caseId });
      reminded++;
    }
    if (reminded === 0) context.record({ name: 'audience.checked' });
    return { reminded };
  },
});

