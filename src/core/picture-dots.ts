/** As many dots as a process may hold once they are unpacked: four bytes each. */
export const dotsAtMost = 120_000_000;

/** Width times height as the head of a picture (PNG, JPEG, GIF, WebP) says, without unpacking it; null where the head is not understood. */
export function dotsOf(bytes: Uint8Array): number | null {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (data.length < 30) return null;
  if (data.readUInt32BE(0) === 0x89504e47) return data.readUInt32BE(16) * data.readUInt32BE(20);
  if (data.toString('latin1', 0, 3) === 'GIF') return data.readUInt16LE(6) * data.readUInt16LE(8);
  if (data.toString('latin1', 8, 12) === 'WEBP') return dotsOfWebp(data);
  return data.readUInt16BE(0) === 0xffd8 ? dotsOfJpeg(data) : null;
}

function dotsOfWebp(data: Buffer): number | null {
  const kind = data.toString('latin1', 12, 16);
  if (kind === 'VP8X') return (data.readUIntLE(24, 3) + 1) * (data.readUIntLE(27, 3) + 1);
  if (kind === 'VP8 ') return (data.readUInt16LE(26) & 0x3fff) * (data.readUInt16LE(28) & 0x3fff);
  return kind === 'VP8L' ? ((data.readUInt32LE(21) & 0x3fff) + 1) * (((data.readUInt32LE(21) >>> 14) & 0x3fff) + 1) : null;
}

function dotsOfJpeg(data: Buffer): number | null {
  for (let at = 2; at + 9 < data.length; ) {
    if (data[at] !== 0xff) return null;
    const mark = data[at + 1]!;
    // The frame, of any kind of coding; C4, C8 and CC are tables.
    if (mark >= 0xc0 && mark <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(mark)) return data.readUInt16BE(at + 5) * data.readUInt16BE(at + 7);
    at += mark === 0xff ? 1 : mark === 0x01 || (mark >= 0xd0 && mark <= 0xd8) ? 2 : 2 + data.readUInt16BE(at + 2);
  }
  return null;
}

/** Refuses by throwing what would be too large unpacked; asked before a picture is. */
export function checkDots(bytes: Uint8Array): void {
  const dots = dotsOf(bytes);
  if (dots !== null && (dots === 0 || dots > dotsAtMost)) throw new Error('no picture');
}
