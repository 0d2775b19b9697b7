import type { FetchMessageObject, ImapFlow } from 'imapflow';
import { sql, type Database } from '../../core/database.ts';
import type { Kernel } from '../../core/kernel.ts';
import { log } from '../../core/log.ts';
import { messageBytesAtMost, readMessageFile } from '../../core/message-file.ts';
import type { Office } from '../../core/office.ts';
import { Refusal } from '../../core/refusal.ts';
import { findArrival, keepArrival } from './arrival.server.ts';
import { imapError, imapOf, type Door } from './imap.ts';
import { judgeArrival } from './judge.server.ts';
import { findReading, isNews, noteReading, openMailboxes } from './mailbox.server.ts';

/** Where a reading stands: a test kills the process at each. */
export type Step = 'fetched' | 'kept' | 'judged' | 'marked';
export type Reading = { kept: number; seen: number; error: string };
const messagesAtOnce = 200;

/** Decides upon an arrival; what fails stays kept and undecided, and is tried again by the clock. */
export async function judge(kernel: Kernel, office: Office, arrivalId: string): Promise<void> {
  try {
    await kernel.run(judgeArrival, kernel.system(office), { id: arrivalId });
  } catch (error) {
    if (error instanceof Refusal && error.status === 409) return;
    log.error({ err: (error as Error).message, arrival: arrivalId }, 'an arrival could not be decided upon');
  }
}

/** Keeps a message once; answers with its arrival, and whether it is new. */
async function keep(kernel: Kernel, office: Office, door: Door, bytes: Uint8Array<ArrayBuffer>, size: number): Promise<{ id: string; isNew: boolean; isJudged: boolean }> {
  const system = kernel.system(office);
  const message = await readMessageFile(bytes);
  const known = async () => (await kernel.run(findArrival, system, { source: 'mailbox', key: message.key })).arrival;
  const before = await known();
  if (before) return { ...before, isNew: false };
  try {
    const { id } = await kernel.run(keepArrival, system, {
      source: 'mailbox', mailboxId: door.id, key: message.key, name: 'message.eml', mediaType: 'message/rfc822', bytes, size, senderName: message.name, senderEmail: message.email, subject: message.subject, words: message.text,
      reason: size > bytes.length ? 'too_large' : '',
    });
    return { id, isNew: true, isJudged: false };
  } catch (error) {
    // Another reader was quicker.
    const other = error instanceof Refusal && error.status === 409 ? await known() : null;
    if (!other) throw error;
    return { ...other, isNew: false };
  }
}

/** Registered first, then marked: a message leaves the unread ones only when the office has it. */
async function readOne(kernel: Kernel, office: Office, door: Door, client: ImapFlow, head: FetchMessageObject, at: (step: Step) => void): Promise<boolean> {
  const uid = String(head.uid);
  const size = head.size ?? 0;
  const isLarge = size > messageBytesAtMost;
  if (isLarge && head.flags?.has('\\Flagged')) return false;
  const fetched = isLarge ? head : await client.fetchOne(uid, { uid: true, source: true }, { uid: true });
  const bytes = isLarge ? head.headers : fetched && fetched.source;
  if (!bytes) return false;
  at('fetched');
  const arrival = await keep(kernel, office, door, new Uint8Array(bytes), size);
  at('kept');
  if (!arrival.isJudged) await judge(kernel, office, arrival.id);
  at('judged');
  // Of what is too large only the head is kept: a person decides, and the message stays unread, with a flag.
  if (isLarge) await client.messageFlagsAdd(uid, ['\\Flagged'], { uid: true });
  else {
    await client.messageFlagsAdd(uid, ['\\Seen'], { uid: true });
    if (door.doneFolder) await client.messageMove(uid, door.doneFolder, { uid: true });
  }
  at('marked');
  return arrival.isNew;
}

/** Reads what is unread in the folder; one message that cannot be kept holds up no other. */
export async function readFolder(kernel: Kernel, office: Office, door: Door, client: ImapFlow, at: (step: Step) => void = () => {}): Promise<Reading> {
  const reading: Reading = { kept: 0, seen: 0, error: '' };
  const lock = await client.getMailboxLock(door.folder);
  try {
    // On a connection that was open before, the server tells what came meanwhile only when asked.
    await client.noop();
    const found = await client.search({ seen: false }, { uid: true });
    const uids = (found || []).toSorted((a, b) => a - b).slice(0, messagesAtOnce);
    const heads = uids.length > 0 ? await client.fetchAll(uids.join(','), { uid: true, size: true, flags: true, headers: true }, { uid: true }) : [];
    for (const head of heads) {
      try {
        if (await readOne(kernel, office, door, client, head, at)) reading.kept++;
        reading.seen++;
      } catch (error) {
        if (!client.usable) throw error;
        log.error({ err: (error as Error).message, mailbox: door.id, uid: head.uid }, 'a message could not be kept');
        reading.error = 'message';
      }
    }
  } finally {
    lock.release();
  }
  return reading;
}

type Keeper = { users: number; turn: Promise<unknown>; db: Promise<Database>; release: () => void };
const keepers = new WeakMap<Kernel, Keeper>();
const held = new Set<string>();

/** One connection holds the locks of all mailboxes that are read at the moment: those that hang must not take what the office works with. */
function keeperOf(kernel: Kernel): Keeper {
  const known = keepers.get(kernel);
  if (known) return known;
  const over = Promise.withResolvers<void>();
  const lent = Promise.withResolvers<Database>();
  kernel.db.connection().execute(async (db) => {
    lent.resolve(db);
    await over.promise;
  }).catch(lent.reject);
  const keeper: Keeper = { users: 0, turn: Promise.resolve(), db: lent.promise, release: over.resolve };
  keepers.set(kernel, keeper);
  return keeper;
}

/** Runs `work` unless somebody else, in whatever process, reads this mailbox; null then. */
export async function alone<T>(kernel: Kernel, name: string, work: () => Promise<T>): Promise<T | null> {
  if (held.has(name)) return null;
  held.add(name);
  const keeper = keeperOf(kernel);
  keeper.users++;
  const ask = (what: 'pg_try_advisory_lock' | 'pg_advisory_unlock'): Promise<boolean> => {
    const answer = keeper.turn.then(async () => (await sql<{ done: boolean }>`select ${sql.raw(what)}(hashtextextended(${name}, 727003)) as done`.execute(await keeper.db)).rows[0]!.done);
    keeper.turn = answer.catch(() => {});
    return answer;
  };
  try {
    if (!(await ask('pg_try_advisory_lock'))) return null;
    try {
      return await work();
    } finally {
      // Where the connection broke, the lock went with it.
      await ask('pg_advisory_unlock').catch(() => {});
    }
  } finally {
    held.delete(name);
    if (--keeper.users === 0) {
      keepers.delete(kernel);
      keeper.release();
    }
  }
}

type Watched = { client: ImapFlow; door: Door };
const watched = new Map<string, Watched>();
const sameDoor = (a: Door, b: Door): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The open connection to this mailbox, or a new one, which wakes the reader when the server says that something came (IDLE). */
async function connectionTo(kernel: Kernel, office: Office, door: Door): Promise<ImapFlow> {
  const open = watched.get(door.id);
  if (open?.client.usable && sameDoor(open.door, door)) return open.client;
  open?.client.close();
  const client = imapOf(door);
  await client.connect();
  watched.set(door.id, { client, door });
  client.on('exists', () => void readMailbox(kernel, office, door).catch(() => {}));
  client.on('close', () => watched.get(door.id)?.client === client && watched.delete(door.id));
  return client;
}

const running = new Set<string>();
/** Reads one mailbox to the end of what is unread, and notes how it went where that is news. */
export async function readMailbox(kernel: Kernel, office: Office, door: Door, at?: (step: Step) => void): Promise<Reading | null> {
  if (running.has(door.id)) return null;
  running.add(door.id);
  try {
    return await alone(kernel, `mailbox ${door.id}`, async () => {
      const reading = await connectionTo(kernel, office, door).then((client) => readFolder(kernel, office, door, client, at)).catch((error: unknown): Reading => {
        log.warn({ mailbox: door.id, code: (error as { code?: string }).code }, 'a mailbox could not be read');
        return { kept: 0, seen: 0, error: imapError(error) };
      });
      const system = kernel.system(office);
      if (isNews(await kernel.run(findReading, system, { id: door.id }), reading, new Date())) await kernel.run(noteReading, system, { id: door.id, kept: reading.kept, error: reading.error });
      return reading;
    });
  } finally {
    running.delete(door.id);
  }
}

/** Reads every mailbox of the office, side by side; closes the connections to those that are no longer read. */
export async function readMailboxes(kernel: Kernel, office: Office): Promise<void> {
  const { doors } = await kernel.run(openMailboxes, kernel.system(office), {});
  for (const [id, { client, door }] of watched) if (mine.get(id) === office.id && !doors.some((one) => one.id === door.id)) client.close();
  for (const door of doors) mine.set(door.id, office.id);
  await Promise.all(doors.map((door) => readMailbox(kernel, office, door)));
}
const mine = new Map<string, number>();
/** The offices with a mailbox that this process watches. */
export const listRead = (): number[] => [...watched.keys()].flatMap((id) => mine.get(id) ?? []);

/** Lets go of all connections: at the end of the process, and of a test. */
export async function closeMailboxes(): Promise<void> {
  await Promise.all([...watched.values()].map(({ client }) => client.logout().catch(() => client.close())));
  watched.clear();
}
