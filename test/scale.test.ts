import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { describe, inject } from 'vitest';
import { rootDirectory } from '../src/core/root.ts';
import { expect, test } from './office.ts';

// What spreading the tables by office over many servers asks of the schema (docs/scale.md); the schema itself is asked.
async function ask(text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(inject('database').owner);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

const ours = `c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`;
const named = (title: string): string[] => {
  const page = readFileSync(path.join(rootDirectory, 'docs/scale.md'), 'utf8');
  const row = page.split('\n').find((line) => line.startsWith(`| ${title} |`)) ?? '';
  return [...row.matchAll(/`(\w+)`/g)].map((found) => found[1]!);
};

describe('spread by office over many servers', () => {
  test('each table belongs to one office, is copied to all, or stays where it is, as the plan says', async () => {
    const rows = await ask(`select c.relname as name, a.atttypid::regtype::text as type, a.attnotnull as filled from pg_class c left join pg_attribute a on a.attrelid = c.oid and a.attname = 'office_id' where ${ours} order by 1`);
    const spread = rows.filter((row) => row['type'] !== null);
    expect(rows.filter((row) => row['type'] === null).map((row) => row['name'])).toEqual([...named('reference'), ...named('local')].sort());
    expect(spread.filter((row) => row['type'] !== 'integer' || !row['filled'])).toEqual([]);
    // Named one by one, so that a new table is thought about.
    expect(spread.map((row) => row['name'])).toEqual(named('distributed').sort());
  });

  test('each key, unique index and exclusion holds the office', async () => {
    const keys = await ask(`select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indrelid where ${ours} and (i.indisunique or i.indisexclusion) and c.relname not in ('office', 'migration')
      and not exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'office_id' and a.attnum = any (i.indkey))`);
    expect(keys).toEqual([]);
    // In an exclusion it must be compared for equality: two offices never stand in each other's way.
    const exclusions = await ask(`select k.conname as name from pg_constraint k join pg_class c on c.oid = k.conrelid where ${ours} and k.contype = 'x' and not exists (
      select 1 from generate_subscripts(k.conkey, 1) at join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[at] join pg_operator o on o.oid = k.conexclop[at] where a.attname = 'office_id' and o.oprname = '=')`);
    expect(exclusions).toEqual([]);
  });

  test('each foreign key leads from an office to the same office, or to the table that is copied to all', async () => {
    const astray = await ask(`select k.conname as name, pg_get_constraintdef(k.oid) as says from pg_constraint k join pg_class c on c.oid = k.conrelid where ${ours} and k.contype = 'f' and not exists (
      select 1 from generate_subscripts(k.conkey, 1) at join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[at] join pg_attribute b on b.attrelid = k.confrelid and b.attnum = k.confkey[at]
      where a.attname = 'office_id' and (b.attname = 'office_id' or (k.confrelid = 'office'::regclass and b.attname = 'id')))`);
    expect(astray).toEqual([]);
    // Emptying the office of a row would move it to another server.
    expect(await ask(`select k.conname as name from pg_constraint k join pg_class c on c.oid = k.conrelid where ${ours} and k.contype = 'f' and ('n' in (k.confdeltype, k.confupdtype) or 'd' in (k.confdeltype, k.confupdtype))`)).toEqual([]);
  });

  test('nothing counts across offices: no sequence but that of the offices, no view, no rule; triggers are the plan’s', async () => {
    expect(await ask(`select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('S', 'v', 'm') order by 1`)).toEqual([{ name: 'office_id_seq' }]);
    expect(await ask(`select r.rulename as name from pg_rewrite r join pg_class c on c.oid = r.ev_class where ${ours}`)).toEqual([]);
    const triggers = await ask(`select t.tgname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid where ${ours} and not t.tgisinternal order by 1`);
    expect(triggers.map((row) => row['name'])).toEqual(named('triggers').sort());
  });
});
