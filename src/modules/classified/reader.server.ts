import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { day, id, line } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { levels, type Level } from './classified.ts';
import { getPaper, keepers } from './classified.server.ts';
import { mustBeCleared } from './clearance.server.ts';
import { sealJson } from './sealed.server.ts';

const Done = z.object({ id: z.string() });

export const nameReader = operation({
  id: 'classified.name_reader', kind: 'command', rest: 'POST /classified/{id}/readers', allow: keepers,
  summary: 'Names somebody cleared who needs to know: from now on, or until a day, they read this paper.',
  input: z.object({ id: id(), personId: id(), need: line(300), untilOn: z.union([z.literal('').transform(() => null), day()]).nullish().transform((value) => value ?? null) }),
  output: Done,
  async run(context, input) {
    const { db, office, caller, now, today } = context;
    const paper = await getPaper(context, input.id);
    if (input.personId === caller.personId) throw wrong({ personId: { key: 'field.classified_self' } });
    if (paper.declassified_at) {
      const person = await db.selectFrom('person').select('id').where('office_id', '=', office.id).where('id', '=', input.personId).where('is_active', '=', true).executeTakeFirst();
      if (!person) throw wrong({ personId: { key: 'field.choose' } });
    } else await mustBeCleared(context, input.personId, paper.level, 'personId');
    if (input.untilOn !== null && input.untilOn < today) throw wrong({ untilOn: { key: 'field.day_past' } });
    const { next } = await db.selectFrom('classified_reader').select((eb) => eb(eb.fn.coalesce(eb.fn.max('copy_number'), eb.lit(0)), '+', 1).as('next')).where('office_id', '=', office.id).where('paper_id', '=', paper.id).executeTakeFirstOrThrow();
    const need = sealJson('need', office.id, paper.id, input.need).toString('base64');
    const values = { need, granted_by: caller.personId, granted_at: now, until_on: input.untilOn, ended_at: null };
    await db.insertInto('classified_reader').values({ office_id: office.id, paper_id: paper.id, person_id: input.personId, copy_number: next, ...values })
      .onConflict((conflict) => conflict.columns(['office_id', 'paper_id', 'person_id']).doUpdateSet(values)).execute();
    context.record({ name: 'classified.reader_named', nounId: paper.id, data: { person: input.personId, untilOn: input.untilOn } });
    return { id: paper.id };
  },
});

export const endReader = operation({
  id: 'classified.end_reader', kind: 'command', rest: 'POST /classified/{id}/readers/end', allow: keepers,
  summary: 'Takes somebody off the list of readers at once; the last one stays, so that the paper is not lost to all.',
  input: z.object({ id: id(), personId: id() }),
  output: Done,
  async run(context, input) {
    const { db, office, now } = context;
    const paper = await getPaper(context, input.id);
    const open = await db.selectFrom('classified_reader').select('person_id').where('office_id', '=', office.id).where('paper_id', '=', paper.id).where('ended_at', 'is', null).execute();
    if (!open.some((one) => one.person_id === input.personId)) throw notFound();
    if (open.length === 1) throw notNow('error.classified_last_reader');
    context.record({ name: 'classified.reader_ended', nounId: paper.id, data: { person: input.personId } });
    await db.updateTable('classified_reader').set({ ended_at: now }).where('office_id', '=', office.id).where('paper_id', '=', paper.id).where('person_id', '=', input.personId).execute();
    return { id: paper.id };
  },
});

type Orphan = { id: string; reference: string; level: Level; received_on: string };

export const listOrphaned = operation({
  id: 'classified.orphaned', kind: 'query', rest: 'GET /classified/orphaned', allow: ['mayor'],
  summary: 'Classified papers that nobody can read any more: number, level and day, nothing else.',
  input: z.object({}),
  output: z.object({ papers: z.array(z.object({ id: z.string(), reference: z.string(), level: z.enum(levels), receivedOn: z.string() })) }),
  async run({ db }) {
    const { rows } = await sql<Orphan>`select id, reference, level, received_on from orphaned_papers() limit 200`.execute(db);
    return { papers: rows.map((row) => ({ id: row.id, reference: row.reference, level: row.level, receivedOn: row.received_on })) };
  },
});

export const entrustPaper = operation({
  id: 'classified.entrust', kind: 'command', rest: 'POST /classified/{id}/entrust', allow: ['mayor'],
  summary: 'The mayor entrusts a paper that nobody can read any more to somebody cleared for its level.',
  input: z.object({ id: id(), personId: id(), need: line(300) }),
  output: Done,
  async run(context, input) {
    const { db, office, now } = context;
    const { rows } = await sql<Orphan>`select id, level from orphaned_papers() where id = ${input.id}`.execute(db);
    const paper = rows[0];
    if (!paper) throw notFound();
    await mustBeCleared(context, input.personId, paper.level, 'personId');
    const need = sealJson('need', office.id, paper.id, input.need).toString('base64');
    await sql`select entrust_classified(${paper.id}, ${input.personId}, ${need}, ${now})`.execute(db);
    context.record({ name: 'classified.entrusted', nounId: paper.id, data: { person: input.personId } });
    return { id: paper.id };
  },
});
