import { expect, test } from '../../../test/office.ts';
import { getCase } from './case.server.ts';
import { addPaperToCase, registerPaper } from './paper.server.ts';

const monday = new Date('2026-03-02T08:00:00Z');
export const paper = { subject: 'Допис о водоводу', text: 'Молимо мишљење о траси водовода.', name: 'Водовод ДОО', organisation: true, address: 'Обала 3', town: 'Примјер', senderReference: '12/26', senderDatedOn: '2026-02-26', pages: 2, enclosures: 1, valueNoted: '5 €' };

test('a paper is a case of its own, under the next number, as it was entered', async ({ office }) => {
  const registrar = await office.as('registrar');
  const done = await office.run(registerPaper, registrar, { ...paper, channel: 'post', receivedOn: '2026-02-27' }, { now: monday });
  expect(done.reference).toMatch(/\/26-1$/);
  const shown = await office.run(getCase, registrar, { id: done.id });
  expect(shown).toMatchObject({ kind: 'paper', reference: done.reference, subject: paper.subject, unitId: null, party: { name: 'Водовод ДОО' }, isDelivered: false });
  expect(shown.entries).toMatchObject([{ id: done.entryId, sub: 1, reference: done.reference, direction: 'in', channel: 'post', senderReference: '12/26', senderDatedOn: '2026-02-26', receivedOn: '2026-02-27', pages: 2, enclosures: 1, valueNoted: '5 €' }]);
  expect(await office.events(done.id)).toMatchObject([{ name: 'case.registered', data: { direction: 'in', channel: 'post', reference: done.reference } }]);
});

test('further papers take the next sub-number; what comes in is told', async ({ office }) => {
  const registrar = await office.as('registrar');
  const { id, reference } = await office.run(registerPaper, registrar, paper, { now: monday });
  const out = await office.run(addPaperToCase, registrar, { id, direction: 'out', channel: 'post', text: 'Одговор.' }, { now: monday });
  const back = await office.run(addPaperToCase, registrar, { id, direction: 'in', channel: 'email', subject: 'Допуна' }, { now: monday });
  expect([out.reference, back.reference]).toEqual([`${reference}/2`, `${reference}/3`]);
  expect((await office.events(id)).map((one) => [one.name, one.nounId])).toEqual([['case.registered', id], ['case.paper_added', out.entryId], ['case.paper_came', back.entryId]]);
});
