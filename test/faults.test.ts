import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkLog, Clients, freePort, Installation, isReady, sayWithout, Server, until } from './installation.ts';

// A server of its own, as it is installed: what it acknowledged must be there after any end it meets.
let installation: Installation;
let clients: Clients;
let server: Server | undefined;
let port = 0;

beforeAll(async () => {
  installation = await Installation.prepare();
  port = await freePort();
  clients = new Clients(`http://127.0.0.1:${port}`, installation.token);
}, 60_000);
afterAll(async () => {
  await server?.stop();
  await installation.remove();
}, 30_000);

const start = async (): Promise<Server> => (server = await Server.start({ data: installation.data, port }));

test.each([['the server', 'server'], ['the database', 'postgres']])('%s is killed while 16 clients register: what was acknowledged is there, once, without a gap', async (_, what) => {
  const { acknowledged, sent } = clients;
  const running = server ?? (await start());
  const storming = clients.storm(what);
  const before = acknowledged.size;
  await until('60 letters are acknowledged', () => acknowledged.size >= before + 60, 20);
  const killedAt = Date.now();
  if (what === 'server') running.child.kill('SIGKILL');
  else process.kill(Number(fs.readFileSync(path.join(installation.postgres, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
  await storming;
  if (what === 'server') await running.ended;
  const { lost } = clients;
  expect(lost.length).toBeGreaterThan(0);

  // A server that was killed is started again; its database it starts itself.
  if (what === 'server') await start();
  else await until('the database is there again', () => isReady(clients.base));
  sayWithout(`${what} killed`, Date.now() - killedAt);
  await clients.checkBook();
  // Whoever got no answer sends again under the same key.
  await Promise.all(lost.map((key) => clients.send(key)));
  await clients.checkBook();
  expect(acknowledged.size).toBe(sent.size);
  await installation.onDatabase((db) => checkLog(db, installation.office));
}, 120_000);

test('asked to stop, it stops in order, its database with it', async () => {
  expect(await server!.stop()).toBe(0);
  expect(fs.existsSync(path.join(installation.postgres, 'postmaster.pid'))).toBe(false);
}, 30_000);
