import { sql } from '../src/core/database.ts';
import { runSchedule } from '../src/core/job.ts';
import { hasUnsealed } from '../src/core/seal.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { busyOf, busySince, type Side } from './growth-measure.ts';
import { lines } from './growth-lines.ts';

const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;

/** Milliseconds from the answer to a registration until the log is sealed up to it, in the middle of some. */
export async function sealingOf(side: Side): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < 10; index++) {
    const seat = side.seats[index % side.seats.length]!;
    await lines[0]!.ask(side, seat, 9000 + index);
    const from = performance.now();
    while (await hasUnsealed(side.system.kernel.db, seat.office)) {
      if (performance.now() - from > 30_000) break;
      await pause(2);
    }
    times.push(performance.now() - from);
  }
  return median(times);
}

export type Turn = { name: string; ms: number };
/** One turn of each schedule over all offices, as the job queue runs it. */
export async function clockTurns({ system: { kernel } }: Side): Promise<Turn[]> {
  const turns: Turn[] = [];
  for (const schedule of kernel.modules.flatMap((module) => module.schedules ?? [])) {
    const from = performance.now();
    await runSchedule(kernel, schedule, new Date());
    turns.push({ name: schedule.name, ms: performance.now() - from });
  }
  return turns;
}

export type Idle = { serverMs: number; backendsMs: number; transactions: number; seconds: number };
/** What servers and backends do while nobody asks: all sides rest in the same minute. */
export async function idleMinute(sides: readonly Side[], seconds: number): Promise<Idle[]> {
  // What the measuring itself began comes to its end first.
  await pause(15_000);
  const transactionsOf = async ({ system, size }: Side): Promise<number> =>
    (await sql<{ n: number }>`select xact_commit + xact_rollback as n from pg_stat_database where datname = ${size.name}`.execute(system.kernel.db)).rows[0]!.n;
  const before = await Promise.all(sides.map(async (side) => ({ ...busyOf(side), transactions: await transactionsOf(side) })));
  await pause(seconds * 1000);
  return Promise.all(
    sides.map(async (side, index) => {
      const was = before[index]!;
      const { server, backends } = busySince(side, was);
      return { serverMs: server, backendsMs: backends, transactions: (await transactionsOf(side)) - was.transactions, seconds };
    }),
  );
}

export type Disk = { table: number; index: number };
/** Megabytes of tables and indexes of the database. */
export async function sizesOf({ system }: Side): Promise<Disk> {
  const { rows } = await sql<Disk>`select sum(pg_table_size(oid))::float8 / 1e6 as table, sum(pg_indexes_size(oid))::float8 / 1e6 as index from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`.execute(system.kernel.db);
  return rows[0]!;
}
