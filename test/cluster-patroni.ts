import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { fill, killQuietly, postmaster, type Machines, type Program, type Programs } from './cluster-machines.ts';
import { freePort, until } from './installation.ts';

const names = ['pg1', 'pg2', 'pg3'] as const;
type Name = (typeof names)[number];
type Node = { name: Name; port: number; rest: number; folder: string; config: string; patroni: Program };
type Member = { name: string; role: string; state: string; timeline?: number };

/** Three nodes of PostgreSQL under Patroni, etcd (one member here; three in production) and HAProxy before them, by the files of deploy/. */
export class Replicas {
  readonly #machines: Machines;
  readonly #programs: Programs;
  readonly nodes = new Map<Name, Node>();
  readonly password = 'lozinka';
  etcdPort = 0;
  port = 0;
  haproxy!: Program;
  constructor(machines: Machines, programs: Programs) {
    this.#machines = machines;
    this.#programs = programs;
  }

  /** Gives them with a primary; the standbys are still being copied. */
  static async start(machines: Machines, programs: Programs): Promise<Replicas> {
    const replicas = new Replicas(machines, programs);
    await replicas.#startEtcd();
    for (const name of names) {
      const folder = path.join(await machines.makeFolder(name), 'data');
      machines.keepCluster(folder);
      const [port, rest] = [await freePort(), await freePort()];
      replicas.nodes.set(name, { name, port, rest, folder, config: machines.write(`${name}.yml`, replicas.#config(name, port, rest, folder)), patroni: undefined as never });
    }
    await replicas.#startProxy();
    await replicas.startNode('pg1');
    await until('there is a primary', async () => (await replicas.primary()) !== null, 120);
    await replicas.startNode('pg2');
    await replicas.startNode('pg3');
    return replicas;
  }

  async #startEtcd(): Promise<void> {
    this.etcdPort = await freePort();
    const peer = `http://127.0.0.1:${await freePort()}`;
    const settings = fill('etcd.env', [
      [/^ETCD_INITIAL_CLUSTER=.*$/, `ETCD_INITIAL_CLUSTER=etcd1=${peer}`], ['http://10.0.0.21:2380', peer], ['http://10.0.0.21:2379', `http://127.0.0.1:${this.etcdPort}`], ['/var/lib/etcd/kabinet', path.join(await this.#machines.makeFolder('etcd'), 'data')],
    ]);
    const env = Object.fromEntries(settings.split('\n').filter((line) => line.startsWith('ETCD_')).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
    const etcd = this.#machines.run('etcd', this.#programs.etcd, [], { asPostgres: true, env });
    await until(`etcd answers: ${etcd.said}`, () => fetch(`http://127.0.0.1:${this.etcdPort}/health`).then((answer) => answer.ok, () => false));
  }

  #config(name: Name, port: number, rest: number, folder: string): string {
    return fill('patroni.yml', [
      ['name: pg1', `name: ${name}`], ['10.0.0.21:8008', `127.0.0.1:${rest}`], ['10.0.0.21:5432', `127.0.0.1:${port}`], [/hosts: 10\..*$/, `hosts: 127.0.0.1:${this.etcdPort}`], ['10.0.0.0/24', '127.0.0.1/32'],
      ['/var/lib/postgresql/15/kabinet', folder], ['/usr/lib/postgresql/15/bin', this.#programs.postgres], ['/var/lib/postgresql/.pgpass-patroni', path.join(path.dirname(folder), 'pgpass')], ['/var/run/postgresql', path.dirname(folder)],
      [/PASSWORD-OF-\w+/, this.password],
    ]);
  }

  async #startProxy(): Promise<void> {
    this.port = await freePort();
    const at = (name: Name, address: string): [string, string] => [`${address}:5432 check port 8008`, `127.0.0.1:${this.nodes.get(name)!.port} check port ${this.nodes.get(name)!.rest}`];
    const file = this.#machines.write('haproxy.cfg', fill('haproxy.cfg', [['127.0.0.1:5000', `127.0.0.1:${this.port}`], at('pg1', '10.0.0.21'), at('pg2', '10.0.0.22'), at('pg3', '10.0.0.23')]));
    this.haproxy = this.#machines.run('haproxy', this.#programs.haproxy, ['-db', '-f', file]);
  }

  async startNode(name: Name): Promise<void> {
    const node = this.nodes.get(name)!;
    node.patroni = this.#machines.run(`patroni ${name}`, this.#programs.patroni, [node.config], { asPostgres: true, env: { HOME: path.dirname(node.folder) } });
  }

  /** The node that says it is primary, or nothing. */
  async primary(): Promise<Node | null> {
    for (const node of this.nodes.values()) if (await fetch(`http://127.0.0.1:${node.rest}/primary`, { signal: AbortSignal.timeout(2000) }).then((answer) => answer.ok, () => false)) return node;
    return null;
  }

  /** What Patroni knows of its members, asked of whichever answers. */
  async members(): Promise<Member[]> {
    for (const node of this.nodes.values()) {
      const found = await fetch(`http://127.0.0.1:${node.rest}/cluster`, { signal: AbortSignal.timeout(2000) }).then((answer) => answer.json() as Promise<{ members: Member[] }>, () => null);
      if (found) return found.members;
    }
    return [];
  }

  /** Waits until all three take part and one standby holds every commit. */
  async whole(seconds = 180): Promise<void> {
    let members: Member[] = [];
    try {
      await until('three nodes take part', async () => {
        members = await this.members();
        const runs = members.filter((one) => ['running', 'streaming'].includes(one.state));
        return runs.length === 3 && runs.filter((one) => one.role === 'leader').length === 1 && runs.some((one) => one.role === 'sync_standby') && new Set(runs.map((one) => one.timeline)).size === 1;
      }, seconds);
    } catch (error) {
      throw new Error(`${(error as Error).message} ${JSON.stringify(members)} ${[...this.nodes.values()].map((node) => `${node.name}: ${node.patroni.said.slice(-1500)}`).join('\n')}`, { cause: error });
    }
  }

  /** The machine is gone: Patroni and its PostgreSQL, without a word. */
  killNode(node: Node): void {
    const pid = postmaster(node.folder);
    node.patroni.child.kill('SIGKILL');
    if (pid) killQuietly(pid, 'SIGKILL');
  }

  /** A planned change of the primary. */
  async switchOver(): Promise<void> {
    const node = (await this.primary())!;
    const candidate = (await this.members()).find((one) => one.role === 'sync_standby')!.name;
    const answer = await fetch(`http://127.0.0.1:${node.rest}/switchover`, { method: 'POST', body: JSON.stringify({ leader: node.name, candidate }), signal: AbortSignal.timeout(60_000) });
    if (!answer.ok) throw new Error(`the primary did not change: ${answer.status} ${await answer.text()}`);
    await until('the other is primary', async () => (await this.primary())?.name === candidate, 60);
  }

  /** Makes the login and the database that an operator makes; gives the address by way of HAProxy. */
  async makeDatabase(): Promise<string> {
    await until('HAProxy leads to the primary', () => this.ask('select 1').then(() => true, () => false));
    await this.ask(`create role kabinet login createrole password '${this.password}'`);
    await this.ask('create database kabinet owner kabinet');
    return `postgresql://kabinet:${this.password}@127.0.0.1:${this.port}/kabinet`;
  }

  async ask(text: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ host: '127.0.0.1', port: this.port, user: 'postgres', password: this.password, database: 'postgres', connectionTimeoutMillis: 5000 });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  }

  /** In order, so that the last primary is not followed by an election. */
  async stop(): Promise<void> {
    for (const node of [...this.nodes.values()].toReversed()) await node.patroni?.stop('SIGTERM', 30);
    await pause(50);
    for (const node of this.nodes.values()) if (fs.existsSync(path.join(node.folder, 'postmaster.pid'))) killQuietly(postmaster(node.folder) ?? 4_194_303, 'SIGINT');
  }
}
