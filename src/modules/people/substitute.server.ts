import { z } from 'zod';
import { daysBetween } from '../../core/day.ts';
import { check, day, id, optionalId, optionalLine } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong } from '../../core/refusal.ts';
import { keepsAccounts, ownId } from './caller.server.ts';

const daysAtMost = 366;
const SubstituteView = z.object({
  id: z.string(), personId: z.string(), personName: z.string(), substituteId: z.string(), substituteName: z.string(), fromOn: z.string(), untilOn: z.string(), reason: z.string(),
  state: z.enum(['coming', 'now', 'over']), can: z.object({ end: z.boolean() }),
});

export const setSubstitute = operation({
  id: 'substitute.set', kind: 'command', rest: 'POST /substitutes', allow: ['staff'],
  summary: 'Says who stands in from one day until another: for oneself, or for somebody else when chief or it sets it. The substitute may what the other may.',
  input: z.object({ personId: optionalId(), substituteId: id(), fromOn: day(), untilOn: day(), reason: optionalLine(300) }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, caller, today } = context;
    const personId = input.personId ?? ownId(caller);
    const isOwn = personId === caller.personId;
    if (!isOwn && !keepsAccounts(caller)) throw notAllowed();
    if (input.substituteId === personId) throw wrong({ substituteId: { key: 'field.substitute_self' } });
    // Whoever sets it for another may not take that one's rights that way.
    if (!isOwn && input.substituteId === caller.personId) throw wrong({ substituteId: { key: 'field.substitute_by_self' } });
    if (input.untilOn < input.fromOn) throw wrong({ untilOn: { key: 'field.day_order' } });
    if (input.untilOn < today) throw wrong({ untilOn: { key: 'field.day_past' } });
    if (daysBetween(input.fromOn, input.untilOn) >= daysAtMost) throw wrong({ untilOn: { key: 'field.substitute_long', args: { max: daysAtMost } } });
    const people = await db.selectFrom('person').select('id').where('office_id', '=', office.id).where('id', 'in', [personId, input.substituteId]).where('is_active', '=', true).orderBy('id').forUpdate().execute();
    if (!people.some((one) => one.id === personId)) throw wrong({ personId: { key: 'field.choose' } });
    if (!people.some((one) => one.id === input.substituteId)) throw wrong({ substituteId: { key: 'field.choose' } });
    const same = await db.selectFrom('substitute').select('id').where('office_id', '=', office.id).where('person_id', '=', personId).where('substitute_id', '=', input.substituteId).where('ended_at', 'is', null)
      .where('from_on', '<=', input.untilOn).where('until_on', '>=', input.fromOn).limit(1).executeTakeFirst();
    if (same) throw wrong({ substituteId: { key: 'field.substitute_known' } });
    const substituteId = context.newId();
    await db.insertInto('substitute').values({ office_id: office.id, id: substituteId, person_id: personId, substitute_id: input.substituteId, from_on: input.fromOn, until_on: input.untilOn, reason: input.reason }).execute();
    context.record({ name: 'substitute.set', nounId: substituteId, data: { person: personId, substitute: input.substituteId, fromOn: input.fromOn, untilOn: input.untilOn } });
    return { id: substituteId };
  },
});

export const endSubstitute = operation({
  id: 'substitute.end', kind: 'command', rest: 'POST /substitutes/{id}/end', allow: ['staff'],
  summary: 'Ends a substitution before its day: either of the two, chief or it.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, caller, now, today } = context;
    const row = await db.selectFrom('substitute').select(['person_id', 'substitute_id', 'until_on', 'ended_at']).where('office_id', '=', office.id).where('id', '=', input.id).forUpdate().executeTakeFirst();
    if (!row) throw notFound();
    if (![row.person_id, row.substitute_id].includes(caller.personId ?? '') && !keepsAccounts(caller)) throw notAllowed();
    if (row.ended_at || row.until_on < today) throw notNow('error.substitute_over');
    await db.updateTable('substitute').set({ ended_at: now }).where('office_id', '=', office.id).where('id', '=', input.id).execute();
    context.record({ name: 'substitute.ended', nounId: input.id });
    return { id: input.id };
  },
});

export const listSubstitutes = operation({
  id: 'substitute.list', kind: 'query', rest: 'GET /substitutes', allow: ['staff'],
  summary: 'Who stands in for whom, now and to come; on request what is over too.',
  input: z.object({ personId: optionalId(), over: check() }),
  output: z.object({ substitutes: z.array(SubstituteView) }),
  async run({ db, office, caller, today }, input) {
    let query = db.selectFrom('substitute as s')
      .innerJoin('person as p', (join) => join.onRef('p.office_id', '=', 's.office_id').onRef('p.id', '=', 's.person_id'))
      .innerJoin('person as o', (join) => join.onRef('o.office_id', '=', 's.office_id').onRef('o.id', '=', 's.substitute_id'))
      .selectAll('s').select(['p.name as person_name', 'o.name as substitute_name']).where('s.office_id', '=', office.id);
    if (!input.over) query = query.where('s.ended_at', 'is', null).where('s.until_on', '>=', today);
    if (input.personId) query = query.where((eb) => eb.or([eb('s.person_id', '=', input.personId), eb('s.substitute_id', '=', input.personId)]));
    const rows = await query.orderBy('s.from_on', input.over ? 'desc' : 'asc').orderBy('s.id').limit(200).execute();
    return { substitutes: rows.map((row) => {
      const state = row.ended_at || row.until_on < today ? 'over' as const : row.from_on > today ? 'coming' as const : 'now' as const;
      return {
        id: row.id, personId: row.person_id, personName: row.person_name, substituteId: row.substitute_id, substituteName: row.substitute_name, fromOn: row.from_on, untilOn: row.until_on, reason: row.reason,
        state, can: { end: state !== 'over' && ([row.person_id, row.substitute_id].includes(caller.personId ?? '') || keepsAccounts(caller)) },
      };
    }) };
  },
});
