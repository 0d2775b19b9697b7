import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { treeTime } from './processes.ts';
import type { Statement } from './bare.ts';

/** What was asked in some seconds: milliseconds that one took, processor time of what answered and of the database behind it, in all. */
export type Load = { count: number; seconds: number; perSecond: number; mean: number; busy: number; busyOther: number };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/;
// A colon before a letter would be a variable of pgbench, in a text too.
const quoted = (text: string): string => (/[:\\]/.test(text) ? `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll(':', '\\x3A')}'` : `'${text.replaceAll("'", "''")}'`);
const inArray = (value: unknown): string => (value === null ? 'NULL' : `"${String(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`);

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Buffer.isBuffer(value)) return quoted(`\\x${value.toString('hex')}`);
  if (value instanceof Date) return quoted(value.toISOString());
  if (Array.isArray(value)) return quoted(`{${value.map(inArray).join(',')}}`);
  return quoted(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ').trim();
const filled = (text: string, values: readonly unknown[], as: (value: unknown) => string): string => oneLine(text).replace(/\$(\d+)/g, (_, number: string) => as(values[Number(number) - 1]));

/** Statements as a script of pgbench, every value a constant. */
export const readingScript = (statements: readonly Statement[]): string => `${statements.map(({ text, values }) => `${filled(text, values, literal)};`).join('\n')}\n`;

/** A registration's statements as a script of pgbench: new ids by one statement before, the number by the counter's own answer, secrets and codes drawn anew. */
export function writingScript(statements: readonly Statement[], reference: string, since: number): string {
  const isNew = (value: unknown): value is string => typeof value === 'string' && uuid.test(value) && Number.parseInt(value.replace('-', '').slice(0, 12), 16) >= since;
  const ids = new Map<string, string>();
  for (const { values } of statements) for (const value of values) if (isNew(value) && !ids.has(value)) ids.set(value, `u${ids.size}`);
  let isNumbered = false;
  const lines = statements.map(({ text, values }) => {
    const as = (value: unknown): string => {
      if (isNew(value)) return `:${ids.get(value)}`;
      if (Buffer.isBuffer(value) && value.length === 32) return 'sha256(gen_random_uuid()::text::bytea)';
      if (isNumbered && value === reference) return `(${quoted(`${reference}-`)} || :n_last_number)`;
      if (isNumbered && typeof value === 'number' && text.startsWith('insert into "case_file"') && value > 1 && value !== new Date().getFullYear() && reference.includes(String(value))) return ':n_last_number';
      return literal(value);
    };
    const line = filled(text, values, as);
    const counts = text.startsWith('update "book_year"');
    isNumbered ||= counts;
    return counts ? `${line} \\gset n_` : `${line};`;
  });
  return `select ${[...ids.values()].map((name) => `uuidv7() as ${name}`).join(', ')} \\gset\n${lines.join('\n')}\n`;
}

/** Runs scripts at random by pgbench, prepared, on one connection a client; throws what PostgreSQL says when one fails. */
export async function runPgbench(program: string, config: pg.ClientConfig, scripts: readonly string[], { clients, seconds, folder, postmaster }: { clients: number; seconds: number; folder: string; postmaster: number }): Promise<Load> {
  mkdirSync(folder, { recursive: true });
  const files = scripts.map((text, index) => {
    const file = path.join(folder, `${index}.sql`);
    writeFileSync(file, text);
    return file;
  });
  const env = { ...process.env, PGHOST: String(config.host), PGPORT: String(config.port ?? 5432), PGUSER: String(config.user), PGDATABASE: String(config.database), ...(config.options ? { PGOPTIONS: config.options } : {}), ...(typeof config.password === 'string' ? { PGPASSWORD: config.password } : {}) };
  const before = treeTime(postmaster);
  const said = await spoken(program, ['-n', '-M', 'prepared', '-c', String(clients), '-j', '1', '-T', String(seconds), ...files.flatMap((file) => ['-f', file])], env);
  // What a connection computed counts once its end is noticed.
  await new Promise((done) => setTimeout(done, 400));
  const busy = treeTime(postmaster) - before;
  const number = (pattern: RegExp): number => Number(pattern.exec(said)?.[1] ?? Number.NaN);
  const count = number(/transactions actually processed: (\d+)/);
  const perSecond = number(/tps = ([\d.]+)/);
  if (!(count > 0)) throw new Error(`pgbench: ${said.slice(0, 1500)}`);
  return { count, seconds: count / perSecond, perSecond, mean: number(/latency average = ([\d.]+)/), busy, busyOther: 0 };
}

/** Everything that a program writes until it ends; throws it when the program fails. */
export const spoken = (program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<string> =>
  new Promise((done, fail) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (text) => (said += text));
    child.once('error', fail);
    child.once('close', (code) => (code === 0 ? done(said) : fail(new Error(`${path.basename(program)} ended with ${code}: ${said.trim().slice(0, 1500)}`))));
  });
