import { z } from 'zod';
import { choice, id, optionalEmail, optionalId, optionalLine } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { notFound, wrong } from '../../core/refusal.ts';
import { audiences, periods } from './plan.ts';

const keepers = ['chief', 'protocol', 'mayor'] as const;
const Done = z.object({ id: z.string() });

export const addReader = operation({
  id: 'plan_reader.add', kind: 'command', rest: 'POST /plan-readers', allow: keepers,
  summary: 'Adds somebody to whom approved plans are sent; the internal version is for the staff alone.',
  input: z.object({ personId: optionalId(), email: optionalEmail(), name: optionalLine(120), audience: choice(audiences), periods: z.union([z.array(z.enum(periods)).min(1), z.enum(periods).transform((one) => [one])]).default(['day', 'week']) }),
  output: Done,
  async run(context, input) {
    const { db, office, now } = context;
    if (Boolean(input.personId) === Boolean(input.email)) throw wrong({ [input.personId ? 'email' : 'personId']: { key: 'field.reader_one' } });
    if (input.audience === 'internal' && !input.personId) throw wrong({ audience: { key: 'field.reader_internal' } });
    if (input.personId && !(await db.selectFrom('person').select('id').where('office_id', '=', office.id).where('id', '=', input.personId).where('is_active', '=', true).executeTakeFirst())) throw wrong({ personId: { key: 'field.choose' } });
    const same = await db.selectFrom('plan_reader').select('id').where('office_id', '=', office.id).where('ended_at', 'is', null).where((eb) => (input.personId ? eb('person_id', '=', input.personId) : eb('email', '=', input.email))).executeTakeFirst();
    if (same) throw wrong({ [input.personId ? 'personId' : 'email']: { key: 'field.reader_known' } });
    const readerId = context.newId();
    await db.insertInto('plan_reader').values({ office_id: office.id, id: readerId, person_id: input.personId, email: input.email || null, name: input.name, audience: input.audience, periods: [...new Set(input.periods)], at: now }).execute();
    context.record({ name: 'plan_reader.added', nounId: readerId, data: { audience: input.audience } });
    return { id: readerId };
  },
});

export const endReader = operation({
  id: 'plan_reader.end', kind: 'command', rest: 'POST /plan-readers/{id}/end', allow: keepers,
  summary: 'Nobody is sent the plan here any more.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const row = await context.db.updateTable('plan_reader').set({ ended_at: context.now }).where('office_id', '=', context.office.id).where('id', '=', input.id).where('ended_at', 'is', null).returning('id').executeTakeFirst();
    if (!row) throw notFound();
    context.record({ name: 'plan_reader.ended', nounId: input.id });
    return { id: input.id };
  },
});

export const listReaders = operation({
  id: 'plan_reader.list', kind: 'query', rest: 'GET /plan-readers', allow: ['chief', 'protocol', 'mayor', 'clerk', 'registrar', 'deputy'],
  summary: 'Who is sent the plans, in which version.',
  input: z.object({}),
  output: z.object({ readers: z.array(z.object({ id: z.string(), personId: z.string().nullable(), name: z.string(), email: z.string(), audience: z.enum(audiences), periods: z.array(z.enum(periods)) })) }),
  async run({ db, office }) {
    const rows = await db.selectFrom('plan_reader as r').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'r.office_id').onRef('p.id', '=', 'r.person_id'))
      .select(['r.id', 'r.person_id', 'r.name', 'r.email', 'r.audience', 'r.periods', 'p.name as own', 'p.email as own_email']).where('r.office_id', '=', office.id).where('r.ended_at', 'is', null).orderBy('r.audience').orderBy('r.at').limit(500).execute();
    return { readers: rows.map((row) => ({ id: row.id, personId: row.person_id, name: row.own ?? row.name, email: row.own_email ?? row.email ?? '', audience: row.audience as 'internal', periods: row.periods as 'day'[] })) };
  },
});
