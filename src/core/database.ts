import { Kysely, PostgresDialect, Transaction, sql, type CompiledQuery, type DatabaseConnection, type QueryResult, type RawBuilder } from 'kysely';
import pg from 'pg';
import type { Writable } from 'node:stream';
import type { DB } from '../../db/types.ts';
import { serving, watchConnections, type Asking } from './database-watch.ts';

export type Database = Kysely<DB>;
export type Tx = Transaction<DB>;
export type { CompiledQuery, RawBuilder };
export { sql };

// bigint and numeric counts fit a number here; days stay 'YYYY-MM-DD' strings, away from time zones.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
pg.types.setTypeParser(1182 as never, (text: string) => text);

// A kept plan takes some 400 kB of its connection: behind the policies it is a large one. So only what comes often is kept.
const uses = new Map<string, number>();
const names = new Map<string, string>();
const oftenIs = 20;
const namesAtMost = 160;
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

// Behind the policies planning a statement costs several times its execution; and waking the other process costs as much
// as many a statement, so what is asked for in one go is written in one go.
class PlanningClient extends pg.Client implements Asking {
  askedAt = 0;
  #waiting = 0;
  #gathers = false;
  constructor(config?: pg.ClientConfig) {
    super(config);
    // Whoever waits for a statement is told by it; while it is lent the pool does not listen, and an error that nobody hears ends the process.
    this.on('error', () => {});
    const send = this.query.bind(this) as (query: unknown, values?: unknown) => Promise<pg.QueryResult>;
    // Each answer of several that are waited for is a sign of life.
    const answered = (): void => void (this.askedAt = --this.#waiting > 0 ? performance.now() : 0);
    const ask = (query: unknown, values?: unknown): Promise<pg.QueryResult> => {
      if (this.#waiting++ === 0) this.askedAt = performance.now();
      const answer = send(query, values);
      void Promise.resolve(answer).then(answered, answered);
      return answer;
    };
    this.query = ((text: unknown, values?: unknown) => {
      this.#gather();
      const name = typeof text === 'string' && Array.isArray(values) ? nameOf(text, values.length) : undefined;
      if (name === undefined) return ask(text, values);
      return ask({ name, text, values }).catch((error: Error & { code?: string }) => {
        // A migration changed what the statement gives while this connection held its plan.
        if (error.code === '0A000') names.delete(text as string);
        throw error;
      });
    }) as pg.Client['query'];
  }

  #gather(): void {
    const { stream } = (this as unknown as { connection: { stream: Writable } }).connection;
    if (this.#gathers || stream.writableLength === undefined) return;
    this.#gathers = true;
    stream.cork();
    process.nextTick(() => {
      this.#gathers = false;
      stream.uncork();
    });
  }
}

/** A Kysely over a pool of the given connection settings; at most `max` connections. One that `serves` people waits for no network that is silent. */
export function openDatabase(config: pg.ClientConfig, max = 20, { serves = false } = {}): { db: Database; pool: pg.Pool } {
  const pool = new pg.Pool({
    ...config,
    ...(serves ? serving : {}),
    max,
    min: 2,
    idleTimeoutMillis: 60_000,
    application_name: 'kabinet',
    pipeline: true,
    Client: PlanningClient,
  });
  // An idle connection that breaks (the database restarted) must not end the process; the next query gets a new one.
  pool.on('error', () => {});
  if (serves) watchConnections(pool, config);
  return { db: new Kysely<DB>({ dialect: new PostgresDialect({ pool }) }), pool };
}

const dialect = new PostgresDialect({ pool: () => Promise.reject(new Error('a transaction has its connection')) });
const driver = dialect.createDriver();

/**
 * Runs `work` in a transaction; `first` goes before all else, `last` along with the commit. Statements go out as they are asked
 * for, in that order, without waiting for the answers of those before. In mode `read` the database refuses to write, and a change
 * of settings is refused here.
 */
export function transact<T>(db: Database, mode: 'read' | 'write', first: RawBuilder<unknown>, work: (tx: Tx) => Promise<T>, last: (tx: Tx, result: T) => readonly CompiledQuery[] = () => []): Promise<T> {
  const executor = db.getExecutor();
  return executor.provideConnection(async (connection) => {
    let isOver = false;
    // What was asked for after a statement that failed is told only that the transaction is broken: the first one says why.
    let cause: unknown;
    const failing = <R>(answer: Promise<R>): Promise<R> => {
      answer.catch((error: unknown) => (cause ??= error));
      return answer;
    };
    const guarded: DatabaseConnection = {
      executeQuery: (query) => {
        if (isOver) throw new Error('The transaction is over');
        if (mode === 'read' && query.sql.includes('set_config')) throw new Error('A transaction that others share keeps its settings');
        return failing(connection.executeQuery(query));
      },
      streamQuery: () => {
        throw new Error('A transaction gives its rows at once');
      },
    };
    const tx: Tx = new Transaction<DB>({ config: { dialect }, dialect, driver, executor: executor.withConnectionProvider({ provideConnection: (use) => use(guarded) }) });
    try {
      const begun = driver.beginTransaction(connection, mode === 'read' ? { accessMode: 'read only' } : {});
      const [, , result] = await Promise.all([begun, connection.executeQuery(first.compile(db)), work(tx)]);
      const rest = last(tx, result);
      isOver = true;
      await Promise.all([...rest.map((query) => failing(connection.executeQuery(query))), driver.commitTransaction(connection)]);
      return result;
    } catch (thrown) {
      isOver = true;
      const error = (thrown as { code?: string }).code === '25P02' ? (cause ?? thrown) : thrown;
      // Where that fails too the connection is given up, and what was wrong first is said.
      await driver.rollbackTransaction(connection).catch(() => {});
      if (mode === 'read' && (error as { code?: string }).code === '25006') throw new Error('A query writes: it must stand alone', { cause: thrown });
      throw error;
    }
  });
}

/** The answer to one question in a transaction of its own, all of it in one go. */
export function askOnce<R>(db: Database, first: RawBuilder<unknown>, question: RawBuilder<R>): Promise<QueryResult<R>> {
  return db.getExecutor().provideConnection(async (connection) => {
    try {
      const [, , answer] = await Promise.all([driver.beginTransaction(connection, {}), connection.executeQuery(first.compile(db)), connection.executeQuery<R>(question.compile(db)), driver.commitTransaction(connection)]);
      return answer;
    } catch (error) {
      await driver.rollbackTransaction(connection).catch(() => {});
      throw error;
    }
  });
}
