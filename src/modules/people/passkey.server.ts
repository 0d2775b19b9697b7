import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { generateAuthenticationOptions, generateRegistrationOptions, verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import { z } from 'zod';
import { line, say } from '../../core/input.ts';
import { textIn } from '../../core/message.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow } from '../../core/refusal.ts';
import { hashToken } from '../../core/secret.ts';
import { checkAttempts, countAttempt } from './attempt.server.ts';
import { byHand } from './caller.server.ts';
import { sayWayInChanged } from './password.server.ts';
import { browserFields, fromOneAddress, openSession, SignedIn } from './session.server.ts';

const challengeMinutes = 5;
const passkeysAtMost = 20;
// EdDSA, ES256, RS256: what authenticators have; named, so that Node does not try its experimental ones.
const supportedAlgorithmIDs = [-8, -7, -257];

/** scheme://host[:port] of the page, given by the web layer; its host is the passkey's relying party. */
const originField = () => z.url({ protocol: /^https?$/ }).max(300);
const encoded = z.string().min(1).max(20_000).regex(/^[\w-]*={0,2}$/, say('field.wrong'));
const partyOf = (origin: string): string => new URL(origin).hostname;

// A challenge proves itself: until when, random, and a keyed hash over these, the purpose and the person. Nothing is stored until it is spent.
const macOf = (context: Pick<Context, 'office'>, purpose: string, head: Buffer): Buffer =>
  createHmac('sha256', hashToken('passkey challenge')).update(`${context.office.id}:${purpose}:`).update(head).digest();

function newChallenge(context: Context, purpose: string): Uint8Array<ArrayBuffer> {
  const until = Buffer.alloc(6);
  until.writeUIntBE(context.now.getTime() + challengeMinutes * 60_000, 0, 6);
  const head = Buffer.concat([until, randomBytes(18)]);
  return new Uint8Array(Buffer.concat([head, macOf(context, purpose, head)]));
}

/** Spends the challenge that the browser signed; refuses with 409 one that is not ours, over, or spent. */
async function spendChallenge(context: Context, purpose: string, clientDataJSON: string): Promise<string> {
  const { db, office, now } = context;
  const challenge = challengeIn(clientDataJSON);
  const bytes = Buffer.from(challenge, 'base64url');
  const head = bytes.subarray(0, 24);
  if (bytes.length !== 56 || !timingSafeEqual(bytes.subarray(24), macOf(context, purpose, head))) throw notNow('error.sign_in_expired');
  const until = new Date(head.readUIntBE(0, 6));
  if (until < now) throw notNow('error.sign_in_expired');
  const spent = await db.insertInto('draft').values({ office_id: office.id, token_hash: hashToken(bytes.toString('base64url')), kind: 'passkey', data: '{}', updated_at: now, expires_at: until })
    .onConflict((conflict) => conflict.doNothing()).returning('kind').executeTakeFirst();
  if (!spent) throw notNow('error.sign_in_expired');
  return challenge;
}

function challengeIn(clientDataJSON: string): string {
  try {
    const said = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8')) as { challenge?: unknown };
    return typeof said.challenge === 'string' ? said.challenge : '';
  } catch {
    return '';
  }
}

export const beginPasskey = operation({
  id: 'passkey.begin', kind: 'query', allow: ['staff'],
  summary: 'What the browser needs to make a passkey for this person.',
  input: z.object({ origin: originField() }),
  output: z.object({ options: z.custom<Awaited<ReturnType<typeof generateRegistrationOptions>>>() }),
  async run(context, input) {
    const { db, office, caller } = context;
    const personId = byHand(caller);
    const person = await db.selectFrom('person').select(['name', 'email']).where('office_id', '=', office.id).where('id', '=', personId).executeTakeFirstOrThrow();
    const known = await db.selectFrom('passkey').select(['id', 'transports']).where('office_id', '=', office.id).where('person_id', '=', personId).execute();
    const options = await generateRegistrationOptions({
      rpName: textIn(office.data.name, caller.locale), rpID: partyOf(input.origin), userName: person.email, userDisplayName: person.name, userID: new Uint8Array(Buffer.from(personId)),
      challenge: newChallenge(context, personId), timeout: challengeMinutes * 60_000, attestationType: 'none', excludeCredentials: known,
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' }, supportedAlgorithmIDs,
    });
    return { options };
  },
});

const Registration = z.object({
  id: encoded, rawId: encoded, type: z.literal('public-key'), authenticatorAttachment: z.enum(['platform', 'cross-platform']).nullish().transform((value) => value ?? undefined).catch(undefined),
  response: z.object({ clientDataJSON: encoded, attestationObject: encoded, transports: z.array(z.string().max(30)).max(10).optional() }),
});

export const addPasskey = operation({
  id: 'passkey.add', kind: 'command', allow: ['staff'],
  summary: 'Keeps the passkey that the browser made, under a name of its own.',
  input: z.object({ origin: originField(), name: line(60), credential: Registration }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office } = context;
    const personId = byHand(context.caller);
    const expectedChallenge = await spendChallenge(context, personId, input.credential.response.clientDataJSON);
    const verified = await verifyRegistrationResponse({
      response: { ...input.credential, clientExtensionResults: {} }, expectedChallenge, expectedOrigin: input.origin, expectedRPID: partyOf(input.origin), requireUserVerification: true,
      supportedAlgorithmIDs,
    }).catch(() => null);
    if (!verified?.verified) throw notNow('error.passkey_refused');
    const { credential } = verified.registrationInfo;
    const kept = await db.selectFrom('passkey').select('id').where('office_id', '=', office.id).where('person_id', '=', personId).execute();
    if (kept.length >= passkeysAtMost) throw notNow('error.passkeys_enough', { max: passkeysAtMost });
    const added = await db.insertInto('passkey').values({
      office_id: office.id, id: credential.id, person_id: personId, public_key: Buffer.from(credential.publicKey), counter: credential.counter, transports: credential.transports ?? [],
      name: input.name, created_at: context.now,
    }).onConflict((conflict) => conflict.doNothing()).returning('id').executeTakeFirst();
    if (!added) throw notNow('error.passkey_refused');
    await sayWayInChanged(context, personId, 'key_added');
    context.record({ name: 'passkey.added', nounId: personId });
    return { id: added.id };
  },
});

export const beginPasskeySignIn = operation({
  id: 'session.begin_passkey', kind: 'query', allow: ['public'], asOffice: true,
  summary: 'What the browser needs to sign in by any passkey it holds for this office.',
  input: z.object({ origin: originField() }),
  output: z.object({ options: z.custom<Awaited<ReturnType<typeof generateAuthenticationOptions>>>() }),
  async run(context, input) {
    return { options: await generateAuthenticationOptions({ rpID: partyOf(input.origin), challenge: newChallenge(context, 'sign in'), timeout: challengeMinutes * 60_000, userVerification: 'required', allowCredentials: [] }) };
  },
});

const Assertion = z.object({
  id: encoded, rawId: encoded, type: z.literal('public-key'),
  response: z.object({ clientDataJSON: encoded, authenticatorData: encoded, signature: encoded, userHandle: encoded.nullish().transform((value) => value ?? undefined) }),
});

export const signInByPasskey = operation({
  id: 'session.sign_in_passkey', kind: 'command', allow: ['public'], asOffice: true,
  summary: 'Signs in by passkey: possession and the device’s own check of the person, so no code is asked for.',
  input: z.object({ origin: originField(), credential: Assertion, ...browserFields }),
  output: SignedIn,
  async run(context, input) {
    const { db, office, now, caller } = context;
    await checkAttempts(db, office, now, fromOneAddress, caller.address);
    const expectedChallenge = await spendChallenge(context, 'sign in', input.credential.response.clientDataJSON);
    const key = await db.selectFrom('passkey').innerJoin('person', (join) => join.onRef('person.office_id', '=', 'passkey.office_id').onRef('person.id', '=', 'passkey.person_id'))
      .select(['passkey.id', 'passkey.person_id', 'passkey.public_key', 'passkey.counter', 'person.is_active'])
      .where('passkey.office_id', '=', office.id).where('passkey.id', '=', input.credential.id).forUpdate('passkey').executeTakeFirst();
    const handle = input.credential.response.userHandle;
    const isTheirs = key?.is_active && (handle === undefined || Buffer.from(handle, 'base64url').toString() === key.person_id);
    const verified = isTheirs ? await verifyAuthenticationResponse({
      response: { ...input.credential, clientExtensionResults: {} }, expectedChallenge, expectedOrigin: input.origin, expectedRPID: partyOf(input.origin), requireUserVerification: true,
      credential: { id: key.id, publicKey: new Uint8Array(key.public_key), counter: key.counter },
    }).catch(() => null) : null;
    if (!key || !verified?.verified) {
      await countAttempt(db, office, now, fromOneAddress, caller.address);
      context.record({ name: 'session.refused', nounId: key?.person_id ?? null, data: { factor: 'passkey' } });
      return { state: 'refused' as const, again: true };
    }
    await db.updateTable('passkey').set({ counter: verified.authenticationInfo.newCounter, used_at: now }).where('office_id', '=', office.id).where('id', '=', key.id).execute();
    return openSession(context, key.person_id, 'passkey', input);
  },
});

export const listPasskeys = operation({
  id: 'passkey.list', kind: 'query', allow: ['staff'],
  summary: 'One’s own passkeys.',
  input: z.object({}),
  output: z.object({ passkeys: z.array(z.object({ id: z.string(), name: z.string(), createdAt: z.date(), usedAt: z.date().nullable() })) }),
  async run({ db, office, caller }) {
    const rows = await db.selectFrom('passkey').select(['id', 'name', 'created_at', 'used_at']).where('office_id', '=', office.id).where('person_id', '=', byHand(caller)).orderBy('created_at').execute();
    return { passkeys: rows.map((row) => ({ id: row.id, name: row.name, createdAt: row.created_at, usedAt: row.used_at })) };
  },
});

export const renamePasskey = operation({
  id: 'passkey.rename', kind: 'command', allow: ['staff'],
  summary: 'Gives one’s own passkey another name.',
  input: z.object({ id: encoded, name: line(60) }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const personId = byHand(context.caller);
    const done = await context.db.updateTable('passkey').set({ name: input.name }).where('office_id', '=', context.office.id).where('person_id', '=', personId).where('id', '=', input.id).executeTakeFirst();
    if (Number(done.numUpdatedRows) === 0) throw notFound();
    context.record({ name: 'passkey.renamed', nounId: personId });
    return { id: input.id };
  },
});

export const dropPasskey = operation({
  id: 'passkey.drop', kind: 'command', allow: ['staff'],
  summary: 'Removes one’s own passkey; it no longer signs in.',
  input: z.object({ id: encoded }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const personId = byHand(context.caller);
    const done = await context.db.deleteFrom('passkey').where('office_id', '=', context.office.id).where('person_id', '=', personId).where('id', '=', input.id).executeTakeFirst();
    if (Number(done.numDeletedRows) === 0) throw notFound();
    await sayWayInChanged(context, personId, 'key_dropped');
    context.record({ name: 'passkey.dropped', nounId: personId });
    return { id: input.id };
  },
});
