import type { LocaleId } from './language.ts';
import type { Office } from './office.ts';

export type Role =
  | 'mayor' | 'deputy' | 'chief' | 'registrar' | 'clerk' | 'adviser' | 'head' | 'protocol' | 'spokesperson'
  | 'citizens' | 'council' | 'quality' | 'it' | 'auditor';
export const roles: readonly Role[] = [
  'mayor', 'deputy', 'chief', 'registrar', 'clerk', 'adviser', 'head', 'protocol', 'spokesperson', 'citizens', 'council', 'quality', 'it', 'auditor',
];
/** Who may call an operation besides roles: anybody; a petitioner by code; an outside body by link; anyone signed in. */
export type Allow = Role | 'public' | 'petitioner' | 'contributor' | 'staff';
export type Sight = 'all' | 'office' | 'own' | 'case' | 'none';

export type Caller = {
  kind: 'person' | 'system' | 'public' | 'petitioner' | 'contributor';
  office: Office;
  locale: LocaleId;
  personId: string | null;
  name: string;
  unitId: string | null;
  roles: ReadonlySet<Role>;
  /** Own id and units, and those of the persons this one stands in for. */
  marks: readonly string[];
  caseId: string | null;
  linkId: string | null;
  /** A token's scopes (operation ids, nouns, `read`, `*`); null: not limited. */
  scopes: readonly string[] | null;
  /** What rate limits count by. */
  address: string;
};

const all: ReadonlySet<Role> = new Set(['mayor', 'chief']);
const wide: ReadonlySet<Role> = new Set(['deputy', 'registrar', 'citizens', 'quality', 'auditor']);

/** How far this caller sees in the office (the database's policies do the rest). */
export function sightOf(caller: Caller): Sight {
  if (caller.kind === 'system') return 'all';
  if (caller.kind === 'petitioner') return 'case';
  if (caller.kind !== 'person') return 'none';
  for (const role of caller.roles) if (all.has(role)) return 'all';
  for (const role of caller.roles) if (wide.has(role)) return 'office';
  return 'own';
}

const nobody = { personId: null, name: '', unitId: null, roles: new Set<Role>(), marks: [], caseId: null, linkId: null, scopes: null };

/** Somebody on the public site. */
export const publicCaller = (office: Office, locale: LocaleId, address = ''): Caller => ({ kind: 'public', office, locale, address, ...nobody });
/** The office itself: jobs and listeners. */
export const systemCaller = (office: Office): Caller => ({ kind: 'system', office, locale: office.locale, address: '', ...nobody });

/** Whether the operation's list lets this caller in. */
export function isAllowed(allow: readonly Allow[], caller: Caller): boolean {
  if (caller.kind === 'system' || allow.includes('public')) return true;
  if (caller.kind === 'petitioner') return allow.includes('petitioner');
  if (caller.kind === 'contributor') return allow.includes('contributor');
  if (caller.kind !== 'person') return false;
  if (allow.includes('staff')) return true;
  for (const role of caller.roles) if (allow.includes(role)) return true;
  return false;
}

/** Nouns that a token reaches only where they are named: neither `*` nor `read` includes them. */
export const nounsApart: ReadonlySet<string> = new Set(['classified', 'clearance']);

/** Whether a token's scopes reach this operation. */
export function inScope(scopes: readonly string[] | null, operationId: string, kind: 'command' | 'query'): boolean {
  if (!scopes) return true;
  const noun = operationId.split('.')[0]!;
  if (scopes.includes(operationId) || scopes.includes(noun)) return true;
  return !nounsApart.has(noun) && (scopes.includes('*') || (scopes.includes('read') && kind === 'query'));
}
