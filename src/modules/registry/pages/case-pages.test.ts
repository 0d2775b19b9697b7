import type { Role } from '../../../core/caller.ts';
import { Client, deskClient } from '../../../../test/client.ts';
import { expect, test, type TestOffice } from '../../../../test/office.ts';
import { restrictCase } from '../case.server.ts';
import { registerPaper } from '../paper.server.ts';

const paper = { kind: 'paper', subject: 'Допис о водоводу', text: 'Молимо мишљење.', name: 'Водовод ДОО', town: 'Примјер', channel: 'post', senderReference: '12/26', pages: '2', enclosures: '1' };
async function deskOf(office: TestOffice, role: Role): Promise<Client> {
  const { personId } = await office.as(role);
  const { key } = await office.within((db) => db.selectFrom('person').select('key').where('id', '=', personId!).executeTakeFirstOrThrow());
  return deskClient(office, key);
}

test('one form registers whatever arrives, and the next page says number and stamp', async ({ office }) => {
  const desk = await deskOf(office, 'registrar');
  expect((await desk.get('/desk/petitions/new')).html).toMatch(/<option value="paper" selected/);
  const done = await desk.post('/desk/petitions/new', paper);
  expect([done.status, done.location]).toEqual([303, expect.stringMatching(/^\/desk\/cases\/[0-9a-f-]{36}\/registered$/)]);
  const registered = (await desk.get(done.location)).html;
  const short = office.year() % 100;
  for (const words of [`/${short}-1`, 'Водовод ДОО', 'Klasif. znak', 'label.pdf', '/deliver']) expect(registered).toContain(words);
  const own = done.location.replace('/registered', '');
  const shown = (await desk.get(own)).html;
  for (const words of ['12/26', 'Допис о водоводу', 'Молимо мишљење.', `${own}/paper`, `${own}/adopt`]) expect(shown).toContain(words);
  expect(shown.match(/class="btn primary"/g)).toHaveLength(1);

  const letter = await desk.post('/desk/petitions/new', { ...paper, kind: 'request', replyBy: 'pickup' });
  const petition = letter.location.replace('/registered', '');
  expect((await desk.get(letter.location)).html).toContain(`/${short}-2`);
  expect(await desk.get(petition)).toMatchObject({ status: 302, location: petition.replace('cases', 'petitions') });
});

test('what was typed stays, with a sentence at the field', async ({ office }) => {
  const desk = await deskOf(office, 'registrar');
  for (const [field, value] of [['subject', ''], ['receivedOn', '2099-01-01'], ['pages', 'x'], ['kind', 'nothing'], ['classCode', 'x'], ['book', 'x']] as const) {
    const refused = await desk.post('/desk/petitions/new', { ...paper, [field]: value });
    expect([refused.status, refused.html.includes(`id="${field}-error"`), refused.html.includes('Водовод ДОО')], field).toEqual([422, true, true]);
  }
});

test('papers, corrections, a/a and reopening by their forms', async ({ office }) => {
  const desk = await deskOf(office, 'registrar');
  const own = (await desk.post('/desk/petitions/new', paper)).location.replace('/registered', '');
  for (const page of ['paper', 'close', 'change']) expect((await desk.get(`${own}/${page}`)).status, page).toBe(200);
  expect((await desk.post(`${own}/paper`, { direction: 'in', channel: 'post', subject: 'Допуна', senderReference: '13/26' })).location).toBe(own);
  expect((await desk.post(`${own}/change`, { subject: 'Исправљено', find: '1', name: 'Водовод' })).html).toContain('Водовод ДОО');
  expect((await desk.post(`${own}/change`, { subject: 'Исправљено' })).location).toBe(own);
  expect((await desk.post(`${own}/close`, {})).location).toBe(own);
  expect((await desk.get(`${own}/close`)).status).toBe(409);
  expect((await desk.post(`${own}/reopen`, { reason: '' })).status).toBe(422);
  expect((await desk.post(`${own}/reopen`, { reason: 'Жалба' })).location).toBe(own);
  const shown = (await desk.get(own)).html;
  for (const words of ['Исправљено', '13/26', 'Жалба', 'Допис о водоводу']) expect(shown).toContain(words);
  expect((await desk.post(`${own}/adopt`, { kind: 'request', replyBy: 'pickup' })).location).toBe(own.replace('cases', 'petitions'));
});

test('an outgoing and an internal paper have forms of their own', async ({ office }) => {
  const desk = await deskOf(office, 'registrar');
  for (const direction of ['out', 'internal']) {
    expect((await desk.get(`/desk/cases/new?direction=${direction}`)).status).toBe(200);
    const done = await desk.post('/desk/cases/new', { direction, subject: 'Позив', name: 'Завод' });
    expect(done.location).toMatch(/registered$/);
    expect((await desk.get(done.location)).html).not.toContain('/deliver"');
  }
  expect((await desk.get('/desk/cases?direction=out')).html).toContain('Позив');
  for (const as of ['csv', 'xlsx', 'pdf']) expect((await desk.get(`/desk/cases?as=${as}`)).status, as).toBe(200);
});

test('a label opens its case after signing in, for who may see it', async ({ office }) => {
  const chief = await office.as('chief');
  const { id } = await office.run(registerPaper, chief, { subject: 'Допис' });
  const stranger = new Client(office);
  expect(await stranger.get(`/c/${id}`)).toMatchObject({ status: 302, location: `/desk/cases/${id}` });
  expect((await stranger.get(`/desk/cases/${id}`)).location).toBe(`/desk/sign-in?next=${encodeURIComponent(`/desk/cases/${id}`)}`);
  expect((await stranger.get('/c/nothing')).status).toBe(404);
  const desk = await deskOf(office, 'registrar');
  const label = await desk.get(`/desk/cases/${id}/label.pdf`);
  expect([label.status, label.headers.get('content-type')]).toEqual([200, 'application/pdf']);
  expect((await desk.get(`/desk/labels?id=${id}`)).status).toBe(200);
  expect((await desk.get(`/desk/labels.pdf?id=${id}&from=24`)).headers.get('content-type')).toBe('application/pdf');
  await office.run(restrictCase, chief, { id, access: 'confidential' });
  for (const path of ['', '/registered', '/label.pdf', '/paper', '/close', '/change', '/adopt']) expect((await desk.get(`/desk/cases/${id}${path}`)).status, path).toBe(404);
  expect((await desk.get(`/desk/labels.pdf?id=${id}`)).status).toBe(404);
});

test('whatever stands in an address or a form, nothing breaks', async ({ office }) => {
  const desk = await deskOf(office, 'registrar');
  const { id } = await office.run(registerPaper, await office.as('registrar'), { subject: 'Допис' });
  for (const raw of ['%00', '%27%22%3Cscript%3E', '%E0%A4%A', '..%2F..', '9'.repeat(400), '%F0%9F%98%80', '2026-02-31%7Cx']) {
    for (const path of [`/desk/cases?view=${raw}&q=${raw}&direction=${raw}&class=${raw}&unit=${raw}&from=${raw}&until=${raw}&after=${raw}&open=${raw}`, `/desk/cases/${raw}`, `/desk/cases/${raw}/registered`, `/desk/cases/${raw}/label.pdf`, `/desk/labels?id=${raw}`, `/desk/labels.pdf?id=${id}&from=${raw}`,
      `/desk/labels.pdf?id=${raw}`, `/c/${raw}`, `/desk/cases/new?direction=${raw}`, `/desk/search?q=${raw}`, `/desk/petitions/new?kind=${raw}&channel=${raw}`]) expect((await desk.get(path)).status, path).toBeLessThan(500);
    for (const path of ['/desk/petitions/new', '/desk/cases/new', `/desk/cases/${id}/paper`, `/desk/cases/${id}/change`, `/desk/cases/${id}/close`, `/desk/cases/${id}/reopen`, `/desk/cases/${id}/adopt`])
      expect((await desk.send(path, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: ['kind', 'direction', 'subject', 'channel', 'receivedOn', 'senderDatedOn', 'pages', 'enclosures', 'partyId', 'classCode', 'book', 'reservedId', 'name', 'reason', 'replyBy', 'area'].map((name) => `${name}=${raw}`).join('&') })).status, `${path} ${raw}`).toBeLessThan(500);
  }
});

test('a number typed whole opens its case at once', async ({ office }) => {
  const desk = await deskOf(office, 'registrar');
  const { id, reference } = await office.run(registerPaper, await office.as('registrar'), { subject: 'Допис' });
  const own = (await desk.post(`/desk/cases/${id}/paper`, { subject: 'Допуна о кабловима', text: 'Подаци о кабловима.' })).location;
  const year = reference.split('/')[1]!.slice(0, 2);
  for (const typed of [reference, `${reference}/2`, `1/20${year}`]) expect(await desk.get(`/desk/search?q=${encodeURIComponent(typed)}`), typed).toMatchObject({ status: 302, location: own });
  expect((await desk.get('/desk/search?q=1')).status).toBe(200);
  const found = (await desk.get('/desk/search?q=kablovima')).html;
  expect(found).toContain(`href="${own}"`);
});
