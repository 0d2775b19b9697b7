import { describe } from 'vitest';
import { expect, test } from '../../../test/office.ts';
import { answered, assigned, letter, submitted } from '../../../test/petition.ts';
import { giveContribution, returnContribution } from '../contributions/contribution.server.ts';
import { owedContributions } from '../contributions/owed.server.ts';
import { remindContributors } from '../contributions/remind.server.ts';
import { listParties } from '../directory/party.server.ts';
import { addClosingDay } from '../registry/closing-day.server.ts';
import { getPetition } from './case.server.ts';
import { askCompletion, askForContribution, lapseCompletions } from './completion.server.ts';
import { confirmPetition } from './confirmation.server.ts';
import { withdrawPetition } from './work.server.ts';

const monday = new Date('2026-03-02T08:00:00Z');
const later = (days: number): Date => new Date(monday.getTime() + days * 86_400_000);

describe('confirmation of receipt', () => {
  test('follows a letter that left an address, once, with the code and the receipt', async ({ office }) => {
    const sent = await submitted(office);
    await submitted(office, { replyBy: 'post' });
    await office.settle();
    await office.settle();
    expect(office.mails).toMatchObject([{ to: letter.email }]);
    expect(office.mails[0]!.text).toContain(sent.code);
    const row = await office.within((db) => db.selectFrom('mail').selectAll().where('office_id', '=', office.office.id).executeTakeFirstOrThrow());
    expect(row).toMatchObject({ case_id: sent.id, state: 'sent', attachments: [{ template: 'receipt', name: expect.stringMatching(/^[\p{L}\p{N}-]+\.pdf$/u) }] });
    expect((await office.events(sent.id)).map((event) => event.name)).toEqual(['petition.registered', 'petition.confirmed']);
    await office.refused(office.run(confirmPetition, await office.as('chief'), { id: sent.id }), 403);
  });

  test('heard twice, it still goes once', async ({ office }) => {
    const sent = await submitted(office);
    const listener = office.kernel.modules.flatMap((module) => module.listeners ?? []).find((one) => one.name === 'requests.confirm')!;
    const id = await office.within((db) => db.selectFrom('event').select('id').where('office_id', '=', office.office.id).where('name', '=', 'petition.registered').executeTakeFirstOrThrow());
    const event = { officeId: office.office.id, id: id.id, at: new Date(), name: 'petition.registered', nounId: sent.id, caseId: sent.id, personId: null, actor: 'public', data: { replyBy: 'email' } };
    await Promise.all([listener.run(office.kernel, office.office, event), listener.run(office.kernel, office.office, event)]);
    await office.settle();
    expect(office.mails).toHaveLength(1);
  });
});

describe('completions', () => {
  test('lapse the day after, the clock runs on, and a withdrawn case does not hold up the others', async ({ office }) => {
    const [one, gone] = [await assigned(office, {}, monday), await assigned(office, {}, monday)];
    for (const told of [one, gone]) await office.run(askCompletion, told.clerk, { id: told.id, question: 'Који?', dueOn: '2026-03-10' }, { now: monday });
    await office.run(withdrawPetition, office.petitioner(gone.id), { id: gone.id }, { now: later(1) });
    expect(await office.run(lapseCompletions, office.system(), {}, { now: later(8) })).toEqual({ lapsed: 0 });
    expect(await office.run(lapseCompletions, office.system(), {}, { now: later(9) })).toEqual({ lapsed: 1 });
    expect(await office.run(getPetition, one.chief, { id: one.id }, { now: later(9) })).toMatchObject({ state: 'assigned', completions: [{ state: 'lapsed' }], clock: { holds: [expect.anything()] } });
    expect((await office.run(getPetition, one.chief, { id: one.id }, { now: later(9) })).clock!.state).not.toBe('paused');
    expect(await office.run(lapseCompletions, office.system(), {}, { now: later(10) })).toEqual({ lapsed: 0 });
  });
});

describe('reminders of contributions', () => {
  test('go to outside bodies from the day it was due, every third day, until it came or the case is settled', async ({ office }) => {
    const told = await assigned(office, {}, monday);
    const body = (await office.run(listParties, told.chief, { kind: 'body' })).parties.find((one) => one.email)!;
    const asked = await office.run(askForContribution, told.clerk, { id: told.id, of: `body:${body.id}`, question: 'Када?', dueOn: '2026-03-06' }, { now: monday });
    const remind = async (day: number) => (await office.run(remindContributors, office.system(), {}, { now: later(day) })).reminded;
    expect(await remind(3)).toBe(0);
    expect(await remind(4)).toBe(1);
    expect(await remind(5)).toBe(0);
    expect(await remind(7)).toBe(1);
    await office.run(giveContribution, office.contributor(asked.contributionId), { id: asked.contributionId, reply: 'Сјутра.', name: 'Марко' }, { now: later(8) });
    expect(await remind(20)).toBe(0);
    await office.run(returnContribution, told.clerk, { id: asked.contributionId, comment: 'Који дан?', dueOn: '2026-03-25' }, { now: later(20) });
    expect(await remind(24)).toBe(1);
    expect((await office.run(owedContributions, told.chief, {}, { now: later(24) })).contributions).toMatchObject([{ id: asked.contributionId, state: 'returned' }]);
    await answered(office, told, later(25));
    expect(await remind(40)).toBe(0);
    expect((await office.run(owedContributions, told.chief, {}, { now: later(40) })).contributions).toEqual([]);
    await office.refused(office.run(giveContribution, office.contributor(asked.contributionId), { id: asked.contributionId, reply: 'Касно.', name: 'Марко' }, { now: later(40) }), 409);
    const letters = await office.within((db) => db.selectFrom('mail').select(['recipient', 'body']).where('office_id', '=', office.office.id).where('recipient', '=', body.email!).execute());
    expect(letters).toHaveLength(5);
    const links = new Set(letters.map((one) => /\/contribute\/[\w-]{43}/.exec(one.body)?.[0]));
    expect(links.size).toBe(1);
  });
});

test('a closing day declared later moves the clocks that still run, and no other', async ({ office }) => {
  const running = await assigned(office, {}, monday);
  const settled = await assigned(office, {}, monday);
  await answered(office, settled, later(1));
  const legalOn = async (id: string) => (await office.run(getPetition, running.chief, { id }, { now: later(2) })).clock!.legalOn;
  const before = await legalOn(running.id);
  expect(await legalOn(settled.id)).toBe(before);
  const added = await office.run(addClosingDay, running.registrar, { dayOn: before, name: 'Дан жалости' }, { now: later(2) });
  expect(added.moved).toBe(1);
  expect(await legalOn(running.id) > before).toBe(true);
  expect((await office.within((db) => db.selectFrom('clock').select('legal_on').where('office_id', '=', office.office.id).where('case_id', '=', settled.id).executeTakeFirstOrThrow())).legal_on).toBe(before);
  expect((await office.refused(office.run(addClosingDay, running.registrar, { dayOn: before, name: 'Опет' }), 422)).fields['dayOn']?.key).toBe('field.day_known');
});
