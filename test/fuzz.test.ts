import fs from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, vi } from 'vitest';
import { z } from 'zod';
import type { Caller } from '../src/core/caller.ts';
import { log } from '../src/core/log.ts';
import type { Operation } from '../src/core/operation.ts';
import { Refusal } from '../src/core/refusal.ts';
import { hasUnsealed } from '../src/core/seal.ts';
import { verifyOffice } from '../src/core/verify.ts';
import { modules } from '../src/modules.ts';
import { createToken } from '../src/modules/people/token.server.ts';
import { openSite } from '../src/site.tsx';
import { Client, type Shown } from './client.ts';
import { examples } from './examples.ts';
import { anything, nearly, seed, short, text, times, together, valueOf, within, type Schema } from './fuzz-values.ts';
import { expect, test, type TestOffice } from './office.ts';
import { makeWorld, type World } from './world.ts';

type Described = { operationId: string; parameters: { name: string; in: string; required: boolean; schema: Schema }[]; requestBody?: { content: Record<string, { schema: Schema }> }; responses: { 200: { content: Record<string, { schema: Schema }> } } };
type Offered = { id: string; method: string; path: string; inPath: string[]; input: Schema; output: z.ZodType };
type Input = Record<string, unknown>;

const operations = modules.flatMap((module) => module.operations) as Operation[];
const runs = 7 * times;
// Its rows are handed on by the check, within one process.
const handedOn = new Set(['import.enter']);
// These end what the others need: the tokens, the sessions, the person that asks.
const endsTheAsker = new Set(['token.revoke', 'person.deactivate', 'person.change', 'substitute.end']);

const causes = new Map<string, string>();
beforeEach(() => {
  causes.clear();
  vi.spyOn(log, 'error').mockImplementation(((said: { incident?: string; stack?: string; err?: string }) => void causes.set(said.incident ?? '', said.stack ?? said.err ?? '')) as never);
  process.stdout.write(`fuzz: KABINET_SEED=${seed}\n`);
});
afterEach(() => void vi.restoreAllMocks());

/** What the served document says of each operation. */
async function offered(client: Client): Promise<Offered[]> {
  const document = JSON.parse((await client.rest('/openapi.json')).html) as { paths: Record<string, Record<string, Described>> };
  return Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, one]) => {
    const inPath = one.parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name);
    const asked = one.parameters.filter((parameter) => parameter.in !== 'header');
    const body = one.requestBody?.content['application/json']?.schema;
    const input = { type: 'object', properties: { ...Object.fromEntries(asked.map((parameter) => [parameter.name, parameter.schema])), ...body?.properties }, required: [...asked.filter((parameter) => parameter.required).map((parameter) => parameter.name), ...(body?.required ?? [])] };
    return { id: one.operationId, method: method.toUpperCase(), path, inPath, input, output: z.fromJSONSchema(one.responses[200].content['application/json']!.schema as never) };
  }));
}

const inAddress = (value: unknown): string => encodeURIComponent((typeof value === 'string' ? value : JSON.stringify(value) ?? '').toWellFormed().slice(0, 10_000));
const withBytes = (_: string, value: unknown): unknown => (value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value);

function call(client: Client, op: Offered, input: Input, token: string | undefined): Promise<Shown> {
  client.address = `10.9.${Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}`;
  const path = op.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => inAddress(input[name] ?? 'x'));
  const rest = Object.entries(input).filter(([name, value]) => !op.inPath.includes(name) && value !== undefined);
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
  if (op.method === 'GET') return client.send(`/api${path}?${rest.map(([name, value]) => `${inAddress(name)}=${inAddress(value)}`).join('&')}`, { headers });
  return client.send(`/api${path}`, { method: op.method, body: JSON.stringify(Object.fromEntries(rest), withBytes), headers });
}

/** What is wrong with an answer, or nothing: 5xx, a refusal without words, a success of another shape than promised. */
function fault(op: Offered, shown: Shown): string | null {
  if (shown.status >= 500) return `${shown.status} ${causes.get((JSON.parse(shown.html) as { incident: string }).incident)?.split('\n').slice(0, 8).join('\n') ?? shown.html}`;
  if (shown.status >= 400) {
    if (shown.headers.get('content-type') !== 'application/problem+json') return `${shown.status} as ${shown.headers.get('content-type')}`;
    const problem = JSON.parse(shown.html) as { title?: string; errors?: { message?: string }[] };
    const said = [problem.title, ...(problem.errors ?? []).map((one) => one.message)];
    return said.every((one) => typeof one === 'string' && one.length > 2 && !one.includes('⟨')) ? null : `says ${short(said)}`;
  }
  if (shown.status !== 200) return `answers ${shown.status}`;
  const parsed = op.output.safeParse(JSON.parse(shown.html));
  return parsed.success ? null : `answers otherwise than promised: ${short(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`))} in ${short(shown.html)}`;
}

const knownOf = (world: World): string[] => Object.values(world).filter((one) => typeof one === 'string' && one.length < 200);
const inputsOf = (right: Input, schema: Schema, known: readonly string[]) =>
  fc.oneof({ weight: 5, arbitrary: nearly(right, schema, known) }, { weight: 2, arbitrary: valueOf(schema, known) as fc.Arbitrary<Input> }, { weight: 1, arbitrary: fc.dictionary(fc.oneof(fc.constantFrom('id', 'ids', '', '__proto__', 'constructor'), fc.string({ maxLength: 8 })), anything(), { maxKeys: 4 }) });

/** One who holds every role: what he is refused is refused for another reason than his roles. */
async function everyRole(office: TestOffice): Promise<{ caller: Caller; token: string }> {
  const person = await office.as('it');
  await office.within((db) => db.updateTable('person').set({ roles: ['mayor', 'deputy', 'chief', 'registrar', 'clerk', 'adviser', 'head', 'protocol', 'spokesperson', 'citizens', 'council', 'quality', 'it', 'auditor'] }).where('office_id', '=', office.office.id).where('id', '=', person.personId!).execute());
  const caller = await office.as((await office.within((db) => db.selectFrom('person').select('key').where('id', '=', person.personId!).executeTakeFirstOrThrow())).key!);
  return { caller, token: (await office.run(createToken, caller, { name: 'Проба', scopes: '*,classified,clearance' })).token };
}

const tokenOf = async (office: TestOffice, role: 'clerk'): Promise<string> => (await office.run(createToken, await office.as(role), { name: 'Проба', scopes: '*' })).token;

/** Whatever happened: the books have no gap, the chain verifies, each file is there. */
async function isWhole(office: TestOffice): Promise<void> {
  // On a loaded machine one settling may not be enough for thousands of events.
  for (let turn = 0; turn < 6; turn++) {
    await office.settle();
    if (!(await hasUnsealed(office.kernel.db, office.office))) break;
  }
  const proof = await verifyOffice(office.kernel, office.office);
  expect(proof.faults).toEqual([]);
  expect(proof.chain.unsealed).toBe(0);
}

type Kept = { operation: string; input?: Input; change?: Input };
test('what broke an operation once is refused in words', async ({ office }) => {
  const world = await makeWorld(office);
  const client = new Client(office, openSite(office.kernel));
  const { token } = await everyRole(office);
  const rest = new Map((await offered(client)).map((op) => [op.id, op]));
  for (const one of JSON.parse(fs.readFileSync(new URL('corpus/fuzz/operations.json', import.meta.url), 'utf8')) as Kept[]) {
    const op = operations.find((other) => other.id === one.operation)!;
    const input = one.input ?? { ...examples[op.id]!(world), ...one.change };
    const open = rest.get(op.id);
    if (open) {
      for (const asker of [token, world.token]) expect(fault(open, await call(client, open, input, asker)), op.id).toBeNull();
    } else await office.run(op, office.system(), input).catch((error: unknown) => expect(error, op.id).toBeInstanceOf(Refusal));
  }
}, 60_000);

test('no input of an operation of the REST interface breaks it, whoever asks; answers are as the document promises', async ({ office }) => {
  const world = await makeWorld(office);
  const client = new Client(office, openSite(office.kernel));
  const askers = [(await everyRole(office)).token, world.token, await tokenOf(office, 'clerk'), undefined];
  const known = knownOf(world);
  const faults: string[] = [];
  const statuses: Record<string, number> = {};
  await together((await offered(client)).filter((op) => !endsTheAsker.has(op.id)), 4, async (op) => {
    const right = JSON.parse(JSON.stringify(examples[op.id]!(world), withBytes)) as Input;
    const property = fc.asyncProperty(inputsOf(right, op.input, known), fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat(3) }), async (input, who) => {
      const shown = await within(op.id, call(client, op, input, askers[who]));
      statuses[shown.status] = (statuses[shown.status] ?? 0) + 1;
      const found = fault(op, shown);
      if (found) throw new Error(found);
    });
    const result = await fc.check(property, { seed, numRuns: runs, examples: [[right, 0]] });
    if (result.failed) faults.push(`${op.id} ${short(result.counterexample?.[0])}\n  ${(result.errorInstance as Error).message}`);
  });
  process.stdout.write(`fuzz: answers ${JSON.stringify(statuses)}\n`);
  expect(faults).toEqual([]);
  await isWhole(office);
}, 120_000 * times);

test('no input of an operation that only pages, links and the office itself use breaks it', async ({ office }) => {
  const world = await makeWorld(office);
  const known = knownOf(world);
  const { caller } = await everyRole(office);
  const faults: string[] = [];
  await together(operations.filter((op) => !op.rest && !handedOn.has(op.id) && !['person.change_password', 'session.sign_in'].includes(op.id)), 4, async (op) => {
    const who = (): Caller => (op.allow.length === 0 ? office.system() : op.allow.includes('contributor') ? office.contributor(world.contributionId) : op.allow.includes('petitioner') ? office.petitioner(world.caseId) : op.allow.includes('public') ? office.public() : caller);
    const schema = z.toJSONSchema(op.input, { io: 'input', unrepresentable: 'any' }) as Schema;
    const property = fc.asyncProperty(inputsOf(examples[op.id]!(world), schema, known), async (input) => {
      await within(op.id, office.run(op, who(), input)).catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
      });
    });
    const result = await fc.check(property, { seed, numRuns: runs });
    if (result.failed) faults.push(`${op.id} ${short(result.counterexample?.[0])}\n  ${(result.errorInstance as Error).stack?.split('\n').slice(0, 8).join('\n')}`);
  });
  expect(faults).toEqual([]);
  await isWhole(office);
}, 120_000 * times);

test('bodies that are no JSON, of another type, cut off, doubled, packed or endless are refused in words', async ({ office }) => {
  const client = new Client(office, openSite(office.kernel));
  const { token } = await everyRole(office);
  const json = JSON.stringify(examples['petition.register']!({ partyId: '' } as World));
  const stream = (pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> => new ReadableStream<Uint8Array>({ start: (controller) => {
    for (const piece of pieces) controller.enqueue(piece);
    controller.close();
  } });
  const raw: [BodyInit, string][] = [
    [json.slice(0, -1), ''], [json.replace('{', '{"kind":"question","kind":"poem",'), ''], [`\uFEFF${json}`, ''], [`${json}${json}`, ''], [new Uint8Array([0xff, 0xfe, 0x7b]), ''], [new Uint8Array([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]), ''], ['\u0000', ''], ['x'.repeat(1_000_000), ''],
    [`${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`, ''], [`{"subject":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, ''], [`{"text":${JSON.stringify('\u0000'.repeat(100_000))}}`, ''], [`{"a":${'9'.repeat(100_000)}}`, ''], ['kind=petition', 'application/x-www-form-urlencoded'], [json, 'text/plain'], [json, 'application/json; charset=utf-16'], ['--b\r\n\r\n--b--', 'multipart/form-data; boundary=b'],
    [stream([Buffer.from(json.slice(0, 20)), Buffer.from(json.slice(20))]), ''], [stream(Array.from({ length: 1000 }, () => Buffer.from('['))), ''],
  ];
  for (const [body, type] of raw) {
    const shown = await within('body', client.send('/api/petitions', { method: 'POST', body, headers: { 'content-type': type || 'application/json', authorization: `Bearer ${token}` } }));
    expect(/^(|application\/json.*)$/.test(type) ? [200, 422] : [415], short(body)).toContain(shown.status);
    if (shown.status !== 200) expect(JSON.parse(shown.html)).toMatchObject({ title: expect.stringMatching(/\S/) });
  }
  for (const encoding of ['gzip', 'br', 'nonsense']) expect((await client.send('/api/petitions', { method: 'POST', body: new Uint8Array([31, 139, 8, 0]), headers: { 'content-type': 'application/json', 'content-encoding': encoding, authorization: `Bearer ${token}` } })).status).toBe(422);
  await fc.assert(fc.asyncProperty(fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'PROPFIND'), text(), fc.constantFrom('authorization', 'idempotency-key', 'accept-language', 'cookie', 'range', 'if-none-match', 'content-type', 'x-forwarded-for', 'origin', 'referer'), text(), async (method, rest, header, value) => {
    const said = value.replaceAll(/[^\u0020-\u007E]/g, '').slice(0, 8000);
    for (const path of [`/api/petitions/${inAddress(rest)}`, `/${inAddress(rest)}`, `/desk/${inAddress(rest)}?${inAddress(value)}`, `/dav/${inAddress(rest)}`]) expect((await within(path, client.send(path, { method, headers: { [header]: said } }))).status, path).toBeLessThan(500);
  }), { seed, numRuns: 40 * times });
}, 60_000 * times);
