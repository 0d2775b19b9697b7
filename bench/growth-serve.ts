import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import { startSystem } from '../src/bin/system.ts';
import { startJobs } from '../src/core/job.ts';
import { openSite } from '../src/site.tsx';

/** A server of one of the databases, as `serve` runs it; tells its port to the process that started it. */
export async function serveSize(database: string): Promise<void> {
  const system = await startSystem({ database });
  const { kernel } = system;
  kernel.queue = await startJobs(kernel, system.databases.jobs);
  const server = serve({ fetch: openSite(kernel).fetch, port: 0, hostname: '127.0.0.1' }, () => process.send!((server.address() as AddressInfo).port));
  const all = async (): Promise<void> => (await kernel.offices.all()).forEach((office) => kernel.committed(office));
  await all();
  const sweep = setInterval(() => void all(), 5000);
  await new Promise<void>((done) => process.once('SIGTERM', done));
  clearInterval(sweep);
  server.close();
  await system.stop();
}
