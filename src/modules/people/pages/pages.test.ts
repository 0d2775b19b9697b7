import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { Hono } from 'hono';
import { describe } from 'vitest';
import { expect, test, type TestOffice } from '../../../../test/office.ts';
import { openSite } from '../../../site.tsx';
import { hashPassword } from '../password.server.ts';
import { inside } from './way-in.ts';
import { agentWords } from './agent-words.ts';

const password = 'vjetar sa Lovćena 47';
const hashed = hashPassword(password);
type Fields = Record<string, string | readonly string[]>;
type Shown = { status: number; location: string; html: string };

/** A browser without JavaScript. */
class Browser {
  readonly cookies = new Map<string, string>();
  readonly #app: Hono;
  readonly #host: string;
  readonly #address = `10.${randomBytes(3).join('.')}`;
  constructor(office: TestOffice) {
    this.#app = openSite(office.kernel);
    this.#host = `${office.office.slug}.localhost`;
  }
  async #send(path: string, body?: URLSearchParams): Promise<Shown> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { host: this.#host, cookie, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', ...(body ? { 'sec-fetch-site': 'same-origin' } : {}) };
    const response = await this.#app.request(`http://${this.#host}${path}`, { method: body ? 'POST' : 'GET', headers, ...(body ? { body } : {}) }, { incoming: { socket: { remoteAddress: this.#address } } });
    for (const one of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(one)!;
      if (/max-age=0/i.test(one)) this.cookies.delete(name!);
      else this.cookies.set(name!, value!);
    }
    return { status: response.status, location: response.headers.get('location') ?? '', html: await response.text() };
  }
  get(path: string): Promise<Shown> {
    return this.#send(path);
  }
  post(path: string, fields: Fields = {}): Promise<Shown> {
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) form.append(name, one);
    return this.#send(path, form);
  }
  /** Posts what must lead on, and follows. */
  async done(path: string, fields: Fields, to: string): Promise<Shown> {
    const answer = await this.post(path, fields);
    expect([answer.status, answer.location], answer.html.replace(/^.*<main/s, '')).toEqual([303, to]);
    return this.get(to);
  }
}

const personOf = (office: TestOffice, key: string) => office.within(async (db) => db.updateTable('person').set({ password_hash: await hashed, locale: 'en' }).where('office_id', '=', office.office.id).where('key', '=', key).returning(['id', 'email', 'name']).executeTakeFirstOrThrow());
const keys = { registrar: 'dragica-borilovic', it: 'ognjen-kustudija', chief: 'vesko-radulovic' };
async function signedIn(office: TestOffice, key: string) {
  const person = await personOf(office, key);
  const browser = new Browser(office);
  browser.cookies.set('lang', 'en');
  const answer = await browser.post('/desk/sign-in', { email: person.email, password });
  expect([answer.status, answer.location]).toEqual([303, '/desk']);
  return { browser, ...person };
}
const fieldOf = (html: string, name: string): string => new RegExp(`<[^>]* name="${name}"[^>]*>`).exec(html)![0];
const hidden = (html: string, name: string): string => / value="([^"]*)"/.exec(fieldOf(html, name))![1]!;
const errorsOf = (html: string): string[] => [...html.matchAll(/<a href="#([^"]+)">/g)].map((found) => found[1]!).filter((name) => name !== 'main');
const codeOf = (secret: string, later = 0): string => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + later });

describe('signing in', () => {
  test('leads where one was going, and says at the e-mail what is wrong', async ({ office }) => {
    const { email } = await personOf(office, keys.registrar);
    const browser = new Browser(office);
    browser.cookies.set('lang', 'en');
    expect((await browser.get('/desk/register?year=2026')).location).toBe('/desk/sign-in?next=%2Fdesk%2Fregister%3Fyear%3D2026');
    const page = await browser.get('/desk/sign-in?next=%2Fdesk%2Fregister%3Fyear%3D2026');
    const wrong = await browser.post('/desk/sign-in', { email, password: 'nije ta lozinka', next: hidden(page.html, 'next') });
    expect(wrong.status).toBe(422);
    expect(errorsOf(wrong.html)).toEqual(['email']);
    expect(wrong.html).toContain('The e-mail or the password is not right.');
    expect(hidden(wrong.html, 'email')).toBe(email);
    expect(wrong.html).not.toContain('nije ta lozinka');
    expect(hidden(wrong.html, 'next')).toBe('/desk/register?year=2026');
    expect(errorsOf((await browser.post('/desk/sign-in', { email: '', password: '' })).html)).toEqual(['email', 'password']);
    expect((await browser.post('/desk/sign-in', { email, password, next: '/desk/register?year=2026' })).location).toBe('/desk/register?year=2026');
    expect((await browser.get('/desk/me')).status).toBe(200);
    const out = await browser.done('/desk/sign-out', {}, '/desk/sign-in');
    expect(out.html).toContain('You have signed out.');
    expect((await browser.get('/desk/me')).location).toContain('/desk/sign-in');
  });

  test('does not lead out of the desk', () => {
    for (const path of ['https://elsewhere.example', '//elsewhere.example', '/desk\\elsewhere', '/desk/\n', '/deskx', '/', '']) expect(inside(path)).toBe('/desk');
    for (const path of ['/desk', '/desk/petitions?view=mine', '/desk?x=1']) expect(inside(path)).toBe(path);
  });

  test('asks for the one-time code, takes five, and says when it is too late', async ({ office }) => {
    const { browser, email } = await signedIn(office, keys.registrar);
    const begun = await browser.post('/desk/me/codes', { act: 'begin' });
    expect(begun.html).toContain('data:image/svg+xml;base64,');
    const secret = /<code[^>]*>(.*?)<\/code>/s.exec(begun.html)![1]!.replaceAll(/<[^>]+>|\s/g, '');
    const wrong = await browser.post('/desk/me/codes', { act: 'confirm', code: '12' });
    expect([wrong.status, errorsOf(wrong.html)]).toEqual([422, ['code']]);
    expect((await browser.done('/desk/me/codes', { act: 'confirm', code: codeOf(secret, -30_000) }, '/desk/me/codes')).html).toContain('turned on');

    const other = new Browser(office);
    const asked = await other.post('/desk/sign-in', { email, password, next: '/desk/me' });
    expect([asked.status, asked.location]).toEqual([200, '']);
    const pending = hidden(asked.html, 'pending');
    const refused = await other.post('/desk/sign-in/code', { pending, code: '000000', next: '/desk/me' });
    expect([refused.status, errorsOf(refused.html), hidden(refused.html, 'pending')]).toEqual([422, ['code'], pending]);
    expect((await other.post('/desk/sign-in/code', { pending, code: codeOf(secret), next: hidden(refused.html, 'next') })).location).toBe('/desk/me');
    expect((await other.post('/desk/sign-in/code', { pending, code: codeOf(secret) })).location).toBe('/desk/sign-in?next=%2Fdesk');
    expect((await other.get('/desk/sign-in/code')).location).toBe('/desk/sign-in');

    const kept = await browser.post('/desk/me/codes', { act: 'drop', password: 'nije ta lozinka' });
    expect([kept.status, errorsOf(kept.html)]).toEqual([422, ['password']]);
    expect((await browser.done('/desk/me/codes', { act: 'drop', password }, '/desk/me/codes')).html).toContain('turned off');
  });

  test('a passkey that is not one is refused in words, and the device gets its challenge', async ({ office }) => {
    const { browser } = await signedIn(office, keys.registrar);
    expect((await browser.post('/desk/sign-in/passkey', { credential: 'no' })).status).toBe(409);
    expect((await browser.post('/desk/sign-in/passkey', { credential: '{}' })).status).toBe(409);
    const begun = JSON.parse((await browser.post('/desk/sign-in/passkey/begin')).html) as { rpId: string; challenge: string };
    expect(begun).toMatchObject({ rpId: `${office.office.slug}.localhost`, challenge: expect.any(String) });
    expect(JSON.parse((await browser.post('/desk/me/passkeys/begin')).html)).toMatchObject({ rp: { id: begun.rpId } });
    const nameless = await browser.post('/desk/me/passkeys', { act: 'add', name: ' ', credential: '{}' });
    expect([nameless.status, errorsOf(nameless.html)]).toEqual([422, ['name']]);
    expect((await browser.post('/desk/me/passkeys', { act: 'add', name: 'Telefon', credential: '' })).status).toBe(409);
    expect((await browser.post('/desk/me/passkeys', { act: 'drop', id: 'abc' })).status).toBe(404);
  });
});

describe('a link by mail', () => {
  test('is asked for, sets a password, signs in, and is good once', async ({ office }) => {
    const { email } = await personOf(office, keys.registrar);
    const browser = new Browser(office);
    browser.cookies.set('lang', 'en');
    expect(errorsOf((await browser.post('/desk/reset', { email: '' })).html)).toEqual(['email']);
    const asked = await browser.done('/desk/reset', { email }, '/desk/reset?sent=1');
    expect((await browser.done('/desk/reset', { email: 'nobody@primjer.example' }, '/desk/reset?sent=1')).html).toBe(asked.html);
    await office.settle();
    const path = /\/desk\/invite\/[\w-]{43}/.exec(office.mails.find((mail) => mail.to === email)!.text)![0];
    const page = await browser.get(path);
    expect(page.html).toContain(email);
    const short = await browser.post(path, { password: 'kratko' });
    expect([short.status, errorsOf(short.html)]).toEqual([422, ['password']]);
    expect(short.html).not.toContain('kratko');
    expect((await browser.post(path, { password: 'tri bijela goluba' })).location).toBe('/desk');
    expect((await browser.get('/desk/me')).status).toBe(200);
    expect((await browser.get(path)).status).toBe(404);
    const over = await browser.post(path, { password: 'tri crna goluba lete' });
    expect([over.status, over.html.includes('href="/desk/reset"')]).toEqual([409, true]);
  });
});

describe('one’s own settings', () => {
  test('the language changes alone, the form changes all', async ({ office }) => {
    const { browser } = await signedIn(office, keys.registrar);
    const saved = await browser.done('/desk/me', { locale: 'en', density: 'roomy', theme: 'dark' }, '/desk/me');
    expect(saved.html).toMatch(/<html[^>]* data-theme="dark"/);
    expect(saved.html).toContain('data-single-keys="0"');
    const other = await browser.done('/desk/language', { locale: 'cnr-Cyrl', back: '/desk/me/password' }, '/desk/me/password');
    expect(other.html).toMatch(/<html lang="cnr-Cyrl-ME"[^>]* data-theme="dark"/);
    expect((await browser.post('/desk/language', { locale: 'ro', back: 'https://elsewhere.example' })).status).toBe(422);
    const wrong = await browser.post('/desk/me', { locale: 'sq', density: 'x', theme: '' });
    expect([wrong.status, errorsOf(wrong.html)]).toEqual([422, ['density']]);
    expect((await browser.get('/desk/language')).location).toBe('/desk');
  });

  test('a new password needs the old one and keeps this session only', async ({ office }) => {
    const { browser, email } = await signedIn(office, keys.registrar);
    const elsewhere = new Browser(office);
    await elsewhere.post('/desk/sign-in', { email, password });
    const sessions = await browser.get('/desk/me/sessions');
    expect(sessions.html.match(/Firefox, Linux/g)!.length).toBeGreaterThanOrEqual(2);
    const wrong = await browser.post('/desk/me/password', { current: 'nije ta lozinka', password: 'tri bijela goluba' });
    expect([wrong.status, errorsOf(wrong.html)]).toEqual([422, ['current']]);
    expect(wrong.html).not.toContain('goluba');
    expect(errorsOf((await browser.post('/desk/me/password', { current: password, password: 'lozinka12345' })).html)).toEqual(['password']);
    await browser.done('/desk/me/password', { current: password, password: 'tri bijela goluba' }, '/desk/me/password');
    expect((await elsewhere.get('/desk/me')).status).toBe(303);
  });

  test('sessions are closed one by one and all at once', async ({ office }) => {
    const { browser, email } = await signedIn(office, keys.registrar);
    const others = [new Browser(office), new Browser(office), new Browser(office)];
    for (const one of others) await one.post('/desk/sign-in', { email, password });
    const page = await browser.get('/desk/me/sessions');
    await browser.done('/desk/me/sessions', { act: 'close', sessionId: hidden(page.html, 'sessionId') }, '/desk/me/sessions');
    expect((await browser.done('/desk/me/sessions', { act: 'others' }, '/desk/me/sessions')).html).toContain('2 sessions closed.');
    for (const one of others) expect((await one.get('/desk/me')).status).toBe(303);
  });

  test('a token is shown once, works, and is revoked', async ({ office }) => {
    const { browser } = await signedIn(office, keys.registrar);
    const path = '/desk/me/tokens';
    expect(errorsOf((await browser.post(path, { act: 'create', name: '', days: '90' })).html)).toEqual(['name', 'reach']);
    const none = await browser.post(path, { act: 'create', name: 'Izvještaj', reach: 'some', scopes: 'nothing.here', days: '30' });
    expect([none.status, errorsOf(none.html), hidden(none.html, 'scopes')]).toEqual([422, ['scopes'], 'nothing.here']);
    const made = await browser.post(path, { act: 'create', name: 'Izvještaj', reach: 'read', days: '30' });
    expect(made.status).toBe(200);
    const token = /kabinet_[\w-]+/.exec(made.html)![0];
    const later = await browser.get(path);
    expect(later.html).toContain('Izvještaj');
    expect(later.html).not.toContain(token);
    const host = `${office.office.slug}.localhost`;
    const call = () => openSite(office.kernel).request(`http://${host}/api/people`, { headers: { host, authorization: `Bearer ${token}` } });
    expect((await call()).status).toBe(200);
    await browser.done(path, { act: 'revoke', id: hidden(later.html, 'id') }, path);
    expect((await call()).status).toBe(401);
    expect((await browser.post(path, { act: 'create', name: 'Služba', kind: 'service', reach: 'read', days: '30' })).status).toBe(403);
  });

  test('a substitute is set with the typed kept on a mistake, seen by both, and ended', async ({ office }) => {
    const { browser, id, name } = await signedIn(office, keys.registrar);
    const chief = await signedIn(office, keys.chief);
    const path = '/desk/me/substitutes';
    const wrong = await browser.post(path, { act: 'set', substituteId: chief.id, fromOn: '2090-03-02', untilOn: '2090-03-01', reason: 'odmor' });
    expect([wrong.status, errorsOf(wrong.html)]).toEqual([422, ['untilOn']]);
    expect(hidden(wrong.html, 'fromOn')).toBe('2090-03-02');
    expect(hidden(wrong.html, 'reason')).toBe('odmor');
    expect(wrong.html).toContain(`<option value="${chief.id}" selected="">`);
    expect(wrong.html).not.toContain(`<option value="${id}"`);
    const set = await browser.done(path, { act: 'set', substituteId: chief.id, fromOn: '2090-03-02', untilOn: '2090-03-09' }, path);
    expect(set.html).toContain(chief.name);
    const theirs = await chief.browser.get(path);
    expect(theirs.html).toContain(`<b>${name}</b>`);
    expect((await chief.browser.done(path, { act: 'end', id: hidden(theirs.html, 'id') }, path)).html).not.toContain(`<b>${name}</b>`);
  });
});

describe('the staff', () => {
  test('are kept by it and chief only; a colleague sees contacts', async ({ office }) => {
    const { browser, id } = await signedIn(office, keys.registrar);
    const it = await personOf(office, keys.it);
    for (const path of ['/desk/people', '/desk/people/new']) expect((await browser.get(path)).status).toBe(403);
    const card = await browser.get(`/desk/people/${it.id}`);
    expect([card.status, card.html.includes(it.email), card.html.includes('name="roles"')]).toEqual([200, true, false]);
    for (const act of ['invite', 'deactivate', 'reactivate', 'codes']) expect((await browser.post(`/desk/people/${it.id}/${act}`)).status).toBe(403);
    expect((await browser.post(`/desk/people/${id}`, { name: 'Ja', email: 'ja@primjer.example', roles: 'it' })).status).toBe(403);
    expect((await browser.get('/desk/people/nothing')).status).toBe(404);
  });

  test('somebody is added, invited, changed and leaves', async ({ office }) => {
    const { browser } = await signedIn(office, keys.it);
    const wrong = await browser.post('/desk/people/new', { name: '', email: 'nije adresa', roles: ['clerk', 'head'], 'title.cnr': 'Сарадница' });
    expect([wrong.status, errorsOf(wrong.html)]).toEqual([422, ['name', 'email']]);
    expect(wrong.html).toMatch(/value="head" checked=""|checked="" value="head"/);
    expect(fieldOf(wrong.html, 'invite')).not.toContain('checked');
    expect(hidden(wrong.html, 'title.cnr')).toBe('Сарадница');
    const added = await browser.post('/desk/people/new', { name: 'Jana Primjer', email: 'jana@primjer.example', 'title.cnr': 'Сарадница', 'title.en': '', roles: ['clerk'], unitId: 'sluzba', isPublic: '1', invite: '1' });
    expect(added.status).toBe(303);
    const path = added.location;
    await office.settle();
    expect(office.mails.some((mail) => mail.to === 'jana@primjer.example')).toBe(true);
    const page = await browser.get(path);
    expect(page.html).toContain('the invitation has been sent');
    const list = await browser.get('/desk/people?q=primjer%20JANA');
    expect(list.html).toContain(path);
    const known = await browser.post(path, { name: 'Jana Primjer', email: (await personOf(office, keys.chief)).email, roles: 'clerk' });
    expect([known.status, errorsOf(known.html)]).toEqual([422, ['email']]);
    await browser.done(path, { name: 'Jana Primjer', email: 'jana@primjer.example', 'title.cnr': 'Саветница', roles: ['clerk', 'quality'], unitId: 'sluzba' }, path);
    const row = await office.within((db) => db.selectFrom('person').select(['title', 'roles', 'is_public']).where('office_id', '=', office.office.id).where('email', '=', 'jana@primjer.example').executeTakeFirstOrThrow());
    expect(row).toEqual({ title: { cnr: 'Саветница' }, roles: ['clerk', 'quality'], is_public: false });
    expect((await browser.done(`${path}/deactivate`, {}, path)).html).toContain('The account has been closed.');
    const twice = await browser.post(`${path}/deactivate`);
    expect([twice.status, twice.html.includes('no longer works')]).toEqual([409, true]);
    expect((await browser.get('/desk/people?show=left')).html).toContain(path);
    await browser.done(`${path}/reactivate`, {}, path);
  });

  test('nobody gives themselves a role, and the last administrator stays', async ({ office }) => {
    const { browser, id, email, name } = await signedIn(office, keys.it);
    const own = await browser.post(`/desk/people/${id}`, { name, email, roles: ['it', 'mayor'] });
    expect([own.status, errorsOf(own.html)]).toEqual([422, ['roles']]);
    const chief = await signedIn(office, keys.chief);
    const last = await chief.browser.post(`/desk/people/${id}`, { name, email, roles: 'clerk' });
    expect([last.status, last.html.includes('an administrator of the system')]).toEqual([409, true]);
  });

  test('a substitute is set for another, with mistakes shown in place', async ({ office }) => {
    const { browser } = await signedIn(office, keys.it);
    const [registrar, chief] = [await personOf(office, keys.registrar), await personOf(office, keys.chief)];
    const path = `/desk/people/${registrar.id}`;
    const wrong = await browser.post(`${path}/substitutes`, { act: 'set', substituteId: '', fromOn: '2090-01-10', untilOn: '2090-01-12' });
    expect([wrong.status, errorsOf(wrong.html)]).toEqual([422, ['substituteId']]);
    expect(hidden(wrong.html, 'name')).toBe(registrar.name);
    const set = await browser.done(`${path}/substitutes`, { act: 'set', substituteId: chief.id, fromOn: '2090-01-10', untilOn: '2090-01-12' }, path);
    expect(set.html).toContain(`<b>${chief.name}</b>`);
  });
});

test('a browser is named as people know it', () => {
  expect(agentWords('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0')).toBe('Edge, Windows');
  expect(agentWords('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1')).toBe('Safari, iPhone');
  expect(agentWords('Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36')).toBe('Chrome, Android');
  expect(agentWords('curl/8.5.0')).toBe('');
});
