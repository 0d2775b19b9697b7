import pg from 'pg';
import { expect, test } from 'vitest';
import { migrate } from '../src/core/migrate.ts';
import { externalDatabase } from '../src/core/postgres.ts';

// With KABINET_CITUS=postgresql://… , an empty database with the extension, on a coordinator that knows its workers. It is changed for good.
const address = process.env['KABINET_CITUS'];

test.skipIf(!address)('Citus spreads every table by office, with every key and foreign key; it refuses the policies', async () => {
  const { owner } = await externalDatabase(address!);
  await migrate(owner);
  const client = new pg.Client(owner);
  await client.connect();
  const list = async <T extends Record<string, string>>(text: string): Promise<T[]> => (await client.query<T>(text)).rows;
  try {
    await expect(client.query(`select create_reference_table('office')`)).rejects.toMatchObject({ message: 'cannot create policy' });
    for (const { policy, name } of await list(`select policyname as policy, tablename as name from pg_policies where schemaname = 'public'`)) await client.query(`drop policy ${policy} on ${name}`);
    // A foreign key comes back when both its ends lie together.
    const keys = await list(`select k.conname as key, k.conrelid::regclass::text as name, pg_get_constraintdef(k.oid) as says from pg_constraint k where k.contype = 'f' and k.connamespace = 'public'::regnamespace`);
    for (const { key, name } of keys) await client.query(`alter table ${name} drop constraint ${key}`);
    await client.query('set citus.enable_unsafe_triggers = on');
    await client.query(`select create_reference_table('office')`);
    const names = (await list(`select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'office_id' order by 1`)).map((row) => row['name']!);
    for (const [index, name] of names.entries()) await client.query(`select create_distributed_table('${name}', 'office_id', ${index === 0 ? 'shard_count => 8' : `colocate_with => '${names[0]}'`})`);
    for (const { key, name, says } of keys) await client.query(`alter table ${name} add constraint ${key} ${says}`);
    const groups = await list(`select citus_table_type as type, count(distinct colocation_id)::text as groups, count(*)::text as tables from citus_tables group by 1 order by 1`);
    expect(groups).toEqual([{ type: 'distributed', groups: '1', tables: String(names.length) }, { type: 'reference', groups: '1', tables: '1' }]);
  } finally {
    await client.end();
  }
}, 300_000);
