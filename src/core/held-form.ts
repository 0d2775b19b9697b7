import { systemCaller } from './caller.ts';
import type { Kernel } from './kernel.ts';
import type { Office } from './office.ts';
import { enter } from './operation.ts';
import type { Values } from './page.ts';
import { hashToken, newToken, openText, sealText } from './secret.ts';

const holdMinutes = 60;
// Never kept: what must not lie about.
export const secretFields = new Set(['password', 'newPassword', 'code', 'current']);

/** Keeps a posted form for an hour; answers with the token that brings it back. */
export async function holdForm(kernel: Kernel, office: Office, path: string, values: Values): Promise<string> {
  const token = newToken();
  const kept = Object.fromEntries(Object.entries(values).filter(([name]) => !secretFields.has(name)));
  await kernel.db.transaction().execute(async (db) => {
    await enter(db, systemCaller(office), 'all');
    await db.insertInto('draft').values({
      office_id: office.id, token_hash: hashToken(token), kind: 'held', data: JSON.stringify(sealText(JSON.stringify({ path, values: kept })).toString('base64')), expires_at: new Date(Date.now() + holdMinutes * 60_000),
    }).execute();
  });
  return token;
}

/** The form held under the token for this path, or null. */
export async function takeHeldForm(kernel: Kernel, office: Office, token: string, path: string): Promise<Values | null> {
  const row = await kernel.db.transaction().execute(async (db) => {
    await enter(db, systemCaller(office), 'all');
    return db.selectFrom('draft').select('data').where('office_id', '=', office.id).where('token_hash', '=', hashToken(token)).where('kind', '=', 'held').where('expires_at', '>', new Date()).executeTakeFirst();
  });
  if (!row) return null;
  const held = JSON.parse(openText(Buffer.from(row.data as string, 'base64'))) as { path: string; values: Values };
  return held.path === path ? held.values : null;
}
