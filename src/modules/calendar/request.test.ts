import { expect, test, type TestOffice } from '../../../test/office.ts';
import { getCase } from '../registry/case.server.ts';
import { registerPaper } from '../registry/paper.server.ts';
import { addToCalendar } from './engagement.server.ts';
import { getEngagement, listEngagements } from './engagement-read.server.ts';
import { leaderCalendars } from './calendar.server.ts';
import { acceptRequest, declineRequest, delegateRequest } from './request-reply.server.ts';
import { addRequest, countRequests, listRequests, settleRequests, withdrawRequest } from './request.server.ts';
import { fillReply, replyWays, usualReply } from './request.ts';

const now = new Date('2026-03-02T08:00:00Z');
const on = (day: string): { now: Date } => ({ now: new Date(`${day}T08:00:00Z`) });
const when = { startsOn: '2026-03-10', startsTime: '10:00', endsTime: '10:45' };

async function start(office: TestOffice) {
  const [registrar, chief, mayor, deputy, clerk] = await Promise.all([office.as('registrar'), office.as('chief'), office.as('mayor'), office.as('deputy'), office.as('tamara-zvicer')]);
  const leaders = await office.within((db) => leaderCalendars({ db, office: office.office, now }));
  const ask = (more: object = {}) => office.run(addRequest, registrar, { purpose: 'Подршка удружењу', name: 'Рада Примјер', email: 'rada@primjer.example', wished: 'Прије подне', people: 2, ...more }, { now });
  return { registrar, chief, mayor, deputy, clerk, ask, mayors: leaders.find((one) => one.role === 'mayor')!, deputys: leaders.find((one) => one.role === 'deputy')! };
}
const one = async (office: TestOffice, caller: Awaited<ReturnType<TestOffice['as']>>, id: string) => (await office.run(listRequests, caller, { id })).requests[0]!;

test('a request by telephone is a paper of its own; the mayor accepts, the citizen has a letter with a number, and the meeting stands in the calendar', async ({ office }) => {
  const { chief, mayor, ask, mayors } = await start(office);
  const asked = await ask();
  expect(await one(office, chief, asked.id)).toMatchObject({ state: 'open', purpose: 'Подршка удружењу', people: 2, owner: mayors.name, party: { name: 'Рада Примјер' }, decides: true });
  expect((await office.run(countRequests, mayor, {})).open).toBe(1);
  const done = await office.run(acceptRequest, mayor, { id: asked.id, ...when, place: 'Кабинет, 1. спрат', way: 'email' }, { now });
  expect(done).toMatchObject({ state: 'accepted', caseId: asked.caseId });
  const engagement = await office.run(getEngagement, chief, { id: done.engagementId! });
  expect(engagement).toMatchObject({ calendarId: mayors.id, source: 'request', caseId: asked.caseId, place: 'Кабинет, 1. спрат', participants: [{ name: 'Рада Примјер', email: 'rada@primjer.example' }] });
  expect(engagement.startsAt).toEqual(new Date('2026-03-10T09:00:00Z'));
  const file = await office.run(getCase, chief, { id: asked.caseId });
  expect(file.entries.map((entry) => entry.direction)).toEqual(['in', 'out']);
  expect(file.entries[1]!.body).toContain('10. mart 2026. 10:00');
  expect(file.documents).toMatchObject([{ kind: 'letter', mediaType: 'application/pdf' }]);
  expect(file.history.map((event) => event.name)).toEqual(expect.arrayContaining(['meeting_request.added', 'meeting_request.accepted', 'engagement.added']));
  await office.settle();
  const mail = office.mails.find((letter) => letter.to === 'rada@primjer.example' && letter.text.includes('Подршка удружењу'))!;
  expect(mail.text).toContain(mayors.name);
  expect(mail.text).not.toMatch(/[{}]/);
  await office.refused(office.run(acceptRequest, mayor, { id: asked.id, ...when }, { now }), 409);
});

test('what is in the way is told once with the words, and entered nevertheless when it is wanted so', async ({ office }) => {
  const { chief, ask, mayors } = await start(office);
  await office.run(addToCalendar, chief, { calendarId: mayors.id, kind: 'meeting', title: 'Колегијум', startsOn: '2026-03-10', startsTime: '10:30', endsTime: '12:00', resourceIds: [], participants: [] }, { now });
  const asked = await ask();
  const refusal = await office.refused(office.run(acceptRequest, chief, { id: asked.id, ...when }, { now }), 409);
  expect(refusal.said).toMatchObject({ key: 'error.request_conflict', args: { title: 'Колегијум' } });
  expect((await one(office, chief, asked.id)).state).toBe('open');
  await office.run(acceptRequest, chief, { id: asked.id, ...when, nevertheless: true }, { now });
  expect((await office.run(listEngagements, chief, { calendarIds: [mayors.id], fromOn: '2026-03-10', untilOn: '2026-03-10' })).slots.map((slot) => slot.conflict)).toEqual(['firm', 'firm']);
});

test('the deputy goes: the meeting stands in the deputy’s calendar and the letter says who receives', async ({ office }) => {
  const { chief, deputy, ask, deputys } = await start(office);
  const asked = await ask();
  await office.refused(office.run(delegateRequest, chief, { id: asked.id, to: chief.personId!, ...when }, { now }), 422);
  const done = await office.run(delegateRequest, chief, { id: asked.id, to: deputys.personId, ...when, way: 'pickup' }, { now });
  expect(await office.run(getEngagement, deputy, { id: done.engagementId! })).toMatchObject({ calendarId: deputys.id, can: { move: true } });
  expect(await one(office, chief, asked.id)).toMatchObject({ state: 'delegated', delegatedTo: deputys.name });
  expect((await office.run(getCase, chief, { id: asked.caseId })).entries[1]!.body).toContain(deputys.name);
});

test('a declined request is answered with its reason and put away; on a case that was there the case stays open', async ({ office }) => {
  const { registrar, chief, ask } = await start(office);
  const asked = await ask({ email: '', address: 'Липова 4', town: 'Примјер' });
  expect((await office.refused(office.run(declineRequest, chief, { id: asked.id, reason: 'Питање рјешава други орган.', way: 'email' }, { now }), 422)).fields['way']?.key).toBe('field.reply_no_email');
  await office.run(declineRequest, chief, { id: asked.id, reason: 'Питање рјешава други орган.', way: 'post' }, { now });
  const file = await office.run(getCase, chief, { id: asked.caseId });
  expect(file.closedAt).not.toBeNull();
  expect(file.entries[1]!.body).toContain('Питање рјешава други орган.');
  const paper = await office.run(registerPaper, registrar, { subject: 'Понуда', name: 'Предузеће Примјер' }, { now });
  const second = await office.run(addRequest, registrar, { caseId: paper.id, purpose: 'Представљање понуде' }, { now });
  await office.refused(office.run(addRequest, registrar, { caseId: paper.id, purpose: 'Још једном' }, { now }), 409);
  await office.run(withdrawRequest, registrar, { id: second.id, reason: 'Одустали су.' }, { now });
  expect((await office.run(getCase, chief, { id: paper.id })).closedAt).toBeNull();
});

test('who neither keeps the calendar nor leads does not decide; the deputy decides of the own calendar alone', async ({ office }) => {
  const { registrar, deputy, ask, deputys } = await start(office);
  const asked = await ask();
  await office.refused(office.run(acceptRequest, deputy, { id: asked.id, ...when }, { now }), 403);
  const stranger = { ...(await office.as('citizens')), roles: new Set(['citizens'] as const) };
  await office.refused(office.run(declineRequest, stranger, { id: asked.id, reason: 'Не.' }, { now }), 403);
  const own = await office.run(addRequest, registrar, { calendarId: deputys.id, purpose: 'Спорт', name: 'Клуб Примјер' }, { now });
  expect((await office.run(acceptRequest, deputy, { id: own.id, ...when }, { now })).state).toBe('accepted');
});

test('a week after the meeting the case that was opened for it is put away, not while something waits in it', async ({ office }) => {
  const { chief, ask } = await start(office);
  const asked = await ask();
  await office.run(acceptRequest, chief, { id: asked.id, ...when }, { now });
  expect(await office.run(settleRequests, office.system(), {}, on('2026-03-12'))).toEqual({ closed: 0 });
  expect(await office.run(settleRequests, office.system(), {}, on('2026-03-18'))).toEqual({ closed: 1 });
  expect((await office.run(getCase, chief, { id: asked.caseId })).closedAt).not.toBeNull();
  expect(await office.run(settleRequests, office.system(), {}, on('2026-03-19'))).toEqual({ closed: 0 });
});

test('the usual words have the fields of each language, and what a value says stays text', () => {
  const values = { purpose: 'пут {термин}', reference: '1', when: 'сутра', place: 'овдје', host: 'Ана', reason: 'нема', phone: '1' };
  for (const act of ['accept', 'delegate', 'decline'] as const) for (const locale of ['en', 'sr-Cyrl', 'sr-Latn', 'cnr-Latn', 'mk', 'ro'] as const) {
    const { subject, body } = usualReply(act, locale);
    expect(fillReply(`${subject} ${body}`, { ...values, purpose: 'пут' }), `${act} ${locale}`).not.toMatch(/[{}]/);
  }
  expect(fillReply('{повод}', values)).toBe('пут {термин}');
  expect(replyWays).toContain('none');
});
