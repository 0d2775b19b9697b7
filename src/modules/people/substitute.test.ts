import { addDays, dayIn } from '../../core/day.ts';
import { sightOf } from '../../core/caller.ts';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { invitePerson } from './password.server.ts';
import { deactivatePerson } from './person.server.ts';
import { endSubstitute, listSubstitutes, setSubstitute } from './substitute.server.ts';

const today = (office: TestOffice) => dayIn(office.office.jurisdiction.timeZone, new Date());
const at = (days: number): Date => new Date(Date.now() + days * 86_400_000);

test('a substitute may and sees what the other does, for those days only, under the own name', async ({ office }) => {
  const chief = await office.as('chief');
  const deputy = await office.as('sanja-tomanovic');
  const somebody = await office.as('luka-strugar');
  const on = today(office);
  await office.refused(office.run(invitePerson, deputy, { id: somebody.personId! }), 403);
  await office.run(setSubstitute, chief, { substituteId: deputy.personId!, fromOn: addDays(on, 2), untilOn: addDays(on, 4), reason: 'godišnji odmor' });
  for (const [days, stands] of [[1, false], [2, true], [4, true], [5, false]] as const) {
    const caller = await office.as('sanja-tomanovic', at(days));
    expect([days, caller.roles.has('chief'), sightOf(caller) === 'all', caller.marks.includes(chief.personId!)]).toEqual([days, stands, stands, stands]);
    expect(caller.roles.has('clerk')).toBe(true);
    expect(caller.personId).toBe(deputy.personId);
    const act = office.run(invitePerson, caller, { id: somebody.personId! }, { now: at(days) });
    if (stands) await act;
    else await office.refused(act, 403);
  }
  const invited = (await office.events()).filter((event) => event.name === 'person.invited');
  expect(invited.map((event) => event.personId)).toEqual([deputy.personId, deputy.personId]);
});

test('who stands in for a head is marked with the head’s units; rights are not passed on', async ({ office }) => {
  const head = await office.as('predrag-jablan');
  const first = await office.as('sanja-tomanovic');
  const second = await office.as('luka-strugar');
  const on = today(office);
  await office.run(setSubstitute, head, { substituteId: first.personId!, fromOn: on, untilOn: on });
  await office.run(setSubstitute, first, { substituteId: second.personId!, fromOn: on, untilOn: on });
  expect((await office.as('sanja-tomanovic')).marks).toEqual(expect.arrayContaining([head.personId, 'komunalni', 'sluzba']));
  const third = await office.as('luka-strugar');
  expect(third.marks).toContain(first.personId);
  expect(third.marks).not.toContain(head.personId);
  expect(third.roles.has('head')).toBe(false);
});

test('is set for oneself; for another by chief or it, who may not name themselves', async ({ office }) => {
  const [mayor, chief, it, clerk] = [await office.as('mayor'), await office.as('chief'), await office.as('it'), await office.as('sanja-tomanovic')];
  const days = { fromOn: today(office), untilOn: addDays(today(office), 7) };
  await office.refused(office.run(setSubstitute, clerk, { personId: mayor.personId!, substituteId: clerk.personId!, ...days }), 403);
  for (const caller of [chief, it])
    expect((await office.refused(office.run(setSubstitute, caller, { personId: mayor.personId!, substituteId: caller.personId!, ...days }), 422)).fields['substituteId']?.key).toBe('field.substitute_by_self');
  await office.run(setSubstitute, it, { personId: mayor.personId!, substituteId: (await office.as('jelena-popivoda')).personId!, ...days });
  expect((await office.as('jelena-popivoda')).roles.has('mayor')).toBe(true);
});

test('refuses oneself, days that are over or out of order, a year and more, an overlap, and who is not there', async ({ office }) => {
  const [chief, clerk, gone] = [await office.as('chief'), await office.as('sanja-tomanovic'), await office.as('luka-strugar')];
  await office.run(deactivatePerson, chief, { id: gone.personId! });
  const stranger = await (await office.another()).as('clerk');
  const on = today(office);
  const set = (substituteId: string, from: number, until: number) => office.run(setSubstitute, chief, { substituteId, fromOn: addDays(on, from), untilOn: addDays(on, until) });
  const field = async (promise: Promise<unknown>) => Object.entries((await office.refused(promise, 422)).fields).map(([name, said]) => `${name} ${said.key}`).join();
  expect(await field(set(chief.personId!, 0, 1))).toBe('substituteId field.substitute_self');
  expect(await field(set(clerk.personId!, 3, 1))).toBe('untilOn field.day_order');
  expect(await field(set(clerk.personId!, -3, -1))).toBe('untilOn field.day_past');
  expect(await field(set(clerk.personId!, 0, 366))).toBe('untilOn field.substitute_long');
  expect(await field(set(gone.personId!, 0, 1))).toBe('substituteId field.choose');
  expect(await field(set(stranger.personId!, 0, 1))).toBe('substituteId field.choose');
  await set(clerk.personId!, 0, 5);
  expect(await field(set(clerk.personId!, 5, 9))).toBe('substituteId field.substitute_known');
  await set(clerk.personId!, 6, 9);
});

test('is listed for the whole office, and ended by either of the two, chief or it', async ({ office }) => {
  const [chief, clerk, other] = [await office.as('chief'), await office.as('sanja-tomanovic'), await office.as('luka-strugar')];
  const on = today(office);
  const { id } = await office.run(setSubstitute, clerk, { substituteId: other.personId!, fromOn: on, untilOn: addDays(on, 3) });
  await office.run(setSubstitute, clerk, { substituteId: chief.personId!, fromOn: addDays(on, 5), untilOn: addDays(on, 6) });
  const list = async (who: typeof clerk, input = {}) => (await office.run(listSubstitutes, who, input)).substitutes.map((one) => [one.substituteName, one.state, one.can.end]);
  expect(await list(await office.as('mayor'))).toEqual([[other.name, 'now', false], [chief.name, 'coming', false]]);
  expect(await list(other, { personId: other.personId! })).toEqual([[other.name, 'now', true]]);
  await office.refused(office.run(endSubstitute, await office.as('mayor'), { id }), 403);
  await office.run(endSubstitute, other, { id });
  expect((await office.as('luka-strugar')).marks).not.toContain(clerk.personId);
  await office.refused(office.run(endSubstitute, clerk, { id }), 409);
  expect(await list(clerk)).toEqual([[chief.name, 'coming', true]]);
  expect(await list(clerk, { over: true })).toEqual([[chief.name, 'coming', true], [other.name, 'over', false]]);
  await office.refused(office.run(endSubstitute, await (await office.another()).as('it'), { id }), 404);
});

test('ends when either of them leaves', async ({ office }) => {
  const [chief, mayor, clerk] = [await office.as('chief'), await office.as('jelena-popivoda'), await office.as('sanja-tomanovic')];
  const on = today(office);
  await office.run(setSubstitute, mayor, { substituteId: clerk.personId!, fromOn: on, untilOn: on });
  await office.run(deactivatePerson, chief, { id: mayor.personId! });
  expect((await office.as('sanja-tomanovic')).roles.has('deputy')).toBe(false);
});
