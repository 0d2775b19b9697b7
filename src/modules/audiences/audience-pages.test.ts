import { addDays } from '../../core/day.ts';
import { Client, deskClient } from '../../../test/client.ts';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { makeDays } from './day.server.ts';

const png = new File([Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')], 'put.png', { type: 'image/png' });
const you = { name: 'Милица Примјер', contactBy: 'email', email: 'milica@primjer.example', locale: 'cnr-Latn' };

async function days(office: TestOffice): Promise<void> {
  const [chief, mayor] = [await office.as('chief'), await office.as('mayor')];
  const from = addDays(office.today(), 1);
  await office.run(makeDays, chief, { hostId: mayor.personId!, fromOn: from, untilOn: addDays(from, 13), weekdays: [1, 2, 3, 4, 5], from: '10:00', until: '12:00', minutes: 20 });
}
/** Today is made the day of the first one, as if the time had come. */
async function come(office: TestOffice): Promise<void> {
  await office.within(async (db) => {
    const day = await db.selectFrom('audience').select('day_id').where('office_id', '=', office.office.id).where('day_id', 'is not', null).limit(1).executeTakeFirstOrThrow();
    await db.updateTable('audience_day').set({ on_day: office.today() }).where('office_id', '=', office.office.id).where('id', '=', day.day_id!).execute();
  });
}
async function asked(office: TestOffice): Promise<{ citizen: Client; code: string }> {
  const citizen = new Client(office);
  expect((await citizen.get('/audience')).html).toContain('/audience/topic');
  expect((await citizen.get('/audience/you')).location).toBe('/audience/topic');
  expect((await citizen.post('/audience/topic', {})).status).toBe(422);
  expect((await citizen.post('/audience/topic', { topic: 'roads' })).location).toBe('/audience/purpose');
  expect((await citizen.post('/audience/purpose', { purpose: 'Пут до школе је <b>разрован</b>.', files: png })).location).toBe('/audience/wishes');
  expect((await citizen.post('/audience/wishes', { people: 'много' })).status).toBe(422);
  expect((await citizen.post('/audience/wishes', { people: '2', needs: 'step_free', wished: 'послије 11' })).location).toBe('/audience/you');
  const wrong = await citizen.post('/audience/you', { ...you, email: '' });
  expect(wrong.status).toBe(422);
  expect(wrong.html).toContain('Милица Примјер');
  expect((await citizen.post('/audience/you', you)).location).toBe('/audience/check');
  const check = await citizen.get('/audience/check');
  expect(check.html).toContain('put.png');
  expect(check.html).toContain('&lt;b&gt;разрован');
  expect((await citizen.post('/audience/check')).location).toBe('/audience/receipt');
  const receipt = await citizen.get('/audience/receipt');
  return { citizen, code: /<b>([2-9A-Z]{3}-[2-9A-Z]{3}-[2-9A-Z]{3})<\/b>/.exec(receipt.html)![1]! };
}
const firstRow = (html: string): string => /data-row="(\/desk\/audiences\/[\w-]{36})"/.exec(html)![1]!;

test('from the public form to the citizen’s answer, by forms alone', async ({ office }) => {
  await days(office);
  const { citizen, code } = await asked(office);
  const chief = await deskClient(office, 'vesko-radulovic');
  const list = await chief.get('/desk/audiences');
  expect(list.html).toContain('Милица Примјер');
  const href = firstRow(list.html);
  const schedule = await chief.get(`${href}/schedule`);
  const slotId = /name="slotId" value="([\w-]{36})"/.exec(schedule.html)![1]!;
  expect((await chief.post(`${href}/schedule`, { slotId })).location).toBe(href);
  expect((await chief.post(`${href}/prepare`, { unitId: 'komunalni' })).location).toBe(href);
  const clerk = await deskClient(office, 'radoje-kapisoda');
  expect((await clerk.get('/desk')).html).toContain(`${href}/note`);
  expect((await clerk.get(`${href}/schedule`)).html).not.toContain('name="slotId"');
  expect((await clerk.post(`${href}/note`, { note: 'Радови су у плану.', version: '3' })).location).toBe(href);
  expect((await clerk.post(`${href}/decline`, { reason: 'Не.' })).status).toBe(403);
  // By another browser, with the code alone.
  const phone = new Client(office);
  expect((await phone.get(`/audience/status?code=${code}`)).location).toBe('/audience/status');
  expect((await phone.get('/audience/status')).html).toContain('value="confirm"');
  expect((await phone.post('/audience/status', { act: 'confirm' })).location).toBe('/audience/status');
  await come(office);
  const registrar = await deskClient(office, 'dragica-borilovic');
  const today = await registrar.get('/desk/audiences/today');
  expect(today.html).toContain('Милица Примјер');
  expect((await registrar.post(`${href}/do`, { act: 'arrive', back: '/desk/audiences/today' })).location).toBe('/desk/audiences/today');
  expect((await registrar.post(`${href}/do`, { act: 'begin', back: 'https://zlo.example/' })).location).toBe(href);
  const mayor = await deskClient(office, 'andrija-vukmirovic');
  const due = addDays(office.today(), 10);
  const half = await mayor.post(`${href}/end`, { talk: 'Обећана поправка.', outcome: 'promised', 'promises.0.text': 'Поправити пут.', 'promises.0.to': '' });
  expect(half.status).toBe(422);
  expect(half.html).toContain('Обећана поправка.');
  expect((await mayor.post(`${href}/end`, { talk: 'Обећана поправка.', outcome: 'promised', 'promises.0.text': 'Поправити пут.', 'promises.0.to': 'unit:komunalni', 'promises.0.dueOn': due, reply: 'day', replyDueOn: due })).location).toBe('/desk/audiences/today');
  expect((await chief.get('/desk/audiences?view=owed')).html).toContain(href);
  expect((await phone.get('/audience/status')).html).not.toContain('Обећана поправка');
  expect((await chief.post(`${href}/answer`, { text: 'Пут ће бити поправљен.', way: 'email' })).location).toBe(href);
  expect((await citizen.get('/audience/status')).html).toContain('Пут ће бити поправљен.');
  expect((await citizen.get('/audience/answer')).headers.get('content-type')).toBe('application/pdf');
  for (const path of [href, '/desk/audiences/statistics', '/desk/audiences/days', '/desk/audiences?view=held', '/desk/audiences/new', '/desk']) expect((await chief.get(path)).status, path).toBe(200);
  for (const as of ['xlsx', 'pdf', 'csv']) expect((await chief.get(`/desk/audiences/statistics?as=${as}`)).status, as).toBe(200);
  expect((await chief.get('/desk/audiences?view=held&as=csv')).html).toContain('Милица Примјер');
  expect((await chief.get('/desk/audiences/today.pdf')).headers.get('content-type')).toBe('application/pdf');
  const caseId = /\/desk\/cases\/([\w-]{36})/.exec((await chief.get(href)).html)![1]!;
  expect((await chief.get(`/desk/cases/${caseId}`)).html).toContain(href);
}, 60_000);

test('somebody calls: found by name with earlier matters, registered and taken in', async ({ office }) => {
  await days(office);
  await asked(office);
  const desk = await deskClient(office, 'biljana-soc');
  expect((await desk.get('/desk/audiences/new/known?name=Милица')).html).toContain('name="partyId"');
  const form = { name: 'Милица Примјер', phone: '067 000 333', contactBy: 'phone', channel: 'phone', topic: 'water', purpose: 'Нема воде.', people: '1' };
  const looked = await desk.post('/desk/audiences/new', { ...form, check: '1' });
  expect(looked.html).toContain('Нема воде.');
  expect(looked.html).toMatch(/\/desk\/audiences\/[\w-]{36}/);
  expect((await desk.post('/desk/audiences/new', { ...form, phone: '' })).status).toBe(422);
  expect((await desk.post('/desk/audiences/new', form)).location).toMatch(/^\/desk\/audiences\/[\w-]{36}$/);
  // Days: changed, closed and cancelled by forms.
  const list = await desk.get('/desk/audiences/days');
  const dayHref = /\/desk\/audiences\/days\/[\w-]{36}/.exec(list.html)![0];
  expect((await desk.post(dayHref, { act: 'change', place: 'Сала', isPublic: '1' })).location).toBe(dayHref);
  expect((await desk.post(dayHref, { act: 'add', from: '15:00', minutes: '20' })).location).toBe(dayHref);
  expect((await desk.post(dayHref, { act: 'add', from: '25:00', minutes: '20' })).status).toBe(422);
  expect((await desk.post(dayHref, { act: 'close' })).location).toBe(dayHref);
  expect((await desk.post(dayHref, { act: 'cancel', reason: '' })).status).toBe(422);
  expect((await desk.post(dayHref, { act: 'cancel', reason: 'Пут.' })).location).toBe(dayHref);
  expect((await desk.post('/desk/audiences/days', { hostId: 'x', fromOn: '2020-01-01', from: '9', until: '8', minutes: 'х' })).status).toBe(422);
}, 60_000);
