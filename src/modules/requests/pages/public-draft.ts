import { keepCookie, readCookie } from '../../../core/cookie.ts';
import { isSecurePage } from '../../../core/http.tsx';
import type { PageContext } from '../../../core/page.ts';
import { findDraft, draftDays, type Draft } from '../draft.server.ts';

const cookie = 'draft';
// A form that is refused is drawn again in the same request, before the browser has the new cookie.
const begun = new WeakMap<PageContext, Draft>();

/** The code of the unfinished letter in this browser, or ''. */
export const draftCode = (page: PageContext): string => begun.get(page)?.code ?? readCookie(page.hono, isSecurePage(page), cookie) ?? '';

/** The unfinished letter of this browser, or null. */
export async function draftOf(page: PageContext): Promise<Draft | null> {
  const kept = begun.get(page);
  if (kept) return kept;
  const code = draftCode(page);
  return code ? (await page.run(findDraft, { code })).draft : null;
}

export function keepDraft(page: PageContext, draft: Draft): void {
  begun.set(page, draft);
  keepCookie(page.hono, isSecurePage(page), cookie, draft.code, { path: '/petition', seconds: draftDays * 86_400 });
}
