import { z } from 'zod';
import { expect, test } from '../../../test/office.ts';
import { operation } from '../../core/operation.ts';
import { deactivatePerson, listColleagues, preferPerson } from './person.server.ts';
import { createToken, findTokenCaller, listTokens, revokeToken } from './token.server.ts';

const day = 86_400_000;
const start = new Date('2026-03-02T08:00:00Z');

test('a token is shown once, kept as a hash, and finds its maker within its scopes', async ({ office }) => {
  const caller = await office.as('registrar');
  const made = await office.run(createToken, caller, { name: 'Izvoz', scopes: 'read, person.prefer', days: 30 }, { now: start });
  expect(made.token).toMatch(/^kabinet_[\w-]{43}$/);
  const found = await findTokenCaller(office.kernel, office.office, made.token, '10.1.1.1', start);
  expect(found).toMatchObject({ kind: 'person', personId: caller.personId, scopes: ['read', 'person.prefer'], address: '10.1.1.1' });
  await office.run(listColleagues, found!, {});
  await office.run(preferPerson, found!, { locale: 'cnr-Cyrl' });
  await office.refused(office.run(revokeToken, found!, { id: made.id }), 403);
  const rows = await office.within((db) => db.selectFrom('token').selectAll().where('office_id', '=', office.office.id).execute());
  expect(JSON.stringify(rows)).not.toContain(made.token.slice(8));
  expect(JSON.stringify(await office.events())).not.toContain(made.token.slice(8));
  expect((await office.events())[0]).toMatchObject({ name: 'token.created', nounId: made.id, personId: caller.personId, data: { kind: 'personal', scopes: ['read', 'person.prefer'], days: 30 } });
  const other = await office.another();
  expect(await findTokenCaller(other.kernel, other.office, made.token, '', start)).toBeNull();
});

test('a token ends by its date, by revoking, and with its maker', async ({ office }) => {
  const caller = await office.as('luka-strugar');
  const make = async () => office.run(createToken, caller, { name: 'Izvoz', scopes: ['*'], days: 30 }, { now: start });
  const find = (token: string, at = start) => findTokenCaller(office.kernel, office.office, token, '', at);
  const [first, second] = [await make(), await make()];
  expect(await find(first.token, new Date(start.getTime() + 29 * day))).not.toBeNull();
  expect(await find(first.token, new Date(start.getTime() + 31 * day))).toBeNull();
  await office.run(revokeToken, caller, { id: first.id });
  expect(await find(first.token)).toBeNull();
  await office.refused(office.run(revokeToken, caller, { id: first.id }), 409);
  await office.run(deactivatePerson, await office.as('chief'), { id: caller.personId! });
  expect(await find(second.token)).toBeNull();
  for (const nonsense of ['', 'kabinet_', `kabinet_${'a'.repeat(43)}`, first.token.slice(8), 'kabinet_\u0000', 'x'.repeat(5000)]) expect(await find(nonsense)).toBeNull();
});

test('its use is noted at most once a minute', async ({ office }) => {
  const caller = await office.as('registrar');
  const { token } = await office.run(createToken, caller, { name: 'Izvoz', scopes: ['read'] }, { now: start });
  const used = async (seconds: number): Promise<number> => {
    await findTokenCaller(office.kernel, office.office, token, '', new Date(start.getTime() + seconds * 1000));
    const [one] = (await office.run(listTokens, caller, {}, { now: start })).tokens;
    return (one!.usedAt!.getTime() - start.getTime()) / 1000;
  };
  expect([await used(5), await used(60), await used(66)]).toEqual([5, 5, 66]);
});

test('scopes name an operation, a noun, read or everything, and nothing else', async ({ office }) => {
  const caller = await office.as('registrar');
  const make = (scopes: string | string[]) => office.run(createToken, caller, { name: 'Izvoz', scopes });
  for (const scope of ['*', 'read', 'person', 'person.list']) await make(scope);
  expect((await office.refused(make(['read', 'person.fly']), 422)).fields['scopes']).toEqual({ key: 'field.scope_unknown', args: { scope: 'person.fly' } });
  expect((await office.refused(make(' , '), 422)).fields['scopes']?.key).toBe('field.required');
  const command = operation({ id: 'person.test', kind: 'command', allow: ['staff'], summary: '', input: z.object({}), output: z.object({}), run: async ({ record }) => (record({ name: 'person.tested' }), {}) });
  for (const [scopes, isAllowed] of [[['read'], false], [['person'], true], [['person.test'], true], [['*'], true], [['petition'], false]] as const) {
    const attempt = office.run(command, { ...caller, scopes }, {});
    if (isAllowed) await attempt;
    else await office.refused(attempt, 403);
  }
});

test('service tokens are made by it and seen by all who do it; the others see their own', async ({ office }) => {
  const it = await office.as('it');
  const registrar = await office.as('registrar');
  await office.refused(office.run(createToken, registrar, { name: 'Veza', kind: 'service', scopes: ['read'] }), 403);
  const service = await office.run(createToken, it, { name: 'Veza sa pisarnicom', kind: 'service', scopes: ['read'] });
  const own = await office.run(createToken, registrar, { name: 'Moj', scopes: ['read'] });
  expect(await findTokenCaller(office.kernel, office.office, service.token)).toMatchObject({ name: 'Veza sa pisarnicom', personId: it.personId });
  const second = { ...(await office.as('mayor')), roles: new Set(['it'] as const) };
  expect((await office.run(listTokens, second, {})).tokens.map((one) => one.id)).toEqual([service.id]);
  expect((await office.run(listTokens, registrar, {})).tokens.map((one) => one.id)).toEqual([own.id]);
  await office.refused(office.run(revokeToken, await office.as('mayor'), { id: own.id }), 404);
  await office.run(revokeToken, second, { id: own.id });
  expect((await office.run(listTokens, registrar, {})).tokens).toEqual([]);
  expect((await office.run(listTokens, registrar, { ended: true })).tokens).toMatchObject([{ isOpen: false }]);
});

test('a token cannot make another, and thirty are enough', async ({ office }) => {
  const caller = await office.as('registrar');
  await office.refused(office.run(createToken, { ...caller, scopes: ['*'] }, { name: 'Drugi', scopes: ['*'] }), 403);
  for (let count = 0; count < 30; count++) await office.run(createToken, caller, { name: `Broj ${count}`, scopes: ['read'] });
  await office.refused(office.run(createToken, caller, { name: 'Previše', scopes: ['read'] }), 409);
});
