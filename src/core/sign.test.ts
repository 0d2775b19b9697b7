import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, verify, X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fromBER, type BaseBlock, type Constructed } from 'asn1js';
import forge from 'node-forge';
import { expect, test } from 'vitest';
import { signPdf } from './pades.ts';
import { der, integer, oid, sequence } from './pades-cms.ts';
import { renderPdf, type LetterData } from './pdf.ts';
import { isSaid, makeDemonstration, readPkcs12, type Kept } from './sign.ts';
import { openText, useSecret } from './secret.ts';

useSecret(Buffer.alloc(32, 7));

const letter: LetterData = {
  lang: 'sr-Cyrl', region: 'BA', title: 'Допис', issuedAt: '2026-11-22', office: { name: 'Град Примјер' }, number: '12-1-1/26', date: '22.11.2026.', addressee: ['Ана Анић', 'Липова 4'], subject: 'Допис', sections: [{ text: 'Текст.' }],
  signatory: { name: 'Марко Марић', title: 'градоначелник' }, sealed: { title: 'Овјерено', lines: ['Марко Марић', 'Број 12-1-1/26'] }, labels: { number: 'Број', date: 'Датум', enclosures: 'Прилози', deliveries: 'Достављено', page: '{page}/{pages}' },
};
const now = new Date('2026-11-22T12:00:00Z');
const kept = (): Kept => makeDemonstration('Проба', new Date('2026-01-01'), new Date('2030-01-01'));
const signerOf = ({ chain, sealedKey }: Kept) => ({ chain, key: createPrivateKey(openText(sealedKey)) });
const sealed = async (one = kept(), tsa?: string) => signPdf(await renderPdf('letter', letter), { signer: signerOf(one), name: 'Проба', reason: 'Допис', at: now, tsa });

const parts = (block: BaseBlock): BaseBlock[] => (block as Constructed).valueBlock.value;
const raw = (block: BaseBlock): Buffer => Buffer.from(block.valueBeforeDecodeView);
const content = (block: BaseBlock): Buffer => Buffer.from(block.valueBeforeDecodeView.subarray(block.blockLength - block.valueBlock.blockLength));

/** Reads the signature of a PDF anew, with nothing of what made it: what is covered, and whether it holds. */
function check(pdf: Uint8Array) {
  const file = Buffer.from(pdf);
  const text = file.toString('latin1');
  const [from, gapAt, gapEnd, rest] = /\/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]/.exec(text)!.slice(1).map(Number) as [number, number, number, number];
  const covered = Buffer.concat([file.subarray(from, gapAt), file.subarray(gapEnd, gapEnd + rest)]);
  const cms = Buffer.from(text.slice(gapAt + 1, gapEnd - 1), 'hex');
  const [, wrapped] = parts(fromBER(new Uint8Array(cms)).result);
  const [, digests, , certificates, signers] = parts(parts(wrapped!)[0]!);
  const certificate = new X509Certificate(raw(parts(certificates!)[0]!));
  const [version, , , attributes, , signature, unsigned] = parts(parts(signers!)[0]!);
  const values = new Map(parts(attributes!).map((one) => [raw(parts(one)[0]!).toString('hex'), parts(parts(one)[1]!)[0]!]));
  const signedSet = raw(attributes!);
  signedSet[0] = 0x31;
  const digest = createHash('sha256').update(covered).digest();
  const said = content(values.get(oid('1.2.840.113549.1.9.4').toString('hex'))!);
  const essHash = content(parts(parts(parts(values.get(oid('1.2.840.113549.1.9.16.2.47').toString('hex'))!)[0]!)[0]!)[0]!);
  return {
    wholeFile: from === 0 && gapEnd + rest === file.length && text[gapAt] === '<' && text[gapEnd - 1] === '>', gap: gapEnd - gapAt, digestHolds: said.equals(digest), certificateNamed: essHash.equals(createHash('sha256').update(certificate.raw).digest()),
    signatureHolds: verify('sha256', signedSet, certificate.publicKey, content(signature!)), signingTime: values.has(oid('1.2.840.113549.1.9.5').toString('hex')), version: content(version!)[0], digests: parts(digests!).length, stamp: unsigned ? raw(unsigned) : null, subject: certificate.subject,
  };
}

test('the signature covers the whole file but its gap, names its certificate, and holds by an independent reading', async () => {
  const { bytes, level } = await sealed();
  expect(check(bytes)).toMatchObject({ wholeFile: true, digestHolds: true, certificateNamed: true, signatureHolds: true, signingTime: false, version: 1, digests: 1, stamp: null, subject: 'CN=Проба' });
  expect(level).toBe('B-B');
  const text = Buffer.from(bytes).toString('latin1');
  expect(text).toContain('/SubFilter /ETSI.CAdES.detached');
  expect(text).toMatch(/\/M \(D:20261122120000Z\)/);
});

test('the paper itself stays as it was printed: an update stands behind it, PDF/A is still said, the field is printable', async () => {
  const pdf = await renderPdf('letter', letter);
  const { bytes } = await signPdf(pdf, { signer: signerOf(kept()), name: 'Проба', reason: 'Допис', at: now });
  expect(Buffer.from(bytes.subarray(0, pdf.length)).equals(Buffer.from(pdf))).toBe(true);
  const text = Buffer.from(bytes).toString('latin1');
  expect(text).toMatch(/pdfaid:part(?:>|=")2/);
  const update = text.slice(pdf.length);
  expect(update).toMatch(/\/Subtype \/Widget \/FT \/Sig [^]*\/F 132 [^]*\/AP << \/N \d+ 0 R >>/);
  const [x1, y1, x2, y2] = /\/Rect \[([^\]]+)\]/.exec(update)![1]!.trim().split(/\s+/).map(Number) as [number, number, number, number];
  expect(x2 - x1).toBeGreaterThan(150);
  expect(y2 - y1).toBeGreaterThan(20);
  expect(update.match(/%%EOF/g)).toHaveLength(1);
});

test('a name with a comma is shown as it is', () => {
  expect(makeDemonstration('ДЕМОНСТРАЦИЈА, Град Примјер', now, now)).toMatchObject({ subject: 'ДЕМОНСТРАЦИЈА, Град Примјер' });
});

test('one changed byte anywhere breaks it', async () => {
  const { bytes } = await sealed();
  for (const at of [0.1, 0.4, 0.7]) {
    const changed = Uint8Array.from(bytes);
    const place = Math.floor(changed.length * at);
    const gapAt = Buffer.from(changed).indexOf('/Contents <');
    if (place > gapAt) continue;
    changed[place]! ^= 1;
    expect(check(changed).digestHolds, String(at)).toBe(false);
  }
  const behind = Uint8Array.from(bytes);
  behind[behind.length - 20]! ^= 1;
  expect(check(behind).digestHolds).toBe(false);
});

test('an authority adds its time stamp; one that is away does not keep the letter from being sealed', async () => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const [, imprint, nonce] = parts(fromBER(new Uint8Array(Buffer.concat(chunks))).result);
      const token = sequence(oid('1.2.840.113549.1.7.2'), der(0xa0, sequence(raw(imprint!), raw(nonce!))));
      response.setHeader('content-type', 'application/timestamp-reply').end(sequence(sequence(integer(0)), token));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  const tsa = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stamped = await sealed(kept(), tsa);
  expect(stamped.level).toBe('B-T');
  expect(check(stamped.bytes)).toMatchObject({ digestHolds: true, signatureHolds: true });
  expect(check(stamped.bytes).stamp!.includes(oid('1.2.840.113549.1.9.16.2.14'))).toBe(true);
  await new Promise<void>((done) => server.close(() => done()));
  const alone = await sealed(kept(), tsa);
  expect(alone.level).toBe('B-B');
  expect(check(alone.bytes).signatureHolds).toBe(true);
});

test('poppler finds the signature valid, where it is installed', async ({ skip }) => {
  if (spawnSync('pdfsig', ['-v']).error) return skip();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kabinet-sign-'));
  const file = path.join(folder, 'a.pdf');
  writeFileSync(file, (await sealed()).bytes);
  const said = spawnSync('pdfsig', [file], { encoding: 'utf8' }).stdout;
  rmSync(folder, { recursive: true });
  expect(said).toMatch(/Signature is Valid/);
  expect(said).toMatch(/Total document signed/);
});

/** A PKCS#12 file as forge writes it. */
function pkcs12(password: string, more: { until?: Date; usage?: object; alien?: boolean } = {}): Uint8Array {
  const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { privateKey, publicKey } = pair();
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey.export({ format: 'pem', type: 'spki' }));
  certificate.serialNumber = `01${randomBytes(8).toString('hex')}`;
  certificate.validity.notBefore = new Date('2026-01-01');
  certificate.validity.notAfter = more.until ?? new Date('2030-01-01');
  certificate.setSubject([{ name: 'commonName', value: 'Grad Primjer' }]);
  certificate.setIssuer([{ name: 'commonName', value: 'Grad Primjer' }]);
  if (more.usage) certificate.setExtensions([{ name: 'keyUsage', ...more.usage }]);
  const key = forge.pki.privateKeyFromPem(privateKey.export({ format: 'pem', type: 'pkcs1' }));
  certificate.sign(key, forge.md.sha256.create());
  const inside = more.alien ? forge.pki.privateKeyFromPem(pair().privateKey.export({ format: 'pem', type: 'pkcs1' })) : key;
  return new Uint8Array(Buffer.from(forge.asn1.toDer(forge.pkcs12.toPkcs12Asn1(inside, [certificate], password, { algorithm: '3des' })).getBytes(), 'binary'));
}

test('a PKCS#12 file is taken with its password; otherwise it is said what is wrong with it', () => {
  const good = pkcs12('tajna');
  const found = readPkcs12(good, 'tajna', now);
  if (isSaid(found)) throw new Error(found.key);
  expect(found).toMatchObject({ subject: 'Grad Primjer', issuer: 'Grad Primjer' });
  expect(found.chain).toHaveLength(1);
  // The key is kept sealed: nothing of it is to be read in what is stored.
  expect(found.sealedKey.includes(Buffer.from('PRIVATE KEY'))).toBe(false);
  expect(createPrivateKey(openText(found.sealedKey)).asymmetricKeyType).toBe('rsa');
  expect(readPkcs12(good, 'other', now)).toEqual({ key: 'field.certificate_unreadable' });
  expect(readPkcs12(new Uint8Array(randomBytes(300)), 'tajna', now)).toEqual({ key: 'field.certificate_unreadable' });
  expect(readPkcs12(pkcs12('x', { alien: true }), 'x', now)).toEqual({ key: 'field.certificate_no_key' });
  expect(readPkcs12(pkcs12('x', { until: new Date('2026-02-01') }), 'x', now)).toEqual({ key: 'field.certificate_expired' });
  expect(readPkcs12(pkcs12('x', { usage: { keyEncipherment: true } }), 'x', now)).toEqual({ key: 'field.certificate_usage' });
  expect(isSaid(readPkcs12(pkcs12('x', { usage: { digitalSignature: true, nonRepudiation: true } }), 'x', now))).toBe(false);
});
