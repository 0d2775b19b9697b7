import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig, readSecret } from '../src/core/config.ts';
import { openDatabase, type Database } from '../src/core/database.ts';
import { diskFiles } from '../src/core/file.ts';
import { Kernel } from '../src/core/kernel.ts';
import { migrate } from '../src/core/migrate.ts';
import type { Office } from '../src/core/office.ts';
import { enter } from '../src/core/operation.ts';
import { prepareDatabase, startPostgres } from '../src/core/postgres.ts';
import { rootDirectory } from '../src/core/root.ts';
import { hasUnsealed, verifyEvents } from '../src/core/seal.ts';
import { useSecret } from '../src/core/secret.ts';
import { modules } from '../src/modules.ts';
import { addOffice, readOfficeFiles } from '../src/modules/offices/index.ts';
import { personCaller } from '../src/modules/people/index.ts';
import { createToken } from '../src/modules/people/token.server.ts';

// A server of its own, as it is installed: what it acknowledged must be there after any end it meets.
const data = path.join(rootDirectory, '.cache', `faults-${randomBytes(4).toString('hex')}`);
const postgres = path.join(data, 'postgres');
const clients = 16;
let port = 0;
let token = '';
let office: Office;
let server: ChildProcess | undefined;

async function onDatabase<T>(work: (db: Database, owner: Awaited<ReturnType<typeof prepareDatabase>>['owner']) => Promise<T>): Promise<T> {
  const cluster = await startPostgres(postgres);
  const { owner, app } = await prepareDatabase(cluster);
  const { db } = openDatabase(app, 4);
  try {
    return await work(db, owner);
  } finally {
    await db.destroy();
    await cluster.stop();
  }
}

beforeAll(async () => {
  useSecret(readSecret(data));
  port = await new Promise<number>((done) => {
    const probe = net.createServer().listen(0, () => {
      const { port: free } = probe.address() as net.AddressInfo;
      probe.close(() => done(free));
    });
  });
  await onDatabase(async (db, owner) => {
    await migrate(owner);
    office = await addOffice(owner, modules, readOfficeFiles().find((file) => file.slug === 'cetinje')!);
    const mail = { keepsBodies: true, deliver: async () => '<x>' };
    const kernel = new Kernel({ config: readConfig({ KABINET_DATA: data }), db, files: diskFiles(data), mail, modules });
    kernel.quiet = true;
    const chief = (await db.transaction().execute(async (tx) => {
      await enter(tx, kernel.system(office), 'all');
      const row = await tx.selectFrom('person').select('id').where('office_id', '=', office.id).where('key', '=', 'vesko-radulovic').executeTakeFirstOrThrow();
      return personCaller(tx, office, row.id);
    }))!;
    token = (await kernel.run(createToken, chief, { name: 'Проба', scopes: '*' })).token;
  });
}, 60_000);

afterAll(async () => {
  if (server && server.exitCode === null && server.signalCode === null) {
    server.kill('SIGTERM');
    await new Promise((done) => server!.once('exit', done));
  }
  // The database ends a moment after the server that held it.
  for (let tries = 0; tries < 100 && fs.existsSync(path.join(postgres, 'postmaster.pid')); tries++) await pause(100);
  fs.rmSync(data, { recursive: true, force: true });
}, 30_000);

const api = (route: string, init: RequestInit = {}): Promise<Response> => fetch(`http://127.0.0.1:${port}/api${route}`, { ...init, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...init.headers } });

/** Starts the server on its data and waits until it answers. */
async function start(): Promise<ChildProcess> {
  const env = { ...process.env, PORT: String(port), KABINET_DATA: data, KABINET_OFFICE: 'cetinje', KABINET_LOG: 'silent', NODE_ENV: 'production', VITEST: '' };
  const child = spawn(process.execPath, ['kabinet.mjs', 'start'], { cwd: rootDirectory, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr!.on('data', (text: Buffer) => (complaint += text.toString()));
  server = child;
  for (const until = Date.now() + 30_000; Date.now() < until; await pause(50)) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${complaint}`);
    if (await fetch(`http://127.0.0.1:${port}/health`).then((answer) => answer.ok, () => false)) return child;
  }
  throw new Error(`the server does not answer: ${complaint}`);
}

const acknowledged = new Map<string, string>();
const sent = new Set<string>();

async function send(key: string): Promise<void> {
  sent.add(key);
  const answer = await api('/petitions', { method: 'POST', headers: { 'idempotency-key': key }, body: JSON.stringify({ kind: 'request', subject: `Писмо ${key}`, text: `Текст ${key}`, name: 'Ана Анић', replyBy: 'pickup' }) });
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  const { reference } = (await answer.json()) as { reference: string };
  expect(acknowledged.get(key) ?? reference, 'the same key was answered with another number').toBe(reference);
  acknowledged.set(key, reference);
}

/** Clients that send letters until the server is gone; each stops at its first failure. */
function storm(round: string): Promise<unknown> {
  return Promise.all(Array.from({ length: clients }, async (_, client) => {
    for (let index = 0; ; index++) {
      try {
        await send(`${round}-${client}-${index}`);
      } catch {
        return;
      }
    }
  }));
}

/** Each number once and none missing, each letter once, each acknowledged one under its number. */
async function checkBook(): Promise<void> {
  const rows: { number: number; reference: string; subject: string; direction: string }[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page = (await (await api(`/register?after=${after}`)).json()) as { rows: typeof rows; next: number | null };
    rows.push(...page.rows.filter((row) => row.direction === 'in'));
    after = page.next;
  }
  expect(rows.map((row) => row.number)).toEqual(rows.map((_, index) => index + 1));
  const bySubject = new Map(rows.map((row) => [row.subject, row.reference]));
  expect(bySubject.size, 'a letter stands twice in the book').toBe(rows.length);
  expect([...acknowledged].filter(([key, reference]) => bySubject.get(`Писмо ${key}`) !== reference)).toEqual([]);
  const unanswered = rows.length - acknowledged.size;
  expect(unanswered, 'more letters than were sent').toBeLessThanOrEqual(sent.size - acknowledged.size);
}

async function checkLog(): Promise<void> {
  await onDatabase(async (db) => {
    for (let tries = 0; tries < 200 && (await hasUnsealed(db, office)); tries++) await pause(50);
    expect(await verifyEvents(db, office)).toMatchObject({ unsealed: 0, brokenAt: null });
  });
}

test.each([['the server', 'server'], ['the database', 'postgres']])('%s is killed while 16 clients register: what was acknowledged is there, once, without a gap', async (_, what) => {
  const child = server ?? (await start());
  const ended = new Promise((done) => child.once('exit', done));
  const storming = storm(what);
  const before = acknowledged.size;
  for (const until = Date.now() + 10_000; acknowledged.size < before + 60 && Date.now() < until; ) await pause(20);
  if (what === 'server') child.kill('SIGKILL');
  else process.kill(Number(fs.readFileSync(path.join(postgres, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
  await storming;
  await ended;
  expect(acknowledged.size - before).toBeGreaterThanOrEqual(30);
  const lost = [...sent].filter((key) => !acknowledged.has(key));
  expect(lost.length).toBeGreaterThan(0);

  await start();
  await checkBook();
  // Whoever got no answer sends again under the same key.
  await Promise.all(lost.map(send));
  await checkBook();
  expect(acknowledged.size).toBe(sent.size);
  await checkLog();
}, 120_000);

test('asked to stop, it stops in order, its database with it', async () => {
  const asked = server!;
  asked.kill('SIGTERM');
  expect(await new Promise((done) => asked.once('exit', done))).toBe(0);
  expect(fs.existsSync(path.join(postgres, 'postmaster.pid'))).toBe(false);
}, 30_000);
