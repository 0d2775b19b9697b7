import { degrees, PDFDocument, type PDFEmbeddedPage, type PDFPage } from '@cantoo/pdf-lib';
import { checkDots } from './picture-dots.ts';
import { answerOnce } from './worker.ts';

export type SheetSize = { width: number; height: number };
export type MarkAsk = { act: 'measure'; bytes: Uint8Array; mediaType: string } | { act: 'mark'; bytes: Uint8Array; mediaType: string; sheets: { size: SheetSize; sheet: Uint8Array }[] };
export type MarkAnswer = { sizes: SheetSize[] } | { pdf: Uint8Array };

const pageAt150 = 72 / 150;
const a4 = { width: 595.28, height: 841.89 };
const sizesAtMost = 200;

async function carry(target: PDFDocument, bytes: Uint8Array, mediaType: string): Promise<PDFPage[]> {
  const source = await read(bytes, mediaType);
  return target.copyPages(source, source.getPageIndices());
}

async function read(bytes: Uint8Array, mediaType: string): Promise<PDFDocument> {
  if (mediaType === 'application/pdf') return PDFDocument.load(bytes, { updateMetadata: false });
  checkDots(bytes);
  const document = await PDFDocument.create();
  const picture = mediaType === 'image/png' ? await document.embedPng(bytes) : await document.embedJpg(bytes);
  const shrink = Math.min(1, a4.width / (picture.width * pageAt150), a4.height / (picture.height * pageAt150)) * pageAt150;
  const page = document.addPage([picture.width * shrink, picture.height * shrink]);
  page.drawImage(picture, { x: 0, y: 0, width: page.getWidth(), height: page.getHeight() });
  await document.flush();
  // Read back, so that pictures take the same way as papers.
  return PDFDocument.load(await document.save(), { updateMetadata: false });
}

const turnOf = (page: PDFPage): number => ((page.getRotation().angle % 360) + 360) % 360;
/** The page as it is shown, in points. */
function sizeOf(page: PDFPage): SheetSize {
  const { width, height } = page.getCropBox();
  return turnOf(page) % 180 === 90 ? { width: height, height: width } : { width, height };
}
const keyOf = ({ width, height }: SheetSize): string => `${Math.round(width)}x${Math.round(height)}`;

function lay(page: PDFPage, sheet: PDFEmbeddedPage): void {
  const box = page.getCropBox();
  const turn = turnOf(page);
  const [width, height] = turn % 180 === 90 ? [box.height, box.width] : [box.width, box.height];
  // The sheet is turned when it is shown; the mark is turned with it, so that it stands upright before the reader.
  const x = box.x + (turn === 90 || turn === 180 ? box.width : 0);
  const y = box.y + (turn === 180 || turn === 270 ? box.height : 0);
  page.drawPage(sheet, { x, y, width, height, rotate: degrees(turn) });
}

async function measure({ bytes, mediaType }: MarkAsk): Promise<{ sizes: SheetSize[] }> {
  // Reading is lenient: only carrying the pages over shows whether they are there.
  const target = await PDFDocument.create();
  const sizes = new Map<string, SheetSize>();
  for (const page of await carry(target, bytes, mediaType)) sizes.set(keyOf(sizeOf(target.addPage(page))), sizeOf(page));
  if ((await target.save()).length === 0 || sizes.size > sizesAtMost) throw new Error('no pages');
  return { sizes: [...sizes.values()] };
}

async function mark({ bytes, mediaType, sheets }: Extract<MarkAsk, { act: 'mark' }>): Promise<{ pdf: Uint8Array }> {
  const target = await PDFDocument.create({ updateMetadata: false });
  const laid = new Map<string, PDFEmbeddedPage>();
  for (const { size, sheet } of sheets) laid.set(keyOf(size), (await target.embedPdf(sheet))[0]!);
  for (const page of await carry(target, bytes, mediaType)) {
    target.addPage(page);
    lay(page, laid.get(keyOf(sizeOf(page)))!);
  }
  return { pdf: await target.save() };
}

answerOnce((asked: MarkAsk) => (asked.act === 'mark' ? mark(asked) : measure(asked)));
