import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { startPostgres } from '../src/core/postgres.ts';
import { readSecret } from '../src/core/config.ts';
import { useSecret } from '../src/core/secret.ts';
import type { Options } from './benches.ts';
import { writeSection } from './report.ts';
import { fillSize, isFilled, type Size } from './growth-fill.ts';
import { lines, type GrowthLine } from './growth-lines.ts';
import { busyOf, busySince, memoryOf, openSide, type Side } from './growth-measure.ts';
import { clockTurns, idleMinute, sealingOf, sizesOf } from './growth-offices.ts';
import { reportGrowth, type Figures, type Group } from './growth-report.ts';
import { serveSize } from './growth-serve.ts';

const folder = (): string => process.env['KABINET_DATA']!;
const say = (text: string): void => void process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
// While a database is filled, nothing is worth more than the time it takes: what is lost is filled anew.
const filling = { fsync: 'off', full_page_writes: 'off', wal_level: 'minimal', max_wal_senders: '0', max_wal_size: '6GB', shared_buffers: '1GB', autovacuum: 'off', checkpoint_timeout: '30min' };

const numbers = (text: string): number[] => text.split(',').map(Number).filter((one) => Number.isInteger(one) && one > 0);

/** How time and memory grow with the cases of one office and with the offices of one database. */
export async function runGrowth({ option, has }: Options): Promise<void> {
  if (has('serve')) return serveSize(option('serve', ''));
  const sizes: Size[] = [
    ...numbers(option('sizes', '10000,100000,1000000')).map((cases) => ({ name: `cases_${cases}`, offices: 1, cases })),
    ...numbers(option('offices', '1,100,1000')).map((offices) => ({ name: `offices_${offices}`, offices, cases: 1000 })),
  ];
  mkdirSync(folder(), { recursive: true });
  useSecret(readSecret(folder()));
  await fillAll(sizes);
  if (has('fill')) return;
  const rounds = Number(option('rounds', '5')) || 5;
  const only = option('only', '');
  const groups: Group[] = [];
  // The usual settings, except that three servers and this process have a pool each.
  const server = await startPostgres(path.join(folder(), 'postgres'), { max_connections: '200' });
  try {
    for (const kind of ['cases', 'offices'] as const) {
      const own = sizes.filter((size) => size.name.startsWith(kind));
      if (own.length > 0) groups.push(await measure(kind, own, { rounds, only, idleSeconds: Number(option('idle', '60')) }));
    }
  } finally {
    await server.stop();
  }
  const text = await reportGrowth(groups);
  say(text);
  if (!only && !option('sizes', '') && !option('offices', '')) writeSection('growth', text);
}

/** Asks every size in turn, line by line and round by round, while each has its server. */
async function measure(kind: Group['kind'], sizes: readonly Size[], options: { rounds: number; only: string; idleSeconds: number }): Promise<Group> {
  const sides: Side[] = [];
  try {
    for (const size of sizes) sides.push(await openSide(size));
    const asked = lines.filter((line) => line.name.includes(options.only));
    const figures = new Map<GrowthLine, Figures[]>(asked.map((line) => [line, sides.map(() => ({ times: [], busy: 0, count: 0 }))]));
    const starts = sides.map((side) => ({ startedMs: side.startedMs, memory: memoryOf(side) }));
    for (let round = -1; round < options.rounds; round++) {
      say(`${kind}: round ${round + 1} of ${options.rounds}`);
      for (const line of asked)
        for (const [index, side] of sides.entries()) {
          const kept = await sample(side, line, round);
          // The first round warms up: code, plans and pages.
          if (round < 0) continue;
          const own = figures.get(line)![index]!;
          own.times.push(...kept.times);
          own.busy += kept.busy;
          own.count += kept.times.length;
        }
    }
    const memory = sides.map(memoryOf);
    const sealing = [];
    const turns = [];
    for (const side of options.only ? [] : sides) {
      sealing.push(await sealingOf(side));
      turns.push(await clockTurns(side));
    }
    if (!options.only) say(`${kind}: ${options.idleSeconds} s of rest`);
    const idle = options.only ? [] : await idleMinute(sides, options.idleSeconds);
    const disk = await Promise.all(sides.map(sizesOf));
    return { kind, sizes: [...sizes], lines: [...figures].map(([line, own]) => ({ line, own })), starts, memory, sealing, turns, idle, disk };
  } finally {
    for (const side of sides) await side.close();
  }
}

async function sample(side: Side, line: GrowthLine, round: number): Promise<{ times: number[]; busy: number }> {
  const times: number[] = [];
  const before = busyOf(side);
  for (let index = 0; index < line.count; index++) {
    const serial = Math.max(round, 0) * line.count + index;
    const from = performance.now();
    await line.ask(side, side.seats[serial % side.seats.length]!, serial);
    times.push(performance.now() - from);
  }
  return { times, busy: busySince(side, before).both };
}

async function fillAll(sizes: readonly Size[]): Promise<void> {
  const missing: Size[] = [];
  const look = await startPostgres(path.join(folder(), 'postgres'));
  try {
    for (const size of sizes) if (!(await isFilled(look, size))) missing.push(size);
  } finally {
    await look.stop();
  }
  if (missing.length === 0) return;
  const server = await startPostgres(path.join(folder(), 'postgres'), filling);
  try {
    for (const size of missing) {
      const began = Date.now();
      await fillSize(server, size, (text) => say(`${size.name}: ${text}`));
      say(`${size.name}: filled in ${Math.round((Date.now() - began) / 1000)} s`);
    }
  } finally {
    await server.stop();
  }
}
