import fc, { type Arbitrary } from 'fast-check';
import { afterEach, beforeEach, vi } from 'vitest';
import { log } from '../src/core/log.ts';
import { verifyOffice } from '../src/core/verify.ts';
import { openSite } from '../src/site.tsx';
import { accountOf, Client, type Fields, type Shown } from './client.ts';
import { crawl, formsIn, untouched, type Form, type Kind } from './fuzz-forms.ts';
import { seed, short, text, times, together, within } from './fuzz-values.ts';
import { expect, test, type TestOffice } from './office.ts';
import { makeWorld, type World } from './world.ts';

const runs = 2 * times;
// What ends the session, or takes a printer each time.
const leaves = /sign-out|\/sessions|\.(pdf|zip|docx|xlsx|csv|ics|jpg|png)\b|[?&]as=|[?&]lang=|^\/mail\b|^\/api|^\/assets/;
const ends = /sign-out|password|passkey|totp|\/desk\/people/;

let cause = '';
beforeEach(() => {
  vi.spyOn(log, 'error').mockImplementation(((said: { stack?: string; err?: string }) => void (cause = said.stack ?? said.err ?? '')) as never);
  process.stdout.write(`fuzz: KABINET_SEED=${seed}\n`);
});
afterEach(() => void vi.restoreAllMocks());

const address = (): string => `10.8.${Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}`;
const files = [new File([''], ''), new File(['текст'], 'a.txt'), new File([new Uint8Array([0, 1, 2])], 'a.pdf'), new File(['%PDF-1.4\n%%EOF'], `${'x'.repeat(5000)}.pdf`), new File(['PK\u0003\u0004'], '../../a.docx'), new File(['x'], '\u0000\u202E.txt')];
const sent = (known: readonly string[]): Arbitrary<string | File> => fc.oneof({ weight: 5, arbitrary: text() }, { weight: 2, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: fc.constantFrom(...files) });

type Change = { name: string; how: 'set' | 'missing' | 'twice' | 'named'; value: string | File };
const changesOf = (form: Form, known: readonly string[]): Arbitrary<Change[]> =>
  fc.array(fc.record({ name: fc.constantFrom(...form.fields.map((field) => field.name), 'x'), how: fc.constantFrom('set', 'set', 'set', 'missing', 'twice', 'named'), value: sent(known) }), { minLength: 1, maxLength: 4 });

function changed(form: Form, changes: readonly Change[]): [string, string | File][] {
  let fields = untouched(form) as [string, string | File][];
  for (const { name, how, value } of changes) {
    if (how !== 'twice') fields = fields.filter(([one]) => one !== name);
    if (how !== 'missing') fields.push([how === 'named' ? `${name}${short(value, 40)}` : name, value]);
  }
  return fields;
}

const typed = new Set(['text', 'textarea', 'email', 'tel', 'search', 'number', 'date', 'time']);
/** A refused form holds what was typed into it, if it is one of ours; a secret is never given back. */
function lost(form: Form, fields: Fields, shown: Shown): string | null {
  const isOwn = form.fields.filter((field) => field.type === 'hidden').every((field) => (fields as [string, unknown][]).some(([name, value]) => name === field.name && field.values.includes(value as string)));
  if (shown.status !== 422 || !isOwn) return null;
  // A page may hold the same form for each of several.
  const again = formsIn(shown.html, form.page).filter((one) => one.fields.length > 0 && form.fields.filter((field) => typed.has(field.type)).every((field) => one.fields.some((other) => other.name === field.name)));
  for (const [name, value] of fields as [string, string | File][]) {
    const field = form.fields.find((one) => one.name === name);
    const back = again.flatMap((one) => one.fields).filter((one) => one.name === name).flatMap((one) => one.values);
    if (typeof value !== 'string' || !field || back.length === 0 || !typed.has(field.type) || field.values.length > 1 || value.length > 1000 || !/^[\p{L}\p{N} .,:<>&"'?!-]+$/u.test(value)) continue;
    if ((fields as [string, unknown][]).filter(([one]) => one === name).length === 1 && !back.some((one) => one.trim() === value.trim())) return `${name}: ${short(value)} was typed, ${short(back)} is shown`;
  }
  return null;
}

const broken = (shown: Shown): string | null => (shown.status >= 500 ? `${shown.status} ${cause.split('\n').slice(0, 8).join('\n')}` : /⟨/.test(shown.html) && !/⟨/.test(short(shown.html, 0)) && /⟨[a-z_.]+⟩/.test(shown.html) ? 'shows a message that has no words' : null);

async function fuzzPages(client: Client, kinds: readonly Kind[], known: readonly string[], again: () => Promise<void>): Promise<string[]> {
  const faults: string[] = [];
  const counts: Record<string, number> = {};
  const note = (what: string, shown: Shown): void => void (counts[`${what} ${shown.status}`] = (counts[`${what} ${shown.status}`] ?? 0) + 1);
  await together(kinds, 4, async ({ path, kind, forms }) => {
    const [place = '', own = ''] = path.split('?');
    const names = [...new URLSearchParams(own).keys(), ...forms.filter((form) => form.method === 'get').flatMap((form) => form.fields.map((field) => field.name)), 'after', 'id', 'on', 'view', 'page', 'held', 'year', 'query', 'state'];
    const asked = fc.array(fc.tuple(fc.constantFrom(...names), fc.oneof(text(), fc.constantFrom(...known))), { minLength: 1, maxLength: 4 });
    const pages = await fc.check(fc.asyncProperty(asked, async (pairs) => {
      const query = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value.toWellFormed().slice(0, 4000))}`).join('&');
      client.address = address();
      const shown = await within(kind, client.get(`${place}?${query}`));
      note('page', shown);
      const found = broken(shown);
      if (found) throw new Error(found);
    }), { seed, numRuns: runs });
    if (pages.failed) faults.push(`${kind} ${short(pages.counterexample)}\n  ${(pages.errorInstance as Error).message}`);
    for (const form of forms.filter((one) => one.method === 'post' && !ends.test(one.action))) {
      const posts = await fc.check(fc.asyncProperty(changesOf(form, known), async (changes) => {
        const fields = changed(form, changes);
        client.address = address();
        const shown = await within(form.action, client.post(form.action, form.isMultipart ? [...fields, ['', new File([], '')]] : fields));
        note('form', shown);
        if (shown.location.startsWith('/desk/sign-in')) await again();
        const found = broken(shown) ?? lost(form, fields, shown);
        if (found) throw new Error(found);
      }), { seed, numRuns: runs });
      if (posts.failed) faults.push(`${form.action} on ${kind} ${short(posts.counterexample)}\n  ${(posts.errorInstance as Error).message}`);
    }
  });
  process.stdout.write(`fuzz: ${kinds.length} kinds of pages, ${kinds.flatMap((one) => one.forms).length} forms, ${JSON.stringify(counts)}\n`);
  return faults;
}

const knownOf = (world: World): string[] => Object.values(world).filter((one) => typeof one === 'string' && one.length < 200);
async function isWhole(office: TestOffice): Promise<void> {
  await office.settle();
  expect((await verifyOffice(office.kernel, office.office)).faults).toEqual([]);
}

test('no query and no form of the desk breaks a page; a refused form shows what was typed', async ({ office }) => {
  const world = await makeWorld(office);
  const site = openSite(office.kernel);
  const person = await office.as('it');
  const { key } = await office.within((db) => db.updateTable('person').set({ roles: ['mayor', 'deputy', 'chief', 'registrar', 'clerk', 'adviser', 'head', 'protocol', 'spokesperson', 'citizens', 'council', 'quality', 'it', 'auditor'] }).where('office_id', '=', office.office.id).where('id', '=', person.personId!).returning('key').executeTakeFirstOrThrow());
  const client = new Client(office, site);
  const signIn = async (): Promise<void> => void (await client.post('/desk/sign-in', await accountOf(office, key!)));
  await signIn();
  const kinds = await crawl(client, ['/desk', `/desk/petitions/${world.caseId}`, `/desk/petitions/${world.answeredId}`, `/desk/petitions/${world.otherId}`], { most: 600, leaves });
  expect(kinds.length).toBeGreaterThan(120);
  expect(await fuzzPages(client, kinds, knownOf(world), signIn)).toEqual([]);
  await isWhole(office);
}, 150_000 * times);

test('no query and no form of the public site breaks a page, for whoever holds a code or a link too', async ({ office }) => {
  const world = await makeWorld(office);
  const client = new Client(office, openSite(office.kernel));
  await client.post('/track', { code: world.code });
  const links = (await office.within((db) => db.selectFrom('mail').select('body').where('office_id', '=', office.office.id).execute())).flatMap((mail) => [...mail.body.matchAll(/https?:\/\/[^/\s]+(\/[^\s)]*)/g)].map(([, path]) => path!));
  const starts = ['/', '/petition', '/petition/letter', '/petition/you', '/petition/check', '/petition/saved', '/track', '/audience', '/structure', '/plan', '/calendar', '/answered', '/desk/sign-in', `/contribute/${world.linkToken}`, ...links];
  await client.fill();
  const kinds = await crawl(client, starts, { most: 200, leaves });
  expect(kinds.length).toBeGreaterThan(12);
  expect(await fuzzPages(client, kinds, knownOf(world), async () => {})).toEqual([]);
  await isWhole(office);
}, 120_000 * times);

test('forms in pieces: wrong boundaries, a thousand parts, names of any length, other charsets', async ({ office }) => {
  const client = new Client(office, openSite(office.kernel));
  await client.post('/petition', { kind: 'petition' });
  const part = (name: string, value: string): string => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const right = `${part('subject', 'Тема')}${part('text', 'Текст')}--b--\r\n`;
  const bodies: [string, BodyInit][] = [
    ...Array.from({ length: 12 }, (_, index): [string, BodyInit] => ['multipart/form-data; boundary=b', right.slice(0, Math.floor((right.length * index) / 12))]),
    ['multipart/form-data; boundary=b', `${part('subject', 'x').repeat(1000)}--b--`], ['multipart/form-data; boundary=b', `${Array.from({ length: 5000 }, (_, index) => part(`f${index}`, 'x')).join('')}--b--`], ['multipart/form-data; boundary=b', `${part('n'.repeat(1_000_000), 'x')}--b--`], ['multipart/form-data; boundary=b', `${part('subject', 'x'.repeat(1_000_000))}--b--`],
    ['multipart/form-data; boundary=b', right.replaceAll('\r\n', '\n')], ['multipart/form-data; boundary=b', right.replace('name="subject"', 'name=subject; filename*=UTF-8\'\'%00')], ['multipart/form-data; boundary=b', right.replace('form-data', 'attachment')], ['multipart/form-data; boundary="b', right], ['multipart/form-data; boundary=b; boundary=c', right], ['MULTIPART/FORM-DATA; BOUNDARY=b', right], ['multipart/mixed; boundary=b', right],
    ['multipart/form-data; boundary=b', `--b\r\n${'X-Header: x\r\n'.repeat(20_000)}\r\n\r\n--b--`], ['multipart/form-data; boundary=b', `--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\nContent-Transfer-Encoding: base64\r\n\r\n////\r\n--b--`],
    ['application/x-www-form-urlencoded', 'subject=%FF%FE&text=%E0%A4'], ['application/x-www-form-urlencoded', 'a=1&'.repeat(50_000)], ['application/x-www-form-urlencoded', Array.from({ length: 50_000 }, (_, index) => `f${index}=`).join('&')], ['application/x-www-form-urlencoded', '&&&==&=&%&%%'], ['application/x-www-form-urlencoded; charset=windows-1251', new Uint8Array([0x74, 0x65, 0x78, 0x74, 0x3d, 0xf2, 0xe5])], ['application/x-www-form-urlencoded', '\u0000=\u0000'],
  ];
  for (const [type, body] of bodies) for (const path of ['/petition/letter', '/petition', '/track', '/audience']) {
    client.address = address();
    const shown = await within(path, client.send(path, { method: 'POST', body, headers: { 'content-type': type } }));
    expect(shown.status, `${path} ${type} ${short(body, 60)} ${shown.status >= 500 ? cause : ''}`).toBeLessThan(500);
  }
}, 60_000);
