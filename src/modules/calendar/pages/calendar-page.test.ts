import { deskClient } from '../../../../test/client.ts';
import { expect, test, type TestOffice } from '../../../../test/office.ts';
import { addDays, weekStart } from '../../../core/day.ts';
import { leaderCalendars } from '../calendar.server.ts';
import { addResource } from '../resource.server.ts';

// Far enough ahead that nothing is over: a Tuesday.
const tuesday = addDays(weekStart(new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10)), 1);

async function start(office: TestOffice) {
  const keyOf = async (role: 'chief' | 'mayor' | 'registrar'): Promise<string> => {
    const caller = await office.as(role);
    return office.within(async (db) => (await db.selectFrom('person').select('key').where('office_id', '=', office.office.id).where('id', '=', caller.personId!).executeTakeFirstOrThrow()).key);
  };
  const chief = await deskClient(office, await keyOf('chief'));
  const [mayors] = await office.within((db) => leaderCalendars({ db, office: office.office, now: new Date() }));
  const add = (more: Record<string, string> = {}) => chief.post('/desk/calendar/new', { of: mayors!.id, kind: 'meeting', title: 'Колегијум', startsOn: tuesday, startsTime: '10:00', endsTime: '11:00', repeat: 'never', visibility: 'internal', ...more });
  return { chief, mayors: mayors!, add, mayor: await deskClient(office, await keyOf('mayor')), keyOf };
}
const idOf = (location: string): string => /calendar\/([0-9a-f-]{36})/.exec(location)![1]!;
const whole = (html: string): void => expect(html).not.toMatch(/⟨|undefined|\[object/);

test('an engagement is entered by its form, stands in every view, is moved and cancelled by links and forms alone', async ({ office }) => {
  const { chief, mayors, add } = await start(office);
  const added = await add({ place: 'Мала сала' });
  expect(added.status, added.html).toBe(303);
  const id = idOf(added.location);
  for (const view of ['day', 'week', 'month', 'list']) {
    const { html, status } = await chief.get(`/desk/calendar?view=${view}&on=${tuesday}`);
    expect(status, view).toBe(200);
    expect(html, view).toContain('Колегијум');
    whole(html);
  }
  const shown = (await chief.get(`/desk/calendar/${id}`)).html;
  whole(shown);
  expect(shown).toContain(`/desk/packs/of/${id}`);
  expect((await chief.get(`/desk/calendar/${id}/move`)).html).toContain('value="10:00"');
  expect((await chief.post(`/desk/calendar/${id}/move`, { startsOn: tuesday, startsTime: '12:15', endsTime: '13:00' })).status).toBe(303);
  expect((await chief.get(`/desk/calendar?view=day&on=${tuesday}&of=${mayors.id}`)).html).toContain('data-from="12:15"');
  const wrong = await chief.post(`/desk/calendar/${id}/move`, { startsOn: tuesday, startsTime: '14:00', endsTime: '13:00' });
  expect([wrong.status, wrong.html.includes('value="14:00"')]).toEqual([422, true]);
  expect((await chief.post(`/desk/calendar/${id}/cancel`, { reason: '' })).status).toBe(422);
  expect((await chief.post(`/desk/calendar/${id}/cancel`, { reason: 'Спријечен је.' })).status).toBe(303);
  expect((await chief.get(`/desk/calendar/${id}`)).html).toContain('Спријечен је.');
  expect((await chief.get(`/desk/calendar?view=day&on=${tuesday}`)).html).not.toContain('data-from="12:15"');
});

test('who takes part is found by name, what overlaps is told and entered nevertheless, what was typed is kept', async ({ office }) => {
  const { chief, add } = await start(office);
  const searched = await add({ act: 'find', who: 'tamara', title: 'Састанак' });
  expect(searched.status).toBe(200);
  const person = /value="(person:[0-9a-f-]{36}:required)"/.exec(searched.html)![1]!;
  expect(searched.html).toContain('value="Састанак"');
  const saved = await add({ participants: person, title: 'Састанак' });
  expect((await chief.get(`/desk/calendar/${idOf(saved.location)}`)).html).toContain('amara');
  const checked = await add({ act: 'check' });
  expect([checked.status, checked.html.includes('name="nevertheless"')]).toEqual([200, true]);
  const refused = await add({ title: 'Друго', detail: 'Понијети карте' });
  expect(refused.status).toBe(409);
  expect(refused.html).toContain('Понијети карте');
  expect(refused.html).toContain('Састанак');
  expect((await add({ title: 'Друго', nevertheless: '1' })).status).toBe(303);
  expect((await chief.get(`/desk/calendar?view=week&on=${tuesday}`)).html).toContain('class="clash"');
});

test('a series repeats as it was said; one date of it is moved alone', async ({ office }) => {
  const { chief, add } = await start(office);
  const id = idOf((await add({ repeat: 'weekly', repeatUntil: addDays(tuesday, 60) })).location);
  const next = addDays(tuesday, 7);
  const href = /href="(\/desk\/calendar\/[0-9a-f-]+\?at=[^"]+)"/.exec((await chief.get(`/desk/calendar?view=day&on=${next}`)).html)![1]!;
  const at = decodeURIComponent(href.split('at=')[1]!);
  const form = (await chief.get(href.replace('?', '/move?'))).html;
  expect(form).toContain('name="which"');
  expect((await chief.post(`/desk/calendar/${id}/move`, { at, which: 'this', startsOn: next, startsTime: '15:00', endsTime: '16:00' })).status).toBe(303);
  expect((await chief.get(`/desk/calendar?view=day&on=${next}`)).html).toContain('data-from="15:00"');
  expect((await chief.get(`/desk/calendar?view=day&on=${addDays(tuesday, 14)}`)).html).toContain('data-from="10:00"');
  whole((await chief.get(`/desk/calendar/${id}`)).html);
  whole((await chief.get(`/desk/calendar/${id}/change`)).html);
});

test('a private engagement of the mayor is taken time to the chief, without a word of it anywhere', async ({ office }) => {
  const { chief, mayor, mayors } = await start(office);
  const added = await mayor.post('/desk/calendar/new', { of: mayors.id, kind: 'private', title: 'Љекар', place: 'Дом здравља', startsOn: tuesday, startsTime: '10:00', endsTime: '11:00', repeat: 'never', visibility: 'internal' });
  expect(added.status).toBe(303);
  for (const view of ['day', 'week', 'month', 'list']) {
    const { html } = await chief.get(`/desk/calendar?view=${view}&on=${tuesday}&of=${mayors.id}`);
    expect(html, view).not.toMatch(/Љекар|Дом здравља/);
    expect(html, view).toContain('Zauzeto');
    expect((await mayor.get(`/desk/calendar?view=${view}&on=${tuesday}`)).html).toContain('Љекар');
  }
  expect((await chief.get(`/desk/calendar/${idOf(added.location)}`)).status).toBe(404);
});

test('rooms are given once, and who has which stands side by side', async ({ office }) => {
  const { chief, add } = await start(office);
  const { id } = await office.run(addResource, await office.as('chief'), { kind: 'room', name: 'Сала за пробу', place: '1. спрат', seats: 12 });
  expect((await add({ resourceIds: id })).status).toBe(303);
  const taken = await add({ resourceIds: id, title: 'Друго', nevertheless: '1' });
  expect([taken.status, taken.html.includes('Сала за пробу')]).toEqual([409, true]);
  const rooms = (await chief.get(`/desk/calendar?view=rooms&on=${tuesday}`)).html;
  whole(rooms);
  expect(rooms).toContain('Колегијум');
  expect((await chief.post(`/desk/resources/${id}`, { act: 'retire' })).status).toBe(303);
  whole((await chief.get('/desk/resources')).html);
});

test('a request goes from the telephone to the answer by three pages; the case and the day show it', async ({ office }) => {
  const { chief, mayor } = await start(office);
  expect((await chief.post('/desk/meeting-requests/new', { name: '', purpose: 'Пут' })).status).toBe(422);
  const added = await chief.post('/desk/meeting-requests/new', { channel: 'phone', name: 'Рада Примјер', phone: '069 000 001', purpose: 'Поправка пута', people: '2' });
  expect(added.status, added.html).toBe(303);
  const list = (await mayor.get('/desk/meeting-requests')).html;
  whole(list);
  const accept = /href="(\/desk\/meeting-requests\/[0-9a-f-]+\/accept)"/.exec(list)![1]!;
  expect((await mayor.get('/desk')).html).toContain(accept);
  const form = (await mayor.get(accept)).html;
  whole(form);
  const value = (name: string): string => new RegExp(`name="${name}"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="${name}"`).exec(form)!.slice(1).find(Boolean)!;
  const decided = await mayor.post(accept, { startsOn: value('startsOn'), startsTime: value('startsTime'), endsTime: value('endsTime'), way: 'none', letter: '' });
  expect(decided.status, decided.html).toBe(303);
  const file = /href="(\/desk\/cases\/[0-9a-f-]+)"/.exec((await chief.get('/desk/meeting-requests?view=decided')).html)![1]!;
  const shown = (await chief.get(file)).html;
  expect(shown).toContain('Рада Примјер: Поправка пута');
  whole(shown);
});

test('sharing is given and ended by its owner; the page says who may what', async ({ office }) => {
  const { mayor, mayors } = await start(office);
  const clerk = await office.as('tamara-zvicer');
  expect((await mayor.post('/desk/calendar/settings', { id: mayors.id, personId: clerk.personId!, may: 'read', seesPrivate: '1' })).status).toBe(303);
  const html = (await mayor.get('/desk/calendar/settings')).html;
  expect(html).toContain(clerk.name);
  expect((await mayor.post('/desk/calendar/settings', { act: 'unshare', id: mayors.id, personId: clerk.personId! })).status).toBe(303);
});
