import { asCsv, flaws, makeOldRegister } from '../../../bench/old-register.ts';
import type { KyselyPlugin } from 'kysely';
import type { Tx } from '../../core/database.ts';
import type { Context } from '../../core/operation.ts';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { getImport, listRefusals, mapImport, runImport, stopImport, uploadImport } from './import.server.ts';
import { driveImport, enterRows, readRows } from './import-entry.server.ts';
import { oldFields, type Mapping } from './old-column.ts';
import { getCase } from '../registry/index.ts';
import { searchAll } from '../requests/search.server.ts';

const upload = async (office: TestOffice, text: string | Uint8Array<ArrayBuffer>, name = 'стари.csv') => {
  const registrar = await office.as('registrar');
  return office.run(uploadImport, registrar, { file: { name, bytes: typeof text === 'string' ? Buffer.from(text) : text } });
};
const places = (fields: Mapping) => Object.fromEntries(oldFields.map((field) => [field, fields[field] ?? '']));
/** Uploaded, mapped as proposed, checked. */
async function checked(office: TestOffice, text: string | Uint8Array<ArrayBuffer>, name?: string): Promise<string> {
  const registrar = await office.as('registrar');
  const { id } = await upload(office, text, name);
  const { fields } = await office.run(getImport, registrar, { id });
  await office.run(mapImport, registrar, { id, ...places(fields) });
  await driveImport(office.kernel, office.office, id);
  return id;
}
const runOf = async (office: TestOffice, id: string) => (await office.run(getImport, await office.as('registrar'), { id })).run;
async function entered(office: TestOffice, id: string) {
  await office.run(runImport, await office.as('registrar'), { id });
  await driveImport(office.kernel, office.office, id);
  return runOf(office, id);
}

const book = (...rows: string[]) => ['Број;Датум;Предмет;Пошиљалац;Разведено', ...rows].join('\n');

test('every row is entered or refused with its reason, and the same file again is refused whole', async ({ office }) => {
  const made = makeOldRegister(1500, { badShare: 0.006 });
  const id = await checked(office, asCsv(made));
  const before = await runOf(office, id);
  const badRows = Object.values(made.bad).reduce((sum, one) => sum + one, 0);
  expect(flaws.every((flaw) => made.bad[flaw] > 0)).toBe(true);
  expect(before).toMatchObject({ state: 'checked', total: 1500, refused: badRows, passed: 1500 - badRows });
  const after = await entered(office, id);
  expect(after).toMatchObject({ state: 'done', total: 1500, refused: badRows, entered: 1500 - badRows });
  const { count, parties, cases } = await office.within(async (db) => ({
    count: (await db.selectFrom('entry').select((eb) => eb.fn.countAll<number>().as('n')).where('office_id', '=', office.office.id).where('channel', '=', 'import').executeTakeFirstOrThrow()).n,
    cases: (await db.selectFrom('case_file').select((eb) => eb.fn.countAll<number>().as('n')).where('office_id', '=', office.office.id).executeTakeFirstOrThrow()).n,
    parties: (await db.selectFrom('party').select('name').where('office_id', '=', office.office.id).where('name', 'like', '% Угледић').execute()).map((one) => one.name),
  }));
  expect(count).toBe(1500 - badRows);
  expect(cases).toBeLessThan(count);
  expect(new Set(parties).size).toBe(parties.length);
  const again = await checked(office, asCsv(made));
  expect(await runOf(office, again)).toMatchObject({ state: 'checked', passed: 0, refused: 1500 });
}, 60_000);

test('a row names its field, its reason and itself; papers of a case hang under its number', async ({ office }) => {
  const registrar = await office.as('registrar');
  const id = await checked(office, book('437/2019;5.3.2019.;Пут;Ана Примјер;а/а 12.4.2019.', '437/2-2019;2.1.2020.;Пут, допуна;Ана Примјер;', '438/2019;35.3.2019.;Вода;;', '439/2019;6.3.2019.;;;', '440/2019;6.3.2019.;Расвјета;ЈП Примјер;отворено', '441/2019;6.3.2019.;Давно;;1.1.2019.', '440/19;7.3.2019.;Опет;;'));
  const { refusals, columns } = await office.run(listRefusals, registrar, { id });
  expect(columns).toEqual(['Број', 'Датум', 'Предмет', 'Пошиљалац', 'Разведено']);
  expect(refusals.map(({ row, field, key }) => [row, field, key])).toEqual([[4, 'receivedOn', 'import.refusal.day_unread'], [5, 'subject', 'import.refusal.subject_missing'], [7, 'closedOn', 'import.refusal.closed_before'], [8, 'number', 'import.refusal.twin_file']]);
  expect(refusals[0]!.cells).toEqual(['438/2019', '35.3.2019.', 'Вода', '', '']);
  expect(await entered(office, id)).toMatchObject({ state: 'done', entered: 3, refused: 4 });
  const files = await office.within((db) => db.selectFrom('case_file').selectAll().where('office_id', '=', office.office.id).orderBy('number').execute());
  expect(files.map((file) => [file.reference, file.kind, file.entries, file.closed_at?.toISOString().slice(0, 10)])).toEqual([['437/2019', 'paper', 2, '2020-01-02'], ['440/2019', 'paper', 1, undefined]]);
  const shown = await office.run(getCase, registrar, { id: files[0]!.id });
  expect(shown.entries.map((entry) => [entry.sub, entry.reference, entry.channel, entry.party, entry.receivedOn])).toEqual([[1, '437/2019', 'import', 'Ана Примјер', '2019-03-05'], [2, '437/2-2019', 'import', 'Ана Примјер', '2020-01-02']]);
  const [year] = await office.within((db) => db.selectFrom('book_year').selectAll().where('office_id', '=', office.office.id).where('is_imported', '=', true).execute());
  expect(year).toMatchObject({ year: 2019, last_number: 440, opened_on: '2019-01-01', closed_on: '2019-12-31' });
  expect((await office.run(searchAll, registrar, { query: 'ana primjer' })).hits.length).toBeGreaterThan(0);
  // What was corrected is read again: only that is entered.
  const again = await checked(office, book('438/2019;25.3.2019.;Вода;;', '440/2019;6.3.2019.;Расвјета;ЈП Примјер;отворено'));
  expect(await entered(office, again)).toMatchObject({ entered: 1, refused: 1 });
});

test('the year of a book that is kept here takes nothing in', async ({ office }) => {
  const year = office.year();
  const id = await checked(office, book(`1/${year};1.1.${year}.;Ново;;`, `7/${year - 1};5.3.${year - 1}.;Старо;;`));
  expect((await office.run(listRefusals, await office.as('registrar'), { id })).refusals.map((one) => one.key)).toEqual(['import.refusal.year_live']);
});

test('a file that is no register is refused at the file; columns must be named, each once', async ({ office }) => {
  const registrar = await office.as('registrar');
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  for (const file of [{ name: 'a.csv', bytes: Buffer.from('само глава') }, { name: 'a.csv', bytes: Buffer.alloc(0) }, { name: 'a.png', bytes: png }, { name: 'a.xlsx', bytes: Buffer.from('PK\u0003\u0004broken') }])
    expect((await office.refused(office.run(uploadImport, registrar, { file }), 422)).fields).toHaveProperty('file');
  const { id } = await upload(office, book('1/2019;5.3.2019.;Пут;;'));
  expect((await office.refused(office.run(mapImport, registrar, { id, number: 0, receivedOn: 1 }), 422)).fields).toEqual({ subject: { key: 'field.import_column' } });
  expect((await office.refused(office.run(mapImport, registrar, { id, number: 0, receivedOn: 1, subject: 1 }), 422)).fields).toEqual({ subject: { key: 'field.import_column_twice' } });
  expect((await office.refused(office.run(mapImport, registrar, { id, number: 0, receivedOn: 1, subject: 99 }), 422)).fields).toEqual({ subject: { key: 'field.choose' } });
  await office.refused(office.run(runImport, registrar, { id }), 409);
});

test('entering stops on request and goes on where it stopped', async ({ office }) => {
  const registrar = await office.as('registrar');
  const id = await checked(office, asCsv(makeOldRegister(1200, { badShare: 0 })));
  await office.run(runImport, registrar, { id });
  const { rows } = await office.run(readRows, office.system(), { id });
  await office.run(enterRows, office.system(), { id, from: 0, rows: rows.slice(0, 500) });
  await office.run(stopImport, registrar, { id });
  await driveImport(office.kernel, office.office, id);
  expect(await runOf(office, id)).toMatchObject({ state: 'dropped', entered: 500 });
  await office.refused(office.run(enterRows, office.system(), { id, from: 0, rows: rows.slice(0, 500) }), 409);
  expect(await entered(office, id)).toMatchObject({ state: 'done', entered: 1200, refused: 0 });
}, 60_000);

test('a process that dies at any step neither loses a row nor enters one twice', async ({ office }) => {
  const made = makeOldRegister(1300, { badShare: 0.004 });
  const badRows = Object.values(made.bad).reduce((sum, one) => sum + one, 0);
  const id = await checked(office, asCsv(made));
  await office.run(runImport, await office.as('registrar'), { id });
  const system = office.system();
  const { rows } = await office.run(readRows, system, { id });
  const entriesNow = () => office.within(async (db) => (await db.selectFrom('entry').select((eb) => eb.fn.countAll<number>().as('n')).where('office_id', '=', office.office.id).executeTakeFirstOrThrow()).n);
  // Each statement of a batch is the last one once: what went before it is gone with the transaction.
  for (let step = 1, from = 0; from < 500; step++) {
    const dying = { ...enterRows, run: (context: Context, input: Parameters<typeof enterRows.run>[1]) => enterRows.run({ ...context, db: dyingAfter(context.db, step) }, input) };
    const died = await office.run(dying, system, { id, from, rows: rows.slice(0, 500) }).then(() => false, (error: Error) => error.message === 'killed');
    if (!died) from = 500;
    const kept = await entriesNow();
    if (died) expect(kept).toBe(0);
    else expect(kept).toBeGreaterThan(450);
    expect(step).toBeLessThan(40);
  }
  // And the next process goes on from what the database holds.
  await driveImport(office.kernel, office.office, id);
  expect(await runOf(office, id)).toMatchObject({ state: 'done', entered: 1300 - badRows, refused: badRows });
  expect(await entriesNow()).toBe(1300 - badRows);
}, 60_000);

/** A transaction that breaks off at its n-th statement. */
function dyingAfter(db: Tx, most: number): Tx {
  let count = 0;
  const dies: KyselyPlugin = { transformQuery: (args) => {
    if (++count > most) throw new Error('killed');
    return args.node;
  }, transformResult: async (args) => args.result };
  return db.withPlugin(dies) as Tx;
}
