import { expect, test } from '../../../test/office.ts';
import { letter, submitted } from '../../../test/petition.ts';
import { restrictCase } from '../registry/case.server.ts';
import { addPaperToCase, registerPaper } from '../registry/paper.server.ts';
import { searchAll } from '../requests/search.server.ts';
import { findOrAddParty } from './party.server.ts';
import { changeParty, listParties } from './party.server.ts';
import { getParty, mergeParty, partParty } from './party-page.server.ts';
import { operation } from '../../core/operation.ts';
import { z } from 'zod';

const paper = { subject: 'Понуда', name: 'Предузеће Примјер', email: 'ured@primjer.example', phone: '067 1' };
const find = operation({ id: 'probe.find', kind: 'command', allow: ['staff'], summary: 'Probe.', input: z.object({ name: z.string(), email: z.string() }), output: z.object({ id: z.string() }), async run(context, input) {
  context.record({ name: 'probe.found' });
  return { id: await findOrAddParty(context, input) };
} });

test('a party known from confidential cases alone is nowhere to be found by who sees none of them', async ({ office }) => {
  const [registrar, chief, mayor, protocol] = await Promise.all([office.as('registrar'), office.as('chief'), office.as('mayor'), office.as('protocol')]);
  const { id } = await office.run(registerPaper, chief, { ...paper, access: 'confidential' });
  const partyId = (await office.run(listParties, chief, { query: 'примјер' })).parties[0]!.id;
  for (const caller of [registrar, protocol]) {
    expect((await office.run(listParties, caller, { query: 'примјер' })).parties).toEqual([]);
    await office.refused(office.run(getParty, caller, { id: partyId }), 404);
    expect((await office.run(searchAll, caller, { query: 'примјер' })).hits).toEqual([]);
    await office.refused(office.run(changeParty, registrar, { id: partyId, name: 'Х' }), 404);
  }
  expect((await office.run(getParty, mayor, { id: partyId })).cases).toMatchObject([{ id }]);
  // Named on it, they know the party too.
  await office.run(restrictCase, chief, { id, access: 'confidential', personId: protocol.personId! });
  expect((await office.run(getParty, protocol, { id: partyId })).cases).toHaveLength(1);
  await office.refused(office.run(getParty, registrar, { id: partyId }), 404);
  // Opened to the office, and closed again.
  await office.run(restrictCase, chief, { id, access: 'office' });
  expect((await office.run(getParty, registrar, { id: partyId })).cases).toHaveLength(1);
  await office.run(restrictCase, chief, { id, access: 'confidential' });
  await office.refused(office.run(getParty, registrar, { id: partyId }), 404);
  // A second matter, open to all: the party is known, the confidential matter is not.
  await office.run(registerPaper, chief, { ...paper, partyId, subject: 'Рачун' });
  expect((await office.run(getParty, registrar, { id: partyId })).cases).toMatchObject([{ subject: 'Рачун' }]);
});

test('who is only on a paper of a confidential case is hidden as well', async ({ office }) => {
  const [registrar, chief] = [await office.as('registrar'), await office.as('chief')];
  const { id } = await office.run(registerPaper, chief, { ...paper, access: 'confidential' });
  await office.run(addPaperToCase, chief, { id, name: 'Свједок Примјеровић', subject: 'Изјава' });
  const witness = (await office.run(listParties, chief, { query: 'свједок' })).parties[0]!.id;
  await office.refused(office.run(getParty, registrar, { id: witness }), 404);
  expect((await office.run(getParty, chief, { id: witness })).papers).toMatchObject([{ caseId: id, direction: 'in' }]);
});

test('two entries of one become one, with all that is of both; papers keep what was written; they can be two again', async ({ office }) => {
  const registrar = await office.as('registrar');
  await submitted(office);
  await submitted(office, { name: 'Ђурђа Његовановић', email: 'nova@primjer.example', phone: '069 9', address: 'Друга 1' });
  const [one, two] = (await office.run(listParties, registrar, { query: 'његовановић' })).parties;
  const seen = (id: string) => office.run(getParty, registrar, { id });
  expect((await seen(one!.id)).duplicates).toMatchObject([{ id: two!.id, why: 'name' }]);
  await office.refused(office.run(mergeParty, registrar, { id: one!.id, otherId: one!.id }), 422);
  const body = (await office.run(listParties, registrar, { kind: 'body' })).parties[0]!;
  await office.refused(office.run(mergeParty, registrar, { id: one!.id, otherId: body.id }), 422);
  await office.run(mergeParty, registrar, { id: one!.id, otherId: two!.id });
  expect((await office.run(listParties, registrar, { query: 'његовановић' })).parties).toMatchObject([{ id: one!.id, cases: 2 }]);
  expect(await seen(one!.id)).toMatchObject({ duplicates: [], merged: [{ id: two!.id }] });
  expect((await seen(one!.id)).cases).toHaveLength(2);
  expect((await seen(two!.id)).mergedInto).toBe(one!.id);
  await office.refused(office.run(mergeParty, registrar, { id: body.id, otherId: two!.id }), 409);
  // Who writes again under the other's address is the one.
  expect((await office.run(find, registrar, { name: letter.name, email: 'nova@primjer.example' })).id).toBe(one!.id);
  await office.run(partParty, registrar, { id: two!.id });
  expect((await office.run(listParties, registrar, { query: 'његовановић' })).parties.map((party) => party.cases)).toEqual([1, 1]);
  expect((await office.events()).filter((event) => event.name.startsWith('party.'))).toMatchObject([{ name: 'party.merged', nounId: one!.id, data: { otherId: two!.id } }, { name: 'party.parted', nounId: two!.id }]);
});

test('an earlier name is kept', async ({ office }) => {
  const registrar = await office.as('registrar');
  await submitted(office);
  const { id } = (await office.run(listParties, registrar, { query: 'његовановић' })).parties[0]!;
  await office.run(changeParty, registrar, { id, name: 'Ђурђа Ивановић' });
  await office.run(changeParty, registrar, { id, name: 'Ђурђа Ивановић', phone: '1' });
  expect((await office.run(getParty, registrar, { id })).names.map((one) => one.name)).toEqual([letter.name]);
});
