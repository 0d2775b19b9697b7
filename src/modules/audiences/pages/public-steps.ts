import { dropCookie, keepCookie, readCookie } from '../../../core/cookie.ts';
import { isSecurePage } from '../../../core/http.tsx';
import { fieldErrors } from '../../../core/input.ts';
import type { Caller } from '../../../core/caller.ts';
import { first, many, type PageContext, type Values } from '../../../core/page.ts';
import type { FieldErrors } from '../../../core/refusal.ts';
import { openText, sealText } from '../../../core/secret.ts';
import { askedFrom, draftHours, findAudienceDraft, type Draft } from '../draft.server.ts';
import { askAudience } from '../register.server.ts';

export type StepName = 'topic' | 'purpose' | 'wishes' | 'you';
/** The steps of the form, each with the fields it asks for, in the order of the page. */
export const steps: readonly { name: StepName; path: string; fields: readonly string[] }[] = [
  { name: 'topic', path: '/audience/topic', fields: ['topic'] },
  { name: 'purpose', path: '/audience/purpose', fields: ['purpose'] },
  { name: 'wishes', path: '/audience/wishes', fields: ['wishedHostId', 'wishedOn', 'wished', 'people', 'companions', 'needs'] },
  { name: 'you', path: '/audience/you', fields: ['name', 'organisation', 'contactBy', 'email', 'phone', 'address', 'town', 'locale'] },
];
export const checkPath = '/audience/check';
export const stepNamed = (name: StepName) => steps.find((step) => step.name === name)!;

/** The fields of a step as posted; boxes that were not ticked count as such. */
export const valuesOf = (name: StepName, posted: Values): Record<string, string> =>
  Object.fromEntries(stepNamed(name).fields.map((field) => [field, (field === 'needs' ? many(posted, field).join(',') : first(posted, field)).slice(0, 20_000)]));

const { shape } = askAudience.input;
/** What is wrong with a step's values, by the rules of the request itself. */
export function errorsIn(name: StepName, values: Record<string, string>, page: Pick<PageContext, 'office'>): FieldErrors {
  const errors: FieldErrors = {};
  if (name === 'topic' && page.office.data.areas.length > 0 && !page.office.data.areas.some((area) => area.id === values['topic']) && values['topic'] !== 'other') return { topic: { key: 'field.choose' } };
  const input = askedFrom(values, page.office.locale);
  for (const field of stepNamed(name).fields) {
    if (!(field in shape) || field === 'topic') continue;
    const parsed = shape[field as keyof typeof shape].safeParse(input[field]);
    if (!parsed.success) errors[field] = Object.values(fieldErrors(parsed.error))[0]!;
  }
  if (name !== 'you' || errors['contactBy']) return errors;
  if (values['contactBy'] === 'email' && !values['email']?.trim()) errors['email'] ??= { key: 'field.email_for_reply' };
  if (values['contactBy'] === 'phone' && !values['phone']?.trim()) errors['phone'] ??= { key: 'field.phone_for_reply' };
  if (values['contactBy'] === 'post' && !values['address']?.trim()) errors['address'] ??= { key: 'field.address_for_reply' };
  return errors;
}
/** The first step that is not finished, or the check. */
export const nextPath = (values: Record<string, string>, page: Pick<PageContext, 'office'>): string => steps.find((step) => Object.keys(errorsIn(step.name, values, page)).length > 0)?.path ?? checkPath;

const draftCookie = 'audience_draft';
// A form that is refused is drawn again in the same request, before the browser has the new cookie.
const begun = new WeakMap<PageContext, Draft>();
export const draftCode = (page: PageContext): string => begun.get(page)?.code ?? readCookie(page.hono, isSecurePage(page), draftCookie) ?? '';
export async function draftOf(page: PageContext): Promise<Draft | null> {
  const kept = begun.get(page);
  if (kept) return kept;
  const code = draftCode(page);
  return code ? (await page.run(findAudienceDraft, { code })).draft : null;
}
export function keepDraft(page: PageContext, draft: Draft): void {
  begun.set(page, draft);
  keepCookie(page.hono, isSecurePage(page), draftCookie, draft.code, { path: '/audience', seconds: draftHours * 3600 });
}

type Holder = { office: number; caseId: string; until: number };
const caseCookie = 'audience';
const caseSeconds = 12 * 3600;
/** Gives this browser the audience of a code, for half a day; apart from a petition that it may hold as well. */
export function keepAudience(page: PageContext, caseId: string): void {
  const holder: Holder = { office: page.office.id, caseId, until: Date.now() + caseSeconds * 1000 };
  keepCookie(page.hono, isSecurePage(page), caseCookie, sealText(JSON.stringify(holder)).toString('base64url'), { path: '/audience', seconds: caseSeconds });
}
export const forgetAudience = (page: PageContext): void => dropCookie(page.hono, isSecurePage(page), caseCookie, '/audience');
/** Whoever holds the code of an audience in this browser, or null. */
export function findCitizen(page: PageContext): Caller | null {
  const cookie = readCookie(page.hono, isSecurePage(page), caseCookie);
  if (!cookie) return null;
  try {
    const holder = JSON.parse(openText(Buffer.from(cookie, 'base64url'))) as Holder;
    return holder.office === page.office.id && holder.until > Date.now() ? { ...page.caller, kind: 'petitioner', caseId: holder.caseId } : null;
  } catch {
    return null;
  }
}
