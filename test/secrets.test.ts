import { describe } from 'vitest';
import { isAllowed, roles, type Caller, type Role } from '../src/core/caller.ts';
import type { Operation } from '../src/core/operation.ts';
import { Refusal } from '../src/core/refusal.ts';
import { modules } from '../src/modules.ts';
import { pages } from '../src/routes.ts';
import { deskClient } from './client.ts';
import { examples } from './examples.ts';
import { expect, test, type TestOffice } from './office.ts';
import { legible, mark, plant, words, type Secret } from './secret.ts';
import { makeWorld, type World } from './world.ts';

const queries = (modules.flatMap((module) => module.operations) as Operation[]).filter((op) => op.kind === 'query');
const leaders: ReadonlySet<Role> = new Set(['mayor', 'chief']);
const wide: ReadonlySet<Role> = new Set(['deputy', 'registrar', 'citizens', 'quality', 'auditor']);
/** Every role whose sight is so: what one may ask, all may be asked. */
const officeRoles = roles.filter((role) => !leaders.has(role));
const ownRoles = officeRoles.filter((role) => !wide.has(role));
// Words by which one may look, and would find.
const sought = ['openbody', 'opensubject', 'openparty', 'addedbody', 'petitionbody', 'keptsubject', 'opencontent', 'addressee', 'arrivalwords', 'lettersubject', 'recipient', 'openref', 'openemail@primjer.example', 'resolution', 'pointtitle', 'sittingtitle', 'closedtitle', 'owntitle', 'ordertext', 'audiencepurpose'].map((name) => `${mark}${name}`);

/** What of the secret stands in a text; what was asked for may be repeated. */
function told(text: string, secret: Secret, asked: string, isNote = false): string[] {
  const found = new Set((text.match(new RegExp(`${mark}[a-z]+`, 'gi')) ?? []).map((one) => one.toLowerCase()).filter((one) => !asked.includes(one)));
  for (const [name, id] of Object.entries(secret.ids)) if (!['list', 'box', 'disposal'].includes(name.split(' ')[0]!) && !asked.includes(id) && text.includes(id)) found.add(`the id of ${name}`);
  // A book has no gap: the note of its closing names every number that is carried over.
  if (!isNote) for (const reference of secret.references) if (!asked.includes(reference) && text.split(reference).slice(1).some((rest) => !/^[\d/]/.test(rest))) found.add(reference);
  return [...found];
}

/** The example, and what else one would try: every choice of a filter, every planted word, every id of the secret in every field that takes one. */
function inputsOf(op: Operation, world: World, secret: Secret): Record<string, unknown>[] {
  const example = examples[op.id]!(world);
  const shape = (op.input as unknown as { shape?: Record<string, unknown> }).shape ?? {};
  const inputs = [example];
  for (const [name, field] of Object.entries(shape)) {
    const choices = optionsOf(field);
    for (const choice of choices) inputs.push({ ...example, [name]: choice });
    if (choices.length > 0) continue;
    if (/^(query|q|name|subject|text|words|reference|sender|addressee)$/i.test(name)) for (const one of [...sought, ...secret.references]) inputs.push({ ...example, ...(name === 'subject' || name === 'name' ? { id: undefined } : {}), [name]: one });
    if (/^id$|ids?$/i.test(name)) for (const id of Object.values(secret.ids)) inputs.push({ ...example, [name]: /ids$/i.test(name) ? [id] : id });
  }
  return inputs;
}
function optionsOf(field: unknown): string[] {
  let one = field as { options?: unknown; def?: { innerType?: unknown; in?: unknown } } | undefined;
  for (let depth = 0; one && depth < 6; depth++) {
    if (Array.isArray(one.options) && one.options.every((option) => typeof option === 'string')) return one.options as string[];
    one = (one.def?.innerType ?? one.def?.in) as typeof one;
  }
  return [];
}

async function outsiders(office: TestOffice, world: World): Promise<[string, Caller][]> {
  const [registrar, elsewhere] = [await office.as('dragica-borilovic'), await office.as('tamara-zvicer')];
  const one = async (key: string): Promise<[string, Caller]> => [key, await office.as(key)];
  return [
    ['whose sight is the office, in every role', { ...registrar, roles: new Set(officeRoles) }],
    // Of the unit that was asked, and of the one to which a copy went.
    ['whose sight is their own, in every role', { ...elsewhere, roles: new Set(ownRoles), marks: [...elsewhere.marks, 'sluzba'] }],
    ...(await Promise.all(['dragica-borilovic', 'jelena-popivoda', 'gordana-adzic', 'biljana-soc', 'ognjen-kustudija', 'tamara-zvicer'].map(one))),
    ['the public', office.public()], ['a petitioner of another case', office.petitioner(world.otherId)], ['a body asked of another case', office.contributor(world.contributionId)],
  ];
}

describe('a confidential matter', () => {
  test('is told by no query to anybody who is not named', async ({ office }) => {
    const world = await makeWorld(office);
    const secret = await plant(office, world);
    const leaks: string[] = [];
    const callers = await outsiders(office, world);
    for (const [place, [who, caller]] of callers.entries()) {
      // The secret link of the chief's own feed is the chief's key: whoever holds it reads as the chief.
      for (const op of queries.filter((one) => one.id !== 'feed.read' && one.allow.length > 0 && isAllowed(one.allow, caller))) {
        // What one role may ask was asked in all roles already: of single persons the examples and the ids are enough.
        const inputs = inputsOf(op, world, secret);
        for (const input of place < 2 ? inputs : inputs.slice(0, 1).concat(inputs.filter((one) => Object.values(one).some((value) => value === secret.cases.open || value === secret.cases.petition || value === sought[0])))) {
          const found = await office.run(op, caller, input).then((output) => ({ output }), (error: unknown) => ({ error }));
          const asked = JSON.stringify(input).toLowerCase();
          if ('error' in found && !(found.error instanceof Refusal)) leaks.push(`${op.id} as ${who}, asked ${asked.slice(0, 200)}: ${String(found.error)}`);
          const text = 'error' in found ? JSON.stringify({ ...(found.error as Refusal) }) : await words(found.output);
          const what = told(text, secret, asked, op.id === 'book.preview');
          if (what.length > 0) leaks.push(`${op.id} as ${who}, asked ${asked.slice(0, 200)}: ${what.join()}`);
        }
      }
    }
    expect(leaks).toEqual([]);
    // The words are there to be found: who leads is told nearly all of them.
    const chief = await office.as('vesko-radulovic');
    const seen = new Set<string>();
    for (const op of queries.filter((one) => isAllowed(one.allow, { ...chief, roles: new Set(roles) }))) for (const input of inputsOf(op, world, secret)) {
      const output = await office.run(op, { ...chief, roles: new Set(roles) }, input).catch(() => null);
      for (const one of told(await words(output), secret, '')) seen.add(one);
    }
    for (const name of ['opensubject', 'openbody', 'openparty', 'openfile', 'deliverynote', 'resolution', 'lettersubject', 'letterbody', 'recipient', 'addressee', 'arrivalsubject', 'arrivalsender', 'forwardnote', 'purpose', 'archivenote', 'petitionsubject', 'question', 'facts', 'bouncedsubject', 'closedtitle', 'ordertext', 'orderreport', 'audiencepurpose', 'pointtitle', 'pointreason', 'sittingtitle'])
      expect([...seen], name).toContain(`${mark}${name}`);
  }, 240_000);

  test('is told by no page, list as a file, print or package to anybody who is not named', async ({ office }) => {
    const world = await makeWorld(office);
    const secret = await plant(office, world);
    const leaks: string[] = [];
    for (const [key, given] of [['dragica-borilovic', officeRoles], ['tamara-zvicer', ownRoles]] as const) {
      await office.within((db) => db.updateTable('person').set({ roles: [...given] }).where('office_id', '=', office.office.id).where('key', '=', key).execute());
      const client = await deskClient(office, key);
      let shown = 0;
      for (const path of pathsOf(world, secret)) {
        const response = await client.site.request(`http://${client.host}${path}`, { headers: { host: client.host, cookie: [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; '), 'sec-fetch-site': 'same-origin' } }, { incoming: { socket: { remoteAddress: client.address } } });
        if (response.status === 200) shown++;
        if (response.status >= 500) leaks.push(`${path} as ${key}: ${response.status}`);
        const text = `${await legible(new Uint8Array(await response.arrayBuffer()))} ${JSON.stringify([...response.headers])}`;
        const what = told(text, secret, decodeURIComponent(path).toLowerCase(), path.startsWith('/desk/register/close'));
        if (what.length > 0) leaks.push(`${path} as ${key}: ${what.join()}`);
      }
      expect(shown).toBeGreaterThan(100);
    }
    expect(leaks).toEqual([]);
    // They are there to be found.
    const chief = await deskClient(office, 'vesko-radulovic');
    const read = async (path: string) => {
      const response = await chief.site.request(`http://${chief.host}${path}`, { headers: { host: chief.host, cookie: [...chief.cookies].map(([name, value]) => `${name}=${value}`).join('; ') } }, { incoming: { socket: { remoteAddress: chief.address } } });
      return told(await legible(new Uint8Array(await response.arrayBuffer())), secret, '');
    };
    for (const [path, name] of [[`/desk/cases/${secret.cases.open}/bundle.pdf`, 'openbody'], [`/desk/cases/${secret.cases.open}/folder.zip`, 'addedcontent'], ['/desk/cases?view=all&as=xlsx', 'opensubject'], ['/desk/register.pdf', 'addedsubject'], [`/desk/dispatch/lists/${secret.ids['list']}`, 'addressee'], [`/desk/search.json?q=${mark}open`, 'opensubject']] as const)
      expect(await read(path), path).toContain(`${mark}${name}`);
  }, 300_000);
});

const kinds: [RegExp, RegExp][] = [
  [/petitions|cases|\/c\//, /^(open|kept|petition)$/], [/documents/, /^document/], [/letters/, /^(letter|draft|loose)$/], [/dispatch/, /^(dispatch|mailed|list)$/], [/arrivals/, /^arrival$/], [/lendings/, /^lending$/], [/boxes/, /^box$/], [/disposals/, /^disposal$/],
  [/directory/, /^party/], [/contribution/, /asked$/i], [/obligations/, /^obligation/], [/calendar|packs/, /^(closed|own)$/], [/meetings/, /^(sitting|point)$/], [/proposals/, /^proposal$/], [/audiences/, /^audience$/],
];
/** What of the secret such a page is about, and one thing that it is not about. */
function idsFor(path: string, secret: Secret): string[] {
  const names = Object.keys(secret.ids);
  const kind = kinds.find(([one]) => one.test(path))?.[1];
  return (kind ? [...names.filter((name) => kind.test(name)), names.find((name) => !kind.test(name))!] : [secret.cases.open]).map((name) => secret.ids[name] ?? name);
}

/** Every page that is got: lists also by word, by view and as files; those of one thing for each thing of the secret, and for what everybody sees beside it. */
function pathsOf(world: World, secret: Secret): string[] {
  const all = Object.values(secret.ids).join('&ids=');
  const beside = [world.caseId, world.paperId!, world.partyId, world.bodyId!, world['boxId']!, world['listId']!, world['givenCaseId']!];
  return pages.filter((page) => page.get && !/sign-out|language/.test(page.path)).flatMap((page) => {
    if (!page.path.includes(':')) return [
      page.path, ...(page.path.endsWith('.pdf') ? [] : [
        ...['csv', ...(page.path === '/desk/cases' || page.path === '/desk/register' ? ['xlsx', 'pdf'] : [])].map((as) => `${page.path}?as=${as}&view=all`), ...['all', 'open', 'settled', 'returned', 'failed'].map((view) => `${page.path}?view=${view}&state=${view}&show=${view}`),
        ...sought.slice(1, 3).map((one) => `${page.path}?q=${one}&query=${one}&view=all`), `${page.path}?q=${encodeURIComponent(secret.references[0]!)}`, `${page.path}?party=${secret.ids['party 0']}&partyId=${secret.ids['party 0']}`,
      ]),
      `${page.path}?ids=${all}`, ...(['open', 'kept', 'petition'] as const).map((name) => `${page.path}?id=${secret.cases[name]}&caseId=${secret.cases[name]}&case=${secret.cases[name]}&to=${secret.cases[name]}`),
    ];
    const acts = page.path.endsWith(':act') ? ['assign', 'link', 'receive', 'return', 'reroute', 'withdraw', 'submit', 'consent', 'refuse', 'carry-out', 'dismiss', 'restrict', 'extend'] : ['list.pdf'];
    return [...idsFor(page.path, secret), ...beside].flatMap((id) => acts.map((act) => page.path.replace(/:(id|token|code)/, id).replace(':delivery', secret.ids['delivery 0']!).replace(':documentId', secret.ids['document 0']!).replace(/:(act|paper)$/, act)));
  });
}
