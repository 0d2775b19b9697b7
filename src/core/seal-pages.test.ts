import { spawnSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { PDFDocument, PDFHexString, PDFName, PDFString, StandardFonts } from '@cantoo/pdf-lib';
import { afterAll, expect, test } from 'vitest';
import { signPdf } from './pades.ts';
import { closePdf, renderPdf, type ClosingData } from './pdf.ts';
import { appendPages, checkPages } from './seal-pages.ts';
import { makeDemonstration } from './sign.ts';
import { openText, useSecret } from './secret.ts';

useSecret(Buffer.alloc(32, 7));
afterAll(closePdf);

const closing: ClosingData = {
  lang: 'sr-Cyrl', region: 'BA', title: 'Допис', issuedAt: '2026-11-22', office: { name: 'Град Примјер', cabinet: 'Кабинет градоначелника', address: 'Липова 2' }, number: '12-1-1/26', date: '22.11.2026.', place: 'Примјер', addressee: ['Ана Анић', 'Липова 4'],
  subject: 'Записник о прегледу моста', before: 3, statement: 'Текст дописа је на 3 стране које претходе овој.', signatory: { name: 'Марко Марић', title: 'градоначелник' }, note: { text: 'Електронски потписано.' },
  sealed: { title: 'Овјерено електронским печатом', lines: ['Марко Марић', 'Број 12-1-1/26'] }, deliveries: ['Ани Анић', 'Архиви'],
  labels: { number: 'Број', date: 'Датум', enclosures: 'Прилози', deliveries: 'Достављено', page: 'Страна {page} од {pages}', closing: 'Завршна страна дописа', addressee: 'Прималац' },
};

/** A PDF of a word processor, with `more` done to it. */
async function paper(pages = 3, more?: (document: PDFDocument) => void | Promise<void>): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  const font = await document.embedFont(StandardFonts.Helvetica);
  for (let index = 1; index <= pages; index++) document.addPage([595, 842]).drawText(`Page ${index} of the paper`, { x: 80, y: 700, size: 16, font });
  await more?.(document);
  return document.save();
}
const annotate = (document: PDFDocument, annotation: Record<string, unknown>): void => {
  const page = document.getPage(0);
  page.node.addAnnot(document.context.register(document.context.obj({ Type: 'Annot', Rect: [80, 500, 200, 520], ...annotation } as never)));
};
const script = { S: 'JavaScript', JS: PDFString.of('app.alert(1)') };
const active = (document: PDFDocument): Promise<void> => {
  const { catalog, context } = document;
  catalog.set(PDFName.of('OpenAction'), context.obj(script as never));
  catalog.set(PDFName.of('AA'), context.obj({ WC: script } as never));
  document.addJavaScript('start', 'app.alert(2)');
  document.getPage(0).node.set(PDFName.of('AA'), context.obj({ O: script } as never));
  annotate(document, { Subtype: 'Link', A: { S: 'Launch', F: PDFString.of('calc.exe') } });
  annotate(document, { Subtype: 'Link', A: { S: 'URI', URI: PDFString.of('javascript:alert(3)') } });
  annotate(document, { Subtype: 'Link', A: { S: 'URI', URI: PDFString.of('https://primjer.example/a') } });
  annotate(document, { Subtype: 'Text', Contents: PDFHexString.fromText('a note among colleagues') });
  const field = document.getForm().createTextField('name');
  field.setText('FILLED');
  field.addToPage(document.getPage(0), { x: 80, y: 600, width: 200, height: 20 });
  return document.attach(new Uint8Array(Buffer.from('MZ secret')), 'virus.exe', { mimeType: 'application/octet-stream' });
};
const append = async (pdf: Uint8Array) => appendPages(pdf, await renderPdf('closing', closing), { title: 'Допис', lang: 'sr-Cyrl' });
const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const signer = () => {
  const { chain, sealedKey } = makeDemonstration('Проба', new Date('2026-01-01'), new Date('2030-01-01'));
  return { chain, key: createPrivateKey(openText(sealedKey)) };
};
const seal = (pdf: Uint8Array) => signPdf(pdf, { signer: signer(), name: 'Проба', reason: 'Допис', at: new Date('2026-11-22T12:00:00Z') });

test('the pages stay, the closing page stands behind them, and nothing comes over that acts or is attached', async () => {
  const pdf = await paper(3, active);
  expect(await checkPages(pdf, 'a.pdf')).toBe(3);
  const whole = await append(pdf);
  // Without what is packed: chance may write any three letters there.
  const text = latin(whole).replaceAll(/\bstream\r?\n[^]*?\bendstream\b/g, '');
  expect(text).toMatch(/\nxref\n/);
  expect(text).not.toMatch(/JavaScript|\/JS\b|\/Launch|\/OpenAction|\/AA\b|EmbeddedFile|AcroForm|Names|virus|\/Widget|colleagues|StructParents/);
  const links = (await PDFDocument.load(whole)).getPages().flatMap((page) => page.node.Annots()?.asArray() ?? []);
  expect(links).toHaveLength(2);
  expect(text).toContain(Buffer.from('https://primjer.example/a').toString('hex'));
  const { extractText, getDocumentProxy } = await import('unpdf');
  const read = await extractText(await getDocumentProxy(whole), { mergePages: false });
  expect(read.totalPages).toBe(4);
  expect(read.text[0]).toContain('Page 1 of the paper');
  // What was filled in is part of the sheet.
  expect(read.text[0]).toContain('FILLED');
  expect(read.text[3]).toContain('Марко Марић');
  expect(read.text[3]).toContain('Страна 4 од 4');
});

test('poppler finds the seal on the last page valid and over the whole file, where it is installed', async ({ skip }) => {
  if (spawnSync('pdfsig', ['-v']).error) return skip();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kabinet-pages-'));
  const file = path.join(folder, 'a.pdf');
  writeFileSync(file, (await seal(await append(await paper(3, active)))).bytes);
  if (process.env['LOOK']) writeFileSync(process.env['LOOK'], (await seal(await append(await paper(3, active)))).bytes);
  const said = spawnSync('pdfsig', [file], { encoding: 'utf8' }).stdout;
  const dump = spawnSync('pdfinfo', ['-js', file], { encoding: 'utf8' }).stdout;
  rmSync(folder, { recursive: true });
  expect(said).toMatch(/Signature is Valid/);
  expect(said).toMatch(/Total document signed/);
  expect(dump.trim()).toBe('');
});

test('words in a stream that look like objects of the file take neither the place of the seal nor that of the catalogue', async () => {
  const numbers = Array.from({ length: 60 }, (_, index) => index + 1);
  const fakes = numbers.map((number) => `\n${number} 0 obj\n<< /Type /Catalog /OpenAction << /S /JavaScript >> /URI (kabinet:seal) /Rect [0 0 1 1] >>\nendobj\n`).join('');
  const pdf = await paper(1, (document) => {
    const { context } = document;
    document.getPage(0).node.addContentStream(context.register(context.stream(`% ${fakes.replaceAll('\n', '\n')}`)));
  });
  const whole = await append(pdf);
  expect(latin(whole)).toContain('JavaScript');
  const update = latin((await seal(whole)).bytes.subarray(whole.length));
  expect(update).not.toContain('JavaScript');
  expect(update).not.toContain('/Rect [0 0 1 1]');
  expect(update).toMatch(/\/Subtype \/Widget/);
});

test('what cannot be the pages of a letter is said with its reason', async () => {
  const good = await paper();
  const locked = await PDFDocument.load(good);
  locked.encrypt({ userPassword: 'x', ownerPassword: 'y' });
  const form = await paper(1, (document) => annotate(document, { Subtype: 'Widget', FT: 'Tx', T: PDFString.of('a'), V: PDFString.of('typed') }));
  for (const [pdf, key] of [
    [await locked.save(), 'encrypted'], [good.subarray(0, 400), 'broken'], [new Uint8Array(Buffer.from('%PDF-1.7\nnothing')), 'broken'], [await paper(201), 'long'], [form, 'form'], [(await seal(await append(good))).bytes, 'signed'],
  ] as const) expect(await checkPages(pdf, 'a.pdf'), key).toMatchObject({ key: `field.pdf_${key}`, args: { name: 'a.pdf' } });
}, 60_000);

test('a file that unpacks without end is given up, and the process with it', async () => {
  const bomb = deflateSync(deflateSync(Buffer.alloc(700 * 1024 * 1024), { level: 1 }), { level: 9 });
  const head = '%PDF-1.7\n1 0 obj\n';
  const dictionary = `<< /Type /ObjStm /N 1 /First 4 /Filter [/FlateDecode /FlateDecode] /Length ${bomb.length} >>\nstream\n`;
  const pdf = Buffer.concat([Buffer.from(head + dictionary), bomb, Buffer.from('\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n')]);
  expect(pdf.length).toBeLessThan(1_000_000);
  expect(await checkPages(new Uint8Array(pdf), 'a.pdf')).toMatchObject({ key: 'field.pdf_broken' });
}, 70_000);
