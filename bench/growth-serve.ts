import { serve } from '@hono/node-server';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSystem } from '../src/bin/system.ts';
import { startJobs } from '../src/core/job.ts';
import { openSite } from '../src/site.tsx';

/** A server of one of the databases, as `serve` runs it; tells its port to the process that started it. */
export async function serveSize(database: string): Promise<void> {
  const system = await startSystem({ database, serves: true });
  const { kernel } = system;
  kernel.queue = await startJobs(kernel, system.databases.jobs);
  const server = serve({ fetch: openSite(kernel).fetch, port: 0, hostname: '127.0.0.1' }, () => process.send!((server.address() as AddressInfo).port));
  // Between two lines of a round a connection rests for longer than usual.
  (server as Server).keepAliveTimeout = 600_000;
  await kernel.sweep();
  const sweep = setInterval(() => void kernel.sweep().catch(() => {}), 5000);
  await new Promise<void>((done) => process.once('SIGTERM', done));
  clearInterval(sweep);
  server.close();
  await system.stop();
}
