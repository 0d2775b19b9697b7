import { randomBytes } from 'node:crypto';
import { zipSync } from 'fflate';
import { describe } from 'vitest';
import { createToken } from '../src/modules/people/token.server.ts';
import { askForContribution } from '../src/modules/requests/completion.server.ts';
import { openSite } from '../src/site.tsx';
import { Client, deskClient, type Shown } from './client.ts';
import { expect, test } from './office.ts';
import { answered, assigned, letter, submitted } from './petition.ts';

const chief = 'vesko-radulovic';
const registrar = 'dragica-borilovic';
// Told apart from any page's own words, and recognised when a part of it is left.
const mark = 'zzqx';
const evil = [`<script>${mark}(1)</script>`, `"><img src=x onerror=${mark}(2)>`, `{{7*7}}${mark}`, `javascript:${mark}(3)`, `'; drop table petition; --${mark}`, `\${7*7}${mark}`, `</textarea></title><svg/onload=${mark}(4)>`];
const all = evil.join(' ');

/** The markup without its text and without the values of attributes: nothing of what was typed may be in it. */
const bones = (html: string): string => html.replaceAll(/="[^"]*"/g, '=""').replaceAll(/>[^<]*</g, '><');
function expectText(shown: Shown, where: string): void {
  if (!shown.headers.get('content-type')?.startsWith('text/html')) return;
  expect(bones(shown.html), where).not.toContain(mark);
  expect(shown.html.match(/(?:href|src|action|formaction)="\s*javascript:/i), where).toBeNull();
  expect(shown.html.match(/\s(?:style|on\w+)="/), where).toBeNull();
  expect(shown.html, where).not.toContain(`49${mark}`);
}

describe('what people type', () => {
  test('stays text in every page, answer of REST, mail and file name', async ({ office }) => {
    const site = openSite(office.kernel);
    const citizen = new Client(office, site);
    const file = new File([Buffer.from(all)], `${evil[0]!.replaceAll('/', '')}.txt`);
    await citizen.write({ subject: all.slice(0, 200), text: all, place: all.slice(0, 200), files: file }, { name: all.slice(0, 200), phone: evil[1]!, address: all.slice(0, 300), town: evil[0]!, email: 'x+zzqx@primjer.example', replyBy: 'email' });
    const { id } = await office.within((db) => db.selectFrom('petition').select('id').where('office_id', '=', office.office.id).executeTakeFirstOrThrow());
    await citizen.post('/track/add', { text: all });
    const person = await deskClient(office, chief, site);
    await person.post(`/desk/petitions/${id}/assign`, { unitId: 'sluzba', resolution: all });
    const body = await office.within((db) => db.selectFrom('party').select('id').where('office_id', '=', office.office.id).where('kind', '=', 'body').limit(1).executeTakeFirstOrThrow());
    await office.run(askForContribution, await office.as(chief), { id, of: `body:${body.id}`, question: all, dueOn: new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10) });
    await office.settle();
    const link = /\/contribute\/[\w-]+/.exec(office.mails.map((mail) => mail.text).join('\n'))![0];
    const outside = new Client(office, site);
    expectText(await outside.get(link), link);
    expectText(await outside.post(link, { reply: all, name: '' }), link);
    await outside.post(link, { reply: all, name: all.slice(0, 200) });
    expectText(await outside.get(link), link);
    await person.post(`/desk/petitions/${id}`, { facts: all, basis: all, decision: all, remedy: all, version: '0', act: 'draft', template: evil[1]! });
    await person.post('/desk/views', { name: all.slice(0, 60), query: `q="><img src=x onerror=${mark}>` });
    await person.post('/desk/closing-days', { dayOn: '2030-01-02', name: all.slice(0, 120) });
    await person.post('/desk/me/tokens', { act: 'create', name: all.slice(0, 100), reach: 'read', days: '7' });
    const query = encodeURIComponent(evil[1]!);
    const pages = ['/', '/track', '/track/add', '/petition/receipt', '/petition', `/petition?kind=${query}&back=${query}`, `/track?code=${query}`, `/published?query=${query}&area=${query}&page=${query}`, `/petition/resume?code=${query}`, `/?lang=${query}`, `/${query}`, `/published/${query}`, `/contribute/${query}`];
    for (const path of pages) expectText(await citizen.get(path), path);
    const desk = ['/desk', '/desk/petitions', `/desk/petitions?view=${query}&q=${query}&kind=${query}&unit=${query}&area=${query}&who=${query}&sort=${query}&after=${query}&open=${query}`, `/desk/petitions/${id}`, `/desk/petitions/${id}/assign`, `/desk/petitions/${id}/link`, `/desk/petitions/${id}/${query}`,
      `/desk/petitions/${query}`, `/desk/petitions/${id}?template=${query}&held=${query}`, `/desk/search?q=${query}`, `/desk/search?q=${mark}`, '/desk/contributions', '/desk/directory', `/desk/directory?query=${query}&q=${query}`, '/desk/register', `/desk/register?year=${query}&from=${query}&until=${query}&direction=${query}&after=${query}`, '/desk/me/tokens', '/desk/people', `/desk/people?q=${query}`, `/desk/dashboard?months=${query}`, `/desk/petitions/new?channel=${query}`];
    for (const path of desk) {
      const shown = await person.get(path);
      expect(shown.status, path).toBeLessThan(500);
      expectText(shown, path);
    }
    expectText(await person.post('/desk/petitions/new', { subject: all, name: all, text: '', check: '1', channel: evil[1]!, receivedOn: evil[0]!, pages: evil[0]! }), 'check');
    expectText(await person.post('/desk/sign-in', { email: evil[1]!, password: evil[0]!, next: evil[3]! }), 'sign-in');
    const { token } = await office.run(createToken, await office.as(chief), { name: 'Проба', scopes: '*' });
    for (const path of [`/petitions/${id}`, '/petitions?view=open', `/petitions?view=${query}`]) {
      const answer = await person.rest(path, undefined, token);
      expect(answer.headers.get('content-type'), path).toMatch(/^application\/(problem\+)?json/);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
    const found = await person.get(`/desk/search.json?q=${mark}`);
    expect(found.headers.get('content-type')).toContain('application/json');
  }, 90_000);

  test('adds no header to a mail, whatever line ends it holds', async ({ office }) => {
    const client = new Client(office);
    await client.write({ subject: 'Тема\r\nBcc: evil@x.example\r\n\r\nТијело' }, { name: 'Ана\r\nBcc: evil@x.example', email: 'ana@primjer.example' });
    await client.post('/petition', { kind: 'petition' });
    await client.post('/petition/letter', { subject: 'a', text: 'b', save: '1' });
    for (const email of ['ana@primjer.example\r\nBcc: evil@x.example', 'ana@primjer.example,evil@x.example', '"evil@x.example" <ana@primjer.example>', 'ana@primjer.example\u0000']) expect((await client.post('/petition/saved', { email })).status, email).toBe(422);
    await office.settle();
    expect(office.mails.length).toBeGreaterThan(0);
    for (const mail of office.mails) {
      expect(mail.to).toBe('ana@primjer.example');
      expect(mail.subject).not.toMatch(/[\r\n]/);
    }
  });

  test('leads to no file but those of the site', async ({ office }) => {
    const site = openSite(office.kernel);
    const [client, person] = [new Client(office, site), await deskClient(office, chief, site)];
    for (const path of ['/assets/../package.json', '/assets/%2e%2e/package.json', '/assets/%2e%2e%2fpackage.json', '/assets/..%2f..%2fetc/passwd', '/assets/..%5c..%5cpackage.json', '/assets/....//package.json', '/assets/%00', '/assets/', '/assets/fonts', '/assets/manifest.json/..%2f..%2fserve.js', '//etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/assets//etc/passwd', '/assets/%E0%A4%A']) {
      const shown = await client.get(path);
      expect(shown.status, path).toBe(404);
      expect(shown.html, path).not.toMatch(/"dependencies"|root:/);
    }
    for (const id of ['../../etc/passwd', '..%2f..%2fsecret', '%00', "1' or '1'='1", '00000000-0000-7000-8000-000000000000', 'constructor', '__proto__']) {
      for (const path of [`/desk/documents/${encodeURIComponent(id)}`, `/desk/petitions/${encodeURIComponent(id)}`, `/desk/petitions/${encodeURIComponent(id)}/answer.pdf`, `/desk/directory/${encodeURIComponent(id)}`, `/desk/contributions/${encodeURIComponent(id)}`, `/desk/people/${encodeURIComponent(id)}`]) expect([404, 422], path).toContain((await person.get(path)).status);
      expect([404, 303], id).toContain((await client.get(`/track/files/${encodeURIComponent(id)}`)).status);
    }
    await client.write({ files: new File([Buffer.from('текст')], '../../../etc/cron.d/\u202Etxt.evil\r\nX-Evil: 1.txt') });
    const file = /\/track\/files\/[0-9a-f-]+/.exec((await client.get('/track')).html)![0];
    const served = await client.get(file);
    expect(served.headers.get('x-evil')).toBeNull();
    expect(served.headers.get('content-disposition')).not.toMatch(/etc|\.\.|[\r\n]/);
  });
});

describe('uploads', () => {
  const pdf = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF');
  const gif = Buffer.concat([Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00;', 'latin1'), Buffer.from('<script>alert(1)</script>')]);
  const refused: [string, Buffer][] = [
    ['a.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')], ['a.html', Buffer.from('<!doctype html><script>alert(1)</script>')], ['a.xhtml', Buffer.from('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>')],
    ['a.pdf', Buffer.from('<html><script>alert(1)</script></html>')], ['a.exe', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)])], ['a.png', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)])], ['a.zip', Buffer.from(zipSync({ 'a.txt': new Uint8Array([65]) }))],
    ['a.docx', Buffer.from(zipSync({ 'a.txt': new Uint8Array([65]) }))], ['a.js', Buffer.from('alert(1)')], ['a.jpg', gif], ['a.gif.html', gif], ['a', pdf], ['a.pdf.exe', pdf], ['a.pdf', Buffer.alloc(0)], ['a.txt', randomBytes(100)],
  ];
  const taken: [string, Buffer][] = [['a.pdf', pdf], ['a.gif', gif], ['a.txt', Buffer.from('<!doctype html><script>alert(1)</script>')], ['a.csv', Buffer.from('=cmd|x')], ['б.pdf', Buffer.concat([pdf, Buffer.from('<script>alert(1)</script>')])]];

  test('that could act are refused; those that are taken never run', async ({ office }) => {
    const client = new Client(office);
    await client.post('/petition', { kind: 'petition' });
    for (const [name, bytes] of refused) {
      const shown = await client.post('/petition/letter', { subject: 'Тема', text: 'Текст', files: new File([new Uint8Array(bytes)], name, { type: 'text/html' }) });
      expect(shown.status, name).toBe(422);
      expect(shown.html, name).toContain('href="#files"');
    }
    await client.post('/petition/letter', [['subject', 'Тема'], ['text', 'Текст'], ...taken.map(([name, bytes]): [string, File] => ['files', new File([new Uint8Array(bytes)], name, { type: 'text/html' })])]);
    await client.post('/petition/you', { who: 'anonymous' });
    expect((await client.post('/petition/check')).location).toBe('/petition/receipt');
    const files = [...new Set((await client.get('/track')).html.match(/\/track\/files\/[0-9a-f-]+/g))];
    expect(files).toHaveLength(taken.length);
    for (const path of files) {
      const served = await client.get(path);
      expect(served.headers.get('content-type')).toMatch(/^(application\/pdf|image\/gif|application\/octet-stream)$/);
      expect(served.headers.get('x-content-type-options')).toBe('nosniff');
      expect(served.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(served.headers.get('content-security-policy')).not.toContain('script-src');
      expect(served.headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
      expect(served.headers.get('cache-control')).toContain('no-store');
      expect(served.headers.get('content-disposition')).toMatch(served.headers.get('content-type') === 'application/octet-stream' ? /^attachment;/ : /^inline;/);
    }
  });
});

describe('what programs send', () => {
  test('fields that are nobody’s to set are ignored over REST and in forms', async ({ office }) => {
    const other = await office.another('skopje');
    const client = new Client(office);
    const more = { id: '00000000-0000-7000-8000-000000000001', office_id: other.office.id, officeId: other.office.id, state: 'answered', reference: '99-9/2020', access: 'confidential', registered_at: '2000-01-01', is_published: true, caller: { roles: ['mayor'] }, personId: 'x', version: 7 };
    const sent = await client.rest('/petitions/submit', { ...letter, ...more });
    expect(sent.status, sent.html).toBe(200);
    const { id, reference } = JSON.parse(sent.html) as { id: string; reference: string };
    expect([id, reference]).not.toContain(more.id);
    expect(reference).not.toBe(more.reference);
    const row = await office.within((db) => db.selectFrom('petition').selectAll().where('office_id', '=', office.office.id).where('id', '=', id).executeTakeFirstOrThrow());
    expect(row).toMatchObject({ state: 'registered', answered_at: null });
    expect(await other.within((db) => db.selectFrom('petition').select('id').where('office_id', '=', other.office.id).execute())).toEqual([]);
    // The path names what is meant, not the body.
    const told = await submitted(office);
    const { token } = await office.run(createToken, await office.as(chief), { name: 'Проба', scopes: '*' });
    await client.rest(`/petitions/${told.id}/withdraw`, { id, reason: 'x', state: 'closed' }, token);
    const state = (which: string) => office.within(async (db) => (await db.selectFrom('petition').select('state').where('office_id', '=', office.office.id).where('id', '=', which).executeTakeFirstOrThrow()).state);
    expect([await state(told.id), await state(id)]).toEqual(['withdrawn', 'registered']);

    const person = await deskClient(office, registrar);
    await person.post('/desk/me', { act: 'save', roles: 'mayor', isActive: '0', email: 'evil@x.example', locale: 'en', density: 'dense', theme: '' });
    const self = await office.within((db) => db.selectFrom('person').select(['roles', 'email', 'is_active']).where('office_id', '=', office.office.id).where('key', '=', registrar).executeTakeFirstOrThrow());
    expect(self).toMatchObject({ roles: ['registrar'], is_active: true });
    expect(self.email).not.toContain('evil');
  });

  test('names that belong to the language change nothing', async ({ office }) => {
    const site = openSite(office.kernel);
    const client = new Client(office, site);
    const names = ['__proto__', '__proto__[isAdmin]', '__proto__.isAdmin', 'constructor', 'constructor[prototype][isAdmin]', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then', ''];
    const fields: [string, string][] = names.map((name) => [name, 'evil']);
    for (const path of ['/petition', '/petition/letter', '/petition/you', '/track', '/desk/sign-in', '/petition/saved', '/structure/email']) expect((await client.post(path, [...fields, ['kind', 'petition']])).status, path).toBeLessThan(500);
    expect((await client.post('/petition/letter', [...fields.map(([name]): [string, File] => [name, new File(['x'], '__proto__.txt')]), ['subject', 'Тема'], ['text', 'Текст']])).location).toBe('/petition/you');
    for (const raw of ['{"__proto__":{"isAdmin":true},"subject":"a"}', '{"constructor":{"prototype":{"isAdmin":true}}}', '[]', 'null', '1', '"x"', '{', `${'['.repeat(50_000)}${']'.repeat(50_000)}`]) expect((await client.rest('/petitions/submit', raw)).status, raw.slice(0, 40)).toBe(422);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    for (const lang of ['constructor', '__proto__', 'toString']) expect((await client.get(`/?lang=${lang}`)).html).toContain('<html lang="cnr');
    client.cookies.set('lang', '__proto__');
    expect((await client.get('/')).status).toBe(200);
    for (const flash of ['null', '{"key":"desk.done.saved","args":null}', '{"key":5}', '{"key":"__proto__"}', '[]', 'x']) {
      client.cookies.set('flash', Buffer.from(flash).toString('base64url'));
      expect((await client.get('/')).status, flash).toBe(200);
    }
  });

  test('too much, broken or odd is refused with 4xx, and never breaks a page', async ({ office }) => {
    const client = new Client(office);
    const large = await client.send('/petition/letter', { method: 'POST', body: 'x', headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(111 * 1024 * 1024) } });
    expect(large.status).toBe(413);
    let sent = 0;
    const piece = new Uint8Array(1024 * 1024).fill(97);
    const endless = new ReadableStream<Uint8Array>({ pull: (controller) => (sent++ < 400 ? controller.enqueue(piece) : controller.close()) });
    expect((await client.send('/petition/letter', { method: 'POST', body: endless, headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status).toBe(413);
    expect(sent).toBeLessThan(200);

    await client.post('/petition', { kind: 'petition' });
    const part = '--b\r\nContent-Disposition: form-data; name="subject"\r\n\r\nТема';
    const multipart: [string, string][] = [['multipart/form-data; boundary=b', part], ['multipart/form-data', part], ['multipart/form-data; boundary=', part], ['multipart/form-data; boundary=other', part], ['multipart/form-data; boundary=b', ''], ['multipart/form-data; boundary=b', '--b--'], ['multipart/form-data; boundary=b', '\u0000'.repeat(1000)], [`multipart/form-data; boundary=${'b'.repeat(5000)}`, part],
      ['application/json', '{"subject":1}'], ['text/xml', '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>'], ['application/x-www-form-urlencoded', '%'], ['application/x-www-form-urlencoded; charset=utf-16', 'subject=%ff']];
    for (const [kind, body] of multipart) {
      const shown = await client.send('/petition/letter', { method: 'POST', body, headers: { 'content-type': kind } });
      expect(shown.status, `${kind.slice(0, 60)} ${body.slice(0, 20)}`).toBe(422);
    }
    const torn = () => new ReadableStream<Uint8Array>({ start: (controller) => { controller.enqueue(Buffer.from(part)); setTimeout(() => controller.error(new Error('gone')), 20); } });
    const type = 'multipart/form-data; boundary=b';
    expect((await client.send('/petition/letter', { method: 'POST', body: torn(), headers: { 'content-type': type, 'content-length': '5000' } })).status).toBe(422);
    // Without a length there is nobody left to answer by then.
    expect((await client.send('/petition/letter', { method: 'POST', body: torn(), headers: { 'content-type': type } })).status).toBe(500);

    const many = await client.post('/petition/letter', [...Array.from({ length: 10_000 }, (_, index): [string, string] => [`field${index}`, 'x']), ['subject', 'Тема'], ['text', 'Текст']]);
    expect(many.location).toBe('/petition/you');
    expect((await client.post('/petition/letter', [...Array.from({ length: 10_000 }, (): [string, string] => ['drop', 'x']), ['subject', 'Тема'], ['text', 'Текст']])).status).toBeLessThan(500);
    expect((await client.post('/petition/letter', { subject: 'а'.repeat(5_000_000), text: 'Текст' })).status).toBe(422);
  }, 60_000);

  test('bytes that are no letters are kept as what can be kept of them, in fields, queries and paths', async ({ office }) => {
    const told = await assigned(office);
    await answered(office, told);
    const site = openSite(office.kernel);
    const [client, person] = [new Client(office, site), await deskClient(office, chief, site)];
    await client.post('/petition', { kind: 'petition' });
    for (const raw of ['%00', '%ff%fe', '%ed%a0%80', '%f0%9f', 'a%00b', '%ef%bf%be', '%c0%af', '%1b%5b31m']) {
      const form = { method: 'POST', body: `subject=${raw}x&text=${raw}x&place=${raw}&area=&name=${raw}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
      expect((await client.send('/petition/letter', form)).status, raw).toBe(303);
      for (const path of ['/petition/resume', '/track', '/desk/sign-in', '/desk/reset', '/structure/email']) expect((await client.send(path, { ...form, body: `code=${raw}&email=${raw}&password=${raw}&of=${raw}` })).status, `${path} ${raw}`).toBeLessThan(500);
      for (const path of ['/desk/petitions/new', `/desk/petitions/${told.id}/add`, '/desk/views', '/desk/closing-days', '/desk/me/tokens', '/desk/language']) expect((await person.send(path, { ...form, body: `name=${raw}&query=${raw}&subject=${raw}&text=${raw}&dayOn=${raw}&locale=${raw}&act=${raw}&partyId=${raw}&senderReference=${raw}` })).status, `${path} ${raw}`).toBeLessThan(500);
      for (const path of [`/published?query=${raw}&area=${raw}&page=${raw}`, `/track?code=${raw}`, `/published/${raw}`, `/contribute/${raw}`, `/?lang=${raw}`, `/${raw}`, `/assets/${raw}`]) expect((await client.get(path)).status, path).toBeLessThan(500);
      for (const path of [`/desk/petitions?q=${raw}&kind=${raw}&unit=${raw}&area=${raw}&who=${raw}&after=${raw}&open=${raw}&view=${raw}&sort=${raw}`, `/desk/search?q=${raw}`, `/desk/search.json?q=${raw}`, `/desk/register?year=${raw}&from=${raw}&until=${raw}&direction=${raw}&after=${raw}`, `/desk/directory?query=${raw}&q=${raw}&kind=${raw}&after=${raw}`,
        `/desk/people?q=${raw}&view=${raw}&unit=${raw}`, `/desk/petitions/${raw}`, `/desk/petitions/${told.id}/${raw}`, `/desk/petitions/${told.id}?held=${raw}&template=${raw}`, `/desk/documents/${raw}`, `/desk/dashboard?months=${raw}`, `/desk/duties?q=${raw}`, `/desk/contributions?mine=${raw}`, `/desk/petitions/new?channel=${raw}`, `/desk/sign-in?next=${raw}`])
        expect((await person.get(path)).status, path).toBeLessThan(500);
    }
    for (const value of ['99999999999999999999', '-1', '1e309', 'NaN', '0x10', '2147483648', '9007199254740993'])
      for (const path of [`/published?page=${value}`, `/desk/register?year=${value}&after=${value}`, `/desk/petitions?after=${value}`, `/desk/dashboard?months=${value}`, `/desk/directory?after=${value}`, `/desk/register?from=${value}&until=${value}`]) expect((await person.get(path)).status, path).toBeLessThan(500);
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE2', 'HEAD']) expect((await person.send('/desk/petitions', { method })).status, method).toBeLessThan(500);
  }, 90_000);
});
