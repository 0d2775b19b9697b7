import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '../src/core/database.ts';
import { enter } from '../src/core/operation.ts';
import { startPostgres, type LocalPostgres } from '../src/core/postgres.ts';
import { systemCaller } from '../src/core/caller.ts';
import { hashPassword } from '../src/modules/people/index.ts';
import { findPrograms, Machines, Visitor } from './cluster-machines.ts';
import { checkLog, Clients, freePort, Installation, isReady, sayWithout, until, type Server } from './installation.ts';

// Two application servers behind nginx on one database, each set up by the files of deploy/: what one does the other knows.
const programs = await findPrograms();
if (typeof programs === 'string') console.log(`two servers are not tested: ${programs}`);
const seconds = process.env['KABINET_LONG'] ? 30 : 3;
const password = 'Три бијела голуба на крову';
const chief = 'vesko.radulovic@cetinje.example';

describe.skipIf(typeof programs === 'string')('two servers behind nginx', () => {
  let machines: Machines;
  let postgres: LocalPostgres;
  let installation: Installation;
  let address = '';
  let a: Server;
  let b: Server;
  let front = '';
  let clients: Clients;
  const mails: { id: string; to: string }[] = [];
  const smtp = new SMTPServer({ disabledCommands: ['AUTH', 'STARTTLS'], logger: false, onData: (stream, session, done) => {
    let text = '';
    stream.on('data', (part: Buffer) => (text += part.toString())).on('end', () => {
      mails.push({ id: /^message-id: (.*)$/im.exec(text)![1]!, to: session.envelope.rcptTo[0]!.address });
      done();
    });
  } });
  const start = (port?: number): Promise<Server> => machines.server(address, { ...(port ? { port } : {}), env: { KABINET_SMTP: `smtp://127.0.0.1:${(smtp.server.address() as { port: number }).port}` } });

  beforeAll(async () => {
    ((await import('../scripts/stamp.mjs' as string)) as { ensureBuilt(): void }).ensureBuilt();
    machines = new Machines();
    await new Promise<void>((done) => void smtp.listen(0, '127.0.0.1', done));
    postgres = await startPostgres(path.join(machines.folder, 'postgres'));
    const root = new pg.Client({ host: postgres.host, port: postgres.port, user: postgres.user, database: 'postgres' });
    await root.connect();
    await root.query('create database kabinet');
    await root.end();
    address = `postgresql://${postgres.user}@localhost:${postgres.port}/kabinet?host=${encodeURIComponent(postgres.host)}`;
    installation = await Installation.prepare({ data: machines.data, databaseUrl: address });
    // The key is given to both from here on: none lies in the folder that they share.
    machines.secret = fs.readFileSync(path.join(machines.data, 'secret'), 'utf8').trim();
    fs.rmSync(path.join(machines.data, 'secret'));
    const hash = await hashPassword(password);
    await installation.onDatabase((db) => db.transaction().execute(async (tx) => {
      await enter(tx, systemCaller(installation.office), 'all');
      await tx.updateTable('person').set({ password_hash: hash }).where('office_id', '=', installation.office.id).execute();
    }));
    // Both at once: what a first start lays down is laid down once.
    [a, b] = await Promise.all([start(), start()]);
    const port = await freePort();
    await machines.nginx(programs as never, port, [a.port, b.port], await freePort());
    front = `http://127.0.0.1:${port}`;
    clients = new Clients(front, installation.token);
  }, 180_000);

  afterAll(async () => {
    await machines?.end();
    await new Promise<void>((done) => smtp.close(done));
    await postgres?.stop();
  }, 60_000);

  const signIn = async (base: string, email = chief): Promise<Visitor> => {
    const visitor = new Visitor();
    expect(await visitor.send(base, '/desk/sign-in', { email, password })).toMatchObject({ status: 303, location: '/desk' });
    return visitor;
  };

  test('whoever signed in at one works at the other, sees there what was just done, and is out everywhere at once', async () => {
    const visitor = await signIn(a.base);
    // Both have read the menu of this person and keep it for some seconds.
    for (const base of [a.base, b.base, front]) expect((await visitor.send(base, '/desk')).status).toBe(200);
    for (let turn = 0; turn < 4; turn++) {
      const [here, there] = turn % 2 === 0 ? [a.base, b.base] : [b.base, a.base];
      expect((await visitor.send(here, '/desk/views', { name: `Поглед ${turn}`, query: `q=${turn}` })).status).toBe(303);
      expect((await visitor.send(there, '/desk')).html).toContain(`Поглед ${turn}`);
    }
    const elsewhere = new Visitor();
    for (const [name, value] of visitor.cookies) elsewhere.cookies.set(name, value);
    expect((await visitor.send(a.base, '/desk/sign-out', {})).status).toBe(303);
    for (const base of [b.base, a.base, front]) expect((await elsewhere.send(base, '/desk')).location).toMatch(/^\/desk\/sign-in/);
  }, 60_000);

  test('a person whose access is taken away at one is refused at the other, by page and token, from that moment', async () => {
    const { people } = (await (await clients.api('/people')).json()) as { people: { id: string; name: string; email: string | null; roles: string[] }[] };
    const clerk = people.find((one) => one.roles.length === 1 && one.roles[0] === 'clerk' && one.email)!;
    const visitor = await signIn(b.base, clerk.email!);
    expect((await visitor.send(b.base, '/desk')).status).toBe(200);
    const answer = await new Clients(a.base, installation.token).api(`/people/${clerk.id}/deactivate`, { method: 'POST', body: '{}' });
    expect(answer.status, await answer.text()).toBe(200);
    expect((await visitor.send(b.base, '/desk')).location).toMatch(/^\/desk\/sign-in/);
  }, 60_000);

  test('both register, seal and send at once: each letter once, no number missing, each mail once, each owed work done once, the chain whole', async () => {
    const end = Date.now() + seconds * 1000;
    const letters: string[] = [];
    const correspond = async (client: number): Promise<void> => {
      for (let index = 0; Date.now() < end; index++) {
        const email = `ana${client}x${index}@primjer.example`;
        const body = JSON.stringify({ kind: 'request', subject: `Писмо ${email}`, text: 'Текст.', name: 'Ана Анић', replyBy: 'email', email });
        clients.sent.add(email);
        const answer = await clients.api('/petitions', { method: 'POST', headers: { 'idempotency-key': email }, body });
        expect(answer.status, await answer.clone().text()).toBe(200);
        clients.acknowledged.set(email, ((await answer.json()) as { reference: string }).reference);
        letters.push(email);
      }
    };
    await Promise.all([clients.storm('both', { clients: 12, isOver: () => Date.now() > end }), ...[0, 1, 2, 3].map(correspond)]);
    expect(clients.refused).toEqual([]);
    expect(letters.length).toBeGreaterThan(3);
    await until('all mails are out', () => letters.every((email) => mails.some((mail) => mail.to === email)), 120);
    await installation.onDatabase(async (db) => {
      await checkLog(db, installation.office);
      // The queue's tables are the jobs account's: asked as the owner of the database.
      const owner = new pg.Client({ connectionString: address });
      await owner.connect();
      try {
        await until('what is owed is done', async () => (await owner.query("select 1 from pgboss.job where name like 'hear.%' and state < 'completed' limit 1")).rowCount === 0, 120);
        const twice = await owner.query("select name, data->'event'->>'id' as event, count(*) from pgboss.job where name like 'hear.%' group by 1, 2 having count(*) > 1");
        expect(twice.rows, 'work owed twice for one event').toEqual([]);
        const again = await owner.query("select name, data->'event'->>'name' as event, retry_count, output from pgboss.job where name like 'hear.%' and (retry_count > 0 or state <> 'completed')");
        expect(again.rows, 'work not done at the first attempt').toEqual([]);
        const strikes = await owner.query("select name, date_trunc('minute', created_on) as minute, count(*)::int as count from pgboss.job where name like 'clock.%' group by 1, 2 having count(*) > 1");
        expect(strikes.rows, 'a schedule that struck twice in a minute').toEqual([]);
      } finally {
        await owner.end();
      }
      const sent = await db.transaction().execute(async (tx) => {
        await enter(tx, systemCaller(installation.office), 'all');
        return (await sql<{ state: string; count: number }>`select state, count(*) as count from mail where office_id = ${installation.office.id} group by 1`.execute(tx)).rows;
      });
      expect(sent).toEqual([{ state: 'sent', count: mails.length }]);
    });
    expect(new Set(mails.map((mail) => mail.id)).size, 'a mail went twice').toBe(mails.length);
  }, 300_000);

  /** Readers of the public pages beside the storm; what they were answered, by status. */
  async function read(isOver: () => boolean, answers: Map<number, number>): Promise<void> {
    await Promise.all(Array.from({ length: 4 }, async () => {
      while (!isOver()) {
        const status = await fetch(`${front}/`, { signal: AbortSignal.timeout(30_000) }).then(async (answer) => (await answer.arrayBuffer(), answer.status), () => 0);
        answers.set(status, (answers.get(status) ?? 0) + 1);
        await pause(20);
      }
    }));
  }

  test('one after the other is stopped in order and comes back: no request is lost, neither a page nor a letter', async () => {
    let isOver = false;
    const answers = new Map<number, number>();
    clients.refused.length = 0;
    const under = Promise.all([clients.storm('rolling', { clients: 6, isOver: () => isOver }), read(() => isOver, answers)]);
    const roll = async (server: Server): Promise<Server> => {
      await pause(500);
      expect(await server.stop('SIGTERM')).toBe(0);
      return start(server.port);
    };
    try {
      a = await roll(a);
      // nginx comes back to a server five seconds after it was away.
      await pause(6000);
      b = await roll(b);
    } finally {
      isOver = true;
      await under;
    }
    expect(clients.refused).toEqual([]);
    expect([...answers.keys()]).toEqual([200]);
    sayWithout('a rolling restart', clients.longest);
    await clients.checkBook();
  }, 240_000);

  test('one of the two is killed under load: what was acknowledged is there, once, without a gap, and the other goes on', async () => {
    let isOver = false;
    const storming = clients.storm('killed', { clients: 16, isOver: () => isOver });
    const before = clients.acknowledged.size;
    await until('letters are registered', () => clients.acknowledged.size > before + 30);
    const [sent, known] = [clients.sent.size, clients.acknowledged.size];
    await a.stop('SIGKILL');
    await until('the other goes on', () => clients.acknowledged.size > known + 60);
    isOver = true;
    await storming;
    expect(clients.sent.size).toBeGreaterThan(sent);
    expect(clients.lost).toEqual([]);
    sayWithout('one of two servers killed', clients.longest);
    await clients.checkBook();
    await installation.onDatabase((db) => checkLog(db, installation.office));
    a = await start(a.port);
    expect(await isReady(a.base)).toBe(true);
  }, 240_000);

  // Late, as its sitting takes a number of the book.
  test('a page that follows a sitting at one learns of what is done at the other the next time it asks', async () => {
    const at = (base: string) => new Clients(base, installation.token);
    const { committees } = (await (await at(a.base).api('/committees')).json()) as { committees: { id: string }[] };
    const on = new Date(Date.now() + 21 * 86_400_000).toISOString().slice(0, 10);
    let id = '';
    for (const committee of committees) {
      const planned = await at(a.base).api('/meetings', { method: 'POST', body: JSON.stringify({ committeeId: committee.id, onDay: on, time: '10:00' }) });
      if (planned.ok) ({ id } = (await planned.json()) as { id: string });
      if (id) break;
    }
    expect(id).not.toBe('');
    const visitor = await signIn(b.base);
    const stamp = async (base: string): Promise<string> => (JSON.parse((await visitor.send(base, `/desk/meetings/${id}/live`)).html) as { stamp: string }).stamp;
    for (let turn = 0; turn < 3; turn++) {
      const before = await stamp(b.base);
      const added = await at(a.base).api(`/meetings/${id}/agenda/points`, { method: 'POST', body: JSON.stringify({ title: `Тачка ${turn}` }) });
      expect(added.status, await added.text()).toBe(200);
      expect(await stamp(b.base)).not.toBe(before);
      expect(await stamp(b.base)).toBe(await stamp(a.base));
    }
  }, 60_000);

  test('a server with another secret does not start on this database', async () => {
    const own = machines.secret;
    machines.secret = 'f'.repeat(64);
    try {
      await expect(start()).rejects.toThrow('The secret is not the one of this database');
    } finally {
      machines.secret = own;
    }
  }, 90_000);
});
