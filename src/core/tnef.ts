import type { Upload } from './file.ts';

const signature = 0x223e9f78;
const attributes = { rendering: 0x00069002, title: 0x00018010, data: 0x0006800f };

const filesAtMost = 200;

/** Whether these bytes are a winmail.dat: the parcel into which some programs put all attachments (MS-OXTNEF). */
export const isTnef = (bytes: Uint8Array): boolean => bytes.length > 6 && Buffer.from(bytes.buffer, bytes.byteOffset, 4).readUInt32LE(0) === signature;

/** The files in a winmail.dat, as far as it can be read. */
export function openTnef(bytes: Uint8Array): Upload[] {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const files: { name: string; bytes: Uint8Array<ArrayBuffer> }[] = [];
  // Each attribute: level (1), id (4), length (4), content, checksum (2).
  for (let at = 6; at + 11 <= data.length; ) {
    const id = data.readUInt32LE(at + 1);
    const length = data.readUInt32LE(at + 5);
    const content = data.subarray(at + 9, at + 9 + length);
    if (content.length < length) break;
    if (id === attributes.rendering && files.length >= filesAtMost) break;
    if (id === attributes.rendering) files.push({ name: 'part', bytes: new Uint8Array() });
    const last = files.at(-1);
    // The title is in the writer's code page; names in Latin letters are read, others are named by their kind.
    if (last && id === attributes.title) last.name = /^[\x20-\x7e]+$/.test(content.toString('latin1').replace(/\0.*$/s, '')) ? content.toString('latin1').replace(/\0.*$/s, '') : 'part';
    if (last && id === attributes.data) last.bytes = new Uint8Array(content);
    at += 9 + length + 2;
  }
  return files.filter((file) => file.bytes.length > 0);
}
