import { Secret, TOTP } from 'otpauth';
import QRCode from 'qrcode';
import { z } from 'zod';
import { id, line } from '../../core/input.ts';
import { textIn } from '../../core/message.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong } from '../../core/refusal.ts';
import { openText, sealText } from '../../core/secret.ts';
import { byHand } from './caller.server.ts';
import { closeSessions, confirmPassword, passwordField, sayWayInChanged } from './password.server.ts';

const secretBytes = 20;
const totpOf = (sealed: string): TOTP => new TOTP({ secret: Secret.fromBase32(openText(Buffer.from(sealed, 'base64'))) });

/** Takes a person's one-time code, of now or half a minute to either side; false for a wrong code, and for one that was taken already. */
export async function takeCode(context: Context, personId: string, typed: string): Promise<boolean> {
  const { db, office, now } = context;
  const code = typed.replace(/\s/g, '');
  if (!/^\d{6}$/.test(code)) return false;
  const row = await db.selectFrom('person').select('totp_secret').where('office_id', '=', office.id).where('id', '=', personId).where('is_active', '=', true).executeTakeFirst();
  if (!row?.totp_secret) return false;
  const timestamp = now.getTime();
  const offset = totpOf(row.totp_secret).validate({ token: code, timestamp, window: 1 });
  if (offset === null) return false;
  const step = TOTP.counter({ timestamp }) + offset;
  const taken = await db.updateTable('person').set({ totp_step: step }).where('office_id', '=', office.id).where('id', '=', personId)
    .where((eb) => eb.or([eb('totp_step', 'is', null), eb('totp_step', '<', step)])).executeTakeFirst();
  return Number(taken.numUpdatedRows) === 1;
}

const accountOf = (context: Context, personId: string) => context.db.selectFrom('person').select(['email', 'totp_on', 'totp_secret'])
  .where('office_id', '=', context.office.id).where('id', '=', personId).forUpdate().executeTakeFirstOrThrow();
const noTotp = { totp_secret: null, totp_on: false, totp_step: null };

export const beginTotp = operation({
  id: 'person.begin_totp', kind: 'command', allow: ['staff'],
  summary: 'Makes the secret of the one-time codes, as text, address and QR code; asked for at sign-in once a code has confirmed it.',
  input: z.object({}),
  output: z.object({ secret: z.string(), uri: z.string(), qr: z.string() }),
  async run(context) {
    const personId = byHand(context.caller);
    const account = await accountOf(context, personId);
    if (account.totp_on) throw notNow('error.totp_on');
    const secret = new Secret({ size: secretBytes });
    const uri = new TOTP({ issuer: textIn(context.office.data.name, context.caller.locale), label: account.email, secret }).toString();
    await context.db.updateTable('person').set({ ...noTotp, totp_secret: sealText(secret.base32).toString('base64') }).where('office_id', '=', context.office.id).where('id', '=', personId).execute();
    context.record({ name: 'person.totp_begun', nounId: personId });
    return { secret: secret.base32, uri, qr: await QRCode.toString(uri, { type: 'svg', margin: 2, errorCorrectionLevel: 'M' }) };
  },
});

export const confirmTotp = operation({
  id: 'person.confirm_totp', kind: 'command', allow: ['staff'],
  summary: 'Turns the one-time codes on with a first right one.',
  input: z.object({ code: line(20) }),
  output: z.object({ isOn: z.literal(true) }),
  async run(context, input) {
    const personId = byHand(context.caller);
    const account = await accountOf(context, personId);
    if (account.totp_on) throw notNow('error.totp_on');
    if (!account.totp_secret) throw notNow('error.totp_off');
    if (!(await takeCode(context, personId, input.code))) throw wrong({ code: { key: 'field.totp_wrong' } });
    await context.db.updateTable('person').set({ totp_on: true }).where('office_id', '=', context.office.id).where('id', '=', personId).execute();
    await sayWayInChanged(context, personId, 'codes_on');
    context.record({ name: 'person.totp_confirmed', nounId: personId });
    return { isOn: true as const };
  },
});

export const dropTotp = operation({
  id: 'person.drop_totp', kind: 'command', allow: ['staff'],
  summary: 'Turns one’s own one-time codes off, with the password.',
  input: z.object({ password: passwordField() }),
  output: z.object({ state: z.enum(['done', 'refused']) }),
  async run(context, input) {
    const personId = byHand(context.caller);
    const account = await accountOf(context, personId);
    if (!account.totp_secret) throw notNow('error.totp_off');
    if (!(await confirmPassword(context, personId, input.password))) return { state: 'refused' as const };
    await context.db.updateTable('person').set(noTotp).where('office_id', '=', context.office.id).where('id', '=', personId).execute();
    if (account.totp_on) await sayWayInChanged(context, personId, 'codes_off');
    context.record({ name: 'person.totp_dropped', nounId: personId });
    return { state: 'done' as const };
  },
});

export const resetTotp = operation({
  id: 'person.reset_totp', kind: 'command', allow: ['it', 'chief'],
  summary: 'Turns off the one-time codes of somebody else who has lost the telephone; their sessions end.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office } = context;
    if (byHand(context.caller) === input.id) throw notAllowed();
    const done = await db.updateTable('person').set(noTotp).where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (Number(done.numUpdatedRows) === 0) throw notFound();
    await closeSessions(db, office.id, input.id);
    await sayWayInChanged(context, input.id, 'codes_off');
    context.record({ name: 'person.totp_reset', nounId: input.id });
    return { id: input.id };
  },
});
