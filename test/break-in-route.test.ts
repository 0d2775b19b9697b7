import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import type { Operation } from '../src/core/operation.ts';
import { modules } from '../src/modules.ts';
import { pages } from '../src/routes.ts';
import { openSite } from '../src/site.tsx';
import { Client, deskClient, type Shown } from './client.ts';
import { examples } from './examples.ts';
import { expect, test } from './office.ts';
import { makeWorld, type World } from './world.ts';

const chief = 'vesko-radulovic';
const gets = pages.filter((page) => page.get && /:(?!act|paper)/.test(page.path) && !/sign-out|language/.test(page.path));

/** What such an address may be about: by the noun in it, and a case and a document beside it. */
function idsFor(path: string, world: World): string[] {
  const nouns = path.split('/').filter((part) => part && !part.startsWith(':') && part !== 'desk').map((part) => part.replace(/\..*/, '').replace(/ies$/, 'y').replace(/s$/, '').replace(/-.*/, '').slice(0, 8));
  const keys = Object.keys(world).filter((key) => nouns.some((noun) => key.toLowerCase().startsWith(noun)));
  return [...new Set([...keys.map((key) => world[key]!), world.caseId, world.documentId])].filter((one) => typeof one === 'string' && /^[\w-]{8,60}$/.test(one)).slice(0, 4);
}
const at = (path: string, id: string): string => path.replace(/:(act|paper)(\{[^}]*\})?/, 'assign').replaceAll(/:\w+(\{[^}]*\})?/g, id);
/** An answer without the id that was asked for, and without what is new each time. */
const face = (shown: Shown, id: string): string => JSON.stringify([shown.status, shown.location, [...shown.headers].filter(([name]) => name !== 'set-cookie'), shown.html]).replaceAll(id, ':id').replaceAll(encodeURIComponent(id), ':id');

describe('an address of what is not one’s own', () => {
  test('answers to the letter as one of what does not exist: of another office, and what one’s sight does not reach', async ({ office }) => {
    const other = await office.another('cetinje');
    const [own, foreign] = [await makeWorld(office), await makeWorld(other)];
    const site = openSite(office.kernel);
    const told: string[] = [];
    let alike = 0;
    let opened = 0;
    for (const [key, world] of [[chief, foreign], ['tamara-zvicer', own]] as const) {
      const person = await deskClient(office, key, site);
      const citizen = new Client(office, site);
      for (const page of gets) {
        const client = page.audience === 'desk' ? person : citizen;
        const unknown = new Map<number, string>();
        for (const id of idsFor(page.path, world)) {
          const shown = await client.get(at(page.path, id));
          if (shown.status >= 500) told.push(`${page.path} as ${key}: ${shown.status}`);
          // Of one's own office some things may be seen; what they hold is looked through in secrets.test.ts.
          if (world === own && shown.status < 400) {
            opened++;
            continue;
          }
          const none = id.length === 36 ? randomUUID() : id.replaceAll(/./g, 'x');
          if (!unknown.has(id.length)) unknown.set(id.length, face(await client.get(at(page.path, none)), none));
          if (face(shown, id) !== unknown.get(id.length)) told.push(`${page.path} as ${key}, ${id}: ${shown.status}`);
          else alike++;
          const head = await client.send(at(page.path, id), { method: 'HEAD', headers: { 'if-none-match': '*', range: 'bytes=0-9', 'if-modified-since': 'Wed, 01 Jan 2070 00:00:00 GMT' } });
          if (head.status !== shown.status || head.html !== '') told.push(`HEAD ${page.path} as ${key}: ${head.status}`);
          client.cookies.delete('flash');
        }
      }
    }
    expect(told).toEqual([]);
    expect(alike).toBeGreaterThan(150);
    expect(opened).toBeGreaterThan(0);
  }, 300_000);
});

describe('a form of another place', () => {
  const foreign: Record<string, string>[] = [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site', origin: 'http://skopje.localhost' }, { origin: 'http://skopje.localhost' }, { origin: 'http://localhost' }, { origin: 'null' }, { referer: 'http://skopje.localhost/desk' }];

  test('changes nothing at any address that takes forms, in no content type, and no other method is taken', async ({ office }) => {
    const site = openSite(office.kernel);
    const [person, citizen] = [await deskClient(office, chief, site), new Client(office, site)];
    const before = (await office.events()).length;
    const taken: string[] = [];
    const posts = pages.filter((page) => page.post);
    for (const [place, page] of posts.entries()) {
      const client = page.audience === 'desk' ? person : citizen;
      const path = at(page.path, randomUUID());
      for (const says of foreign) {
        client.says = says;
        const type = ['application/x-www-form-urlencoded', 'text/plain', 'application/json', 'multipart/form-data; boundary=b'][place % 4]!;
        const shown = await client.send(path, { method: 'POST', body: 'act=save&kind=petition', headers: { 'content-type': type } });
        if (shown.status !== 403) taken.push(`POST ${page.path} ${JSON.stringify(says)}: ${shown.status}`);
      }
      client.says = { 'sec-fetch-site': 'cross-site' };
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const shown = await client.send(path, { method, body: 'act=save', headers: { 'x-http-method-override': 'POST', 'content-type': 'application/x-www-form-urlencoded' } });
        if (shown.status !== 404) taken.push(`${method} ${page.path}: ${shown.status}`);
      }
    }
    expect(taken).toEqual([]);
    expect(posts.length).toBeGreaterThan(150);
    expect((await office.events()).length).toBe(before);
  }, 180_000);

  test('cannot use a session where programs call: REST and calendars know no cookie', async ({ office }) => {
    const world = await makeWorld(office);
    const person = await deskClient(office, chief);
    person.says = {};
    const before = (await office.events()).length;
    const open: string[] = [];
    for (const op of (modules.flatMap((module) => module.operations) as Operation[]).filter((one) => one.rest && !one.allow.includes('public'))) {
      const input = examples[op.id]!(world);
      person.address = `10.9.${open.length % 250}.${Math.floor(Math.random() * 250)}`;
      const [method, path] = op.rest!.split(' ') as [string, string];
      const shown = await person.send(`/api${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(input[name] ?? 'x'))}`, { method, headers: { 'content-type': 'application/json' }, body: method === 'GET' ? null : JSON.stringify(input) });
      if (shown.status !== 404 && shown.status !== 401) open.push(`${op.id}: ${shown.status}`);
    }
    for (const page of pages.filter((one) => one.serve)) for (const method of page.serve!.methods) {
      const shown = await person.send(at(page.path, world.personId), { method });
      if (shown.status !== 401) open.push(`${method} ${page.path}: ${shown.status}`);
    }
    expect(open).toEqual([]);
    expect((await office.events()).length).toBe(before);
  }, 180_000);
});
