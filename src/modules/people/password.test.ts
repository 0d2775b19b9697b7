import { describe } from 'vitest';
import type { Caller } from '../../core/caller.ts';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { passwordFault } from './password.ts';
import { acceptInvitation, changePassword, getInvitation, hashPassword, inviteFirst, invitePerson, requestReset, sendReset } from './password.server.ts';
import { addPerson, changePerson, deactivatePerson, getPerson } from './person.server.ts';
import { findSession, signIn } from './session.server.ts';

const password = 'vjetar sa Lovćena 47';
const hashed = hashPassword(password);
const givePassword = (office: TestOffice, personId: string) => office.within(async (db) => db.updateTable('person').set({ password_hash: await hashed }).where('office_id', '=', office.office.id).where('id', '=', personId).returning('email').executeTakeFirstOrThrow());
const linkIn = (text: string): string => /\/desk\/invite\/([\w-]{43})/.exec(text)![1]!;

describe('a new password', () => {
  const known = ['Jelena Popivoda', 'jelena.popivoda', 'cetinje'];
  const keyOf = (text: string): string | undefined => passwordFault(text, known)?.key;
  test('is long enough, counted in characters', () => {
    expect(keyOf('Zmaj9!kuća')).toBe('field.password_short');
    expect(keyOf('🐟🐟🐟🐟🐟🐟')).toBe('field.password_short');
    expect(keyOf('коњи пасу траву')).toBeUndefined();
    expect(keyOf('зец   на    бр')).toBe('field.password_short');
    const long = 'ведар дан у Котору '.repeat(6);
    expect(keyOf(long.padEnd(128, 'ж!кљ'))).toBeUndefined();
    expect(keyOf(long.padEnd(129, 'ж!кљ'))).toBe('field.too_long');
  });
  test('is not the name, the e-mail or the office, in either script', () => {
    for (const text of ['JelenaPopivoda', 'jelena.popivoda', 'Јелена Попивода', 'popivoda2026!', 'Cetinje-Jelena-1']) expect([text, keyOf(text)]).toEqual([text, 'field.password_personal']);
    expect(keyOf('jelena bere kupine u podne')).toBeUndefined();
  });
  test('is not a common word with ornaments, a row of keys or a repetition', () => {
    for (const text of ['lozinka12345', 'лозинка12345!', 'Password2026', 'qwertz123456', 'aaaaaaaaaaaaaaa', 'abcabcabcabc', '123456789012', 'Kabinet2026!!', 'asdfghjkl123', 'parolaparola1', '987654321098'])
      expect([text, keyOf(text)]).toEqual([text, 'field.password_common']);
    for (const text of ['tri bijela goluba', 'N7-kestenova-vrata', 'gX4!pq9Zr#tB', 'корица хлеба и сир']) expect([text, keyOf(text)]).toEqual([text, undefined]);
  });
});

describe('changing a password', () => {
  test('needs the current one, ends the other sessions and says so by mail', async ({ office }) => {
    const caller = await office.as('registrar');
    const { email } = await givePassword(office, caller.personId!);
    const open = async () => {
      const answer = await office.run(signIn, office.public(), { email, password });
      if (answer.state !== 'open') throw new Error(answer.state);
      return answer.token;
    };
    const [here, there] = [await open(), await open()];
    const { sessionId } = (await findSession(office.kernel, office.office, here))!;
    expect(await office.run(changePassword, caller, { current: 'not this one', password: 'tri bijela goluba', sessionId })).toEqual({ state: 'refused' });
    expect(await office.run(changePassword, caller, { current: password, password: 'tri bijela goluba', sessionId })).toMatchObject({ state: 'done' });
    expect(await findSession(office.kernel, office.office, here)).not.toBeNull();
    expect(await findSession(office.kernel, office.office, there)).toBeNull();
    expect((await office.run(signIn, office.public(), { email, password })).state).toBe('refused');
    expect((await office.run(signIn, office.public(), { email, password: 'tri bijela golu\u0062a' })).state).toBe('open');
    await office.settle();
    expect(office.mails.map((mail) => mail.to)).toEqual([email]);
    const stored = await office.within((db) => db.selectFrom('person').select('password_hash').where('office_id', '=', office.office.id).where('id', '=', caller.personId!).executeTakeFirstOrThrow());
    expect(stored.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('refuses a weak one, the same one, and guessing at the current one', async ({ office }) => {
    const caller = await office.as('registrar');
    await givePassword(office, caller.personId!);
    const change = (current: string, next: string) => office.run(changePassword, caller, { current, password: next });
    expect((await office.refused(change(password, 'lozinka12345'), 422)).fields['password']?.key).toBe('field.password_common');
    expect((await office.refused(change(password, password), 422)).fields['password']?.key).toBe('field.password_same');
    expect((await office.refused(change(password, 'x'.repeat(201)), 422)).fields['password']?.key).toBe('field.too_long');
    for (let wrong = 0; wrong < 10; wrong++) expect((await change('not this one', 'tri bijela goluba')).state).toBe('refused');
    await office.refused(change(password, 'tri bijela goluba'), 429);
    await office.refused(office.run(changePassword, { ...caller, scopes: ['*'] }, { current: password, password: 'tri bijela goluba' }), 403);
  });
});

describe('an invitation', () => {
  const invite = async (office: TestOffice): Promise<{ personId: string; email: string; token: string; chief: Caller }> => {
    const chief = await office.as('chief');
    const { id } = await office.run(addPerson, chief, { name: 'Маша Вукотић', email: 'Masa@primjer.example', roles: ['clerk'], unitId: 'sluzba', gender: 'f' });
    await office.run(invitePerson, chief, { id });
    await office.settle();
    const mail = office.mails.at(-1)!;
    return { personId: id, email: mail.to, token: linkIn(mail.text), chief };
  };

  test('goes by mail in the person’s language, and its link sets a password once', async ({ office }) => {
    const { personId, email, token } = await invite(office);
    expect(email).toBe('masa@primjer.example');
    expect(office.mails.at(-1)!.text).toMatch(/^Poštovana Маша Вукотић,\n\npozvani ste/);
    expect(office.mails.at(-1)!.text).toContain(`http://${office.office.slug}.localhost:3000/desk/invite/${token}`);
    expect(office.mails.at(-1)!.text).not.toContain('⟨');
    expect(await office.run(getInvitation, office.public(), { token })).toEqual({ name: 'Маша Вукотић', email, isFirst: true });
    const refusal = await office.refused(office.run(acceptInvitation, office.public(), { token, password: 'masavukotic1' }), 422);
    expect(refusal.fields['password']?.key).toBe('field.password_personal');
    expect(await office.run(acceptInvitation, office.public(), { token, password: 'tri bijela goluba' })).toEqual({ personId, email });
    expect((await office.refused(office.run(acceptInvitation, office.public(), { token, password: 'tri bijela golubice' }), 409)).said.key).toBe('error.link_expired');
    await office.refused(office.run(getInvitation, office.public(), { token }), 404);
    expect((await office.run(signIn, office.public(), { email, password: 'tri bijela goluba' })).state).toBe('open');
  });

  test('ends after seven days, by a newer one, by another address, and when the person leaves', async ({ office }) => {
    const { personId, token, chief } = await invite(office);
    const days = (count: number) => ({ now: new Date(Date.now() + count * 86_400_000) });
    await office.run(getInvitation, office.public(), { token }, days(6.9));
    await office.refused(office.run(acceptInvitation, office.public(), { token, password: 'tri bijela goluba' }, days(7.1)), 409);
    await office.run(invitePerson, chief, { id: personId });
    await office.settle();
    const second = linkIn(office.mails.at(-1)!.text);
    await office.refused(office.run(getInvitation, office.public(), { token }), 404);
    await office.run(changePerson, chief, { id: personId, name: 'Маша Вукотић', email: 'm.vukotic@primjer.example', roles: ['clerk'] });
    await office.refused(office.run(getInvitation, office.public(), { token: second }), 404);
    await office.run(deactivatePerson, chief, { id: personId });
    await office.refused(office.run(invitePerson, chief, { id: personId }), 409);
  });

  test('is for it and the chief to send', async ({ office }) => {
    const { personId } = await invite(office);
    await office.refused(office.run(invitePerson, await office.as('registrar'), { id: personId }), 403);
    await office.refused(office.run(invitePerson, office.public(), { id: personId }), 404);
    await office.refused(office.run(invitePerson, await (await office.another()).as('it'), { id: personId }), 404);
  });

  test('the first one of an office without staff makes who may add the others', async ({ office }) => {
    await office.refused(inviteFirst(office.kernel, office.office), 409);
    await office.within((db) => db.updateTable('person').set({ is_active: false }).where('office_id', '=', office.office.id).execute());
    await office.refused(inviteFirst(office.kernel, office.office), 409);
    const bare = await office.bare();
    const token = await inviteFirst(bare.kernel, bare.office);
    const { personId } = await bare.run(acceptInvitation, bare.public(), { token, password: 'tri bijela goluba' });
    const first = await bare.as('it');
    expect(first.personId).toBe(personId);
    await bare.run(addPerson, first, { name: 'Друго Лице', email: 'drugo@primjer.example', roles: ['registrar'] });
  });
});

describe('a forgotten password', () => {
  test('is asked for with the same answer whoever it is, and mailed to who exists', async ({ office }) => {
    const caller = await office.as('registrar');
    const { email } = await givePassword(office, caller.personId!);
    for (const who of [email.toUpperCase(), 'nobody@primjer.example']) expect(await office.run(requestReset, office.public(), { email: who })).toEqual({ state: 'asked' });
    await office.settle();
    expect(office.mails.map((mail) => mail.to)).toEqual([email]);
    const token = linkIn(office.mails[0]!.text);
    expect((await office.run(getInvitation, office.public(), { token })).isFirst).toBe(false);
    await office.refused(office.run(acceptInvitation, office.public(), { token, password: 'tri bijela goluba' }, { now: new Date(Date.now() + 61 * 60_000) }), 409);
    await office.run(acceptInvitation, office.public(), { token, password: 'tri bijela goluba' });
    expect((await office.run(signIn, office.public(), { email, password: 'tri bijela goluba' })).state).toBe('open');
    const names = (await office.events()).map((event) => event.name);
    expect(names).toEqual(['person.reset_requested', 'person.reset_requested', 'person.reset_sent', 'person.password_reset', 'session.opened']);
    await office.settle();
    expect(office.mails).toHaveLength(2);
  });

  test('is not asked for more than three times an hour', async ({ office }) => {
    const ask = () => office.run(requestReset, office.public(), { email: 'anybody@primjer.example' });
    for (let time = 0; time < 3; time++) await ask();
    await office.refused(ask(), 429);
  });

  test('the link is made by the office itself alone', async ({ office }) => {
    const caller = await office.as('it');
    await office.refused(office.run(sendReset, caller, { id: caller.personId! }), 403);
    const { account } = await office.run(getPerson, caller, { id: caller.personId! });
    expect(account).toMatchObject({ hasPassword: false, invitedUntil: null });
  });
});
