import { createCanvas, loadImage } from '@napi-rs/canvas';
import fc from 'fast-check';
import { toBuffer, type QRCodeErrorCorrectionLevel } from 'qrcode';
import { expect, test } from 'vitest';
import { readCodes, type Grey } from './qr.ts';

type Look = { level?: QRCodeErrorCorrectionLevel; degrees?: number; width?: number; blot?: boolean };
async function pictureOf(text: string, { level = 'M', degrees = 0, width = 240, blot = false }: Look = {}): Promise<Grey> {
  const canvas = createCanvas(900, 900);
  const draw = canvas.getContext('2d');
  draw.fillStyle = '#f4f2ea';
  draw.fillRect(0, 0, 900, 900);
  draw.fillStyle = '#222';
  draw.font = '30px serif';
  for (let row = 0; row < 8; row++) draw.fillText('Број 01-031/26 Скупштина општине HHH888', 60, 60 + row * 40);
  draw.translate(450, 620);
  draw.rotate((degrees * Math.PI) / 180);
  draw.drawImage(await loadImage(await toBuffer(text, { errorCorrectionLevel: level, width, margin: 4 })), -width / 2, -width / 2);
  if (blot) draw.fillRect(0, 0, width / 14, width / 14);
  const { data } = draw.getImageData(0, 0, 900, 900);
  return { data: Uint8Array.from({ length: 900 * 900 }, (_, index) => (data[index * 4]! * 3 + data[index * 4 + 1]! * 6 + data[index * 4 + 2]!) / 10), width: 900, height: 900 };
}
const address = 'https://cetinje.example/c/01a203e3-947a-739b-b366-a7d6b9c8dbf9';

test('the address of a case is read from its label: straight, askew, upside down, with a blot', async () => {
  for (const degrees of [0, 2, -7, 45, 90, 180, 271]) expect(readCodes(await pictureOf(address, { degrees })), `${degrees}°`).toEqual([address]);
  expect(readCodes(await pictureOf(address, { level: 'Q', blot: true }))).toEqual([address]);
  for (const width of [150, 400, 560]) expect(readCodes(await pictureOf(address, { width })), `${width} px`).toEqual([address]);
});

test('whatever was written is read', async () => {
  await fc.assert(fc.asyncProperty(fc.oneof(fc.string({ minLength: 1, maxLength: 120 }), fc.stringMatching(/^\d{1,60}$/), fc.stringMatching(/^[A-Z0-9 $%*+./:-]{1,60}$/), fc.constant('Писарница, č ș ț')), fc.constantFrom<QRCodeErrorCorrectionLevel>('L', 'M', 'Q', 'H'), async (text, level) => {
    expect(readCodes(await pictureOf(text, { level, width: 500 }))).toEqual([Buffer.from(text).toString('utf8')]);
  }), { numRuns: 40 });
});

test('a page without a code says nothing', () => {
  expect(readCodes({ data: new Uint8Array(10_000).fill(255), width: 100, height: 100 })).toEqual([]);
  expect(readCodes({ data: Uint8Array.from({ length: 250_000 }, (_, index) => (index * 7919) % 251), width: 500, height: 500 })).toEqual([]);
  expect(readCodes({ data: new Uint8Array(), width: 0, height: 0 })).toEqual([]);
});
