import { CompiledQuery, type Kysely } from 'kysely';
import type pg from 'pg';
import { PgBoss } from 'pg-boss';
import type { Tx } from './database.ts';
import type { Event } from './event.ts';
import { listJurisdictions } from './jurisdiction.ts';
import type { JobQueue, Kernel } from './kernel.ts';
import { log } from './log.ts';
import { takeTurn } from './migrate.ts';
import type { Listener, Schedule } from './module.ts';

type Owed = { officeId: number; event: Omit<Event, 'at'> & { at: string } };

// pg-boss runs its SQL on whatever executes it: within the sealer's transaction a job is owed exactly when its event is sealed.
const within = (tx: Tx) => ({ executeSql: async (text: string, values: unknown[] = []) => ({ rows: (await (tx as unknown as Kysely<unknown>).executeQuery(CompiledQuery.raw(text, values))).rows as never[] }) });

/** The time zones a schedule goes by: each that has offices where it names an hour, else UTC, for all. */
export function zonesOf({ cron }: Pick<Schedule, 'cron'>): string[] {
  return cron.split(' ')[1] === '*' ? ['UTC'] : [...new Set(listJurisdictions().map((one) => one.timeZone))];
}

/** One turn of a schedule over the offices that it is due for, all of them or those of one time zone; one that fails keeps no other waiting, and fails the turn at its end. */
export async function runSchedule(kernel: Kernel, schedule: Schedule, now: Date, zone = 'UTC'): Promise<void> {
  let failed: unknown;
  for (const office of schedule.due ? await schedule.due(kernel, now) : await kernel.offices.all()) {
    if (zone !== 'UTC' && office.jurisdiction.timeZone !== zone) continue;
    try {
      await schedule.run(kernel, office, now);
    } catch (error) {
      failed = error;
      log.error({ err: (error as Error).message, office: office.slug, schedule: schedule.name }, 'a schedule failed');
    }
  }
  if (failed) throw failed;
}

// A server that was killed says nothing more of the jobs it took: after half a minute of silence they are another's.
const heard = { retryLimit: 8, retryBackoff: true, retryDelay: 5, heartbeatSeconds: 30 };
const clocked = { retryLimit: 3, retryBackoff: true, heartbeatSeconds: 30 };

// A network that says nothing is not waited for.
const patience = { connectionTimeoutMillis: 5000, query_timeout: 30_000, keepAlive: true };

/** Starts the durable queue: one queue a listener, one a schedule; handlers of all app servers share them. */
export async function startJobs(kernel: Kernel, config: pg.ClientConfig): Promise<JobQueue> {
  const boss = new PgBoss({ ...(config as object), ...patience, schema: 'pgboss', max: 4, application_name: 'kabinet-jobs', superviseIntervalSeconds: 30 });
  boss.on('error', (error) => log.error({ err: error.message }, 'job queue'));
  // Two servers that start at once would make the queues twice.
  const endTurn = await takeTurn(config);
  await boss.start();
  const keepQueue = async (name: string, options: typeof heard | typeof clocked): Promise<void> => {
    await boss.createQueue(name, options);
    // One of an earlier release keeps its settings otherwise.
    await boss.updateQueue(name, options);
  };
  const queueOf = (listener: Listener): string => `hear.${listener.name}`;
  for (const module of kernel.modules) {
    for (const listener of module.listeners ?? []) {
      await keepQueue(queueOf(listener), heard);
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
      await keepQueue(queue, clocked);
      // A turn that an earlier release left names no zone.
      await boss.work<{ zone: string } | null>(queue, async (turns) => {
        for (const { data } of turns) await runSchedule(kernel, schedule, new Date(), data?.zone);
      });
      const zones = zonesOf(schedule);
      for (const { key } of await boss.getSchedules(queue)) if (!zones.includes(key)) await boss.unschedule(queue, key);
      for (const zone of zones) await boss.schedule(queue, schedule.cron, { zone }, { tz: zone, key: zone });
    }
  }
  await boss.getDb().executeSql('grant usage on schema pgboss to kabinet_app; grant select, insert, update on all tables in schema pgboss to kabinet_app; grant execute on all functions in schema pgboss to kabinet_app', []);
  await endTurn();
  return {
    async enqueue(tx, owed) {
      const byListener = Map.groupBy(owed, (one) => one.listener);
      for (const [listener, jobs] of byListener) await boss.insert(queueOf(listener), jobs.map((job) => ({ data: { officeId: job.officeId, event: job.event } })), { db: within(tx) });
    },
    stop: () => boss.stop({ graceful: true, timeout: 5000 }),
  };
}
