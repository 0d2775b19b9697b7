import { expect, test } from '../../../test/office.ts';
import { answered, assigned } from '../../../test/petition.ts';
import { getPetition } from '../requests/case.server.ts';
import { assignPetition } from '../requests/work.server.ts';
import { myObligations } from './obligation-list.server.ts';
import { finishObligation } from './obligation-work.server.ts';

const now = new Date('2026-03-02T08:00:00Z');

test('a resolution is an obligation of whom it was given to, until it is reported as done', async ({ office }) => {
  const told = await assigned(office, {}, now);
  await office.run(assignPetition, told.chief, { id: told.id, personId: told.clerk.personId!, resolution: 'Изаћи на лице мјеста.', dueOn: '2026-03-06' }, { now });
  const [mine] = (await office.run(myObligations, told.clerk, {})).obligations;
  expect(mine).toMatchObject({ caseId: told.id, text: 'Изаћи на лице мјеста.', dueOn: '2026-03-06', givenBy: told.chief.name, reference: told.reference, state: 'open' });
  expect((await office.run(myObligations, told.chief, {})).obligations).toEqual([]);
  await office.refused(office.run(finishObligation, told.registrar, { id: mine!.id, report: 'x' }), 403);
  await office.refused(office.run(finishObligation, { ...(await office.as('protocol')), marks: [] }, { id: mine!.id, report: 'x' }), 404);
  expect(Object.keys((await office.refused(office.run(finishObligation, told.clerk, { id: mine!.id, report: '' }), 422)).fields)).toEqual(['report']);
  await office.run(finishObligation, told.clerk, { id: mine!.id, report: 'Три стуба не раде.' }, { now });
  await office.refused(office.run(finishObligation, told.clerk, { id: mine!.id, report: 'Опет.' }), 409);
  expect((await office.run(getPetition, told.chief, { id: told.id }, { now })).obligations).toMatchObject([{ state: 'reported', report: 'Три стуба не раде.' }]);
  expect((await office.events(told.id)).at(-1)).toMatchObject({ name: 'obligation.finished', nounId: mine!.id, personId: told.clerk.personId });
});

test('one without a person is the unit’s: whoever is of it may report', async ({ office }) => {
  const told = await assigned(office, {}, now);
  await office.run(assignPetition, told.chief, { id: told.id, unitId: 'finansije', resolution: 'Провјерити.' }, { now });
  const id = (await office.run(getPetition, told.chief, { id: told.id }, { now })).obligations[0]!.id;
  const member = { ...(await office.as('protocol')), unitId: 'finansije', marks: ['finansije'] };
  await office.run(finishObligation, member, { id, report: 'Провјерено.' });
});

test('a day that has passed is no day for a resolution; a settled case ends what was open', async ({ office }) => {
  const told = await assigned(office, {}, now);
  const give = (dueOn: string) => office.run(assignPetition, told.chief, { id: told.id, personId: told.clerk.personId!, resolution: 'Хитно.', dueOn }, { now });
  expect((await office.refused(give('2026-03-01'), 422)).fields['dueOn']?.key).toBe('field.day_past');
  expect((await office.refused(give('1026-03-01'), 422)).fields['dueOn']?.key).toBe('field.day');
  await give('2026-03-02');
  await answered(office, told, now);
  expect((await office.run(myObligations, told.clerk, {})).obligations).toEqual([]);
});
