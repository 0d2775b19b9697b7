import { describe, expect } from 'vitest';
import { z } from 'zod';
import { test } from '../../test/office.ts';
import { panels } from '../routes.ts';
import { modules } from '../modules.ts';
import { sql } from './database.ts';
import { operation } from './operation.ts';
import { Reads } from './reads.ts';
import { notNow } from './refusal.ts';

const ask = operation({
  id: 'probe.ask', kind: 'query', allow: ['staff'], summary: 'A probe.', input: z.object({ what: z.enum(['backend', 'broken', 'refused', 'write', 'settings']) }), output: z.object({ is: z.string() }),
  async run({ db, office }, { what }) {
    if (what === 'refused') throw notNow();
    if (what === 'broken') await sql`select 1 / 0`.execute(db);
    if (what === 'write') await db.updateTable('person').set({ phone: '1' }).where('office_id', '=', office.id).execute();
    if (what === 'settings') await sql`select set_config('kabinet.sight', 'all', true)`.execute(db);
    const { rows } = await sql<{ is: string }>`select pg_backend_pid() || ' ' || xact_start || ' ' || current_setting('kabinet.sight') as is from pg_stat_activity where pid = pg_backend_pid()`.execute(db);
    return rows[0]!;
  },
});
const askAsOffice = operation({ ...ask, id: 'probe.ask_as_office', asOffice: true });
const pause = (): Promise<void> => new Promise((done) => setTimeout(done, 20));

describe('the queries of one page', () => {
  test('share a transaction while they follow one another, and hold none while the page waits', async ({ office }) => {
    const caller = await office.as('clerk');
    const reads = new Reads(office.kernel, caller);
    const run = async (op: typeof ask = ask) => (await office.run(op, caller, { what: 'backend' }, { reads })).is;
    const [one, two] = await Promise.all([run(), run()]);
    expect(two).toBe(one);
    expect(await run()).toBe(one);
    await pause();
    expect(await run()).not.toBe(one);
  });

  test('with another sight, or of another caller, have another', async ({ office }) => {
    const [clerk, chief] = [await office.as('clerk'), await office.as('chief')];
    const reads = new Reads(office.kernel, clerk);
    const [own, wide, other] = await Promise.all([office.run(ask, clerk, { what: 'backend' }, { reads }), office.run(askAsOffice, clerk, { what: 'backend' }, { reads }), office.run(ask, chief, { what: 'backend' }, { reads })]);
    expect(own.is).toMatch(/ own$/);
    expect(wide.is).toMatch(/ all$/);
    expect(other.is).toMatch(/ all$/);
    expect(new Set([own.is, wide.is, other.is]).size).toBe(3);
  });

  test('go on when one of them breaks or is refused', async ({ office }) => {
    const caller = await office.as('clerk');
    const reads = new Reads(office.kernel, caller);
    const all = await Promise.allSettled((['backend', 'broken', 'backend', 'refused', 'backend'] as const).map((what) => office.run(ask, caller, { what }, { reads })));
    expect(all.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect((await office.run(ask, caller, { what: 'backend' }, { reads })).is).toMatch(/ own$/);
  });

  test('change nothing, and not what they see', async ({ office }) => {
    const caller = await office.as('clerk');
    for (const reads of [new Reads(office.kernel, caller), undefined]) {
      await expect(office.run(ask, caller, { what: 'write' }, reads ? { reads } : {})).rejects.toThrow(/writes|read-only/);
      await expect(office.run(ask, caller, { what: 'settings' }, reads ? { reads } : {})).rejects.toThrow('keeps its settings');
      expect((await office.run(ask, caller, { what: 'backend' }, reads ? { reads } : {})).is).toMatch(/ own$/);
    }
  });
});

test('what a panel waits for on a case is declared by a module', () => {
  const declared = modules.flatMap((module) => module.ofCase ?? []).map((part) => part.name);
  expect(new Set(declared).size).toBe(declared.length);
  for (const panel of panels) expect({ panel: panel.name, unknown: (panel.parts ?? []).filter((part) => !declared.includes(part)) }).toEqual({ panel: panel.name, unknown: [] });
});
