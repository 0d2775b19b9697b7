import pino from 'pino';

/** Structured log. Never a name, an address, a text or a token of a person: ids, operations, statuses, milliseconds. */
export const log = pino({ level: process.env['KABINET_LOG'] ?? (process.env['VITEST'] ? 'silent' : 'info'), base: null, timestamp: pino.stdTimeFunctions.isoTime });

/** A refusal before any operation was reached, written down as the gate writes down its own; answers with it. */
export function atDoor<R extends { status: number; said: { key: string } }>(c: { req: { method: string } }, refusal: R): R {
  log.info({ method: c.req.method, status: refusal.status, why: refusal.said.key }, 'refused');
  return refusal;
}
