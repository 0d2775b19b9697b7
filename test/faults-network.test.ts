import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareDatabase, startPostgres, type LocalPostgres } from '../src/core/postgres.ts';
import { Way } from './cut.ts';
import { checkLog, Clients, Installation, isReady, sayWithout, Server, until } from './installation.ts';
import { StoreServer } from './store-server.ts';

// A server whose database and files are behind a network that is cut in each manner.
let postgres: LocalPostgres;
let database: Way;
let files: Way;
let store: StoreServer;
let installation: Installation;
let server: Server | undefined;
let clients: Clients;
let local: pg.ClientConfig;
beforeAll(async () => {
  const data = `${process.cwd()}/.cache/faults-network-${process.pid}`;
  postgres = await startPostgres(`${data}/other/postgres`);
  ({ owner: local } = await prepareDatabase(postgres));
  database = await Way.to({ path: `${postgres.host}/.s.PGSQL.${postgres.port}` });
  store = await StoreServer.start();
  files = await Way.to({ port: store.port, host: '127.0.0.1' });
  installation = await Installation.prepare({ data, databaseUrl: `postgresql://${postgres.user}@127.0.0.1:${database.port}/kabinet` });
  server = await Server.start({ data, env: { DATABASE_URL: installation.databaseUrl!, KABINET_S3: store.address(files.port) } });
  clients = new Clients(server.base, installation.token);
}, 90_000);
afterAll(async () => {
  await server?.stop();
  await Promise.all([database, files].map((way) => way.close()));
  await store.stop();
  await postgres.stop();
  await installation.remove();
}, 60_000);

const paper = (key: string) => [{ name: `${key}.txt`, bytes: Buffer.from(`${key} `.repeat(500)) }];
/** How long somebody waited at most until they were told, since this many were. */
const slowest = (from: number): number => Math.max(0, ...clients.refused.slice(from).map((one) => one.ms));
const say = (text: string): void => console.log(text);

/** Work the queue still owes; that of a schedule is its own. */
async function isQueueDone(): Promise<boolean> {
  const client = new pg.Client({ ...local, user: postgres.user });
  await client.connect();
  const { rows } = await client.query<{ left: number }>(`select count(*)::int as left from pgboss.job where name like 'hear.%' and state in ('created', 'retry', 'active')`);
  await client.end();
  return rows[0]!.left === 0;
}

test.each(['refused', 'silent', 'reset', 'slow'] as const)('the way to the database is %s: whoever asks is told soon, and when it is back all goes on by itself', async (how) => {
  let over = false;
  const told = clients.refused.length;
  const before = clients.acknowledged.size;
  const storming = clients.storm(`db-${how}`, { clients: 8, isOver: () => over });
  await until('letters are taken', () => clients.acknowledged.size >= before + 10);
  database.resetAfter = { said: 3000, asked: 6000 };
  const cutAt = Date.now();
  database.cut = how;
  if (how === 'slow') await pause(1500);
  else await until('eight are told', () => clients.refused.length >= told + 8);
  if (how === 'refused' || how === 'silent') {
    const page = await fetch(`${clients.base}/published`, { signal: AbortSignal.timeout(30_000) });
    expect(page.status).toBe(503);
    expect(await page.text()).toContain('Sistem nakratko nije dostupan');
    expect(await isReady(clients.base)).toBe(false);
  }
  const openedAt = Date.now();
  database.cut = 'open';
  const taken = clients.acknowledged.size;
  await until('letters are taken again', () => clients.acknowledged.size >= taken + 16);
  over = true;
  await storming;
  say(`database ${how} for ${((openedAt - cutAt) / 1000).toFixed(1)} s: told within ${(slowest(told) / 1000).toFixed(1)} s`);
  sayWithout(`database ${how}`, clients.longest);
  for (const refused of clients.refused.slice(told)) expect(refused).toMatchObject({ status: 503, title: expect.stringContaining('Sistem nakratko nije dostupan'), retryAfter: '5' });
  await Promise.all(clients.lost.map((key) => clients.send(key)));
  expect(clients.acknowledged.size).toBe(clients.sent.size);
  await clients.checkBook();
}, 120_000);

test('after all that the log is whole and nothing is owed by the queue', async () => {
  await installation.onDatabase((db) => checkLog(db, installation.office));
  await until('the queue is empty', isQueueDone, 90);
}, 120_000);

/** The text of the first paper of a letter, read as the staff read it. */
async function readPaper(id: string): Promise<{ status: number; text: string; title: string }> {
  const answer = await clients.api(`/documents/${id}`);
  const body = (await answer.json()) as { content?: string; title?: string };
  return { status: answer.status, text: Buffer.from(body.content ?? '', 'base64').toString(), title: body.title ?? '' };
}
let documentId = '';

test('papers are kept in a store and come back the same; what is signed with another key it does not take', async () => {
  await clients.send('s3', paper('s3'));
  const { rows } = await (async () => {
    const client = new pg.Client({ ...local, user: postgres.user });
    await client.connect();
    const found = await client.query<{ id: string; sha256: string }>(`select id, sha256 from document order by at desc limit 1`);
    await client.end();
    return found;
  })();
  documentId = rows[0]!.id;
  expect([...store.objects.keys()]).toEqual([`/${store.bucket}/${installation.office.id}/${rows[0]!.sha256}`]);
  expect(await readPaper(documentId)).toMatchObject({ status: 200, text: paper('s3')[0]!.bytes.toString() });
  expect(store.wrong).toBe(0);
  expect((await fetch(`http://127.0.0.1:${store.port}/${store.bucket}/x`, { method: 'PUT', body: 'x' })).status).toBe(403);
});

// With time, in every manner; otherwise in those that differ most.
const isLong = Boolean(process.env['KABINET_LONG']);
test.each(isLong ? (['refused', 'silent', 'reset', '500', '403'] as const) : (['refused', 'silent', '500'] as const))('the store is %s: sending and reading are refused clearly and soon, the rest of the work goes on', async (how) => {
  const told = clients.refused.length;
  const kept = store.objects.size;
  if (how === '500' || how === '403') store.failsWith = Number(how);
  else {
    files.resetAfter = { said: 100, asked: 2000 };
    files.cut = how;
  }
  const began = Date.now();
  const sending = Promise.all(Array.from({ length: 12 }, (_, index) => clients.send(`store-${how}-${index}`, paper(`store-${how}-${index}`)).then(() => 'taken', () => 'refused')));
  const reading = readPaper(documentId);
  // Letters without papers, and pages, do not wait for it.
  await Promise.all(Array.from({ length: 4 }, (_, index) => clients.send(`beside-${how}-${index}`)));
  expect((await fetch(`${clients.base}/published`)).status).toBe(200);
  const besideMs = Date.now() - began;
  expect(await reading).toMatchObject({ status: 503, title: expect.stringContaining('Dokumenti trenutno nijesu dostupni') });
  const tearing = await sending;
  say(`store ${how}: told within ${(slowest(told) / 1000).toFixed(1)} s; four letters without papers and a page meanwhile in ${(besideMs / 1000).toFixed(1)} s`);
  expect(tearing).toEqual(tearing.map(() => 'refused'));
  for (const refused of clients.refused.slice(told)) expect(refused).toMatchObject({ status: 503, title: expect.stringContaining('Dokumenti trenutno nijesu dostupni'), retryAfter: '5' });
  store.failsWith = 0;
  files.cut = 'open';
  expect(store.objects.size).toBe(kept);
  await until('papers are read again', async () => (await readPaper(documentId)).status === 200);
  await until('all letters are taken', async () => (await Promise.all(clients.lost.map((key) => clients.send(key, key.startsWith('store') ? paper(key) : []).catch(() => {}))), clients.lost.length === 0));
  await clients.checkBook();
}, 120_000);

test('a store that errs for a moment is asked again, and nobody notices; a slow one is waited for', async () => {
  Object.assign(store, { failsWith: 503, failsTimes: 2 });
  await clients.send('moment', paper('moment'));
  expect(store.failsTimes).toBe(0);
  Object.assign(store, { failsWith: 0, failsTimes: Infinity });
  files.cut = 'slow';
  await clients.send('slowly', paper('slowly'));
  expect((await readPaper(documentId)).status).toBe(200);
  files.cut = 'open';
  await clients.checkBook();
  await installation.onDatabase((db) => checkLog(db, installation.office));
}, 60_000);
