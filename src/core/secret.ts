import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

let sealKey: Buffer | undefined;
let hashKey: Buffer | undefined;
let browserKey: Buffer | undefined;

/** Sets the installation's secret (32 bytes) for this process; call once at start. */
export function useSecret(secret: Buffer): void {
  sealKey = Buffer.from(hkdfSync('sha256', secret, '', 'kabinet seal', 32));
  hashKey = Buffer.from(hkdfSync('sha256', secret, '', 'kabinet hash', 32));
  browserKey = Buffer.from(hkdfSync('sha256', secret, '', 'kabinet known browser', 32));
}

function key(which: Buffer | undefined): Buffer {
  if (!which) throw new Error('useSecret was not called');
  return which;
}

/** A random token of 32 bytes, as 43 url-safe characters. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** Keyed hash under which tokens and codes are stored: a stolen table does not give the codes away. */
export const hashToken = (token: string): Buffer => createHmac('sha256', key(hashKey)).update(token).digest();

/** Keyed hash of what a browser keeps to be known again; its key hashes nothing else. */
export const browserMark = (text: string): Buffer => createHmac('sha256', key(browserKey)).update(text).digest();

/** Whether two secrets are the same; takes as long where they are not. */
export const isSame = (one: string, other: string): boolean => timingSafeEqual(hashToken(one), hashToken(other));

/** SHA-256 as hex. */
export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/**
 * AES-256-GCM over bytes for one place (`belongs`, such as office and id): nonce (12), tag (16), bytes. Carried to another
 * place they cannot be opened.
 */
export function sealBytes(bytes: Uint8Array, belongs: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key(sealKey), nonce);
  cipher.setAAD(Buffer.from(belongs));
  const body = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** The bytes sealed by sealBytes for this place; throws when they were changed, moved or sealed under another secret. */
export function openBytes(sealed: Uint8Array, belongs: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key(sealKey), sealed.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(belongs));
  decipher.setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
}

/** AES-256-GCM: nonce (12), tag (16), text. */
export function sealText(text: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key(sealKey), nonce);
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** The text sealed by sealText; throws when it was changed or sealed under another secret. */
export function openText(sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key(sealKey), sealed.subarray(0, 12), { authTagLength: 16 });
  decipher.setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
}
