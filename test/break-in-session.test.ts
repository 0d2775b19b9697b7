import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, vi } from 'vitest';
import { readConfig, readSecret } from '../src/core/config.ts';
import { diskFiles } from '../src/core/file.ts';
import { Kernel } from '../src/core/kernel.ts';
import { newToken } from '../src/core/secret.ts';
import { modules } from '../src/modules.ts';
import { createToken, findTokenCaller, revokeToken } from '../src/modules/people/token.server.ts';
import { findSession } from '../src/modules/people/session.server.ts';
import { openSite } from '../src/site.tsx';
import { accountOf, Client, deskClient } from './client.ts';
import { expect, test } from './office.ts';

const chief = 'vesko-radulovic';
const registrar = 'dragica-borilovic';
const hours = (count: number): number => count * 3_600_000;

describe('a session', () => {
  test('ends when idle for two hours, and after twelve whatever is done', async ({ office }) => {
    const person = await deskClient(office, chief);
    const token = person.cookies.get('kabinet')!;
    const began = Date.now();
    const at = (ms: number) => findSession(office.kernel, office.office, token, '', new Date(began + ms));
    expect(await at(hours(1.9))).not.toBeNull();
    // Seen then, it may be idle for two hours more.
    expect(await at(hours(3.8))).not.toBeNull();
    expect(await at(hours(6))).toBeNull();
    for (let hour = 5; hour < 12; hour++) await at(hours(hour));
    const other = await deskClient(office, chief);
    const second = other.cookies.get('kabinet')!;
    for (let hour = 1; hour < 12; hour++) expect(await findSession(office.kernel, office.office, second, '', new Date(began + hours(hour)))).not.toBeNull();
    expect(await findSession(office.kernel, office.office, second, '', new Date(began + hours(12.1)))).toBeNull();
  });

  test('loses with the next page what its person loses: a role, the access', async ({ office }) => {
    const site = openSite(office.kernel);
    const person = await deskClient(office, chief, site);
    expect((await person.get('/desk/people')).status).toBe(200);
    const change = (values: { roles?: string[]; is_active?: boolean }) => office.within((db) => db.updateTable('person').set(values as { roles: string[] }).where('office_id', '=', office.office.id).where('key', '=', chief).execute());
    await change({ roles: ['clerk'] });
    expect((await person.get('/desk/people/new')).status).toBe(403);
    await change({ is_active: false });
    expect((await person.get('/desk')).location).toContain('/desk/sign-in');
  });

  test('is listed with the others, and all others are ended by one act', async ({ office }) => {
    const site = openSite(office.kernel);
    const [here, there, third] = [await deskClient(office, chief, site), await deskClient(office, chief, site), await deskClient(office, chief, site)];
    expect((await here.get('/desk/me/sessions')).html.match(/name="sessionId"/g)).toHaveLength(2);
    await here.post('/desk/me/sessions', { act: 'others' });
    expect((await here.get('/desk')).status).toBe(200);
    for (const client of [there, third]) expect((await client.get('/desk')).location).toContain('/desk/sign-in');
  });
});

test('a token cannot be guessed, is kept as a keyed hash, ends by itself and when it is revoked, and opens one office', async ({ office }) => {
  expect(newToken()).toMatch(/^[\w-]{43}$/);
  expect(new Set(Array.from({ length: 1000 }, newToken)).size).toBe(1000);
  // 43 characters of 64 hold the 256 bits.
  expect(Buffer.from(newToken(), 'base64url')).toHaveLength(32);
  const caller = await office.as('chief');
  const { id, token } = await office.run(createToken, caller, { name: 'Проба', scopes: 'read' });
  const find = (given: string, of = office) => findTokenCaller(of.kernel, of.office, given, '');
  expect((await find(token))!.scopes).toEqual(['read']);
  expect(await find(token, await office.another('skopje'))).toBeNull();
  const rows = await office.within((db) => db.selectFrom('token').selectAll().where('office_id', '=', office.office.id).execute());
  expect(JSON.stringify(rows)).not.toContain(token);
  const turned = `${token.slice(0, -2)}${token.at(-1)}${token.at(-2)}`;
  for (const wrong of [turned, token.slice(1), `${token}A`, token.toUpperCase(), '', randomBytes(32).toString('base64url')]) if (wrong !== token) expect(await find(wrong), wrong).toBeNull();
  const { token: brief } = await office.run(createToken, caller, { name: 'Кратко', scopes: 'read' });
  await office.within((db) => db.updateTable('token').set({ expires_at: new Date(Date.now() - 1000) }).where('office_id', '=', office.office.id).where('name', '=', 'Кратко').execute());
  expect(await find(brief)).toBeNull();
  await office.run(revokeToken, caller, { id });
  expect(await find(token)).toBeNull();
});

describe('the server', () => {
  test('keeps its folder, its files and its secret from other accounts of the machine', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'kabinet-break-in-'));
    try {
      const data = path.join(folder, 'data');
      const secret = readSecret(data);
      expect(secret).toHaveLength(32);
      expect(statSync(data).mode & 0o066).toBe(0);
      expect(statSync(path.join(data, 'secret')).mode & 0o777).toBe(0o600);
      expect(readFileSync(path.join(data, 'secret'), 'utf8')).toMatch(/^[0-9a-f]{64}$/);
      const hash = await diskFiles(path.join(data, 'files')).put(1, Buffer.from('тајна'));
      for (const place of ['files', 'files/1', `files/1/${hash.slice(0, 2)}`, `files/1/${hash.slice(0, 2)}/${hash}`]) expect(statSync(path.join(data, place)).mode & 0o077, place).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('says nothing of its inside where something breaks: no stack, no statement, no version', async ({ office }) => {
    const { db, files, mail } = office.kernel;
    const kernel = new Kernel({ config: readConfig({ KABINET_LOG: 'silent' }), db, files, mail, modules });
    kernel.quiet = true;
    vi.spyOn(kernel, 'run').mockRejectedValue(new Error('select secret_word from petition at /srv/kabinet/dist/serve.js:1'));
    const client = new Client(office, openSite(kernel));
    for (const place of ['/published', '/structure', '/api/structure']) {
      const shown = await client.get(place);
      expect(shown.status, place).toBe(500);
      expect(shown.html, place).not.toMatch(/secret_word|serve\.js|\bat \/|node_modules|PostgreSQL/);
      expect([...shown.headers.keys()]).not.toContain('x-powered-by');
      expect(shown.headers.get('server')).toBeNull();
    }
    vi.restoreAllMocks();
  });

  test('does not take a cookie that another host of the domain could have set', async ({ office }) => {
    const kernel = new Kernel({ config: readConfig({ KABINET_LOG: 'silent', KABINET_PROXY: '1', KABINET_URL: 'https://kabinet.example' }), db: office.kernel.db, files: office.kernel.files, mail: office.kernel.mail, modules });
    kernel.quiet = true;
    const client = new Client(office, openSite(kernel));
    client.says = { ...client.says, 'x-forwarded-proto': 'https', 'x-forwarded-for': client.address };
    expect((await client.post('/desk/sign-in', await accountOf(office, registrar))).location).toBe('/desk');
    const token = client.cookies.get('__Host-kabinet')!;
    expect((await client.get('/desk')).status).toBe(200);
    client.cookies.clear();
    client.cookies.set('kabinet', token);
    expect((await client.get('/desk')).location).toContain('/desk/sign-in');
  });
});
