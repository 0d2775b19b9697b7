import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { rootDirectory } from '../src/core/root.ts';
import { Server, until } from './installation.ts';

export type Programs = { nginx: string; haproxy: string; etcd: string; etcdctl: string; patroni: string; patronictl: string; postgres: string };
// Whatever becomes of the test, nothing of it stays behind.
const mortal = ['--pdeathsig', 'TERM'];
const isRoot = process.getuid?.() === 0;

/** The programs of a cluster, or why there are none. */
export async function findPrograms(): Promise<Programs | string> {
  try {
    return ((await import('../scripts/cluster.mjs' as string)) as { ensureCluster(): Programs }).ensureCluster();
  } catch (error) {
    return (error as Error).message;
  }
}

/** A file of deploy/ with this machine's ports and folders in place of the example's; throws for a place that is not in it. */
export function fill(name: string, places: readonly (readonly [string | RegExp, string])[]): string {
  let text = fs.readFileSync(path.join(rootDirectory, 'deploy', name), 'utf8');
  for (const [from, to] of places) {
    const pattern = typeof from === 'string' ? from : new RegExp(from.source, 'gm');
    if (text.search(typeof from === 'string' ? new RegExp(RegExp.escape(from)) : pattern) < 0) throw new Error(`deploy/${name} has no ${String(from)}`);
    text = text.replaceAll(pattern, () => to);
  }
  return text;
}

/** A program that runs beside the test and ends with it, however that ends. */
export class Program {
  readonly name: string;
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  said = '';
  constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.child = child;
    this.ended = new Promise((done) => child.once('close', () => done()));
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text: Buffer) => (this.said = (this.said + text.toString()).slice(-20_000)));
  }
  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }
  async stop(signal: NodeJS.Signals = 'SIGTERM', seconds = 20): Promise<void> {
    if (this.isRunning) this.child.kill(signal);
    await Promise.race([this.ended, pause(seconds * 1000, undefined, { ref: false })]);
    if (this.isRunning) this.child.kill('SIGKILL');
    await this.ended;
  }
}

/** The machines of one test on this one: a folder, what runs in it, and the end of both. */
export class Machines {
  // PostgreSQL refuses to run as root, and its account must reach the folder.
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kabinet-cluster-'));
  readonly data = path.join(this.folder, 'kabinet');
  secret = randomBytes(32).toString('hex');
  readonly #programs: Program[] = [];
  readonly #servers: Server[] = [];
  readonly #clusters: string[] = [];
  constructor() {
    fs.chmodSync(this.folder, 0o755);
    process.once('exit', () => this.#kill());
  }

  write(name: string, text: string): string {
    const file = path.join(this.folder, name);
    fs.writeFileSync(file, text);
    return file;
  }

  /** Starts a program; `asPostgres`: under the account that may run PostgreSQL. */
  run(name: string, command: string, args: string[], { asPostgres = false, env = {} }: { asPostgres?: boolean; env?: Record<string, string> } = {}): Program {
    const account = asPostgres && isRoot ? ['--reuid', 'postgres', '--regid', 'postgres', '--clear-groups'] : [];
    const child = spawn('setpriv', [...mortal, ...account, command, ...args], { cwd: this.folder, env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const program = new Program(name, child);
    this.#programs.push(program);
    return program;
  }

  /** A folder that belongs to the account PostgreSQL runs under. */
  async makeFolder(name: string): Promise<string> {
    const folder = path.join(this.folder, name);
    fs.mkdirSync(folder, { mode: 0o700 });
    if (isRoot) await this.#chown(folder);
    return folder;
  }
  async #chown(folder: string): Promise<void> {
    const child = spawn('chown', ['postgres:postgres', folder], { stdio: 'ignore' });
    await new Promise((done) => child.once('close', done));
  }
  /** A data folder of PostgreSQL whose server must end with the test. */
  keepCluster(folder: string): void {
    this.#clusters.push(folder);
  }

  /** An application server with the settings that an operator takes, as far as they are of this machine. */
  async server(databaseUrl: string, { port, env = {} }: { port?: number; env?: Record<string, string> } = {}): Promise<Server> {
    fs.mkdirSync(this.data, { recursive: true });
    const settings = fill('kabinet.env', [
      ['KABINET_URL=https://cabinet.example', 'KABINET_URL='], [/^DATABASE_URL=.*$/, `DATABASE_URL=${databaseUrl}`], ['/srv/kabinet', this.data], ['SECRET-OF-64-HEXADECIMAL-DIGITS', this.secret], [/^KABINET_SMTP=.*$/, 'KABINET_SMTP='],
    ]);
    const given = Object.fromEntries(settings.split('\n').filter((line) => /^\w+=/.test(line)).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
    delete given['PORT'];
    const server = await Server.start({ data: this.data, ...(port ? { port } : {}), env: { ...given, KABINET_HOST: '127.0.0.1', ...env }, within: (command) => ['setpriv', ...mortal, ...command] });
    this.#servers.push(server);
    return server;
  }

  /** nginx before the two servers, by the file that an operator takes. */
  async nginx(programs: Programs, port: number, [first, second]: readonly [number, number], redirectPort: number): Promise<Program> {
    const site = fill('nginx.conf', [
      ['10.0.0.11:3000', `127.0.0.1:${first}`], ['10.0.0.12:3000', `127.0.0.1:${second}`], ['listen 80;', `listen 127.0.0.1:${redirectPort};`],
      ['listen 443 ssl http2;', `listen 127.0.0.1:${port};`], [/^ *ssl_.*;\n/, ''],
    ]);
    for (const name of ['body', 'proxy']) fs.mkdirSync(path.join(this.folder, `nginx-${name}`));
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${this.folder}/nginx-${name};`).join('\n');
    const file = this.write('nginx.conf', `${isRoot ? 'user root;\n' : ''}worker_processes 2;\npid ${this.folder}/nginx.pid;\nerror_log stderr warn;\nevents { worker_connections 512; }\nhttp {\naccess_log off;\n${temporary}\n${site}\n}\n`);
    const program = this.run('nginx', programs.nginx, ['-e', 'stderr', '-p', this.folder, '-c', file, '-g', 'daemon off;']);
    await this.#answers(program, `http://127.0.0.1:${port}/health/live`);
    return program;
  }
  async #answers(program: Program, url: string): Promise<void> {
    await until(`${program.name} answers at ${url}: ${program.said}`, async () => {
      if (!program.isRunning) throw new Error(`${program.name} ended: ${program.said}`);
      return fetch(url, { signal: AbortSignal.timeout(3000) }).then((answer) => answer.status < 500, () => false);
    });
  }

  /** Ends everything and removes the folder. */
  async end(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()));
    for (const program of this.#programs.toReversed()) await program.stop();
    this.#kill();
    for (let tries = 0; tries < 100 && this.#clusters.some((folder) => fs.existsSync(path.join(folder, 'postmaster.pid'))); tries++) await pause(100);
    fs.rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  /** A postmaster goes on without its Patroni: it is told by its own file. */
  #kill(): void {
    for (const server of this.#servers) if (server.isRunning) server.child.kill('SIGKILL');
    for (const program of this.#programs) if (program.isRunning) program.child.kill('SIGKILL');
    for (const folder of this.#clusters) {
      const pid = postmaster(folder);
      if (pid) killQuietly(pid, 'SIGQUIT');
    }
  }
}

/** The process of the server on a data folder, or nothing. */
export function postmaster(folder: string): number | null {
  try {
    const pid = Number(fs.readFileSync(path.join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 0);
    return pid;
  } catch {
    return null;
  }
}

export function killQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}

/** A browser that may come by either server: it keeps its cookies and follows nothing. */
export class Visitor {
  readonly cookies = new Map<string, string>();
  async send(base: string, route: string, fields?: Record<string, string>): Promise<{ status: number; location: string; html: string }> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(base + route, {
      method: fields ? 'POST' : 'GET', redirect: 'manual', signal: AbortSignal.timeout(30_000), headers: { 'sec-fetch-site': 'same-origin', ...(cookie ? { cookie } : {}) }, ...(fields ? { body: new URLSearchParams(fields) } : {}),
    });
    for (const one of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(one)!;
      if (/max-age=0/i.test(one)) this.cookies.delete(name!);
      else this.cookies.set(name!, value!);
    }
    return { status: answer.status, location: answer.headers.get('location') ?? '', html: await answer.text() };
  }
}
