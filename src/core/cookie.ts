import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

// Offices may share a parent domain: only with this prefix does a browser refuse a cookie that another host of the domain
// has set for all of it. It asks for HTTPS and for the path of the whole host.
const nameOf = (name: string, isSecure: boolean): string => (isSecure ? `__Host-${name}` : name);

/** Keeps a cookie out of reach of scripts and other sites; until the browser is closed, or for `seconds`. Over plain HTTP for `path` alone. */
export function keepCookie(c: Context, isSecure: boolean, name: string, value: string, { path = '/', seconds }: { path?: string; seconds?: number } = {}): void {
  setCookie(c, nameOf(name, isSecure), value, { path: isSecure ? '/' : path, ...(seconds === undefined ? {} : { maxAge: seconds }), sameSite: 'Lax', httpOnly: true, secure: isSecure });
}
export const readCookie = (c: Context, isSecure: boolean, name: string): string | undefined => getCookie(c, nameOf(name, isSecure));
export function dropCookie(c: Context, isSecure: boolean, name: string, path = '/'): void {
  deleteCookie(c, nameOf(name, isSecure), { path: isSecure ? '/' : path, secure: isSecure });
}
