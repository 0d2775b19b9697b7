import { describe } from 'vitest';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { addDays } from '../../core/day.ts';
import { listParties } from '../directory/party.server.ts';
import { getCase, putAway } from '../registry/case.server.ts';
import { registerPaper } from '../registry/paper.server.ts';
import { askMany } from './ask.server.ts';
import { askMoreTime, decideMoreTime, declineContribution, dropContribution, getContribution, giveContribution, readPaper, returnContribution } from './contribution.server.ts';
import { getAsk, listAsked, readOverview } from './owed.server.ts';
import { remindContributors } from './remind.server.ts';

const now = new Date('2026-03-02T08:00:00Z');
const later = (days: number): Date => new Date(now.getTime() + days * 86_400_000);
const dueOn = addDays('2026-03-02', 10);

async function asked(office: TestOffice) {
  const chief = await office.as('chief');
  const body = (await office.run(listParties, chief, { kind: 'body' })).parties.find((one) => one.email)!;
  const unitId = office.office.data.units.find((unit) => !unit.cabinet)!.id;
  const paper = await office.run(registerPaper, chief, { subject: 'Сједница', direction: 'internal', files: [{ name: 'a.txt', bytes: new Uint8Array(Buffer.from('један')) }, { name: 'b.txt', bytes: new Uint8Array(Buffer.from('два')) }] }, { now });
  const documents = (await office.run(getCase, chief, { id: paper.id })).documents;
  const ask = await office.run(askMany, chief, { caseId: paper.id, title: 'Стање радова', question: 'Шта је урађено?', dueOn, of: [`unit:${unitId}`, `body:${body.id}`], documentIds: [documents[0]!.id] }, { now });
  return { chief, body, unitId, documents, ...ask, ofUnit: ask.contributionIds[0]!, ofBody: ask.contributionIds[1]!, contributor: office.contributor(ask.contributionIds[1]!) };
}

test('one question goes to many; what is handed along, and nothing else, opens by the link', async ({ office }) => {
  const one = await asked(office);
  expect((await office.run(getAsk, one.chief, { id: one.askId })).contributions.map((row) => row.state)).toEqual(['asked', 'asked']);
  const seen = await office.run(getContribution, one.contributor, { id: one.ofBody });
  expect(seen).toMatchObject({ papers: [{ title: 'a.txt' }], reference: '', askId: null, can: { give: true, judge: false } });
  await office.run(readPaper, one.contributor, { id: one.ofBody, documentId: one.documents[0]!.id });
  await office.refused(office.run(readPaper, one.contributor, { id: one.ofBody, documentId: one.documents[1]!.id }), 404);
  await office.refused(office.run(readPaper, one.contributor, { id: one.ofUnit, documentId: one.documents[0]!.id }), 404);
  await office.refused(office.run(getContribution, one.contributor, { id: one.ofUnit }), 404);
  const strange = (await office.run(registerPaper, one.chief, { subject: 'Друго', files: [{ name: 'c.txt', bytes: new Uint8Array(Buffer.from('три')) }] })).id;
  const [foreign] = (await office.run(getCase, one.chief, { id: strange })).documents;
  expect((await office.refused(office.run(askMany, one.chief, { caseId: one.caseId, title: 'x', question: 'x', dueOn, of: [`unit:${one.unitId}`], documentIds: [foreign!.id] }, { now }), 422)).fields).toHaveProperty('documentIds');
});

test('each return is a version, with the comment it was sent back with', async ({ office }) => {
  const one = await asked(office);
  const give = (reply: string, day: number) => office.run(giveContribution, one.contributor, { id: one.ofBody, reply, name: 'Марко' }, { now: later(day) });
  await give('Пола.', 2);
  await office.run(returnContribution, one.chief, { id: one.ofBody, comment: 'А друга половина?', dueOn: addDays(dueOn, 3) }, { now: later(3) });
  await give('Све.', 5);
  expect((await office.run(getContribution, one.chief, { id: one.ofBody })).versions).toMatchObject([{ version: 1, reply: 'Пола.', comment: 'А друга половина?' }, { version: 2, reply: 'Све.', comment: '', returnedAt: null }]);
});

describe('who is asked', () => {
  test('may ask for more time, which who asked gives, and is not reminded meanwhile', async ({ office }) => {
    const one = await asked(office);
    await office.run(askMoreTime, one.contributor, { id: one.ofBody, until: addDays(dueOn, 5), reason: 'Увиђај.' }, { now: later(1) });
    await office.refused(office.run(askMoreTime, one.contributor, { id: one.ofBody, until: addDays(dueOn, 6), reason: 'Још.' }, { now: later(1) }), 409);
    // Of the two the unit alone is reminded before its day.
    expect((await office.run(remindContributors, office.system(), {}, { now: later(8) })).reminded).toBe(1);
    await office.run(decideMoreTime, one.chief, { id: one.ofBody, dueOn: addDays(dueOn, 4) }, { now: later(8) });
    expect(await office.run(getContribution, one.chief, { id: one.ofBody })).toMatchObject({ dueOn: addDays(dueOn, 4), moreUntil: null });
    const letters = await office.within((db) => db.selectFrom('mail').select(['recipient', 'body']).where('office_id', '=', office.office.id).execute());
    expect(letters.filter((mail) => mail.recipient === one.body.email)).toHaveLength(2);
    expect(letters.filter((mail) => mail.recipient !== one.body.email && mail.body.includes('/desk/contributions?view=mine') && !mail.body.includes('Сједница')).length).toBeGreaterThan(0);
  });

  test('may say with a reason that there is nothing to give; who asked may still send it back', async ({ office }) => {
    const one = await asked(office);
    expect((await office.refused(office.run(declineContribution, one.contributor, { id: one.ofBody, reason: 'Нисмо надлежни.' }), 422)).fields).toHaveProperty('name');
    await office.run(declineContribution, one.contributor, { id: one.ofBody, reason: 'Нисмо надлежни.', name: 'Марко' }, { now: later(1) });
    await office.refused(office.run(giveContribution, one.contributor, { id: one.ofBody, reply: 'Ипак.', name: 'Марко' }), 409);
    await office.run(returnContribution, one.chief, { id: one.ofBody, comment: 'Јесте.', dueOn: addDays(dueOn, 3) }, { now: later(2) });
    expect((await office.run(getContribution, one.chief, { id: one.ofBody })).state).toBe('returned');
  });
});

test('the overview counts what is owed, late and in time; what a settled case needed is owed no more', async ({ office }) => {
  const one = await asked(office);
  await office.run(giveContribution, one.contributor, { id: one.ofBody, reply: 'Све.', name: 'Марко' }, { now: later(4) });
  const { balances } = await office.run(readOverview, one.chief, {}, { now: later(12) });
  expect(balances).toMatchObject([{ of: `unit:${one.unitId}`, open: 1, late: 1, given: 0 }, { of: `body:${one.body.id}`, open: 0, given: 1, inTime: 1, averageDays: 4 }]);
  await office.refused(office.run(dropContribution, await office.only('registrar'), { id: one.ofUnit }), 403);
  expect((await office.run(listAsked, one.chief, { view: 'owed' })).contributions).toHaveLength(1);
  await office.run(putAway, one.chief, { id: one.caseId }, { now: later(13) });
  await office.settle();
  expect((await office.run(listAsked, one.chief, { view: 'owed' })).contributions).toHaveLength(0);
});
