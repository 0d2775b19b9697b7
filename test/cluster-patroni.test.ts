import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPrograms, Machines } from './cluster-machines.ts';
import { Replicas } from './cluster-patroni.ts';
import { checkLog, Clients, freePort, Installation, isReady, sayWithout, until, type Server } from './installation.ts';

// A city's whole set: nginx, two application servers, HAProxy, three nodes of PostgreSQL 15 under Patroni with etcd, each by the files of deploy/.
const programs = await findPrograms();
const rounds = process.env['KABINET_LONG'] ? 6 : 1;
if (typeof programs === 'string') console.log(`Patroni is not tested: ${programs}`);

describe.skipIf(typeof programs === 'string')('a replicated database under Patroni', () => {
  let machines: Machines;
  let replicas: Replicas;
  let installation: Installation;
  let servers: Server[];
  let clients: Clients;

  beforeAll(async () => {
    ((await import('../scripts/stamp.mjs' as string)) as { ensureBuilt(): void }).ensureBuilt();
    machines = new Machines();
    replicas = await Replicas.start(machines, programs as never);
    const address = await replicas.makeDatabase();
    installation = await Installation.prepare({ data: machines.data, databaseUrl: address });
    machines.secret = fs.readFileSync(path.join(machines.data, 'secret'), 'utf8').trim();
    [servers] = await Promise.all([Promise.all([machines.server(address), machines.server(address)]), replicas.whole()]);
    const port = await freePort();
    await machines.nginx(programs as never, port, [servers[0]!.port, servers[1]!.port], await freePort());
    clients = new Clients(`http://127.0.0.1:${port}`, installation.token);
  }, 400_000);

  afterAll(async () => {
    await Promise.all((servers ?? []).map((server) => server.stop()));
    await replicas?.stop();
    await machines?.end();
  }, 120_000);

  /** Sixteen register, repeating under their keys what was not answered, while `fault` happens; goes on until letters come again. */
  async function under(round: string, fault: () => Promise<void>): Promise<void> {
    let isOver = false;
    clients.refused.length = 0;
    const storming = clients.storm(round, { clients: 16, isOver: () => isOver });
    try {
      const before = clients.acknowledged.size;
      await until('letters are registered', () => clients.acknowledged.size > before + 40, 90);
      await fault();
      const after = clients.acknowledged.size;
      await until('letters are registered again', () => clients.acknowledged.size > after + 60, 60);
    } catch (error) {
      const states = servers.map((server) => `${server.isRunning ? 'runs' : `ended with ${server.child.exitCode}`}: ${server.complaint.slice(-2000)}`);
      throw new Error(`${(error as Error).message}\n${JSON.stringify(clients.refused.slice(-3))}\n${states.join('\n')}\n${JSON.stringify(await replicas.members())}`, { cause: error });
    } finally {
      isOver = true;
      await storming.catch(() => {});
    }
    expect(clients.lost).toEqual([]);
    expect(servers.map((server) => server.isRunning), 'a server ended').toEqual([true, true]);
    for (const one of clients.refused) expect([502, 503, 504], JSON.stringify(one)).toContain(one.status);
    await clients.checkBook();
    await installation.onDatabase((db) => checkLog(db, installation.office));
  }

  test('the primary and its Patroni are killed under load: nothing acknowledged is lost, nothing doubled, and it goes on by itself', async () => {
    expect((await replicas.ask('show synchronous_commit'))[0]).toEqual({ synchronous_commit: 'on' });
    for (let round = 0; round < rounds; round++) {
      const old = (await replicas.primary())!;
      await under(`failover ${round}`, async () => {
        replicas.killNode(old);
        await until('another is primary', async () => ![null, old.name].includes((await replicas.primary())?.name ?? null), 90);
      });
      sayWithout('the primary killed', clients.longest);

      // It comes back as a standby of the new one, wound back by what it alone had.
      await replicas.startNode(old.name);
      await replicas.whole();
      expect((await replicas.members()).find((one) => one.name === old.name)!.role).not.toBe('leader');
    }
  }, rounds * 400_000);

  test('the primary is changed as planned, under load', async () => {
    const old = (await replicas.primary())!.name;
    await under('switchover', () => replicas.switchOver());
    expect((await replicas.primary())!.name).not.toBe(old);
    sayWithout('a planned switchover', clients.longest);
    await replicas.whole();
  }, 300_000);

  test('without any database a server says so, goes on living, and serves again by itself', async () => {
    const front = clients.base;
    replicas.haproxy.child.kill('SIGSTOP');
    // What hangs must not hang for ever.
    await until('a server says that it cannot serve', async () => !(await isReady(servers[0]!.base)), 60);
    const answer = await fetch(`${front}/health`, { signal: AbortSignal.timeout(30_000) });
    expect([answer.status, await answer.json()]).toEqual([503, { status: 'database' }]);
    expect((await fetch(`${servers[0]!.base}/health/live`)).status).toBe(200);
    await pause(1000);
    replicas.haproxy.child.kill('SIGCONT');
    await until('both serve again', async () => (await isReady(servers[0]!.base)) && (await isReady(servers[1]!.base)), 90);
    await clients.send('after the silence');
    expect(servers.map((server) => server.isRunning)).toEqual([true, true]);
  }, 240_000);
});
