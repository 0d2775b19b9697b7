import { describe } from 'vitest';
import { z } from 'zod';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { operation } from '../../core/operation.ts';
import { countCases, listCases } from './case-list.server.ts';
import { changeCase, getCase, indexCase, putAway, reopenCase, restrictCase } from './case.server.ts';
import { printLabels } from './label.server.ts';
import { addPaperToCase, registerPaper } from './paper.server.ts';
import { reserveNumbers } from './book.server.ts';

const monday = new Date('2026-03-02T08:00:00Z');
const png = new Uint8Array(Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'));
const paper = { subject: 'Допис о водоводу', text: 'Молимо мишљење о траси.', name: 'Водовод ДОО', address: 'Обала 3' };
const entered = async (office: TestOffice, more: object = {}, now = monday) => office.run(registerPaper, await office.as('registrar'), { ...paper, ...more }, { now });

describe('what is refused', () => {
  test('says so at its field', async ({ office }) => {
    const registrar = await office.as('registrar');
    const fieldsOf = async (more: object) => Object.keys((await office.refused(office.run(registerPaper, registrar, { ...paper, ...more }, { now: monday }), 422)).fields);
    expect(await fieldsOf({ subject: ' ' })).toEqual(['subject']);
    expect(await fieldsOf({ receivedOn: '2026-03-03' })).toEqual(['receivedOn']);
    expect(await fieldsOf({ receivedOn: '2025-11-01' })).toEqual(['receivedOn']);
    expect(await fieldsOf({ senderDatedOn: '2026-03-09' })).toEqual(['senderDatedOn']);
    expect(await fieldsOf({ classCode: 'x' })).toEqual(['classCode']);
    expect(await fieldsOf({ unitId: 'x' })).toEqual(['unitId']);
    expect(await fieldsOf({ book: 'x' })).toEqual(['book']);
    expect(await fieldsOf({ pages: '0', enclosures: '-1', channel: 'pigeon', direction: 'up' })).toEqual(['direction', 'channel', 'pages', 'enclosures']);
    expect(await fieldsOf({ partyId: '01900000-0000-7000-8000-000000000000' })).toEqual(['partyId']);
    expect(await fieldsOf({ reservedId: '01900000-0000-7000-8000-000000000000' })).toEqual(['reservedId']);
    expect((await office.run(countCases, registrar, {})).distribute).toBe(0);
  });

  test('a closed case takes no paper before it is reopened, and the reason stands in it', async ({ office }) => {
    const registrar = await office.as('registrar');
    const { id, reference } = await entered(office);
    await office.run(putAway, registrar, { id, classCode: office.office.data.classes[1]!.code }, { now: monday });
    expect((await office.refused(office.run(addPaperToCase, registrar, { id, text: 'Допуна' }), 409)).said.key).toBe('error.case_closed');
    await office.refused(office.run(putAway, registrar, { id }), 409);
    await office.refused(office.run(reopenCase, registrar, { id, reason: '' }), 422);
    await office.run(reopenCase, registrar, { id, reason: 'Стигла жалба.' }, { now: monday });
    const after = await office.run(addPaperToCase, registrar, { id, text: 'Жалба' }, { now: monday });
    expect(after.reference).toBe(`${reference}/3`);
    const shown = await office.run(getCase, registrar, { id });
    expect(shown).toMatchObject({ closedAt: null, classCode: office.office.data.classes[1]!.code });
    expect(shown.entries.map((one) => [one.direction, one.body])).toEqual([['in', paper.text], ['internal', 'Стигла жалба.'], ['in', 'Жалба']]);
    expect(shown.history.map((one) => one.name)).toEqual(['case.paper_came', 'case.reopened', 'case.closed', 'case.registered']);
  });

  test('whoever neither handles nor leads does not put a case away', async ({ office }) => {
    const clerk = await office.only('clerk');
    const { id } = await entered(office);
    await office.within((db) => db.updateTable('case_file').set({ involved: [clerk.personId!] }).where('id', '=', id).execute());
    await office.refused(office.run(putAway, clerk, { id }), 403);
    expect((await office.run(getCase, clerk, { id })).acts).toEqual(['add_paper']);
    await office.within((db) => db.updateTable('case_file').set({ handled_by: clerk.personId! }).where('id', '=', id).execute());
    await office.run(putAway, clerk, { id });
  });
});

test('a correction keeps what was before, and the search knows the new words', async ({ office }) => {
  const registrar = await office.as('registrar');
  const { id } = await entered(office);
  await office.refused(office.run(changeCase, registrar, { id, subject: paper.subject }), 422);
  await office.run(changeCase, registrar, { id, subject: 'Траса далековода' }, { now: monday });
  expect((await office.events(id)).at(-1)).toMatchObject({ name: 'case.changed', data: { before: { subject: paper.subject } } });
  const found = async (query: string) => (await office.run(listCases, registrar, { query })).cases.map((one) => one.id);
  expect([await found('dalekovoda'), await found('Водовод'), await found('трасе'), await found('ништа такво')]).toEqual([[id], [id], [], []]);
});

test('the office’s own paper is with who wrote it; what came in is to be distributed', async ({ office }) => {
  const [registrar, clerk] = [await office.as('registrar'), await office.only('clerk')];
  const incoming = await entered(office);
  const own = await office.run(registerPaper, clerk, { subject: 'Позив', direction: 'out', channel: 'post', name: 'Завод' }, { now: monday });
  const note = await office.run(registerPaper, clerk, { subject: 'Биљешка', direction: 'internal' }, { now: monday });
  const view = async (caller: typeof clerk, name: 'distribute' | 'mine' | 'open' | 'unit' | 'closed') => (await office.run(listCases, caller, { view: name })).cases.map((one) => one.id).sort();
  expect(await view(registrar, 'distribute')).toEqual([incoming.id]);
  expect(await view(clerk, 'mine')).toEqual([own.id, note.id].sort());
  expect(await view(clerk, 'open')).toEqual([own.id, note.id].sort());
  expect(await view(registrar, 'open')).toHaveLength(3);
  expect(await office.run(countCases, registrar, {})).toMatchObject({ distribute: 1 });
  await office.run(putAway, clerk, { id: note.id });
  expect(await view(registrar, 'closed')).toEqual([note.id]);
  expect((await office.run(listCases, registrar, { direction: 'out' })).cases).toMatchObject([{ id: own.id, party: 'Завод', channel: 'post' }]);
});

test('the list goes on where the page ended', async ({ office }) => {
  const registrar = await office.as('registrar');
  for (let index = 0; index < 45; index++) await entered(office, { subject: `Допис ${index}` }, new Date(monday.getTime() + index * 1000));
  const first = await office.run(listCases, registrar, {});
  const second = await office.run(listCases, registrar, { after: first.next! });
  expect([first.cases.length, second.cases.length, second.next]).toEqual([40, 5, null]);
  expect(new Set([...first.cases, ...second.cases].map((one) => one.id)).size).toBe(45);
  for (const after of ['x', '2026-02-30 10:00:00+00|01900000-0000-7000-8000-000000000000']) await office.refused(office.run(listCases, registrar, { after }), 422);
  expect((await office.run(listCases, registrar, { from: '2026-03-03' })).cases).toEqual([]);
  expect((await office.run(listCases, registrar, { from: '2026-03-02', until: '2026-03-02' })).cases).toHaveLength(40);
});

test('a confidential case is there for the named only, by every way', async ({ office }) => {
  const [chief, registrar, clerk] = [await office.as('chief'), await office.only('registrar'), await office.only('clerk')];
  const { id } = await entered(office);
  await office.within((db) => db.updateTable('case_file').set({ involved: [clerk.unitId!] }).where('id', '=', id).execute());
  await office.run(getCase, clerk, { id });
  await office.run(restrictCase, chief, { id, access: 'confidential' });
  const input = { getCase: { id }, label: { ids: [id] } };
  for (const caller of [registrar, clerk, await office.only('auditor')]) {
    await office.refused(office.run(getCase, caller, input.getCase), 404);
    await office.refused(office.run(printLabels, caller, input.label), 404);
    expect((await office.run(listCases, caller, { view: 'all', query: 'Водовод' })).cases).toEqual([]);
  }
  await office.refused(office.run(addPaperToCase, registrar, { id, text: 'x' }), 404);
  await office.refused(office.run(changeCase, registrar, { id, subject: 'x' }), 404);
  await office.refused(office.run(putAway, registrar, { id }), 404);
  await office.run(restrictCase, chief, { id, access: 'confidential', personId: clerk.personId });
  expect((await office.run(getCase, clerk, { id })).access).toBe('confidential');
  await office.run(restrictCase, chief, { id, access: 'office' });
  await office.run(getCase, registrar, { id });
});

test('what was read on a scan is found, by who sees the case', async ({ office }) => {
  const [chief, registrar] = [await office.as('chief'), await office.only('registrar')];
  const { id } = await office.run(registerPaper, chief, { ...paper, files: [{ name: 'skan.png', bytes: png }] });
  await office.run(addPaperToCase, chief, { id, subject: 'Допуна', text: 'Прилажемо елаборат.' });
  const read = operation({ id: 'probe.read', kind: 'command', allow: [], summary: 'A probe.', input: z.object({}), output: z.object({}), async run(context) {
    await context.db.updateTable('document').set({ words: 'Увјерење о подобности' }).where('case_id', '=', id).execute();
    await indexCase(context, id);
    context.record({ name: 'probe.read' });
    return {};
  } });
  for (let turn = 0; turn < 2; turn++) await office.run(read, office.system(), {});
  const found = async (query: string) => (await office.run(listCases, registrar, { query })).cases.map((one) => one.id);
  for (const query of ['uvjerenje podobnosti', 'елаборат', 'водоводу']) expect(await found(query), query).toEqual([id]);
  await office.run(restrictCase, chief, { id, access: 'confidential' });
  for (const query of ['uvjerenje', 'елаборат', 'водоводу']) expect(await found(query), query).toEqual([]);
});

test('who registers a confidential paper may finish it', async ({ office }) => {
  const registrar = await office.only('registrar');
  const { id } = await office.run(registerPaper, registrar, { ...paper, access: 'confidential', files: [{ name: 'skan.png', bytes: png }] });
  expect((await office.run(getCase, registrar, { id })).documents).toMatchObject([{ kind: 'scan', fileName: 'skan.png' }]);
  const clerk = await office.only('clerk');
  const own = await office.run(registerPaper, clerk, paper);
  expect((await office.run(getCase, clerk, { id: own.id })).reference).toBe(own.reference);
  await office.refused(office.run(getCase, clerk, { id }), 404);
});

test('a paper fills a reserved number', async ({ office }) => {
  const registrar = await office.as('registrar');
  const { numbers } = await office.run(reserveNumbers, registrar, { book: 'main', count: 2, purpose: 'Рјешења' }, { now: monday });
  const next = await entered(office);
  const filled = await office.run(registerPaper, registrar, { ...paper, reservedId: numbers[1]!.id }, { now: monday });
  expect(filled.id).toBe(numbers[1]!.id);
  expect([filled.reference, next.reference].map((one) => one.split('-').at(-1))).toEqual(['2', '3']);
  await office.refused(office.run(registerPaper, registrar, { ...paper, reservedId: numbers[1]!.id }, { now: monday }), 422);
});

test('of a merged case further papers go into the other', async ({ office }) => {
  const registrar = await office.as('registrar');
  const [one, other] = [await entered(office), await entered(office)];
  await office.within((db) => db.updateTable('case_file').set({ merged_into: other.id, closed_at: monday }).where('id', '=', one.id).execute());
  const added = await office.run(addPaperToCase, registrar, { id: one.id, text: 'Допуна' }, { now: monday });
  expect(added).toMatchObject({ id: other.id, reference: `${other.reference}/2` });
  expect((await office.run(getCase, registrar, { id: one.id })).mergedInto).toMatchObject({ id: other.id });
});

test('a label holds what the stamp of the law asks for, and a way to the case', async ({ office }) => {
  const { id, reference } = await entered(office, { enclosures: 2, receivedOn: '2026-02-27' });
  const { labels } = await office.run(printLabels, await office.as('registrar'), { ids: id });
  expect(labels).toMatchObject([{ id, number: reference, link: expect.stringMatching(new RegExp(`^https?://[^/]+/c/${id}$`)), qr: expect.stringContaining('<svg') }]);
  expect(labels[0]!.facts.map((fact) => [fact.key, fact.value])).toEqual(expect.arrayContaining([['number', reference], ['attachments', '2'], ['receivedOn', expect.stringContaining('27')]]));
  await office.refused(office.run(printLabels, await office.as('registrar'), { ids: [] }), 422);
});

describe('where the law keeps one number', () => {
  test.override({ officeFile: 'medias' });
  test('a reply takes the number of what it answers', async ({ office }) => {
    const registrar = await office.as('registrar');
    const { id, reference } = await entered(office);
    const out = await office.run(addPaperToCase, registrar, { id, direction: 'out', channel: 'post' }, { now: new Date('2026-03-10T08:00:00Z') });
    expect([out.reference, out.sub]).toEqual([reference, 2]);
  });
});
