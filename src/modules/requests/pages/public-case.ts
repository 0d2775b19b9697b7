import { getCookie } from 'hono/cookie';
import type { Caller } from '../../../core/caller.ts';
import type { PageContext } from '../../../core/page.ts';
import { openText } from '../../../core/secret.ts';

/** The petitioner whose letter this browser holds, or null; for a page that is shown to anybody as well. */
export function findPetitioner(page: PageContext): Caller | null {
  try {
    const holder = JSON.parse(openText(Buffer.from(getCookie(page.hono, 'petition') ?? '', 'base64url'))) as {
      office: number;
      caseId: string;
      until: number;
    };
    return holder.office === page.office.id && holder.until > page.now.getTime()
      ? { ...page.caller, kind: 'petitioner', caseId: holder.caseId }
      : null;
  } catch {
    return null;
  }
}
