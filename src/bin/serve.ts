import { fork } from 'node:child_process';
import type { Server } from 'node:http';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { serve } from '@hono/node-server';
import { filesDirectory, removeUnfinished } from '../core/file.ts';
import { log } from '../core/log.ts';
import { startJobs } from '../core/job.ts';
import { takeTurn } from '../core/migrate.ts';
import { watchTraffic } from '../core/traffic.ts';
import { collectProcessMetrics } from '../core/metrics.ts';
import { officeAddress } from '../core/address.ts';
import { seedOffices, demoPassword } from '../demo/seed.ts';
import { openSite } from '../site.tsx';
import type { Kernel } from '../core/kernel.ts';
import { startSystem } from './system.ts';

/** Each night after two, or at the next chance, a backup into this folder by a process of its own; fourteen are kept. */
function backDaily(folder: string): NodeJS.Timeout {
  let running = false;
  const turn = (): void => {
    const now = new Date();
    const stamp = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 19).replaceAll(':', '');
    const isDone = existsSync(folder) && readdirSync(folder).some((name) => name.startsWith(stamp.slice(0, 10)) && !name.endsWith('.partial'));
    if (running || isDone || now.getHours() < 2) return;
    running = true;
    const child = fork(new URL(import.meta.url.endsWith('.ts') ? './backup.ts' : './backup.js', import.meta.url), [path.join(folder, stamp), '--keep', '14'], { stdio: 'ignore', execArgv: [] });
    child.once('error', (error) => log.error({ err: error.message }, 'backup'));
    child.once('exit', (code) => {
      running = false;
      log[code === 0 ? 'info' : 'error']({ code }, 'backup');
    });
  };
  mkdirSync(folder, { recursive: true });
  turn();
  return setInterval(turn, 600_000);
}

/** Lets what is under way come to its end; nothing new is begun here. */
async function finish(server: Server, kernel: Kernel, traffic: ReturnType<typeof watchTraffic>): Promise<void> {
  kernel.isLeaving = true;
  if (kernel.config.KABINET_PROXY) await traffic.quiet(10_000);
  const closed = new Promise((done) => server.close(done));
  // A browser keeps its connection open after the answer.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const late = setTimeout(() => server.closeAllConnections(), 15_000);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}

const empty = process.argv.includes('--empty');
const say = (text: string): void => void process.stdout.write(`${text}\n`);

try {
  const began = Date.now();
  let system = await startSystem({ sessionOptions: '-c synchronous_commit=off' });
  const endTurn = await takeTurn(system.databases.owner);
  const isNew = (await system.kernel.offices.all()).length === 0;
  if (isNew) {
    say(empty ? 'Kabinet: preparing five offices without demonstration data.' : 'Kabinet: telling the demonstration year of five offices, about a minute.');
    const letters = await seedOffices(system.kernel, system.databases.owner, { empty, progress: (text) => process.stdout.isTTY && process.stdout.write(`\r  ${text} `) });
    say(`${process.stdout.isTTY ? '\r' : ''}  ${letters} letters, ${Math.round((Date.now() - began) / 1000)} s.`);
  }
  await endTurn();
  // What was told may be told again; what is registered from here on is on disk before it is acknowledged.
  await system.stop();
  system = await startSystem({ serves: true });
  const { kernel, config } = system;
  kernel.queue = await startJobs(kernel, system.databases.jobs);
  collectProcessMetrics();
  const traffic = watchTraffic(kernel, openSite(kernel).fetch);
  const server = serve({ fetch: traffic.fetch, port: config.PORT, ...(config.KABINET_HOST ? { hostname: config.KABINET_HOST } : {}) }) as Server;
  server.on('error', (error: NodeJS.ErrnoException) => {
    process.stderr.write(error.code === 'EADDRINUSE' ? `Kabinet: port ${config.PORT} is taken. Set PORT to another one.\n` : `Kabinet: ${error.message}\n`);
    process.exit(1);
  });
  await kernel.sweep();
  // While the database is away there is nothing to do, and no reason to end.
  const sweep = setInterval(() => void kernel.sweep().catch(() => {}), 5000);

  if (!config.KABINET_S3) void removeUnfinished(filesDirectory(config)).catch(() => {});
  const daily = config.KABINET_BACKUP && !config.DATABASE_URL ? backDaily(path.resolve(config.KABINET_BACKUP)) : undefined;

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    clearInterval(sweep);
    clearInterval(daily);
    await finish(server, kernel, traffic);
    await system.stop().catch((error: Error) => log.error({ err: error.message }, 'stopping'));
    process.exit(0);
  };
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());

  say(`\nKabinet is at ${config.KABINET_URL ?? `http://localhost:${config.PORT}`}`);
  for (const office of await kernel.offices.all()) say(`  ${officeAddress(config, office)}`);
  if (isNew && empty) {
    const { inviteFirst } = await import('../modules/people/index.ts');
    for (const office of await kernel.offices.all()) say(`  first sign-in for ${office.slug}: ${officeAddress(config, office)}/desk/invite/${await inviteFirst(kernel, office)}`);
  } else if (kernel.mail.keepsBodies && !config.KABINET_URL) {
    say(`\nDemonstration sign-ins (password ${demoPassword}); mail is at http://localhost:${config.PORT}/mail`);
    for (const office of await kernel.offices.all()) {
      const first = (role: string) => office.data.people.find((person) => person.roles.includes(role));
      const people = ['mayor', 'chief', 'registrar', 'clerk', 'it'].map((role) => [role, first(role)] as const).filter(([, person]) => person);
      say(`  ${office.slug.padEnd(11)} ${people.map(([role, person]) => `${role} ${person!.id.replaceAll('-', '.')}@${office.slug}.example`).join(', ')}`);
    }
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
