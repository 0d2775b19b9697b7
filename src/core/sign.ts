import { createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import { der, fits, integer, oid, sequence, type Signer } from './pades-cms.ts';
import { signPdf } from './pades.ts';
import { formatAt, type LocaleId } from './language.ts';
import { log } from './log.ts';
import { translator } from './message.ts';
import type { Context } from './operation.ts';
import { PdfError, renderPdf, type ClosingData, type LetterData, type MinutesData } from './pdf.ts';
import { notNow, type Said } from './refusal.ts';
import { appendPages } from './seal-pages.ts';
import { openText, sealText } from './secret.ts';

/** A certificate with its key as it is kept: the key sealed with the installation's secret. */
export type Kept = { subject: string; issuer: string; fingerprint: string; chain: Buffer[]; sealedKey: Buffer; validFrom: Date; validUntil: Date };
export const isSaid = (found: object): found is Said => 'key' in found && typeof found.key === 'string';

// Node writes a name a line each, with a backslash before commas.
const commonName = (name: string): string => (/^CN=(.*)$/m.exec(name)?.[1] ?? /^O=(.*)$/m.exec(name)?.[1] ?? name.replaceAll('\n', ', ')).replace(/\\(.)/g, '$1');
const keep = (chain: Buffer[], pem: string): Kept => {
  const own = new X509Certificate(chain[0]!);
  return {
    subject: commonName(own.subject), issuer: commonName(own.issuer), fingerprint: own.fingerprint256.replaceAll(':', '').toLowerCase(), chain, sealedKey: sealText(pem),
    validFrom: new Date(own.validFrom), validUntil: new Date(own.validTo),
  };
};

/** Whether the certificate's key usage, where it says one, is for signatures or seals. */
function maySign(certificate: Buffer): boolean {
  // extension keyUsage 2.5.29.15, critical or not, then OCTET STRING of BIT STRING: length, unused bits, first byte
  const at = certificate.indexOf(Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x0f]));
  if (at < 0) return true;
  const bits = certificate.indexOf(Buffer.from([0x03, 0x02]), at + 5);
  return bits < 0 || bits > at + 16 || (certificate[bits + 3]! & 0xc0) !== 0;
}

const iterationsAtMost = 2_000_000;
const isCostly = (value: forge.asn1.Asn1): boolean => (Array.isArray(value.value)
  ? value.value.some(isCostly)
  : value.type === forge.asn1.Type.INTEGER && value.value.length <= 8 && Number.parseInt(forge.util.bytesToHex(value.value) || '0', 16) > iterationsAtMost);

/** forge takes the letters of a password for bytes where the file (AES, as is usual now) has them in UTF-8: then once more so, the key itself being the proof. */
function openStore(parsed: forge.asn1.Asn1, password: string): forge.pkcs12.Pkcs12Pfx {
  try {
    return forge.pkcs12.pkcs12FromAsn1(parsed, false, password);
  } catch (error) {
    if (!/[^\x20-\x7e]/.test(password) || !Array.isArray(parsed.value)) throw error;
    return forge.pkcs12.pkcs12FromAsn1({ ...parsed, value: parsed.value.slice(0, 2) }, false, forge.util.encodeUtf8(password));
  }
}

/** Reads a PKCS#12 file with its password on the day `now`; or says what is wrong with it. */
export function readPkcs12(bytes: Uint8Array, password: string, now: Date): Kept | Said {
  let bags: { certificates: Buffer[]; pem: string | null };
  try {
    const parsed = forge.asn1.fromDer(Buffer.from(bytes).toString('binary'));
    // Somebody else's file may ask for hours of key derivation.
    if (isCostly(parsed)) return { key: 'field.certificate_unreadable' };
    const store = openStore(parsed, password);
    const all = (type: string): forge.pkcs12.Bag[] => store.getBags({ bagType: type })[type] ?? [];
    const { certBag, pkcs8ShroudedKeyBag, keyBag } = forge.pki.oids as Record<string, string>;
    const derOf = (value: forge.asn1.Asn1): Buffer => Buffer.from(forge.asn1.toDer(value).getBytes(), 'binary');
    const key = [...all(pkcs8ShroudedKeyBag!), ...all(keyBag!)][0];
    bags = {
      certificates: all(certBag!).map((bag) => (bag.cert ? derOf(forge.pki.certificateToAsn1(bag.cert)) : derOf(bag.asn1))),
      // forge reads RSA keys only; of others it hands on the structure.
      pem: key ? createPrivateKey(key.key ? forge.pki.privateKeyToPem(key.key) : { key: derOf(key.asn1), format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' }) : null,
    };
  } catch {
    return { key: 'field.certificate_unreadable' };
  }
  if (!bags.pem) return { key: 'field.certificate_no_key' };
  const { pem } = bags;
  const own = bags.certificates.find((one) => fits(one, createPrivateKey(pem)));
  if (!own) return { key: 'field.certificate_no_key' };
  const certificate = new X509Certificate(own);
  if (new Date(certificate.validTo) <= now || new Date(certificate.validFrom) > now) return { key: 'field.certificate_expired' };
  if (!maySign(own)) return { key: 'field.certificate_usage' };
  return keep(chainOf(own, bags.certificates), pem);
}

function chainOf(own: Buffer, all: readonly Buffer[]): Buffer[] {
  const chain = [own];
  for (let last = new X509Certificate(own); chain.length < 6; ) {
    const next = all.find((one) => !chain.includes(one) && last.checkIssued(new X509Certificate(one)));
    if (!next) break;
    chain.push(next);
    last = new X509Certificate(next);
  }
  return chain;
}

const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text));
const time = (at: Date): Buffer => der(0x18, Buffer.from(`${at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`));

/** A self-signed certificate for a demonstration, under a name that says so. */
export function makeDemonstration(name: string, from: Date, until: Date): Kept {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsa = sequence(oid('1.2.840.10045.4.3.2'));
  const subject = sequence(der(0x31, sequence(oid('2.5.4.3'), utf8(name.slice(0, 64)))));
  const usage = sequence(oid('2.5.29.15'), Buffer.from([0x01, 0x01, 0xff]), der(0x04, Buffer.from([0x03, 0x02, 0x06, 0xc0])));
  const serial = der(0x02, Buffer.from([0x01, ...randomBytes(15)]));
  const body = sequence(der(0xa0, integer(2)), serial, ecdsa, subject, sequence(time(from), time(until)), subject, publicKey.export({ format: 'der', type: 'spki' }), der(0xa3, sequence(usage)));
  const certificate = sequence(body, ecdsa, der(0x03, Buffer.from([0x00]), sign('sha256', body, privateKey)));
  return keep([certificate], privateKey.export({ format: 'pem', type: 'pkcs8' }));
}

/** The office's certificate in use: not retired, valid at the moment of the act, the newest; null where there is none. */
export async function findSigner({ db, office, now }: Pick<Context, 'db' | 'office' | 'now'>): Promise<(Signer & { subject: string }) | null> {
  const row = await db.selectFrom('certificate').select(['subject', 'chain', 'sealed_key']).where('office_id', '=', office.id).where('retired_at', 'is', null)
    .where('valid_from', '<=', now).where('valid_until', '>', now).orderBy('at', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst();
  return row ? { subject: row.subject, chain: row.chain, key: createPrivateKey(openText(row.sealed_key)) } : null;
}

/** What is printed: a letter from its text, a PDF whose pages are the letter, with what the closing page behind them says, or minutes. */
export type Paper = { data: LetterData; own?: undefined; template?: undefined } | { data: ClosingData; own: Uint8Array; template?: undefined } | { data: MinutesData; own?: undefined; template: 'minutes' };

async function print({ data, own, template }: Paper): Promise<Uint8Array> {
  if (template) return renderPdf(template, data);
  if (!own) return renderPdf('letter', data);
  try {
    return await appendPages(own, await renderPdf('closing', data), { title: data.title, lang: data.lang });
  } catch (error) {
    if (error instanceof PdfError) throw notNow('error.letter_pages');
    throw error;
  }
}

/**
 * Prints a letter and, where the office has a certificate, seals it with its PAdES signature. `sealedWith` is the level and the certificate's
 * name, empty where there is none; `note` stands under a sealed letter only, the other is signed by hand. Call it last: it takes some 30 ms, with a time stamp authority up to 5 s.
 */
export async function renderPaper(context: Context, paper: Paper, locale: LocaleId, note?: string): Promise<{ bytes: Uint8Array<ArrayBuffer>; sealedWith: string }> {
  const signer = await findSigner(context);
  if (!signer) return { bytes: new Uint8Array(await print(paper)), sealedWith: '' };
  const { data } = paper;
  const { office, now, kernel } = context;
  const t = translator(locale);
  const lines = [data.signatory.name, signer.subject, t('public.seal.number', { number: data.number, at: formatAt(now, office.jurisdiction.timeZone, locale, 'numeric') })].filter((line) => line !== '');
  const sealed = { ...data, ...(note ? { note: { text: note } } : {}), sealed: { title: t('public.seal.title'), lines } };
  const pdf = await print({ ...paper, data: sealed } as Paper);
  const tsa = kernel.config.KABINET_TSA;
  const signed = await signPdf(pdf, { signer, name: signer.subject, reason: `${data.title} ${data.number}`, at: now, tsa });
  if (tsa && signed.level === 'B-B') log.warn({ office: office.slug }, 'the time stamp authority gave no stamp');
  return { bytes: new Uint8Array(signed.bytes), sealedWith: `PAdES ${signed.level}, ${signer.subject}` };
}

/** A letter from its text, as `renderPaper` prints and seals it. */
export const renderSealed = (context: Context, data: LetterData, locale: LocaleId, note?: string): ReturnType<typeof renderPaper> => renderPaper(context, { data }, locale, note);
