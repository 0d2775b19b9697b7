import type { Caller } from './caller.ts';
import { transact, type Tx } from './database.ts';
import type { Kernel } from './kernel.ts';
import { settingsOf } from './operation.ts';

type Shared = { tx: Promise<Tx>; users: number; end(): void };

/** The transactions in which the queries of one page read: of one caller, one for each sight, while something reads or is about to. */
export class Reads {
  readonly caller: Caller;
  readonly #kernel: Pick<Kernel, 'db'>;
  readonly #shared = new Map<string, Shared>();

  constructor(kernel: Pick<Kernel, 'db'>, caller: Caller) {
    this.#kernel = kernel;
    this.caller = caller;
  }

  async run<T>(sight: string, work: (tx: Tx) => Promise<T>, isAgain = false): Promise<T> {
    const shared = this.#shared.get(sight) ?? this.#open(sight);
    shared.users++;
    try {
      return await work(await shared.tx);
    } catch (error) {
      // A statement that failed takes the transaction along: who comes next begins another, and who was beside it asks again.
      const { code } = error as { code?: string };
      if (code !== undefined) this.#forget(sight, shared);
      if (code !== '25P02' || isAgain) throw error;
    } finally {
      shared.users--;
      // What reads next does so before this turn ends; a page that goes to wait for something else holds no connection.
      if (shared.users === 0) setImmediate(() => shared.users === 0 && (this.#forget(sight, shared), shared.end()));
    }
    return this.run(sight, work, true);
  }

  #forget(sight: string, shared: Shared): void {
    if (this.#shared.get(sight) === shared) this.#shared.delete(sight);
  }

  #open(sight: string): Shared {
    const shared: Shared = { users: 0, tx: Promise.resolve(null as never), end: () => {} };
    const ended = new Promise<void>((done) => (shared.end = done));
    shared.tx = new Promise<Tx>((ready, failed) => {
      transact(this.#kernel.db, 'read', settingsOf(this.caller, sight), async (tx) => {
        ready(tx);
        await ended;
      }).catch(failed);
    });
    this.#shared.set(sight, shared);
    return shared;
  }
}
