import { getDocumentProxy } from 'unpdf';
import { describe } from 'vitest';
import type { Caller } from '../../core/caller.ts';
import { sql } from '../../core/database.ts';
import { enter } from '../../core/operation.ts';
import { closePdf } from '../../core/pdf.ts';
import { verifyOffice } from '../../core/verify.ts';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { addToClassified, closeClassified, declassifyPaper, regradeClassified, registerClassified } from './classified.server.ts';
import { endClearance, grantClearance, listClearances, ownStanding } from './clearance.server.ts';
import { endReader, entrustPaper, listOrphaned, nameReader } from './reader.server.ts';
import { openClassified, openClassifiedDocument, readClassifiedBook } from './view.server.ts';

const png = new Uint8Array(Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'));
const files = [{ name: 'nacrt.png', bytes: png }];
const untilOn = new Date(Date.now() + 400 * 86_400_000).toISOString().slice(0, 10);
const words = { level: 'restricted' as const, subject: 'План одбране', sender: 'Министарство', note: 'У касу.', basis: 'члан 12', receivedOn: '2026-03-02' };

async function cast(office: TestOffice) {
  const [mayor, chief, registrar, second, clerk, it, auditor] = [await office.as('mayor'), await office.as('chief'), await office.as('dragica-borilovic'), await office.as('sasa-marovic'), await office.as('clerk'), await office.as('it'), await office.as('auditor')];
  const clear = (personId: string, level: 'secret' | 'restricted') => office.run(grantClearance, mayor, { personId, level, certificate: '12/26', untilOn });
  await clear(registrar.personId!, 'secret');
  await clear(second.personId!, 'restricted');
  await clear(clerk.personId!, 'restricted');
  return { mayor, chief, registrar, second, clerk, it, auditor, clear };
}
const register = (office: TestOffice, caller: Caller, more: Partial<Parameters<typeof registerClassified.run>[1]> = {}) => office.run(registerClassified, caller, { ...words, ...more } as never);

test('numbers follow one another in a book of their own, and the reference says the level', async ({ office }) => {
  const { registrar } = await cast(office);
  const year = office.year() % 100;
  const entered = [await register(office, registrar), await register(office, registrar, { level: 'secret' })];
  await office.refused(register(office, registrar, { level: 'top-secret' }), 422);
  entered.push(await register(office, registrar));
  expect(entered.map((one) => one.reference)).toEqual([`I-1/${year}`, `T-2/${year}`, `I-3/${year}`]);
  const many = await Promise.all(Array.from({ length: 8 }, () => register(office, registrar)));
  expect(new Set(many.map((one) => one.reference)).size).toBe(8);
  expect((await office.run(readClassifiedBook, registrar, {})).lines.map((one) => one.number)).toEqual(Array.from({ length: 11 }, (_, index) => index + 1));
});

describe('clearances', () => {
  test('are entered by mayor or chief for others, within the years of the level', async ({ office }) => {
    const { mayor, chief, registrar, clear } = await cast(office);
    expect((await office.refused(clear(mayor.personId!, 'restricted'), 422)).fields).toHaveProperty('personId');
    await office.run(grantClearance, chief, { personId: mayor.personId!, level: 'top-secret', untilOn });
    expect((await office.refused(office.run(grantClearance, mayor, { personId: chief.personId!, level: 'top-secret', untilOn: '2099-01-01' }), 422)).fields).toHaveProperty('untilOn');
    expect((await office.refused(office.run(grantClearance, mayor, { personId: chief.personId!, level: 'secret', untilOn: '2020-01-01' }), 422)).fields).toHaveProperty('untilOn');
    await office.refused(office.run(grantClearance, office.system(), { personId: chief.personId!, level: 'secret', untilOn }), 403);
    await office.refused(office.run(endClearance, registrar, { personId: chief.personId! }), 403);
    await office.run(endClearance, mayor, { personId: registrar.personId! });
    await office.refused(office.run(endClearance, mayor, { personId: registrar.personId! }), 409);
    expect((await office.run(listClearances, chief, {})).clearances.filter((one) => one.isValid)).toHaveLength(3);
    expect(await office.run(ownStanding, registrar, {})).toEqual({ level: null, reads: false });
  });

  test('one that ended or ran out closes every paper at once, and the book', async ({ office }) => {
    const { mayor, registrar, clerk } = await cast(office);
    const { id } = await register(office, registrar, { files, readers: [clerk.personId!], need: 'Рад' });
    const { documents } = await office.run(openClassified, clerk, { id });
    await office.run(endClearance, mayor, { personId: clerk.personId! });
    for (const attempt of [() => office.run(openClassified, clerk, { id }), () => office.run(openClassifiedDocument, clerk, { id: documents[0]!.id }), () => office.run(readClassifiedBook, clerk, {})]) await office.refused(attempt(), 404);
    await office.run(openClassified, registrar, { id });
    await office.within((db) => sql`update clearance set until_on = current_date - 1 where office_id = ${office.office.id} and person_id = ${registrar.personId}`.execute(db));
    await office.refused(office.run(openClassified, registrar, { id }), 404);
    await office.refused(register(office, registrar), 404);
  });
});

describe('who reads', () => {
  test('is who entered it and who was named: not the mayor, the chief, the auditor, the technician or the office itself', async ({ office }) => {
    const { mayor, chief, registrar, second, clerk, it, auditor, clear } = await cast(office);
    await office.run(grantClearance, chief, { personId: mayor.personId!, level: 'secret', untilOn });
    await clear(chief.personId!, 'secret');
    const { id } = await register(office, registrar, { files });
    const { documents } = await office.run(openClassified, registrar, { id });
    const outsiders = [mayor, chief, second, clerk, it, auditor, office.system()];
    for (const caller of outsiders) {
      await office.refused(office.run(openClassified, caller, { id }), 404);
      await office.refused(office.run(openClassifiedDocument, caller, { id: documents[0]!.id }), 404);
      const keeper = { ...caller, roles: new Set([...caller.roles, 'chief' as const, 'registrar' as const]) };
      for (const attempt of [() => office.run(nameReader, keeper, { id, personId: clerk.personId!, need: 'x' }), () => office.run(endReader, keeper, { id, personId: registrar.personId! }), () => office.run(regradeClassified, keeper, { id, level: 'secret', basis: 'x' }), () => office.run(declassifyPaper, keeper, { id, basis: 'x' }), () => office.run(closeClassified, keeper, { id }), () => office.run(addToClassified, keeper, { id, files })])
        await office.refused(attempt(), 404);
    }
    await office.run(nameReader, registrar, { id, personId: clerk.personId!, need: 'Припрема одговора' });
    const shown = await office.run(openClassified, clerk, { id });
    expect(shown).toMatchObject({ subject: words.subject, sender: words.sender, note: words.note, basis: words.basis, copyNumber: 2, readers: [{ name: registrar.name, copyNumber: 1 }, { name: clerk.name, need: 'Припрема одговора' }], can: { change: false, name: false } });
    await office.run(endReader, registrar, { id, personId: clerk.personId! });
    await office.refused(office.run(openClassified, clerk, { id }), 404);
    await office.refused(office.run(endReader, registrar, { id, personId: registrar.personId! }), 409);
  });

  test('holds in the database itself, as the application’s role', async ({ office }) => {
    const { mayor, chief, registrar, second, clerk } = await cast(office);
    const { id } = await register(office, registrar, { files, readers: [clerk.personId!], need: 'Рад' });
    await office.run(openClassified, clerk, { id });
    const seen = (caller: Caller, sight: string) => office.kernel.db.transaction().execute(async (db) => {
      await enter(db, caller, sight);
      const count = async (name: string) => (await sql<{ n: number }>`select count(*) as n from ${sql.table(name)} where office_id = ${office.office.id}`.execute(db)).rows[0]!.n;
      const changed = Number((await sql`update classified_paper set closed_at = now() where office_id = ${office.office.id} and closed_at is not null`.execute(db)).numAffectedRows);
      return [await count('classified_paper'), await count('classified_reader'), await count('classified_document'), await count('classified_view'), changed];
    });
    for (const caller of [mayor, chief, second, office.system(), office.public(), office.petitioner(id)]) expect(await seen(caller, 'all')).toEqual([0, 0, 0, 0, 0]);
    expect(await seen(clerk, 'own')).toEqual([1, 2, 1, 1, 0]);
    const write = (caller: Caller, statement: ReturnType<typeof sql>) => office.kernel.db.transaction().execute(async (db) => {
      await enter(db, caller, 'all');
      return (await statement.execute(db)).numAffectedRows;
    }).then((done) => Number(done ?? 0), (error: Error) => error.message);
    const denied = /row-level security|permission denied/;
    const own = office.office.id;
    expect(await write(chief, sql`insert into classified_reader (office_id, paper_id, person_id, need, granted_at) values (${own}, ${id}, ${chief.personId}, 'x', now())`)).toMatch(denied);
    expect(await write(chief, sql`insert into clearance (office_id, person_id, level, until_on, at) values (${own}, ${chief.personId}, 'secret', '2099-01-01', now())`)).toMatch(denied);
    expect(await write(clerk, sql`update clearance set level = 'top-secret' where office_id = ${own} and person_id = ${clerk.personId}`)).toBe(0);
    expect(await write(clerk, sql`insert into classified_view (office_id, id, paper_id, person_id, at) values (${own}, gen_random_uuid(), ${id}, ${mayor.personId}, now())`)).toMatch(denied);
    for (const name of ['classified_view', 'classified_paper', 'classified_document', 'classified_reader']) expect(await write(registrar, sql`delete from ${sql.table(name)} where office_id = ${own}`)).toMatch(denied);
    expect(await write(registrar, sql`update classified_view set person_id = ${chief.personId} where office_id = ${own}`)).toMatch(denied);
    const lines = (caller: Caller) => office.kernel.db.transaction().execute(async (db) => {
      await enter(db, caller, 'all');
      return (await sql<object>`select * from classified_lines(${office.year()}, 0, 10)`.execute(db)).rows.map((row) => Object.keys(row));
    });
    for (const caller of [clerk, mayor, chief, office.system()]) expect(await lines(caller)).toEqual([]);
    expect(await lines(second)).toEqual([['number', 'reference', 'level', 'received_on', 'declassified']]);
  });

  test('a reader for some days reads until the last of them', async ({ office }) => {
    const { registrar, clerk } = await cast(office);
    const { id } = await register(office, registrar);
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    await office.run(nameReader, registrar, { id, personId: clerk.personId!, need: 'Рад', untilOn: day(2) });
    await office.run(openClassified, clerk, { id });
    await office.refused(office.run(openClassified, clerk, { id }, { now: new Date(Date.now() + 4 * 86_400_000) }), 404);
    expect((await office.refused(office.run(nameReader, registrar, { id, personId: (await office.as('it')).personId!, need: 'Рад' }), 422)).fields).toHaveProperty('personId');
  });
});

test('the registrar who keeps the book sees it without holes: of papers of others the bare line', async ({ office }) => {
  const { registrar, second, clerk } = await cast(office);
  await register(office, registrar);
  const mine = await register(office, second);
  await register(office, registrar, { readers: [clerk.personId!], need: 'Рад' });
  const book = (caller: Caller) => office.run(readClassifiedBook, caller, {}).then(({ lines }) => lines.map((row) => [row.number, row.paper?.subject ?? null]));
  expect(await book(second)).toEqual([[1, null], [2, words.subject], [3, null]]);
  expect(await book(registrar)).toEqual([[1, words.subject], [2, null], [3, words.subject]]);
  expect(await book(clerk)).toEqual([[3, words.subject]]);
  await office.refused(book(await office.as('it')), 404);
  expect((await office.events()).filter((one) => one.name === 'classified.book_read').map((one) => one.data['papers'])).toContainEqual([mine.id]);
});

test('every view is written down, and a key gives no second answer', async ({ office }) => {
  const { registrar, clerk } = await cast(office);
  const { id } = await register(office, registrar, { files, readers: [clerk.personId!], need: 'Рад' });
  const { documents } = await office.run(openClassified, clerk, { id }, { key: 'once' });
  await office.run(openClassified, clerk, { id }, { key: 'once' });
  await office.run(openClassifiedDocument, clerk, { id: documents[0]!.id }, { key: 'twice' });
  const { views } = await office.run(openClassified, registrar, { id });
  expect(views.map((one) => [one.name, one.document])).toEqual([[registrar.name, null], [clerk.name, 'nacrt.png'], [clerk.name, null], [clerk.name, null]]);
  expect((await office.events()).filter((one) => /^classified\.(document_)?viewed$/.test(one.name)).map((one) => [one.name, one.nounId, one.data])).toEqual([
    ['classified.viewed', id, {}], ['classified.viewed', id, {}], ['classified.document_viewed', documents[0]!.id, {}], ['classified.viewed', id, {}],
  ]);
  expect(await office.within((db) => db.selectFrom('idempotency').selectAll().where('office_id', '=', office.office.id).execute())).toEqual([]);
});

test('a document is shown with level, reader, copy and number on the page', async ({ office }) => {
  const { registrar, clerk } = await cast(office);
  const { id, reference } = await register(office, registrar, { files, readers: [clerk.personId!], need: 'Рад' });
  const { documents } = await office.run(openClassified, clerk, { id });
  const { content } = await office.run(openClassifiedDocument, clerk, { id: documents[0]!.id });
  const shown = await getDocumentProxy(new Uint8Array(Buffer.from(content, 'base64')));
  const text = (await (await shown.getPage(1)).getTextContent()).items.map((item) => ('str' in item ? item.str : '')).join(' ');
  for (const word of ['INTERNO', clerk.name, reference, 'primjerak 2']) expect(text).toContain(word);
  closePdf();
});

test('the proof of an office counts its numbers and compares the sealed files, and sees nothing else', async ({ office }) => {
  const { registrar } = await cast(office);
  await register(office, registrar, { files });
  const proof = () => verifyOffice(office.kernel, office.office);
  expect((await proof()).faults).toEqual([]);
  const [kept] = await office.within(async (db) => (await sql<{ sha256: string; size: number }>`select * from classified_files()`.execute(db)).rows);
  await office.kernel.files.remove(office.office.id, kept!.sha256);
  expect((await proof()).faults).toEqual(['case classified: the file of a sealed paper is missing']);
  await office.kernel.db.transaction().execute(async (db) => {
    await enter(db, registrar, 'all');
    expect((await sql`select * from classified_files()`.execute(db)).rows).toEqual([]);
  });
});

test('a paper that nobody can read any more is entrusted by the mayor, who reads nothing of it', async ({ office }) => {
  const { mayor, chief, registrar, second, clerk } = await cast(office);
  const { id, reference } = await register(office, registrar);
  const entrust = (caller: Caller, personId: string) => office.run(entrustPaper, caller, { id, personId, need: 'Наслијеђено' });
  expect((await office.run(listOrphaned, mayor, {})).papers).toEqual([]);
  await office.refused(entrust(mayor, second.personId!), 404);
  await office.run(endClearance, mayor, { personId: registrar.personId! });
  expect((await office.run(listOrphaned, mayor, {})).papers).toEqual([{ id, reference, level: 'restricted', receivedOn: words.receivedOn }]);
  await office.refused(office.run(openClassified, mayor, { id }), 404);
  for (const caller of [chief, second]) await office.refused(entrust(caller, second.personId!), 403);
  await office.refused(entrust(office.system(), second.personId!), 404);
  await office.refused(entrust(mayor, chief.personId!), 422);
  await entrust(mayor, second.personId!);
  expect((await office.run(openClassified, second, { id })).readers).toMatchObject([{ name: registrar.name }, { name: second.name, need: 'Наслијеђено', copyNumber: 2 }]);
  await office.refused(entrust(mayor, clerk.personId!), 404);
});

describe('levels', () => {
  test('above which no file is kept: refused, and destroyed when the level is raised', async ({ office }) => {
    const { registrar, clerk } = await cast(office);
    expect((await office.refused(register(office, registrar, { level: 'confidential', files }), 422)).fields).toHaveProperty('files');
    const { id } = await register(office, registrar, { files, readers: [clerk.personId!], need: 'Рад' });
    const { documents } = await office.run(openClassified, registrar, { id });
    const stored = await office.within((db) => db.selectFrom('file').select('sha256').where('office_id', '=', office.office.id).executeTakeFirstOrThrow());
    await office.kernel.files.get(office.office.id, stored.sha256);
    await office.run(regradeClassified, registrar, { id, level: 'secret', basis: 'Рјешење 5' });
    await office.refused(office.run(openClassifiedDocument, registrar, { id: documents[0]!.id }), 409);
    await office.refused(office.run(openClassified, clerk, { id }), 404);
    await expect.poll(() => office.kernel.files.get(office.office.id, stored.sha256).then(() => 'there', () => 'gone')).toBe('gone');
    expect((await office.run(openClassified, registrar, { id })).history).toMatchObject([{ from: 'restricted', to: 'secret', basis: 'Рјешење 5', by: registrar.name }]);
    expect((await office.refused(office.run(regradeClassified, registrar, { id, level: 'top-secret', basis: 'x' }), 422)).fields).toHaveProperty('level');
  });

  test('an office may keep more or none at all', async ({ office }) => {
    const { registrar } = await cast(office);
    office.office.data.classified = { filesUpTo: 'confidential' };
    await register(office, registrar, { level: 'confidential', files });
    office.office.data.classified = { filesUpTo: null };
    await office.refused(register(office, registrar, { files }), 422);
    delete office.office.data.classified;
  });

  test('lifted: the paper stays in the book, marked, with its readers', async ({ office }) => {
    const { mayor, registrar, clerk } = await cast(office);
    const { id } = await register(office, registrar, { readers: [clerk.personId!], need: 'Рад' });
    await office.run(declassifyPaper, registrar, { id, basis: 'Рјешење 7' });
    await office.refused(office.run(declassifyPaper, registrar, { id, basis: 'x' }), 409);
    await office.run(endClearance, mayor, { personId: clerk.personId! });
    expect((await office.run(openClassified, clerk, { id })).declassifiedBasis).toBe('Рјешење 7');
    expect((await office.run(readClassifiedBook, clerk, {})).lines).toMatchObject([{ isDeclassified: true }]);
    await office.run(closeClassified, registrar, { id });
    await office.refused(office.run(closeClassified, registrar, { id }), 409);
  });
});

test('only what can carry the reader’s name is taken', async ({ office }) => {
  const { registrar } = await cast(office);
  for (const file of [{ name: 'a.txt', bytes: new Uint8Array(Buffer.from('x')) }, { name: 'a.pdf', bytes: new Uint8Array(Buffer.from('%PDF-1.7\nx')) }])
    expect((await office.refused(register(office, registrar, { files: [file] }), 422)).fields['files']?.key).toBe('field.classified_file');
});
