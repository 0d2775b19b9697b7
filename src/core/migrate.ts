import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { rootDirectory } from './root.ts';
import { hashToken, sha256 } from './secret.ts';

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

/** Holds off other servers that are starting on this database until the answer is called: what is laid down at first is laid down once. */
export async function takeTurn(config: pg.ClientConfig): Promise<() => Promise<void>> {
  const client = new pg.Client(config);
  await client.connect();
  client.on('error', () => {});
  await client.query('select pg_advisory_lock(727004)');
  return () => client.end();
}

/** Throws when this database was begun under another secret, which is noted in it at the first start: what is sealed in it could not be opened, and two servers would not know each other's tokens. */
export async function checkSecret(config: pg.ClientConfig, { notes }: { notes: boolean }): Promise<void> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    const mark = hashToken('kabinet secret').toString('hex');
    if (notes) await client.query("insert into migration (name, hash) values ('secret', $1) on conflict do nothing", [mark]);
    const kept = await client.query<{ hash: string }>("select hash from migration where name = 'secret'");
    if (kept.rows[0] && kept.rows[0].hash !== mark) throw new Error('The secret is not the one of this database. Give KABINET_SECRET, or put the file `secret` of its first server into KABINET_DATA.');
  } finally {
    await client.end();
  }
}
