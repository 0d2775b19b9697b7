import path from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import { createCanvas, GlobalFonts, loadImage } from '@napi-rs/canvas';
import { toBuffer } from 'qrcode';
import { rootDirectory } from '../src/core/root.ts';

GlobalFonts.registerFromPath(path.join(rootDirectory, 'node_modules/@expo-google-fonts/noto-serif/400Regular/NotoSerif_400Regular.ttf'), 'Scan');

type Paper = { rows: readonly string[]; qr?: string; degrees?: number };
/** A letter as a scanner at 200 dots an inch delivers it: words, a label with a code, laid a little askew. */
export async function scanOf({ rows, qr, degrees = 0 }: Paper): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = createCanvas(1654, 2339);
  const draw = canvas.getContext('2d');
  draw.fillStyle = '#fdfdf8';
  draw.fillRect(0, 0, 1654, 2339);
  draw.translate(827, 1170);
  draw.rotate((degrees * Math.PI) / 180);
  draw.translate(-827, -1170);
  draw.fillStyle = '#111';
  draw.font = '40px Scan';
  rows.forEach((row, index) => draw.fillText(row, 150, 300 + index * 72));
  if (qr) draw.drawImage(await loadImage(await toBuffer(qr, { width: 260, margin: 4 })), 1250, 120);
  return new Uint8Array(canvas.toBuffer('image/png'));
}

export async function pdfOf(picture: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const pdf = await PDFDocument.create();
  const image = await pdf.embedPng(picture);
  pdf.addPage([595, 842]).drawImage(image, { x: 0, y: 0, width: 595, height: 842 });
  return new Uint8Array(await pdf.save());
}
