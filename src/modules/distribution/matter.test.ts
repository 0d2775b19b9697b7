import { expect, test, type TestOffice } from '../../../test/office.ts';
import { submitted } from '../../../test/petition.ts';
import { getCase, reopenCase, restrictCase } from '../registry/case.server.ts';
import { addPaperToCase, registerPaper } from '../registry/paper.server.ts';
import { findWhereabouts } from './delivery-list.server.ts';
import { linkCase, mergeCase, splitCase } from './matter.server.ts';

const now = new Date('2026-03-02T08:00:00Z');
const scan = { name: 'dopis.txt', bytes: new Uint8Array(Buffer.from('Допис о водоводу.')) };
async function start(office: TestOffice) {
  const [registrar, chief] = [await office.as('registrar'), await office.as('chief')];
  const paper = (subject: string, more: object = {}) => office.run(registerPaper, registrar, { subject, name: 'Странка Примјер', ...more }, { now });
  return { registrar, chief, paper, seen: (id: string) => office.run(getCase, chief, { id }) };
}

test('a case is connected with another, also with a petition, by its whole number', async ({ office }) => {
  const { registrar, paper, seen } = await start(office);
  const [one, petition] = [await paper('Водовод'), await submitted(office, {}, now)];
  await office.run(linkCase, registrar, { id: one.id, otherReference: petition.reference, kind: 'continues' });
  expect((await seen(one.id)).links).toMatchObject([{ id: petition.id, kind: 'continues' }]);
  expect((await office.refused(office.run(linkCase, registrar, { id: one.id, otherReference: '99-999' }), 422)).fields['otherReference']?.key).toBe('field.reference_unknown');
  await office.refused(office.run(linkCase, registrar, { id: one.id, otherReference: one.reference }), 422);
  await office.refused(office.run(linkCase, registrar, { id: petition.id, otherId: one.id }), 409);
});

test('a case is joined to another: nothing moves, what still comes goes there, reopening undoes it', async ({ office }) => {
  const { registrar, chief, paper, seen } = await start(office);
  const [one, two] = [await paper('Водовод'), await paper('Водовод, поново')];
  await office.refused(office.run(mergeCase, registrar, { id: two.id, otherId: one.id, reason: '' }), 422);
  await office.run(mergeCase, registrar, { id: two.id, otherReference: one.reference, reason: 'Иста ствар.' });
  expect(await seen(two.id)).toMatchObject({ mergedInto: { id: one.id }, reference: two.reference, entries: [{ id: two.entryId }] });
  const late = await office.run(addPaperToCase, registrar, { id: two.id, subject: 'Допуна' }, { now });
  expect(late.id).toBe(one.id);
  expect((await seen(one.id)).entries.map((entry) => entry.subject)).toEqual(['Водовод', 'Допуна']);
  // Neither into itself by a detour, nor twice.
  await office.refused(office.run(mergeCase, registrar, { id: one.id, otherId: two.id, reason: 'x' }), 422);
  await office.refused(office.run(mergeCase, registrar, { id: two.id, otherId: one.id, reason: 'x' }), 409);
  await office.run(reopenCase, chief, { id: two.id, reason: 'Ипак није.' });
  expect(await seen(two.id)).toMatchObject({ mergedInto: null, closedAt: null });
});

test('a confidential case does not go into an open one', async ({ office }) => {
  const { chief, paper } = await start(office);
  const [open, closed] = [await paper('Отворен'), await paper('Затворен')];
  await office.run(restrictCase, chief, { id: closed.id, access: 'confidential' });
  expect((await office.refused(office.run(mergeCase, chief, { id: closed.id, otherId: open.id, reason: 'x' }), 422)).fields['otherReference']?.key).toBe('field.case_open_to_all');
  await office.refused(office.run(mergeCase, await office.as('registrar'), { id: open.id, otherId: closed.id, reason: 'x' }), 422);
  await office.run(mergeCase, chief, { id: open.id, otherId: closed.id, reason: 'x' });
});

test('chosen papers begin a case under a new number, with copies of their documents; the papers stay and say where they went', async ({ office }) => {
  const { registrar, paper, seen } = await start(office);
  const one = await paper('Водовод и расвјета', { files: [scan] });
  const two = await office.run(addPaperToCase, registrar, { id: one.id, subject: 'Расвјета', text: 'Сијалице.', files: [scan], senderReference: '7/26' }, { now });
  const three = await office.run(addPaperToCase, registrar, { id: one.id, subject: 'Расвјета, допуна' }, { now });
  const split = (input: object) => office.run(splitCase, registrar, { id: one.id, entryIds: [two.entryId, three.entryId], subject: 'Расвјета', ...input }, { now });
  expect((await office.refused(split({ entryIds: [one.entryId, two.entryId, three.entryId] }), 422)).fields['entryIds']?.key).toBe('field.split_all');
  expect(Object.keys((await office.refused(split({ entryIds: [], subject: '' }), 422)).fields).sort()).toEqual(['entryIds', 'subject']);
  const made = await split({ original: 'unit:finansije' });
  const after = await seen(made.id);
  expect(after).toMatchObject({ reference: made.reference, subject: 'Расвјета', unitId: 'finansije', party: { name: 'Странка Примјер' } });
  expect(after.entries).toMatchObject([{ sub: 1, reference: made.reference, subject: 'Расвјета', senderReference: '7/26', body: 'Сијалице.' }, { sub: 2, reference: `${made.reference}/2` }]);
  expect(after.documents).toMatchObject([{ fileName: 'dopis.txt', entryId: after.entries[0]!.id }]);
  const before = await seen(one.id);
  expect([before.entries.length, before.documents.length]).toEqual([3, 2]);
  expect(before.links).toMatchObject([{ id: made.id, kind: 'split' }]);
  expect((await office.run(findWhereabouts, registrar, { id: one.id })).entries.map((entry) => entry.splitTo)).toEqual([null, made.id, made.id]);
  await office.refused(split({}), 422);
  expect((await office.events(one.id)).at(-1)).toMatchObject({ name: 'case.split', data: { into: made.id, entries: [2, 3] } });
});
