import { describe } from 'vitest';
import { expect, test } from '../../../test/office.ts';
import { addPerson, changePerson, deactivatePerson, getPerson, listColleagues, preferPerson, reactivatePerson } from './person.server.ts';
import { findSession, openSession } from './session.server.ts';
import { createToken, findTokenCaller } from './token.server.ts';

const newcomer = { name: 'Маша Вукотић', email: 'Masa@Primjer.example', title: 'savjetnica', unitId: 'sluzba', roles: ['adviser', 'clerk'], phone: '041 000 199', room: '12', gender: 'f' as const };

describe('adding', () => {
  test('somebody new, who is listed with the others', async ({ office }) => {
    const chief = await office.as('chief');
    const { id } = await office.run(addPerson, chief, newcomer);
    const { people } = await office.run(listColleagues, await office.as('registrar'), {});
    expect(people.find((one) => one.id === id)).toEqual({
      id, key: 'masa-vukotic', name: 'Маша Вукотић', title: { cnr: 'savjetnica' }, unitId: 'sluzba', roles: ['adviser', 'clerk'], email: 'masa@primjer.example', phone: '041 000 199', room: '12', isActive: true,
    });
    expect((await office.as('masa-vukotic')).personId).toBe(id);
    expect((await office.events()).at(-1)).toEqual({ name: 'person.added', nounId: id, caseId: null, personId: chief.personId, actor: 'person', data: { roles: ['adviser', 'clerk'] } });
    await office.run(addPerson, chief, { ...newcomer, email: 'druga@primjer.example' });
  });

  test('refuses an e-mail that is taken, a unit or role there is not, and whoever may not', async ({ office }) => {
    const it = await office.as('it');
    await office.run(addPerson, it, newcomer);
    const field = async (more: object) => Object.entries((await office.refused(office.run(addPerson, it, { ...newcomer, email: 'x@primjer.example', ...more }), 422)).fields).map(([name, said]) => `${name} ${said.key}`).join();
    expect(await field({ email: 'MASA@primjer.example' })).toBe('email field.email_known');
    expect(await field({ email: 'masa' })).toBe('email field.email');
    expect(await field({ unitId: 'mjesec' })).toBe('unitId field.choose_unit');
    expect(await field({ roles: ['king'] })).toBe('roles.0 field.choose');
    expect(await field({ name: '  ' })).toBe('name field.required');
    await office.refused(office.run(addPerson, await office.as('mayor'), newcomer), 403);
    await office.refused(office.run(addPerson, office.public(), newcomer), 404);
  });
});

describe('changing', () => {
  test('changes what was sent and says which fields and roles, not what they hold', async ({ office }) => {
    const chief = await office.as('chief');
    const { id } = await office.run(addPerson, chief, newcomer);
    await office.run(changePerson, chief, { ...newcomer, id, title: { cnr: 'савјетница', en: 'adviser' }, name: 'Маша Вукотић Рајковић', roles: ['', 'registrar', 'clerk'], isPublic: 'on', phone: '' });
    const { person } = await office.run(getPerson, chief, { id });
    expect(person).toMatchObject({ name: 'Маша Вукотић Рајковић', title: { cnr: 'савјетница', en: 'adviser' }, roles: ['registrar', 'clerk'], phone: null, isPublic: true, gender: 'f' });
    const [changed, roles] = (await office.events()).slice(-2);
    expect(changed).toMatchObject({ name: 'person.changed', nounId: id, data: { fields: ['name', 'phone', 'is_public'] } });
    expect(roles).toMatchObject({ name: 'person.roles_changed', nounId: id, data: { added: ['registrar'], removed: ['adviser'] } });
    await office.settle();
    expect(office.mails).toEqual([]);
    await office.run(changePerson, chief, { ...newcomer, id, email: 'nova@primjer.example' });
    await office.settle();
    expect(office.mails.map((mail) => mail.to), 'another e-mail is said to the one before').toEqual(['masa@primjer.example']);
  });

  test('nobody gives themselves a role, or takes the last it or chief away', async ({ office }) => {
    const it = await office.as('it');
    const chief = await office.as('chief');
    const holding = async (who: typeof it, roles: string[]) => {
      const { person } = await office.run(getPerson, chief, { id: who.personId! });
      return { id: person.id, name: person.name, email: person.email, unitId: person.unitId ?? '', roles };
    };
    expect((await office.refused(office.run(changePerson, it, await holding(it, [...it.roles, 'mayor'])), 422)).fields['roles']?.key).toBe('field.own_roles');
    expect((await office.refused(office.run(changePerson, it, await holding(chief, ['head'])), 409)).said).toEqual({ key: 'error.last_role', args: { role: 'chief' } });
    expect((await office.refused(office.run(deactivatePerson, chief, { id: it.personId! }), 409)).said).toEqual({ key: 'error.last_role', args: { role: 'it' } });
    await office.run(changePerson, it, await holding(it, ['it']));
    const second = await office.as('sanja-tomanovic');
    await office.run(changePerson, chief, await holding(second, ['clerk', 'it']));
    const both = await Promise.allSettled([
      office.run(changePerson, chief, await holding(it, ['head'])),
      office.run(changePerson, chief, await holding(second, ['clerk'])),
    ]);
    expect(both.map((one) => one.status).sort(), 'two who leave at once do not count on each other').toEqual(['fulfilled', 'rejected']);
  });

  test('the role of whom one stands in for is no way to a role of one’s own', async ({ office }) => {
    const clerk = await office.as('sanja-tomanovic');
    const standing = { ...clerk, roles: new Set(['clerk', 'it'] as const) };
    const refusal = await office.refused(office.run(changePerson, standing, { id: clerk.personId!, name: clerk.name, email: 's@primjer.example', roles: ['clerk', 'it'] }), 422);
    expect(refusal.fields['roles']?.key).toBe('field.own_roles');
  });
});

describe('leaving', () => {
  test('ends sessions and tokens; returning brings neither back', async ({ office }) => {
    const chief = await office.as('chief');
    const leaver = await office.as('luka-strugar');
    const { token } = await office.run(createToken, leaver, { name: 'Izvoz', scopes: ['read'] });
    const session = await office.within((db) => openSession({ db, office: office.office, now: new Date(), record: () => {} } as never, leaver.personId!, 'password'));
    await office.run(deactivatePerson, chief, { id: leaver.personId! });
    expect(await findSession(office.kernel, office.office, session.token)).toBeNull();
    expect(await findTokenCaller(office.kernel, office.office, token)).toBeNull();
    const listed = async (input: object, who = chief) => (await office.run(listColleagues, who, input)).people.some((one) => one.id === leaver.personId);
    expect([await listed({}), await listed({ inactive: true }), await listed({ inactive: true }, await office.as('mayor'))]).toEqual([false, true, false]);
    await office.refused(office.run(getPerson, await office.as('mayor'), { id: leaver.personId! }), 404);
    await office.refused(office.run(deactivatePerson, chief, { id: leaver.personId! }), 409);
    await office.refused(office.run(deactivatePerson, chief, { id: chief.personId! }), 409);
    await office.run(reactivatePerson, chief, { id: leaver.personId! });
    await office.refused(office.run(reactivatePerson, chief, { id: leaver.personId! }), 409);
    expect(await findSession(office.kernel, office.office, session.token)).toBeNull();
    expect(await findTokenCaller(office.kernel, office.office, token)).toBeNull();
  });
});

describe('looking', () => {
  test('the account is for its owner and for who keeps accounts', async ({ office }) => {
    const [it, mayor, clerk] = [await office.as('it'), await office.as('mayor'), await office.as('sanja-tomanovic')];
    const get = (who: typeof it) => office.run(getPerson, who, { id: clerk.personId! });
    expect(await get(clerk)).toMatchObject({ account: { hasPassword: false, passkeys: 0, sessions: 0, tokens: 0 }, preferences: { locale: 'cnr-Latn', density: 'dense' }, can: { change: false, prefer: true, deactivate: false } });
    expect(await get(it)).toMatchObject({ account: { totpOn: false }, preferences: null, can: { change: true, invite: true, deactivate: true, reactivate: false } });
    expect(await get(mayor)).toMatchObject({ account: null, preferences: null, can: { change: false, invite: false } });
    await office.refused(office.run(getPerson, await (await office.another()).as('it'), { id: clerk.personId! }), 404);
  });
});

describe('preferring', () => {
  test('one’s own language, density, theme and keys', async ({ office }) => {
    const caller = await office.as('registrar');
    expect(await office.run(preferPerson, caller, { locale: 'cnr-Cyrl', density: 'roomy', theme: 'dark', singleKeys: '' })).toEqual({ locale: 'cnr-Cyrl', density: 'roomy', theme: 'dark', singleKeys: false });
    const { token } = await office.within((db) => openSession({ db, office: office.office, now: new Date(), record: () => {} } as never, caller.personId!, 'password'));
    expect(await findSession(office.kernel, office.office, token)).toMatchObject({ caller: { locale: 'cnr-Cyrl' }, density: 'roomy', theme: 'dark', singleKeys: false });
    for (const locale of ['mk', 'xx', '']) await office.refused(office.run(preferPerson, caller, { locale }), 422);
    await office.refused(office.run(preferPerson, office.system(), { locale: 'cnr-Cyrl' }), 403);
  });
});
