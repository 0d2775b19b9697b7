import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { rootDirectory } from './root.ts';
import { sha256 } from './secret.ts';

/** Brings the database to the newest schema; forward only, one migration a transaction, one migrator at a time. */
export async function migrate(config: pg.ClientConfig): Promise<string[]> {
  const client = new pg.Client(config);
  await client.connect();
  const done: string[] = [];
  try {
    await client.query('select pg_advisory_lock(727001)');
    await client.query('create table if not exists migration (name text primary key, hash text not null, at timestamptz not null default now())');
    const known = new Map((await client.query<{ name: string; hash: string }>('select name, hash from migration')).rows.map((row) => [row.name, row.hash]));
    const directory = path.join(rootDirectory, 'db/migrations');
    for (const name of readdirSync(directory).filter((file) => file.endsWith('.sql')).sort()) {
      const sql = readFileSync(path.join(directory, name), 'utf8');
      const hash = sha256(sql);
      if (known.has(name)) {
        if (known.get(name) !== hash) throw new Error(`Migration ${name} was changed after it ran. Write a new one instead.`);
        continue;
      }
      await client.query('begin');
      try {
        await client.query(sql);
        await client.query('insert into migration (name, hash) values ($1, $2)', [name, hash]);
        await client.query('commit');
        done.push(name);
      } catch (error) {
        await client.query('rollback');
        throw new Error(`Migration ${name} failed: ${(error as Error).message}`, { cause: error });
      }
    }
    return done;
  } finally {
    await client.end();
  }
}
