import { Secret, TOTP } from 'otpauth';
import { expect, test } from '../../../test/office.ts';
import { hashPassword } from './password.server.ts';
import { findSession, signIn } from './session.server.ts';
import { beginTotp, confirmTotp, dropTotp, resetTotp } from './totp.server.ts';

const password = 'vjetar sa Lovćena 47';

test('codes that are turned on, off or reset are said to their owner by mail; a reset ends what was open', async ({ office }) => {
  const caller = await office.as('registrar');
  const password_hash = await hashPassword(password);
  const { email } = await office.within((db) => db.updateTable('person').set({ password_hash }).where('office_id', '=', office.office.id).where('id', '=', caller.personId!).returning('email').executeTakeFirstOrThrow());
  const opened = await office.run(signIn, office.public(), { email, password });
  if (opened.state !== 'open') throw new Error(opened.state);
  const turnOn = async (): Promise<string> => {
    const { secret } = await office.run(beginTotp, caller, {});
    await office.run(confirmTotp, caller, { code: new TOTP({ secret: Secret.fromBase32(secret) }).generate() });
    return secret;
  };
  const told = async (): Promise<string[]> => {
    await office.settle();
    return office.mails.splice(0).map((mail) => `${mail.to}: ${/uključeni|isključeni/.exec(mail.text)?.[0]}`);
  };
  const secret = await turnOn();
  expect(await told()).toEqual([`${email}: uključeni`]);
  await office.run(dropTotp, caller, { password });
  expect(await told()).toEqual([`${email}: isključeni`]);
  await office.run(beginTotp, caller, {});
  await office.run(dropTotp, caller, { password });
  expect(await told(), 'codes that were never on').toEqual([]);
  expect(await turnOn()).not.toBe(secret);
  expect(await findSession(office.kernel, office.office, opened.token)).not.toBeNull();
  await office.run(resetTotp, await office.as('it'), { id: caller.personId! });
  expect(await findSession(office.kernel, office.office, opened.token)).toBeNull();
  expect(await told()).toEqual([`${email}: uključeni`, `${email}: isključeni`]);
});
