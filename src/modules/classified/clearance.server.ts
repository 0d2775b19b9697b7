import { z } from 'zod';
import { addMonths } from '../../core/day.ts';
import { collator } from '../../core/language.ts';
import { choice, day, id, optionalLine } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong } from '../../core/refusal.ts';
import { levels, rankOf, type Level } from './classified.ts';

/** The level up to which the caller is cleared today; null for whoever is not, and for the office itself. */
export async function findLevel({ db, office, caller, today }: Pick<Context, 'db' | 'office' | 'caller' | 'today'>, personId = caller.personId): Promise<Level | null> {
  if (!personId) return null;
  const row = await db.selectFrom('clearance').select('level').where('office_id', '=', office.id).where('person_id', '=', personId).where('ended_at', 'is', null).where('until_on', '>=', today).executeTakeFirst();
  return (row?.level as Level | undefined) ?? null;
}

/** The caller's level; for whoever has none there is no book. */
export async function getLevel(context: Context): Promise<Level> {
  const level = await findLevel(context);
  if (!level) throw notFound();
  return level;
}

export const ownStanding = operation({
  id: 'clearance.own', kind: 'query', rest: 'GET /clearances/own', allow: ['staff'],
  summary: 'Up to which level the caller is cleared, and whether there is anything to read.',
  input: z.object({}),
  output: z.object({ level: z.enum(levels).nullable(), reads: z.boolean() }),
  async run(context) {
    const { db, office, caller } = context;
    const level = await findLevel(context);
    if (level || !caller.personId) return { level, reads: level !== null };
    // What was declassified asks for no clearance any more.
    const paper = await db.selectFrom('classified_reader').select('paper_id').where('office_id', '=', office.id).where('person_id', '=', caller.personId).where('ended_at', 'is', null).limit(1).executeTakeFirst();
    return { level, reads: paper !== undefined };
  },
});

const ClearanceView = z.object({ personId: z.string(), name: z.string(), level: z.enum(levels), certificate: z.string(), untilOn: z.string(), at: z.date(), endedAt: z.date().nullable(), isValid: z.boolean() });

export const listClearances = operation({
  id: 'clearance.list', kind: 'query', rest: 'GET /clearances', allow: ['mayor', 'chief', 'registrar'],
  summary: 'Who of the office is cleared for which level, and until when.',
  input: z.object({}),
  output: z.object({ clearances: z.array(ClearanceView) }),
  async run({ db, office, caller, today }) {
    const rows = await db.selectFrom('clearance as c').innerJoin('person as p', (join) => join.onRef('p.office_id', '=', 'c.office_id').onRef('p.id', '=', 'c.person_id'))
      .select(['c.person_id', 'p.name', 'p.is_active', 'c.level', 'c.certificate', 'c.until_on', 'c.at', 'c.ended_at']).where('c.office_id', '=', office.id).execute();
    const byName = collator(caller.locale);
    return { clearances: rows.map((row) => ({
      personId: row.person_id, name: row.name, level: row.level as Level, certificate: row.certificate, untilOn: row.until_on, at: row.at, endedAt: row.ended_at,
      isValid: row.ended_at === null && row.until_on >= today && row.is_active,
    })).sort((a, b) => byName(a.name, b.name)) };
  },
});

export const grantClearance = operation({
  id: 'clearance.grant', kind: 'command', rest: 'POST /clearances', allow: ['mayor', 'chief'],
  summary: 'Enters that somebody else is cleared, for which level, by which certificate and until when.',
  input: z.object({ personId: id(), level: choice(levels), certificate: optionalLine(100), untilOn: day() }),
  output: z.object({ personId: z.string() }),
  async run(context, input) {
    const { db, office, caller, now, today } = context;
    if (!caller.personId) throw notAllowed();
    if (input.personId === caller.personId) throw wrong({ personId: { key: 'field.clearance_self' } });
    const person = await db.selectFrom('person').select('id').where('office_id', '=', office.id).where('id', '=', input.personId).where('is_active', '=', true).executeTakeFirst();
    if (!person) throw wrong({ personId: { key: 'field.choose' } });
    if (input.untilOn < today) throw wrong({ untilOn: { key: 'field.day_past' } });
    const years = office.jurisdiction.classification.levels.find((one) => one.key === input.level)?.clearanceYears;
    if (years !== undefined && input.untilOn > addMonths(today, years * 12)) throw wrong({ untilOn: { key: 'field.clearance_long', args: { max: years } } });
    const values = { level: input.level, certificate: input.certificate, until_on: input.untilOn, granted_by: caller.personId, at: now, ended_at: null };
    await db.insertInto('clearance').values({ office_id: office.id, person_id: input.personId, ...values })
      .onConflict((conflict) => conflict.columns(['office_id', 'person_id']).doUpdateSet(values)).execute();
    context.record({ name: 'clearance.granted', nounId: input.personId, data: { level: input.level, untilOn: input.untilOn } });
    return { personId: input.personId };
  },
});

export const endClearance = operation({
  id: 'clearance.end', kind: 'command', rest: 'POST /clearances/{personId}/end', allow: ['mayor', 'chief'],
  summary: 'Ends a clearance at once: what its holder could read is closed to them from that moment.',
  input: z.object({ personId: id() }),
  output: z.object({ personId: z.string() }),
  async run(context, input) {
    const { db, office, caller, now } = context;
    if (!caller.personId) throw notAllowed();
    const row = await db.selectFrom('clearance').select('ended_at').where('office_id', '=', office.id).where('person_id', '=', input.personId).executeTakeFirst();
    if (!row) throw notFound();
    if (row.ended_at) throw notNow('error.clearance_over');
    if (input.personId === caller.personId) throw wrong({ personId: { key: 'field.clearance_self' } });
    await db.updateTable('clearance').set({ ended_at: now }).where('office_id', '=', office.id).where('person_id', '=', input.personId).execute();
    context.record({ name: 'clearance.ended', nounId: input.personId });
    return { personId: input.personId };
  },
});

/** Refuses at `field` whoever is not cleared for the level today. */
export async function mustBeCleared(context: Context, personId: string, level: Level, field: string): Promise<void> {
  const active = await context.db.selectFrom('person').select('id').where('office_id', '=', context.office.id).where('id', '=', personId).where('is_active', '=', true).executeTakeFirst();
  if (!active) throw wrong({ [field]: { key: 'field.choose' } });
  if (rankOf(await findLevel(context, personId)) < rankOf(level)) throw wrong({ [field]: { key: 'field.classified_not_cleared' } });
}
