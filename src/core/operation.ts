import type { z } from 'zod';
import type { Kernel } from './kernel.ts';
import { inScope, isAllowed, sightOf, type Allow, type Caller } from './caller.ts';
import type { Reads } from './reads.ts';
import { sql, transact, type RawBuilder, type Tx } from './database.ts';
import { dayIn, type Day } from './day.ts';
import { eventsQuery, type NewEvent } from './event.ts';
import { rememberQuery, replayed } from './idempotency.ts';
import { fieldErrors } from './input.ts';
import { log } from './log.ts';
import { translator, type Translate } from './message.ts';
import { operationSeconds } from './metrics.ts';
import { newId } from './id.ts';
import { notAllowed, notFound, Refusal, wrong } from './refusal.ts';

export type Context = {
  kernel: Kernel;
  db: Tx;
  caller: Caller;
  office: Caller['office'];
  /** The moment of the act, and its day in the office's time zone. */
  now: Date;
  today: Day;
  /** Translator of the caller's language. */
  t: Translate;
  newId(): string;
  /** Names what happened; written with the change, in the same transaction. */
  record(event: NewEvent): void;
  /** Runs after the commit, in this process only: for what may be lost. */
  afterCommit(task: () => void): void;
};

export type Rest = `${'GET' | 'POST' | 'PUT' | 'DELETE'} /${string}`;
export type Operation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> = {
  /** `noun.verb` in the office's words; also the permission's name. */
  id: string;
  kind: 'command' | 'query';
  /** One sentence for the documentation. */
  summary: string;
  allow: readonly Allow[];
  /** Method and path under /api; path parameters are fields of the input. Absent: not offered over REST. */
  rest?: Rest;
  input: I;
  output: O;
  /** The handler is trusted to look at the whole office on behalf of a caller who may not (intake, tracking, sign-in). */
  asOffice?: boolean | ((caller: Caller) => boolean);
  /** A query that writes (what is missing is made as it is asked for), or goes on as somebody else: it shares its transaction with no other. */
  isAlone?: boolean;
  /** No key gives the first answer again: each asking is an act of its own, judged and recorded anew. */
  isFresh?: boolean;
  run(context: Context, input: z.output<I>): Promise<z.input<O>>;
};

export type Output<T> = T extends Operation<z.ZodType, infer O> ? z.output<O> : never;

/** Declares an operation: the one place that page, REST, OpenAPI, permission matrix and log read. */
export const operation = <I extends z.ZodType, O extends z.ZodType>(declared: Operation<I, O>): Operation<I, O> => declared;

export type RunOptions = {
  /** The same key from the same caller gives the first answer again. */
  key?: string;
  /** The moment of the act; the demonstration year sets it, everybody else leaves it. */
  now?: Date;
  /** The transactions that the queries of one page share. */
  reads?: Reads;
};

const transient = new Set(['40001', '40P01']);

/** The gate: permission → input → transaction → office and person → operation → event → output. The only way in. */
export async function runOperation<I extends z.ZodType, O extends z.ZodType>(
  kernel: Kernel, op: Operation<I, O>, caller: Caller, rawInput: unknown, options: RunOptions = {},
): Promise<z.output<O>> {
  const began = performance.now();
  let outcome = 'error';
  try {
    if (!isAllowed(op.allow, caller)) throw caller.kind === 'person' ? notAllowed() : notFound();
    if (!inScope(caller.scopes, op.id, op.kind)) throw notAllowed();
    const parsed = op.input.safeParse(rawInput);
    if (!parsed.success) throw wrong(fieldErrors(parsed.error));
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await perform(kernel, op, caller, parsed.data, options);
        outcome = 'done';
        return result;
      } catch (error) {
        if (attempt < 4 && transient.has((error as { code?: string }).code ?? '')) continue;
        throw error;
      }
    }
  } catch (error) {
    if (error instanceof Refusal) {
      outcome = String(error.status);
      log.info({ operation: op.id, status: error.status, office: caller.office.id, caller: caller.kind, person: caller.personId }, 'refused');
    }
    throw error;
  } finally {
    operationSeconds.observe({ operation: op.id, outcome }, (performance.now() - began) / 1000);
  }
}

async function perform<I extends z.ZodType, O extends z.ZodType>(
  kernel: Kernel, op: Operation<I, O>, caller: Caller, input: z.output<I>, options: RunOptions,
): Promise<z.output<O>> {
  const now = options.now ?? new Date();
  const events: NewEvent[] = [];
  const tasks: (() => void)[] = [];
  const asOffice = typeof op.asOffice === 'function' ? op.asOffice(caller) : op.asOffice;
  const sight = asOffice ? 'all' : sightOf(caller);
  const contextOf = (db: Tx): Context => ({
    kernel, db, caller, office: caller.office, now, today: dayIn(caller.office.jurisdiction.timeZone, now), t: translator(caller.locale),
    newId: () => newId(now),
    record: (event) => void events.push(event),
    afterCommit: (task) => void tasks.push(task),
  });
  if (op.kind === 'query') {
    const read = async (db: Tx): Promise<z.output<O>> => op.output.parse(await op.run(contextOf(db), input));
    if (op.isAlone) return transact(kernel.db, 'write', settingsOf(caller, sight), read);
    return options.reads && options.reads.caller === caller ? options.reads.run(sight, read) : transact(kernel.db, 'read', settingsOf(caller, sight), read);
  }
  const key = op.isFresh ? undefined : options.key;
  let again = false;
  const output = await transact(kernel.db, 'write', settingsOf(caller, sight), async (db) => {
    const earlier = key ? await replayed(db, caller, op.id, key, input) : null;
    if (earlier) {
      again = true;
      return earlier.output as z.output<O>;
    }
    const result = op.output.parse(await op.run(contextOf(db), input));
    if (events.length === 0) throw new Error(`${op.id} recorded no event`);
    return result;
  }, (db, result) => (again ? [] : [eventsQuery(db, caller, now, events), ...(key ? [rememberQuery(db, caller, op.id, key, result)] : [])]));
  if (!again) {
    kernel.committed(caller.office);
    for (const task of tasks) task();
  }
  return output;
}

/** Says to a transaction whose it is; the policies of every table read these. */
export const settingsOf = (caller: Caller, sight: string): RawBuilder<unknown> => sql`select set_config('kabinet.office', ${String(caller.office.id)}, true), set_config('kabinet.person', ${caller.personId ?? ''}, true),
    set_config('kabinet.sight', ${sight}, true), set_config('kabinet.marks', ${caller.marks.join(',')}, true),
    set_config('kabinet.case', ${caller.caseId ?? ''}, true), set_config('kabinet.link', ${caller.linkId ?? ''}, true)`;

/** Tells the transaction whose it is from here on. */
export async function enter(db: Tx, caller: Caller, sight: string): Promise<void> {
  await settingsOf(caller, sight).execute(db);
}
