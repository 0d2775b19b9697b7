import { PDFDocument } from '@cantoo/pdf-lib';
import fc from 'fast-check';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { getDocument } from '../documents/document.server.ts';
import { putAway } from '../registry/index.ts';
import { closed } from '../../../test/archive.ts';
import { reopenCase, restrictCase } from '../registry/case.server.ts';
import { findArchived, listArchive, listWaiting, putInArchive } from './archive.server.ts';
import { getBox, makeBox, moveItems } from './box.server.ts';
import { getLasting } from './lasting.server.ts';
import { getLending, lendFromArchive, listLendings, takeBack } from './lending.server.ts';
import { readPlan } from './plan.server.ts';
import { isPast, keepUntil, retentionYears } from './retention.ts';

const archived = async (office: TestOffice, more: Parameters<typeof closed>[1] = {}): Promise<string> => {
  const id = await closed(office, more);
  await office.run(putInArchive, await office.as('chief'), { ids: [id] });
  return id;
};

test('what is kept n years from a year is kept to the last day of the n-th after it; the permanent have no end', () => {
  fc.assert(fc.property(fc.integer({ min: 1990, max: 2090 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }), fc.integer({ min: 1, max: 99 }), (year, month, date, years) => {
    const on = `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
    const until = keepUntil(on, years)!;
    expect(until).toBe(`${year + years}-12-31`);
    expect(isPast(until, `${year + years}-12-31`)).toBe(false);
    expect(isPast(until, `${year + years + 1}-01-01`)).toBe(true);
    expect(keepUntil(on, null)).toBe(null);
    expect(isPast(null, '9999-12-31')).toBe(false);
  }));
  expect([retentionYears('permanent'), retentionYears('5'), retentionYears('0'), retentionYears('x')]).toEqual([null, 5, null, null]);
});

test('closed cases go into the book under numbers without a gap, with the period of their class', async ({ office }) => {
  const registrar = await office.as('registrar');
  const ids = [await closed(office), await closed(office, { classCode: '011' }), await closed(office)];
  expect((await office.run(listWaiting, registrar, {})).cases.map((one) => [one.classCode, one.retentionYears, one.keepUntil, one.obstacle])).toEqual([['009', 2, '2021-12-31', null], ['011', null, null, null], ['009', 2, '2021-12-31', null]]);
  await Promise.all(ids.map((one) => office.run(putInArchive, registrar, { ids: one })));
  const { items } = await office.run(listArchive, registrar, { order: 'up' });
  expect(items.map((one) => one.number)).toEqual([1, 2, 3]);
  expect(items.find((one) => one.caseId === ids[1])).toMatchObject({ classCode: '011', retentionYears: null, keepUntil: null, state: 'kept', closedOn: '2019-04-13' });
  expect((await office.run(listWaiting, registrar, {})).cases).toEqual([]);
  expect((await office.refused(office.run(putInArchive, registrar, { ids: [ids[0]!] }), 409)).said.key).toBe('error.archive.archived');
  expect((await office.events(ids[1])).at(-1)).toMatchObject({ name: 'archive.put', data: { class: '011', years: null, until: null } });
  const plan = await office.run(readPlan, registrar, {});
  expect(plan.classes.find((one) => one.code === '009')).toMatchObject({ years: 2, cases: 2, archived: 2 });
});

test('an open case, one that lies till a day and one on its way cannot be put away: all or none', async ({ office }) => {
  const chief = await office.as('chief');
  const [fine, open, waiting, given] = [await closed(office), await closed(office), await closed(office), await closed(office)];
  await office.run(reopenCase, chief, { id: open, reason: 'Још нешто.' });
  const at = new Date();
  await office.within(async (db) => {
    await db.insertInto('bring_forward').values({ office_id: office.office.id, id: crypto.randomUUID(), case_id: waiting, due_on: '2030-01-01', put_at: at }).execute();
    await db.insertInto('delivery').values({ office_id: office.office.id, id: crypto.randomUUID(), case_id: given, purpose: 'work', to_person: chief.personId, given_at: at }).execute();
  });
  for (const [id, key] of [[open, 'open'], [waiting, 'rokovnik'], [given, 'undelivered']] as const) expect((await office.refused(office.run(putInArchive, chief, { ids: [fine, id] }), 409)).said.key).toBe(`error.archive.${key}`);
  expect((await office.run(listArchive, chief, {})).items).toEqual([]);
  expect((await office.run(listWaiting, chief, {})).cases.map((one) => one.obstacle).sort()).toEqual([null, 'rokovnik', 'undelivered']);
  await office.refused(office.run(putInArchive, chief, { ids: [] }), 422);
  await office.refused(office.run(putInArchive, chief, { ids: [crypto.randomUUID()] }), 404);
});

test('a case that was opened again keeps its line and gets a new period', async ({ office }) => {
  const chief = await office.as('chief');
  const id = await archived(office);
  await office.run(reopenCase, chief, { id, reason: 'Нов доказ.' });
  expect((await office.refused(office.run(putInArchive, chief, { ids: [id] }), 409)).said.key).toBe('error.archive.open');
  await office.run(putAway, chief, { id }, { now: new Date('2024-02-02T10:00:00Z') });
  await office.run(putInArchive, chief, { ids: [id] });
  expect((await office.run(listArchive, chief, {})).items).toMatchObject([{ number: 1, closedOn: '2024-02-02', keepUntil: '2026-12-31' }]);
});

test('who may not see a confidential case does not see its line; its number is not given twice', async ({ office }) => {
  const [chief, registrar] = [await office.as('chief'), await office.as('registrar')];
  await archived(office);
  const hidden = await archived(office);
  await office.run(restrictCase, chief, { id: hidden, access: 'confidential' });
  const third = await closed(office);
  expect(await office.run(putInArchive, registrar, { ids: [third] })).toMatchObject({ first: 3, last: 3 });
  expect((await office.run(listArchive, registrar, {})).items.map((one) => one.number)).toEqual([3, 1]);
  expect((await office.run(listArchive, chief, {})).items.map((one) => one.number)).toEqual([3, 2, 1]);
  await office.refused(office.run(findArchived, registrar, { id: hidden }), 404);
  const box = await office.run(makeBox, registrar, {});
  await office.refused(office.run(moveItems, registrar, { ids: [hidden], boxId: box.id }), 404);
});

test('boxes are numbered, filled and known by the code on their label', async ({ office }) => {
  const registrar = await office.as('registrar');
  const [first, second] = [await archived(office), await archived(office, { classCode: '011' })];
  const boxes = await Promise.all([1, 2, 3].map((n) => office.run(makeBox, registrar, { label: `Преписка ${n}`, place: 'Полица 4' })));
  expect(boxes.map((one) => one.number).sort()).toEqual([1, 2, 3]);
  await office.run(moveItems, registrar, { ids: [first, second], boxId: boxes[0]!.id });
  const { box, items, qr } = await office.run(getBox, registrar, { id: boxes[0]!.id });
  expect(box).toMatchObject({ items: 2, classes: ['009', '011'], fromYear: 2019, untilYear: 2019, first: 1, last: 2, isPermanent: true });
  expect([items.length, qr.startsWith('<svg')]).toEqual([2, true]);
  await office.run(moveItems, registrar, { ids: [first], boxId: '' });
  expect((await office.run(getBox, registrar, { id: boxes[0]!.id })).items.map((one) => one.caseId)).toEqual([second]);
});

test('a lent case is with its reader until it is back, and is late after its day', async ({ office }) => {
  const [registrar, clerk] = [await office.as('registrar'), await office.as('clerk')];
  const [id, other] = [await archived(office), await closed(office)];
  await office.refused(office.run(findArchived, clerk, { id }), 404);
  const lend = (caseId: string, dueOn: string, now?: Date) => office.run(lendFromArchive, registrar, { id: caseId, readerId: clerk.personId!, purpose: 'Припрема одговора', dueOn }, now ? { now } : {});
  await office.refused(lend(id, '2020-01-01'), 422);
  expect((await office.refused(lend(other, '2030-01-01'), 409)).said.key).toBe('error.archive.not_there');
  const { id: lendingId } = await lend(id, '2026-03-10', new Date('2026-03-01T09:00:00Z'));
  expect((await office.refused(lend(id, '2026-03-12', new Date('2026-03-02T09:00:00Z')), 409)).said.key).toBe('error.archive.lent');
  expect((await office.run(findArchived, clerk, { id })).lending).toMatchObject({ readerId: clerk.personId, dueOn: '2026-03-10' });
  expect((await office.run(listLendings, clerk, { view: 'mine' }, { now: new Date('2026-03-10T09:00:00Z') })).lendings[0]).toMatchObject({ isLate: false });
  expect((await office.run(listLendings, registrar, { view: 'late' }, { now: new Date('2026-03-11T09:00:00Z') })).lendings).toMatchObject([{ id: lendingId, isLate: true, number: 1 }]);
  await office.refused(office.run(getLending, { ...(await office.as('protocol')), marks: [] }, { id: lendingId }), 404);
  await office.run(takeBack, registrar, { id: lendingId });
  expect((await office.refused(office.run(takeBack, registrar, { id: lendingId }), 409)).said.key).toBe('error.archive.returned');
  expect((await office.run(listLendings, registrar, {})).lendings).toEqual([]);
  expect((await office.events(id)).map((one) => one.name).slice(-3)).toEqual(['archive.put', 'archive.lent', 'archive.returned']);
});

test('documents get a form that lasts: a picture is laid on a page of PDF/A-3 and stays within it', async ({ office }) => {
  const png = new Uint8Array(Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'));
  const chief = await office.as('chief');
  const id = await archived(office, { file: { name: 'скица.png', bytes: png } });
  await office.settle();
  const { documents } = await office.run(findArchived, chief, { id });
  expect(documents).toMatchObject([{ form: 'carrier' }]);
  const { fileName, content } = await office.run(getLasting, chief, { id: documents[0]!.id });
  const bytes = Buffer.from(content, 'base64').toString('latin1');
  expect([fileName, /pdfaid:part>(\d)/.exec(bytes)?.[1], bytes.includes('/EmbeddedFile')]).toEqual(['скица.pdf', '3', true]);
  expect(Buffer.from((await office.run(getDocument, chief, { id: documents[0]!.id })).content, 'base64').equals(Buffer.from(png))).toBe(true);
});

test('an uploaded PDF is drawn page by page; what a machine cannot draw keeps its original within a first page', async ({ office }) => {
  const pdf = await PDFDocument.create();
  for (const words of ['Prva', 'Druga']) pdf.addPage([300, 400]).drawText(words, { x: 40, y: 300 });
  const bytes = await pdf.save();
  const [drawn, table] = [await archived(office, { file: { name: 'nacrt.pdf', bytes } }), await archived(office, { file: { name: 'lista.csv', bytes: new Uint8Array(Buffer.from('a;b\n1;2\n')) } })];
  await office.settle();
  const chief = await office.as('chief');
  const pagesOf = async (id: string): Promise<number> => {
    const [document] = (await office.run(findArchived, chief, { id })).documents;
    expect(document!.form).toBe('carrier');
    return (await PDFDocument.load(Buffer.from((await office.run(getLasting, chief, { id: document!.id })).content, 'base64'))).getPageCount();
  };
  expect([await pagesOf(drawn), await pagesOf(table)]).toEqual([3, 1]);
});
