import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import type { DB } from '../../db/types.ts';

export type Database = Kysely<DB>;
export type Tx = Transaction<DB>;
export { sql };

// bigint and numeric counts fit a number here; days stay 'YYYY-MM-DD' strings, away from time zones.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
pg.types.setTypeParser(1182 as never, (text: string) => text);

// A kept plan takes some 400 kB of its connection: behind the policies it is a large one. So only what comes often is kept.
const uses = new Map<string, number>();
const names = new Map<string, string>();
const oftenIs = 20;
const namesAtMost = 80;
const textsAtMost = 2000;
const valuesAtMost = 60;
let named = 0;

/** A name for a statement that comes often, so that each connection plans it once; none for what differs each time (long lists). */
function nameOf(text: string, values: number): string | undefined {
  if (values === 0 || values > valuesAtMost) return undefined;
  const known = names.get(text);
  if (known !== undefined || names.size >= namesAtMost) return known;
  if (uses.size >= textsAtMost) uses.clear();
  const count = (uses.get(text) ?? 0) + 1;
  uses.set(text, count);
  if (count < oftenIs) return undefined;
  uses.delete(text);
  const name = `k${named++}`;
  names.set(text, name);
  return name;
}

// Behind the policies planning a statement costs several times its execution.
class PlanningClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    const send = this.query.bind(this) as (query: unknown, values?: unknown) => Promise<pg.QueryResult>;
    this.query = ((text: unknown, values?: unknown) => {
      const name = typeof text === 'string' && Array.isArray(values) ? nameOf(text, values.length) : undefined;
      if (name === undefined) return send(text, values);
      return send({ name, text, values }).catch((error: Error & { code?: string }) => {
        // A migration changed what the statement gives while this connection held its plan.
        if (error.code === '0A000') names.delete(text as string);
        throw error;
      });
    }) as pg.Client['query'];
  }
}

/** A Kysely over a pool of the given connection settings; at most `max` connections. */
export function openDatabase(config: pg.ClientConfig, max = 20): { db: Database; pool: pg.Pool } {
  const pool = new pg.Pool({
    ...config,
    max,
    min: 2,
    idleTimeoutMillis: 60_000,
    application_name: 'kabinet',
    Client: PlanningClient,
  });
  // An idle connection that breaks (the database restarted) must not end the process; the next query gets a new one.
  pool.on('error', () => {});
  return { db: new Kysely<DB>({ dialect: new PostgresDialect({ pool }) }), pool };
}
