import { describe } from 'vitest';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { assigned } from '../../../test/petition.ts';
import { addDays } from '../../core/day.ts';
import { listParties } from '../directory/party.server.ts';
import { getPetition } from '../requests/case.server.ts';
import { askForContribution } from '../requests/completion.server.ts';
import { findLink, getContribution, giveContribution, returnContribution } from './contribution.server.ts';
import { owedContributions } from './owed.server.ts';

const today = '2026-03-02';
const now = new Date('2026-03-02T08:00:00Z');
const dueOn = addDays(today, 7);

async function askBody(office: TestOffice) {
  const told = await assigned(office, {}, now);
  const body = (await office.run(listParties, told.chief, { kind: 'body' })).parties.find((one) => one.email)!;
  const { contributionId } = await office.run(askForContribution, told.clerk, { id: told.id, of: `body:${body.id}`, question: 'Када?', dueOn }, { now });
  const [mail] = await office.within((db) => db.selectFrom('mail').selectAll().where('office_id', '=', office.office.id).where('recipient', '=', body.email!).execute());
  return { ...told, body, contributionId, token: /\/contribute\/([\w-]+)/.exec(mail!.body)![1]! };
}

test('an outside body answers by the link it was mailed, once, under its name', async ({ office }) => {
  const asked = await askBody(office);
  expect(await office.run(findLink, office.public(), { token: asked.token })).toEqual({ id: asked.contributionId });
  for (const wrong of ['', 'x', asked.token.slice(1), asked.token.toUpperCase()]) expect(await office.run(findLink, office.public(), { token: wrong })).toEqual({ id: null });
  const other = await office.another();
  expect(await other.run(findLink, other.public(), { token: asked.token })).toEqual({ id: null });
  const body = office.contributor(asked.contributionId);
  expect(Object.keys((await office.refused(office.run(giveContribution, body, { id: asked.contributionId, reply: 'Сјутра.' }), 422)).fields)).toEqual(['name']);
  await office.run(giveContribution, body, { id: asked.contributionId, reply: 'Сјутра.', name: 'Марко Марковић', files: [{ name: 'plan.txt', bytes: new Uint8Array(Buffer.from('план')) }] }, { now });
  await office.refused(office.run(giveContribution, body, { id: asked.contributionId, reply: 'Ипак не.', name: 'Марко' }), 409);
  const shown = await office.run(getPetition, asked.clerk, { id: asked.id }, { now });
  expect(shown.contributions).toMatchObject([{ state: 'given', reply: 'Сјутра.', repliedBy: 'Марко Марковић', isOutside: true }]);
  expect(shown.documents).toMatchObject([{ kind: 'contribution', isOpen: false, fileName: 'plan.txt' }]);
  expect(shown.entries.map((entry) => [entry.direction, entry.channel])).toEqual([['in', 'web'], ['out', 'email'], ['in', 'link']]);
  expect(JSON.stringify(await office.events(asked.id))).not.toContain(asked.token);
  const stored = await office.within((db) => db.selectFrom('contribution').selectAll().where('office_id', '=', office.office.id).execute());
  expect(JSON.stringify(stored)).not.toContain(asked.token);
});

test('what is not enough goes back with a comment and a new day, by the same link', async ({ office }) => {
  const asked = await askBody(office);
  await office.refused(office.run(returnContribution, asked.clerk, { id: asked.contributionId, comment: 'Који дан?', dueOn }, { now }), 409);
  await office.run(giveContribution, office.contributor(asked.contributionId), { id: asked.contributionId, reply: 'Ускоро.', name: 'Марко' }, { now });
  expect((await office.refused(office.run(returnContribution, asked.clerk, { id: asked.contributionId, comment: 'Који дан?', dueOn: '2026-02-01' }, { now }), 422)).fields['dueOn']?.key).toBe('field.day_past');
  await office.run(returnContribution, asked.clerk, { id: asked.contributionId, comment: 'Који дан?', dueOn }, { now });
  expect(await office.run(getContribution, office.contributor(asked.contributionId), { id: asked.contributionId })).toMatchObject({ state: 'returned', question: 'Када?\n\nКоји дан?' });
  const mails = await office.within((db) => db.selectFrom('mail').select('body').where('office_id', '=', office.office.id).where('recipient', '=', asked.body.email!).execute());
  expect(mails.every((mail) => mail.body.includes(asked.token))).toBe(true);
  await office.run(giveContribution, office.contributor(asked.contributionId), { id: asked.contributionId, reply: 'У петак.', name: 'Марко' }, { now });
});

describe('asking', () => {
  test('is of a unit or a body there is, for a day that can be', async ({ office }) => {
    const told = await assigned(office, {}, now);
    const ask = (more: object) => office.run(askForContribution, told.clerk, { id: told.id, of: 'unit:finansije', question: 'Има ли новца?', dueOn, ...more }, { now });
    const field = async (more: object) => Object.entries((await office.refused(ask(more), 422)).fields).map(([name, said]) => `${name} ${said.key}`).join();
    for (const of of ['', 'unit', 'unit:', 'unit:mjesec', 'body:x', 'body:0198a0a0-0000-7000-8000-000000000000', 'person:x', ':']) expect(await field({ of }), of).toBe('of field.choose');
    expect(await field({ dueOn: addDays(today, -1) })).toBe('dueOn field.day_past');
    expect(await field({ dueOn: addDays(today, 400) })).toBe('dueOn field.day_far');
    expect(await field({ question: ' ' })).toBe('question field.required');
    await ask({ dueOn: today });
  });

  test('a unit answers for itself, the chief for anybody, a clerk what a body sent on paper', async ({ office }) => {
    const asked = await askBody(office);
    const { contributionId } = await office.run(askForContribution, asked.clerk, { id: asked.id, of: 'unit:finansije', question: 'Има ли новца?', dueOn }, { now });
    const member = { ...(await office.as('protocol')), unitId: 'finansije', marks: ['finansije'] };
    const stranger = { ...member, unitId: 'urbanizam', marks: ['urbanizam'] };
    expect((await office.run(owedContributions, member, { mine: true })).contributions.map((one) => one.id)).toEqual([contributionId]);
    expect((await office.run(owedContributions, member, { mine: 'false' as unknown as boolean })).contributions).toHaveLength(2);
    await office.refused(office.run(giveContribution, stranger, { id: contributionId, reply: 'x' }), 404);
    await office.refused(office.run(giveContribution, await office.as('registrar'), { id: contributionId, reply: 'x' }), 404);
    await office.run(giveContribution, member, { id: contributionId, reply: 'Има.' }, { now });
    await office.refused(office.run(giveContribution, member, { id: asked.contributionId, reply: 'x' }), 404);
    await office.run(giveContribution, asked.clerk, { id: asked.contributionId, reply: 'Стигло поштом.' }, { now });
    expect((await office.run(getPetition, asked.clerk, { id: asked.id }, { now })).contributions.map((one) => one.state)).toEqual(['given', 'given']);
  });
});
