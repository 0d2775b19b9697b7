import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { afterEach, describe } from 'vitest';
import { readConfig } from '../../core/config.ts';
import { Kernel } from '../../core/kernel.ts';
import { useSecret } from '../../core/secret.ts';
import { modules } from '../../modules.ts';
import { openSite } from '../../site.tsx';
import { accountOf, Client, deskClient } from '../../../test/client.ts';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { knownDays, knownLength } from './browser.server.ts';
import { acceptInvitation, changePassword, hashPassword, requestReset } from './password.server.ts';
import { deactivatePerson, reactivatePerson } from './person.server.ts';
import { closeOtherSessions, confirmSignIn, signIn } from './session.server.ts';
import { beginTotp, confirmTotp, resetTotp } from './totp.server.ts';

const key = 'dragica-borilovic';
const password = 'vjetar sa Lovćena 47';
const hashed = hashPassword(password);
const start = new Date('2026-03-02T08:00:00Z');
const later = (minutes: number): Date => new Date(start.getTime() + minutes * 60_000);
const accountAt = (office: TestOffice, who = key) => office.within(async (db) => db.updateTable('person').set({ password_hash: await hashed }).where('office_id', '=', office.office.id).where('key', '=', who).returning(['id', 'email']).executeTakeFirstOrThrow());
const enter = async (office: TestOffice, email: string, known = '', now = start): Promise<string> => {
  const answer = await office.run(signIn, office.public(), { email, password, known }, { now });
  if (answer.state !== 'open') throw new Error(answer.state);
  return answer.known;
};
const guess = async (office: TestOffice, email: string, times: number, known = '', now = later(1), address = ''): Promise<void> => {
  for (let one = 0; one < times; one++) expect(await office.run(signIn, office.public('en', address), { email, password: 'a wrong one entirely', known }, { now })).toEqual({ state: 'refused', again: true });
};
/** Strangers have used theirs up: whoever counts as one of them is refused, with the right password too. */
const isStranger = (office: TestOffice, email: string, known: string, now = later(2)) => office.refused(office.run(signIn, office.public(), { email, password, known }, { now }), 429);

afterEach(() => useSecret(Buffer.alloc(32, 7)));

describe('strangers cannot shut out', () => {
  test('who comes by a browser with which they have signed in before; others they can', async ({ office }) => {
    const { email } = await accountAt(office);
    const known = await enter(office, email);
    await guess(office, email, 10);
    await isStranger(office, email, '');
    await guess(office, email, 9, known);
    await enter(office, email, known, later(2));
    await isStranger(office, email, '');
  });

  test('nor from the address that the browser shares with them', async ({ office }) => {
    const { email } = await accountAt(office);
    const known = await enter(office, email);
    await guess(office, 'someone@else.example', 1, '', later(1), '203.0.113.9');
    await office.within((db) => db.updateTable('attempt').set({ count: 50 }).where('office_id', '=', office.office.id).where('key', 'like', 'sign_in_from:%').execute());
    const from = (cookie: string) => office.run(signIn, office.public('en', '203.0.113.9'), { email, password, known: cookie }, { now: later(1) });
    await office.refused(from(''), 429);
    expect((await from(known)).state).toBe('open');
  });

  test('who sets a new password by the link in their mail', async ({ office }) => {
    const { email } = await accountAt(office);
    await guess(office, email, 10, '', new Date());
    await office.run(requestReset, office.public(), { email });
    await office.settle();
    const token = /\/desk\/invite\/([\w-]{43})/.exec(office.mails.at(-1)!.text)![1]!;
    await office.run(acceptInvitation, office.public(), { token, password: 'tri bijela goluba' });
    expect((await office.run(signIn, office.public(), { email, password: 'tri bijela goluba' })).state).toBe('open');
  });
});

describe('a known browser', () => {
  test('has ten wrong ones of its own, even at once; then it is shut, and strangers are not', async ({ office }) => {
    const { email } = await accountAt(office);
    const known = await enter(office, email);
    await Promise.allSettled(Array.from({ length: 14 }, () => office.run(signIn, office.public(), { email, password: 'a wrong one entirely', known }, { now: start })));
    expect((await office.events()).filter((event) => event.name === 'session.refused')).toHaveLength(10);
    await isStranger(office, email, known);
    const other = await enter(office, email, '', later(2));
    await isStranger(office, email, known);
    await enter(office, email, other, later(3));
    await enter(office, email, known, later(16));
  });

  test('signs nobody in, and answers a wrong password and an unknown e-mail like any other', async ({ office }) => {
    const { email } = await accountAt(office);
    const known = await enter(office, email);
    for (const who of [email, 'nobody@cetinje.example']) await guess(office, who, 1, known);
    await guess(office, 'nobody@cetinje.example', 9, known);
    await isStranger(office, 'nobody@cetinje.example', known);
  });

  test('is another’s when the cookie is: forged, changed, cut, of somebody else, of another office, of another secret', async ({ office }) => {
    const { id, email } = await accountAt(office);
    const { email: another } = await accountAt(office, 'luka-strugar');
    const known = await enter(office, email);
    await guess(office, email, 10);
    const bytes = Buffer.from(known, 'base64url');
    for (let place = 0; place < bytes.length; place += 7) {
      const changed = Buffer.from(bytes);
      changed[place]! ^= 1;
      await isStranger(office, email, changed.toString('base64url'));
    }
    for (const forged of [randomBytes(60).toString('base64url'), known.slice(1), `${known}A`, '....', 'ђ'.repeat(80), id]) await isStranger(office, email, forged);
    await office.refused(office.run(signIn, office.public(), { email, password, known: 'a'.repeat(knownLength + 1) }), 422);
    await isStranger(office, email, await enter(office, another));
    const other = await office.another('cetinje');
    await isStranger(office, email, await enter(other, (await accountAt(other)).email));
    useSecret(Buffer.alloc(32, 8));
    const elsewhere = await enter(office, email);
    useSecret(Buffer.alloc(32, 7));
    await isStranger(office, email, elsewhere);
    await enter(office, email, known, later(2));
  });

  test('is known for a year since the last sign-in', async ({ office }) => {
    const { email } = await accountAt(office);
    const days = (count: number): Date => later(count * 24 * 60);
    const first = await enter(office, email);
    const renewed = await enter(office, email, first, days(200));
    await guess(office, email, 10, '', days(knownDays));
    await isStranger(office, email, first, days(knownDays));
    await enter(office, email, renewed, days(knownDays));
  });

  test('is a stranger after a new password, the end of all sessions, codes reset or lost access', async ({ office }) => {
    const { id, email } = await accountAt(office);
    const [caller, it] = [await office.as(key), await office.as('it')];
    const acts = [
      () => office.run(closeOtherSessions, caller, {}),
      () => office.run(resetTotp, it, { id }),
      () => office.run(deactivatePerson, it, { id }).then(() => office.run(reactivatePerson, it, { id })),
    ];
    for (const [round, act] of acts.entries()) {
      const now = later(20 * round);
      const held = await enter(office, email, '', now);
      await guess(office, email, 10, '', now);
      await enter(office, email, held, now);
      await act();
      await isStranger(office, email, held, now);
    }
    const known = await enter(office, email, '', later(80));
    const changed = await office.run(changePassword, caller, { current: password, password: 'tri bijela goluba', known });
    if (changed.state !== 'done') throw new Error(changed.state);
    await guess(office, email, 10, '', later(81));
    await isStranger(office, email, known, later(82));
    expect((await office.run(signIn, office.public(), { email, password: 'tri bijela goluba', known: changed.known }, { now: later(82) })).state).toBe('open');
  });

  test('is known as several people’s, the last five, each once', async ({ office }) => {
    const people = await office.within(async (db) => db.updateTable('person').set({ password_hash: await hashed }).where('office_id', '=', office.office.id).where('is_active', '=', true).where('totp_on', '=', false).returning(['email']).execute());
    const six = people.slice(0, 6).map((person) => person.email);
    expect(six).toHaveLength(6);
    let known = '';
    for (const email of [...six, ...six.slice(4)]) known = await enter(office, email, known);
    expect(known.split('.')).toHaveLength(5);
    expect(known).toHaveLength(knownLength);
    for (const email of six) await guess(office, email, 10);
    await isStranger(office, six[0]!, known);
    for (const email of six.slice(1)) await enter(office, email, known, later(2));
  });

  test('is known after the second factor only, and has codes of its own to get wrong', async ({ office }) => {
    const { email } = await accountAt(office);
    const caller = await office.as(key);
    const { secret } = await office.run(beginTotp, caller, {}, { now: start });
    const codeAt = (at: Date): string => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at.getTime() });
    await office.run(confirmTotp, caller, { code: codeAt(start) }, { now: start });
    const ask = async (now: Date, known = ''): Promise<string> => {
      const answer = await office.run(signIn, office.public(), { email, password, known }, { now });
      expect(answer).not.toHaveProperty('known');
      return answer.state === 'totp' ? answer.pending : '';
    };
    const confirm = async (code: string, now: Date, known = '') => office.run(confirmSignIn, office.public(), { pending: await ask(now, known), code, known }, { now });
    const first = await confirm(codeAt(later(2)), later(2));
    if (first.state !== 'open') throw new Error(first.state);
    for (let one = 0; one < 10; one++) expect((await confirm('abc', later(3))).state).toBe('refused');
    await office.refused(confirm(codeAt(later(4)), later(4)), 429);
    expect((await confirm(codeAt(later(4)), later(4), first.known)).state).toBe('open');
    for (let one = 0; one < 10; one++) expect((await confirm('abc', later(5), first.known)).state).toBe('refused');
    await office.refused(confirm(codeAt(later(6)), later(6), first.known), 429);
  });
});

describe('the cookie', () => {
  test('lasts a year out of reach of scripts, tells nobody, and stays when somebody signs out', async ({ office }) => {
    const kernel = new Kernel({ config: readConfig({ KABINET_LOG: 'silent', KABINET_PROXY: '1', KABINET_URL: 'https://kabinet.example' }), db: office.kernel.db, files: office.kernel.files, mail: office.kernel.mail, modules });
    kernel.quiet = true;
    const client = new Client(office, openSite(kernel));
    client.says = { ...client.says, 'x-forwarded-proto': 'https', 'x-forwarded-for': client.address };
    const account = await accountOf(office, key);
    const { cookies } = await client.post('/desk/sign-in', account);
    const said = cookies.find((cookie) => cookie.startsWith('__Host-known='))!;
    expect(said).toMatch(/; Max-Age=31536000; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    const known = client.cookies.get('__Host-known')!;
    const { personId } = await office.as(key);
    for (const one of [known, Buffer.from(known, 'base64url').toString('latin1')]) for (const word of [account.email, account.email.split('@')[0]!, personId!, personId!.replaceAll('-', '')]) expect(one).not.toContain(word);
    expect(Buffer.from(known, 'base64url').toString('hex')).not.toContain(personId!.replaceAll('-', ''));
    await client.post('/desk/sign-out');
    expect(client.cookies.has('__Host-kabinet')).toBe(false);
    expect(client.cookies.get('__Host-known')).toBe(known);
    expect((await client.get('/desk')).location).toContain('/desk/sign-in');
  });

  test('lets in by the page who is known while strangers are shut out, and is renewed by a sign-in, a new password and the end of other sessions', async ({ office }) => {
    const site = openSite(office.kernel);
    const client = await deskClient(office, key, site);
    const account = await accountOf(office, key);
    const [known, stranger] = [client.cookies.get('known'), new Client(office, site)];
    await client.post('/desk/sign-out');
    for (let one = 0; one < 10; one++) expect((await stranger.post('/desk/sign-in', { ...account, password: 'wrong' })).status).toBe(422);
    expect((await stranger.post('/desk/sign-in', account)).status).toBe(429);
    const seen = new Set([known]);
    const isRenewed = async (path: string, fields: Record<string, string>, location: string): Promise<void> => {
      expect((await client.post(path, fields)).location).toBe(location);
      expect(seen.has(client.cookies.get('known'))).toBe(false);
      seen.add(client.cookies.get('known'));
    };
    await isRenewed('/desk/sign-in', account, '/desk');
    await isRenewed('/desk/me/sessions', { act: 'others' }, '/desk/me/sessions');
    await isRenewed('/desk/me/password', { current: account.password, password: 'tri bijela goluba' }, '/desk/me/password');
    expect((await stranger.post('/desk/sign-in', { ...account, password: 'tri bijela goluba' })).status).toBe(429);
    await client.post('/desk/sign-out');
    await isRenewed('/desk/sign-in', { ...account, password: 'tri bijela goluba' }, '/desk');
  });
});
