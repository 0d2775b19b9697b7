import { CompiledQuery, type Kysely } from 'kysely';
import type pg from 'pg';
import { PgBoss } from 'pg-boss';
import type { Tx } from './database.ts';
import type { Event } from './event.ts';
import type { JobQueue, Kernel } from './kernel.ts';
import { log } from './log.ts';
import type { Listener } from './module.ts';

type Owed = { officeId: number; event: Omit<Event, 'at'> & { at: string } };

// pg-boss runs its SQL on whatever executes it: within the sealer's transaction a job is owed exactly when its event is sealed.
const within = (tx: Tx) => ({ executeSql: async (text: string, values: unknown[] = []) => ({ rows: (await (tx as unknown as Kysely<unknown>).executeQuery(CompiledQuery.raw(text, values))).rows as never[] }) });

/** Starts the durable queue: one queue a listener, one a schedule; handlers of all app servers share them. */
export async function startJobs(kernel: Kernel, config: pg.ClientConfig): Promise<JobQueue> {
  const boss = new PgBoss({ ...(config as object), schema: 'pgboss', max: 4, application_name: 'kabinet-jobs' });
  boss.on('error', (error) => log.error({ err: error.message }, 'job queue'));
  await boss.start();
  const queueOf = (listener: Listener): string => `hear.${listener.name}`;
  for (const module of kernel.modules) {
    for (const listener of module.listeners ?? []) {
      await boss.createQueue(queueOf(listener), { retryLimit: 8, retryBackoff: true, retryDelay: 5 });
      await boss.work<Owed>(queueOf(listener), { batchSize: 20, pollingIntervalSeconds: 2 }, async (jobs) => {
        for (const job of jobs) {
          const office = (await kernel.offices.all()).find((one) => one.id === job.data.officeId);
          if (!office) continue;
          await listener.run(kernel, office, { ...job.data.event, at: new Date(job.data.event.at) });
          kernel.committed(office);
        }
      });
    }
    for (const schedule of module.schedules ?? []) {
      const queue = `clock.${schedule.name}`;
      await boss.createQueue(queue, { retryLimit: 3, retryBackoff: true });
      await boss.work(queue, async () => {
        for (const office of await kernel.offices.all()) await schedule.run(kernel, office, new Date());
      });
      await boss.schedule(queue, schedule.cron, null, { tz: 'Europe/Skopje' });
    }
  }
  await boss.getDb().executeSql('grant usage on schema pgboss to kabinet_app; grant select, insert, update on all tables in schema pgboss to kabinet_app; grant execute on all functions in schema pgboss to kabinet_app', []);
  return {
    async enqueue(tx, owed) {
      const byListener = Map.groupBy(owed, (one) => one.listener);
      for (const [listener, jobs] of byListener) await boss.insert(queueOf(listener), jobs.map((job) => ({ data: { officeId: job.officeId, event: job.event } })), { db: within(tx) });
    },
    stop: () => boss.stop({ graceful: true, timeout: 5000 }),
  };
}
