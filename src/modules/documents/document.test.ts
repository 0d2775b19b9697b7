import { expect, test } from '../../../test/office.ts';
import { assigned, submitted } from '../../../test/petition.ts';
import { getPetition } from '../requests/case.server.ts';
import { addToPetition, restrictPetition } from '../requests/work.server.ts';
import { getDocument, UploadInput } from './document.server.ts';

const file = (name: string, words: string) => ({ name, bytes: new Uint8Array(Buffer.from(words)) });

test('papers keep their bytes, and one content is one file however often it comes', async ({ office }) => {
  const told = await assigned(office, { files: [file('a.txt', 'исто'), file('b.txt', 'исто')] });
  await office.run(addToPetition, told.clerk, { id: told.id, text: '', files: [file('c.txt', 'исто'), file('d.txt', 'друго')] });
  const { documents } = await office.run(getPetition, told.clerk, { id: told.id });
  expect(documents.map((one) => [one.fileName, one.kind, one.isOpen, one.size])).toEqual([['a.txt', 'received', true, 8], ['b.txt', 'received', true, 8], ['c.txt', 'added', false, 8], ['d.txt', 'added', false, 10]]);
  for (const one of documents) expect(Buffer.from((await office.run(getDocument, told.clerk, { id: one.id })).content, 'base64').toString()).toBe(one.fileName === 'd.txt' ? 'друго' : 'исто');
  const files = await office.within((db) => db.selectFrom('file').selectAll().where('office_id', '=', office.office.id).execute());
  expect(files).toHaveLength(2);
});

test('a document is never easier to reach than its case', async ({ office }) => {
  const { id } = await submitted(office, { files: [file('a.txt', 'x')] });
  const [chief, registrar, protocol] = [await office.as('chief'), await office.as('registrar'), { ...(await office.as('protocol')), marks: [] }];
  const document = (await office.run(getPetition, registrar, { id })).documents[0]!;
  await office.run(getDocument, registrar, { id: document.id });
  await office.refused(office.run(getDocument, protocol, { id: document.id }), 404);
  await office.run(restrictPetition, chief, { id, access: 'confidential' });
  await office.refused(office.run(getDocument, registrar, { id: document.id }), 404);
  await office.run(getDocument, office.petitioner(id), { id: document.id });
  await office.refused(office.run(getDocument, office.public(), { id: document.id }), 404);
});

test('over REST the bytes are base64; anything else is refused', () => {
  expect(Buffer.from(UploadInput.parse({ name: 'a.txt', bytes: Buffer.from('здраво').toString('base64') }).bytes).toString()).toBe('здраво');
  for (const bytes of ['*', 'a', 5, null, {}, ['x']]) expect(UploadInput.safeParse({ name: 'a.txt', bytes }).success).toBe(false);
  for (const name of ['', 'x'.repeat(301), 5]) expect(UploadInput.safeParse({ name, bytes: '' }).success).toBe(false);
});

test('a registration that fails leaves no record of its papers', async ({ office }) => {
  await office.refused(submitted(office, { area: 'nowhere', files: [file('a.txt', 'x')] }), 422);
  expect(await office.within((db) => db.selectFrom('document').select('id').where('office_id', '=', office.office.id).execute())).toEqual([]);
});
