import { setTimeout as pause } from 'node:timers/promises';
import { keepAnchors } from './anchor.ts';
import type { z } from 'zod';
import type { Caller } from './caller.ts';
import { systemCaller } from './caller.ts';
import type { Config } from './config.ts';
import type { Database, Tx } from './database.ts';
import type { Event } from './event.ts';
import type { FileStore } from './file.ts';
import { log } from './log.ts';
import { sendMails, type MailTransport } from './mail.ts';
import { unsealedEvents } from './metrics.ts';
import type { Listener, Module } from './module.ts';
import { Offices, type Office } from './office.ts';
import { runOperation, type Operation, type RunOptions } from './operation.ts';
import { hasUnsealed, sealEvents } from './seal.ts';

/** Where the work that listeners owe is kept until it is done: pg-boss in a server, memory in tests and while seeding. */
export type JobQueue = { enqueue(tx: Tx, jobs: { listener: Listener; officeId: number; event: Event }[]): Promise<void>; stop(): Promise<void> };
export type Parts = { config: Config; db: Database; files: FileStore; mail: MailTransport; modules: readonly Module[]; clock?: () => Date };

const lanesAtMost = 3;

/** What runs: the parts put together. Everything enters by run(). */
export class Kernel {
  readonly config: Config;
  readonly db: Database;
  readonly files: FileStore;
  readonly mail: MailTransport;
  readonly modules: readonly Module[];
  readonly offices: Offices;
  readonly operations: ReadonlyMap<string, Operation>;
  queue: JobQueue | null = null;
  /** While quiet, nothing is sealed or sent until settle(): seeding and most tests. */
  quiet = false;
  /** Asked to stop: what is under way is finished, the next is the other server's. */
  isLeaving = false;
  readonly #listeners: ReadonlyMap<string, Listener[]>;
  readonly #memory: { listener: Listener; officeId: number; event: Event }[] = [];
  readonly #posting = new Map<number, number>();
  readonly #pumping = new Map<number, 'running' | 'again'>();
  #anchoredOn = '';

  constructor(parts: Parts) {
    this.config = parts.config;
    this.db = parts.db;
    this.files = parts.files;
    this.mail = parts.mail;
    this.modules = parts.modules;
    this.offices = new Offices(parts.db);
    this.operations = new Map(parts.modules.flatMap((module) => module.operations).map((op) => [op.id, op as Operation]));
    const listeners = new Map<string, Listener[]>();
    for (const listener of parts.modules.flatMap((module) => module.listeners ?? []))
      for (const name of listener.on) listeners.set(name, [...(listeners.get(name) ?? []), listener]);
    this.#listeners = listeners;
  }

  run<I extends z.ZodType, O extends z.ZodType>(op: Operation<I, O>, caller: Caller, input: z.input<I>, options?: RunOptions): Promise<z.output<O>> {
    return runOperation(this, op, caller, input, options);
  }

  /** Called by the gate after each commit: the log is sealed, listeners and mail follow, a moment later. */
  committed(office: Office): void {
    if (this.quiet) return;
    if (this.#pumping.has(office.id)) this.#pumping.set(office.id, 'again');
    else {
      this.#pumping.set(office.id, 'running');
      setTimeout(() => void this.#pump(office), 20);
    }
  }

  async #pump(office: Office): Promise<void> {
    try {
      await this.seal(office);
      await this.#anchor();
      await this.runMemory(office);
      this.#post(office);
    } catch (error) {
      log.error({ err: (error as Error).message, office: office.slug }, 'pump failed');
    }
    const again = this.#pumping.get(office.id) === 'again';
    this.#pumping.delete(office.id);
    if (again) this.committed(office);
  }

  /** Mail goes beside everything else, in a few lanes an office: a mail server that hangs holds up neither the seal nor the next letter. */
  #post(office: Office): void {
    const lanes = this.#posting.get(office.id) ?? 0;
    if (lanes >= lanesAtMost) return;
    this.#posting.set(office.id, lanes + 1);
    void sendMails(this, office).catch((error: Error) => log.error({ err: error.message, office: office.slug }, 'mail')).finally(() => this.#posting.set(office.id, this.#posting.get(office.id)! - 1));
  }

  /** What nobody has seen to, here or on another server that ended: offices with events to seal or mail to send. */
  async sweep(): Promise<void> {
    for (const office of await this.offices.waiting()) this.committed(office);
    await this.#anchor();
  }

  async seal(office: Office): Promise<void> {
    const count = await sealEvents(this.db, office, (tx, events) => this.#dispatch(tx, office, events));
    unsealedEvents.set(count);
  }

  /** Once a day the end of the log is written beside it. */
  async #anchor(now = new Date()): Promise<void> {
    const on = now.toISOString().slice(0, 10);
    if (this.#anchoredOn === on) return;
    this.#anchoredOn = on;
    await keepAnchors(this, now);
  }

  async #dispatch(tx: Tx, office: Office, events: Event[]): Promise<void> {
    const owed = events.flatMap((event) => (this.#listeners.get(event.name) ?? []).map((listener) => ({ listener, officeId: office.id, event })));
    if (owed.length === 0) return;
    if (this.queue) await this.queue.enqueue(tx, owed);
    else this.#memory.push(...owed);
  }

  private async runMemory(office: Office): Promise<void> {
    for (;;) {
      const index = this.#memory.findIndex((job) => job.officeId === office.id);
      const job = index < 0 ? undefined : this.#memory.splice(index, 1)[0];
      if (!job) return;
      await job.listener.run(this, office, job.event);
    }
  }

  /** Everything that follows from what was committed, done now: for tests and seeding. */
  async settle(office: Office): Promise<void> {
    for (const until = Date.now() + 10_000; Date.now() < until; ) {
      await this.seal(office);
      if (this.#memory.some((job) => job.officeId === office.id)) await this.runMemory(office);
      else if (await hasUnsealed(this.db, office)) await pause(10);
      else break;
    }
    await sendMails(this, office);
  }

  /** As the office itself. */
  system(office: Office): Caller {
    return systemCaller(office);
  }

  async office(slug: string): Promise<Office> {
    const found = (await this.offices.all()).find((office) => office.slug === slug);
    if (!found) throw new Error(`There is no office ${slug}`);
    return found;
  }
}
