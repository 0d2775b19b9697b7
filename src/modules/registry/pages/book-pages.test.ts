import { deskClient } from '../../../../test/client.ts';
import { expect, test } from '../../../../test/office.ts';
import { submitted } from '../../../../test/petition.ts';
import { registerPaper } from '../paper.server.ts';

test('the register is asked for anything, and answers with lines or a sentence', async ({ office }) => {
  await submitted(office, { subject: '<b>Рупа</b> & "пут"' });
  const client = await deskClient(office, 'dragica-borilovic');
  const page = await client.get('/desk/register');
  expect(page.html).toContain('&lt;b&gt;');
  for (const query of ['year=abc', 'from=x', 'after=x', 'after=99999999999', 'number=-1', 'book=none', 'number=1e400']) expect([query, (await client.get(`/desk/register?${query}`)).status]).toEqual([query, 422]);
  for (const query of ['after=%00', 'sender=%25%00', 'classCode=%27', 'unitId=nowhere', 'direction=up', 'book=index&after=1.1@%27', 'after=1.999999999']) expect([query, (await client.get(`/desk/register?${query}`)).status]).toEqual([query, 200]);
  for (const as of ['csv', 'xlsx', 'pdf']) expect((await client.get(`/desk/register?as=${as}&book=list-of-acts`)).status).toBe(200);
  expect((await client.get('/desk/register.pdf?book=index')).html.slice(0, 5)).toBe('%PDF-');
  expect((await client.get(`/desk/register/note.pdf?book=main&year=${office.year()}`)).status).toBe(404);
  expect((await client.get('/desk/register/close?book=main&year=2001')).status).toBe(404);
});

test('a wrong form comes back with what was typed and why', async ({ office }) => {
  const registrar = await office.as('registrar');
  const { id } = await office.run(registerPaper, registrar, { subject: 'Допис', text: 'x' });
  const client = await deskClient(office, 'dragica-borilovic');
  const reserve = await client.post('/desk/register/reserve', { book: 'main', count: '500', purpose: 'Рјешења о помоћи' });
  expect([reserve.status, reserve.html.includes('Рјешења о помоћи'), reserve.html.includes('200')]).toEqual([422, true, true]);
  expect((await client.post('/desk/register/release', { reason: 'x' })).status).toBe(422);
  expect((await client.post('/desk/register/release', { ids: 'x', reason: 'x' })).status).toBe(422);
  expect((await client.post(`/desk/cases/${id}/annul`, { what: 'case', reason: '' })).status).toBe(422);
  expect((await client.post(`/desk/cases/${id}/annul`, { what: 'x', reason: 'x' })).status).toBe(422);
  expect((await client.post('/desk/register/open', { book: 'main', year: String(office.year()) })).status).toBe(422);
  expect((await client.post('/desk/register/close', { book: 'main', year: '2001' })).status).toBe(404);
  expect((await client.post(`/desk/cases/${id}/annul`, { what: 'case', reason: 'Двапут заведено.' })).status).toBe(303);
  expect((await client.get('/desk/register')).html).toContain('Двапут заведено.');
});

test('who does not keep the books is offered none of it', async ({ office }) => {
  const client = await deskClient(office, 'gordana-adzic');
  expect((await client.get('/desk/register')).html).not.toContain('/desk/register/reserve');
  for (const path of ['/desk/register/close', '/desk/register/close?book=main&year=2026']) expect((await client.get(path)).status).toBe(403);
  expect((await client.post('/desk/register/reserve', { book: 'main', count: '1', purpose: 'x' })).status).toBe(403);
});
