import { createHash } from 'node:crypto';
import { signDetached, timeStamp, type Signer } from './pades-cms.ts';

/** What the template leaves where the visible field of the signature is to stand: a link to here. */
export const sealAddress = 'kabinet:seal';

export type Signing = {
  signer: Signer;
  /** Who signs and why, as the reader's program shows it. */
  name: string;
  reason: string;
  at: Date;
  /** A time stamp authority; without one the signature is B-B. */
  tsa?: string | undefined;
};
export type Signed = { bytes: Uint8Array; level: 'B-B' | 'B-T' };

const latin = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
/** Any text as a PDF string in UTF-16. */
const said = (text: string): string => `<FEFF${Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase()}>`;

/** Where each object begins as the last revision has it, by the cross-reference tables alone: what looks like an object within a stream is none. */
function offsetsOf(pdf: string, newest: number): Map<number, number> {
  const offsets = new Map<number, number>();
  for (let start = newest, revisions = 0; revisions < 100; revisions++) {
    let at = start + (/^xref\s+/.exec(pdf.slice(start, start + 20))?.[0].length ?? Number.NaN);
    if (Number.isNaN(at)) throw new Error('the PDF has no classic cross-reference table');
    for (;;) {
      const part = /^(\d+) (\d+)\s*[\r\n]+/.exec(pdf.slice(at, at + 40));
      if (!part) break;
      at += part[0].length;
      for (let index = 0; index < Number(part[2]); index++, at += 20)
        if (pdf[at + 17] === 'n' && !offsets.has(Number(part[1]) + index)) offsets.set(Number(part[1]) + index, Number(pdf.slice(at, at + 10)));
    }
    const previous = /\/Prev (\d+)/.exec(pdf.slice(at, pdf.indexOf('startxref', at)));
    if (!previous) break;
    start = Number(previous[1]);
  }
  return offsets;
}

/** The text of an object, of a stream its dictionary. */
function objectText(pdf: string, number: number, offset: number | undefined): string {
  const head = `${number} 0 obj`;
  if (offset === undefined || !pdf.startsWith(head, offset)) throw new Error(`the PDF has no object ${number}`);
  const end = pdf.indexOf('endobj', offset);
  return pdf.slice(offset + head.length, end).split(/stream\r?\n/, 1)[0]!.trim();
}

type Place = { number: number; rectangle: string; page: number; parent: string };
/** The link that keeps the place of the signature, with its page: the last one, for a page that was put before ours may hold such words too. */
function findPlace(pdf: string, offsets: ReadonlyMap<number, number>): Place {
  const objects = [...offsets].sort(([a], [b]) => b - a).flatMap(([number, offset]) => (pdf.startsWith(`${number} 0 obj`, offset) ? [{ number, text: objectText(pdf, number, offset) }] : []));
  const link = objects.find(({ text }) => text.includes(`(${sealAddress})`) && text.includes('/Rect'));
  if (!link) throw new Error('the PDF keeps no place for a signature');
  const page = objects.find(({ text }) => /\/Type\s*\/Page\b/.test(text) && new RegExp(`/Annots\\s*\\[[^\\]]*\\b${link.number} 0 R`).test(text));
  const rectangle = /\/Rect\s*(\[[^\]]+\])/.exec(link.text)?.[1];
  if (!page || !rectangle) throw new Error('the place for the signature lies on no page');
  return { number: link.number, rectangle, page: page.number, parent: /\/StructParent\s+\d+/.exec(link.text)?.[0] ?? '' };
}

const range = '[0 0000000000 0000000000 0000000000]';
const two = (value: number): string => String(value).padStart(2, '0');

/**
 * Signs a PDF that was made here (classic cross-reference table, a link to `sealAddress` where the field is to be) as PAdES baseline:
 * an incremental update, so that every byte of the paper stays as it was printed, and PDF/A with it.
 */
export async function signPdf(pdf: Uint8Array, signing: Signing): Promise<Signed> {
  const text = latin(pdf);
  const trailer = text.slice(text.lastIndexOf('trailer'));
  const read = (pattern: RegExp): string => pattern.exec(trailer)?.[1] ?? '';
  const [size, root] = [Number(read(/\/Size (\d+)/)), Number(read(/\/Root (\d+) 0 R/))];
  const previous = Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(text)?.[1]);
  if (!size || !root || !previous) throw new Error('the PDF has no classic cross-reference table');
  const offsets = offsetsOf(text, previous);
  const place = findPlace(text, offsets);
  const [x1, y1, x2, y2] = place.rectangle.slice(1, -1).trim().split(/\s+/).map(Number) as [number, number, number, number];
  const { at } = signing;
  const moment = `D:${at.getUTCFullYear()}${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())}${two(at.getUTCHours())}${two(at.getUTCMinutes())}${two(at.getUTCSeconds())}Z`;
  const [signature, appearance] = [size, size + 1];
  const room = 4096 + signing.signer.chain.reduce((sum, one) => sum + one.length, 0) + (signing.tsa ? 16_384 : 0);
  const objects: [number, string][] = [
    [signature, `<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /Name ${said(signing.name)} /Reason ${said(signing.reason)} /M (${moment}) /ByteRange ${range} /Contents <${'0'.repeat(room * 2)}> >>`],
    // The words of the field are on the page itself, in the fonts that the paper carries; the field lies over them.
    [appearance, `<< /Type /XObject /Subtype /Form /BBox [0 0 ${(x2 - x1).toFixed(2)} ${(y2 - y1).toFixed(2)}] /Resources << >> /Length 0 >>\nstream\n\nendstream`],
    [place.number, `<< /Type /Annot /Subtype /Widget /FT /Sig /T (Seal) /TU ${said(signing.name)} /V ${signature} 0 R /Rect ${place.rectangle} /P ${place.page} 0 R /F 132 ${place.parent} /AP << /N ${appearance} 0 R >> >>`],
    [root, objectText(text, root, offsets.get(root)).replace('<<', `<< /AcroForm << /Fields [${place.number} 0 R] /SigFlags 3 >>`)],
  ];
  let update = text.endsWith('\n') ? '' : '\n';
  const table = new Map<number, number>();
  for (const [number, body] of objects) {
    table.set(number, pdf.length + update.length);
    update += `${number} 0 obj\n${body}\nendobj\n`;
  }
  const start = pdf.length + update.length;
  const rows = [...table].sort(([a], [b]) => a - b).map(([number, offset]) => `${number} 1\n${String(offset).padStart(10, '0')} 00000 n \n`);
  const changed = createHash('sha256').update(pdf).update(moment).digest('hex').slice(0, 32);
  const identity = /\/ID\s*\[\s*(\((?:[^()\\]|\\.)*\)|<[^>]*>)/.exec(trailer)?.[1] ?? `<${changed}>`;
  const info = /\/Info \d+ 0 R/.exec(trailer)?.[0] ?? '';
  update += `xref\n${rows.join('')}trailer\n<< /Size ${size + 2} /Root ${root} 0 R ${info} /ID [${identity} <${changed}>] /Prev ${previous} >>\nstartxref\n${start}\n%%EOF\n`;

  const whole = Buffer.concat([pdf, Buffer.from(update, 'latin1')]);
  const rangeAt = whole.indexOf(range, pdf.length, 'latin1');
  const gapAt = whole.indexOf('/Contents <', rangeAt, 'latin1') + '/Contents '.length;
  const gapEnd = gapAt + room * 2 + 2;
  const ten = (value: number): string => String(value).padStart(10, '0');
  whole.write(`[0 ${ten(gapAt)} ${ten(gapEnd)} ${ten(whole.length - gapEnd)}]`, rangeAt, 'latin1');
  const covered = Buffer.concat([whole.subarray(0, gapAt), whole.subarray(gapEnd)]);
  const { tsa } = signing;
  let level: Signed['level'] = tsa ? 'B-T' : 'B-B';
  let cms: Buffer;
  try {
    cms = await signDetached(covered, signing.signer, tsa ? (value) => timeStamp(tsa, value) : undefined);
  } catch (error) {
    if (!tsa) throw error;
    // An authority that is away must not keep a mayor from signing: the signature holds without its stamp.
    level = 'B-B';
    cms = await signDetached(covered, signing.signer);
  }
  if (cms.length > room) throw new Error('the signature is longer than its place');
  whole.write(cms.toString('hex').toUpperCase(), gapAt + 1, 'latin1');
  return { bytes: new Uint8Array(whole), level };
}
