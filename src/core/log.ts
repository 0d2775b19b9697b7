import pino from 'pino';

/** Structured log. Never a name, an address, a text or a token of a person: ids, operations, statuses, milliseconds. */
export const log = pino({ level: process.env['KABINET_LOG'] ?? (process.env['VITEST'] ? 'silent' : 'info'), base: null, timestamp: pino.stdTimeFunctions.isoTime });
