import { readFileSync } from 'node:fs';
import type { LocalPostgres } from '../../src/core/postgres.ts';
import { together, type Measured, type Sample } from '../measure.ts';
import { treeMemory, treeOf, treeTime } from '../processes.ts';
import type { Ground, Peer, Running } from './peer.ts';
import { worksOf, type Facts, type Work } from './work.ts';

/** One system on one size, up and signed in. */
export type Entrant = { peer: Peer; ground: Ground; running: Running };
/** `server` and `database`: milliseconds of processor time a request. */
export type Result = Measured & { server: number; database: number };
export type Line = { work: string; clients: number; results: Map<string, Result> };
export type Memory = { peer: string; server: number; database: number; processes: number };
export type Rounds = { lines: Line[]; memory: Memory[]; idle: number };

type Spent = Sample & { server: number; database: number };
/** Seconds: ours must plan each statement of a page on each of twenty connections, theirs compile their templates in each worker. */
const warmUp = (isFirst: boolean): number => (isFirst ? 6 : 2);
/** A registration adds a case: no more than so many in one measurement, so that the size stays what it is called. */
const mostWrites = 300;

async function measure(seconds: number, clients: number, running: Running, postmaster: number, work: Work, offset: number): Promise<Spent> {
  const { pid } = running;
  const times: number[] = [];
  const [server, database] = [treeTime(pid), treeTime(postmaster)];
  const began = performance.now();
  const until = began + seconds * 1000;
  let next = 0;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < until && !(work.writes && next >= mostWrites)) {
        const from = performance.now();
        await work.run(running, offset + next++);
        times.push(performance.now() - from);
      }
    }),
  );
  const spent = { server: treeTime(pid) - server, database: treeTime(postmaster) - database };
  return { times, seconds: (performance.now() - began) / 1000, count: times.length, busy: spent.server + spent.database, ...spent };
}

/** Every work on every system in turn, round after round, what writes at the end; the first turn warms up and does not count. */
export async function runRounds(server: LocalPostgres, entrants: readonly Entrant[], facts: Facts, options: { rounds: number; seconds: number; clients: readonly number[]; say: (text: string) => void }): Promise<Rounds> {
  const { rounds, seconds, clients, say } = options;
  const works = worksOf(facts);
  const samples = new Map<string, Spent[]>();
  const keyOf = (work: Work, count: number, peer: Peer): string => `${work.name}|${count}|${peer.key}`;
  let serial = 0;
  let idle = 0;
  for (const writes of [false, true]) {
    const these = works.filter((work) => work.writes === writes);
    for (const work of these)
      for (const { running, peer } of entrants) {
        say(`warming up: ${peer.name}, ${work.name}`);
        await measure(warmUp(work === works[0]), Math.max(...clients), running, server.pid, work, (serial += 10_000)).catch(explain(peer, work));
      }
    if (!writes) {
      // What all of them take when nobody asks for anything.
      const before = [server.pid, ...entrants.map(({ running }) => running.pid)].reduce((total, pid) => total + treeTime(pid), 0);
      await new Promise((done) => setTimeout(done, 3000));
      idle = ([server.pid, ...entrants.map(({ running }) => running.pid)].reduce((total, pid) => total + treeTime(pid), 0) - before) / 3;
    }
    for (let round = 1; round <= rounds; round++)
      for (const work of these)
        for (const count of clients)
          for (const { running, peer } of entrants) {
            say(`round ${round} of ${rounds}: ${work.name}, ${count} at once, ${peer.name}`);
            const key = keyOf(work, count, peer);
            const sample = await measure(seconds, count, running, server.pid, work, (serial += 10_000)).catch(explain(peer, work));
            samples.set(key, [...(samples.get(key) ?? []), sample]);
          }
  }
  const lines = works.flatMap((work) => clients.map((count): Line => ({ work: work.name, clients: count, results: new Map(entrants.map(({ peer }) => [peer.key, resultOf(samples.get(keyOf(work, count, peer))!)])) })));
  const memory = entrants.map(({ peer, running, ground }) => ({ peer: peer.name, server: treeMemory(running.pid), database: backendsOf(server.pid, ground.database).reduce((total, pid) => total + treeMemory(pid), 0), processes: treeOf(running.pid).length }));
  return { lines, memory, idle };
}

const explain = (peer: Peer, work: Work) => (error: Error): never => {
  throw new Error(`${peer.name}, ${work.name}: ${error.message}`, { cause: error });
};

function resultOf(samples: readonly Spent[]): Result {
  const all = together(samples);
  const each = (of: (sample: Spent) => number): number => samples.reduce((total, sample) => total + of(sample), 0) / all.count;
  return { ...all, server: each((sample) => sample.server), database: each((sample) => sample.database) };
}

/** The backends of one database, told by the title that PostgreSQL gives each. */
const backendsOf = (postmaster: number, database: string): number[] =>
  treeOf(postmaster).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split(' ').includes(database);
    } catch {
      return false;
    }
  });
