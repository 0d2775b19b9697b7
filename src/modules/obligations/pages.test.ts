import { deskClient } from '../../../test/client.ts';
import { expect, test } from '../../../test/office.ts';
import { registerPaper } from '../registry/paper.server.ts';

const idIn = (location: string): string => /obligations\/([\w-]{36})/.exec(location)![1]!;

test('an order goes by its pages from the form to the giver’s word, and what was typed is kept where it is refused', async ({ office }) => {
  const [mayor, clerk, outsider] = [await deskClient(office, 'andrija-vukmirovic'), await deskClient(office, 'tamara-zvicer'), await deskClient(office, 'maja-lipovina')];
  const person = await office.as('tamara-zvicer');
  const wrong = await mayor.post('/desk/obligations/new', { text: 'Преглед <b>дугова</b>', to: '', dueOn: '2020-01-01' });
  expect(wrong.status).toBe(422);
  expect(wrong.html).toContain('Преглед &lt;b&gt;дугова&lt;/b&gt;');
  const given = await mayor.post('/desk/obligations/new', { text: 'Преглед <b>дугова</b>', to: person.personId!, dueOn: '2099-03-12', rule: '' });
  expect(given.status).toBe(303);
  const path = `/desk/obligations/${idIn(given.location)}`;
  expect((await outsider.get(path)).status).toBe(404);
  expect((await clerk.get('/desk/obligations')).html).toContain('Преглед &lt;b&gt;дугова&lt;/b&gt;');
  const empty = await clerk.post(path, { act: 'finish', report: '' });
  expect([empty.status, empty.html.includes('id="report-error"')]).toEqual([422, true]);
  const file = new File(['Сабрано до сада.'], 'pregled.txt', { type: 'text/plain' });
  expect((await clerk.post(path, { act: 'report_progress', report: 'Пола.', percent: '50', files: file })).status).toBe(303);
  expect((await clerk.post(path, { act: 'add_step', text: 'Сабрати', ownerId: '', dueOn: '' })).status).toBe(303);
  expect((await clerk.post(path, { act: 'ask_due', dueOn: '2099-03-20', reason: '' })).html).toContain('value="2099-03-20"');
  expect((await clerk.post(path, { act: 'ask_due', dueOn: '2099-03-20', reason: 'Чека се.' })).status).toBe(303);
  expect((await mayor.get(path)).html).toMatch(/value="2099-03-20"/);
  expect((await mayor.post(path, { act: 'move_due', dueOn: '2099-03-20', reason: '' })).status).toBe(303);
  expect((await clerk.post(path, { act: 'finish', report: 'Готово.' })).status).toBe(303);
  // On the day's page one tap accepts; without marking any the list says what is missing.
  expect((await mayor.get('/desk')).html).toContain(`name="ids" value="${idIn(given.location)}"`);
  expect((await mayor.post('/desk/obligations?view=accept', {})).status).toBe(422);
  expect((await mayor.post(path, { act: 'send_back', reason: '' })).status).toBe(422);
  expect((await mayor.post('/desk/obligations', { ids: idIn(given.location), back: 'today' })).location).toMatch(/^\/desk(\?|$)/);
  const shown = (await clerk.get(path)).html;
  const evidence = /obligations\/[\w-]{36}\/evidence\/[\w-]{36}/.exec(shown)![0];
  expect((await clerk.get(`/desk/${evidence}`)).status).toBe(200);
  expect((await outsider.get(`/desk/${evidence}`)).status).toBe(404);
  for (const view of ['mine', 'accept', 'given', 'unit', 'helping', 'late', 'all']) for (const more of ['', '&state=nema&from=x&committeeId=y&query=z', '&as=csv']) expect([view, more, (await mayor.get(`/desk/obligations?view=${view}${more}`)).status]).toEqual([view, more, 200]);
});

test('a case shows what was told on it and offers an order to who leads', async ({ office }) => {
  const [mayor, clerk] = [await deskClient(office, 'andrija-vukmirovic'), await deskClient(office, 'tamara-zvicer')];
  const registrar = await office.as('dragica-borilovic');

  const { id } = await office.run(registerPaper, registrar, { subject: 'Допис' });
  expect((await mayor.get(`/desk/cases/${id}`)).html).toContain(`/desk/obligations/new?case=${id}`);
  const person = await office.as('tamara-zvicer');
  const given = await mayor.post('/desk/obligations/new', { caseId: id, text: 'Одговорити', to: person.personId!, dueOn: '' });
  expect((await clerk.get(`/desk/cases/${id}`)).html).toContain(given.location.split('?')[0]);
  expect((await mayor.get(`/desk/obligations/new?case=${id}`)).status).toBe(200);
  expect((await mayor.get('/desk/search.json?q=odgovoriti')).html).toContain('/desk/obligations/');
});
