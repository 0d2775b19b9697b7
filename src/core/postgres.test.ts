import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareDatabase, startPostgres, type LocalPostgres } from './postgres.ts';

const SETTINGS = { shared_buffers: '16MB', fsync: 'off' };
let folder = '';
let data = '';

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kabinet-test-'));
  data = path.join(folder, 'pg');
  // The sockets' directories then go away with the rest.
  process.env.TMPDIR = folder;
});

afterAll(() => {
  delete process.env.TMPDIR;
  fs.rmSync(folder, { recursive: true, force: true });
});

test('a new directory becomes a server on a private socket, and stopping it leaves no process', async () => {
  const server = await startPostgres(data, SETTINGS);
  expect(server.adopted).toBe(false);
  expect(await ask(server, 'SHOW listen_addresses')).toBe('');
  expect(fs.statSync(server.host).mode & 0o777).toBe(0o700);
  await server.stop();
  expect(isAlive(server.pid)).toBe(false);
  expect(fs.existsSync(path.join(data, 'postmaster.pid'))).toBe(false);
});

test('a second start of the same directory adopts the running server and does not stop it', async () => {
  const first = await startPostgres(data, SETTINGS);
  const second = await startPostgres(data, SETTINGS);
  expect(second).toMatchObject({ adopted: true, pid: first.pid, host: first.host });
  await second.stop();
  expect(await ask(first, 'SELECT 1::text')).toBe('1');
  await first.stop();
});

test('two directories run side by side', async () => {
  const [one, other] = await Promise.all([startPostgres(data, SETTINGS), startPostgres(path.join(folder, 'other'), SETTINGS)]);
  expect(one.pid).not.toBe(other.pid);
  expect(await ask(one, 'SHOW data_directory')).not.toBe(await ask(other, 'SHOW data_directory'));
  await Promise.all([one.stop(), other.stop()]);
});

test('when the process that started it is killed, the server stops and what was committed is there', async () => {
  const holder = await startHolder();
  const server = await startPostgres(data, SETTINGS);
  expect(server.adopted).toBe(true);
  await ask(server, 'CREATE TABLE kept AS SELECT 1 AS id');
  holder.kill('SIGKILL');
  await until(() => !isAlive(server.pid));
  const again = await startPostgres(data, SETTINGS);
  expect(again.adopted).toBe(false);
  expect(await ask(again, 'SELECT count(*)::text FROM kept')).toBe('1');
  await again.stop();
});

test('when the server itself is killed, its end is noticed and the next start recovers', async () => {
  const server = await startPostgres(data, SETTINGS);
  await ask(server, 'INSERT INTO kept VALUES (2)');
  process.kill(server.pid, 'SIGKILL');
  await server.ended;
  const again = await startPostgres(data, SETTINGS);
  expect(await ask(again, 'SELECT count(*)::text FROM kept')).toBe('2');
  await again.stop();
});

test('a postmaster.pid that names a stranger does not keep the server from starting', async () => {
  fs.writeFileSync(path.join(data, 'postmaster.pid'), `${process.pid}\n${data}\n1700000000\n5432\n/nowhere\n\n0 0\nready\n`);
  const server = await startPostgres(data, SETTINGS);
  expect(server.adopted).toBe(false);
  await server.stop();
});

test('a directory that is not a cluster, or one of another version, is refused in words', async () => {
  const foreign = path.join(folder, 'foreign');
  fs.mkdirSync(foreign);
  fs.writeFileSync(path.join(foreign, 'letter.txt'), '');
  await expect(startPostgres(foreign, SETTINGS)).rejects.toThrow(/not a PostgreSQL data directory/);
  fs.writeFileSync(path.join(foreign, 'PG_VERSION'), '15\n');
  await expect(startPostgres(foreign, SETTINGS)).rejects.toThrow(/written by PostgreSQL 15/);
});

test('a setting that PostgreSQL refuses is reported in its own words', async () => {
  await expect(startPostgres(data, { shared_buffers: 'plenty' })).rejects.toThrow(/invalid value for parameter "shared_buffers"/);
});

test('the application role is unprivileged, the owner owns, and preparing twice changes nothing', async () => {
  const server = await startPostgres(data, SETTINGS);
  await prepareDatabase(server, 'office');
  const { owner, app, jobs } = await prepareDatabase(server, 'office');
  const rights = `SELECT concat(rolsuper, rolbypassrls, rolcreaterole, rolcreatedb) FROM pg_roles WHERE rolname = current_user`;
  for (const config of [owner, app, jobs]) expect(await ask(config, rights)).toBe('ffff');
  await ask(owner, 'CREATE TABLE petition (id int)');
  await expect(ask(app, 'SELECT * FROM petition')).rejects.toThrow(/permission denied/);
  await expect(ask(app, 'CREATE TABLE mine (id int)')).rejects.toThrow(/permission denied/);
  await ask(jobs, 'CREATE SCHEMA queue');
  expect(await ask(owner, `SELECT string_agg(extname, ' ' ORDER BY extname) FROM pg_extension`)).toBe(
    'btree_gin btree_gist pg_trgm plpgsql',
  );
  await server.stop();
});

/** Another process that starts the server and stays; settles when the server runs. */
async function startHolder(): Promise<ChildProcess> {
  const launcher = pathToFileURL(path.join(import.meta.dirname, 'postgres.ts')).href;
  const script = `const { startPostgres } = await import(${JSON.stringify(launcher)});
    await startPostgres(${JSON.stringify(data)}, ${JSON.stringify(SETTINGS)});
    console.log('ready');
    process.stdin.on('end', () => process.exit()).resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise((done, fail) => {
    child.stdout.once('data', done);
    child.once('exit', (code) => fail(new Error(`the holder ended with code ${code}`)));
  });
  return child;
}

async function ask(to: LocalPostgres | pg.ClientConfig, query: string): Promise<unknown> {
  const config = 'adopted' in to ? { host: to.host, port: to.port, user: to.user, database: 'postgres' } : to;
  const client = new pg.Client(config);
  await client.connect();
  try {
    const { rows } = await client.query({ text: query, rowMode: 'array' });
    return (rows as unknown[][])[0]?.[0];
  } finally {
    await client.end();
  }
}

async function until(isDone: () => boolean): Promise<void> {
  for (const limit = Date.now() + 10_000; Date.now() < limit; await pause(20)) if (isDone()) return;
  throw new Error('it did not happen within ten seconds');
}

/** Whether the process runs; a killed one whose parent has not asked for it does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}
