import { Refusal } from './refusal.ts';

/** What is away for the moment, or full: whoever asked is told so, and may ask again. */
export class Outage extends Error {
  readonly of: 'database' | 'files' | 'space';
  constructor(of: Outage['of'], cause: unknown) {
    super(`${of}: ${(cause as Error).message}`, { cause });
    this.of = of;
  }
}

// PostgreSQL: broken connections, too few resources, shutting down or starting, a standby where the primary was, a disk that does not answer.
const databaseAway = /^(08...|53[^1]..|57P0[1-5]|57014|25006|25P03|58030|40003)$/;
const connectionBroken = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', 'ENOTFOUND', 'ECONNABORTED']);
// The driver says these without a code.
const driverSays = /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout|Client was closed|Cannot use a pool after calling end)/;
const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', '53100']);

/** The outage that an error comes from, or null when something else is wrong. */
export function outageOf(error: unknown): Outage['of'] | null {
  if (error instanceof Outage) return error.of;
  if (!(error instanceof Error) || error instanceof Refusal) return null;
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  if (full.has(code)) return 'space';
  if (code === 'EROFS' || code === 'EIO') return 'files';
  if (databaseAway.test(code) || driverSays.test(error.message) || (connectionBroken.has(code) && error.name !== 'TypeError')) return 'database';
  // The socket of the packaged database is gone while it starts anew.
  if (code === 'ENOENT' && syscall === 'connect') return 'database';
  return error instanceof AggregateError ? (error.errors.map(outageOf).find(Boolean) ?? null) : null;
}

/** Seconds after which asking again is of use. */
export const retryAfter = (status: number): string | undefined => ({ 503: '5', 507: '60' })[status];

/** The refusal for an outage; null for every other error. */
export function unavailable(error: unknown): Refusal | null {
  const of = outageOf(error);
  if (!of) return null;
  return of === 'space' ? new Refusal(507, { key: 'error.no_space' }) : new Refusal(503, { key: of === 'files' ? 'error.no_files' : 'error.no_database' });
}
