import { sql, type Tx } from '../../core/database.ts';
import type { Office } from '../../core/office.ts';
import { tooMany } from '../../core/refusal.ts';
import { hashToken } from '../../core/secret.ts';

/** At most `most` attempts in a window of `minutes`. */
export type Limit = { name: string; most: number; minutes: number };
/** Strangers with an e-mail: whoever knows it can use these up, so a known browser is counted apart. */
export const ofOneEmail: Limit = { name: 'sign_in', most: 10, minutes: 15 };

// The key is hashed: who tried, and from where, is nobody's to read in a table.
const keyOf = (limit: Limit, subject: string): string => `${limit.name}:${hashToken(subject).toString('base64url').slice(0, 22)}`;
const windowStart = (limit: Limit, now: Date): Date => new Date(now.getTime() - limit.minutes * 60_000);

/** Refuses with 429 once the attempts of the window are used up; an empty subject is not limited. */
export async function checkAttempts(db: Tx, office: Office, now: Date, limit: Limit, subject: string): Promise<void> {
  if (subject === '') return;
  const row = await db.selectFrom('attempt').select('count').where('office_id', '=', office.id).where('key', '=', keyOf(limit, subject)).where('since', '>', windowStart(limit, now)).executeTakeFirst();
  if (row && row.count >= limit.most) throw tooMany();
}

/** Makes attempts at one subject wait for each other, so that a hundred at once count as a hundred. */
export async function lockAttempts(db: Tx, office: Office, limit: Limit, subject: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(727004, hashtext(${`${office.id}:${keyOf(limit, subject)}`}))`.execute(db);
}

/** Counts one attempt; it must commit, so whoever counts answers and does not refuse. */
export async function countAttempt(db: Tx, office: Office, now: Date, limit: Limit, subject: string): Promise<void> {
  if (subject === '') return;
  const old = sql<boolean>`attempt.since <= ${windowStart(limit, now)}`;
  await db.insertInto('attempt').values({ office_id: office.id, key: keyOf(limit, subject), count: 1, since: now })
    .onConflict((conflict) => conflict.columns(['office_id', 'key']).doUpdateSet({
      count: sql<number>`case when ${old} then 1 else attempt.count + 1 end`, since: sql<Date>`case when ${old} then ${now} else attempt.since end`,
    })).execute();
}

export async function forgetAttempts(db: Tx, office: Office, limit: Limit, subject: string): Promise<void> {
  await db.deleteFrom('attempt').where('office_id', '=', office.id).where('key', '=', keyOf(limit, subject)).execute();
}
