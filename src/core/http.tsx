import { randomBytes } from 'node:crypto';
import { Hono, type Context as HonoContext } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { renderToStaticMarkup } from 'react-dom/server';
import type { ReactElement } from 'react';
import { restApi } from './api.ts';
import { serveAsset } from './asset.ts';
import { publicCaller, type Caller } from './caller.ts';
import { dropCookie, keepCookie, readCookie } from './cookie.ts';
import { forgetGlances, noticeAct } from './glance.ts';
import { health } from './health.ts';
import { isLocaleId, type LocaleId } from './language.ts';
import type { Kernel } from './kernel.ts';
import { atDoor, log } from './log.ts';
import { hasMessage, translator } from './message.ts';
import { metrics, requestSeconds } from './metrics.ts';
import type { Office } from './office.ts';
import { retryAfter, unavailable } from './outage.ts';
import type { Page, PageContext, Panel, Shown, Values } from './page.ts';
import { notFound, Refusal, tooMany, type Said } from './refusal.ts';
import { holdForm, secretFields, takeHeldForm } from './held-form.ts';
import { Reads } from './reads.ts';
import { hashToken, isSame, openText, sealText } from './secret.ts';
import { mayPass } from './rate-limit.ts';

/** What the site adds to core: who is behind a cookie or token, and how a page is framed. */
export type Site = {
  kernel: Kernel;
  pages: readonly Page[];
  panels?: readonly Panel[];
  findSession(office: Office, token: string, address: string): Promise<Caller | null>;
  findTokenCaller(office: Office, token: string, address: string): Promise<Caller | null>;
  /** The frame and the view's context around a page. */
  frame(page: PageContext, element: ReactElement, flash: Said | null): Promise<ReactElement>;
  /** A page that says why not: 404, 403, 409, 429, 500. */
  refusalPage(page: PageContext, refusal: { status: number; said: Said }): ReactElement;
  /** A page that says what is away (503, 507), made without the database; `kept` is the form that came. */
  outagePage(page: PageContext, refusal: { status: number; said: Said }, kept: Values | null): ReactElement;
  /** The chooser where the host names no office. */
  chooser(offices: readonly Office[], locale: LocaleId, origin: string): ReactElement;
  /** Answers paths that belong to no office (the demonstration's mail viewer). */
  extra?(app: Hono): void;
};

const sessionCookie = 'kabinet';
const caseCookie = 'petition';
const actedCookie = 'acted';
const caseSeconds = 12 * 3600;
const bodyBytesAtMost = 110 * 1024 * 1024;
// Without a token REST must not be the wide way around the limits of the forms: letters, codes to guess.
const openCallsIn10Minutes = 300;
// What is held for somebody who may be nobody: enough for four parts of an answer.
const heldAtMost = 200_000;

/** The office that a host names: its own host, its name before the first dot, or the one that KABINET_OFFICE fixes. */
async function officeOf(kernel: Kernel, host: string): Promise<Office | null> {
  const offices = await kernel.offices.all();
  const fixed = kernel.config.KABINET_OFFICE;
  if (fixed) return offices.find((office) => office.slug === fixed) ?? null;
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return offices.find((office) => office.hosts.includes(name)) ?? offices.find((office) => name === `${office.slug}.localhost` || name.startsWith(`${office.slug}.`)) ?? null;
}

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'; worker-src 'self'; object-src 'none'; frame-src 'self'";

/** Whether the browser came by HTTPS, to us or to the proxy before us. */
const isHttps = (kernel: Kernel, c: HonoContext): boolean => c.req.url.startsWith('https:') || (kernel.config.KABINET_PROXY && c.req.header('x-forwarded-proto') === 'https');
export const isSecurePage = (page: PageContext): boolean => isHttps(page.kernel, page.hono);

export function createSite(site: Site): Hono {
  const { kernel } = site;
  const app = new Hono();
  const isSecure = (c: HonoContext): boolean => isHttps(kernel, c);
  const addressOf = (c: HonoContext): string => {
    const forwarded = kernel.config.KABINET_PROXY ? c.req.header('x-forwarded-for')?.split(',').pop()?.trim() : undefined;
    return forwarded ?? (c.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined)?.incoming?.socket?.remoteAddress ?? 'local';
  };

  app.use(async (c, next) => {
    const began = performance.now();
    await next();
    const seconds = (performance.now() - began) / 1000;
    requestSeconds.observe({ method: c.req.method, status: String(c.res.status) }, seconds);
    log.debug({ method: c.req.method, status: c.res.status, ms: Math.round(seconds * 1000) }, 'request');
    const headers = c.res.headers;
    if (!headers.has('content-security-policy')) headers.set('content-security-policy', policy);
    headers.set('x-content-type-options', 'nosniff');
    headers.set('referrer-policy', 'same-origin');
    headers.set('cross-origin-opener-policy', 'same-origin');
    headers.set('cross-origin-resource-policy', 'same-origin');
    headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=(), publickey-credentials-get=(self), publickey-credentials-create=(self)');
    if (isSecure(c)) headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  });
  app.use(bodyLimit({ maxSize: bodyBytesAtMost, onError: (c) => c.text('413', 413) }));

  // Whether it can serve, for whoever shares out the requests; and whether the process lives at all.
  const isWell = health(kernel);
  app.get('/health', async (c) => {
    const status = await isWell();
    return c.json({ status }, status === 'ok' ? 200 : 503);
  });
  app.get('/health/live', (c) => c.json({ status: 'ok' }));
  app.get('/metrics', async (c) => {
    const token = kernel.config.KABINET_METRICS_TOKEN;
    const local = ['127.0.0.1', '::1', '::ffff:127.0.0.1', 'local'].includes(addressOf(c)) && !kernel.config.KABINET_PROXY;
    if (token ? !isSame(c.req.header('authorization') ?? '', `Bearer ${token}`) : !local) return c.text('404', 404);
    return c.text(await metrics.metrics(), 200, { 'content-type': metrics.contentType });
  });
  app.get('/assets/*', (c) => serveAsset(c));
  // At the root, so that it may stand before every page of the desk.
  app.get('/sw.js', async (c) => {
    const worker = await serveAsset(c, 'sw.js');
    worker.headers.set('cache-control', 'no-cache');
    return worker;
  });
  app.get('/favicon.ico', (c) => serveAsset(c, 'favicon.svg'));
  app.get('/robots.txt', (c) => c.text('User-agent: *\nDisallow: /desk\nDisallow: /track\nDisallow: /audience/\nDisallow: /reply\nDisallow: /feed\nDisallow: /sitting\nDisallow: /dav\nDisallow: /contribute\nDisallow: /api\n'));
  app.all('/.well-known/caldav', (c) => c.redirect('/dav/', 301));
  site.extra?.(app);
  app.route('/api', restApi(kernel, async (c) => {
    const office = await officeOf(kernel, c.req.header('host') ?? '');
    if (!office) throw notFound();
    const address = addressOf(c);
    if (!mayPass(`api ${address}`, 6000, 60_000)) throw atDoor(c, tooMany());
    const bearer = /^Bearer ([A-Za-z0-9_-]{20,100})$/.exec(c.req.header('authorization') ?? '')?.[1];
    const caller = bearer ? await site.findTokenCaller(office, bearer, address) : null;
    if (c.req.header('authorization') && !caller) throw atDoor(c, new Refusal(401, { key: 'error.token' }));
    if (!caller && !mayPass(`open api ${office.id} ${address}`, openCallsIn10Minutes, 600_000)) throw atDoor(c, tooMany());
    return caller ?? publicCaller(office, localeFor(c, office, 'public'), address);
  }, async (c) => (await officeOf(kernel, c.req.header('host') ?? '').catch(() => null))?.locale ?? 'en'));

  for (const page of site.pages) {
    if (page.get) app.get(page.path, (c) => answer(c, page, 'get'));
    if (page.post) app.post(page.path, (c) => answer(c, page, 'post'));
    if (page.serve) app.on([...page.serve.methods], page.path, (c) => serveProgram(c, page.serve!));
  }
  // What breaks before a page is there to say so: a body torn off on its way.
  app.onError((error, c) => {
    const outage = unavailable(error);
    log.error({ err: error.message, ...(outage ? { status: outage.status } : { stack: error.stack }) }, outage ? 'outage' : 'request broke off');
    if (outage) return c.text(translator('en')(outage.said.key), outage.status, { 'retry-after': retryAfter(outage.status)! });
    return c.text('500', 500);
  });
  app.notFound((c) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') atDoor(c, notFound());
    return answer(c, { path: '', audience: 'public', get: () => { throw notFound(); } }, 'get');
  });

  function localeFor(c: HonoContext, office: Office, audience: Page['audience']): LocaleId {
    const offered = audience === 'desk' ? office.staffLocales : office.publicLocales;
    const asked = c.req.query('lang');
    if (isLocaleId(asked) && offered.includes(asked)) {
      keepCookie(c, isSecure(c), 'lang', asked, { seconds: 31_536_000 });
      return asked;
    }
    const kept = readCookie(c, isSecure(c), 'lang');
    return isLocaleId(kept) && offered.includes(kept) ? kept : office.locale;
  }

  /** A form from another site is refused: the browser says where a post comes from. */
  function isForeign(c: HonoContext): boolean {
    const from = c.req.header('sec-fetch-site');
    if (from) return from !== 'same-origin' && from !== 'none';
    const origin = c.req.header('origin') ?? c.req.header('referer');
    if (!origin) return false;
    try {
      return new URL(origin).host !== c.req.header('host');
    } catch {
      return true;
    }
  }

  async function callerFor(c: HonoContext, office: Office, page: Page, address: string): Promise<Caller | null> {
    const token = readCookie(c, isSecure(c), sessionCookie);
    if (page.audience === 'desk') return token ? site.findSession(office, token, address) : null;
    const locale = localeFor(c, office, page.audience);
    if (page.audience === 'petitioner') {
      const caseId = readCase(readCookie(c, isSecure(c), caseCookie), office);
      return caseId ? { ...publicCaller(office, locale, address), kind: 'petitioner', caseId } : null;
    }
    return publicCaller(office, locale, address);
  }

  async function answer(c: HonoContext, page: Page, method: 'get' | 'post'): Promise<Response> {
    const office = await officeOf(kernel, c.req.header('host') ?? '');
    if (!office) return choose(c);
    const address = addressOf(c);
    const url = new URL(c.req.url);
    let context = contextFor(c, office, publicCaller(office, localeFor(c, office, page.audience), address), url);
    let form: Form = { values: {}, files: {} };
    try {
      if (method === 'post' && isForeign(c)) throw atDoor(c, new Refusal(403, { key: 'error.foreign_form' }));
      if (method === 'post' && !mayPass(`form ${office.id} ${address}`, page.audience === 'desk' ? 1200 : 120, 60_000)) throw atDoor(c, tooMany());
      if (method === 'post') form = await readForm(c);
      const caller = await callerFor(c, office, page, address);
      if (!caller) return page.audience === 'desk' ? await toSignIn(context, method, page.isForgotten ? null : form.values) : context.redirect('/track');
      if (page.audience === 'desk' && !office.staffLocales.includes(caller.locale)) caller.locale = office.locale;
      if (page.audience === 'desk') c.header('x-kabinet-for', ownerMark(caller));
      const acted = readCookie(c, isSecure(c), actedCookie);
      if (caller.personId && acted) noticeAct(caller.personId, acted);
      context = contextFor(c, office, caller, url);
      context.values = form.values;
      context.files = form.files;
      const held = url.searchParams.get('held');
      if (method === 'get' && held) context.values = (await takeHeldForm(kernel, office, held, url.pathname)) ?? {};
      return await (method === 'get' ? page.get!(context) : post(page, context));
    } catch (error) {
      const outage = unavailable(error);
      return outage ? away(context, outage, error, method === 'post' ? form : null) : refuse(context, error);
    }
  }

  async function post(page: Page, context: PageContext): Promise<Response> {
    if (context.caller.personId) keepCookie(context.hono, isSecure(context.hono), actedCookie, randomBytes(6).toString('base64url'));
    try {
      return await page.post!(context);
    } catch (error) {
      const outage = unavailable(error);
      const refusal = outage ?? error;
      if (!(refusal instanceof Refusal) || !page.get || (refusal.status !== 422 && refusal.status !== 409 && !outage)) throw error;
      const shown: Shown = { errors: refusal.fields, values: context.values, said: refusal.said, current: refusal.current };
      // Where it is the database that is away, the form cannot be read again either.
      if (outage?.said.key === 'error.no_database') throw error;
      const response = await page.get(context, shown);
      if (outage) log.error({ err: (error as Error).message, status: outage.status }, 'outage');
      return new Response(response.body, { status: refusal.status, headers: outage ? withRetry(response.headers, outage.status) : response.headers });
    } finally {
      if (context.caller.personId) forgetGlances(context.caller.personId);
    }
  }

  /** A program of one of the staff (a calendar on a phone): no cookie counts here, only e-mail and token, so that no other site can lend its browser. */
  async function serveProgram(c: HonoContext, served: NonNullable<Page['serve']>): Promise<Response> {
    const office = await officeOf(kernel, c.req.header('host') ?? '');
    if (!office) return c.text('404', 404);
    const address = addressOf(c);
    if (!mayPass(`program ${office.id} ${address}`, 6000, 60_000)) return c.text('429', 429, { 'retry-after': '60' });
    try {
      const basic = /^Basic ([A-Za-z0-9+/=]{1,600})$/i.exec(c.req.header('authorization') ?? '')?.[1];
      const [, user = '', token = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(basic ?? '', 'base64').toString('utf8')) ?? [];
      const caller = token ? await site.findTokenCaller(office, token, address) : null;
      if (basic && !caller && !mayPass(`wrong token ${office.id} ${address}`, 60, 60_000)) return c.text('429', 429, { 'retry-after': '60' });
      if (!caller && basic) atDoor(c, new Refusal(401, { key: 'error.token' }));
      if (!caller) return unknownProgram(c);
      return await served.answer(contextFor(c, office, caller, new URL(c.req.url)), user);
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) return unknownProgram(c);
      const refusal = unavailable(error) ?? error;
      if (refusal instanceof Refusal) return c.text(translator(office.locale)(refusal.said.key, refusal.said.args), refusal.status, retryAfter(refusal.status) ? { 'retry-after': retryAfter(refusal.status)! } : {});
      const incident = randomBytes(4).toString('hex');
      log.error({ err: (error as Error).message, stack: (error as Error).stack, incident }, 'a program was not answered');
      return c.text(`500 ${incident}`, 500);
    }
  }
  const unknownProgram = (c: HonoContext): Response => c.text('401', 401, { 'www-authenticate': 'Basic realm="Kabinet", charset="UTF-8"' });

  function contextFor(c: HonoContext, office: Office, caller: Caller, url: URL): PageContext {
    const locale = caller.locale;
    const reads = new Reads(kernel, caller);
    const context: PageContext = {
      kernel, office, caller, locale, t: translator(locale), url, params: c.req.param() as Record<string, string>, query: url.searchParams, values: {}, files: {}, now: new Date(), hono: c, panels: site.panels ?? [],
      run: (op, input, options) => kernel.run(op, caller, input, { ...options, reads }),
      async html(element, status = 200) {
        const flash = readFlash(c);
        const framed = await site.frame(context, element, flash);
        return c.html(`<!doctype html>${renderToStaticMarkup(framed)}`, status as 200);
      },
      redirect(path, flash) {
        if (flash) keepCookie(c, isSecure(c), 'flash', Buffer.from(JSON.stringify(flash)).toString('base64url'), { seconds: 60 });
        return c.redirect(path, 303);
      },
    };
    return context;
  }

  function readFlash(c: HonoContext): Said | null {
    const raw = readCookie(c, isSecure(c), 'flash');
    if (!raw) return null;
    dropCookie(c, isSecure(c), 'flash');
    try {
      const flash = JSON.parse(Buffer.from(raw, 'base64url').toString()) as Said;
      const isSaid = typeof flash.key === 'string' && hasMessage(flash.key) && typeof (flash.args ?? {}) === 'object';
      return isSaid ? { key: flash.key, ...(flash.args ? { args: flash.args } : {}) } : null;
    } catch {
      return null;
    }
  }

  /** The session ended: the form is kept for an hour and comes back after signing in. */
  async function toSignIn(context: PageContext, method: 'get' | 'post', values: Values | null): Promise<Response> {
    const path = context.url.pathname;
    const holds = method === 'post' && values !== null && JSON.stringify(values).length <= heldAtMost && mayPass(`held ${context.office.id} ${context.caller.address}`, 60, 600_000);
    const next = holds ? `${path}?held=${await holdForm(kernel, context.office, path, values)}` : method === 'post' ? path : path + context.url.search;
    return context.redirect(`/desk/sign-in?next=${encodeURIComponent(next)}`, holds ? { key: 'error.session_ended' } : undefined);
  }

  /** Says that something is away, on a page that asks nothing of the database; a form that came stands there, to be sent again. */
  function away({ hono: c, ...context }: PageContext, outage: Refusal, error: unknown, form: Form | null): Response {
    log.error({ err: (error as Error).message, status: outage.status }, 'outage');
    const isWhole = form && !Object.keys(form.values).some((name) => secretFields.has(name));
    const page = renderToStaticMarkup(site.outagePage({ ...context, hono: c }, outage, isWhole ? form.values : null));
    const shown = c.html(`<!doctype html>${page}`, outage.status as 503);
    withRetry(shown.headers, outage.status);
    return shown;
  }

  async function refuse(context: PageContext, error: unknown): Promise<Response> {
    if (error instanceof Refusal) return context.html(site.refusalPage(context, error), error.status);
    const incident = randomBytes(4).toString('hex');
    log.error({ err: (error as Error).message, stack: (error as Error).stack, incident }, 'request failed');
    return context.html(site.refusalPage(context, { status: 500, said: { key: 'error.incident', args: { incident } } }), 500);
  }

  async function choose(c: HonoContext): Promise<Response> {
    if (c.req.path !== '/') return c.text('404', 404);
    const asked = c.req.query('lang');
    const port = new URL(c.req.url).port;
    return c.html(`<!doctype html>${renderToStaticMarkup(site.chooser(await kernel.offices.all(), isLocaleId(asked) ? asked : 'en', port ? `:${port}` : ''))}`);
  }
  return app;
}

type Form = { values: Values; files: PageContext['files'] };
async function readForm(c: HonoContext): Promise<Form> {
  const values: Values = {};
  const files: PageContext['files'] = {};
  const type = c.req.header('content-type') ?? '';
  if (!/^(application\/x-www-form-urlencoded|multipart\/form-data)/i.test(type)) return { values, files };
  let body: Record<string, string | File | (string | File)[]>;
  try {
    body = await c.req.parseBody({ all: true });
  } catch {
    throw atDoor(c, new Refusal(422, { key: 'error.broken_form' }));
  }
  for (const [name, raw] of Object.entries(body)) {
    if (name === '__proto__' || name === 'constructor') continue;
    const list = Array.isArray(raw) ? raw : [raw];
    const texts = list.filter((one): one is string => typeof one === 'string');
    if (texts.length > 0) values[name] = texts.length === 1 ? texts[0]! : texts;
    const uploads = list.filter((one): one is File => typeof one !== 'string' && one.size + one.name.length > 0);
    if (uploads.length > 0) files[name] = await Promise.all(uploads.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
  }
  return { values, files };
}

function withRetry(headers: Headers, status: number): Headers {
  const later = retryAfter(status);
  if (later) headers.set('retry-after', later);
  return headers;
}

type Holder = { office: number; caseId: string; until: number };
function readCase(cookie: string | undefined, office: Office): string | null {
  if (!cookie) return null;
  try {
    const holder = JSON.parse(openText(Buffer.from(cookie, 'base64url'))) as Holder;
    return holder.office === office.id && holder.until > Date.now() ? holder.caseId : null;
  } catch {
    return null;
  }
}

/** Gives this browser the petition of a code, for half a day. */
export function keepCase(page: PageContext, caseId: string): void {
  const holder: Holder = { office: page.office.id, caseId, until: Date.now() + caseSeconds * 1000 };
  keepCookie(page.hono, isSecurePage(page), caseCookie, sealText(JSON.stringify(holder)).toString('base64url'), { seconds: caseSeconds });
}
/** The petitioner whose letter this browser holds, or null; for a page that is shown to anybody as well. */
export function findPetitioner(page: PageContext): Caller | null {
  const caseId = readCase(readCookie(page.hono, isSecurePage(page), caseCookie), page.office);
  return caseId ? { ...page.caller, kind: 'petitioner', caseId } : null;
}
export const forgetCase = (page: PageContext): void => dropCookie(page.hono, isSecurePage(page), caseCookie);

export function keepSession(page: PageContext, token: string): void {
  keepCookie(page.hono, isSecurePage(page), sessionCookie, token);
}
export const readSessionCookie = (page: PageContext): string => readCookie(page.hono, isSecurePage(page), sessionCookie) ?? '';
export function forgetSession(page: PageContext): void {
  dropCookie(page.hono, isSecurePage(page), sessionCookie);
  // What a phone kept for this person goes with the session.
  page.hono.header('clear-site-data', '"storage"');
}
/** Says to the worker of a phone whose pages these are, and nothing else about the person. */
export const ownerMark = (caller: Caller): string => hashToken(`pocket ${caller.office.id} ${caller.personId ?? ''}`).toString('base64url').slice(0, 22);
