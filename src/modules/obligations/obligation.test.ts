import { z } from 'zod';
import { expect, test } from '../../../test/office.ts';
import { answered, assigned } from '../../../test/petition.ts';
import { operation } from '../../core/operation.ts';
import { getPetition } from '../requests/case.server.ts';
import { assignPetition } from '../requests/work.server.ts';
import { addObligation, listObligationsOf } from './obligation.server.ts';
import { giveObligation } from './obligation-give.server.ts';
import { acceptObligations } from './obligation-lead.server.ts';
import { myObligations } from './obligation-list.server.ts';
import { getObligation } from './obligation-view.server.ts';
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

test('what was reported counts as done when its case is settled; an order on the case has its own giver', async ({ office }) => {
  const told = await assigned(office, {}, now);
  const mayor = await office.as('mayor');
  await office.run(assignPetition, told.chief, { id: told.id, personId: told.clerk.personId!, resolution: 'Обићи.' }, { now });
  await office.run(assignPetition, told.chief, { id: told.id, personId: told.clerk.personId!, resolution: 'Позвати.' }, { now });
  const [first] = (await office.run(myObligations, told.clerk, {})).obligations;
  await office.run(finishObligation, told.clerk, { id: first!.id, report: 'Обишао.' }, { now });
  const { id } = await office.run(giveObligation, mayor, { caseId: told.id, text: 'Провјерити за мјесец дана.', to: told.clerk.personId!, dueOn: '2026-04-06' }, { now });
  await answered(office, told, now);
  const shown = (await office.run(getPetition, told.chief, { id: told.id }, { now })).obligations;
  expect(shown.map((one) => [one.text, one.state])).toEqual([['Обићи.', 'done'], ['Позвати.', 'done'], ['Провјерити за мјесец дана.', 'open']]);
  expect((await office.run(myObligations, told.clerk, {})).obligations.map((one) => one.id)).toEqual([id]);
});

test('what another module gives in its own act is listed by what it came from', async ({ office }) => {
  const [mayor, clerk] = [await office.as('mayor'), await office.as('clerk')];
  const sourceId = crypto.randomUUID();
  const conclude = operation({
    id: 'probe.conclude', kind: 'command', allow: ['staff'], summary: 'A conclusion.', input: z.object({}), output: z.object({ ids: z.array(z.string()) }),
    async run(context) {
      const id = await addObligation(context, { caseId: null, source: 'conclusion', text: 'Поднијети извјештај.', ownerId: null, unitId: clerk.unitId, dueOn: '2026-03-20', sourceNoun: 'conclusion', sourceId, givenBy: mayor.personId });
      context.record({ name: 'probe.concluded', nounId: id });
      return { ids: (await listObligationsOf(context, 'conclusion', sourceId)).map((one) => one.id) };
    },
  });
  const { ids } = await office.run(conclude, office.system(), {}, { now });
  expect(ids).toHaveLength(1);
  await office.run(finishObligation, clerk, { id: ids[0]!, report: 'Поднијет.' }, { now });
  await office.run(acceptObligations, mayor, { ids }, { now });
  expect(await office.run(getObligation, clerk, { id: ids[0]! })).toMatchObject({ state: 'done', source: 'conclusion', giver: { id: mayor.personId } });
});
