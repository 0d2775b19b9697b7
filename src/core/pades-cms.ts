import { createHash, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { fromBER, type Sequence } from 'asn1js';

/** Certificates from the signer's own upwards, in DER, and the signer's key: RSA or EC. */
export type Signer = { chain: readonly Uint8Array[]; key: KeyObject };

const bytesOf = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts);
/** One DER value: tag, length, content. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = bytesOf(...parts);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : size < 0x10000 ? [0x82, size >> 8, size & 0xff] : [0x83, size >> 16, (size >> 8) & 0xff, size & 0xff];
  return bytesOf(Buffer.from([tag, ...length]), content);
}
export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const set = (...parts: readonly Uint8Array[]): Buffer => der(0x31, ...[...parts].sort(Buffer.compare));
const octets = (bytes: Uint8Array): Buffer => der(0x04, bytes);
export const integer = (value: number): Buffer => der(0x02, Buffer.from([value]));
export function oid(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const arcs = rest.flatMap((arc) => {
    const digits = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return der(0x06, Buffer.from([first! * 40 + second!, ...arcs]));
}
const nothing = Buffer.from([0x05, 0x00]);
const sha256Algorithm = sequence(oid('2.16.840.1.101.3.4.2.1'), nothing);
const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const attribute = (type: string, value: Uint8Array): Buffer => sequence(oid(type), set(value));

/** Issuer and serial number of a certificate, as its own DER says them. */
function issuerAndSerial(certificate: Uint8Array): { issuer: Uint8Array; serial: Uint8Array } {
  const parsed = fromBER(new Uint8Array(certificate));
  if (parsed.offset === -1) throw new Error('not a certificate');
  const body = (parsed.result as Sequence).valueBlock.value[0] as Sequence;
  const fields = body.valueBlock.value;
  const at = fields[0]!.idBlock.tagClass === 3 ? 1 : 0;
  return { serial: fields[at]!.valueBeforeDecodeView, issuer: fields[at + 2]!.valueBeforeDecodeView };
}

/** Asks the authority at `address` for a time stamp over `bytes`; the token as DER. Throws when it is away, slow or refuses. */
export async function timeStamp(address: string, bytes: Uint8Array): Promise<Buffer> {
  const hash = digest(bytes);
  const nonce = der(0x02, bytesOf(Buffer.from([0x01]), randomBytes(8)));
  const request = sequence(integer(1), sequence(sha256Algorithm, octets(hash)), nonce, Buffer.from([0x01, 0x01, 0xff]));
  const response = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/timestamp-query' }, body: new Uint8Array(request), signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new Error(`the time stamp authority answered ${response.status}`);
  const parsed = fromBER(await response.arrayBuffer());
  if (parsed.offset === -1) throw new Error('the time stamp authority answered what is no time stamp');
  const [status, token] = (parsed.result as Sequence).valueBlock.value;
  const granted = (status as Sequence).valueBlock.value[0]!.valueBeforeDecodeView;
  if (!token || granted[granted.length - 1]! > 1) throw new Error('the time stamp authority refused');
  const stamp = Buffer.from(token.valueBeforeDecodeView);
  if (!stamp.includes(hash) || !stamp.includes(nonce)) throw new Error('the time stamp is of something else');
  return stamp;
}

/**
 * A detached CMS signature over `bytes` as PAdES asks for it: SHA-256, signing-certificate-v2, no signing-time (the PDF says it);
 * with `stamp`, a time stamp over the signature (B-T), otherwise B-B.
 */
export async function signDetached(bytes: Uint8Array, { chain, key }: Signer, stamp?: (signature: Uint8Array) => Promise<Buffer>): Promise<Buffer> {
  const own = chain[0]!;
  const { issuer, serial } = issuerAndSerial(own);
  const identifier = sequence(octets(digest(own)), sequence(sequence(der(0xa4, issuer)), serial));
  const attributes = [
    attribute('1.2.840.113549.1.9.3', oid('1.2.840.113549.1.7.1')),
    attribute('1.2.840.113549.1.9.4', octets(digest(bytes))),
    attribute('1.2.840.113549.1.9.16.2.47', sequence(sequence(identifier))),
  ];
  // What is signed is the SET itself; in the message it stands under an implicit tag.
  const signed = set(...attributes);
  const signature = sign('sha256', signed, key);
  const algorithm = key.asymmetricKeyType === 'ec' ? sequence(oid('1.2.840.10045.4.3.2')) : sequence(oid('1.2.840.113549.1.1.11'), nothing);
  const token = await stamp?.(signature);
  const signerInfo = sequence(
    integer(1), sequence(issuer, serial), sha256Algorithm, bytesOf(Buffer.from([0xa0]), signed.subarray(1)), algorithm, octets(signature),
    ...(token ? [der(0xa1, attribute('1.2.840.113549.1.9.16.2.14', token))] : []),
  );
  const message = sequence(integer(1), set(sha256Algorithm), sequence(oid('1.2.840.113549.1.7.1')), der(0xa0, ...chain), set(signerInfo));
  return sequence(oid('1.2.840.113549.1.7.2'), der(0xa0, message));
}

/** Whether the key belongs to the certificate and is of a kind that is signed with here. */
export function fits(certificate: Uint8Array, key: KeyObject): boolean {
  return (key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'ec') && new X509Certificate(certificate).checkPrivateKey(key);
}
