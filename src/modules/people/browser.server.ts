import { randomBytes, timingSafeEqual } from 'node:crypto';
import { sql } from '../../core/database.ts';
import type { Context } from '../../core/operation.ts';
import { browserMark } from '../../core/secret.ts';

export const knownDays = 365;
// Several share a computer at the registry.
const peopleAtMost = 5;
// One entry: whose (6 bytes), nonce (16), given at (6), mark (32), together 80 characters; the newest first.
const entryShape = /^[\w-]{80}$/;
/** The longest value of the cookie. */
export const knownLength = peopleAtMost * 81 - 1;

type Owner = { id: string; known_stamp: string };
type Of = Pick<Context, 'office' | 'now'>;
const entriesIn = (known: string): Buffer[] => known.split('.').filter((entry) => entryShape.test(entry)).slice(0, peopleAtMost).map((entry) => Buffer.from(entry, 'base64url'));
// Of the office and the person, for this browser only to find the entry again: no e-mail, no id.
const whose = ({ office }: Of, personId: string): Buffer => browserMark(`whose ${office.id} ${personId}`).subarray(0, 6);
const markOf = ({ office }: Of, owner: Owner, head: Buffer): Buffer => browserMark(`known ${office.id} ${owner.id} ${owner.known_stamp} ${head.toString('base64url')}`);

/** By what a known browser's attempts are counted, or '' where the cookie does not prove that this person signed in with it; takes as long for nobody. */
export function findBrowser(context: Of, owner: Owner | undefined, known: string): string {
  const sought = owner ?? { id: '', known_stamp: '' };
  const of = whose(context, sought.id);
  let nonce = '';
  for (const entry of entriesIn(known)) {
    const head = entry.subarray(0, 28);
    const isRight = timingSafeEqual(entry.subarray(28), markOf(context, sought, head));
    const age = context.now.getTime() - head.readUIntBE(22, 6);
    if (owner && isRight && head.subarray(0, 6).equals(of) && age < knownDays * 86_400_000) nonce ||= head.subarray(6, 22).toString('base64url');
  }
  return nonce;
}

/** The cookie's value after this person has signed in: the browser is known from now on, beside the others it had. */
export async function knowBrowser(context: Pick<Context, 'db' | 'office' | 'now'>, personId: string, known = ''): Promise<string> {
  const { db, office, now } = context;
  const owner = await db.selectFrom('person').select(['id', 'known_stamp']).where('office_id', '=', office.id).where('id', '=', personId).executeTakeFirstOrThrow();
  const of = whose(context, personId);
  const givenAt = Buffer.alloc(6);
  givenAt.writeUIntBE(now.getTime(), 0, 6);
  const head = Buffer.concat([of, randomBytes(16), givenAt]);
  const others = entriesIn(known).filter((entry) => !entry.subarray(0, 6).equals(of));
  return [Buffer.concat([head, markOf(context, owner, head)]), ...others].slice(0, peopleAtMost).map((entry) => entry.toString('base64url')).join('.');
}

/** No browser is known as this person's any more. */
export async function forgetBrowsers(db: Context['db'], officeId: number, personId: string): Promise<void> {
  await db.updateTable('person').set({ known_stamp: sql`gen_random_uuid()` }).where('office_id', '=', officeId).where('id', '=', personId).execute();
}
