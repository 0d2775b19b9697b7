import { expect, test } from '../../../test/office.ts';
import { answered, assigned, letter, submitted } from '../../../test/petition.ts';
import { registerPetition } from '../requests/intake.server.ts';
import { addToPetition, assignPetition } from '../requests/work.server.ts';
import { addClosingDay, listClosingDays } from './closing-day.server.ts';
import { readRegister } from './register.server.ts';

const monday = new Date('2026-03-02T08:00:00Z');

test('the book shows every paper under its number, in order, with who and where to', async ({ office }) => {
  const told = await assigned(office, {}, monday);
  const entered = await office.run(registerPetition, told.registrar, { ...letter, channel: 'counter', senderReference: '7/26', pages: 3 }, { now: monday });
  const out = await answered(office, told, new Date('2026-03-04T08:00:00Z'));
  const book = await office.run(readRegister, told.registrar, {}, { now: monday });
  expect(book).toMatchObject({ year: 2026, years: [2026], last: 2, next: null });
  expect(book.rows.map((row) => [row.number, row.sub, row.reference, row.direction, row.channel])).toEqual([
    [1, 1, told.reference, 'in', 'web'], [1, 2, out.entry, 'out', 'email'], [2, 1, entered.reference, 'in', 'counter'],
  ]);
  expect(book.rows[0]).toMatchObject({ party: letter.name, partyPlace: letter.town, handler: told.clerk.name, unitId: told.unitId });
  expect(book.rows[2]).toMatchObject({ senderReference: '7/26', pages: 3 });
  const only = async (more: object) => (await office.run(readRegister, told.registrar, more, { now: monday })).rows.length;
  expect([await only({ direction: 'out' }), await only({ from: '2026-03-03' }), await only({ until: '2026-03-03' }), await only({ year: 2025 })]).toEqual([1, 1, 2, 0]);
  for (const wrong of [{ year: 1026 }, { from: 'x' }, { after: '-1' }, { after: '9999999999' }, { after: 'x' }, { book: 'other' }, { number: 0 }]) await office.refused(office.run(readRegister, told.registrar, wrong), 422);
});

test('papers of one case share its number, also when it goes to another unit', async ({ office }) => {
  const told = await assigned(office, {}, monday);
  const other = office.office.data.units.find((unit) => unit.code && unit.id !== told.unitId)!;
  await office.run(assignPetition, told.chief, { id: told.id, unitId: other.id }, { now: monday });
  await office.run(addToPetition, office.petitioner(told.id), { id: told.id, text: 'Још нешто.' }, { now: monday });
  const { rows } = await office.run(readRegister, told.registrar, {}, { now: monday });
  expect(rows.map((row) => row.reference)).toEqual([told.reference, `${told.reference}/2`]);
});

test('pages end with whole numbers, and together are the book', async ({ office }) => {
  for (let index = 0; index < 40; index++) {
    const { id } = await submitted(office, {}, monday);
    for (let paper = 0; paper < index % 5; paper++) await office.run(addToPetition, office.petitioner(id), { id, text: 'x' }, { now: monday });
  }
  const registrar = await office.as('registrar');
  const seen: string[] = [];
  for (let after = '', pages = 0; pages < 10; pages++) {
    const page = await office.run(readRegister, registrar, { after }, { now: monday });
    seen.push(...page.rows.map((row) => `${row.number}/${row.sub}`));
    if (page.next === null) break;
    after = page.next;
  }
  expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => Array.from({ length: (index % 5) + 1 }, (_unused, sub) => `${index + 1}/${sub + 1}`)).flat());
});

test('sub-numbers of papers that come at once have no gap', async ({ office }) => {
  const { id } = await submitted(office, {}, monday);
  await Promise.all(Array.from({ length: 16 }, () => office.run(addToPetition, office.petitioner(id), { id, text: 'x' })));
  const { rows } = await office.run(readRegister, await office.as('registrar'), { year: 2026 });
  expect(rows.map((row) => row.sub)).toEqual(Array.from({ length: 17 }, (_, index) => index + 1));
});

test('closing days are listed, and are days', async ({ office }) => {
  const registrar = await office.as('registrar');
  await office.run(addClosingDay, registrar, { dayOn: '2026-06-01', name: 'Дан града' });
  expect((await office.run(listClosingDays, registrar, {})).days).toEqual([{ dayOn: '2026-06-01', name: 'Дан града' }]);
  await office.refused(office.run(addClosingDay, registrar, { dayOn: '2026-06-31', name: 'x' }), 422);
  const other = await office.another();
  expect((await other.run(listClosingDays, await other.as('registrar'), {})).days).toEqual([]);
});
