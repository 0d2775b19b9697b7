import { Hono, type Context as HonoContext } from 'hono';
import { randomBytes } from 'node:crypto';
import type { Caller } from './caller.ts';
import type { Kernel } from './kernel.ts';
import type { LocaleId } from './language.ts';
import { atDoor, log } from './log.ts';
import { translator } from './message.ts';
import type { Operation } from './operation.ts';
import { openApi } from './openapi.ts';
import { retryAfter, unavailable } from './outage.ts';
import { notFound, Refusal, wrong } from './refusal.ts';

const statusOf = { POST: 200, GET: 200, PUT: 200, DELETE: 200 } as const;

/** Every operation that has a `rest`, under its method and path; errors are RFC 9457 problem documents. */
export function restApi(kernel: Kernel, callerOf: (c: HonoContext) => Promise<Caller>, localeOf: (c: HonoContext) => Promise<LocaleId>): Hono {
  const api = new Hono();
  // Whoever opens an answer by its address is given a file and never a page.
  api.use(async (c, next) => {
    await next();
    if (c.res.headers.has('content-type')) c.res.headers.set('content-disposition', 'attachment; filename="api.json"');
  });
  const document = JSON.stringify(openApi([...kernel.operations.values()]));
  api.get('/openapi.json', (c) => c.body(document, 200, { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' }));
  const operations = [...kernel.operations.values()].filter((op) => op.rest);
  // Fixed paths before those with parameters, so that /petitions/counts is not the petition „counts“.
  operations.sort((a, b) => Number(a.rest!.includes('{')) - Number(b.rest!.includes('{')));
  for (const op of operations) {
    const [method, path] = op.rest!.split(' ') as ['GET', string];
    api.on(method, path.replaceAll(/\{(\w+)\}/g, ':$1'), (c) => serve(c, op));
  }
  async function serve(c: HonoContext, op: Operation): Promise<Response> {
    let caller: Caller | null = null;
    try {
      caller = await callerOf(c);
      const key = c.req.header('idempotency-key');
      const output = await kernel.run(op, caller, { ...(await inputOf(c, op)), ...c.req.param() }, key ? { key } : {});
      return c.json(output as object, statusOf[c.req.method as 'GET'] ?? 200);
    } catch (error) {
      const outage = unavailable(error);
      if (outage) log.error({ err: (error as Error).message, operation: op.id, status: outage.status }, 'outage');
      return problem(outage ?? error, caller?.locale ?? (outage ? await localeOf(c) : 'en'));
    }
  }
  api.get('/', (c) => c.redirect('/api-docs'));
  api.all('*', (c) => problem(atDoor(c, notFound()), 'en'));
  return api;
}

async function inputOf(c: HonoContext, op: Operation): Promise<Record<string, unknown>> {
  if (op.kind === 'query') return Object.fromEntries(new URL(c.req.url).searchParams);
  const text = await c.req.text();
  if (!text) return {};
  if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) throw atDoor(c, new Refusal(415, { key: 'error.not_json' }));
  try {
    const body: unknown = JSON.parse(text);
    if (body && typeof body === 'object' && !Array.isArray(body)) return body as Record<string, unknown>;
  } catch {
    // said below
  }
  throw atDoor(c, wrong({ body: { key: 'field.json' } }));
}

function problem(error: unknown, locale: LocaleId): Response {
  const t = translator(locale);
  const write = (status: number, body: object): Response => {
    const later = retryAfter(status);
    return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/problem+json', ...(later ? { 'retry-after': later } : {}) } });
  };
  if (error instanceof Refusal)
    return write(error.status, {
      type: `urn:kabinet:${error.said.key}`, title: t(error.said.key, error.said.args), status: error.status,
      ...(Object.keys(error.fields).length > 0 ? { errors: Object.entries(error.fields).map(([field, said]) => ({ field, code: said.key, message: t(said.key, said.args) })) } : {}),
      ...(error.current !== undefined ? { current: error.current } : {}),
    });
  const incident = randomBytes(4).toString('hex');
  log.error({ err: (error as Error).message, stack: (error as Error).stack, incident }, 'operation failed');
  return write(500, { type: 'urn:kabinet:error.incident', title: t('error.incident', { incident }), status: 500, incident });
}
