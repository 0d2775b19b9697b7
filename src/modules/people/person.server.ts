import { z } from 'zod';
import { roles as allRoles, type Caller, type Role } from '../../core/caller.ts';
import { sql, type Tx } from '../../core/database.ts';
import { dayIn } from '../../core/day.ts';
import { fold } from '../../core/fold.ts';
import { newId } from '../../core/id.ts';
import { isLocaleId } from '../../core/language.ts';
import { operation } from '../../core/operation.ts';
import type { Office } from '../../core/office.ts';

type PersonRow = { id: string; name: string; locale: string; unit_id: string | null; roles: string[]; for_ids: string[] | null; for_units: string[] | null; for_roles: string[] | null };

/** The caller that a person of the staff is today: own roles and marks, and those of whoever they stand in for. */
export async function personCaller(db: Tx, office: Office, personId: string, more: { scopes?: readonly string[] | null; address?: string; now?: Date } = {}): Promise<Caller | null> {
  const today = dayIn(office.jurisdiction.timeZone, more.now ?? new Date());
  const found = await sql<PersonRow>`select p.id, p.name, p.locale, p.unit_id, p.roles, s.for_ids, s.for_units, s.for_roles from person p
    left join lateral (select array_agg(distinct o.id::text) as for_ids, array_agg(distinct o.unit_id) filter (where o.unit_id is not null) as for_units, array_agg(distinct r) as for_roles
      from substitute s join person o on o.office_id = s.office_id and o.id = s.person_id left join lateral unnest(o.roles) r on true
      where s.office_id = p.office_id and s.substitute_id = p.id and s.ended_at is null and ${today}::date between s.from_on and s.until_on) s on true
    where p.office_id = ${office.id} and p.id = ${personId} and p.is_active`.execute(db);
  const row = found.rows[0];
  if (!row) return null;
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

/** Puts the people of the office's data into its tables. */
export async function foundPeople(db: Tx, office: Office): Promise<void> {
  const people = office.data.people;
  if (people.length === 0) return;
  await db.insertInto('person').values(people.map((person) => ({
    office_id: office.id, id: newId(), key: person.id, name: person.name, folded: fold(person.name), email: `${person.id.replaceAll('-', '.')}@${office.slug}.example`,
    title: JSON.stringify(person.title), gender: person.gender ?? null, unit_id: person.unit, roles: person.roles, phone: person.phone ?? null, room: person.room ?? null,
    is_public: person.public, locale: office.locale,
  }))).execute();
}

export const Colleague = z.object({ id: z.string(), name: z.string(), title: z.record(z.string(), z.string()), unitId: z.string().nullable(), roles: z.array(z.string()) });
export type Colleague = z.infer<typeof Colleague>;

export const listColleagues = operation({
  id: 'person.list', kind: 'query', rest: 'GET /people', allow: ['staff'],
  summary: 'The active staff of the office, by name.',
  input: z.object({}),
  output: z.object({ people: z.array(Colleague) }),
  async run({ db, office }) {
    const rows = await db.selectFrom('person').select(['id', 'name', 'title', 'unit_id', 'roles']).where('office_id', '=', office.id).where('is_active', '=', true).orderBy('folded').execute();
    return { people: rows.map((row) => ({ id: row.id, name: row.name, title: row.title as Record<string, string>, unitId: row.unit_id, roles: row.roles })) };
  },
});
