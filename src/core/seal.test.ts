import pg from 'pg';
import { inject } from 'vitest';
import { z } from 'zod';
import { expect, test, type TestOffice } from '../../test/office.ts';
import { operation } from './operation.ts';
import { hasUnsealed, sealEvents, verifyEvents } from './seal.ts';
import type { Event } from './event.ts';

const happen = operation({
  id: 'probe.happen', kind: 'command', allow: [], summary: 'A probe.', input: z.object({ count: z.number().default(1) }), output: z.object({}),
  async run(context, input) {
    for (let index = 0; index < input.count; index++) context.record({ name: 'probe.happened', data: { index, words: 'Ђ' } });
    return {};
  },
});
const verify = (office: TestOffice) => verifyEvents(office.kernel.db, office.office);

/** As the owner of the database, who can do what the application cannot. */
async function asOwner(text: string, values: unknown[]): Promise<pg.QueryResult> {
  const client = new pg.Client(inject('database').owner);
  await client.connect();
  try {
    return await client.query(text, values);
  } finally {
    await client.end();
  }
}

test('the log is sealed in batches, in the order of its events, each once, and verifies', async ({ office }) => {
  await office.run(happen, office.system(), { count: 700 });
  for (let index = 0; index < 5; index++) await office.run(happen, office.system(), {});
  expect(await verify(office)).toEqual({ office: office.office.slug, sealed: 0, unsealed: 705, brokenAt: null, reason: null });
  expect(await hasUnsealed(office.kernel.db, office.office)).toBe(true);
  await office.settle();
  expect(await verify(office)).toMatchObject({ sealed: 705, unsealed: 0, brokenAt: null });
  expect(await hasUnsealed(office.kernel.db, office.office)).toBe(false);
  await office.run(happen, office.system(), {});
  expect(await verify(office)).toMatchObject({ sealed: 705, unsealed: 1, brokenAt: null });
  expect(await hasUnsealed(office.kernel.db, office.office)).toBe(true);
});

test('many sealers at once seal each event once, and hand it on once', async ({ office }) => {
  const heard: string[] = [];
  await Promise.all([
    ...Array.from({ length: 20 }, () => office.run(happen, office.system(), { count: 3 })),
    ...Array.from({ length: 20 }, () => sealEvents(office.kernel.db, office.office, async (_, events: Event[]) => void heard.push(...events.map((event) => event.id)))),
  ]);
  for (let tries = 0; (await hasUnsealed(office.kernel.db, office.office)) && tries < 500; tries++) await sealEvents(office.kernel.db, office.office, async (_, events) => void heard.push(...events.map((event) => event.id)));
  expect(await verify(office)).toMatchObject({ sealed: 60, unsealed: 0, brokenAt: null });
  expect(heard).toHaveLength(60);
  expect(new Set(heard).size).toBe(60);
});

test('an act that is still under way when others commit is sealed after it ends, and not left out', async ({ office }) => {
  let release = (): void => {};
  const held = new Promise<void>((done) => (release = done));
  let began = (): void => {};
  const started = new Promise<void>((done) => (began = done));
  const slow = operation({ ...happen, id: 'probe.slow', async run(context) {
    await context.db.insertInto('attempt').values({ office_id: context.office.id, key: 'slow' }).execute();
    began();
    await held;
    context.record({ name: 'probe.slow' });
    return {};
  } });
  const running = office.run(slow, office.system(), {});
  await started;
  await office.run(happen, office.system(), {});
  await office.kernel.seal(office.office);
  expect((await verify(office)).sealed).toBe(0);
  release();
  await running;
  await office.settle();
  const order = await office.within((db) => db.selectFrom('event_seal as s').innerJoin('event as e', (join) => join.onRef('e.office_id', '=', 's.office_id').onRef('e.id', '=', 's.event_id')).select('e.name').where('s.office_id', '=', office.office.id).orderBy('s.position').execute());
  expect(order.map((one) => one.name)).toEqual(['probe.slow', 'probe.happened']);
  expect(await verify(office)).toMatchObject({ sealed: 2, unsealed: 0, brokenAt: null });
});

test('the order is that of numbers, not of their digits: it goes on from 999 to 1000', async ({ office }) => {
  const xids = [8, 9, 10, 11, 98, 99, 100, 101, 699, 700, 70];
  for (const xid of xids) await asOwner(`insert into event (office_id, id, xid, at, name, actor) values ($1, gen_random_uuid(), $2::text::xid8, now(), 'probe.happened', 'system')`, [office.office.id, xid]);
  await office.settle();
  await office.run(happen, office.system(), {});
  await office.settle();
  const order = await asOwner('select xid::text::int as xid from event_seal where office_id = $1 order by position', [office.office.id]);
  expect(order.rows.slice(0, -1).map((row: { xid: number }) => row.xid)).toEqual(xids.sort((a, b) => a - b));
  expect(await verify(office)).toMatchObject({ sealed: 12, unsealed: 0, brokenAt: null });
});

test('the sealing fails whole when what hears it cannot take it', async ({ office }) => {
  await office.run(happen, office.system(), { count: 3 });
  const until = Date.now() + 5000;
  let failed = false;
  while (!failed && Date.now() < until) await sealEvents(office.kernel.db, office.office, async () => { throw new Error('the queue is away'); }).catch(() => (failed = true));
  expect(failed).toBe(true);
  expect(await verify(office)).toMatchObject({ sealed: 0, unsealed: 3 });
  await office.settle();
  expect(await verify(office)).toMatchObject({ sealed: 3, unsealed: 0 });
});

test('a changed or removed event is found, also when its seal was removed with it', async ({ office }) => {
  await office.run(happen, office.system(), { count: 12 });
  await office.settle();
  const id = office.office.id;
  const at = async (position: number): Promise<string> => (await asOwner('select event_id from event_seal where office_id = $1 and position = $2', [id, position])).rows[0].event_id as string;
  const event = await at(5);
  const before = (await asOwner('select * from event where office_id = $1 and id = $2', [id, event])).rows[0];

  await asOwner(`update event set data = data || '{"index": 99}' where office_id = $1 and id = $2`, [id, event]);
  expect(await verify(office)).toMatchObject({ sealed: 4, brokenAt: 5, reason: 'an event or its seal was changed' });
  await asOwner('update event set data = $3 where office_id = $1 and id = $2', [id, event, before.data]);
  expect(await verify(office)).toMatchObject({ brokenAt: null });
  await asOwner(`update event set at = at + interval '1 second' where office_id = $1 and id = $2`, [id, event]);
  expect(await verify(office)).toMatchObject({ brokenAt: 5 });
  await asOwner('update event set at = $3 where office_id = $1 and id = $2', [id, event, before.at]);
  expect(await verify(office)).toMatchObject({ brokenAt: null });

  await asOwner('delete from event where office_id = $1 and id = $2', [id, event]);
  expect(await verify(office)).toMatchObject({ brokenAt: 5, reason: 'a sealed event was removed' });
  await asOwner('delete from event_seal where office_id = $1 and position = 5', [id]);
  expect(await verify(office)).toMatchObject({ brokenAt: 5, reason: 'a seal is missing' });
  await asOwner('update event_seal set position = position - 1 where office_id = $1 and position > 5', [id]);
  expect(await verify(office)).toMatchObject({ brokenAt: 5, reason: 'an event or its seal was changed' });
});

test('seals that end early leave their events unsealed, in whatever number they are gone', async ({ office }) => {
  await office.run(happen, office.system(), { count: 12 });
  await office.settle();
  await asOwner('delete from event_seal where office_id = $1 and position between 1 and 11', [office.office.id]);
  expect(await verify(office)).toMatchObject({ brokenAt: 1, reason: 'a seal is missing' });
  await asOwner('delete from event_seal where office_id = $1', [office.office.id]);
  expect(await verify(office)).toMatchObject({ sealed: 0, unsealed: 12 });
});

test('the application can neither change nor remove an event or a seal', async ({ office }) => {
  await office.run(happen, office.system(), {});
  await office.settle();
  for (const statement of ['update event set name = \'a.b\'', 'delete from event', 'update event_seal set position = 7', 'delete from event_seal', 'truncate event', 'alter table event disable row level security', 'drop policy event_wall on event']) {
    const client = new pg.Client(inject('database').app);
    await client.connect();
    await client.query(`select set_config('kabinet.office', $1, false), set_config('kabinet.sight', 'all', false)`, [String(office.office.id)]);
    await expect(client.query(statement), statement).rejects.toThrow(/permission denied|must be owner/);
    await client.end();
  }
  expect(await verify(office)).toMatchObject({ sealed: 1, unsealed: 0, brokenAt: null });
});
