import { readMessageFile } from '../src/core/message-file.ts';
import { findCalendarPart } from '../src/core/message-calendar.ts';
import { addToCalendar, cancelInCalendar, changeInCalendar, confirmEngagement, moveEngagement } from '../src/modules/calendar/engagement.server.ts';
import { getEngagement } from '../src/modules/calendar/engagement-read.server.ts';
import { leaderCalendars } from '../src/modules/calendar/calendar.server.ts';
import { declineRequest } from '../src/modules/calendar/request-reply.server.ts';
import { keepArrival } from '../src/modules/mailroom/arrival.server.ts';
import { judgeArrival } from '../src/modules/mailroom/judge.server.ts';
import { addMailbox } from '../src/modules/mailroom/mailbox.server.ts';
import { apple, gmail, outlook, thunderbird, type Said } from './calendar-mail.ts';
import { Client } from './client.ts';
import { expect, test, type TestOffice } from './office.ts';

const on = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
async function invite(office: TestOffice, more: object = {}) {
  const chief = await office.as('chief');
  const calendarId = (await office.within((db) => leaderCalendars({ db, office: office.office, now: new Date() })))[0]!.id;
  const { id } = await office.run(addToCalendar, chief, { calendarId, kind: 'meeting', title: 'Разговор о мосту', detail: 'Само за службу', startsOn: on(10), startsTime: '10:00', endsTime: '11:00', place: 'Сала', participants: ['Ана Гошћа <ana@gosti.example>', 'Бојан <bojan@gosti.example>'], ...more });
  await office.settle();
  return { chief, calendarId, id, uid: `${id}@${office.office.slug}` };
}
const peopleOf = async (office: TestOffice, id: string) => Object.fromEntries((await office.run(getEngagement, await office.as('chief'), { id })).participants.map((one) => [one.email, one.reply]));
const stamp = (day: string, time: string): string => `${day.replaceAll('-', '')}T${time}Z`;

/** As the reader of the mailbox does: kept, then decided upon. */
async function arrive(office: TestOffice, raw: string, mailboxId: string | null = null): Promise<{ id: string; state: string; caseId: string | null; reason: string }> {
  const bytes = new Uint8Array(Buffer.from(raw));
  const message = await readMessageFile(bytes);
  const { id } = await office.run(keepArrival, office.system(), { source: 'mailbox', mailboxId, key: message.key, name: 'message.eml', mediaType: 'message/rfc822', bytes, size: bytes.length, senderName: message.name, senderEmail: message.email, subject: message.subject, words: message.text });
  await office.run(judgeArrival, office.system(), { id });
  const row = await office.within((db) => db.selectFrom('arrival').select(['state', 'case_id', 'reason']).where('office_id', '=', office.office.id).where('id', '=', id).executeTakeFirstOrThrow());
  return { id, state: row.state, caseId: row.case_id, reason: row.reason };
}
const mailboxOf = async (office: TestOffice): Promise<string> => (await office.run(addMailbox, await office.as('it'), { name: 'x', host: 'x', port: 993, security: 'tls', userName: 'x', password: 'x', registersAs: 'paper' })).id;

test('whoever is outside gets an invitation, its change and its end, each once, with themselves in it and no word of the office’s own', async ({ office }) => {
  const { chief, id, uid } = await invite(office);
  // Mails of one moment leave in any order.
  const told = (from = 0) => office.mails.slice(from).map((one) => [one.to, one.invitation?.method, /SEQUENCE:(\d+)/.exec(one.invitation!.ics)![1]]).toSorted((a, b) => a[0]!.localeCompare(b[0]!));
  expect(told()).toEqual([['ana@gosti.example', 'REQUEST', '0'], ['bojan@gosti.example', 'REQUEST', '0']]);
  const first = office.mails.find((one) => one.to === 'ana@gosti.example')!;
  expect(first.text).toMatch(/Razgovor o mostu|Разговор о мосту/);
  expect(first.text).toMatch(/\/reply\/[\w-]{43}/);
  const text = first.invitation!.ics.replace(/\r\n[ \t]/g, '');
  expect(text).toContain(`UID:${uid}`);
  expect(text).toMatch(/ORGANIZER;[^\r]*:mailto:/);
  expect(text).toMatch(/ATTENDEE;[^\r]*RSVP=TRUE[^\r]*:mailto:ana@gosti\.example/);
  expect(`${first.text}${text}`).not.toMatch(/bojan|Само за службу|Samo za službu/);
  await office.settle();
  expect(office.mails).toHaveLength(2);
  await office.run(moveEngagement, chief, { id, startsOn: on(11), startsTime: '12:00' });
  await office.settle();
  expect(told(2)).toEqual([['ana@gosti.example', 'REQUEST', '1'], ['bojan@gosti.example', 'REQUEST', '1']]);
  await office.run(cancelInCalendar, chief, { id, which: 'all', reason: 'Одложено' });
  await office.settle();
  expect(told(4)).toEqual([['ana@gosti.example', 'CANCEL', '2'], ['bojan@gosti.example', 'CANCEL', '2']]);
  expect(office.mails[4]!.invitation!.ics).toContain('STATUS:CANCELLED');
});

test('who was invited and takes part no longer is told so, and nobody else', async ({ office }) => {
  const { chief, id } = await invite(office);
  await office.run(changeInCalendar, chief, { id, kind: 'meeting', title: 'Разговор о мосту', startsOn: on(10), startsTime: '10:00', endsTime: '11:00', place: 'Сала', participants: ['Бојан <bojan@gosti.example>'] });
  await office.settle();
  expect(office.mails.slice(2).map((one) => [one.to, one.invitation?.method])).toEqual([['ana@gosti.example', 'CANCEL']]);
});

test('of what is confidential an invitation says the kind, or the public words', async ({ office }) => {
  await invite(office, { visibility: 'confidential', title: 'Отказ начелнику' });
  const said = JSON.stringify(office.mails);
  expect(office.mails).toHaveLength(2);
  expect(said).not.toMatch(/Отказ|Otkaz/);
});

for (const [name, write] of Object.entries({ outlook: (said: Said) => outlook(said, `${on(10).replaceAll('-', '')}T100000`, `${on(10).replaceAll('-', '')}T110000`), gmail, apple, thunderbird }))
  test(`a reply in the manner of ${name} is taken by the calendar and registered nowhere`, async ({ office }) => {
    const { id, uid } = await invite(office);
    const said: Said = { method: 'REPLY', uid, from: 'ana@gosti.example', attendee: 'ana@gosti.example', partstat: 'ACCEPTED', organizer: office.office.data.email, start: stamp(on(10), '090000'), end: stamp(on(10), '100000') };
    expect(await findCalendarPart(Buffer.from(write(said)))).toContain(uid);
    expect(await arrive(office, write(said))).toMatchObject({ state: 'set_aside', reason: 'calendar_reply', caseId: null });
    expect(await peopleOf(office, id)).toEqual({ 'ana@gosti.example': 'accepted', 'bojan@gosti.example': 'needs-action' });
    expect(await arrive(office, write({ ...said, partstat: 'DECLINED', comment: 'Не могу' }))).toMatchObject({ reason: 'calendar_reply' });
    expect(await peopleOf(office, id)).toMatchObject({ 'ana@gosti.example': 'declined' });
  });

test('nobody answers for another; a reply to the time before counts no more; a counter-proposal is a word', async ({ office }) => {
  const { chief, id, uid } = await invite(office);
  const said: Said = { method: 'REPLY', uid, from: 'bojan@gosti.example', attendee: 'ana@gosti.example', partstat: 'DECLINED', organizer: office.office.data.email, start: stamp(on(10), '090000'), end: stamp(on(10), '100000') };
  expect((await arrive(office, gmail(said))).reason).not.toBe('calendar_reply');
  expect(await peopleOf(office, id)).toMatchObject({ 'ana@gosti.example': 'needs-action' });
  await office.run(moveEngagement, chief, { id, startsOn: on(11), startsTime: '12:00' });
  await office.settle();
  const late: Said = { ...said, from: 'ana@gosti.example', partstat: 'ACCEPTED' };
  expect((await arrive(office, apple(late))).reason).toBe('calendar_reply');
  expect(await peopleOf(office, id)).toMatchObject({ 'ana@gosti.example': 'needs-action' });
  await arrive(office, gmail({ ...late, method: 'COUNTER', partstat: 'TENTATIVE', sequence: 1, start: stamp(on(12), '090000'), end: stamp(on(12), '100000'), comment: 'Радије касније' }));
  const ana = (await office.run(getEngagement, chief, { id })).participants.find((one) => one.email === 'ana@gosti.example')!;
  expect(ana.reply).toBe('tentative');
  expect(ana.comment).toMatch(/drugo vrijeme|друго вријеме/i);
  expect(ana.comment).toContain('Радије касније');
});

test('an invitation to the mayor is registered, asks for a decision, and stands tentative; its organiser changes it, calls it off, and hears what was decided', async ({ office }) => {
  const mailboxId = await mailboxOf(office);
  const said: Said = { method: 'REQUEST', uid: 'poziv-1@komora.example', from: 'tajnica@komora.example', attendee: office.office.data.email, organizer: 'tajnica@komora.example', start: stamp(on(20), '090000'), end: stamp(on(20), '100000'), title: 'Отварање сајма', more: ['LOCATION:Сајам'] };
  const came = await arrive(office, outlook(said, `${on(20).replaceAll('-', '')}T100000`, `${on(20).replaceAll('-', '')}T110000`), mailboxId);
  expect(came.state).toBe('registered');
  const proposal = () => office.within((db) => db.selectFrom('engagement').selectAll().where('office_id', '=', office.office.id).where('uid', '=', said.uid).executeTakeFirstOrThrow());
  expect(await proposal()).toMatchObject({ state: 'tentative', title: 'Отварање сајма', place: 'Сајам', case_id: came.caseId, source: 'invitation', organizer_email: 'tajnica@komora.example' });
  const request = () => office.within((db) => db.selectFrom('meeting_request').selectAll().where('office_id', '=', office.office.id).where('case_id', '=', came.caseId!).executeTakeFirstOrThrow());
  expect(await request()).toMatchObject({ state: 'open', purpose: 'Отварање сајма' });
  // The same event from somebody else changes nothing; the organiser's own change does, and is a paper of the case.
  await arrive(office, gmail({ ...said, from: 'drugi@komora.example', sequence: 3, title: 'Подметнуто' }), mailboxId);
  expect((await proposal()).title).toBe('Отварање сајма');
  const moved = await arrive(office, gmail({ ...said, sequence: 1, start: stamp(on(21), '090000'), end: stamp(on(21), '100000') }), mailboxId);
  expect(moved).toMatchObject({ state: 'joined', caseId: came.caseId });
  expect((await proposal()).starts_at.toISOString().slice(0, 10)).toBe(on(21));
  await office.run(confirmEngagement, await office.as('chief'), { id: (await proposal()).id });
  await office.settle();
  const answer = office.mails.find((one) => one.invitation?.method === 'REPLY')!;
  expect(answer.to).toBe('tajnica@komora.example');
  expect(answer.invitation!.ics.replace(/\r\n[ \t]/g, '')).toMatch(/ATTENDEE;[^\r]*PARTSTAT=ACCEPTED/);
  expect(await request()).toMatchObject({ state: 'accepted' });
  await arrive(office, gmail({ ...said, method: 'CANCEL', sequence: 2, start: stamp(on(21), '090000'), end: stamp(on(21), '100000') }), mailboxId);
  expect((await proposal()).state).toBe('cancelled');
  const sent = office.mails.length;
  await office.settle();
  expect(office.mails.slice(sent).filter((one) => one.invitation)).toEqual([]);
});

test('a request that is declined tells the organiser’s calendar so, and the tentative time is free again', async ({ office }) => {
  const mailboxId = await mailboxOf(office);
  const came = await arrive(office, gmail({ method: 'REQUEST', uid: 'poziv-2@komora.example', from: 'tajnica@komora.example', attendee: office.office.data.email, organizer: 'tajnica@komora.example', start: stamp(on(20), '090000'), end: stamp(on(20), '100000'), title: 'Ручак' }), mailboxId);
  const request = await office.within((db) => db.selectFrom('meeting_request').select('id').where('office_id', '=', office.office.id).where('case_id', '=', came.caseId!).executeTakeFirstOrThrow());
  await office.run(declineRequest, await office.as('mayor'), { id: request.id, reason: 'Заузет', way: 'none' });
  await office.settle();
  expect(office.mails.find((one) => one.invitation?.method === 'REPLY')!.invitation!.ics).toContain('PARTSTAT=DECLINED');
  expect(await office.within((db) => db.selectFrom('occurrence').select('state').where('office_id', '=', office.office.id).execute())).toEqual([]);
});

test('by the link whoever was invited answers without an account, and may say otherwise; a link of nobody is nothing', async ({ office }) => {
  const { chief, id } = await invite(office);
  const path = new URL(/https?:\S+\/reply\/[\w-]{43}/.exec(office.mails.find((one) => one.to === 'ana@gosti.example')!.text)![0]).pathname;
  const client = new Client(office);
  const shown = await client.get(path);
  expect(shown.status).toBe(200);
  expect(shown.html).toContain('Разговор о мосту');
  expect(shown.html).not.toMatch(/Само за службу|⟨/);
  expect((await client.post(path, { comment: 'x' })).status).toBe(422);
  expect((await client.post(path, { reply: 'declined', comment: 'На путу сам' })).location).toBe(`${path}?done=1`);
  expect(await peopleOf(office, id)).toMatchObject({ 'ana@gosti.example': 'declined', 'bojan@gosti.example': 'needs-action' });
  await client.post(path, { reply: 'accepted' });
  expect(await peopleOf(office, id)).toMatchObject({ 'ana@gosti.example': 'accepted' });
  expect((await client.get(`/reply/${'x'.repeat(43)}`)).status).toBe(404);
  await office.run(cancelInCalendar, chief, { id, which: 'all', reason: 'Одложено' });
  expect((await client.get(path)).html).not.toContain('<form method="post" action="/reply');
  expect((await client.post(path, { reply: 'accepted' })).status).toBe(409);
});
