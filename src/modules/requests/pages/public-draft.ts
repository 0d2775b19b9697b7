import { getCookie, setCookie } from 'hono/cookie';
import { isSecurePage } from '../../../core/http.tsx';
import type { PageContext } from '../../../core/page.ts';
import { findDraft, draftDays, type Draft } from '../draft.server.ts';

const cookie = 'draft';
// A form that is refused is drawn again in the same request, before the browser has the new cookie.
const begun = new WeakMap<PageContext, Draft>();

/** The code of the unfinished letter in this browser, or ''. */
export const draftCode = (page: PageContext): string => begun.get(page)?.code ?? getCookie(page.hono, cookie) ?? '';

/** The unfinished letter of this browser, or null. */
export async function draftOf(page: PageContext): Promise<Draft | null> {
  const kept = begun.get(page);
  if (kept) return kept;
  const code = draftCode(page);
  return code ? (await page.run(findDraft, { code })).draft : null;
}

export function keepDraft(page: PageContext, draft: Draft): void {
  begun.set(page, draft);
  setCookie(page.hono, cookie, draft.code, {
    path: '/petition',
    maxAge: draftDays * 86_400,
    sameSite: 'Lax',
    httpOnly: true,
    secure: isSecurePage(page),
  });
}
