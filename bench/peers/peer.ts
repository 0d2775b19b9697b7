import type { LocalPostgres } from '../../src/core/postgres.ts';

/** A letter as every system gets it, by REST or, when many, as a row of `bench.letter` (n, subject, body, name, email, at, is_open). */
export type Letter = { subject: string; body: string; name: string; email: string };
/** One that was filled in; `n` counts from 1 and is the number of its case wherever the system numbers its cases. */
export type Known = { n: number; subject: string; body: string };

/** Where one system works: its own role and database on the common server, a folder for its settings, a free port of 127.0.0.1. */
export type Ground = {
  server: LocalPostgres;
  role: string;
  database: string;
  folder: string;
  port: number;
  say: (text: string) => void;
};

/** An answer that was read whole; `rows` are the cases that a list or a search shows. */
export type Answer = { text: string; rows: number };

/** A system that is up: each function is one request (two where the system redirects) of a person or program signed in beforehand. */
export type Running = {
  /** Product and versions of what serves it, in one line. */
  version: string;
  /** What was set, a sentence each: workers, sign-in, mail, search, rows of a page. */
  settings: string[];
  /** The process whose children do the work, PostgreSQL apart. */
  pid: number;
  register(letter: Letter): Promise<Answer>;
  page(known: Known): Promise<Answer>;
  list(): Promise<Answer>;
  search(word: string): Promise<Answer>;
  stop(): Promise<void>;
};

/** A system that does the same work. `fill` runs once for each size; its database is kept as a template, so that each run begins with the same rows. */
export type Peer = {
  /** A plain identifier (`tracker`): role and databases are named by it. */
  key: string;
  name: string;
  /** Finds or installs what it needs; throws a sentence that says what to install. */
  prepare(): Promise<void> | void;
  /** Makes the schema in an empty database of its own role and fills it from `bench.letter`, which stands there already; ends with `vacuum analyze`. */
  fill(ground: Ground): Promise<void>;
  start(ground: Ground): Promise<Running>;
};

/** Rows that a list shows at most, and a search, in every system: as many as Kabinet shows. */
export const rowsAPage = 40;
export const hitsAPage = 30;
