import fs from 'node:fs';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { prepareDatabase, startPostgres, type Databases } from '../src/core/postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection settings of the migrated, empty database `kabinet_test`. */
    database: Databases;
  }
}

// Nothing here outlives a test run, so the disk need not be waited for.
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_wal_size: '4GB',
  log_min_duration_statement: '-1',
};

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cache = path.resolve(import.meta.dirname, '..', '.cache');
  fs.mkdirSync(cache, { recursive: true });
  const slot = takeSlot(cache);
  const server = await startPostgres(path.join(cache, slot.name), SETTINGS);
  const database = await prepareDatabase(server, 'kabinet_test', { fresh: true });
  const { migrate } = await import('../src/core/migrate.ts');
  await migrate(database.owner);
  project.provide('database', database);
  return async () => {
    await server.stop();
    slot.release();
  };
}

/** A cluster for this run alone: `test-pg`, or the next one while another run holds it. */
function takeSlot(cache: string): { name: string; release: () => void } {
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'test-pg' : `test-pg-${number}`;
    const file = path.join(cache, `${name}.lock`);
    try {
      fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
      return { name, release: () => fs.rmSync(file, { force: true }) };
    } catch {
      if (isRunning(Number(fs.readFileSync(file, 'utf8')))) continue;
      fs.rmSync(file, { force: true });
      number--;
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid > 0;
  } catch {
    return false;
  }
}
