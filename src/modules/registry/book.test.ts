import { extractText, getDocumentProxy } from 'unpdf';
import { describe } from 'vitest';
import type { z } from 'zod';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { answered, assigned, letter, submitted } from '../../../test/petition.ts';
import { translator } from '../../core/message.ts';
import { verifyOffice } from '../../core/verify.ts';
import { getPetition } from '../requests/case.server.ts';
import { registerPetition, submitPetition } from '../requests/intake.server.ts';
import { assignPetition, linkPetition } from '../requests/work.server.ts';
import { annulCase, annulEntry } from './book-annul.server.ts';
import { closeBook, getNote, previewClosing } from './book-closing.server.ts';
import { listBooks, listReserved, openBook, releaseNumbers, reserveNumbers } from './book.server.ts';
import { putAway } from './case.server.ts';
import { addPaperToCase, registerPaper } from './paper.server.ts';
import { columnsOf, lineCells } from './register-lines.ts';
import { readRegister } from './register.server.ts';

const at = (moment: string) => ({ now: new Date(moment) });
const spring = at('2026-03-02T08:00:00Z');
const lastDay = at('2026-12-31T11:00:00Z');
const january = at('2027-01-04T08:00:00Z');
const paper = { subject: 'Допис о водоводу', text: 'Молимо мишљење.', name: 'Водовод' };
const enter = (office: TestOffice, who: Awaited<ReturnType<TestOffice['as']>>, more: Partial<z.input<(typeof registerPaper)['input']>> = {}, when = spring) => office.run(registerPaper, who, { ...paper, ...more }, when);
const faults = async (office: TestOffice) => (await verifyOffice(office.kernel, office.office)).faults;
const main = (year = 2026) => ({ book: 'main', year });

describe('reserved numbers', () => {
  test('are in the book without a gap, are filled in any order, and keep number and day', async ({ office }) => {
    const registrar = await office.as('registrar');
    await enter(office, registrar);
    const { numbers } = await office.run(reserveNumbers, registrar, { book: 'main', count: 3, purpose: 'Рјешења о помоћи' }, spring);
    const after = await enter(office, registrar);
    expect(numbers.map((one) => one.number)).toEqual([2, 3, 4]);
    expect(after.reference).toMatch(/-5$/);
    expect((await office.run(listReserved, registrar, {})).numbers.map((one) => one.purpose)).toEqual(Array.from({ length: 3 }, () => 'Рјешења о помоћи'));
    const filled = await enter(office, registrar, { subject: 'Рјешење', direction: 'internal', reservedId: numbers[1]!.id, classCode: '009' }, at('2026-04-01T08:00:00Z'));
    expect(filled.reference).toBe('01-009/26-3');
    expect(filled.id).toBe(numbers[1]!.id);
    expect((await office.refused(enter(office, registrar, { reservedId: numbers[1]!.id }), 422)).fields).toHaveProperty('reservedId');
    const { rows } = await office.run(readRegister, registrar, {}, spring);
    expect(rows.map((row) => [row.number, row.state])).toEqual([[1, 'entered'], [2, 'reserved'], [3, 'entered'], [4, 'reserved'], [5, 'entered']]);
    expect((await office.run(addPaperToCase, registrar, { id: filled.id, text: 'x' }, spring)).reference).toBe('01-009/26-3/2');
    expect(await faults(office)).toEqual([]);
  });

  test('that are not needed are annulled and never given again', async ({ office }) => {
    const registrar = await office.as('registrar');
    const { numbers } = await office.run(reserveNumbers, registrar, { book: 'main', count: 2, purpose: 'Рјешења' }, spring);
    await office.run(releaseNumbers, registrar, { ids: [numbers[0]!.id], reason: 'Није потребан.' }, spring);
    await office.refused(office.run(releaseNumbers, registrar, { ids: numbers.map((one) => one.id), reason: 'x' }, spring), 422);
    await office.refused(enter(office, registrar, { reservedId: numbers[0]!.id }), 422);
    const { rows } = await office.run(readRegister, registrar, {}, spring);
    expect(rows[0]).toMatchObject({ number: 1, state: 'annulled', annulReason: 'Није потребан.', annulledBy: registrar.name });
    expect((await enter(office, registrar)).reference).toMatch(/-3$/);
    for (const wrong of [{ count: 0 }, { count: 201 }, { count: 'x' }, { purpose: '' }, { book: 'index' }, { unitId: 'x' }]) await office.refused(office.run(reserveNumbers, registrar, { book: 'main', count: 1, purpose: 'x', ...wrong }, spring), 422);
  });
});

describe('annulling', () => {
  test('leaves the number in the book with reason and name, and takes nothing more under it', async ({ office }) => {
    const registrar = await office.as('registrar');
    const { id } = await enter(office, registrar);
    await office.run(annulCase, registrar, { id, reason: 'Заведено двапут.' }, spring);
    expect((await office.run(readRegister, registrar, {}, spring)).rows[0]).toMatchObject({ number: 1, state: 'annulled', annulReason: 'Заведено двапут.', annulledBy: registrar.name });
    await office.refused(office.run(addPaperToCase, registrar, { id, text: 'x' }, spring), 409);
    await office.refused(office.run(annulCase, registrar, { id, reason: 'x' }, spring), 409);
    expect((await enter(office, registrar)).reference).toMatch(/-2$/);
    expect(await faults(office)).toEqual([]);
  });

  test('of one paper leaves the case; a number with other papers is not annulled before them', async ({ office }) => {
    const registrar = await office.as('registrar');
    const { id, entryId } = await enter(office, registrar);
    const second = await office.run(addPaperToCase, registrar, { id, text: 'x' }, spring);
    expect((await office.refused(office.run(annulCase, registrar, { id, reason: 'x' }, spring), 409)).said.key).toBe('error.annul_papers_first');
    expect((await office.refused(office.run(annulEntry, registrar, { id: entryId, reason: 'x' }, spring), 409)).said.key).toBe('error.annul_whole_case');
    await office.run(annulEntry, registrar, { id: second.entryId, reason: 'Туђи допис.' }, spring);
    expect((await office.run(addPaperToCase, registrar, { id, text: 'x' }, spring)).reference).toMatch(/\/3$/);
    expect((await office.run(readRegister, registrar, {}, spring)).rows.map((row) => row.state)).toEqual(['entered', 'annulled', 'entered']);
    expect(await faults(office)).toEqual([]);
  });

  test('is not for a petition in work, nor for what is closed', async ({ office }) => {
    const [registrar, chief, clerk] = [await office.as('registrar'), await office.as('chief'), await office.as('clerk')];
    const taken = await submitted(office, {}, spring.now);
    await office.run(assignPetition, chief, { id: taken.id, unitId: clerk.unitId!, personId: clerk.personId! }, spring);
    expect((await office.refused(office.run(annulCase, registrar, { id: taken.id, reason: 'x' }, spring), 409)).said.key).toBe('error.annul_petition');
    const mistake = await office.run(registerPetition, registrar, { ...letter, channel: 'letter' }, spring);
    await office.run(annulCase, registrar, { id: mistake.id, reason: 'Заведено двапут.' }, spring);
    await office.settle();
    expect(await office.run(getPetition, registrar, { id: mistake.id })).toMatchObject({ state: 'closed', acts: expect.not.arrayContaining(['assign', 'reopen']) });
    const settled = await enter(office, registrar);
    await office.run(putAway, registrar, { id: settled.id }, spring);
    expect((await office.refused(office.run(annulCase, registrar, { id: settled.id, reason: 'x' }, spring), 409)).said.key).toBe('error.annul_closed');
  });
});

describe('a year is closed', () => {
  test('with a note whose figures are those of the book; the next year is open, and open cases go on under their numbers', async ({ office }) => {
    const [registrar, chief] = [await office.as('registrar'), await office.as('chief')];
    const open = await enter(office, registrar, { subject: 'Остаје отворен' });
    const done = await enter(office, registrar);
    await office.run(putAway, registrar, { id: done.id }, spring);
    await office.run(reserveNumbers, registrar, { book: 'main', count: 2, purpose: 'Рјешења' }, spring);
    const mistake = await enter(office, registrar);
    await office.run(annulCase, registrar, { id: mistake.id, reason: 'Грешка.' }, spring);
    const secret = await enter(office, chief, { subject: 'Тајна ствар', access: 'confidential' });
    await office.run(addPaperToCase, registrar, { id: open.id, text: 'x', direction: 'out' }, spring);
    const preview = await office.run(previewClosing, registrar, main(), lastDay);
    expect(preview).toMatchObject({ blocks: [], needsReason: false, figures: { first: 1, last: 6, cases: 3, annulled: 1, reservedUnused: 2, papers: 4, incoming: 3, outgoing: 1, annulledPapers: 1, carried: 2 } });
    // The number of what is confidential belongs to the note, its words do not.
    expect(preview.carried.map((one) => one.subject)).toEqual(['Остаје отворен', '']);
    await office.run(closeBook, registrar, { ...main(), remarks: 'Без напомена.' }, lastDay);
    const { note, content } = await office.run(getNote, registrar, main());
    expect(note).toMatchObject({ ...preview.figures, closedBy: registrar.name, closedOn: '2026-12-31', carriedReferences: [open.reference, secret.reference] });
    const { text } = await extractText(await getDocumentProxy(new Uint8Array(Buffer.from(content, 'base64'))), { mergePages: true });
    for (const words of [open.reference, secret.reference, 'Остаје отворен', registrar.name, 'Без напомена.']) expect(text).toContain(words);
    expect(text).not.toContain('Тајна');
    expect((await office.run(listBooks, registrar, {})).books.map((one) => [one.year, one.closedOn, one.last])).toEqual([[2027, null, 0], [2026, '2026-12-31', 6]]);
    // Nothing is free in it any more, and nothing changes in it.
    expect((await office.run(listReserved, registrar, {})).numbers).toEqual([]);
    expect((await office.refused(office.run(annulCase, registrar, { id: open.id, reason: 'x' }, january), 409)).said.key).toBe('error.annul_papers_first');
    await office.refused(office.run(closeBook, registrar, main(), january), 409);
    // A paper of a case carried over.
    expect((await office.run(addPaperToCase, registrar, { id: open.id, text: 'Стигло у јануару' }, january)).reference).toBe(`${open.reference}/3`);
    expect((await enter(office, registrar, {}, january)).reference).toMatch(/\/27-1$/);
    expect(await faults(office)).toEqual([]);
  });

  test('and what comes that evening takes the first numbers of the next', async ({ office }) => {
    const registrar = await office.as('registrar');
    await enter(office, registrar);
    await office.run(closeBook, registrar, main(), lastDay);
    const late = await office.run(submitPetition, office.public(), letter, at('2026-12-31T20:00:00Z'));
    expect(late.reference).toMatch(/\/27-1$/);
    expect((await enter(office, registrar, {}, january)).reference).toMatch(/\/27-2$/);
    expect(await faults(office)).toEqual([]);
  });

  test('on its last day; before that with a reason, and from December on; one year after the other', async ({ office }) => {
    const registrar = await office.as('registrar');
    await enter(office, registrar, {}, at('2025-05-05T08:00:00Z'));
    await enter(office, registrar);
    expect((await office.run(previewClosing, registrar, main(), spring)).blocks).toEqual(['too_early', 'earlier_open']);
    expect((await office.refused(office.run(closeBook, registrar, main(), lastDay), 409)).said.key).toBe('book.block.earlier_open');
    await office.run(closeBook, registrar, main(2025), spring);
    expect((await office.refused(office.run(closeBook, registrar, { ...main(), reason: 'x' }, at('2026-11-30T08:00:00Z')), 409)).said.key).toBe('book.block.too_early');
    const friday = at('2026-12-30T08:00:00Z');
    expect((await office.refused(office.run(closeBook, registrar, main(), friday), 422)).fields).toHaveProperty('reason');
    await office.run(closeBook, registrar, { ...main(), reason: 'Нерадни дани.' }, friday);
    expect((await office.run(getNote, registrar, main())).note.reason).toBe('Нерадни дани.');
    await office.refused(office.run(previewClosing, registrar, main(2030), spring), 404);
    await office.refused(office.run(previewClosing, registrar, { book: 'index', year: 2026 }, spring), 422);
    await office.refused(office.run(closeBook, await office.only('clerk'), main(), friday), 403);
    await office.refused(office.run(getNote, registrar, main(2024)), 404);
  });
});

test('a book of proceedings counts for itself and writes its mark', async ({ office }) => {
  const registrar = await office.as('registrar');
  await enter(office, registrar);
  const first = await enter(office, registrar, { book: 'proceedings', classCode: '009' });
  expect(first.reference).toBe('UPI 01-009/26-1');
  expect((await office.run(addPaperToCase, registrar, { id: first.id, text: 'x' }, spring)).reference).toBe('UPI 01-009/26-1/2');
  expect((await office.run(readRegister, registrar, { book: 'proceedings' }, spring)).rows.map((row) => row.number)).toEqual([1, 1]);
  await office.refused(enter(office, registrar, { book: 'index' }), 422);
  expect(await office.run(openBook, registrar, { book: 'proceedings', year: 2027 }, spring)).toEqual({ book: 'proceedings', year: 2027 });
  await office.refused(office.run(openBook, registrar, { book: 'proceedings', year: 2027 }, spring), 422);
  await office.refused(office.run(openBook, registrar, { book: 'proceedings', year: 2030 }, spring), 422);
  expect(await faults(office)).toEqual([]);
});

test('who may not see a case sees that its number is given, and no more', async ({ office }) => {
  const [registrar, chief] = [await office.as('registrar'), await office.as('chief')];
  await enter(office, chief, { subject: 'Тајна', access: 'confidential' });
  await enter(office, registrar);
  await enter(office, chief, { subject: 'Тајна', access: 'confidential' });
  const { rows } = await office.run(readRegister, registrar, {}, spring);
  expect(rows.map((row) => [row.number, row.state])).toEqual([[1, 'hidden'], [2, 'entered'], [3, 'hidden']]);
  expect(JSON.stringify(rows)).not.toContain('Тајна');
  expect((await office.run(readRegister, chief, {}, spring)).rows.every((row) => row.state === 'entered')).toBe(true);
  const one = await office.run(readRegister, registrar, { limit: 1 }, spring);
  expect([one.rows.map((row) => row.number), one.next]).toEqual([[1, 2, 3], null]);
});

test('the proof of an office knows gaps, except in a book taken over from paper, and notes that no longer agree', async ({ office }) => {
  const registrar = await office.as('registrar');
  await enter(office, registrar);
  const change = (values: { last_number?: number; is_imported?: boolean; note?: string }) => office.within((db) => db.updateTable('book_year').set(values).where('office_id', '=', office.office.id).execute());
  await change({ last_number: 9 });
  expect(await faults(office)).toEqual([expect.stringContaining('9 numbers were issued, 1 are there')]);
  await change({ is_imported: true });
  expect(await faults(office)).toEqual([]);
  await change({ last_number: 0 });
  expect(await faults(office)).toHaveLength(1);
  await change({ last_number: 1, is_imported: false, note: JSON.stringify({ last: 2 }) });
  expect(await faults(office)).toEqual([expect.stringContaining('its note closed it with 2')]);
});

describe('a book is seen', () => {
  test('by class or number as a list of acts, and by names as an index, page after page', async ({ office }) => {
    const registrar = await office.as('registrar');
    const people = ['Шћепан Примјер', 'Ana Primjer', 'Živko Primjer', 'Бранка Примјер'];
    for (const [index, name] of people.entries()) {
      const { id } = await enter(office, registrar, { name, classCode: index % 2 ? '009' : '016' });
      await office.run(addPaperToCase, registrar, { id, text: 'x', name }, spring);
    }
    const read = (more: object) => office.run(readRegister, registrar, more, spring);
    expect((await read({ book: 'list-of-acts', classCode: '009' })).rows.map((row) => row.number)).toEqual([2, 2, 4, 4]);
    expect((await read({ book: 'list-of-acts', number: 3 })).rows.map((row) => row.sub)).toEqual([1, 2]);
    const seen: string[] = [];
    for (let after = ''; ;) {
      const page = await read({ book: 'index', limit: 3, after });
      seen.push(...page.rows.map((row) => `${row.party} ${row.sub}`));
      if (page.next === null) break;
      after = page.next;
    }
    expect(seen).toEqual(['Ana Primjer', 'Бранка Примјер', 'Шћепан Примјер', 'Živko Primjer'].flatMap((name) => [`${name} 1`, `${name} 2`]));
    expect((await read({ sender: 'zivko' })).rows.map((row) => row.number)).toEqual([3, 3]);
    expect((await read({ sender: '%' })).rows).toEqual([]);
    // A number with more papers than a page is read to its end.
    const long: string[] = [];
    for (let after = ''; ;) {
      const page = await read({ limit: 1, after });
      long.push(...page.rows.map((row) => `${row.number}/${row.sub}`));
      if (page.next === null) break;
      after = page.next;
    }
    expect(long).toEqual([1, 2, 3, 4].flatMap((number) => [`${number}/1`, `${number}/2`]));
  });
});

describe('in Romania', () => {
  test.override({ officeFile: 'medias' });
  test('a reply takes the number of what it answers, and the line says when and to whom it was sent', async ({ office }) => {
    const [registrar, chief] = [await office.as('registrar'), await office.as('chief')];
    const told = await assigned(office, { subject: 'Gropi' }, spring.now);
    const sent = await answered(office, told, at('2026-03-09T08:00:00Z').now);
    await enter(office, registrar, { senderReference: '12/345', senderDatedOn: '2026-03-01', pages: 2, enclosures: 1, classCode: 'I.A.1' });
    const order = await enter(office, chief, { book: 'orders', subject: 'Dispoziție', direction: 'internal' });
    expect([sent.entry, order.reference]).toEqual([told.reference, '1/2026']);
    const { rows } = await office.run(readRegister, registrar, {}, spring);
    const columns = columnsOf(office.office, 'main');
    const cells = (index: number): Record<string, string> => {
      const words = lineCells({ office: office.office, locale: 'ro', t: translator('ro') }, rows[index]!, columns, 1);
      return Object.fromEntries(columns.map((column, place) => [column.key, words[place]!]));
    };
    expect(cells(0)).toMatchObject({ seq: '1', receivedOn: '02.03.2026', sender: `${letter.name}, ${letter.town}`, sentOn: '09.03.2026', disposal: 'răspuns la 09.03.2026', recipient: letter.name });
    expect(cells(1)).toMatchObject({ seq: '1', sentOn: '09.03.2026', recipient: `${letter.name}, ${letter.town}` });
    expect(cells(2)).toMatchObject({ seq: '2', senderNumber: '12/345, 01.03.2026', sheets: '2', attachments: '1', fileCode: 'I.A.1', recipient: '', connectedTo: '' });
    expect((await office.run(readRegister, registrar, { book: 'petitions' }, spring)).rows.map((row) => row.number)).toEqual([1, 1]);
    await office.run(linkPetition, told.chief, { id: told.id, otherReference: rows[2]!.reference }, spring);
    expect((await office.run(readRegister, registrar, {}, spring)).rows[0]!.connectedTo).toBe(rows[2]!.reference);
  });
});
