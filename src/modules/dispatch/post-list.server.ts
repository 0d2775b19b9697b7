import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { choice, id, optionalId } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { DispatchRow, dispatchesOf, dispatchFrom, markDispatched } from './dispatch.server.ts';
import { listedWays, senders } from './dispatch.ts';

const piecesAtMost = 500;
const readers = ['registrar', 'chief', 'mayor', 'deputy', 'auditor'] as const;
export const PostList = z.object({ id: z.string(), year: z.number(), number: z.number(), way: z.enum(listedWays), madeAt: z.date(), madeBy: z.string(), handedAt: z.date().nullable(), pieces: z.number(), cents: z.number() });
export type PostList = z.infer<typeof PostList>;

export const makePostList = operation({
  id: 'post_list.make', kind: 'command', rest: 'POST /post-lists', allow: senders,
  summary: 'Puts what waits for a way, or the chosen of it, on a list under the next number of the year: for the post office, or the delivery book of the town.',
  input: z.object({ way: choice(listedWays), ids: z.union([id().transform((one) => [one]), z.array(id())]).default([]) }),
  output: z.object({ id: z.string(), number: z.number(), pieces: z.number() }),
  async run(context, input) {
    const { db, office, caller, now, today } = context;
    let query = db.selectFrom('dispatch').select(['id', 'case_id']).where('office_id', '=', office.id).where('way', '=', input.way).where('state', '=', 'waiting').where('list_id', 'is', null)
      .where(sql<boolean>`not exists (select 1 from case_file c where c.office_id = dispatch.office_id and c.id = dispatch.case_id and (c.annulled_at is not null or is_disposed(c.id)))`);
    if (input.ids.length > 0) query = query.where('id', 'in', input.ids);
    const rows = await query.orderBy('at').limit(piecesAtMost).forUpdate().execute();
    if (input.ids.length > 0 && rows.length < new Set(input.ids).size) throw wrong({ ids: { key: 'field.dispatch_gone' } });
    if (rows.length === 0) throw notNow('error.post_list_empty');
    const year = Number(today.slice(0, 4));
    // One list after the other takes its number: two at once would take the same.
    await sql`select pg_advisory_xact_lock(${office.id}, hashtext('post_list'))`.execute(db);
    const last = await db.selectFrom('post_list').select((eb) => eb.fn.max('number').as('number')).where('office_id', '=', office.id).where('year', '=', year).executeTakeFirst();
    const number = (last?.number ?? 0) + 1;
    const listId = context.newId();
    await db.insertInto('post_list').values({ office_id: office.id, id: listId, year, number, way: input.way, made_by: caller.personId, made_at: now }).execute();
    await db.updateTable('dispatch').set({ list_id: listId }).where('office_id', '=', office.id).where('id', 'in', rows.map((row) => row.id)).execute();
    context.record({ name: 'post_list.made', nounId: listId, data: { way: input.way, number, pieces: rows.length } });
    return { id: listId, number, pieces: rows.length };
  },
});

export const handPostList = operation({
  id: 'post_list.hand', kind: 'command', rest: 'POST /post-lists/{id}/hand', allow: senders, asOffice: true,
  summary: 'The pieces of a list were handed to the post or the courier; the register shows the day.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string(), pieces: z.number() }),
  async run(context, input) {
    const { db, office, caller, now } = context;
    const list = await db.selectFrom('post_list').select(['id', 'handed_at']).where('office_id', '=', office.id).where('id', '=', input.id).forUpdate().executeTakeFirst();
    if (!list) throw notFound();
    if (list.handed_at) throw notNow();
    // A sealed envelope of a confidential case goes with the others: its sender alone sees it on the list.
    await db.updateTable('post_list').set({ handed_at: now }).where('office_id', '=', office.id).where('id', '=', list.id).execute();
    const rows = await db.updateTable('dispatch').set({ state: 'sent', sent_at: now, sent_by: caller.personId }).where('office_id', '=', office.id).where('list_id', '=', list.id).where('state', '=', 'waiting').returning(['id', 'case_id', 'entry_id', 'way']).execute();
    await markDispatched(context, rows.map((row) => row.entry_id));
    context.record({ name: 'post_list.handed', nounId: list.id, data: { pieces: rows.length } });
    for (const row of rows) context.record({ name: 'dispatch.handed', nounId: row.id, caseId: row.case_id, data: { way: row.way } });
    return { id: list.id, pieces: rows.length };
  },
});

export const dropFromList = operation({
  id: 'post_list.take_off', kind: 'command', rest: 'POST /post-lists/{id}/take-off', allow: senders,
  summary: 'Takes a piece off a list that is not handed over yet; it waits again.',
  input: z.object({ id: id(), dispatchId: id() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office } = context;
    const list = await db.selectFrom('post_list').select(['id', 'handed_at']).where('office_id', '=', office.id).where('id', '=', input.id).forUpdate().executeTakeFirst();
    if (!list) throw notFound();
    if (list.handed_at) throw notNow();
    const row = await db.updateTable('dispatch').set({ list_id: null }).where('office_id', '=', office.id).where('id', '=', input.dispatchId).where('list_id', '=', list.id).where('state', '=', 'waiting').returning('case_id').executeTakeFirst();
    if (!row) throw notFound();
    context.record({ name: 'post_list.taken_off', nounId: list.id, data: { dispatch: input.dispatchId } });
    return { id: list.id };
  },
});

export const getPostList = operation({
  id: 'post_list.get', kind: 'query', rest: 'GET /post-lists/{id}', allow: readers,
  summary: 'A list with its pieces, in the order in which they were written.',
  input: z.object({ id: id() }),
  output: z.object({ list: PostList, dispatches: z.array(DispatchRow) }),
  async run({ db, office }, input) {
    const row = await db.selectFrom('post_list as l').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'l.office_id').onRef('p.id', '=', 'l.made_by'))
      .select(['l.id', 'l.year', 'l.number', 'l.way', 'l.made_at', 'l.handed_at', 'p.name']).where('l.office_id', '=', office.id).where('l.id', '=', input.id).executeTakeFirst();
    if (!row) throw notFound();
    const dispatches = (await dispatchesOf(db, office.id).where('d.list_id', '=', row.id).orderBy('d.at').orderBy('d.id').limit(piecesAtMost).execute()).map(dispatchFrom);
    return {
      list: { id: row.id, year: row.year, number: row.number, way: row.way as PostList['way'], madeAt: row.made_at, madeBy: row.name ?? '', handedAt: row.handed_at, pieces: dispatches.length, cents: dispatches.reduce((sum, one) => sum + (one.postageCents ?? 0), 0) }, dispatches,
    };
  },
});

const size = 50;
export const listPostLists = operation({
  id: 'post_list.list', kind: 'query', rest: 'GET /post-lists', allow: readers,
  summary: 'The lists for the post and the courier, the newest first.',
  input: z.object({ after: optionalId() }),
  output: z.object({ lists: z.array(PostList), next: z.string().nullable() }),
  async run({ db, office }, input) {
    let query = db.selectFrom('post_list as l').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'l.office_id').onRef('p.id', '=', 'l.made_by'))
      .select(['l.id', 'l.year', 'l.number', 'l.way', 'l.made_at', 'l.handed_at', 'p.name'])
      .select((eb) => [
        eb.selectFrom('dispatch as d').whereRef('d.office_id', '=', 'l.office_id').whereRef('d.list_id', '=', 'l.id').select((one) => one.fn.countAll<number>().as('n')).as('pieces'),
        eb.selectFrom('dispatch as d').whereRef('d.office_id', '=', 'l.office_id').whereRef('d.list_id', '=', 'l.id').select((one) => one.fn.sum<number>('d.postage_cents').as('n')).as('cents'),
      ]).where('l.office_id', '=', office.id);
    if (input.after) query = query.where('l.id', '<', input.after);
    const rows = await query.orderBy('l.id', 'desc').limit(size + 1).execute();
    return {
      lists: rows.slice(0, size).map((row) => ({ id: row.id, year: row.year, number: row.number, way: row.way as PostList['way'], madeAt: row.made_at, madeBy: row.name ?? '', handedAt: row.handed_at, pieces: row.pieces ?? 0, cents: row.cents ?? 0 })),
      next: rows.length > size ? rows[size - 1]!.id : null,
    };
  },
});
