import { randomFillSync, randomInt } from 'node:crypto';

const pool = Buffer.alloc(16 * 256);
let used = pool.length;
// Goes on for ever: ids of one moment rise in the order they were made, whatever other moments come between.
let counter = randomInt(2 ** 30);

/** A new UUID version 7: rises with time, and within a moment in the order of making (in this process). */
export function newId(at: Date = new Date()): string {
  if (used >= pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = pool.subarray(used, used + 16);
  used += 16;
  counter = (counter + 1) >>> 0;
  bytes.writeUIntBE(at.getTime(), 0, 6);
  bytes.writeUInt16BE(0x7000 | (counter >>> 20), 6);
  bytes[8] = 0x80 | ((counter >>> 14) & 0x3f);
  bytes[9] = (counter >>> 6) & 0xff;
  bytes[10] = ((counter & 0x3f) << 2) | (bytes[10]! & 3);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const isId = (text: unknown): text is string => typeof text === 'string' && shape.test(text);
