import type { Caller } from './caller.ts';
import type { CompiledQuery, Tx } from './database.ts';
import { notNow, wrong } from './refusal.ts';
import { openText, sealText, sha256 } from './secret.ts';

// Several listeners act on one event under its id: the office's own keys are each operation's.
const name = (caller: Caller, operation: string): string => caller.personId ?? caller.linkId ?? caller.caseId ?? (caller.kind === 'system' ? `system ${operation}` : caller.kind);

/** The answer given to this key before, or null and the key taken; waits for a twin that is still under way. */
export async function replayed(db: Tx, caller: Caller, operation: string, key: string, input: unknown): Promise<{ output: unknown } | null> {
  if (key.length > 200) throw wrong({ form: { key: 'field.too_long', args: { max: 200 } } });
  const hash = sha256(JSON.stringify(withoutBytes(input)));
  const taken = await db.insertInto('idempotency')
    .values({ office_id: caller.office.id, key, caller: name(caller, operation), operation, input_hash: hash })
    .onConflict((conflict) => conflict.columns(['office_id', 'caller', 'key']).doNothing()).returning('key').executeTakeFirst();
  if (taken) return null;
  const earlier = await db.selectFrom('idempotency').select(['operation', 'input_hash', 'output'])
    .where('office_id', '=', caller.office.id).where('caller', '=', name(caller, operation)).where('key', '=', key).executeTakeFirstOrThrow();
  if (earlier.operation !== operation || earlier.input_hash !== hash) throw notNow('error.key_reused');
  return { output: JSON.parse(openText(Buffer.from(earlier.output as string, 'base64'))) };
}

// Files stand as their hash: written out as JSON they would be many times their size.
function withoutBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return sha256(value);
  if (Array.isArray(value)) return value.map(withoutBytes);
  if (value && typeof value === 'object' && !(value instanceof Date)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutBytes(one)]));
  return value;
}

/** What keeps the answer under its key; sealed, as an answer may hold a code that is stored nowhere else in the clear. */
export const rememberQuery = (db: Tx, caller: Caller, operation: string, key: string, output: unknown): CompiledQuery =>
  db.updateTable('idempotency').set({ output: JSON.stringify(sealText(JSON.stringify(output)).toString('base64')) })
    .where('office_id', '=', caller.office.id).where('caller', '=', name(caller, operation)).where('key', '=', key).compile();
