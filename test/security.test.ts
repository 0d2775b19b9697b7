import { Secret, TOTP } from 'otpauth';
import { describe } from 'vitest';
import { readConfig } from '../src/core/config.ts';
import { Kernel } from '../src/core/kernel.ts';
import { translator } from '../src/core/message.ts';
import { sealText } from '../src/core/secret.ts';
import { modules } from '../src/modules.ts';
import { createToken } from '../src/modules/people/token.server.ts';
import { openSite } from '../src/site.tsx';
import { accountOf, Client, deskClient, type Shown } from './client.ts';
import { expect, test, type TestOffice } from './office.ts';
import { answered, assigned } from './petition.ts';

const chief = 'vesko-radulovic';
const registrar = 'dragica-borilovic';
const count = (office: TestOffice, table: 'petition' | 'draft' | 'session'): Promise<number> =>
  office.within(async (db) => Number((await db.selectFrom(table).select((eb) => eb.fn.countAll<string>().as('n')).where('office_id', '=', office.office.id).executeTakeFirstOrThrow()).n));
/** The same office under other settings. */
const under = (office: TestOffice, settings: Record<string, string>, keepsBodies = office.kernel.mail.keepsBodies): Kernel => {
  const { db, files, mail } = office.kernel;
  const kernel = new Kernel({ config: readConfig({ KABINET_LOG: 'silent', ...settings }), db, files, mail: { ...mail, keepsBodies }, modules });
  kernel.quiet = true;
  return kernel;
};

/** What may stand in no page: scripts and styles of its own, addresses that run, words that are missing. */
function expectClean(shown: Shown, path: string): void {
  const markup = shown.html;
  expect(markup.match(/<script(?![^>]*\ssrc="\/assets\/)[^>]*>|<script[^>]*>[^<]+<|<style|\sstyle="|\son[a-z]+="|(href|src|action)="\s*(javascript|data:text|vbscript):/i), path).toBeNull();
  expect(markup.match(/<(iframe|object|embed|base|meta http-equiv)/i), path).toBeNull();
  expect(markup.match(/⟨[^⟩]*⟩/), path).toBeNull();
}

/** All pages that links lead to from here, each once and of each kind a few. */
async function crawl(client: Client, starts: string[]): Promise<Map<string, Shown>> {
  const found = new Map<string, Shown>();
  const kinds = new Map<string, number>();
  const left = [...starts];
  for (let path = left.shift(); path && found.size < 250; path = left.shift()) {
    const kind = path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ':id').replace(/\?.*/, '');
    if (found.has(path) || (kinds.get(kind) ?? 0) >= 4) continue;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const shown = await client.get(path);
    found.set(path, shown);
    if (!shown.headers.get('content-type')?.startsWith('text/html')) continue;
    for (const [, href] of shown.html.matchAll(/<a\b[^>]*\shref="(\/[^"#]*)/g)) left.push(href!.replaceAll('&amp;', '&'));
  }
  return found;
}
const publicStarts = ['/', '/petition', '/petition/letter', '/petition/you', '/petition/check', '/petition/saved', '/petition/resume', '/petition/receipt', '/track', '/track/add', '/track/complete', '/track/withdraw', '/track/rate', '/published', '/structure', '/accessibility', '/privacy', '/waiting-times', '/api-docs', '/desk/sign-in', '/desk/reset', '/nowhere'];
const deskStarts = ['/desk', '/desk/petitions', '/desk/petitions/new', '/desk/me', '/desk/people', '/desk/nowhere'];

describe('forms of other sites', () => {
  test('are refused on the desk, on the public site and at sign-in', async ({ office }) => {
    const site = openSite(office.kernel);
    const [person, citizen] = [await deskClient(office, chief, site), new Client(office, site)];
    await citizen.fill();
    const account = await accountOf(office, registrar);
    const foreign: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'https://evil.example' }, { origin: 'null' }, { origin: `http://${person.host}.evil.example` }, { origin: `http://${person.host}:8080` },
      { referer: 'https://evil.example/desk' }, { 'sec-fetch-site': 'cross-site', origin: `http://${person.host}` },
    ];
    for (const says of foreign) {
      person.says = citizen.says = says;
      const name = JSON.stringify(says);
      expect((await person.post('/desk/petitions/new', { subject: 'x' })).status, name).toBe(403);
      expect((await person.post('/desk/sign-out')).status, name).toBe(403);
      expect((await citizen.post('/petition/check')).status, name).toBe(403);
      expect((await citizen.post('/track/forget')).status, name).toBe(403);
      const stranger = new Client(office, site);
      stranger.says = says;
      const signedIn = await stranger.post('/desk/sign-in', account);
      expect([signedIn.status, stranger.cookies.has('kabinet')], name).toEqual([403, false]);
    }
    expect(await count(office, 'petition')).toBe(0);
    person.says = { origin: `http://${person.host}` };
    expect((await person.post('/desk/sign-out')).location).toBe('/desk/sign-in');
  });

  test('leave nothing behind by GET: what changes something answers to POST alone', async ({ office }) => {
    const person = await deskClient(office, chief);
    const told = await assigned(office);
    const before = (await office.events()).length;
    for (const path of ['/desk/sign-out', `/desk/petitions/${told.id}/autosave`, `/desk/petitions/${told.id}/receipt`, `/desk/petitions/${told.id}/unpublish`, '/desk/views', '/desk/closing-days', `/desk/petitions/${told.id}/close`]) await person.get(path);
    expect((await office.events()).length).toBe(before);
    expect((await person.get('/desk')).status).toBe(200);
  });
});

describe('every answer', () => {
  test('carries the headers, and no page has a script or style of its own', async ({ office }) => {
    const told = await assigned(office);
    await answered(office, told);
    await office.settle();
    const site = openSite(office.kernel);
    const citizen = new Client(office, site);
    const { code } = await citizen.write();
    await citizen.post('/petition', { kind: 'petition' });
    await citizen.post('/track', { code });
    const person = await deskClient(office, chief, site);
    for (const [client, starts] of [[citizen, publicStarts], [person, [...deskStarts, `/desk/petitions/${told.id}`]]] as const) {
      const shown = await crawl(client, [...starts]);
      expect(shown.size).toBeGreaterThan(20);
      for (const [path, one] of shown) {
        expect(one.status, path).toBeLessThan(500);
        const policy = one.headers.get('content-security-policy')!;
        expect(policy, path).toContain("default-src 'none'");
        expect(one.headers.get('x-content-type-options'), path).toBe('nosniff');
        expect(one.headers.get('referrer-policy'), path).toBe('same-origin');
        expect(one.headers.get('cross-origin-opener-policy'), path).toBe('same-origin');
        expect(one.headers.get('permissions-policy'), path).toMatch(/^camera=\(\), microphone=\(\), geolocation=\(\)/);
        expect(one.headers.get('access-control-allow-origin'), path).toBeNull();
        expect(one.headers.get('cache-control'), path).toMatch(/no-store|max-age/);
        if (one.html !== '') expect(one.headers.get('content-type'), path).toMatch(/^(?!text|.*xml)\S+|; charset=utf-8$/i);
        if (!one.headers.get('content-type')?.startsWith('text/html')) continue;
        expect(policy, path).not.toMatch(/unsafe|\*|http/);
        expect(policy, path).toContain("frame-ancestors 'none'");
        expect(one.headers.get('cache-control'), path).toBe('no-store');
        expectClean(one, path);
      }
    }
    for (const path of ['/assets/nothing.js', '/health', '/robots.txt', '/api/openapi.json', '/api/nowhere', '/metrics']) expect((await citizen.get(path)).headers.get('content-security-policy'), path).toContain("default-src 'none'");
  }, 90_000);

  test('sets cookies for this host alone, out of reach of scripts, and over HTTPS alone behind a proxy', async ({ office }) => {
    const bare = new Client(office);
    const secure = new Client(office, openSite(under(office, { KABINET_PROXY: '1', KABINET_URL: 'https://kabinet.example' })));
    secure.says = { ...secure.says, 'x-forwarded-proto': 'https' };
    // Without a proxy that we were told of, what anybody says of HTTPS is not believed.
    bare.says = { ...bare.says, 'x-forwarded-proto': 'https' };
    const account = await accountOf(office, chief);
    for (const [client, isSecure] of [[bare, false], [secure, true]] as const) {
      const cookies: string[] = [];
      cookies.push(...(await client.post('/desk/sign-in', account)).cookies, ...(await client.post('/desk/language', { locale: 'en', back: '/desk' })).cookies, ...(await client.get('/?lang=en')).cookies);
      cookies.push(...(await client.post('/petition', { kind: 'petition' })).cookies);
      await client.fill();
      cookies.push(...(await client.post('/petition/check')).cookies, ...(await client.post('/track/forget')).cookies, ...(await client.post('/desk/sign-out')).cookies);
      const names = ['acted', 'draft', 'flash', 'kabinet', 'known', 'lang', 'petition'];
      // No other host of a domain can set such a one for ours.
      expect([...new Set(cookies.map((one) => one.split('=')[0]))].sort()).toEqual(names.map((name) => (isSecure ? `__Host-${name}` : name)));
      for (const one of cookies.filter((cookie) => !/max-age=0/i.test(cookie))) {
        expect(one).toMatch(/; HttpOnly/i);
        expect(one).toMatch(/; SameSite=Lax/i);
        expect(one).not.toMatch(/; Domain=/i);
        expect(/; Secure/i.test(one), one).toBe(isSecure);
      }
    }
    expect((await secure.get('/')).headers.get('strict-transport-security')).toContain('max-age=');
    expect((await bare.get('/')).headers.get('strict-transport-security')).toBeNull();
  });
});

describe('sessions and doors', () => {
  test('a session that was there before is not the one after signing in; signing out ends it', async ({ office }) => {
    const client = new Client(office);
    client.cookies.set('kabinet', 'a'.repeat(43));
    const account = await accountOf(office, chief);
    await client.post('/desk/sign-in', account);
    const first = client.cookies.get('kabinet')!;
    expect(first).not.toBe('a'.repeat(43));
    await client.post('/desk/sign-in', account);
    const second = client.cookies.get('kabinet')!;
    expect(second).not.toBe(first);
    expect(await count(office, 'session')).toBe(1);
    client.cookies.set('kabinet', first);
    expect((await client.get('/desk')).status).toBe(303);
    client.cookies.set('kabinet', second);
    await client.post('/desk/sign-out');
    client.cookies.set('kabinet', second);
    expect((await client.get('/desk')).location).toContain('/desk/sign-in');
  });

  test('signing in leads into the desk only, and a change of language back into it only', async ({ office }) => {
    const account = await accountOf(office, chief);
    for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', '/desk\\..\\evil', '/desk/../\n//evil.example', 'javascript:alert(1)', '/desk@evil.example', '/deskevil', '', '\u0000/desk']) {
      const client = new Client(office);
      expect((await client.post('/desk/sign-in', { ...account, next })).location, next).toBe('/desk');
      expect((await client.post('/desk/language', { locale: 'en', back: next })).location, next).toBe('/desk');
      const shown = await client.get(`/desk/sign-in?next=${encodeURIComponent(next)}`);
      expect(/name="next" value="([^"]*)"/.exec(shown.html)![1], next).toBe('/desk');
    }
  });

  test('guessing ends: passwords, one-time codes, tracking codes, codes of drafts, links, and codes over REST', async ({ office }) => {
    const site = openSite(office.kernel);
    const { email, password } = await accountOf(office, chief);
    const until = async (ask: (turn: number) => Promise<Shown>, most: number): Promise<Shown> => {
      for (let turn = 0; turn < most; turn++) {
        const shown = await ask(turn);
        if (shown.status === 429) return shown;
        expect(shown.status).toBeLessThan(500);
      }
      throw new Error(`${most} guesses were let through`);
    };
    const guesser = new Client(office, site);
    const stopped = await until((turn) => guesser.post('/desk/sign-in', { email, password: `nije ova ${turn}` }), 15);
    expect(stopped.html).toContain('<main');
    // From elsewhere neither, not even with the right one: the account is what is guarded.
    expect((await new Client(office, site).post('/desk/sign-in', { email, password })).status).toBe(429);

    const owner = await deskClient(office, registrar, site);
    const begun = await owner.post('/desk/me/codes', { act: 'begin' });
    const secret = /<code[^>]*>(.*?)<\/code>/s.exec(begun.html)![1]!.replaceAll(/<[^>]+>|\s/g, '');
    await owner.post('/desk/me/codes', { act: 'confirm', code: new TOTP({ secret: Secret.fromBase32(secret) }).generate() });
    const account = await accountOf(office, registrar);
    const thief = new Client(office, site);
    await until(async (turn) => {
      const asked = await thief.post('/desk/sign-in', account);
      const pending = /name="pending" value="([^"]*)"/.exec(asked.html)?.[1];
      return pending ? thief.post('/desk/sign-in/code', { pending, code: String(100_000 + turn) }) : asked;
    }, 20);
    expect(thief.cookies.has('kabinet')).toBe(false);

    const code = (turn: number): string => `K7M-94R-2${'QXYZ23456789ABCDEFGH'[turn % 20]}X`;
    const page = await until((turn) => guesser.post('/track', { code: code(turn) }), 30);
    expect(page.html).toContain('name="code"');
    for (let turn = 0; turn < 25; turn++) await guesser.post('/petition/resume', { code: code(turn) });
    expect((await guesser.post('/petition/resume', { code: code(0) })).html).toContain(translator(office.office.locale)('error.too_many'));
    await until((turn) => guesser.get(`/contribute/${String(turn).padStart(43, 'x')}`), 130);
    await until((turn) => guesser.rest(`/tracking/${code(turn)}`), 310);
  }, 90_000);

  test('too many forms in a minute get a page that says so', async ({ office }) => {
    const client = new Client(office);
    let last: Shown | undefined;
    for (let turn = 0; turn < 125; turn++) last = await client.post('/track/forget');
    expect(last!.status).toBe(429);
    expect(last!.html).toContain('<h1>');
    expectClean(last!, '429');
  });

  test('what belongs to one office opens nothing in another', async ({ office }) => {
    const other = await office.another('skopje');
    office.kernel.offices.forget();
    const site = openSite(office.kernel);
    const person = await deskClient(office, chief, site);
    const citizen = new Client(office, site);
    const { code } = await citizen.write();
    const told = await assigned(office);
    const { token } = await office.run(createToken, await office.as(chief), { name: 'Проба', scopes: '*' });
    expect((await person.rest(`/petitions/${told.id}`, undefined, token)).status).toBe(200);

    person.host = citizen.host = `${other.office.slug}.localhost`;
    expect((await person.get('/desk')).location).toContain('/desk/sign-in');
    expect((await person.get(`/desk/petitions/${told.id}`)).status).toBe(303);
    expect((await person.rest(`/petitions/${told.id}`, undefined, token)).status).toBe(401);
    expect((await citizen.get('/petition/receipt')).location).toBe('/track');
    expect((await citizen.get('/track')).html).toContain('name="code"');
    expect((await citizen.post('/track', { code })).status).toBe(422);
    expect((await citizen.get('/track')).html).not.toContain('Рупа у путу');
    const theirs = await deskClient(other, 'goran-zdraveski', site);
    expect((await theirs.get(`/desk/petitions/${told.id}`)).status).toBe(404);
  });

  test('a petition’s cookie ends after half a day, and one that was altered opens nothing', async ({ office }) => {
    const citizen = new Client(office);
    await citizen.write();
    const good = citizen.cookies.get('petition')!;
    const { id } = await office.within((db) => db.selectFrom('petition').select('id').where('office_id', '=', office.office.id).executeTakeFirstOrThrow());
    const made = (more: object): string => sealText(JSON.stringify({ office: office.office.id, caseId: id, until: Date.now() + 60_000, ...more })).toString('base64url');
    citizen.cookies.set('petition', made({}));
    expect((await citizen.get('/petition/receipt')).status).toBe(200);
    for (const cookie of [made({ until: Date.now() - 1 }), made({ office: office.office.id + 1 }), `${good.slice(0, -4)}AAAA`, good.slice(0, 30), 'x', Buffer.from(JSON.stringify({ office: office.office.id, caseId: id, until: 9e15 })).toString('base64url')]) {
      citizen.cookies.set('petition', cookie);
      expect((await citizen.get('/petition/receipt')).location, cookie).toBe('/track');
      expect((await citizen.get('/track')).html, cookie).toContain('name="code"');
      expect((await citizen.post('/track/withdraw', { reason: 'x' })).location).toBe('/track');
    }
  });

  test('metrics and the outbox are for this machine; the outbox for the demonstration only', async ({ office }) => {
    const away = new Client(office);
    expect((await away.get('/metrics')).status).toBe(404);
    const here = new Client(office);
    here.address = '127.0.0.1';
    expect((await here.get('/metrics')).status).toBe(200);
    expect((await here.get('/mail')).status).toBe(200);
    const token = 'a-token-of-more-than-16';
    const guarded = new Client(office, openSite(under(office, { KABINET_METRICS_TOKEN: token })));
    guarded.address = '127.0.0.1';
    expect((await guarded.get('/metrics')).status).toBe(404);
    expect((await guarded.get('/metrics', { authorization: `Bearer ${token}` })).status).toBe(200);
    const proxied = new Client(office, openSite(under(office, { KABINET_PROXY: '1' })));
    proxied.address = '127.0.0.1';
    expect((await proxied.get('/metrics')).status).toBe(404);
    for (const [settings, keeps] of [[{ KABINET_URL: 'https://kabinet.example' }, true], [{}, false], [{ KABINET_URL: 'https://kabinet.example' }, false]] as const) {
      const client = new Client(office, openSite(under(office, settings, keeps)));
      expect((await client.get('/mail')).status, JSON.stringify(settings)).toBe(404);
    }
    // The people of the demonstration are named at sign-in in the demonstration only.
    const real = new Client(office, openSite(under(office, { KABINET_URL: 'https://kabinet.example' })));
    expect((await real.get('/desk/sign-in')).html).not.toContain('@');
  });

  test('what is typed at a closed door is kept for its writer, but not without measure', async ({ office }) => {
    const stranger = new Client(office);
    const path = '/desk/petitions/new';
    expect((await stranger.post(path, { subject: 'кратко' })).location).toContain(encodeURIComponent('?held='));
    expect((await stranger.post(path, { subject: 'а'.repeat(300_000) })).location).toBe(`/desk/sign-in?next=${encodeURIComponent(path)}`);
    for (let turn = 0; turn < 80; turn++) await stranger.post(path, { subject: String(turn) });
    expect(await count(office, 'draft')).toBeLessThanOrEqual(60);
  });

  test('a host is a name of an office, however it is written, or none', async ({ office }) => {
    const client = new Client(office);
    const { slug } = office.office;
    for (const host of [`${slug}.localhost`, `${slug.toUpperCase()}.LOCALHOST`, `${slug}.localhost:3000`, `${slug}.localhost.`]) {
      client.host = host;
      expect((await client.get('/petition')).html, host).toContain('name="kind"');
    }
    for (const host of ['evil.example', 'localhost', `x${slug}.localhost`, `${slug}x.localhost`, '127.0.0.1', '[::1]']) {
      client.host = host;
      expect((await client.get('/petition')).status, host).toBe(404);
      expect((await client.get('/desk')).status, host).toBe(404);
      expect((await client.get('/')).html, host).not.toContain('name="kind"');
      expect((await client.rest('/structure')).status, host).toBe(404);
    }
    // A name that somebody else made up stands in no mail.
    client.host = `${slug}.evil.example`;
    await client.write();
    await office.settle();
    expect(office.mails.length).toBeGreaterThan(0);
    expect(JSON.stringify(office.mails)).not.toContain('evil.example');
  });
});
