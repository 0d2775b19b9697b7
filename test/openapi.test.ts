import { Validator } from '@seriousme/openapi-schema-validator';
import type { Hono } from 'hono';
import { describe, vi } from 'vitest';
import { z } from 'zod';
import { log } from '../src/core/log.ts';
import { openApi } from '../src/core/openapi.ts';
import { modules } from '../src/modules.ts';
import { createToken } from '../src/modules/people/token.server.ts';
import { openSite } from '../src/site.tsx';
import { expect, test, type TestOffice } from './office.ts';
import { letter } from './petition.ts';

const operations = modules.flatMap((module) => module.operations);
const document = () => JSON.parse(JSON.stringify(openApi(operations))) as { paths: Record<string, Record<string, { operationId: string; parameters: { name: string; in: string; required: boolean }[]; requestBody?: unknown; security?: unknown[] }>> };

describe('the document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const found = await new Validator().validate(document());
    expect(found.errors ?? []).toEqual([]);
    expect(found.valid).toBe(true);
  });

  test('has every operation that is offered, with its path parameters', () => {
    const said = Object.entries(document().paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, one]) => ({ rest: `${method.toUpperCase()} ${path}`, ...one })));
    expect(said.map((one) => `${one.operationId} ${one.rest}`).sort()).toEqual(operations.filter((op) => op.rest).map((op) => `${op.id} ${op.rest}`).sort());
    for (const one of said) {
      expect(one.parameters.filter((parameter) => parameter.in === 'path').map((parameter) => `{${parameter.name}}`)).toEqual(one.rest.match(/\{\w+\}/g) ?? []);
      if (one.rest.startsWith('POST')) expect(one.parameters.some((parameter) => parameter.name === 'Idempotency-Key'), one.rest).toBe(true);
      else if (one.rest.startsWith('GET')) expect(one.requestBody, one.rest).toBeUndefined();
    }
    const open = said.filter((one) => one.security).map((one) => one.operationId).sort();
    expect(open).toEqual(operations.filter((op) => op.rest && op.allow.includes('public')).map((op) => op.id).sort());
  });
});

type Part = { type?: unknown; minimum?: number; maximum?: number };
const partsOf = (value: unknown): Part[] => (value !== null && typeof value === 'object' ? [value as Part, ...Object.values(value).flatMap(partsOf)] : []);

test('what is asked for can be kept: whole numbers fit a column', () => {
  const wide = operations.filter((op) => (['input', 'output'] as const).some((io) => partsOf(z.toJSONSchema(op.input, { io, unrepresentable: 'any' })).some((part) => part.type === 'integer' && !((part.minimum ?? -Infinity) >= -(2 ** 31) && (part.maximum ?? Infinity) < 2 ** 31))));
  expect(wide.map((op) => op.id)).toEqual([]);
});

const siteOf = (office: TestOffice): Hono => openSite(office.kernel);
const tokenFor = async (office: TestOffice, who: string, scopes: string) => (await office.run(createToken, await office.as(who), { name: 'Проба', scopes })).token;
type Call = { token?: string; body?: unknown; raw?: string; key?: string; host?: string; method?: string; type?: string };
async function call(office: TestOffice, site: Hono, route: string, { token, body, raw, key, host, method, type }: Call = {}) {
  const headers: Record<string, string> = { host: host ?? `${office.office.slug}.localhost` };
  if (token) headers['authorization'] = `Bearer ${token}`;
  if (key) headers['idempotency-key'] = key;
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  if (text !== undefined) headers['content-type'] = type ?? 'application/json';
  const answer = await site.request(`http://${headers['host']}/api${route}`, { method: method ?? (text === undefined ? 'GET' : 'POST'), headers, ...(text === undefined ? {} : { body: text }) });
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', said: (await answer.json()) as Record<string, unknown> & { errors?: { field: string; code: string; message: string }[] } };
}

describe('REST', () => {
  test('registers, finds and assigns with a token, each in one call', async ({ office }) => {
    const site = siteOf(office);
    const token = await tokenFor(office, 'chief', '*');
    const made = await call(office, site, '/petitions', { token, body: { ...letter, files: [{ name: 'a.txt', bytes: Buffer.from('здраво').toString('base64') }] } });
    expect(made).toMatchObject({ status: 200, type: 'application/json', said: { reference: expect.stringMatching(/-1$/) } });
    const id = String(made.said['id']);
    expect((await call(office, site, `/petitions/${id}`, { token })).said).toMatchObject({ id, subject: letter.subject, documents: [{ fileName: 'a.txt' }] });
    expect((await call(office, site, '/petitions?view=inbox&query=rasvjeta', { token })).said).toMatchObject({ cases: [{ id }], next: null });
    expect((await call(office, site, '/petitions/counts', { token })).said).toMatchObject({ inbox: 1 });
    expect(await call(office, site, `/petitions/${id}/assign`, { token, body: { unitId: 'finansije' } })).toMatchObject({ status: 200, said: { id, state: 'assigned' } });
    expect((await call(office, site, `/tracking/${encodeURIComponent(String(made.said['code']))}`)).said).toEqual({ id });
    expect((await call(office, site, '/structure')).status).toBe(200);
  });

  test('the same key gives the same answer; another letter under it is refused', async ({ office }) => {
    const site = siteOf(office);
    const send = (body: object) => call(office, site, '/petitions/submit', { body, key: 'abc' });
    const first = await send(letter);
    expect(await send(letter)).toEqual(first);
    expect(await send({ ...letter, subject: 'Друго' })).toMatchObject({ status: 409, said: { type: 'urn:kabinet:error.key_reused' } });
    expect((await office.events()).filter((event) => event.name === 'petition.registered')).toHaveLength(1);
  });

  test('refuses with problem documents: who, what, and each field in words', async ({ office }) => {
    const site = siteOf(office);
    const token = await tokenFor(office, 'chief', '*');
    const problem = async (route: string, more: Call, status: number) => {
      const found = await call(office, site, route, more);
      expect(found, route).toMatchObject({ status, type: 'application/problem+json', said: { status, type: expect.stringMatching(/^urn:kabinet:error\./), title: expect.stringMatching(/\S/) } });
      expect(JSON.stringify(found.said), route).not.toContain('⟨');
      return found.said;
    };
    const unknown = '0198a0a0-0000-7000-8000-000000000000';
    for (const wrong of ['x'.repeat(40), `kabinet_${'a'.repeat(43)}`, 'short', '']) await problem('/petitions', { token: wrong || ' ' }, 401);
    const other = await office.another();
    await problem('/petitions', { token: await tokenFor(other, 'chief', '*') }, 401);
    await problem('/petitions', {}, 404);
    await problem(`/petitions/${unknown}`, { token }, 404);
    await problem('/nothing', { token }, 404);
    await problem('/petitions', { token, method: 'PUT' }, 404);
    await problem('/petitions', { token, host: 'nowhere.example' }, 404);
    const fields = await problem('/petitions', { token, body: { kind: 'poem', subject: '', text: 'x', replyBy: 'email', name: 'Ана' } }, 422);
    expect(fields.errors?.map((error) => `${error.field} ${error.code}`)).toEqual(['kind field.choose', 'subject field.required']);
    expect(fields.errors?.every((error) => /^[^⟨]{3,}$/.test(error.message))).toBe(true);
    for (const raw of ['{', '[]', '"x"', 'null', '5', '{"a":1']) await problem('/petitions', { token, raw }, 422);
    await problem(`/petitions/x`, { token }, 422);
    await problem('/petitions?view=nowhere', { token }, 422);
    await problem('/register?year=1026', { token }, 422);
    await problem('/petitions', { token, body: { ...letter, files: [{ name: 'a.txt', bytes: '***' }] } }, 422);
    const made = await call(office, site, '/petitions', { token, body: letter });
    await problem(`/petitions/${String(made.said['id'])}/close`, { token, body: {} }, 409);
    await problem('/petitions', { token: await tokenFor(office, 'spokesperson', '*'), body: letter }, 403);
  });

  test('a token reaches as far as its scopes, and not beyond its maker', async ({ office }) => {
    const site = siteOf(office);
    const reads = await tokenFor(office, 'registrar', 'read');
    expect((await call(office, site, '/petitions', { token: reads })).status).toBe(200);
    expect((await call(office, site, '/petitions', { token: reads, body: letter })).status).toBe(403);
    const one = await tokenFor(office, 'registrar', 'petition.register');
    expect((await call(office, site, '/petitions', { token: one, body: letter })).status).toBe(200);
    expect((await call(office, site, '/petitions', { token: one })).status).toBe(403);
    const clerk = await tokenFor(office, 'protocol', '*');
    expect((await call(office, site, '/closing-days', { token: clerk, body: { dayOn: '2026-06-01', name: 'x' } })).status).toBe(403);
  });

  test('the body does not choose what the path says; odd keys do no harm', async ({ office }) => {
    const site = siteOf(office);
    const token = await tokenFor(office, 'chief', '*');
    const [one, two] = [await call(office, site, '/petitions', { token, body: letter }), await call(office, site, '/petitions', { token, body: letter })];
    const answer = await call(office, site, `/petitions/${String(one.said['id'])}/assign`, { token, raw: `{"id":"${String(two.said['id'])}","unitId":"finansije","__proto__":{"x":1},"constructor":{},"office_id":1}` });
    expect(answer.said['id']).toBe(one.said['id']);
    expect(({} as { x?: number }).x).toBeUndefined();
    expect((await call(office, site, `/petitions/${String(two.said['id'])}`, { token })).said['state']).toBe('registered');
  });

  test('takes JSON that says it is, in its own methods, and answers with what is no page; all else is written into the log', async ({ office }) => {
    const site = siteOf(office);
    const token = await tokenFor(office, 'chief', '*');
    const before = (await office.events()).length;
    const written = vi.spyOn(log, 'info');
    for (const type of ['', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=b', 'application/jsonp'])
      expect((await call(office, site, '/petitions', { token, body: { kind: 'petition' }, type })).said, type).toMatchObject({ status: 415, type: 'urn:kabinet:error.not_json', title: expect.stringMatching(/JSON/) });
    expect((await office.events()).length).toBe(before);
    await call(office, site, '/petitions', { token, raw: '{тајна' });
    await call(office, site, '/petitions', { token: `${token}x` });
    for (const path of ['/api/petitions', '/desk', '/nowhere']) expect((await site.request(`http://${office.office.slug}.localhost${path}`, { method: 'PUT', headers: { host: `${office.office.slug}.localhost` } })).status, path).toBe(404);
    const lines = written.mock.calls.map(([line]) => line as unknown as { status: number; why: string });
    written.mockRestore();
    expect(lines.map(({ status, why }) => `${status} ${why}`)).toEqual([...Array.from({ length: 5 }, () => '415 error.not_json'), '422 error.wrong_input', '401 error.token', ...Array.from({ length: 3 }, () => '404 error.not_found')]);
    expect(JSON.stringify(lines)).not.toMatch(/тајна|kabinet_/);
    expect((await call(office, site, '/petitions', { token, body: {}, type: 'Application/JSON; charset=utf-8' })).status).toBe(422);
    for (const path of ['/api/petitions', '/api/openapi.json', '/api/nowhere']) {
      const answer = await site.request(`http://${office.office.slug}.localhost${path}`, { headers: { host: `${office.office.slug}.localhost` } });
      expect(answer.headers.get('content-disposition'), path).toBe('attachment; filename="api.json"');
    }
  });

  test('serves its own document', async ({ office }) => {
    const found = await call(office, siteOf(office), '/openapi.json');
    expect(found.said).toEqual(document());
  });
});
