import { keepSession, readSessionCookie } from '../../../core/http.tsx';
import type { PageContext } from '../../../core/page.ts';
import { notNow, Refusal, type Said } from '../../../core/refusal.ts';
import { hashToken } from '../../../core/secret.ts';
import { sessionId } from '../session.server.ts';

/** Only a path of this desk: a link that signs in and leads elsewhere would lend it our name. */
export const inside = (path: string): string => (/^\/desk(\/|\?|$)/.test(path) && !/[\\\u0000-\u001f]/.test(path) ? path : '/desk');

/** What signing in asks of the browser. */
export const browserOf = (page: PageContext) => ({ agent: page.hono.req.header('user-agent') ?? '', previous: readSessionCookie(page).slice(0, 100) });

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

/** Into the desk with a fresh session. */
export function enterDesk(page: PageContext, token: string, next: string, flash?: Said): Response {
  keepSession(page, token);
  return page.redirect(next, flash);
}
