import { degrees, PDFDocument, PDFName } from '@cantoo/pdf-lib';
import { getDocumentProxy } from 'unpdf';
import { afterAll, expect, test } from 'vitest';
import { closePdf } from './pdf.ts';
import { canMark, markPages } from './watermark.ts';

afterAll(closePdf);
const mark = { lang: 'cnr-Cyrl', level: 'ИНТЕРНО', reader: 'Ђурђа Његовановић', line: 'И-3/26 · примјерак 2 · 22.11.2026. 15:04' };
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

async function paper(): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  for (const [size, turn] of [[[595, 842], 0], [[842, 595], 0], [[595, 842], 90], [[300, 500], 180], [[595, 842], 270]] as const) document.addPage([...size]).setRotation(degrees(turn));
  document.setTitle('Тајни наслов');
  document.addJavaScript('x', 'app.alert("x")');
  await document.attach(new Uint8Array([1, 2, 3]), 'skriveno.bin', { mimeType: 'application/octet-stream' });
  return document.save();
}

const wordsOf = async (bytes: Uint8Array): Promise<string[]> => {
  const shown = await getDocumentProxy(new Uint8Array(bytes));
  return Promise.all(Array.from({ length: shown.numPages }, async (_, index) => (await (await shown.getPage(index + 1)).getTextContent()).items.map((item) => ('str' in item ? item.str : '')).join(' ')));
};

test('every page carries the level above and below, the reader, copy and time; nothing but pages is carried over', async () => {
  const marked = await markPages(await paper(), 'application/pdf', mark);
  const pages = await wordsOf(marked);
  expect(pages).toHaveLength(5);
  for (const words of pages) {
    expect(words.match(/ИНТЕРНО/g)!.length).toBe(2);
    expect(words).toContain(mark.reader);
    expect(words).toContain(mark.line);
  }
  const again = await PDFDocument.load(marked);
  expect([again.getTitle(), again.catalog.get(PDFName.of('Names')), again.catalog.get(PDFName.of('OpenAction'))]).toEqual([undefined, undefined, undefined]);
});

test('a picture becomes a page; what cannot be marked is known beforehand', async () => {
  expect((await wordsOf(await markPages(png, 'image/png', mark)))[0]).toContain(mark.reader);
  expect([await canMark(png, 'image/png'), await canMark(await paper(), 'application/pdf'), await canMark(png, 'application/pdf'), await canMark(Buffer.from('%PDF-1.7\nx'), 'application/pdf'), await canMark(Buffer.from('x'), 'text/plain')])
    .toEqual([true, true, false, false, false]);
});
