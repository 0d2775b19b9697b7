import { hash, verify } from '@node-rs/argon2';
import { z } from 'zod';
import { officeAddress } from '../../core/address.ts';
import type { Tx } from '../../core/database.ts';
import { dayIn } from '../../core/day.ts';
import { fold } from '../../core/fold.ts';
import { id, line, say } from '../../core/input.ts';
import type { Kernel } from '../../core/kernel.ts';
import { formatDay, formatTime, isLocaleId, type LocaleId } from '../../core/language.ts';
import { queueMail } from '../../core/mail.ts';
import { textIn, translator } from '../../core/message.ts';
import type { Office } from '../../core/office.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { hashToken, newToken } from '../../core/secret.ts';
import { checkAttempts, countAttempt, forgetAttempts, lockAttempts, ofOneEmail, type Limit } from './attempt.server.ts';
import { forgetBrowsers, knowBrowser, knownLength } from './browser.server.ts';
import { byHand } from './caller.server.ts';
import { passwordFault, passwordLengthAtMost } from './password.ts';

// Argon2id with OWASP's first choice; the library's default algorithm is argon2id.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const invitationHours = 7 * 24;
const resetHours = 1;
const wrongPasswords: Limit = { name: 'password', most: 10, minutes: 15 };
const resetsOfOne: Limit = { name: 'reset', most: 3, minutes: 60 };
const resetsFromOne: Limit = { name: 'reset_from', most: 20, minutes: 60 };

/** A password as typed; the same characters however the keyboard composed them. */
export const passwordField = () => z.string().max(passwordLengthAtMost, say('field.too_long', { max: passwordLengthAtMost })).transform((text) => text.normalize('NFKC')).pipe(z.string().min(1, say('field.required')));

export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFKC'), cost);

let decoy: Promise<string> | undefined;
/** Whether the password fits the hash; takes as long where there is none. */
export async function verifyPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  const fits = await verify(stored ?? (await (decoy ??= hashPassword(newToken()))), password);
  return fits && Boolean(stored);
}

/** Checks the password of somebody who is signed in; a wrong one is counted, the eleventh in a quarter of an hour is refused with 429. */
export async function confirmPassword(context: Context, personId: string, password: string): Promise<boolean> {
  const { db, office, now } = context;
  await lockAttempts(db, office, wrongPasswords, personId);
  await checkAttempts(db, office, now, wrongPasswords, personId);
  const row = await db.selectFrom('person').select('password_hash').where('office_id', '=', office.id).where('id', '=', personId).executeTakeFirstOrThrow();
  if (await verifyPassword(row.password_hash, password)) {
    await forgetAttempts(db, office, wrongPasswords, personId);
    return true;
  }
  await countAttempt(db, office, now, wrongPasswords, personId);
  context.record({ name: 'person.password_refused', nounId: personId });
  return false;
}

type Owner = { id: string; name: string; email: string; gender: string | null; locale: string };
const checkNew = (context: Context, owner: Owner, password: string): void => {
  const fault = passwordFault(password, [owner.name, owner.email.split('@')[0]!, context.office.slug]);
  if (fault) throw wrong({ password: fault });
};
const localeOf = (context: Context, locale: string): LocaleId => (isLocaleId(locale) ? locale : context.office.locale);

async function mailTo(context: Context, owner: Owner, what: 'invitation' | 'reset' | 'password_changed' | 'way_in_changed', more: Record<string, string> = {}): Promise<void> {
  const locale = localeOf(context, owner.locale);
  const t = translator(locale);
  const args = { name: owner.name, gender: owner.gender ?? 'other', office: textIn(context.office.data.name, locale), address: officeAddress(context.kernel.config, context.office), ...more };
  await queueMail(context.db, context.office.id, context.now, { to: owner.email, subject: t(`person.mail.${what}.subject`, args), body: t(`person.mail.${what}.body`, args), locale });
}

/** Tells somebody that a way into their account came, went or was changed; a changed e-mail is said to the old address. */
export async function sayWayInChanged(context: Context, personId: string, change: 'codes_on' | 'codes_off' | 'key_added' | 'key_dropped' | 'email'): Promise<void> {
  const owner = await context.db.selectFrom('person').select(['id', 'name', 'email', 'gender', 'locale']).where('office_id', '=', context.office.id).where('id', '=', personId).executeTakeFirstOrThrow();
  await mailTo(context, owner, 'way_in_changed', { change });
}

/** Where a one-time link leads; the page asks for the new password. */
export const invitationPath = (token: string): string => `/desk/invite/${token}`;

async function newLink({ db, office, now }: Context, personId: string, hours: number): Promise<{ token: string; until: Date }> {
  const token = newToken();
  const until = new Date(now.getTime() + hours * 3_600_000);
  await db.updateTable('person').set({ invite_hash: hashToken(token), invite_until: until }).where('office_id', '=', office.id).where('id', '=', personId).execute();
  return { token, until };
}

async function sendLink(context: Context, owner: Owner, what: 'invitation' | 'reset'): Promise<void> {
  const { office } = context;
  const { token, until } = await newLink(context, owner.id, what === 'invitation' ? invitationHours : resetHours);
  const zone = office.jurisdiction.timeZone;
  const locale = localeOf(context, owner.locale);
  const shown = translator(locale)('date.at', { day: formatDay(dayIn(zone, until), locale, 'long'), time: formatTime(until, zone, locale) });
  await mailTo(context, owner, what, { link: officeAddress(context.kernel.config, office) + invitationPath(token), until: shown });
}

export const changePassword = operation({
  id: 'person.change_password', kind: 'command', allow: ['staff'],
  summary: 'Changes one’s own password, with the current one; other sessions end.',
  input: z.object({ current: passwordField(), password: passwordField(), sessionId: z.string().max(100).default(''), known: z.string().max(knownLength).default('') }),
  output: z.discriminatedUnion('state', [z.object({ state: z.literal('done'), known: z.string() }), z.object({ state: z.literal('refused') })]),
  async run(context, input) {
    const { db, office } = context;
    const personId = byHand(context.caller);
    const owner = await db.selectFrom('person').select(['id', 'name', 'email', 'gender', 'locale']).where('office_id', '=', office.id).where('id', '=', personId).executeTakeFirstOrThrow();
    if (!(await confirmPassword(context, personId, input.current))) return { state: 'refused' as const };
    if (input.current === input.password) throw wrong({ password: { key: 'field.password_same' } });
    checkNew(context, owner, input.password);
    await setPassword(context, personId, input.password, input.sessionId);
    await mailTo(context, owner, 'password_changed');
    context.record({ name: 'person.password_changed', nounId: personId });
    return { state: 'done' as const, known: await knowBrowser(context, personId, input.known) };
  },
});

async function setPassword(context: Context, personId: string, password: string, keptSession = ''): Promise<void> {
  const { db, office } = context;
  await db.updateTable('person').set({ password_hash: await hashPassword(password), invite_hash: null, invite_until: null }).where('office_id', '=', office.id).where('id', '=', personId).execute();
  await closeSessions(db, office.id, personId, keptSession);
}

/** Ends the sessions of a person, all but the kept one, and no browser is known as theirs any more; returns how many sessions. */
export async function closeSessions(db: Tx, officeId: number, personId: string, keptId = ''): Promise<number> {
  const closed = await db.deleteFrom('session').where('office_id', '=', officeId).where('person_id', '=', personId)
    .where('token_hash', '<>', Buffer.from(keptId, 'base64url')).executeTakeFirst();
  await forgetBrowsers(db, officeId, personId);
  return Number(closed.numDeletedRows);
}

export const invitePerson = operation({
  id: 'person.invite', kind: 'command', rest: 'POST /people/{id}/invite', allow: ['it', 'chief'],
  summary: 'Mails a person a link, good once and for seven days, by which they set a password.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office } = context;
    const owner = await db.selectFrom('person').select(['id', 'name', 'email', 'gender', 'locale', 'is_active']).where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!owner) throw notFound();
    if (!owner.is_active) throw notNow('error.person_inactive');
    await sendLink(context, owner, 'invitation');
    context.record({ name: 'person.invited', nounId: owner.id });
    return { id: owner.id };
  },
});

const byLink = (context: Pick<Context, 'db' | 'office' | 'now'>, token: string) => context.db.selectFrom('person').select(['id', 'name', 'email', 'gender', 'locale', 'password_hash'])
  .where('office_id', '=', context.office.id).where('invite_hash', '=', hashToken(token)).where('invite_until', '>', context.now).where('is_active', '=', true);

export const getInvitation = operation({
  id: 'person.get_invitation', kind: 'query', allow: ['public'], asOffice: true,
  summary: 'Whose one-time link this is; 404 once it is used or over.',
  input: z.object({ token: z.string().max(100) }),
  output: z.object({ name: z.string(), email: z.string(), isFirst: z.boolean() }),
  async run(context, input) {
    const owner = await byLink(context, input.token).executeTakeFirst();
    if (!owner) throw notFound();
    return { name: owner.name, email: owner.email, isFirst: owner.password_hash === null };
  },
});

export const acceptInvitation = operation({
  id: 'person.accept_invite', kind: 'command', allow: ['public'], asOffice: true,
  summary: 'Sets the password of whoever holds the one-time link; all sessions end.',
  input: z.object({ token: z.string().max(100), password: passwordField() }),
  output: z.object({ personId: z.string(), email: z.string() }),
  async run(context, input) {
    const owner = await byLink(context, input.token).forUpdate().executeTakeFirst();
    if (!owner) throw notNow('error.link_expired');
    checkNew(context, owner, input.password);
    await setPassword(context, owner.id, input.password);
    // The link was in the person's own mail: the strangers' tries do not hinder the sign-in that follows.
    await forgetAttempts(context.db, context.office, ofOneEmail, owner.email.toLowerCase());
    if (owner.password_hash) await mailTo(context, owner, 'password_changed');
    context.record({ name: owner.password_hash ? 'person.password_reset' : 'person.invite_accepted', nounId: owner.id });
    return { personId: owner.id, email: owner.email };
  },
});

export const requestReset = operation({
  id: 'person.request_reset', kind: 'command', allow: ['public'], asOffice: true,
  summary: 'Asks for a link to set a new password; the answer is the same for every address.',
  input: z.object({ email: line(254) }),
  output: z.object({ state: z.literal('asked') }),
  async run(context, input) {
    const { db, office, now, caller } = context;
    const email = input.email.toLowerCase();
    await checkAttempts(db, office, now, resetsOfOne, email);
    await checkAttempts(db, office, now, resetsFromOne, caller.address);
    await countAttempt(db, office, now, resetsOfOne, email);
    await countAttempt(db, office, now, resetsFromOne, caller.address);
    const owner = await db.selectFrom('person').select('id').where('office_id', '=', office.id).where('email', '=', email).where('is_active', '=', true).executeTakeFirst();
    // The link is made by a listener afterwards: the time of the answer does not tell who exists.
    context.record({ name: 'person.reset_requested', nounId: owner?.id ?? null });
    return { state: 'asked' as const };
  },
});

export const sendReset = operation({
  id: 'person.send_reset', kind: 'command', allow: [],
  summary: 'Mails the link that was asked for; for who never had a password it is an invitation.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office } = context;
    const owner = await db.selectFrom('person').select(['id', 'name', 'email', 'gender', 'locale', 'password_hash']).where('office_id', '=', office.id).where('id', '=', input.id).where('is_active', '=', true).executeTakeFirst();
    if (!owner) throw notFound();
    await sendLink(context, owner, owner.password_hash ? 'reset' : 'invitation');
    context.record({ name: 'person.reset_sent', nounId: owner.id });
    return { id: owner.id };
  },
});

export const foundFirst = operation({
  id: 'person.found_first', kind: 'command', allow: [],
  summary: 'Gives an office without staff its first person, who may add the others, and the one-time link to sign in.',
  input: z.object({}),
  output: z.object({ id: z.string(), token: z.string() }),
  async run(context) {
    const { db, office, now } = context;
    const others = await db.selectFrom('person').select('id').where('office_id', '=', office.id).limit(1).execute();
    if (others.length > 0) throw notNow('error.staff_known');
    const personId = context.newId();
    const name = context.t('person.first_name');
    await db.insertInto('person').values({
      office_id: office.id, id: personId, key: 'first', name, folded: fold(name), email: office.data.email.toLowerCase(), roles: ['it', 'chief'], locale: office.locale, created_at: now,
    }).execute();
    const { token } = await newLink(context, personId, invitationHours);
    context.record({ name: 'person.added', nounId: personId, data: { roles: ['it', 'chief'] } });
    return { id: personId, token };
  },
});

/** The one-time link's token for the first person of an office without staff; refuses with 409 once it has some. */
export const inviteFirst = async (kernel: Kernel, office: Office): Promise<string> => (await kernel.run(foundFirst, kernel.system(office), {})).token;
