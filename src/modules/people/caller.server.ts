import { roles as allRoles, type Caller, type Role } from '../../core/caller.ts';
import { sql, type Tx } from '../../core/database.ts';
import { dayIn } from '../../core/day.ts';
import { isLocaleId } from '../../core/language.ts';
import type { Office } from '../../core/office.ts';
import { notAllowed } from '../../core/refusal.ts';

export type CallerRow = { id: string; name: string; locale: string; unit_id: string | null; roles: string[]; for_ids: string[] | null; for_units: string[] | null; for_roles: string[] | null };
type More = { scopes?: readonly string[] | null; address?: string; now?: Date };

/** What callerFrom needs, of `person p` beside `stands`. */
export const callerColumns = sql.raw('p.id, p.name, p.locale, p.unit_id, p.roles, stands.for_ids, stands.for_units, stands.for_roles');

/** Whom `person p` stands in for on the office's day, joined as `stands`. */
export const standsFor = (office: Office, now: Date) => sql`left join lateral (
  select array_agg(distinct o.id::text) as for_ids, array_agg(distinct o.unit_id) filter (where o.unit_id is not null) as for_units, array_agg(distinct r) as for_roles
  from substitute s join person o on o.office_id = s.office_id and o.id = s.person_id and o.is_active left join lateral unnest(o.roles) r on true
  where s.office_id = p.office_id and s.substitute_id = p.id and s.ended_at is null and ${dayIn(office.jurisdiction.timeZone, now)}::date between s.from_on and s.until_on) stands on true`;

/** A person of the staff as a caller, with the roles and marks of those they stand in for. */
export function callerFrom(row: CallerRow, office: Office, more: More = {}): Caller {
  const roles = new Set([...row.roles, ...(row.for_roles ?? [])].filter((role): role is Role => allRoles.includes(role as Role)));
  const units = [row.unit_id, ...(row.for_units ?? [])].filter((unit): unit is string => unit !== null);
  return {
    kind: 'person', office, locale: isLocaleId(row.locale) ? row.locale : office.locale, personId: row.id, name: row.name, unitId: row.unit_id, roles,
    marks: [row.id, ...(row.for_ids ?? []), ...(roles.has('head') ? withChildren(office, units) : units)],
    caseId: null, linkId: null, scopes: more.scopes ?? null, address: more.address ?? '',
  };
}

/** Units and all below them. */
function withChildren(office: Office, units: readonly string[]): string[] {
  const all = new Set(units);
  for (let size = -1; size !== all.size; ) {
    size = all.size;
    for (const unit of office.data.units) if (unit.parent && all.has(unit.parent)) all.add(unit.id);
  }
  return [...all];
}

/** The caller that a person of the staff is today: own roles and marks, and those of whoever they stand in for; null for the inactive. */
export async function personCaller(db: Tx, office: Office, personId: string, more: More = {}): Promise<Caller | null> {
  const found = await sql<CallerRow>`select ${callerColumns} from person p ${standsFor(office, more.now ?? new Date())}
    where p.office_id = ${office.id} and p.id = ${personId} and p.is_active`.execute(db);
  return found.rows[0] ? callerFrom(found.rows[0], office, more) : null;
}

/** The person who acts; refuses with 403 what is nobody's (the office itself, the public). */
export function ownId(caller: Caller): string {
  if (caller.kind !== 'person' || !caller.personId) throw notAllowed();
  return caller.personId;
}

/** The person who acts by their own session: a token must not make itself other ways in. */
export function byHand(caller: Caller): string {
  if (caller.scopes) throw notAllowed();
  return ownId(caller);
}

/** Whether the caller keeps the accounts of others. */
export const keepsAccounts = (caller: Caller): boolean => caller.kind === 'system' || caller.roles.has('it') || caller.roles.has('chief');
