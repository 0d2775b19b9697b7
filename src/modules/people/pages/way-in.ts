import { keepCookie, readCookie } from '../../../core/cookie.ts';
import { isSecurePage, keepSession, readSessionCookie } from '../../../core/http.tsx';
import type { PageContext } from '../../../core/page.ts';
import { notNow, Refusal, type Said } from '../../../core/refusal.ts';
import { hashToken } from '../../../core/secret.ts';
import { knownDays, knownLength } from '../browser.server.ts';
import { sessionId } from '../session.server.ts';

const knownCookie = 'known';

/** Only a path of this desk: a link that signs in and leads elsewhere would lend it our name. */
export const inside = (path: string): string => (/^\/desk(\/|\?|$)/.test(path) && !/[\\\u0000-\u001f]/.test(path) ? path : '/desk');

/** What signing in asks of the browser. */
export const browserOf = (page: PageContext) => ({ agent: page.hono.req.header('user-agent') ?? '', previous: readSessionCookie(page).slice(0, 100), known: knownOf(page) });

/** The cookie that says who has signed in with this browser; it opens nothing. */
export const knownOf = (page: PageContext): string => (readCookie(page.hono, isSecurePage(page), knownCookie) ?? '').slice(0, knownLength);
/** Stays when somebody signs out: it is what keeps strangers from shutting them out. */
export const keepKnown = (page: PageContext, known: string): void => keepCookie(page.hono, isSecurePage(page), knownCookie, known, { path: '/desk', seconds: knownDays * 86_400 });

/** The id of the session that this request came with. */
export const ownSessionId = (page: PageContext): string => sessionId(hashToken(readSessionCookie(page)));

/** scheme://host[:port] as the browser sees it; a passkey is bound to it. */
export function originOf(page: PageContext): string {
  const isSecure = page.url.protocol === 'https:' || (page.kernel.config.KABINET_PROXY && page.hono.req.header('x-forwarded-proto') === 'https');
  return `${isSecure ? 'https' : 'http'}://${page.hono.req.header('host') ?? page.url.host}`;
}

/** What the island got from the browser, as it came; null when it is not JSON. */
export function credentialIn(text: string): object | null {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' ? read : null;
  } catch {
    return null;
  }
}

/** What a device answered is not the person's to correct: wrongly formed, it is refused as a whole. */
export async function orRefused<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Refusal && Object.keys(error.fields).some((name) => name.startsWith('credential'))) throw notNow('error.passkey_refused');
    throw error;
  }
}

/** Into the desk with a fresh session, by a browser that is known from now on. */
export function enterDesk(page: PageContext, opened: { token: string; known: string }, next: string, flash?: Said): Response {
  keepSession(page, opened.token);
  keepKnown(page, opened.known);
  return page.redirect(next, flash);
}
