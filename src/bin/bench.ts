import { serve } from '@hono/node-server';
import os from 'node:os';
import path from 'node:path';
import type { AddressInfo } from 'node:net';
import { runBench } from '../../bench/bench.ts';
import { benches } from '../../bench/benches.ts';
import { runImportBench } from '../../bench/import.ts';
import { describeMachine, reportOf, tableOf, writeReport } from '../../bench/report.ts';
import { sql } from '../core/database.ts';
import { startJobs } from '../core/job.ts';
import { rootDirectory } from '../core/root.ts';
import { openSite } from '../site.tsx';
import { startSystem } from './system.ts';

const option = (name: string, other: string): string => process.argv[process.argv.indexOf(`--${name}`) + 1 || Infinity] ?? other;
const named = process.argv[2] && !process.argv[2].startsWith('-') ? process.argv[2] : '';
process.env['KABINET_DATA'] = path.join(rootDirectory, process.argv.includes('--import') ? '.cache/bench-import' : named ? `.cache/bench-${named}` : '.cache/bench');
delete process.env['DATABASE_URL'];
try {
  if (named) {
    const bench = benches[named];
    if (!bench) throw new Error(`There is no bench "${named}"; there are: ${Object.keys(benches).join(', ')}, and the one without a name.`);
    await bench({ option, has: (name) => process.argv.includes(`--${name}`) });
    process.exit(0);
  }
  const load = os.loadavg()[0]!;
  const system = await startSystem();
  if (process.argv.includes('--serve')) {
    system.kernel.queue = await startJobs(system.kernel, system.databases.jobs);
    process.once('SIGTERM', () => void system.stop().then(() => process.exit(0)));
    const server = serve({ fetch: openSite(system.kernel).fetch, port: 0, hostname: '127.0.0.1' }, () =>
      process.send!((server.address() as AddressInfo).port),
    );
  } else if (process.argv.includes('--import')) {
    for (const as of ['csv', 'xlsx'] as const) {
      const { lines, said } = await runImportBench(system, Number(option('import', '20000')) || 20_000, as);
      process.stdout.write(`${as}: ${said}\n${lines.map((line) => `| ${line.step} | ${line.seconds.toFixed(1)} s | ${line.busy.toFixed(1)} s |`).join('\n')}\n`);
    }
    await system.stop();
    process.exit(0);
  } else {
    const bench = await runBench(system, {
      cases: Number(option('cases', '100000')),
      rounds: Number(option('rounds', '8')),
      only: option('only', ''),
    });
    const { rows } = await sql<{ server_version: string }>`show server_version`.execute(system.kernel.db);
    await system.stop();
    process.stdout.write(`${tableOf(bench.lines)}\n`);
    if (!option('only', '')) writeReport(reportOf(bench, describeMachine(rows[0]!.server_version), load));
    process.exit(0);
  }
} catch (error) {
  process.stderr.write(`${named ? (error as Error).message : (error as Error).stack}\n`);
  process.exit(1);
}
