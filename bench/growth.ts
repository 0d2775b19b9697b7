import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { startPostgres } from '../src/core/postgres.ts';
import { readSecret } from '../src/core/config.ts';
import { useSecret } from '../src/core/secret.ts';
import type { Options } from './benches.ts';
import { fillSize, isFilled, type Size } from './growth-fill.ts';
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
