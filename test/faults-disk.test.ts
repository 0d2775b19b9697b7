import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openDatabase, sql } from '../src/core/database.ts';
import { checkLog, Clients, freePort, Installation, isReady, sayWithout, Server, until } from './installation.ts';

// A small disk of its own for the server alone: it is gone with the last process that sees it.
const mayMount = process.platform === 'linux' && process.getuid!() === 0 && spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs -o size=64k tmpfs /mnt']).status === 0;
if (!mayMount) console.log('full disks are not tested here: that takes root and a mount namespace (unshare -m)');

let installation: Installation;
let clients: Clients;
let server: Server | undefined;
let port = 0;
beforeAll(async () => {
  if (!mayMount) return;
  installation = await Installation.prepare();
  port = await freePort();
  clients = new Clients(`http://127.0.0.1:${port}`, installation.token);
}, 60_000);
afterAll(async () => {
  await server?.stop();
  if (mayMount) await installation.remove();
}, 60_000);

// One that failed does not stand in the way of the next.
afterEach(async () => void (await server?.stop()));

/** Runs the server where `prepare` (shell, with the data folder as $D) has mounted what it likes. */
const startOn = async (prepare: string): Promise<Server> => (server = await Server.start({
  data: installation.data, port, within: (command) => ['unshare', '-m', 'sh', '-c', `set -e; D="$1"; shift; ${prepare}; exec "$@"`, 'sh', installation.data, ...command],
}));
/** A path as the server sees it. */
const seen = (file: string): string => path.join(`/proc/${server!.child.pid}/root`, installation.data, file);
// The same for the same key: a letter is repeated whole.
const paper = (key: string) => [{ name: `${key}.txt`, bytes: Buffer.from(`${key} `.repeat(4000)) }];
const fillUp = (file: string): void => void spawnSync('dd', ['if=/dev/zero', `of=${seen(file)}`, 'bs=64k', 'status=none'], { stdio: 'ignore' });

/** The database of the running server, by its socket. */
function socket(): pg.ClientConfig {
  const host = fs.readFileSync(seen('postgres/postmaster.pid'), 'utf8').split('\n')[4]!;
  return { host, port: 5432, database: 'kabinet', user: 'kabinet_app' };
}

async function isWhole(): Promise<void> {
  await clients.checkBook();
  const { db } = openDatabase(socket(), 2);
  await checkLog(db, installation.office);
  const kept = await db.transaction().execute(async (tx) => {
    await sql`select set_config('kabinet.office', ${String(installation.office.id)}, true), set_config('kabinet.sight', 'all', true)`.execute(tx);
    return tx.selectFrom('document').select('sha256').where('office_id', '=', installation.office.id).execute();
  });
  await db.destroy();
  expect(kept.filter(({ sha256 }) => !fs.existsSync(seen(`files/${installation.office.id}/${sha256.slice(0, 2)}/${sha256}`))), 'a paper without its file').toEqual([]);
  const all = fs.readdirSync(seen('files'), { recursive: true, encoding: 'utf8' });
  expect(all.filter((name) => name.includes('.')), 'half a file').toEqual([]);
}

/** Somebody writes a letter with a picture in the public form; how it is answered. */
async function writeLetter(): Promise<{ status: number; html: string; retryAfter: string | null }> {
  const begun = await fetch(`${clients.base}/petition`, { method: 'POST', redirect: 'manual', headers: { 'sec-fetch-site': 'same-origin' }, body: new URLSearchParams({ kind: 'complaint' }) });
  const cookie = begun.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ');
  const form = new FormData();
  for (const [name, value] of Object.entries({ subject: 'Rupa na putu', text: 'Ovo je napisano s mukom.' })) form.append(name, value);
  form.append('files', new File([paper('velik prilog '.repeat(10))[0]!.bytes], 'prilog.txt'));
  const answer = await fetch(`${clients.base}/petition/letter`, { method: 'POST', redirect: 'manual', headers: { cookie, 'sec-fetch-site': 'same-origin' }, body: form });
  return { status: answer.status, html: await answer.text(), retryAfter: answer.headers.get('retry-after') };
}

test.runIf(mayMount)('the place of the files is full: whoever sends is told so, nothing is kept by half, reading goes on, and with room it goes on by itself', async () => {
  await startOn('mkdir -p "$D/files"; mount -t tmpfs -o size=1500k tmpfs "$D/files"');
  let over = false;
  const storming = clients.storm('files', { clients: 8, papers: paper, isOver: () => over });
  await until('somebody is told that there is no room', () => clients.refused.length >= 16);
  const before = clients.acknowledged.size;
  expect(before).toBeGreaterThan(0);
  for (const refused of clients.refused) expect(refused).toMatchObject({ status: 507, title: expect.stringContaining('Nema više mjesta'), retryAfter: '60' });
  const letter = await writeLetter();
  expect(letter).toMatchObject({ status: 507, retryAfter: '60' });
  expect(letter.html).toContain('Nema više mjesta');
  expect(letter.html).toContain('Ovo je napisano s mukom.');
  for (const route of ['/published', '/health']) expect((await fetch(clients.base + route)).status, route).toBe(200);
  expect((await clients.api('/register?after=0')).status).toBe(200);

  execFileSync('nsenter', ['-t', String(server!.child.pid), '-m', 'mount', '-o', 'remount,size=60m', path.join(installation.data, 'files')]);
  const freedAt = Date.now();
  await until('letters are taken again', () => clients.acknowledged.size > before + 16);
  sayWithout('files full, after room was made', clients.lastAt - freedAt);
  over = true;
  await storming;
  await Promise.all(clients.lost.map((key) => clients.send(key, paper(key))));
  await isWhole();
  expect(await server!.stop()).toBe(0);
}, 120_000);

test.runIf(mayMount)('the disk of the database is full, its tables first and then its log: refused clearly, and with room it comes back by itself', async () => {
  await startOn('mkdir -p "$D/room"; mount -t tmpfs -o mode=0700,size=$(($(du -sk "$D/postgres" | cut -f1) + 24000))k tmpfs "$D/room"; cp -a "$D/postgres/." "$D/room/"; mount --bind "$D/room" "$D/postgres"');
  clients.refused.length = 0;
  let over = false;
  // The papers of this round lie on the disk beside it.
  const storming = clients.storm('database', { clients: 8, papers: paper, isOver: () => over });
  const before = clients.acknowledged.size;
  await until('letters are taken', () => clients.acknowledged.size > before + 16);
  fillUp('room/ballast');
  await until('a table cannot grow', () => clients.refused.some((one) => one.status === 507));
  const page = await fetch(`${clients.base}/published`);
  expect([200, 503, 507]).toContain(page.status);

  // The log needs its next part: PostgreSQL gives up, and cannot even start.
  const root = new pg.Client({ ...socket(), user: 'kabinet_root' });
  root.on('error', () => {});
  await root.connect();
  await until('PostgreSQL has given up', async () => {
    fillUp('room/ballast2');
    await root.query('select pg_switch_wal()').catch(() => {});
    return !(await isReady(clients.base));
  });
  await root.end().catch(() => {});
  await until('somebody is told that it is away', () => clients.refused.some((one) => one.status === 503));
  for (const refused of clients.refused) expect([503, 507]).toContain(refused.status);
  const said = clients.refused.find((one) => one.status === 503)!;
  expect(said).toMatchObject({ status: 503, title: expect.stringContaining('Sistem nakratko nije dostupan'), retryAfter: '5' });

  const freedAt = Date.now();
  for (const file of ['room/ballast', 'room/ballast2']) fs.rmSync(seen(file), { force: true });
  await until('it is there again', () => isReady(clients.base));
  const taken = clients.acknowledged.size;
  await until('letters are taken again', () => clients.acknowledged.size > taken + 16);
  sayWithout('disk of the database full, after room was made', clients.lastAt - freedAt);
  over = true;
  await storming;
  await Promise.all(clients.lost.map((key) => clients.send(key, paper(key))));
  await clients.checkBook();
  const { db } = openDatabase(socket(), 2);
  await checkLog(db, installation.office);
  await db.destroy();
  expect(await server!.stop()).toBe(0);
}, 180_000);
