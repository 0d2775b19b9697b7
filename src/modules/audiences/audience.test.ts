import { describe } from 'vitest';
import { addDays, dayIn, instantIn, weekdayOf } from '../../core/day.ts';
import type { Caller } from '../../core/caller.ts';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { addPaperToCase, registerPaper } from '../registry/paper.server.ts';
import { answerAudience, noteAnswer } from './answer.server.ts';
import { earlierMatters, getAudienceView } from './audience.server.ts';
import { addSlot, cancelDay, closeDay, daysAhead, dropSlot, getReceptionDay, holdDays, listDays, makeDays } from './day.server.ts';
import { countAudiences, listAudiences } from './list.server.ts';
import { adoptAudience, askAudience, registerAudience } from './register.server.ts';
import { askOtherTime, confirmAudience, declineAudience, prepareAudience, redirectAudience, remindAudiences, scheduleAudience, withdrawAudience } from './schedule.server.ts';
import { audienceFigures } from './statistics.server.ts';
import { findAudienceByCode, trackAudience } from './tracking.server.ts';
import { arriveAudience, beginAudience, correctTalk, endAudience, gatherPack, noteAudience, promiseMore } from './visit.server.ts';

const asks = { topic: 'roads', purpose: 'Пут до школе је разрован.', name: 'Ана Пријем', contactBy: 'email' as const, email: 'ana@primjer.example', phone: '067 000 222' };
const zone = 'Europe/Podgorica';
/** A Tuesday that is a working day, some weeks from a fixed moment. */
const tuesday = '2026-09-15';
const monday = instantIn(zone, '2026-09-07', '09:00');
const at = (on: string, time: string): Date => instantIn(zone, on, time);

async function receive(office: TestOffice, now = monday) {
  const [chief, mayor, registrar] = [await office.as('chief'), await office.as('mayor'), await office.as('registrar')];
  const { ids } = await office.run(makeDays, chief, { hostId: mayor.personId!, fromOn: tuesday, untilOn: addDays(tuesday, 13), weekdays: [2, 4], from: '10:00', until: '13:00', minutes: 15, pause: 5 }, { now });
  const { slots } = await office.run(getReceptionDay, chief, { id: ids[0]! });
  return { chief, mayor, registrar, ids, slots };
}
const ask = (office: TestOffice, more: object = {}, now = monday) => office.run(askAudience, office.public(), { ...asks, ...more }, { now });
const view = (office: TestOffice, caller: Caller, id: string) => office.run(getAudienceView, caller, { id });

describe('reception days', () => {
  test('are made by weekday with times and pauses, over closing days and those that are there', async ({ office }) => {
    const { chief, mayor, ids, slots } = await receive(office);
    expect(slots).toHaveLength(9);
    const { days } = await office.run(listDays, chief, { fromOn: tuesday }, { now: monday });
    expect(days.map((one) => weekdayOf(one.onDay))).toEqual([2, 4, 2, 4]);
    const again = await office.run(makeDays, chief, { hostId: mayor.personId!, fromOn: tuesday, untilOn: addDays(tuesday, 20), weekdays: [2], from: '10:00', until: '13:00', minutes: 20 }, { now: monday });
    expect(again).toMatchObject({ made: 1, skipped: 2 });
    // New Year's days are no reception days.
    expect((await office.refused(office.run(makeDays, chief, { hostId: mayor.personId!, fromOn: '2027-01-01', from: '10:00', until: '12:00', minutes: 20 }, { now: monday }), 422)).fields).toHaveProperty('weekdays');
    const engagements = await office.within((db) => db.selectFrom('engagement').select(['kind', 'visibility', 'starts_at']).where('office_id', '=', office.office.id).orderBy('starts_at').execute());
    expect(engagements[0]).toMatchObject({ kind: 'audience', visibility: 'public', starts_at: at(tuesday, '10:00') });
    expect((await office.run(daysAhead, office.public(), {}, { now: monday })).days[0]).toMatchObject({ onDay: tuesday, from: '10:00', until: '12:55', hasFree: true });
    await office.run(closeDay, chief, { id: ids[0]! });
    expect((await office.run(daysAhead, office.public(), {}, { now: monday })).days[0]).toMatchObject({ hasFree: false });
  });

  test('a time is given once, and one that somebody has is not dropped', async ({ office }) => {
    const { chief, ids, slots } = await receive(office);
    const [one, two] = [await ask(office), await ask(office, { name: 'Бојан Пријем' })];
    await office.run(scheduleAudience, chief, { id: one.id, slotId: slots[0]!.id }, { now: monday });
    expect((await office.refused(office.run(scheduleAudience, chief, { id: two.id, slotId: slots[0]!.id }, { now: monday }), 409)).said.key).toBe('error.audience_time_taken');
    await office.refused(office.run(dropSlot, chief, { id: ids[0]!, slotId: slots[0]!.id }), 409);
    await office.run(dropSlot, chief, { id: ids[0]!, slotId: slots[1]!.id });
    await office.run(addSlot, chief, { id: ids[0]!, from: '13:00', minutes: 20 });
    expect((await office.refused(office.run(addSlot, chief, { id: ids[0]!, from: '13:10', minutes: 20 }), 422)).fields).toHaveProperty('from');
  });

  test('when one is cancelled, those who were to come are told and wait again before later ones', async ({ office }) => {
    const { chief, ids, slots } = await receive(office);
    const one = await ask(office);
    await ask(office, { name: 'Каснији' }, at('2026-09-07', '11:00'));
    await office.run(scheduleAudience, chief, { id: one.id, slotId: slots[0]!.id }, { now: monday });
    expect(await office.run(cancelDay, chief, { id: ids[0]!, reason: 'Службени пут.' }, { now: monday })).toMatchObject({ told: 1, waiting: 1 });
    const { audiences } = await office.run(listAudiences, chief, { view: 'waiting' });
    expect(audiences.map((each) => each.id)[0]).toBe(one.id);
    await office.settle();
    expect(office.mails.filter((mail) => mail.to === asks.email).map((mail) => mail.subject).join()).not.toContain('школе');
  });
});

describe('from the request to the answer', () => {
  test('a case is opened, the citizen follows it by code, comes, is promised something and is answered', async ({ office }) => {
    const { chief, mayor, slots } = await receive(office);
    const sent = await ask(office);
    expect(sent.number).toBe(1);
    expect(await office.run(findAudienceByCode, office.public(), { code: sent.code.toLowerCase() })).toEqual({ caseId: sent.caseId });
    const clerk = await office.as('radoje-kapisoda');
    await office.refused(view(office, clerk, sent.id), 404);
    await office.run(scheduleAudience, chief, { id: sent.id, slotId: slots[0]!.id }, { now: monday });
    await office.run(prepareAudience, chief, { id: sent.id, unitId: clerk.unitId! }, { now: monday });
    expect((await view(office, clerk, sent.id)).acts).toEqual(['note']);
    expect((await office.run(countAudiences, clerk, {})).notes).toBe(1);
    await office.run(noteAudience, clerk, { id: sent.id, note: 'Уговор је потписан.', version: 3 });
    expect((await office.refused(office.run(noteAudience, clerk, { id: sent.id, note: 'Друго.', version: 3 }), 409)).said.key).toBe('error.changed_meanwhile');
    const citizen = office.petitioner(sent.caseId);
    await office.run(confirmAudience, citizen, { id: sent.id }, { now: monday });
    await office.settle();
    await office.run(gatherPack, office.system(), { dayId: slots[0]!.dayId }, { now: monday });
    expect((await office.within((db) => db.selectFrom('pack_part').selectAll().where('office_id', '=', office.office.id).where('origin', '=', 'audience').execute())).map((part) => part.text)).toEqual([expect.stringContaining('Уговор је потписан.')]);
    expect(await office.run(remindAudiences, office.system(), {}, { now: at('2026-09-14', '09:00') })).toEqual({ reminded: 1 });
    expect(await office.run(remindAudiences, office.system(), {}, { now: at('2026-09-14', '10:00') })).toEqual({ reminded: 0 });
    const now = at(tuesday, '09:58');
    await office.run(arriveAudience, chief, { id: sent.id }, { now });
    await office.run(beginAudience, mayor, { id: sent.id }, { now });
    const ended = await office.run(endAudience, mayor, { id: sent.id, talk: 'Обећана поправка.', outcome: 'promised', promises: [{ text: 'Поправити пут.', to: `unit:${clerk.unitId}`, dueOn: '2026-10-10' }], replyDueOn: '2026-10-05' }, { now: at(tuesday, '10:12') });
    expect(ended.obligations).toHaveLength(1);
    await office.run(promiseMore, chief, { id: sent.id, text: 'Обићи школу.', to: `person:${clerk.personId}` }, { now: at(tuesday, '10:20') });
    expect((await view(office, chief, sent.id)).promises).toHaveLength(2);
    expect((await office.run(listAudiences, chief, { view: 'owed' }, { now: at('2026-09-17', '12:00') })).audiences[0]).toMatchObject({ id: sent.id, kept: { promises: 2, done: 0, late: 0 } });
    await office.run(correctTalk, chief, { id: sent.id, talk: 'Обећана поправка пута.', outcome: 'promised', replyDueOn: '2026-10-05' });
    const answer = await office.run(answerAudience, chief, { id: sent.id, text: 'Пут ће бити поправљен.', way: 'email' }, { now: at('2026-09-17', '12:00') });
    expect(answer.reference).not.toBe(sent.reference);
    const tracked = await office.run(trackAudience, citizen, {});
    expect(tracked).toMatchObject({ state: 'answered', answer: 'Пут ће бити поправљен.', hasAnswerFile: true, acts: [] });
    await office.settle();
    expect(office.mails.at(-1)).toMatchObject({ to: asks.email, isAutomatic: false });
    const figures = await office.run(audienceFigures, chief, { months: 12 }, { now: at('2026-09-17', '12:00') });
    expect(figures.totals).toMatchObject({ asked: 1, held: 1, promises: 2 });
    expect(figures.topics[0]).toMatchObject({ key: 'roads', count: 1, held: 1 });
    expect((await office.run(earlierMatters, chief, { partyId: (await view(office, chief, sent.id)).audience.partyId! })).matters.map((one) => one.kind)).toEqual(['promise', 'promise', 'audience']);
  });

  test('a time that is given up is offered to the next who waits', async ({ office }) => {
    const { chief, slots } = await receive(office);
    const first = await ask(office);
    const next = await office.run(registerAudience, chief, { ...asks, name: 'Бојан Пријем', email: 'bojan@primjer.example' }, { now: monday });
    await office.run(scheduleAudience, chief, { id: first.id, slotId: slots[0]!.id }, { now: monday });
    await office.run(askOtherTime, office.petitioner(first.caseId), { id: first.id, wished: 'послије 12' }, { now: monday });
    await office.settle();
    expect((await view(office, chief, next.id)).audience).toMatchObject({ state: 'scheduled', slotId: slots[0]!.id });
    expect((await view(office, chief, first.id)).audience).toMatchObject({ state: 'waiting', slotId: null, wished: 'послије 12' });
    await office.run(withdrawAudience, office.petitioner(next.caseId), { id: next.id }, { now: monday });
    await office.settle();
    expect((await view(office, chief, first.id)).audience).toMatchObject({ state: 'scheduled', slotId: slots[0]!.id });
  });

  test('somebody unannounced is taken in; who does not come has missed it', async ({ office }) => {
    const { chief, ids, slots } = await receive(office);
    const [expected, sudden] = [await ask(office), await office.run(registerAudience, chief, asks, { now: monday })];
    await office.run(scheduleAudience, chief, { id: expected.id, slotId: slots[0]!.id }, { now: monday });
    await office.refused(office.run(arriveAudience, chief, { id: sudden.id }, { now: monday }), 409);
    await office.run(arriveAudience, chief, { id: sudden.id, dayId: ids[0]! }, { now: at(tuesday, '10:30') });
    expect((await office.run(getReceptionDay, chief, { id: ids[0]! })).audiences.map((one) => [one.id, one.state])).toEqual([[expected.id, 'scheduled'], [sudden.id, 'arrived']]);
    expect(await office.run(holdDays, office.system(), {}, { now: at(addDays(tuesday, 1), '01:20') })).toEqual({ held: 1, missed: 1 });
  });

  test('declined with a reason, or a unit receives instead', async ({ office }) => {
    const { chief } = await receive(office);
    const [one, two] = [await ask(office), await ask(office)];
    await office.run(declineAudience, chief, { id: one.id, reason: 'О томе одлучује суд.' });
    await office.run(redirectAudience, chief, { id: two.id, unitId: 'komunalni', reason: 'Надлежни су.' });
    expect((await view(office, await office.as('predrag-jablan'), two.id)).audience.state).toBe('redirected');
    await office.settle();
    expect(office.mails.filter((mail) => mail.text.includes('О томе одлучује суд.'))).toHaveLength(1);
    await office.refused(office.run(scheduleAudience, chief, { id: one.id, slotId: two.id }), 409);
  });

  test('a letter of the case that goes out is the answer', async ({ office }) => {
    const { chief, slots } = await receive(office);
    const one = await ask(office);
    await office.run(scheduleAudience, chief, { id: one.id, slotId: slots[0]!.id }, { now: monday });
    await office.run(arriveAudience, chief, { id: one.id }, { now: at(tuesday, '10:00') });
    await office.run(endAudience, chief, { id: one.id, talk: 'Објашњено.', outcome: 'explained', replyDueOn: '2026-10-05' }, { now: at(tuesday, '10:10') });
    const letter = await office.run(addPaperToCase, chief, { id: one.caseId, direction: 'out', channel: 'post', subject: 'Одговор' });
    await office.run(noteAnswer, office.system(), { caseId: one.caseId, reference: letter.reference });
    expect((await view(office, chief, one.id)).audience).toMatchObject({ state: 'answered', answerEntryId: letter.entryId });
  });

  test('a registered letter is taken as a request under its own number, once', async ({ office }) => {
    const chief = await office.as('chief');
    const paper = await office.run(registerPaper, chief, { subject: 'Молба за пријем', text: 'Молим за пријем.', name: 'Петар Пријем', address: 'Липова 9' });
    const taken = await office.run(adoptAudience, chief, { caseId: paper.id, contactBy: 'post' });
    expect(taken).toMatchObject({ caseId: paper.id, reference: paper.reference });
    expect((await view(office, chief, taken.id)).audience).toMatchObject({ purpose: 'Молим за пријем.', state: 'waiting', channel: 'letter' });
    expect((await office.refused(office.run(adoptAudience, chief, { caseId: paper.id, contactBy: 'post' }), 409)).said.key).toBe('error.audience_known');
  });
});

test('what is confidential is seen by the named alone, also in lists, counts and the pack', async ({ office }) => {
  const { chief, slots } = await receive(office);
  const secret = await office.run(registerAudience, await office.as('citizens'), { ...asks, confidential: true }, { now: monday });
  await office.run(scheduleAudience, chief, { id: secret.id, slotId: slots[0]!.id }, { now: monday });
  const registrar = await office.as('registrar');
  await office.refused(view(office, registrar, secret.id), 404);
  expect((await office.run(listAudiences, registrar, { view: 'ahead' })).audiences).toEqual([]);
  // That the time is taken is all that is known.
  expect((await office.run(getReceptionDay, registrar, { id: slots[0]!.dayId })).slots[0]).toMatchObject({ isTaken: true });
  expect((await office.run(getReceptionDay, registrar, { id: slots[0]!.dayId })).audiences).toEqual([]);
  expect((await office.refused(office.run(prepareAudience, chief, { id: secret.id, unitId: 'komunalni' }, { now: monday }), 422)).fields).toHaveProperty('personId');
  await office.settle();
  expect(await office.run(gatherPack, office.system(), { dayId: slots[0]!.dayId }, { now: monday })).toEqual({ parts: 1 });
  const parts = await office.within((db) => db.selectFrom('pack_part').select(['title', 'text', 'party_id']).where('office_id', '=', office.office.id).execute());
  expect(JSON.stringify(parts)).not.toMatch(/Ана|разрован/);
  expect((await office.events()).map((event) => JSON.stringify(event.data)).join()).not.toMatch(/Ана|разрован/);
});

test('one citizen has no way to another’s audience', async ({ office }) => {
  const [own, foreign] = [await ask(office), await ask(office)];
  await office.refused(office.run(withdrawAudience, office.petitioner(own.caseId), { id: foreign.id }), 404);
  await office.refused(office.run(noteAnswer, office.system(), { caseId: foreign.caseId, reference: 'x' }), 409);
  expect((await office.run(trackAudience, office.petitioner(own.caseId), {})).id).toBe(own.id);
  expect(dayIn(zone, monday)).toBe('2026-09-07');
});
