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

/** A Kysely over a pool of the given connection settings; at most `max` connections. */
export function openDatabase(config: pg.ClientConfig, max = 20): { db: Database; pool: pg.Pool } {
  const pool = new pg.Pool({ ...config, max, idleTimeoutMillis: 30_000, application_name: 'kabinet' });
  // An idle connection that breaks (the database restarted) must not end the process; the next query gets a new one.
  pool.on('error', () => {});
  return { db: new Kysely<DB>({ dialect: new PostgresDialect({ pool }) }), pool };
}
