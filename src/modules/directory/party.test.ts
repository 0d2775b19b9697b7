import { expect, test } from '../../../test/office.ts';
import { letter, submitted } from '../../../test/petition.ts';
import { searchAll } from '../requests/search.server.ts';
import { changeParty, listParties } from './party.server.ts';
import { getParty } from './party-page.server.ts';

test('a new office knows its bodies', async ({ office }) => {
  const { parties } = await office.run(listParties, await office.as('clerk'), { kind: 'body' });
  expect(parties).toHaveLength(office.office.data.bodies.length);
  expect((await office.run(listParties, await office.as('clerk'), { kind: 'person' })).parties).toEqual([]);
});

test('a sender is found in either script, by address of mail, and shows the cases the reader may see', async ({ office }) => {
  const { id, reference } = await submitted(office);
  const [registrar, protocol] = [await office.as('registrar'), { ...(await office.as('protocol')), marks: [] }];
  for (const query of ['Његовановић', 'njegovanovic', 'DJURDJA', letter.email.toUpperCase()]) expect((await office.run(listParties, registrar, { query })).parties, query).toMatchObject([{ name: letter.name, cases: 1 }]);
  expect((await office.run(listParties, registrar, { query: '%' })).parties.length).toBeGreaterThan(0);
  const party = (await office.run(listParties, registrar, { query: 'njegovanovic' })).parties[0]!;
  expect((await office.run(getParty, registrar, { id: party.id })).cases).toMatchObject([{ id, reference }]);
  expect(await office.run(getParty, protocol, { id: party.id })).toMatchObject({ party: { name: letter.name }, cases: [] });
  expect((await office.run(listParties, protocol, { query: 'njegovanovic' })).parties).toMatchObject([{ cases: 0 }]);
});

test('contacts are corrected, found by the new name alone, and what was typed stays', async ({ office }) => {
  await submitted(office);
  const registrar = await office.as('registrar');
  const { id } = (await office.run(listParties, registrar, { query: 'njegovanovic' })).parties[0]!;
  await office.run(changeParty, registrar, { id, name: 'Đurđa Ivanović', email: 'Nova@Primjer.example', address: 'Јабукова 2' });
  expect(await office.run(getParty, registrar, { id })).toMatchObject({ party: { name: 'Đurđa Ivanović', email: 'nova@primjer.example', phone: null, address: 'Јабукова 2' } });
  expect((await office.run(listParties, registrar, { query: 'његовановић' })).parties).toEqual([]);
  expect((await office.run(searchAll, registrar, { query: 'ивановић' })).hits).toMatchObject([{ id, noun: 'party' }]);
  expect((await office.events()).at(-1)).toEqual({ name: 'party.changed', nounId: id, caseId: null, personId: registrar.personId, actor: 'person', data: {} });
  expect(Object.keys((await office.refused(office.run(changeParty, registrar, { id, name: '', email: 'x' }), 422)).fields).sort()).toEqual(['email', 'name']);
});

test('two of the same name are two, unless they share an address or telephone', async ({ office }) => {
  const registrar = await office.as('registrar');
  await submitted(office);
  await submitted(office, { email: 'druga@primjer.example', phone: '069 9', address: 'Друга 1' });
  expect((await office.run(listParties, registrar, { query: 'njegovanovic' })).parties).toHaveLength(2);
  await submitted(office, { email: '', replyBy: 'post', phone: '', address: letter.address.toUpperCase() });
  await submitted(office, { name: 'Đurđa Njegovanović', email: '', replyBy: 'pickup', phone: '069 9', address: '' });
  expect((await office.run(listParties, registrar, { query: 'njegovanovic' })).parties.map((one) => one.cases).sort()).toEqual([2, 2]);
});
