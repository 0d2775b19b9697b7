import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { openDatabase } from '../src/core/database.ts';
import { newId } from '../src/core/id.ts';
import { Kernel } from '../src/core/kernel.ts';
import type { System } from '../src/bin/system.ts';

export type Statement = { text: string; values: unknown[] };
export type Recorder = {
  kernel: Kernel;
  record<T>(work: () => Promise<T>): Promise<{ result: T; statements: Statement[] }>;
  close(): Promise<void>;
};

/** A kernel whose statements can be written down as they go to the database. */
export function openRecorder({ config, databases, kernel: { files, mail, modules } }: System): Recorder {
  const { db, pool } = openDatabase(databases.app, 1);
  let kept: Statement[] | null = null;
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (text: string, values: unknown[]) => unknown;
    client.query = ((text: string, values: unknown[]) => {
      kept?.push({ text, values: [...(values ?? [])] });
      return query(text, values);
    }) as typeof client.query;
  });
  const kernel = new Kernel({ config, db, files, mail, modules });
  kernel.quiet = true;
  return {
    kernel,
    async record(work) {
      await kernel.offices.all();
      kept = [];
      try {
        const result = await work();
        return { result, statements: kept };
      } finally {
        kept = null;
      }
    },
    close: () => db.destroy(),
  };
}

const nameOf = (text: string): string => createHash('sha1').update(text).digest('hex').slice(0, 20);
const send = (client: pg.Client, { text, values }: Statement): Promise<pg.QueryResult> =>
  client.query(values.length > 0 ? { name: nameOf(text), text, values } : text);

export async function openClients(config: pg.ClientConfig, count: number): Promise<pg.Client[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const client = new pg.Client(config);
      await client.connect();
      return client;
    }),
  );
}

/** The same statements bare, one after the other on one connection, prepared as a hand-written program would. */
export const replay =
  (statements: readonly Statement[]) =>
  async (client: pg.Client): Promise<void> => {
    for (const one of statements) await send(client, one);
  };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/;

/** A registration's own statements again, with new ids, codes and the number that the counter gives this time. */
export function replayRegistration(statements: readonly Statement[], reference: string, since: number) {
  const isNew = (value: unknown): value is string =>
    typeof value === 'string' && uuid.test(value) && Number.parseInt(value.replace('-', '').slice(0, 12), 16) >= since;
  return async (client: pg.Client): Promise<void> => {
    const ids = new Map<string, string>();
    let number = 0;
    const anew = (value: unknown, text: string): unknown => {
      if (isNew(value)) return ids.get(value) ?? (ids.set(value, newId()), ids.get(value));
      if (Buffer.isBuffer(value) && value.length === 32) return randomBytes(32);
      if (number > 0 && value === reference) return `${reference}-${number}`;
      if (
        number > 0 &&
        typeof value === 'number' &&
        text.startsWith('insert into "case_file"') &&
        reference.includes(String(value)) &&
        value !== new Date().getFullYear() &&
        value > 1
      )
        return number;
      return value;
    };
    for (const { text, values } of statements) {
      const result = await send(client, { text, values: values.map((value) => anew(value, text)) });
      if (text.startsWith('update "book_year"')) number = result.rows[0].last_number as number;
    }
  };
}
