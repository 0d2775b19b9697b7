import { readFileSync, writeFileSync } from 'node:fs';
import { degrees, EncryptedPDFError, PDFDict, PDFDocument, PDFHexString, PDFName, PDFNumber, type PDFPage, type PDFRef } from '@cantoo/pdf-lib';
import { checkDots, dotsAtMost } from './picture-dots.ts';

// A process of its own: hundreds of megabytes are in memory while pages are put together, and what breaks here ends nothing else.
export type MergeSource = { path: string; mediaType: string };
export type MergePart = MergeSource & { title: string };
export type MergeAsk = { act: 'measure'; sources: MergeSource[] } | { act: 'merge'; parts: MergePart[]; stamps: string; title: string; lang: string; out: string };
export type Measure = number | 'encrypted' | 'broken';
export type MergeAnswer = { measures: Measure[] } | { pages: number } | { error: string };

const a4 = { width: 595.28, height: 841.89 };
const margin = 42;

async function read({ path, mediaType }: MergeSource): Promise<PDFDocument> {
  const bytes = new Uint8Array(readFileSync(path));
  if (mediaType === 'application/pdf') return PDFDocument.load(bytes, { updateMetadata: false });
  const { createCanvas, loadImage } = await import('@napi-rs/canvas');
  checkDots(bytes);
  const picture = await loadImage(Buffer.from(bytes));
  if (picture.width * picture.height === 0 || picture.width * picture.height > dotsAtMost) throw new Error('no picture');
  // Through the canvas, which turns a photograph as the camera was held; 150 dots an inch are what paper shows.
  const shrink = Math.min(1, 1700 / Math.max(picture.width, picture.height));
  const canvas = createCanvas(Math.max(1, Math.round(picture.width * shrink)), Math.max(1, Math.round(picture.height * shrink)));
  const paint = canvas.getContext('2d');
  paint.fillStyle = '#ffffff';
  paint.fillRect(0, 0, canvas.width, canvas.height);
  paint.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const document = await PDFDocument.create();
  const drawn = mediaType === 'image/png' ? await document.embedPng(canvas.toBuffer('image/png')) : await document.embedJpg(canvas.toBuffer('image/jpeg', 85));
  const isWide = drawn.width > drawn.height;
  const [width, height] = isWide ? [a4.height, a4.width] : [a4.width, a4.height];
  const fit = Math.min((width - 2 * margin) / drawn.width, (height - 2 * margin) / drawn.height, 72 / 96);
  const page = document.addPage([width, height]);
  page.drawImage(drawn, { x: (width - drawn.width * fit) / 2, y: height - margin - drawn.height * fit, width: drawn.width * fit, height: drawn.height * fit });
  return PDFDocument.load(await document.save(), { updateMetadata: false });
}

async function measure(source: MergeSource): Promise<Measure> {
  try {
    const document = await read(source);
    // Reading is lenient: only carrying the pages over shows whether they are there.
    const target = await PDFDocument.create();
    for (const page of await target.copyPages(document, document.getPageIndices())) target.addPage(page);
    await target.save();
    return document.getPageCount() || 'broken';
  } catch (error) {
    return error instanceof EncryptedPDFError || /encrypt|password/i.test((error as Error).message) ? 'encrypted' : 'broken';
  }
}

async function merge({ parts, stamps, title, lang, out }: Extract<MergeAsk, { act: 'merge' }>): Promise<number> {
  const target = await PDFDocument.create();
  target.setTitle(title, { showInWindowTitleBar: true });
  target.setLanguage(lang);
  const marks: { title: string; page: PDFPage }[] = [];
  for (const part of parts) {
    const source = await read(part);
    const pages = await target.copyPages(source, source.getPageIndices());
    for (const page of pages) target.addPage(page);
    if (pages[0] && part.title) marks.push({ title: part.title, page: pages[0] });
  }
  const pages = target.getPages();
  const feet = await PDFDocument.load(new Uint8Array(readFileSync(stamps)), { updateMetadata: false });
  const embedded = await target.embedPdf(feet, feet.getPageIndices());
  for (const [index, page] of pages.entries()) {
    const foot = embedded[index];
    if (!foot) continue;
    const box = page.getCropBox();
    const turn = ((page.getRotation().angle % 360) + 360) % 360;
    const width = turn === 90 || turn === 270 ? box.height : box.width;
    const [along, up] = [(width - foot.width) / 2, 10];
    // Upright at the foot of the sheet as it is shown, also where it is kept lying.
    const [x, y] = turn === 90 ? [box.x + box.width - up, box.y + along] : turn === 180 ? [box.x + box.width - along, box.y + box.height - up] : turn === 270 ? [box.x + up, box.y + box.height - along] : [box.x + along, box.y + up];
    page.drawPage(foot, { x, y, width: foot.width, height: foot.height, rotate: degrees(turn) });
  }
  addBookmarks(target, marks);
  writeFileSync(out, await target.save());
  return pages.length;
}

/** The reader's list of contents beside the pages. */
function addBookmarks(target: PDFDocument, marks: readonly { title: string; page: PDFPage }[]): void {
  const { context, catalog } = target;
  if (marks.length === 0) return;
  const root = context.nextRef();
  const refs: PDFRef[] = marks.map(() => context.nextRef());
  for (const [index, mark] of marks.entries()) {
    const item = PDFDict.withContext(context);
    item.set(PDFName.of('Title'), PDFHexString.fromText(mark.title));
    item.set(PDFName.of('Parent'), root);
    item.set(PDFName.of('Dest'), context.obj([mark.page.ref, PDFName.of('Fit')]));
    if (refs[index - 1]) item.set(PDFName.of('Prev'), refs[index - 1]!);
    if (refs[index + 1]) item.set(PDFName.of('Next'), refs[index + 1]!);
    context.assign(refs[index]!, item);
  }
  const outlines = PDFDict.withContext(context);
  outlines.set(PDFName.of('Type'), PDFName.of('Outlines'));
  outlines.set(PDFName.of('First'), refs[0]!);
  outlines.set(PDFName.of('Last'), refs[refs.length - 1]!);
  outlines.set(PDFName.of('Count'), PDFNumber.of(refs.length));
  context.assign(root, outlines);
  catalog.set(PDFName.of('Outlines'), root);
  catalog.set(PDFName.of('PageMode'), PDFName.of('UseOutlines'));
}

async function work(ask: MergeAsk): Promise<MergeAnswer> {
  if (ask.act === 'merge') return { pages: await merge(ask) };
  const measures: Measure[] = [];
  for (const source of ask.sources) measures.push(await measure(source));
  return { measures };
}

process.on('message', (ask: MergeAsk) => {
  const answer = (said: MergeAnswer): void => void process.send!(said, () => process.disconnect?.());
  void work(ask).then(answer, (error: unknown) => answer({ error: (error instanceof Error ? error.message : String(error)).slice(0, 300) }));
});
