import { expect, test } from '../../../test/office.ts';
import { getCase, putAway, registerPaper } from '../registry/index.ts';
import { adoptPetition } from './adopt.server.ts';
import { getPetition } from './case.server.ts';
import { findByCode } from './tracking.server.ts';
import { searchAll } from './search.server.ts';

const monday = new Date('2026-03-02T08:00:00Z');
const paper = { subject: 'Молба за пријем', text: 'Молим да ме примите.', name: 'Ана Примјер', email: 'ana@primjer.example', receivedOn: '2026-02-27' };

test('a paper becomes a petition under its own number, its clock from the day it came', async ({ office }) => {
  const registrar = await office.as('registrar');
  const { id, reference } = await office.run(registerPaper, registrar, { ...paper, files: [{ name: 'molba.txt', bytes: new Uint8Array(Buffer.from('Молим.')) }] }, { now: monday });
  const area = office.office.data.areas[1]!;
  const done = await office.run(adoptPetition, registrar, { id, kind: 'request', area: area.id }, { now: monday });
  expect(done).toMatchObject({ id, reference });
  const shown = await office.run(getPetition, registrar, { id });
  expect(shown).toMatchObject({ reference, kind: 'request', state: 'registered', body: paper.text, replyBy: 'email', area: area.id, classCode: area.class, clock: { startedOn: '2026-02-27' } });
  expect((await office.run(findByCode, office.public(), { code: done.code })).id).toBe(id);
  expect(shown.documents).toMatchObject([{ isOpen: true }]);
  expect((await office.run(searchAll, registrar, { query: 'пријем' })).hits).toMatchObject([{ id, noun: 'petition' }]);
  expect((await office.events(id)).map((one) => one.name)).toEqual(['case.registered', 'petition.adopted']);
  await office.refused(office.run(adoptPetition, registrar, { id }), 409);
  // Whoever gave an e-mail is told, as of any petition.
  await office.settle();
  expect(office.mails.map((mail) => mail.to)).toEqual(['ana@primjer.example']);
});

test('only an open paper that came in, and with an address for the answer', async ({ office }) => {
  const registrar = await office.as('registrar');
  const out = await office.run(registerPaper, registrar, { subject: 'Позив', direction: 'out', channel: 'post' });
  await office.refused(office.run(adoptPetition, registrar, { id: out.id }), 409);
  const nameless = await office.run(registerPaper, registrar, { subject: 'Допис', text: 'x' });
  for (const replyBy of ['email', 'post'] as const) expect(Object.keys((await office.refused(office.run(adoptPetition, registrar, { id: nameless.id, replyBy }), 422)).fields)).toEqual(['replyBy']);
  await office.run(putAway, registrar, { id: nameless.id });
  await office.refused(office.run(adoptPetition, registrar, { id: nameless.id }), 409);
});

test('what is registered as a petition is adopted when it is heard of, once', async ({ office }) => {
  const registrar = await office.as('registrar');
  const { id } = await office.run(registerPaper, registrar, { ...paper, receivedOn: '', as: 'petition' });
  expect((await office.run(getCase, registrar, { id })).kind).toBe('paper');
  await office.settle();
  await office.settle();
  expect((await office.run(getCase, registrar, { id })).kind).toBe('petition');
  expect((await office.events(id)).map((one) => one.name)).toEqual(['case.registered', 'petition.adopted', 'petition.confirmed']);
});
