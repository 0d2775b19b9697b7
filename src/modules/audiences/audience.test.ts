import { describe } from 'vitest';
import { addDays, dayIn, instantIn, weekdayOf } from '../../core/day.ts';
import type { Caller } from '../../core/caller.ts';
import { readCalendar, type Vevent } from '../../core/ical.ts';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { addPaperToCase, registerPaper } from '../registry/paper.server.ts';
import { answerAudience, noteAnswer } from './answer.server.ts';
import { earlierMatters, getAudienceView } from './audience.server.ts';
import { addSlot, cancelDay, changeReceptionDay, closeDay, daysAhead, dropSlot, getReceptionDay, holdDays, listDays, makeDays } from './day.server.ts';
import { countAudiences, listAudiences } from './list.server.ts';
import { adoptAudience, askAudience, registerAudience } from './register.server.ts';
import { askOtherTime, confirmAudience, declineAudience, noteAdopted, prepareAudience, redirectAudience, remindAudiences, scheduleAudience, withdrawAudience } from './schedule.server.ts';
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

describe('the time in the citizen’s own calendar', () => {
  /** What the letters to this address said to a calendar, the oldest first, read as its program would. */
  const entries = (office: TestOffice, to = asks.email): { method: string; event: Vevent; ics: string; text: string }[] => office.mails.filter((mail) => mail.to === to && mail.invitation).map((mail) => {
    const { method, events } = readCalendar(mail.invitation!.ics, 'UTC');
    expect([method, events.length]).toEqual([mail.invitation!.method, 1]);
    return { method, event: events[0]!, ics: mail.invitation!.ics, text: `${mail.subject}\n${mail.text}` };
  });

  /** A minute later each time it is asked: letters go out by when they were written. */
  const minutes = (): (() => { now: Date }) => {
    let count = 0;
    return () => ({ now: new Date(monday.getTime() + 60_000 * ++count) });
  };

  test('follows the day to another place, and who has no e-mail is to be called', async ({ office }) => {
    const { chief, ids, slots } = await receive(office);
    const next = minutes();
    const [one, other] = [await ask(office, { locale: 'en' }), await ask(office, { name: 'Друга', contactBy: 'phone', email: '' })];
    await office.run(scheduleAudience, chief, { id: one.id, slotId: slots[1]!.id }, next());
    await office.run(confirmAudience, chief, { id: one.id }, next());
    await office.run(scheduleAudience, chief, { id: other.id, slotId: slots[2]!.id }, next());
    const change = async (more: object) => office.run(changeReceptionDay, chief, { id: ids[0]!, isPublic: true, ...more }, next());
    expect(await change({ note: 'Без промјене мјеста.' })).toMatchObject({ told: 0, toCall: 0 });
    expect(await change({ place: office.office.data.address })).toMatchObject({ told: 0, toCall: 0 });
    expect(await change({ place: 'Сала 2' })).toMatchObject({ told: 1, toCall: 1 });
    await office.settle();
    const told = entries(office);
    expect(told.map(({ event }) => [event.status, event.place, event.attendees[0]!.reply])).toEqual([
      ['confirmed', office.office.data.address, 'needs-action'], ['confirmed', office.office.data.address, 'accepted'], ['confirmed', 'Сала 2', 'accepted'],
    ]);
    expect(told[2]!.event.sequence).toBeGreaterThan(told[1]!.event.sequence);
    expect([new Set(told.map(({ event }) => event.uid)).size, told[2]!.text]).toEqual([1, expect.stringContaining('in another place than we wrote before: Сала 2')]);
    // Of a day that has begun nobody is told.
    expect(await office.run(changeReceptionDay, chief, { id: ids[0]!, isPublic: true, place: 'Сала 3' }, { now: at(tuesday, '12:00') })).toMatchObject({ told: 0, toCall: 0 });
  });

  test('is entered with its place and zone, moved, confirmed, given up and withdrawn under one UID', async ({ office }) => {
    const { chief, ids, slots } = await receive(office);
    const next = minutes();
    await office.run(makeDays, chief, { hostId: (await office.as('mayor')).personId!, fromOn: '2026-10-27', from: '10:00', until: '11:00', minutes: 20, place: 'Сала 2' }, { now: monday });
    const sent = await ask(office, { locale: 'en' });
    const citizen = office.petitioner(sent.caseId);
    const [winter] = (await office.run(listDays, chief, { fromOn: '2026-10-27' }, { now: monday })).days;
    const far = (await office.run(getReceptionDay, chief, { id: winter!.id })).slots[1]!;
    await office.run(scheduleAudience, chief, { id: sent.id, slotId: slots[1]!.id }, next());
    await office.run(scheduleAudience, chief, { id: sent.id, slotId: far.id }, next());
    await office.run(confirmAudience, chief, { id: sent.id }, next());
    await office.run(askOtherTime, citizen, { id: sent.id }, next());
    await office.run(scheduleAudience, chief, { id: sent.id, slotId: slots[2]!.id }, next());
    await office.run(remindAudiences, office.system(), {}, { now: at('2026-09-14', '09:00') });
    await office.run(withdrawAudience, citizen, { id: sent.id }, { now: at('2026-09-14', '10:00') });
    await office.settle();
    const told = entries(office);
    expect(told.map(({ method, event }) => [method, event.status, event.startsAt, event.attendees[0]!.reply])).toEqual([
      ['REQUEST', 'confirmed', at(tuesday, '10:20'), 'needs-action'], ['REQUEST', 'confirmed', at('2026-10-27', '10:20'), 'needs-action'], ['REQUEST', 'confirmed', at('2026-10-27', '10:20'), 'accepted'],
      ['CANCEL', 'cancelled', at('2026-10-27', '10:20'), 'needs-action'], ['REQUEST', 'confirmed', at(tuesday, '10:40'), 'needs-action'], ['CANCEL', 'cancelled', at(tuesday, '10:40'), 'needs-action'],
    ]);
    expect(new Set(told.map(({ event }) => event.uid)).size).toBe(1);
    const sequences = told.map(({ event }) => event.sequence);
    expect(sequences).toEqual([...new Set(sequences)].toSorted((a, b) => a - b));
    expect(told[0]!.event).toMatchObject({ timeZone: zone, endsAt: at(tuesday, '10:35'), place: office.office.data.address, secrecy: 'private', organizer: { email: office.office.data.email }, attendees: [{ email: asks.email, name: asks.name }] });
    expect(told[1]!.event).toMatchObject({ timeZone: zone, place: 'Сала 2', endsAt: at('2026-10-27', '10:40') });
    expect(told[0]!.event.title).toMatch(/^Reception: /);
    // A calendar is shown to others: neither the code nor the purpose, and no reply is asked for that nobody reads.
    for (const { ics } of told) expect(ics.replaceAll('\r\n ', '')).not.toMatch(new RegExp(`${sent.code}|status|RSVP|разрован|roads`));
    expect(told.every(({ event }) => event.detail.includes(`no. ${sent.number}/2026`))).toBe(true);
    expect(told.at(-1)!.text).toContain('Cancelled at your request');
    // Other letters have none, and who asked for no e-mail gets none.
    expect(office.mails.filter((mail) => mail.to === asks.email && !mail.invitation).map((mail) => mail.subject)).toEqual([expect.stringContaining('Request to be received'), expect.stringContaining('Reminder')]);
    expect(ids).toHaveLength(4);
  });

  test('is taken out when the day is cancelled or a unit receives, speaks the citizen’s language, and is there for e-mail alone', async ({ office }) => {
    const { chief, ids, slots } = await receive(office);
    const next = minutes();
    const one = await ask(office, { locale: 'sq' });
    const two = await ask(office, { name: 'Бојан Пријем', email: 'bojan@primjer.example', locale: 'sr-Latn' });
    const byPhone = await ask(office, { name: 'Вера Пријем', contactBy: 'phone', email: 'telefon@primjer.example' });
    const untimed = await ask(office, { name: 'Горан Пријем', email: 'bez@primjer.example' });
    const petition = await ask(office, { name: 'Дуња Пријем', email: 'dunja@primjer.example', locale: 'ro' });
    for (const [index, each] of [one, two, byPhone, petition].entries()) await office.run(scheduleAudience, chief, { id: each.id, slotId: slots[index]!.id }, next());
    await office.run(redirectAudience, chief, { id: two.id, unitId: 'komunalni', reason: 'Надлежни су.' }, next());
    await office.run(noteAdopted, office.system(), { caseId: petition.caseId }, next());
    await office.run(cancelDay, chief, { id: ids[0]!, reason: 'Службени пут.' }, next());
    await office.run(declineAudience, chief, { id: untimed.id, reason: 'О томе одлучује суд.' }, next());
    await office.run(withdrawAudience, office.petitioner(one.caseId), { id: one.id }, next());
    await office.settle();
    expect(entries(office).map(({ method, event }) => [method, event.title.split(':')[0], event.startsAt])).toEqual([['REQUEST', 'Pritje', at(tuesday, '10:00')], ['CANCEL', 'Pritje', at(tuesday, '10:00')]]);
    expect(entries(office, 'bojan@primjer.example').map(({ method, event }) => [method, event.title.split(':')[0]])).toEqual([['REQUEST', 'Prijem'], ['CANCEL', 'Prijem']]);
    expect(entries(office, 'bojan@primjer.example').every(({ event }, index, all) => index === 0 || event.sequence > all[index - 1]!.event.sequence)).toBe(true);
    expect(entries(office, 'dunja@primjer.example').map(({ method, text }) => [method, text.includes('se soluționează ca petiție')])).toEqual([['REQUEST', false], ['CANCEL', true]]);
    expect(office.mails.filter((mail) => mail.to === 'telefon@primjer.example')).toEqual([]);
    expect(entries(office, 'bez@primjer.example')).toEqual([]);
    // Whoever has no time any more is not written to for giving up none.
    expect(office.mails.filter((mail) => mail.to === asks.email)).toHaveLength(3);
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
