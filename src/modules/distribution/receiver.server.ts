import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { isId } from '../../core/id.ts';
import { say } from '../../core/input.ts';
import type { Context } from '../../core/operation.ts';
import { wrong } from '../../core/refusal.ts';

/** To whom something is given: a unit, or a person with the unit they sit in. */
export type Receiver = { unitId: string | null; personId: string | null };

/** A receiver as a form says it: `unit:finansije` or `person:<id>`. */
export const oneReceiver = () => z.string().max(80, say('field.choose'));
/** Several, each once; a single one may come without its list. */
export const receivers = () => z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]).transform((list) => [...new Set(list.filter((one) => one !== ''))]).pipe(z.array(oneReceiver()).max(60, say('field.choose')));

/** The receiver that a form names; refuses at `field` what is no unit and nobody of the staff, and a unit where the case is confidential. */
export async function getReceiver({ db, office }: Pick<Context, 'db' | 'office'>, named: string, field: string, access: string): Promise<Receiver> {
  const [kind, key = ''] = named.split(/:(.*)/s);
  if (kind === 'unit' && office.data.units.some((unit) => unit.id === key)) {
    // A unit is many: what is confidential is seen by the named alone.
    if (access === 'confidential') throw wrong({ [field]: { key: 'field.person_only' } });
    return { unitId: key, personId: null };
  }
  if (kind === 'person' && isId(key)) {
    const person = await db.selectFrom('person').select(['id', 'unit_id']).where('office_id', '=', office.id).where('id', '=', key).where('is_active', '=', true).executeTakeFirst();
    if (person) return { unitId: person.unit_id, personId: person.id };
  }
  throw wrong({ [field]: { key: 'field.choose' } });
}

export const Absence = z.object({ substituteId: z.string(), substitute: z.string(), untilOn: z.string() });
export type Absence = z.infer<typeof Absence>;

/** Who is away today, by whom they are stood in for and until when. */
export async function listAbsences({ db, office, today }: Pick<Context, 'db' | 'office' | 'today'>): Promise<Map<string, Absence>> {
  const rows = await sql<{ person_id: string; substitute_id: string; name: string; until_on: string }>`select s.person_id, s.substitute_id, p.name, s.until_on::text as until_on
    from substitute s join person p on p.office_id = s.office_id and p.id = s.substitute_id
    where s.office_id = ${office.id} and s.ended_at is null and ${today}::date between s.from_on and s.until_on order by s.until_on`.execute(db);
  return new Map(rows.rows.map((row) => [row.person_id, { substituteId: row.substitute_id, substitute: row.name, untilOn: row.until_on }]));
}
