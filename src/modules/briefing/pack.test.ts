import { PDFDocument } from '@cantoo/pdf-lib';
import fc from 'fast-check';
import { describe } from 'vitest';
import { z } from 'zod';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { operation } from '../../core/operation.ts';
import { sql } from '../../core/database.ts';
import { addToCalendar } from '../calendar/engagement.server.ts';
import { listCalendars } from '../calendar/calendar.server.ts';
import { askMany } from '../contributions/ask.server.ts';
import { giveContribution } from '../contributions/contribution.server.ts';
import { getCase, restrictCase } from '../registry/case.server.ts';
import { registerPaper } from '../registry/paper.server.ts';
import { putPackParts } from './index.ts';
import { findPrint } from './pack-file.server.ts';
import { printPack } from './pack-print.ts';
import { seatsOf, tableShapes } from './pack.ts';
import { findPack, getPack, listComing } from './pack-view.server.ts';
import { addPart, changePack, changePart, dropPart, gatherPack, makePack, makeReady, movePart, sharePack } from './pack-work.server.ts';

const now = new Date('2026-03-02T08:00:00Z');
const put = operation({
  id: 'probe.put', kind: 'command', allow: ['staff'], summary: 'What another module puts in.', input: z.object({ engagementId: z.string(), title: z.string() }), output: z.object({ sight: z.string() }),
  async run(context, input) {
    await putPackParts(context, input.engagementId, 'audience', [{ key: 'note', kind: 'note', title: input.title, text: 'Припрема.' }, { key: 'point', kind: 'point', title: 'Рок' }], []);
    context.record({ name: 'probe.put' });
    return (await sql<{ sight: string }>`select current_setting('kabinet.sight') as sight`.execute(context.db)).rows[0]!;
  },
});

async function prepared(office: TestOffice, more: object = {}) {
  const chief = await office.as('chief');
  const mayor = await office.as('mayor');
  const calendar = (await office.run(listCalendars, chief, {})).calendars.find((one) => one.role === 'mayor')!;
  const engagement = await office.run(addToCalendar, chief, { calendarId: calendar.id, kind: 'meeting', title: 'Разговор о водоводу', startsOn: '2026-03-05', startsTime: '10:00', endsTime: '11:00', nevertheless: true, ...more }, { now });
  const pack = await office.run(makePack, chief, { engagementId: engagement.id }, { now });
  return { chief, mayor, calendarId: calendar.id, engagementId: engagement.id, id: pack.id };
}

test('a pack is made once for an engagement, and is read by who leads', async ({ office }) => {
  const { chief, mayor, engagementId, id } = await prepared(office);
  expect((await office.run(makePack, chief, { engagementId })).id).toBe(id);
  await office.run(addPart, chief, { id, kind: 'point', text: 'Рок за радове' });
  const second = await office.run(addPart, chief, { id, kind: 'point', text: 'Ко плаћа' });
  await office.run(movePart, chief, { id: second.partId, to: 'up' });
  await office.run(changePart, chief, { id: second.partId, text: 'Ко плаћа и када' });
  const seen = await office.run(getPack, mayor, { id });
  expect(seen.parts.map((part) => part.text)).toEqual(['Ко плаћа и када', 'Рок за радове']);
  await office.run(dropPart, chief, { id: second.partId });
  expect((await office.run(getPack, mayor, { id })).parts).toHaveLength(1);
  const stale = await office.refused(office.run(changePack, chief, { id, version: 1, aim: 'Договор' }), 409);
  expect(stale.current).toMatchObject({ aim: '' });
  expect((await office.run(listComing, mayor, { from: '2026-03-04T00:00:00Z', until: '2026-03-08T00:00:00Z' })).engagements).toMatchObject([{ engagementId, packId: id, state: 'open' }]);
});

test('an occurrence of a series has a pack of its own', async ({ office }) => {
  const { chief, id, engagementId } = await prepared(office, { rule: 'FREQ=WEEKLY;COUNT=3' });
  const second = new Date('2026-03-12T09:00:00Z');
  expect(await office.run(findPack, chief, { engagementId, at: second })).toMatchObject({ id: null, startsAt: second });
  const other = await office.run(makePack, chief, { engagementId, at: second });
  expect(other.id).not.toBe(id);
  expect((await office.run(getPack, chief, { id: other.id })).startsAt).toEqual(second);
});

const stranger = '0198a0a0-0000-7000-8000-00000000abcd';

describe('walls', () => {
  test('who is not named on a pack does not see it; who is named does', async ({ office }) => {
    const { chief, engagementId, id } = await prepared(office);
    for (const role of ['citizens', 'quality', 'clerk'] as const) {
      const found = await office.only(role);
      // Somebody outside the circle of the calendar.
      const caller = { ...found, personId: stranger, marks: [stranger] };
      await office.refused(office.run(getPack, caller, { id }), 404);
      expect((await office.run(findPack, caller, { engagementId })).id).toBeNull();
    }
    const clerk = { ...(await office.only('clerk')), marks: [] as string[] };
    const colleague = { ...clerk, marks: [clerk.personId!] };
    await office.refused(office.run(addPart, colleague, { id, kind: 'point', text: 'x' }), 404);
    await office.run(sharePack, chief, { id, personId: clerk.personId! });
    await office.run(addPart, colleague, { id, kind: 'point', text: 'Од мене' });
    const other = await office.another();
    await other.refused(other.run(getPack, await other.as('mayor'), { id }), 404);
  });

  test('a paper of a confidential case is not in the pack of who may not read it, on pages and in the PDF', async ({ office }) => {
    const { chief, id } = await prepared(office);
    const paper = await office.run(registerPaper, chief, { subject: 'Тајна набавка', files: [{ name: 'tajna.txt', bytes: new Uint8Array(Buffer.from('тајна')) }] });
    const [document] = (await office.run(getCase, chief, { id: paper.id })).documents;
    await office.run(addPart, chief, { id, kind: 'paper', documentId: document!.id });
    expect((await office.run(getPack, chief, { id })).isKept).toBe(true);
    await office.run(restrictCase, chief, { id: paper.id, access: 'confidential' });
    await office.settle();
    expect((await office.run(getPack, chief, { id })).isKept).toBe(false);
    const clerk = await office.only('clerk');
    await office.run(sharePack, chief, { id, personId: clerk.personId! });
    const seen = await office.run(getPack, { ...clerk, marks: [clerk.personId!] }, { id });
    expect(seen).toMatchObject({ parts: [], hidden: 1 });
    expect((await office.run(getPack, chief, { id })).parts).toHaveLength(1);
    await office.refused(office.run(findPrint, clerk, { id }), 403);
    const strange = await office.another();
    const theirs = await strange.run(registerPaper, await strange.as('chief'), { subject: 'Друго', files: [{ name: 'a.txt', bytes: new Uint8Array(Buffer.from('а')) }] });
    const [foreign] = (await strange.run(getCase, await strange.as('chief'), { id: theirs.id })).documents;
    await office.refused(office.run(addPart, chief, { id, kind: 'paper', documentId: foreign!.id }), 422);
  });

  test('who prepares an audience puts their own parts in, replaces them, and sees no further', async ({ office }) => {
    const { chief, engagementId, id } = await prepared(office);
    await office.run(addPart, chief, { id, kind: 'note', text: 'Поверљива реч' });
    const registrar = { ...(await office.only('registrar')), marks: [] as string[] };
    expect(await office.run(put, registrar, { engagementId, title: 'Забиљешка' })).toEqual({ sight: 'office' });
    await office.run(put, registrar, { engagementId, title: 'Нова забиљешка' });
    expect((await office.run(getPack, chief, { id })).parts.map((part) => part.title).toSorted()).toEqual(['', 'Нова забиљешка', 'Рок']);
    await office.refused(office.run(getPack, registrar, { id }), 404);
    const [part] = (await office.run(getPack, chief, { id })).parts.filter((one) => one.origin === 'audience');
    await office.refused(office.run(changePart, chief, { id: part!.id, text: 'x' }), 409);
  });
});

test('what was asked for an engagement is gathered when it came; a pack that is ready has its PDF with the papers, for who sees everything', async ({ office }) => {
  const { chief, mayor, engagementId, id } = await prepared(office);
  const unitId = office.office.data.units.find((unit) => !unit.cabinet)!.id;
  const ask = await office.run(askMany, chief, { engagementId, title: 'Стање водовода', question: 'Шта је урађено?', dueOn: '2026-03-04', of: [`unit:${unitId}`] }, { now });
  expect((await office.run(gatherPack, chief, { id })).taken).toBe(0);
  await office.run(giveContribution, chief, { id: ask.contributionIds[0]!, reply: 'Замијењено је 400 м цијеви.' }, { now });
  expect((await office.run(gatherPack, chief, { id })).taken).toBe(1);
  expect((await office.run(gatherPack, chief, { id })).taken).toBe(0);
  const source = await PDFDocument.create();
  source.addPage();
  source.addPage();
  const paper = await office.run(registerPaper, chief, { subject: 'Пројекат', files: [{ name: 'projekat.pdf', bytes: new Uint8Array(await source.save()) }, { name: 'a.txt', bytes: new Uint8Array(Buffer.from('а')) }] });
  for (const document of (await office.run(getCase, chief, { id: paper.id })).documents) await office.run(addPart, chief, { id, kind: 'paper', documentId: document.id });
  await office.run(addPart, chief, { id, kind: 'seating', text: 'Градоначелник\nДиректор\nИнжењер', shape: 'long' });
  await office.run(makeReady, chief, { id }, { now });
  await office.settle();
  const { bytes } = await office.run(findPrint, mayor, { id });
  const made = await PDFDocument.load(bytes!);
  expect(made.getPageCount()).toBeGreaterThanOrEqual(4);
  const letters = office.mails.filter((mail) => mail.text.includes(`/desk/packs/${id}`));
  expect(letters).toHaveLength(1);
  expect(JSON.stringify(letters[0])).not.toContain('водовод');
  await office.run(addPart, chief, { id, kind: 'point', text: 'Ново' });
  expect((await office.run(findPrint, mayor, { id })).bytes).toBeNull();
  expect((await printPack(office.kernel, mayor, id)).bytes.length).toBeGreaterThan(1000);
}, 60_000);

test('everybody has one seat, on the drawing, whatever the table', () => {
  fc.assert(fc.property(fc.constantFrom(...tableShapes), fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 30 }), (shape, names) => {
    const seats = seatsOf(shape, names);
    expect(seats.map((seat) => seat.name).toSorted()).toEqual(names.toSorted());
    for (const seat of seats) expect(seat.x >= 0 && seat.x <= 100 && seat.y >= 0 && seat.y <= 100).toBe(true);
    expect(new Set(seats.map((seat) => `${seat.x.toFixed(3)} ${seat.y.toFixed(3)}`)).size).toBe(names.length);
  }));
});
