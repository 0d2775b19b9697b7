import type { z } from 'zod';
import type { Tx } from './database.ts';
import type { Event } from './event.ts';
import type { Kernel } from './kernel.ts';
import type { CasePart } from './case-part.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Office } from './office.ts';
import type { Operation } from './operation.ts';

/** Hears an event after its commit, once or, after a crash, once more: what it does must bear that. */
export type Listener = { name: string; on: readonly string[]; run(kernel: Kernel, office: Office, event: Event): Promise<void> };
/** Runs by the clock, for each office, or for those that `due` names: what comes every minute asks first. An hour in `cron` is one of the office's own clock. */
export type Schedule = { name: string; cron: string; due?(kernel: Kernel, now: Date): Promise<readonly Office[]>; run(kernel: Kernel, office: Office, now: Date): Promise<void> };

/** A module's manifest: what it can do, hears, and which capabilities of the duties it performs. */
export type Module = {
  name: string;
  level: 1 | 2;
  operations: readonly Operation<z.ZodType, z.ZodType>[];
  listeners?: readonly Listener[];
  schedules?: readonly Schedule[];
  lifecycles?: readonly Lifecycle<string, string>[];
  /** Its rows that belong to a case; the page of a case asks for those alone that are there. */
  ofCase?: readonly CasePart[];
  /** Keys of mission/duties.md that are performed whole. */
  capabilities?: readonly string[];
  /** Keys of which a part works here. */
  begun?: readonly string[];
  /** Fills the tables of a new office from its data. */
  found?(db: Tx, office: Office): Promise<void>;
};
