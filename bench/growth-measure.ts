import { fork, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { startSystem, type System } from '../src/bin/system.ts';
import { sql, type Tx } from '../src/core/database.ts';
import type { Caller, Role } from '../src/core/caller.ts';
import type { Office } from '../src/core/office.ts';
import { enter, operation } from '../src/core/operation.ts';
import { personCaller } from '../src/modules/people/index.ts';
import { openSession } from '../src/modules/people/session.server.ts';
import { createToken } from '../src/modules/people/token.server.ts';
import { slugOf, type Size } from './growth-fill.ts';
import { openBrowser, type Asked } from './measure.ts';

/** An office as it is asked: whose sessions, which cases. */
export type Seat = {
  office: Office;
  token: string;
  cookies: Record<'chief' | 'registrar' | 'clerk', string>;
  /** Sessions of everybody else, for pages whose counts are kept a while for each person. */
  others: string[];
  petitions: string[];
  own: string[];
  papers: string[];
  parties: string[];
  references: string[];
  /** Words that one sender alone bears. */
  words: string[];
};
/** A filled database with its server. */
export type Side = { size: Size; system: System; child: ChildProcess; ask: (seat: Seat, asked: Asked) => Promise<{ text: string }>; seats: Seat[]; startedMs: number; close: () => Promise<void> };

const seatsAtMost = 10;

/** Starts a server on the database, twice: the second start is timed. */
export async function openSide(size: Size): Promise<Side> {
  const system = await startSystem({ database: size.name });
  system.kernel.quiet = true;
  await end((await start(size)).child);
  const { child, port, startedMs } = await start(size);
  const serials = Array.from({ length: Math.min(size.offices, seatsAtMost) }, (_, index) => 1 + Math.floor((index * size.offices) / Math.min(size.offices, seatsAtMost)));
  const seats: Seat[] = [];
  for (const serial of serials) seats.push(await openSeat(system, await system.kernel.office(slugOf(serial)), size));
  const browsers = new Map(seats.map((seat) => [seat, openBrowser(port, `${seat.office.slug}.localhost`)]));
  return {
    size, system, child, seats, startedMs,
    ask: (seat, asked) => browsers.get(seat)!.ask(asked),
    close: async () => {
      for (const browser of browsers.values()) browser.close();
      await end(child);
      await system.stop();
    },
  };
}

async function start(size: Size): Promise<{ child: ChildProcess; port: number; startedMs: number }> {
  const began = performance.now();
  const child = fork(process.argv[1]!, ['growth', '--serve', size.name], { env: { ...process.env, KABINET_PROXY: '1', KABINET_LOG: 'silent' } });
  const port = await new Promise<number>((done, fail) => {
    child.once('message', (said) => done(Number(said)));
    child.once('exit', (code) => fail(new Error(`the server of ${size.name} ended with ${code}`)));
  });
  return { child, port, startedMs: performance.now() - began };
}

const end = (child: ChildProcess): Promise<void> =>
  new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done();
    const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
    child.once('exit', () => {
      clearTimeout(late);
      done();
    });
    child.kill('SIGTERM');
  });

// A session without a password: this process holds the database anyway.
const growthSession = operation({
  id: 'session.growth', kind: 'command', allow: ['staff'], summary: 'Opens a session for the bench.', input: z.object({}), output: z.object({ token: z.string() }),
  run: (context) => openSession(context, context.caller.personId!, 'growth'),
});

export const within = <T>({ kernel }: System, office: Office, work: (db: Tx) => Promise<T>): Promise<T> =>
  kernel.db.transaction().execute(async (db) => {
    await enter(db, kernel.system(office), 'all');
    return work(db);
  });

async function openSeat(system: System, office: Office, { cases }: Size): Promise<Seat> {
  const { kernel } = system;
  const people = await within(system, office, async (db) => {
    const rows = await db.selectFrom('person').select(['id', 'roles']).where('office_id', '=', office.id).orderBy('key').execute();
    const callers: { caller: Caller; roles: string[] }[] = [];
    for (const row of rows) callers.push({ caller: (await personCaller(db, office, row.id))!, roles: row.roles });
    return callers;
  });
  const first = (role: Role): Caller => people.find((one) => one.roles.includes(role))!.caller;
  const cookieOf = async (caller: Caller): Promise<string> => `kabinet=${(await kernel.run(growthSession, caller, {})).token}`;
  const [chief, registrar, clerk] = [first('chief'), first('registrar'), first('clerk')];
  const others = people.map((one) => one.caller).filter((one) => ![chief, registrar, clerk].includes(one));
  const taken = await within(system, office, async (db) => {
    // Any of the book, by its number: not only the newest.
    const some = async (text: ReturnType<typeof sql<{ id: string }>>): Promise<string[]> => (await text.execute(db)).rows.map((row) => row.id);
    const any = sql`case_file where office_id = ${office.id} and number % ${Math.max(1, Math.floor(cases / 4000))} = 0`;
    return {
      petitions: await some(sql`select id from ${any} and kind = 'petition' order by md5(id::text) limit 60`),
      own: await some(sql`select id from case_file where office_id = ${office.id} and kind = 'petition' and handled_by = ${clerk.personId} order by opened_at desc limit 30`),
      papers: await some(sql`select id from ${any} and kind = 'paper' order by md5(id::text) limit 60`),
      parties: await some(sql`select id from party where office_id = ${office.id} order by created_at limit 60`),
      references: await some(sql`select reference as id from ${any} order by md5(id::text) limit 60`),
      words: await some(sql`select substring(folded from '[^ ]+$') as id from party where office_id = ${office.id} and key is null order by created_at desc limit 60`),
    };
  });
  return {
    office, ...taken,
    token: (await kernel.run(createToken, chief, { name: 'growth', scopes: ['*'], days: 1 })).token,
    cookies: { chief: await cookieOf(chief), registrar: await cookieOf(registrar), clerk: await cookieOf(clerk) },
    others: await Promise.all(others.map(cookieOf)),
  };
}

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};
// The scheduler's own count, in nanoseconds: the usual one goes by hundredths of a second.
const ranMs = (pid: string | number): number => {
  let total = 0;
  try {
    for (const task of readdirSync(`/proc/${pid}/task`)) total += Number(read(`/proc/${pid}/task/${task}/schedstat`).split(' ')[0] || 0);
  } catch {
    return 0;
  }
  return total / 1e6;
};
/** The backends that serve one database: PostgreSQL names them so. */
const backendsOf = (database: string): string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name) && new RegExp(`^postgres: kabinet_\\w+ ${database} `).test(read(`/proc/${name}/cmdline`)));

type Busy = { server: number; backends: Map<string, number> };
/** Processor time so far of a side's server and of each of its backends, in milliseconds. */
export const busyOf = ({ child, size }: Pick<Side, 'child' | 'size'>): Busy => ({ server: ranMs(child.pid!), backends: new Map(backendsOf(size.name).map((pid) => [pid, ranMs(pid)])) });
/** What was computed since; a backend that ended meanwhile is not counted, one that began is. */
export function busySince(side: Pick<Side, 'child' | 'size'>, before: Busy): { server: number; backends: number; both: number } {
  const now = busyOf(side);
  const server = now.server - before.server;
  const backends = [...now.backends].reduce((total, [pid, ran]) => total + ran - (before.backends.get(pid) ?? 0), 0);
  return { server, backends, both: server + backends };
}

const kb = (text: string, name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
export type Memory = { serverRss: number; serverPss: number; backends: number; backendPss: number; backendOwn: number };
/** Megabytes of the server, and of its largest backend: Pss counts shared pages by their share, own is what no other has. */
export function memoryOf({ child, size }: Pick<Side, 'child' | 'size'>): Memory {
  const server = read(`/proc/${child.pid}/smaps_rollup`);
  const backends = backendsOf(size.name).map((pid) => read(`/proc/${pid}/smaps_rollup`));
  const most = (of: (text: string) => number): number => Math.max(0, ...backends.map(of).filter(Number.isFinite)) / 1024;
  return { serverRss: kb(server, 'Rss') / 1024, serverPss: kb(server, 'Pss') / 1024, backends: backends.length, backendPss: most((text) => kb(text, 'Pss')), backendOwn: most((text) => kb(text, 'Private_Dirty') + kb(text, 'Private_Clean')) };
}
