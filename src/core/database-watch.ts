import pg from 'pg';
import { log } from './log.ts';

/** A connection that says since when (ms of the process) a statement waits for its answer; 0 while none does. */
export type Asking = pg.Client & { askedAt: number };

const silentMs = 4000;
const probeMs = 3000;
const statementMs = 120_000;
// Later than we give up: a commit whose wait for the standby PostgreSQL cuts off by its own limit is answered as done, and is on one machine only.
const serverMs = 150_000;

/** Settings under which a server's connections are made, so that nobody waits for a network that says nothing. */
export const serving = { connectionTimeoutMillis: 5000, keepAlive: true, keepAliveInitialDelayMillis: 10_000, statement_timeout: serverMs } satisfies pg.PoolConfig;

async function isThere(config: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: probeMs, query_timeout: probeMs, application_name: 'kabinet-probe' });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    void client.end().catch(() => {});
  }
}

/**
 * Tells a long statement from a network that has gone silent: when one waits for more than four seconds, a new connection is
 * tried, and if that finds nobody either, all are given up, so that whoever waits is told at once and the pool begins anew.
 */
export function watchConnections(pool: pg.Pool, config: pg.ClientConfig): void {
  const open = new Set<Asking>();
  pool.on('connect', (client) => void open.add(client as unknown as Asking));
  pool.on('remove', (client) => void open.delete(client as unknown as Asking));
  const giveUp = (client: Asking): void => {
    const { stream } = (client as unknown as { connection: { stream: { destroy(error: Error): void } } }).connection;
    stream.destroy(Object.assign(new Error('the database does not answer'), { code: 'ETIMEDOUT' }));
  };
  let asking = false;
  const turn = async (): Promise<void> => {
    if (asking) return;
    const now = performance.now();
    const silent = [...open].filter((client) => client.askedAt > 0 && now - client.askedAt > silentMs);
    if (silent.length === 0) return;
    asking = true;
    try {
      if (!(await isThere(config))) {
        log.error({ connections: open.size }, 'the database does not answer');
        for (const client of open) giveUp(client);
      } else for (const client of silent) if (client.askedAt > 0 && performance.now() - client.askedAt > statementMs) giveUp(client);
    } finally {
      asking = false;
    }
  };
  const timer = setInterval(() => void turn(), 1000).unref();
  const end = pool.end.bind(pool);
  pool.end = (() => (clearInterval(timer), end())) as typeof pool.end;
}
