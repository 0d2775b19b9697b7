import { Secret, TOTP } from 'otpauth';
import { describe } from 'vitest';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { hashPassword } from './password.server.ts';
import { sweep } from './people-jobs.ts';
import { closeOtherSessions, closeSession, confirmSignIn, findSession, listSessions, openSession, signIn, type SignIn } from './session.server.ts';
import { beginTotp, confirmTotp, dropTotp, resetTotp } from './totp.server.ts';
import { deactivatePerson } from './person.server.ts';

const password = 'vjetar sa Lovćena 47';
const hashed = hashPassword(password);
const start = new Date('2026-03-02T08:00:00Z');
const later = (minutes: number): Date => new Date(start.getTime() + minutes * 60_000);

async function givePassword(office: TestOffice, key: string): Promise<{ id: string; email: string }> {
  const password_hash = await hashed;
  return office.within((db) => db.updateTable('person').set({ password_hash }).where('office_id', '=', office.office.id).where('key', '=', key).returning(['id', 'email']).executeTakeFirstOrThrow());
}
const opened = (answer: SignIn): Extract<SignIn, { state: 'open' }> => {
  if (answer.state !== 'open') throw new Error(`not open but ${answer.state}`);
  return answer;
};
const enterAs = async (office: TestOffice, email: string, now = start, previous = '') => opened(await office.run(signIn, office.public(), { email, password, agent: 'Firefox', previous }, { now }));

describe('signing in by password', () => {
  test('opens a session whose token finds the caller, and is stored only as a hash', async ({ office }) => {
    const { id, email } = await givePassword(office, 'dragica-borilovic');
    const answer = await enterAs(office, ` ${email.toUpperCase()} `);
    const session = await findSession(office.kernel, office.office, answer.token, '10.0.0.1', later(1));
    expect(session?.caller).toMatchObject({ kind: 'person', personId: id, address: '10.0.0.1', scopes: null, unitId: 'sluzba' });
    expect([...session!.caller.roles]).toEqual(['registrar']);
    expect(session).toMatchObject({ factor: 'password', density: 'dense', theme: null, singleKeys: true });
    const rows = await office.within((db) => db.selectFrom('session').selectAll().where('office_id', '=', office.office.id).execute());
    expect(JSON.stringify(rows)).not.toContain(answer.token);
    expect((await office.events()).at(-1)).toMatchObject({ name: 'session.opened', nounId: id, actor: 'public', data: { factor: 'password' } });
  });

  test('refuses a wrong password, an unknown e-mail, somebody without a password and somebody who left alike', async ({ office }) => {
    const { id, email } = await givePassword(office, 'dragica-borilovic');
    const left = await givePassword(office, 'luka-strugar');
    await office.run(deactivatePerson, await office.as('chief'), { id: left.id });
    const without = (await office.within((db) => db.selectFrom('person').select('email').where('office_id', '=', office.office.id).where('key', '=', 'zoran-spadijer').executeTakeFirstOrThrow())).email;
    for (const [who, typed] of [[email, 'a wrong one entirely'], ['nobody@cetinje.example', password], [without, password], [left.email, password]] as const)
      expect(await office.run(signIn, office.public(), { email: who, password: typed })).toEqual({ state: 'refused', again: true });
    const refusals = (await office.events()).filter((event) => event.name === 'session.refused');
    expect(refusals.map((event) => event.nounId)).toEqual([id, null, expect.any(String), left.id]);
    expect(JSON.stringify(await office.events())).not.toContain('@');
  });

  test('an unknown e-mail takes as long as a known one', async ({ office }) => {
    const { email } = await givePassword(office, 'dragica-borilovic');
    const time = async (who: string): Promise<number> => {
      const began = performance.now();
      await office.run(signIn, office.public(), { email: who, password: 'a wrong one entirely' });
      return performance.now() - began;
    };
    await time('warm@up.example');
    const known = Math.min(await time(email), await time(email), await time(email));
    const unknown = Math.min(await time('a@b.example'), await time('c@d.example'), await time('e@f.example'));
    expect(unknown).toBeGreaterThan(known * 0.5);
  });

  test('ten wrong ones for an e-mail, then none is heard for a quarter of an hour, not even the right one', async ({ office }) => {
    const { email } = await givePassword(office, 'dragica-borilovic');
    const wrongly = () => office.run(signIn, office.public(), { email, password: 'a wrong one entirely' }, { now: start });
    await Promise.allSettled(Array.from({ length: 14 }, wrongly));
    await office.refused(office.run(signIn, office.public(), { email, password }, { now: later(14) }), 429);
    const count = (await office.events()).filter((event) => event.name === 'session.refused').length;
    expect(count, 'those at the same time wait for each other and are counted').toBe(10);
    await enterAs(office, email, later(16));
  });

  test('fifty wrong ones from an address, whatever the e-mails, and it must wait; others need not', async ({ office }) => {
    const { email } = await givePassword(office, 'dragica-borilovic');
    await office.run(signIn, office.public('en', '203.0.113.9'), { email: 'someone@else.example', password: 'x' }, { now: start });
    await office.within((db) => db.updateTable('attempt').set({ count: 50 }).where('office_id', '=', office.office.id).where('key', 'like', 'sign_in_from:%').execute());
    await office.refused(office.run(signIn, office.public('en', '203.0.113.9'), { email, password }, { now: later(1) }), 429);
    expect((await office.run(signIn, office.public('en', '203.0.113.10'), { email, password }, { now: later(1) })).state).toBe('open');
  });

  test('a right password clears the count', async ({ office }) => {
    const { email } = await givePassword(office, 'dragica-borilovic');
    for (let round = 0; round < 2; round++) {
      for (let wrong = 0; wrong < 6; wrong++) await office.run(signIn, office.public(), { email, password: 'wrong' }, { now: start });
      await enterAs(office, email);
    }
  });

  test('the token of one office opens nothing in another', async ({ office }) => {
    const { email } = await givePassword(office, 'dragica-borilovic');
    const { token } = await enterAs(office, email);
    const other = await office.another();
    expect(await findSession(other.kernel, other.office, token, '', later(1))).toBeNull();
    expect((await office.run(signIn, other.public(), { email, password })).state).toBe('refused');
  });
});

describe('sessions', () => {
  test('end after twelve hours, or two of silence; being used keeps them', async ({ office }) => {
    const { email } = await givePassword(office, 'dragica-borilovic');
    const { token } = await enterAs(office, email);
    const find = (minutes: number) => findSession(office.kernel, office.office, token, '', later(minutes));
    expect(await find(119)).not.toBeNull();
    for (let minutes = 230; minutes < 720; minutes += 110) expect(await find(minutes), `${minutes} minutes`).not.toBeNull();
    expect(await find(721)).toBeNull();
    const idle = await enterAs(office, email);
    expect(await findSession(office.kernel, office.office, idle.token, '', later(121))).toBeNull();
  });

  test('are marked as seen at most once a minute', async ({ office }) => {
    const { email } = await givePassword(office, 'dragica-borilovic');
    const { token } = await enterAs(office, email);
    const seen = async (seconds: number): Promise<number> => {
      await findSession(office.kernel, office.office, token, '', later(seconds / 60));
      const row = await office.within((db) => db.selectFrom('session').select('seen_at').where('office_id', '=', office.office.id).executeTakeFirstOrThrow());
      return (row.seen_at.getTime() - start.getTime()) / 1000;
    };
    expect([await seen(30), await seen(61), await seen(100), await seen(130)]).toEqual([0, 61, 61, 130]);
  });

  test('a new sign-in replaces the session that the browser had', async ({ office }) => {
    const { email } = await givePassword(office, 'dragica-borilovic');
    const first = await enterAs(office, email);
    const second = await enterAs(office, email, later(1), first.token);
    expect(await findSession(office.kernel, office.office, first.token, '', later(2))).toBeNull();
    expect(await findSession(office.kernel, office.office, second.token, '', later(2))).not.toBeNull();
  });

  test('are listed and closed by their owner alone', async ({ office }) => {
    const { email } = await givePassword(office, 'dragica-borilovic');
    const [here, there] = [await enterAs(office, email), await enterAs(office, email, later(1))];
    const { caller, sessionId } = (await findSession(office.kernel, office.office, here.token, '', later(2)))!;
    const { sessions } = await office.run(listSessions, caller, { sessionId }, { now: later(3) });
    expect(sessions.map((one) => [one.isCurrent, one.agent])).toEqual([[false, 'Firefox'], [true, 'Firefox']]);
    const stranger = await office.as('mayor');
    expect((await office.run(listSessions, stranger, {}, { now: later(3) })).sessions).toEqual([]);
    await office.refused(office.run(closeSession, stranger, { sessionId }), 404);
    expect(await office.run(closeOtherSessions, caller, { sessionId })).toMatchObject({ count: 1 });
    expect(await findSession(office.kernel, office.office, there.token, '', later(4))).toBeNull();
    await office.run(closeSession, caller, { sessionId });
    expect(await findSession(office.kernel, office.office, here.token, '', later(4))).toBeNull();
    expect((await office.events()).slice(-2).map((event) => [event.name, event.personId])).toEqual([['session.others_closed', caller.personId], ['session.closed', caller.personId]]);
  });

  test('are nobody’s after nonsense', async ({ office }) => {
    for (const token of ['', 'x', 'a'.repeat(43), '\u0000', 'ђ'.repeat(43), 'a'.repeat(10_000)]) expect(await findSession(office.kernel, office.office, token)).toBeNull();
  });

  test('a token of the REST interface does not reach them', async ({ office }) => {
    const caller = { ...(await office.as('registrar')), scopes: ['*'] };
    await office.refused(office.run(listSessions, caller, {}), 403);
    await office.refused(office.run(beginTotp, caller, {}), 403);
  });

  test('are swept when they are over, with spent challenges and old attempts', async ({ office }) => {
    const { email } = await givePassword(office, 'dragica-borilovic');
    await enterAs(office, email);
    await office.run(signIn, office.public(), { email, password: 'wrong' }, { now: start });
    const count = () => office.within(async (db) => [
      (await db.selectFrom('session').select('person_id').where('office_id', '=', office.office.id).execute()).length,
      (await db.selectFrom('attempt').select('key').where('office_id', '=', office.office.id).execute()).length,
    ]);
    await sweep(office.kernel, office.office, later(60));
    expect(await count()).toEqual([1, 1]);
    await sweep(office.kernel, office.office, later(25 * 60));
    expect(await count()).toEqual([0, 0]);
  });

  test('another module may open one for whoever it has recognised', async ({ office }) => {
    const caller = await office.as('mayor');
    const answer = await office.within((db) => openSession({ db, office: office.office, now: start, record: () => {} } as never, caller.personId!, 'password'));
    expect((await findSession(office.kernel, office.office, answer.token, '', later(1)))?.caller.personId).toBe(caller.personId);
  });
});

describe('one-time codes', () => {
  const codeAt = (secret: string, at: Date): string => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at.getTime() });
  async function turnOn(office: TestOffice) {
    const { id, email } = await givePassword(office, 'dragica-borilovic');
    const caller = await office.as('dragica-borilovic');
    const { secret, uri, qr } = await office.run(beginTotp, caller, {}, { now: start });
    expect(uri).toMatch(/^otpauth:\/\/totp\//);
    expect(qr).toContain('<svg');
    const refusal = await office.refused(office.run(confirmTotp, caller, { code: codeAt(secret, later(-5)) }, { now: start }), 422);
    expect(refusal.fields['code']).toEqual({ key: 'field.totp_wrong' });
    expect((await office.run(signIn, office.public(), { email, password }, { now: start })).state).toBe('open');
    await office.run(confirmTotp, caller, { code: codeAt(secret, start) }, { now: start });
    return { id, email, secret, caller };
  }
  const ask = async (office: TestOffice, email: string, now: Date): Promise<string> => {
    const answer = await office.run(signIn, office.public(), { email, password }, { now });
    if (answer.state !== 'totp') throw new Error(answer.state);
    return answer.pending;
  };

  test('are asked for after the password; the session is open only then', async ({ office }) => {
    const { email, secret, caller } = await turnOn(office);
    const pending = await ask(office, email, later(2));
    expect(await findSession(office.kernel, office.office, pending, '', later(2))).toBeNull();
    const code = codeAt(secret, later(2));
    const answer = await office.run(confirmSignIn, office.public(), { pending, code: `${code.slice(0, 3)} ${code.slice(3)}` }, { now: later(2) });
    expect((await findSession(office.kernel, office.office, opened(answer).token, '', later(3)))).toMatchObject({ factor: 'totp', caller: { personId: caller.personId } });
    await office.refused(office.run(confirmSignIn, office.public(), { pending, code: codeAt(secret, later(3)) }, { now: later(3) }), 409);
    const stored = await office.within((db) => db.selectFrom('person').select('totp_secret').where('office_id', '=', office.office.id).where('id', '=', caller.personId!).executeTakeFirstOrThrow());
    expect(stored.totp_secret).not.toContain(secret);
  });

  test('are good half a minute to either side and never twice, not even at once', async ({ office }) => {
    const { email, secret } = await turnOn(office);
    const confirm = async (code: string, now: Date) => (await office.run(confirmSignIn, office.public(), { pending: await ask(office, email, now), code }, { now })).state;
    expect(await confirm(codeAt(secret, start), later(0.5)), 'the one that turned them on').toBe('refused');
    expect(await confirm(codeAt(secret, later(10)), later(11)), 'two steps old').toBe('refused');
    const code = codeAt(secret, later(20));
    const both = await Promise.all([confirm(code, later(20)), confirm(code, later(20))]);
    expect(both.sort()).toEqual(['open', 'refused']);
    expect(await confirm(codeAt(secret, later(19.5)), later(20)), 'an earlier one than the last taken').toBe('refused');
    expect(await confirm(codeAt(secret, later(20.5)), later(20)), 'the next, of a clock that is fast').toBe('open');
  });

  test('five wrong ones end the sign-in, ten in an hour the guessing', async ({ office }) => {
    const { email, secret } = await turnOn(office);
    const guess = async (pending: string, times: number): Promise<boolean[]> => {
      const again: boolean[] = [];
      for (let one = 0; one < times; one++) {
        const answer = await office.run(confirmSignIn, office.public(), { pending, code: one % 2 ? '000000' : 'abc' }, { now: later(2) });
        if (answer.state === 'refused') again.push(answer.again);
      }
      return again;
    };
    const first = await ask(office, email, later(2));
    expect(await guess(first, 5)).toEqual([true, true, true, true, false]);
    await office.refused(office.run(confirmSignIn, office.public(), { pending: first, code: codeAt(secret, later(2)) }, { now: later(2) }), 409);
    await guess(await ask(office, email, later(2)), 5);
    await office.refused(office.run(confirmSignIn, office.public(), { pending: await ask(office, email, later(2)), code: codeAt(secret, later(2)) }, { now: later(2) }), 429);
    expect((await office.run(confirmSignIn, office.public(), { pending: await ask(office, email, later(63)), code: codeAt(secret, later(63)) }, { now: later(63) })).state).toBe('open');
  });

  test('a sign-in that waits longer than five minutes for its code is over', async ({ office }) => {
    const { email, secret } = await turnOn(office);
    const pending = await ask(office, email, later(2));
    const refusal = await office.refused(office.run(confirmSignIn, office.public(), { pending, code: codeAt(secret, later(8)) }, { now: later(8) }), 409);
    expect(refusal.said.key).toBe('error.sign_in_expired');
  });

  test('are dropped with the password, or by who keeps the accounts for somebody else', async ({ office }) => {
    const { id, email, caller } = await turnOn(office);
    await office.refused(office.run(beginTotp, caller, {}), 409);
    expect(await office.run(dropTotp, caller, { password: 'a wrong one entirely' })).toEqual({ state: 'refused' });
    expect(await office.run(dropTotp, caller, { password })).toEqual({ state: 'done' });
    await enterAs(office, email);
    await office.refused(office.run(dropTotp, caller, { password }), 409);
    await office.refused(office.run(resetTotp, caller, { id }), 403);
    await office.run(resetTotp, await office.as('it'), { id });
    await office.refused(office.run(resetTotp, await office.as('it'), { id: (await office.as('it')).personId! }), 403);
  });
});
