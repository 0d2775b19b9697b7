import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { addPasskey, beginPasskey, beginPasskeySignIn, dropPasskey, listPasskeys, renamePasskey, signInByPasskey } from './passkey.server.ts';
import { deactivatePerson } from './person.server.ts';
import { findSession } from './session.server.ts';

const origin = 'https://cetinje.primjer.example';
const host = 'cetinje.primjer.example';
const present = 0x01;
const verified = 0x04;
const hasKey = 0x40;
const sha = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();
const base64 = (data: Uint8Array | string): string => Buffer.from(data as string).toString('base64url');

type Cbor = number | string | Buffer | Map<number | string, Cbor>;
function cbor(value: Cbor): Buffer {
  const head = (major: number, length: number): Buffer =>
    length < 24 ? Buffer.from([(major << 5) | length]) : length < 256 ? Buffer.from([(major << 5) | 24, length]) : Buffer.from([(major << 5) | 25, length >> 8, length & 0xff]);
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, one]) => [cbor(key), cbor(one)])]);
}

/** What a telephone does, as far as the server can tell. */
class Authenticator {
  readonly id = randomBytes(32);
  counter = 0;
  flags = present | verified;
  handle = '';
  #key: KeyObject | undefined;

  #data(flags: number, more: Buffer = Buffer.alloc(0), rpId = host): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    return Buffer.concat([sha(rpId), Buffer.from([flags]), counter, more]);
  }

  #client(type: string, challenge: string, at: string): string {
    return JSON.stringify({ type, challenge, origin: at, crossOrigin: false });
  }

  create(options: { challenge: string; user: { id: string } }, at = origin) {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#key = privateKey;
    this.handle = options.user.id;
    const jwk = publicKey.export({ format: 'jwk' });
    const key = cbor(new Map<number, Cbor>([[1, 2], [3, -7], [-1, 1], [-2, Buffer.from(jwk.x!, 'base64url')], [-3, Buffer.from(jwk.y!, 'base64url')]]));
    const data = this.#data(this.flags | hasKey, Buffer.concat([Buffer.alloc(16), Buffer.from([0, this.id.length]), this.id, key]));
    const attestation = cbor(new Map<string, Cbor>([['fmt', 'none'], ['attStmt', new Map()], ['authData', data]]));
    return {
      id: base64(this.id), rawId: base64(this.id), type: 'public-key' as const,
      response: { clientDataJSON: base64(this.#client('webauthn.create', options.challenge, at)), attestationObject: base64(attestation), transports: ['internal'] },
    };
  }

  get(options: { challenge: string }, at = origin) {
    this.counter++;
    const client = this.#client('webauthn.get', options.challenge, at);
    const data = this.#data(this.flags);
    const signature = sign('sha256', Buffer.concat([data, sha(client)]), this.#key!);
    return {
      id: base64(this.id), rawId: base64(this.id), type: 'public-key' as const,
      response: { clientDataJSON: base64(client), authenticatorData: base64(data), signature: base64(signature), userHandle: this.handle },
    };
  }
}

async function enrol(office: TestOffice, who = 'registrar') {
  const caller = await office.as(who);
  const authenticator = new Authenticator();
  const { options } = await office.run(beginPasskey, caller, { origin });
  const { id } = await office.run(addPasskey, caller, { origin, name: 'Telefon', credential: authenticator.create(options) });
  return { caller, authenticator, id };
}
const challenge = async (office: TestOffice) => (await office.run(beginPasskeySignIn, office.public(), { origin })).options;
const enter = (office: TestOffice, credential: ReturnType<Authenticator['get']>, at = origin) => office.run(signInByPasskey, office.public(), { origin: at, credential, agent: 'Firefox' });

test('a passkey made at the desk signs in, again and again', async ({ office }) => {
  const { caller, authenticator } = await enrol(office);
  for (let time = 1; time <= 2; time++) {
    const options = await challenge(office);
    expect(options).toMatchObject({ rpId: host, userVerification: 'required' });
    const answer = await enter(office, authenticator.get(options));
    expect(answer.state).toBe('open');
    if (answer.state === 'open') expect(await findSession(office.kernel, office.office, answer.token)).toMatchObject({ factor: 'passkey', caller: { personId: caller.personId } });
  }
  const stored = await office.within((db) => db.selectFrom('passkey').selectAll().where('office_id', '=', office.office.id).executeTakeFirstOrThrow());
  expect(stored).toMatchObject({ counter: 2, name: 'Telefon', transports: ['internal'] });
  expect(stored.used_at).not.toBeNull();
  expect((await office.events()).map((event) => event.name)).toEqual(['passkey.added', 'session.opened', 'session.opened']);
});

test('what the browser is asked for: a key it can find by itself, with its check of the person, and not one it holds', async ({ office }) => {
  const { caller, id } = await enrol(office);
  const { options } = await office.run(beginPasskey, caller, { origin });
  expect(options.authenticatorSelection).toMatchObject({ residentKey: 'required', userVerification: 'required' });
  expect(options.excludeCredentials?.map((one) => one.id)).toEqual([id]);
  expect(options.rp).toEqual({ id: host, name: 'Prijestonica Cetinje' });
  expect(options.attestation).toBe('none');
});

test('a challenge is good once, for five minutes, for its purpose, its person and its office', async ({ office }) => {
  const { caller, authenticator } = await enrol(office);
  const options = await challenge(office);
  const credential = authenticator.get(options);
  expect((await enter(office, credential)).state).toBe('open');
  expect((await office.refused(enter(office, credential), 409)).said.key).toBe('error.sign_in_expired');

  const old = authenticator.get(await challenge(office));
  await office.refused(office.run(signInByPasskey, office.public(), { origin, credential: old }, { now: new Date(Date.now() + 301_000) }), 409);

  const { options: forAdding } = await office.run(beginPasskey, caller, { origin });
  await office.refused(enter(office, authenticator.get(forAdding)), 409);
  const other = await office.as('mayor');
  await office.refused(office.run(addPasskey, other, { origin, name: 'Tuđi', credential: new Authenticator().create(forAdding) }), 409);

  const there = await office.another();
  await office.refused(enter(office, authenticator.get((await there.run(beginPasskeySignIn, there.public(), { origin })).options)), 409);
  await office.refused(enter(office, authenticator.get({ challenge: base64(randomBytes(56)) })), 409);
  await office.refused(enter(office, { ...authenticator.get(options), response: { ...authenticator.get(options).response, clientDataJSON: base64('not JSON') } }), 409);
});

test('a passkey of elsewhere, copied, unverified, forged or of somebody else opens nothing', async ({ office }) => {
  const { authenticator } = await enrol(office);
  const refused = async (credential: ReturnType<Authenticator['get']>, at = origin) => expect((await enter(office, credential, at)).state).toBe('refused');
  const get = async (at = origin) => authenticator.get(await challenge(office), at);
  await refused(await get('https://cetinje.primjer.example.zlo.example'));
  await refused(await get(), 'https://drugi.primjer.example');
  authenticator.flags = present;
  await refused(await get());
  authenticator.flags = present | verified;
  const forged = await get();
  await refused({ ...forged, response: { ...forged.response, signature: base64(randomBytes(70)) } });
  authenticator.handle = base64(Buffer.from((await office.as('mayor')).personId!));
  await refused(await get());
  authenticator.handle = base64(Buffer.from((await office.as('registrar')).personId!));
  const stranger = new Authenticator();
  stranger.create({ challenge: '', user: { id: authenticator.handle } });
  await refused(stranger.get(await challenge(office)));
  expect((await enter(office, await get())).state).toBe('open');
  authenticator.counter = 1;
  await refused(await get());
  expect((await office.events()).filter((event) => event.name === 'session.refused')).toHaveLength(7);
});

test('one made without the device’s check of the person, for another host or under a known id is not kept', async ({ office }) => {
  const { authenticator } = await enrol(office);
  const caller = await office.as('mayor');
  const add = async (made: (options: { challenge: string; user: { id: string } }) => ReturnType<Authenticator['create']>) => {
    const { options } = await office.run(beginPasskey, caller, { origin });
    return office.run(addPasskey, caller, { origin, name: 'Ključ', credential: made(options) });
  };
  const careless = new Authenticator();
  careless.flags = present;
  for (const made of [careless.create.bind(careless), (options: never) => new Authenticator().create(options, 'https://zlo.example'), (options: never) => authenticator.create(options)])
    expect((await office.refused(add(made), 409)).said.key).toBe('error.passkey_refused');
  await office.refused(office.run(beginPasskey, { ...caller, scopes: ['*'] }, { origin }), 403);
  await office.refused(office.run(beginPasskey, office.public(), { origin }), 404);
});

test('passkeys are listed, renamed and dropped by their owner alone; one dropped signs in no more, nor one of who left', async ({ office }) => {
  const { caller, authenticator, id } = await enrol(office);
  const stranger = await office.as('mayor');
  await office.refused(office.run(renamePasskey, stranger, { id, name: 'Moj' }), 404);
  await office.refused(office.run(dropPasskey, stranger, { id }), 404);
  await office.run(renamePasskey, caller, { id, name: 'Novi telefon' });
  expect((await office.run(listPasskeys, caller, {})).passkeys).toMatchObject([{ id, name: 'Novi telefon', usedAt: null }]);
  expect((await office.run(listPasskeys, stranger, {})).passkeys).toEqual([]);
  const second = await enrol(office, 'clerk');
  await office.run(deactivatePerson, await office.as('it'), { id: second.caller.personId! });
  expect((await enter(office, second.authenticator.get(await challenge(office)))).state).toBe('refused');
  await office.run(dropPasskey, caller, { id });
  expect((await enter(office, authenticator.get(await challenge(office)))).state).toBe('refused');
  await office.settle();
  const { email } = await office.within((db) => db.selectFrom('person').select('email').where('office_id', '=', office.office.id).where('id', '=', caller.personId!).executeTakeFirstOrThrow());
  expect(office.mails.filter((mail) => mail.to === email).map((mail) => /dodat|uklonjen/.exec(mail.text)?.[0]), 'its owner is told by mail').toEqual(['dodat', 'uklonjen']);
});
