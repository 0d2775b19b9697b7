import { closed } from '../../../test/archive.ts';
import { deskClient } from '../../../test/client.ts';
import { expect, test } from '../../../test/office.ts';
import { restrictCase } from '../registry/case.server.ts';
import { putInArchive } from './archive.server.ts';
import { consentDisposal, proposeDisposal, submitDisposal } from './disposal.server.ts';

test('a registrar puts away, boxes, lends and lists by forms alone; what is wrong is said on the page', async ({ office }) => {
  const registrar = await deskClient(office, 'dragica-borilovic');
  const [first, second] = [await closed(office), await closed(office, { classCode: '011' })];
  expect((await registrar.get('/desk/archive/waiting')).html).toContain(`value="${first}"`);
  const nothing = await registrar.post('/desk/archive/waiting', {});
  expect([nothing.status, nothing.html.includes('href="#ids"')]).toEqual([422, true]);
  expect((await registrar.post('/desk/archive/waiting', [['ids', first], ['ids', second]])).status).toBe(303);
  expect((await registrar.post(`/desk/cases/${first}/archive`, { classCode: '009' })).status).toBe(409);
  const box = await registrar.post('/desk/archive/boxes', { label: 'Преписка', place: 'Полица 1' });
  expect((await registrar.post(box.location, { act: 'move', ids: first, boxId: '' })).status).toBe(303);
  const lent = await registrar.post(`/desk/cases/${first}/lend`, { readerId: '', purpose: '', dueOn: '2020-01-01' });
  expect([lent.status, ...['readerId', 'purpose'].map((name) => lent.html.includes(`href="#${name}"`))]).toEqual([422, true, true]);
  const reader = (await office.as('clerk')).personId!;
  expect((await registrar.post(`/desk/cases/${first}/lend`, { readerId: reader, purpose: 'Увид', dueOn: '2099-01-01' })).status).toBe(422);
  const dueOn = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10);
  expect((await registrar.post(`/desk/cases/${first}/lend`, { readerId: reader, purpose: 'Увид', dueOn })).location).toBe('/desk/archive/lendings');
  const shown = await registrar.get(`/desk/cases/${first}`);
  expect([shown.html.includes('id="archive"'), shown.html.includes('/desk/archive/lendings/')]).toEqual([true, true]);
  for (const path of ['/desk/archive', '/desk/archive?state=lent&year=2019&class=009', '/desk/archive/boxes', box.location, '/desk/archive/lendings', '/desk/archive/lendings?view=all', '/desk/archive/plan', '/desk/archive/disposals', '/desk/archive/disposals/new?kind=destroy', '/desk/archive/disposals/new?kind=hand_over', `/desk/cases/${second}/lend`, '/desk',
    '/desk/archive.pdf', '/desk/archive/inventory.pdf?class=009&year=2019', `${box.location}/label.pdf`, `/desk/cases/${first}/archive-stamp.pdf`, '/desk/archive?as=csv', '/desk/archive/lendings?as=xlsx', '/desk/archive/plan?as=pdf']) {
    const page = await registrar.get(path);
    expect([path, page.status, page.html.includes('⟨')]).toEqual([path, 200, false]);
  }
  expect((await registrar.get('/desk/archive/disposals/x/y')).status).toBe(404);
  expect((await (await deskClient(office, 'sanja-tomanovic')).get('/desk/archive')).status).toBe(403);
});

test('a list is made, refused its mistakes, consented to with a paper, and its package taken', async ({ office }) => {
  const [registrar, chief, caller] = [await deskClient(office, 'dragica-borilovic'), await deskClient(office, 'vesko-radulovic'), await office.as('registrar')];
  const id = await closed(office, { classCode: '011' });
  await office.run(putInArchive, caller, { ids: [id] });
  const short = await registrar.post('/desk/archive/disposals/new', [['kind', 'hand_over'], ['ids', id], ['commission', caller.personId!], ['commission', '']]);
  expect([short.status, short.html.includes('href="#commission"')]).toEqual([422, true]);
  const commission = await Promise.all(['chief', 'clerk', 'registrar'].map(async (role) => (await office.as(role)).personId!));
  const { id: list } = await office.run(proposeDisposal, caller, { kind: 'hand_over', ids: id, commission });
  const href = `/desk/archive/disposals/${list}`;
  expect((await chief.get(`${href}/package.zip`)).status).toBe(409);
  expect((await registrar.post(`${href}/submit`)).location).toBe(href);
  const wrong = await registrar.post(`${href}/consent`, { reference: '', on: '2999-01-01' });
  expect([wrong.status, wrong.html.includes('href="#reference"')]).toEqual([422, true]);
  expect((await registrar.post(`${href}/consent`, { reference: '7/26', on: '2026-01-15', files: new File(['Сагласни смо.'], 'saglasnost.txt', { type: 'text/plain' }) })).location).toBe(href);
  expect((await registrar.get(`${href}/carry_out`)).html).not.toContain('name="confirmation"');
  expect((await registrar.get(`${href}/consent-paper`)).html).toBe('Сагласни смо.');
  expect((await registrar.get(`${href}/list.pdf`)).status).toBe(200);
  expect((await registrar.get(`${href}/package.zip`)).status).toBe(403);
  const pack = await chief.get(`${href}/package.zip`);
  expect([pack.status, pack.headers.get('content-type'), /^[0-9a-f]{64}$/.test(pack.headers.get('x-mets-sha256') ?? '')]).toEqual([200, 'application/zip', true]);
  await office.refused(office.run(submitDisposal, caller, { id: list }), 409);
  await office.refused(office.run(consentDisposal, caller, { id: list, reference: '8/26', on: '2026-01-15' }), 409);
});

test('between the lines that a registrar sees the book says where one stands that is not theirs to read', async ({ office }) => {
  const [registrar, chief] = [await deskClient(office, 'dragica-borilovic'), await office.as('chief')];
  const ids = [await closed(office), await closed(office), await closed(office)];
  for (const id of ids) await office.run(putInArchive, chief, { ids: id });
  await office.run(restrictCase, chief, { id: ids[1]!, access: 'confidential' });
  const rows = async (path: string): Promise<string[]> => [...(await registrar.get(path)).html.matchAll(/<th role="rowheader" scope="row" class="num">([^<]+)<\/th>/g)].map((match) => match[1]!);
  expect(await rows('/desk/archive')).toEqual(['3', '2', '1']);
  const { html } = await registrar.get('/desk/archive');
  expect([html.includes(ids[1]!), html.includes('ограниченим приступом') || html.includes('ograničenim pristupom')]).toEqual([false, true]);
  expect(await rows('/desk/archive?class=009')).toEqual(['3', '1']);
});
