import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import type { LocalPostgres } from '../../src/core/postgres.ts';
import { rootDirectory } from '../../src/core/root.ts';
import { sha256 } from '../../src/core/secret.ts';
import { kabinet, fillKabinet } from './kabinet.ts';
import type { Ground, Peer } from './peer.ts';
import { rareLetters, words, type Facts } from './work.ts';
import { freePort } from './web.ts';

/** What a whole template says of itself: another state of the schema, or of the filling, fills all anew. */
const versionOf = (): string => `peers 2 ${sha256(readdirSync(migrations).sort().map((name) => readFileSync(path.join(migrations, name), 'utf8')).join('\n'))}`;
const migrations = path.join(rootDirectory, 'db/migrations');
const batch = 2000;

async function within<T>(server: LocalPostgres, user: string, database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ host: server.host, port: server.port, user, database, options: '-c synchronous_commit=off' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const asRoot = <T>(server: LocalPostgres, work: (client: pg.Client) => Promise<T>): Promise<T> => within(server, server.user, 'postgres', work);
const templateOf = (peer: Peer, cases: number): string => `${peer.key}_${cases}_filled`;

async function isFilled(server: LocalPostgres, database: string): Promise<boolean> {
  const rows = await asRoot(server, async (root) => (await root.query<{ said: string }>(`select shobj_description(oid, 'pg_database') as said from pg_database where datname = $1`, [database])).rows);
  return rows[0]?.said === versionOf();
}

async function makeDatabase(server: LocalPostgres, role: string, database: string, template?: string): Promise<void> {
  await asRoot(server, async (root) => {
    const { rowCount } = await root.query('select from pg_roles where rolname = $1', [role]);
    // Kabinet makes two lesser roles for itself, as on any server that it is given.
    if (!rowCount) await root.query(`create role ${role} login createrole`);
    await root.query(`drop database if exists ${database} with (force)`);
    await root.query(`create database ${database} owner ${role}${template ? ` template ${template} strategy file_copy` : ''}`);
  });
}

/** The letters of Kabinet's office written into another system's empty database, from where it fills its own tables. */
async function copyLetters(server: LocalPostgres, from: string, { role, database }: Ground): Promise<void> {
  await within(server, role, database, async (to) => {
    await to.query('create schema bench; create table bench.letter (n int primary key, subject text, body text, name text, email text, at timestamptz, is_open boolean)');
    await within(server, server.user, from, async (source) => {
      for (let after = 0; ; after += batch) {
        const { rows } = await source.query('select n, subject, body, name, email, at, is_open from bench.letter where n > $1 and n <= $1 + $2', [after, batch]);
        if (rows.length === 0) break;
        await to.query('insert into bench.letter select * from jsonb_populate_recordset(null::bench.letter, $1)', [JSON.stringify(rows)]);
      }
    });
    await to.query('analyze bench.letter');
  });
}

/** A database of this size for one system: filled once and kept, copied for each run so that every run begins with the same rows. */
export async function openGround(server: LocalPostgres, folder: string, peer: Peer, cases: number, say: (text: string) => void): Promise<Ground> {
  const ground: Ground = { server, role: peer.key, database: `${peer.key}_${cases}`, folder: path.join(folder, peer.key), port: await freePort(), say };
  mkdirSync(ground.folder, { recursive: true });
  const filled = templateOf(peer, cases);
  if (!(await isFilled(server, filled))) {
    const making = { ...ground, database: filled };
    await makeDatabase(server, peer.key, filled);
    if (peer.key === kabinet.key) await fillKabinet(making, cases);
    else {
      await copyLetters(server, templateOf(kabinet, cases), making);
      // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- no array is filled
      await peer.fill(making);
      await within(server, peer.key, filled, (client) => client.query('drop schema bench cascade'));
    }
    await asRoot(server, (root) => root.query(`comment on database ${filled} is '${versionOf()}'`));
  }
  await makeDatabase(server, peer.key, ground.database, filled);
  return ground;
}

/** Removes the copy that was measured; what was filled stays. */
export const closeGround = (server: LocalPostgres, { database }: Ground): Promise<unknown> => asRoot(server, (root) => root.query(`drop database if exists ${database} with (force)`));

/** What the answers must hold, from the letters that all systems were given. */
export const factsOf = (server: LocalPostgres, cases: number): Promise<Facts> =>
  within(server, server.user, templateOf(kabinet, cases), async (client) => {
    const { rows } = await client.query<{ n: number; subject: string; body: string; name: string; email: string }>(
      `select n, subject, body, name, email from bench.letter where n <= $1 and length(subject) <= 200 order by md5(n::text) limit 500`, [cases - rareLetters]);
    const counted = await client.query<{ open: number; many: number }>(`select count(*) filter (where is_open)::int as open, count(*) filter (where body ~* $1)::int as many from bench.letter`, [`\\m${words.many}\\M`]);
    return { known: rows, letters: rows, ...counted.rows[0]! };
  });
