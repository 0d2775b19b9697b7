import { degrees, PDFDocument, type PDFEmbeddedPage, type PDFPage } from '@cantoo/pdf-lib';
import { renderPdf } from './pdf.ts';

/** What stands on every page: the level as it is stamped, who reads, and one line of where and when. */
export type Mark = { lang: string; level: string; reader: string; line: string };
/** What can be shown with a mark on each page. */
export const markedTypes: readonly string[] = ['application/pdf', 'image/jpeg', 'image/png'];

const pageAt150 = 72 / 150;
const a4 = { width: 595.28, height: 841.89 };

/** Whether every page of these bytes can be marked: a PDF without a password that can be read, or a picture. */
export async function canMark(bytes: Uint8Array, mediaType: string): Promise<boolean> {
  if (!markedTypes.includes(mediaType)) return false;
  try {
    // Reading is lenient: only carrying the pages over shows whether they are there.
    const target = await PDFDocument.create();
    for (const page of await carry(target, bytes, mediaType)) target.addPage(page);
    return (await target.save()).length > 0 && target.getPageCount() > 0;
  } catch {
    return false;
  }
}

/**
 * The paper as PDF with the mark over each page; pictures are laid on a page. Pages alone are carried over: no scripts,
 * no attached files, no properties of the file. Throws when the bytes cannot be read.
 */
export async function markPages(bytes: Uint8Array, mediaType: string, mark: Mark): Promise<Uint8Array> {
  const target = await PDFDocument.create({ updateMetadata: false });
  const marks = new Map<string, Promise<PDFEmbeddedPage>>();
  for (const page of await carry(target, bytes, mediaType)) {
    target.addPage(page);
    await lay(target, page, mark, marks);
  }
  return target.save();
}

async function carry(target: PDFDocument, bytes: Uint8Array, mediaType: string): Promise<PDFPage[]> {
  const source = await read(bytes, mediaType);
  return target.copyPages(source, source.getPageIndices());
}

async function read(bytes: Uint8Array, mediaType: string): Promise<PDFDocument> {
  if (mediaType === 'application/pdf') return PDFDocument.load(bytes, { updateMetadata: false });
  const document = await PDFDocument.create();
  const picture = mediaType === 'image/png' ? await document.embedPng(bytes) : await document.embedJpg(bytes);
  const shrink = Math.min(1, a4.width / (picture.width * pageAt150), a4.height / (picture.height * pageAt150)) * pageAt150;
  const page = document.addPage([picture.width * shrink, picture.height * shrink]);
  page.drawImage(picture, { x: 0, y: 0, width: page.getWidth(), height: page.getHeight() });
  await document.flush();
  // Read back, so that pictures take the same way as papers.
  return PDFDocument.load(await document.save(), { updateMetadata: false });
}

async function lay(target: PDFDocument, page: PDFPage, mark: Mark, marks: Map<string, Promise<PDFEmbeddedPage>>): Promise<void> {
  const box = page.getCropBox();
  const turn = ((page.getRotation().angle % 360) + 360) % 360;
  const isLying = turn === 90 || turn === 270;
  const [width, height] = isLying ? [box.height, box.width] : [box.width, box.height];
  const key = `${Math.round(width)}x${Math.round(height)}`;
  const made = marks.get(key) ?? embed(target, mark, width, height);
  marks.set(key, made);
  // The sheet is turned when it is shown; the mark is turned with it, so that it stands upright before the reader.
  const x = box.x + (turn === 90 || turn === 180 ? box.width : 0);
  const y = box.y + (turn === 180 || turn === 270 ? box.height : 0);
  page.drawPage(await made, { x, y, width, height, rotate: degrees(turn) });
}

async function embed(target: PDFDocument, mark: Mark, width: number, height: number): Promise<PDFEmbeddedPage> {
  const sheet = await renderPdf('classified', { ...mark, title: mark.level, width, height });
  const [page] = await target.embedPdf(sheet);
  return page!;
}
