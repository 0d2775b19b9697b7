import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { readConfig, readSecret } from '../src/core/config.ts';
import { openDatabase, type Database } from '../src/core/database.ts';
import { diskFiles } from '../src/core/file.ts';
import { Kernel } from '../src/core/kernel.ts';
import { migrate } from '../src/core/migrate.ts';
import type { Office } from '../src/core/office.ts';
import { enter } from '../src/core/operation.ts';
import { externalDatabase, prepareDatabase, startPostgres, type Databases } from '../src/core/postgres.ts';
import { rootDirectory } from '../src/core/root.ts';
import { hasUnsealed, verifyEvents } from '../src/core/seal.ts';
import { useSecret } from '../src/core/secret.ts';
import { modules } from '../src/modules.ts';
import { addOffice, readOfficeFiles } from '../src/modules/offices/index.ts';
import { personCaller } from '../src/modules/people/index.ts';
import { createToken } from '../src/modules/people/token.server.ts';

export const slug = 'cetinje';

/** A port of this machine that nobody listens on. */
export const freePort = (): Promise<number> => new Promise((done) => {
  const probe = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address() as net.AddressInfo;
    probe.close(() => done(port));
  });
});

/** Waits until it holds; fails with `what` after `seconds`. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(25)) if (await holds()) return;
  throw new Error(`not within ${seconds} s: ${what}`);
}

/** A data folder in which one office is ready to work, and the token under which its chief registers. */
export class Installation {
  readonly data: string;
  readonly databaseUrl: string | null;
  office!: Office;
  token = '';
  constructor(data: string, databaseUrl: string | null) {
    this.data = data;
    this.databaseUrl = databaseUrl;
  }

  /** Its database: the packaged one in its own folder, or the one of an address. */
  static async prepare({ data = path.join(rootDirectory, '.cache', `faults-${randomBytes(4).toString('hex')}`), databaseUrl = null as string | null } = {}): Promise<Installation> {
    const made = new Installation(data, databaseUrl);
    useSecret(readSecret(data));
    await made.onDatabase(async (db, owner) => {
      await migrate(owner);
      made.office = await addOffice(owner, modules, readOfficeFiles().find((file) => file.slug === slug)!);
      const mail = { keepsBodies: true, deliver: async () => '<x>' };
      const kernel = new Kernel({ config: readConfig({ KABINET_DATA: data }), db, files: diskFiles(data), mail, modules });
      kernel.quiet = true;
      const chief = (await db.transaction().execute(async (tx) => {
        await enter(tx, kernel.system(made.office), 'all');
        const row = await tx.selectFrom('person').select('id').where('office_id', '=', made.office.id).where('key', '=', 'vesko-radulovic').executeTakeFirstOrThrow();
        return personCaller(tx, made.office, row.id);
      }))!;
      made.token = (await kernel.run(createToken, chief, { name: 'Проба', scopes: '*' })).token;
    });
    return made;
  }

  get postgres(): string {
    return path.join(this.data, 'postgres');
  }

  /** Work on its database, beside a server that runs or without one. */
  async onDatabase<T>(work: (db: Database, owner: Databases['owner']) => Promise<T>): Promise<T> {
    const cluster = this.databaseUrl ? null : await startPostgres(this.postgres);
    const { owner, app } = cluster ? await prepareDatabase(cluster) : await externalDatabase(this.databaseUrl!);
    const { db } = openDatabase(app, 4);
    try {
      return await work(db, owner);
    } finally {
      await db.destroy();
      await cluster?.stop();
    }
  }

  async remove(): Promise<void> {
    // The database ends a moment after the server that held it.
    for (let tries = 0; tries < 100 && fs.existsSync(path.join(this.postgres, 'postmaster.pid')); tries++) await pause(100);
    fs.rmSync(this.data, { recursive: true, force: true });
  }
}

type ServerOptions = {
  data: string;
  port?: number;
  env?: Record<string, string>;
  /** What runs the command, such as `unshare -m sh -c …`; it ends in a place for the command itself. */
  within?: (command: string[]) => string[];
};

/** A server process as an operator runs it. */
export class Server {
  readonly child: ChildProcess;
  readonly port: number;
  readonly ended: Promise<number | null>;
  complaint = '';
  constructor(child: ChildProcess, port: number) {
    this.child = child;
    this.port = port;
    this.ended = new Promise((done) => child.once('exit', (code) => done(code)));
    child.stderr!.on('data', (text: Buffer) => (this.complaint = (this.complaint + text.toString()).slice(-10_000)));
  }

  get base(): string {
    return `http://127.0.0.1:${this.port}`;
  }
  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Starts it on its data and waits until it answers. */
  static async start({ data, port, env = {}, within = (command) => command }: ServerOptions): Promise<Server> {
    const free = port ?? (await freePort());
    const all = { ...process.env, PORT: String(free), KABINET_DATA: data, KABINET_OFFICE: slug, KABINET_LOG: 'silent', NODE_ENV: 'production', VITEST: '', ...env };
    const [program, ...args] = within([process.execPath, 'kabinet.mjs', 'start']) as [string, ...string[]];
    const server = new Server(spawn(program, args, { cwd: rootDirectory, env: all, stdio: ['ignore', 'ignore', 'pipe'] }), free);
    for (const end = Date.now() + 60_000; Date.now() < end; await pause(50)) {
      if (!server.isRunning) throw new Error(`the server ended with ${server.child.exitCode}: ${server.complaint}`);
      if (await isReady(server.base)) return server;
    }
    await server.stop('SIGKILL');
    throw new Error(`the server does not answer: ${server.complaint}`);
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    if (this.isRunning) this.child.kill(signal);
    return this.ended;
  }
}

/** Whether what listens at this address serves requests. */
export const isReady = (base: string): Promise<boolean> => fetch(`${base}/health`, { signal: AbortSignal.timeout(5000) }).then((answer) => answer.ok, () => false);

export type Refused = { status: number; title: string; retryAfter: string | null; ms: number };
type Paper = { name: string; bytes: Uint8Array };

/** Those who register at an address: what they sent, and what was acknowledged to them. */
export class Clients {
  readonly acknowledged = new Map<string, string>();
  readonly sent = new Set<string>();
  /** What was answered and is no acknowledgement, newest last. */
  readonly refused: Refused[] = [];
  /** When something was last acknowledged, and the longest time in which nothing was. */
  lastAt = Date.now();
  longest = 0;
  base: string;
  readonly token: string;
  constructor(base: string, token: string) {
    this.base = base;
    this.token = token;
  }

  api(route: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.base}/api${route}`, { signal: AbortSignal.timeout(30_000), ...init, headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json', ...init.headers } });
  }

  /** Registers one letter under its key; throws unless it is acknowledged. */
  async send(key: string, papers: Paper[] = []): Promise<void> {
    this.sent.add(key);
    const began = Date.now();
    const files = papers.map((paper) => ({ name: paper.name, bytes: Buffer.from(paper.bytes).toString('base64') }));
    const body = JSON.stringify({ kind: 'request', subject: `Писмо ${key}`, text: `Текст ${key}`, name: 'Ана Анић', replyBy: 'pickup', ...(files.length > 0 ? { files } : {}) });
    const answer = await this.api('/petitions', { method: 'POST', headers: { 'idempotency-key': key }, body });
    const said = await answer.text();
    if (answer.status !== 200) {
      this.refused.push({ status: answer.status, title: (/"title":"([^"]*)"/.exec(said) ?? [])[1] ?? said.slice(0, 200), retryAfter: answer.headers.get('retry-after'), ms: Date.now() - began });
      throw new Error(`${answer.status} ${said}`);
    }
    const { reference } = JSON.parse(said) as { reference: string };
    expect(this.acknowledged.get(key) ?? reference, 'the same key was answered with another number').toBe(reference);
    this.longest = Math.max(this.longest, Date.now() - this.lastAt);
    this.lastAt = Date.now();
    this.acknowledged.set(key, reference);
  }

  /** Many at once, each a letter after the other: until its first failure, or (`isOver` given) until it is over, each letter repeated under its key until it is acknowledged. */
  async storm(round: string, { clients = 16, isOver, papers }: { clients?: number; isOver?: () => boolean; papers?: (key: string) => Paper[] } = {}): Promise<void> {
    this.lastAt = Date.now();
    this.longest = 0;
    await Promise.all(Array.from({ length: clients }, async (_, client) => {
      for (let index = 0; !isOver?.(); index++) {
        const key = `${round}-${client}-${index}`;
        try {
          await this.send(key, papers?.(key));
        } catch {
          if (!isOver) return;
          index--;
          await pause(50);
        }
      }
    }));
  }

  /** What was sent and not acknowledged. */
  get lost(): string[] {
    return [...this.sent].filter((key) => !this.acknowledged.has(key));
  }

  /** Each number once and none missing, each letter once, each acknowledged one under its number. */
  async checkBook(): Promise<void> {
    const rows: { number: number; reference: string; subject: string; direction: string }[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const page = (await (await this.api(`/register?after=${after}`)).json()) as { rows: typeof rows; next: number | null };
      rows.push(...page.rows.filter((row) => row.direction === 'in'));
      after = page.next;
    }
    expect(rows.map((row) => row.number)).toEqual(rows.map((_, index) => index + 1));
    const bySubject = new Map(rows.map((row) => [row.subject, row.reference]));
    expect(bySubject.size, 'a letter stands twice in the book').toBe(rows.length);
    expect([...this.acknowledged].filter(([key, reference]) => bySubject.get(`Писмо ${key}`) !== reference)).toEqual([]);
    const unanswered = rows.length - this.acknowledged.size;
    expect(unanswered, 'more letters than were sent').toBeLessThanOrEqual(this.sent.size - this.acknowledged.size);
  }
}

/** The chain of the log is whole, and everything is sealed after a moment. */
export async function checkLog(db: Database, office: Office): Promise<void> {
  for (let tries = 0; tries < 400 && (await hasUnsealed(db, office)); tries++) await pause(50);
  expect(await verifyEvents(db, office)).toMatchObject({ unsealed: 0, brokenAt: null });
}

/** Prints how long nothing was acknowledged: figures are shown, never judged. */
export const sayWithout = (what: string, milliseconds: number): void => console.log(`${what}: without service ${(milliseconds / 1000).toFixed(1)} s`);
