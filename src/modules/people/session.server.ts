import { z } from 'zod';
import type { Caller } from '../../core/caller.ts';
import { askOnce, sql } from '../../core/database.ts';
import { line } from '../../core/input.ts';
import type { Kernel } from '../../core/kernel.ts';
import type { Office } from '../../core/office.ts';
import { operation, settingsOf, type Context } from '../../core/operation.ts';
import { notFound, notNow } from '../../core/refusal.ts';
import { hashToken, newToken } from '../../core/secret.ts';
import { checkAttempts, countAttempt, forgetAttempts, lockAttempts, ofOneEmail, type Limit } from './attempt.server.ts';
import { findBrowser, knowBrowser, knownLength } from './browser.server.ts';
import { byHand, callerColumns, callerFrom, standsFor, type CallerRow } from './caller.server.ts';
import { closeSessions, passwordField, verifyPassword } from './password.server.ts';
import { takeCode } from './totp.server.ts';

export const sessionHours = 12;
export const idleHours = 2;
const pendingMinutes = 5;
const codesForOneSignIn = 5;
const ofOneBrowser: Limit = { name: 'sign_in_known', most: 10, minutes: 15 };
// A town hall goes out by one address.
export const fromOneAddress: Limit = { name: 'sign_in_from', most: 50, minutes: 15 };
const codesOfOne: Limit = { name: 'totp', most: 10, minutes: 60 };
const codesOfBrowser: Limit = { name: 'totp_known', most: 10, minutes: 60 };

const hours = (at: Date, count: number): Date => new Date(at.getTime() + count * 3_600_000);
export const sessionId = (hash: Buffer): string => hash.toString('base64url');

/** What the browser calls itself, the session it had before (signing in gives a new one), and its cookie of who has signed in with it. */
export const browserFields = {
  agent: z.string().default('').transform((text) => text.replace(/[^\P{C}]/gu, '').slice(0, 300)),
  previous: z.string().max(100).default(''),
  known: z.string().max(knownLength).default(''),
};
const Opened = z.object({ state: z.literal('open'), token: z.string(), personId: z.string(), expiresAt: z.date(), known: z.string() });
const Refused = z.object({ state: z.literal('refused'), again: z.boolean() });
export const SignedIn = z.discriminatedUnion('state', [Opened, Refused]);
export const SignIn = z.discriminatedUnion('state', [Opened, Refused, z.object({ state: z.literal('totp'), pending: z.string(), expiresAt: z.date() })]);
export type SignIn = z.infer<typeof SignIn>;

/** Opens a session for a person who has proved to be one; the token is in the answer and nowhere else. */
export async function openSession(context: Context, personId: string, factor: string, browser: { agent?: string; previous?: string; known?: string } = {}): Promise<z.infer<typeof Opened>> {
  const { db, office, now } = context;
  const token = newToken();
  const expiresAt = hours(now, sessionHours);
  await db.deleteFrom('session').where('office_id', '=', office.id)
    .where((eb) => eb.or([eb('token_hash', '=', hashToken(browser.previous ?? '')), eb.and([eb('person_id', '=', personId), eb('expires_at', '<', now)])])).execute();
  await db.insertInto('session').values({
    office_id: office.id, token_hash: hashToken(token), person_id: personId, factor, agent: browser.agent ?? '', created_at: now, seen_at: now, expires_at: expiresAt,
  }).execute();
  context.record({ name: 'session.opened', nounId: personId, data: { factor } });
  return { state: 'open' as const, token, personId, expiresAt, known: await knowBrowser(context, personId, browser.known) };
}

export const signIn = operation({
  id: 'session.sign_in', kind: 'command', allow: ['public'], asOffice: true,
  summary: 'Signs in by e-mail and password; asks for the one-time code where the person has turned it on.',
  input: z.object({ email: line(254), password: passwordField(), ...browserFields }),
  output: SignIn,
  async run(context, input) {
    const { db, office, now, caller } = context;
    const email = input.email.toLowerCase();
    const read = () => db.selectFrom('person').select(['id', 'password_hash', 'totp_on', 'is_active', 'known_stamp']).where('office_id', '=', office.id).where('email', '=', email).executeTakeFirst();
    const owner = await read();
    const browser = findBrowser(context, owner?.is_active ? owner : undefined, input.known);
    const [limit, subject] = browser ? [ofOneBrowser, browser] : [ofOneEmail, email];
    const address = browser ? '' : caller.address;
    await lockAttempts(db, office, limit, subject);
    await checkAttempts(db, office, now, limit, subject);
    await checkAttempts(db, office, now, fromOneAddress, address);
    // Read anew: while this waited for the lock the password may have become another.
    const person = await read();
    const isRight = await verifyPassword(person?.is_active ? person.password_hash : null, input.password);
    if (!person || !isRight) {
      await countAttempt(db, office, now, limit, subject);
      await countAttempt(db, office, now, fromOneAddress, address);
      context.record({ name: 'session.refused', nounId: person?.id ?? null, data: { factor: 'password' } });
      return { state: 'refused' as const, again: true };
    }
    await forgetAttempts(db, office, limit, subject);
    if (!person.totp_on) return openSession(context, person.id, 'password', input);
    const pending = newToken();
    const expiresAt = new Date(now.getTime() + pendingMinutes * 60_000);
    await db.insertInto('draft').values({ office_id: office.id, token_hash: hashToken(pending), kind: 'sign_in', data: JSON.stringify({ personId: person.id, tries: 0 }), updated_at: now, expires_at: expiresAt }).execute();
    context.record({ name: 'session.code_asked', nounId: person.id });
    return { state: 'totp' as const, pending, expiresAt };
  },
});

export const confirmSignIn = operation({
  id: 'session.confirm_totp', kind: 'command', allow: ['public'], asOffice: true,
  summary: 'Completes a sign-in with the one-time code; five codes at most, each good once.',
  input: z.object({ pending: z.string().max(100), code: line(20), ...browserFields }),
  output: SignedIn,
  async run(context, input) {
    const { db, office, now, caller } = context;
    const draft = db.selectFrom('draft').select('data').where('office_id', '=', office.id).where('token_hash', '=', hashToken(input.pending)).where('kind', '=', 'sign_in').where('expires_at', '>', now);
    const row = await draft.forUpdate().executeTakeFirst();
    if (!row) throw notNow('error.sign_in_expired');
    const { personId, tries } = row.data as { personId: string; tries: number };
    const owner = await db.selectFrom('person').select(['id', 'known_stamp']).where('office_id', '=', office.id).where('id', '=', personId).where('is_active', '=', true).executeTakeFirst();
    const browser = findBrowser(context, owner, input.known);
    const [limit, subject] = browser ? [codesOfBrowser, browser] : [codesOfOne, personId];
    await lockAttempts(db, office, limit, subject);
    await checkAttempts(db, office, now, limit, subject);
    const drop = () => db.deleteFrom('draft').where('office_id', '=', office.id).where('token_hash', '=', hashToken(input.pending)).execute();
    if (await takeCode(context, personId, input.code)) {
      await drop();
      await forgetAttempts(db, office, limit, subject);
      return openSession(context, personId, 'totp', input);
    }
    const again = tries + 1 < codesForOneSignIn;
    if (again) await db.updateTable('draft').set({ data: JSON.stringify({ personId, tries: tries + 1 }) }).where('office_id', '=', office.id).where('token_hash', '=', hashToken(input.pending)).execute();
    else await drop();
    await countAttempt(db, office, now, limit, subject);
    await countAttempt(db, office, now, fromOneAddress, browser ? '' : caller.address);
    context.record({ name: 'session.refused', nounId: personId, data: { factor: 'totp' } });
    return { state: 'refused' as const, again };
  },
});

export const listSessions = operation({
  id: 'session.list', kind: 'query', allow: ['staff'],
  summary: 'One’s own open sessions, the newest first.',
  input: z.object({ sessionId: z.string().max(100).default('') }),
  output: z.object({ sessions: z.array(z.object({ id: z.string(), factor: z.string(), agent: z.string(), createdAt: z.date(), seenAt: z.date(), expiresAt: z.date(), isCurrent: z.boolean() })) }),
  async run({ db, office, caller, now }, input) {
    const rows = await db.selectFrom('session').selectAll().where('office_id', '=', office.id).where('person_id', '=', byHand(caller)).where('expires_at', '>', now).where('seen_at', '>', hours(now, -idleHours))
      .orderBy('created_at', 'desc').execute();
    return { sessions: rows.map((row) => {
      const id = sessionId(row.token_hash);
      return { id, factor: row.factor, agent: row.agent, createdAt: row.created_at, seenAt: row.seen_at, expiresAt: row.expires_at, isCurrent: id === input.sessionId };
    }) };
  },
});

export const closeSession = operation({
  id: 'session.close', kind: 'command', allow: ['staff'],
  summary: 'Ends one of one’s own sessions: signing out, here or elsewhere.',
  input: z.object({ sessionId: z.string().max(100) }),
  output: z.object({ state: z.literal('closed') }),
  async run(context, input) {
    const personId = byHand(context.caller);
    const closed = await context.db.deleteFrom('session').where('office_id', '=', context.office.id).where('person_id', '=', personId)
      .where('token_hash', '=', Buffer.from(input.sessionId, 'base64url')).executeTakeFirst();
    if (Number(closed.numDeletedRows) === 0) throw notFound();
    context.record({ name: 'session.closed', nounId: personId });
    return { state: 'closed' as const };
  },
});

export const closeOtherSessions = operation({
  id: 'session.close_others', kind: 'command', allow: ['staff'],
  summary: 'Ends all of one’s own sessions but this one.',
  input: z.object({ sessionId: z.string().max(100).default(''), known: z.string().max(knownLength).default('') }),
  output: z.object({ count: z.number(), known: z.string() }),
  async run(context, input) {
    const personId = byHand(context.caller);
    const count = await closeSessions(context.db, context.office.id, personId, input.sessionId);
    context.record({ name: 'session.others_closed', nounId: personId, data: { count } });
    return { count, known: await knowBrowser(context, personId, input.known) };
  },
});

/** Whoever a session's token belongs to, with what the pages need of them. */
export type Session = {
  caller: Caller; sessionId: string; factor: string; createdAt: Date; seenAt: Date; expiresAt: Date;
  density: string; theme: string | null; singleKeys: boolean;
};
type SessionRow = CallerRow & { factor: string; created_at: Date; seen_at: Date; expires_at: Date; density: string; theme: string | null; single_keys: boolean };

/** The session of a cookie's token, or null when it is unknown, ended, older than 12 hours or idle for 2; marks it as seen, at most once a minute. */
export async function findSession(kernel: Pick<Kernel, 'db' | 'system'>, office: Office, token: string, address = '', now = new Date()): Promise<Session | null> {
  if (!/^[\w-]{43}$/.test(token)) return null;
  const hash = hashToken(token);
  const { rows: [row] } = await askOnce(kernel.db, settingsOf(kernel.system(office), 'all'), sql<SessionRow>`with live as (
      select person_id, factor, created_at, seen_at, expires_at from session
      where office_id = ${office.id} and token_hash = ${hash} and expires_at > ${now} and seen_at > ${hours(now, -idleHours)}),
    seen as (update session s set seen_at = ${now} from live where s.office_id = ${office.id} and s.token_hash = ${hash} and live.seen_at < ${new Date(now.getTime() - 60_000)})
    select ${callerColumns}, p.density, p.theme, p.single_keys, live.factor, live.created_at, live.seen_at, live.expires_at
    from live join person p on p.office_id = ${office.id} and p.id = live.person_id and p.is_active ${standsFor(office, now)}`);
  if (!row) return null;
  return {
    caller: callerFrom(row, office, { address }), sessionId: sessionId(hash), factor: row.factor, createdAt: row.created_at, seenAt: row.seen_at, expiresAt: row.expires_at,
    density: row.density, theme: row.theme, singleKeys: row.single_keys,
  };
}
