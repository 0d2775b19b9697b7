import { Worker } from 'node:worker_threads';
import {
  BlendMode, concatTransformationMatrix, drawObject, EncryptedPDFError, PDFArray, PDFDict, PDFDocument, PDFHexString, PDFName, PDFNumber, PDFObjectCopier, PDFPage, PDFRef, PDFStream, PDFString,
  popGraphicsState, pushGraphicsState, type PDFObject, type PDFPageLeaf,
} from '@cantoo/pdf-lib';

/** Why the pages of a file cannot be those of a letter. */
export type PagesFault = 'broken' | 'encrypted' | 'signed' | 'form' | 'long';
export type PagesAsk = { act: 'check'; pdf: Uint8Array; pagesAtMost: number } | { act: 'append'; pdf: Uint8Array; pagesAtMost: number; closing: Uint8Array; isDraft: boolean; title: string; lang: string; place: string };
export type PagesAnswer = { pages: number } | { fault: PagesFault } | { pdf: Uint8Array } | { error: string };

const megabytesHeldAtMost = 1024;
const name = (text: string): PDFName => PDFName.of(text);

/** All that a page needs to be seen; what acts, describes or is attached is left. */
const pageKeys = new Set(['Type', 'MediaBox', 'CropBox', 'BleedBox', 'TrimBox', 'ArtBox', 'Rotate', 'UserUnit', 'Resources', 'Contents', 'Group', 'Annots', 'Parent']);
/** Annotations that are no part of the sheet: notes, players, files. */
const leftOut = new Set(['Text', 'Popup', 'FileAttachment', 'Sound', 'Movie', 'Screen', 'RichMedia', '3D', 'TrapNet', 'Redact']);

class Fault extends Error {
  readonly fault: PagesFault;
  constructor(fault: PagesFault) {
    super(fault);
    this.fault = fault;
  }
}

const numbersOf = (value: PDFObject | undefined): number[] => (value instanceof PDFArray ? value.asArray().map((one) => (one instanceof PDFNumber ? one.asNumber() : Number.NaN)) : []);
const nameOf = (value: PDFObject | undefined): string => (value instanceof PDFName ? value.decodeText() : '');
const dictOf = (dict: PDFDict, key: string): PDFDict | undefined => dict.lookupMaybe(name(key), PDFDict);
const arrayOf = (dict: PDFDict, key: string): PDFObject | undefined => dict.lookup(name(key));

/** What a field says of itself or has from those above it. */
function inherited(dict: PDFDict, key: string): PDFObject | undefined {
  for (let at: PDFDict | undefined = dict, depth = 0; at && depth < 20; at = dictOf(at, 'Parent'), depth++) {
    const value = at.lookup(name(key));
    if (value) return value;
  }
  return undefined;
}

/** The picture of an annotation as it is shown now, with its place. */
function appearanceOf(annotation: PDFDict): { ref: PDFRef; stream: PDFStream } | null {
  const views = dictOf(annotation, 'AP');
  const normal = views?.lookup(name('N'));
  const holder = normal instanceof PDFDict ? normal : views;
  const key = normal instanceof PDFDict ? annotation.lookup(name('AS')) : name('N');
  if (!holder || !(key instanceof PDFName)) return null;
  const [ref, stream] = [holder.get(key), holder.lookup(key)];
  return ref instanceof PDFRef && stream instanceof PDFStream ? { ref, stream } : null;
}

/** Prints what an annotation shows onto its page: it is part of the sheet from now on. */
function burn(page: PDFPage, annotation: PDFDict, shown: { ref: PDFRef; stream: PDFStream }): void {
  const rectangle = numbersOf(arrayOf(annotation, 'Rect'));
  const box = numbersOf(arrayOf(shown.stream.dict, 'BBox'));
  const matrix = numbersOf(arrayOf(shown.stream.dict, 'Matrix'));
  const [a, b, c, d, e, f] = (matrix.length === 6 ? matrix : [1, 0, 0, 1, 0, 0]) as [number, number, number, number, number, number];
  if (rectangle.length !== 4 || box.length !== 4 || [...rectangle, ...box, a, b, c, d, e, f].some((one) => !Number.isFinite(one))) return;
  const corners = [[0, 1], [2, 1], [0, 3], [2, 3]].map(([x, y]) => [a * box[x!]! + c * box[y!]! + e, b * box[x!]! + d * box[y!]! + f] as const);
  const edges = (values: number[]): [number, number] => [Math.min(...values), Math.max(...values)];
  const [left, right] = edges(corners.map(([x]) => x));
  const [bottom, top] = edges(corners.map(([, y]) => y));
  const [x1, x2] = edges([rectangle[0]!, rectangle[2]!]);
  const [y1, y2] = edges([rectangle[1]!, rectangle[3]!]);
  if (right - left === 0 || top - bottom === 0) return;
  const [across, up] = [(x2 - x1) / (right - left), (y2 - y1) / (top - bottom)];
  const key = page.node.newXObject('Shown', shown.ref);
  page.pushOperators(pushGraphicsState(), concatTransformationMatrix(across, 0, 0, up, x1 - left * across, y1 - bottom * up), drawObject(key), popGraphicsState());
}

/** A link of a page anew, with nothing in it but its place and a web or mail address. */
function plainLink(document: PDFDocument, annotation: PDFDict): PDFDict | null {
  const action = dictOf(annotation, 'A');
  const uri = action && nameOf(action.lookup(name('S'))) === 'URI' ? action.lookup(name('URI')) : undefined;
  const address = uri instanceof PDFString || uri instanceof PDFHexString ? uri.decodeText() : '';
  const rectangle = numbersOf(arrayOf(annotation, 'Rect'));
  if (!/^(?:https?:|mailto:)[\x21-\x7e]{1,2000}$/i.test(address) || rectangle.length !== 4 || rectangle.some((one) => !Number.isFinite(one))) return null;
  return document.context.obj({ Type: 'Annot', Subtype: 'Link', Rect: rectangle, Border: [0, 0, 0], F: 4, A: { S: 'URI', URI: PDFHexString.of(Buffer.from(address).toString('hex')) } });
}

function hasPictures(page: PDFPage): boolean {
  const contents = page.node.lookup(name('Contents'));
  const streams = contents instanceof PDFArray ? contents.asArray().map((_, index) => contents.lookup(index)) : contents === undefined && !page.node.has(name('Contents')) ? [] : [contents];
  if (streams.some((one) => !(one instanceof PDFStream))) return false;
  const resources = page.node.Resources();
  return ['Font', 'XObject'].every((kind) => {
    const held = resources?.lookup(name(kind));
    return !(held instanceof PDFDict) || held.keys().every((key) => held.lookup(key) !== undefined);
  });
}

/** Reduces a page to what is seen on it. */
function plainPage(document: PDFDocument, page: PDFPage): void {
  const { node } = page;
  const { width, height } = page.getMediaBox();
  // A reader shows a page of some 5 metres at most; beyond it, or without size, it is no sheet.
  if (!(width > 10 && height > 10 && width <= 14_400 && height <= 14_400) || !hasPictures(page)) throw new Fault('broken');
  const links: PDFDict[] = [];
  const annotations = node.lookup(name('Annots'));
  for (let index = 0; annotations instanceof PDFArray && index < annotations.size(); index++) {
    const annotation = annotations.lookup(index);
    if (!(annotation instanceof PDFDict)) continue;
    const kind = nameOf(annotation.lookup(name('Subtype')));
    const flags = annotation.lookup(name('F'));
    const isHidden = flags instanceof PDFNumber && (flags.asNumber() & (2 | 32)) !== 0;
    const shown = appearanceOf(annotation);
    if (kind === 'Link') {
      const link = plainLink(document, annotation);
      if (link) links.push(link);
    } else if (isHidden || leftOut.has(kind)) continue;
    else if (shown) burn(page, annotation, shown);
    // Filled in, but drawn only by the program that has the form open.
    else if (kind === 'Widget' && ['Tx', 'Ch'].includes(nameOf(inherited(annotation, 'FT'))) && inherited(annotation, 'V')) throw new Fault('form');
  }
  for (const key of node.keys()) if (!pageKeys.has(key.decodeText())) node.delete(key);
  if (links.length > 0) node.set(name('Annots'), document.context.obj(links.map((link) => document.context.register(link))));
  else node.delete(name('Annots'));
}

const isSignature = (value: PDFObject): boolean => value instanceof PDFDict && value.has(name('ByteRange')) && value.has(name('Contents'));

async function open({ pdf, pagesAtMost }: PagesAsk): Promise<PDFDocument> {
  const document = await PDFDocument.load(pdf, { updateMetadata: false }).catch((error: unknown) => {
    throw new Fault(error instanceof EncryptedPDFError || /encrypt|password/i.test((error as Error).message) ? 'encrypted' : 'broken');
  });
  if (document.isEncrypted) throw new Fault('encrypted');
  const count = document.getPageCount();
  if (count === 0) throw new Fault('broken');
  if (count > pagesAtMost) throw new Fault('long');
  if (document.context.enumerateIndirectObjects().some(([, value]) => isSignature(value))) throw new Fault('signed');
  const needs = document.catalog.lookup(name('NeedsRendering'));
  if (needs?.toString() === 'true') throw new Fault('form');
  return document;
}

/** The pages of a file in a document of their own: nothing comes over that no page shows. */
async function takeOver(ask: PagesAsk): Promise<PDFDocument> {
  const source = await open(ask);
  const target = await PDFDocument.create({ updateMetadata: false });
  const copier = PDFObjectCopier.for(source.context, target.context);
  for (const page of source.getPages()) {
    plainPage(source, page);
    const leaf = copier.copy(page.node) as PDFPageLeaf;
    target.addPage(PDFPage.of(leaf, target.context.register(leaf), target));
  }
  // Which layers are hidden belongs to what is seen. A reference, for the words in it must not stand in the catalogue itself.
  const layers = dictOf(source.catalog, 'OCProperties');
  if (layers) target.catalog.set(name('OCProperties'), target.context.register(copier.copy(layers)));
  return target;
}

async function append(ask: Extract<PagesAsk, { act: 'append' }>): Promise<Uint8Array> {
  const { closing, isDraft, title, lang, place } = ask;
  const target = await takeOver(ask);
  const own = await PDFDocument.load(closing, { updateMetadata: false });
  if (isDraft) {
    const [mark] = await target.embedPdf(own, [0]);
    for (const page of target.getPages()) {
      const box = page.getCropBox();
      page.drawPage(mark!, { x: box.x + (box.width - mark!.width) / 2, y: box.y + (box.height - mark!.height) / 2, width: mark!.width, height: mark!.height, blendMode: BlendMode.Multiply });
    }
  }
  // Last, and its link with the highest number of all: pades.ts takes the last one for the place of the seal.
  for (const index of own.getPageIndices().slice(isDraft ? 1 : 0)) {
    const page = own.getPage(index);
    const annotations = page.node.lookup(name('Annots'));
    const rectangle = annotations instanceof PDFArray && annotations.size() > 0 ? numbersOf(arrayOf(annotations.lookup(0, PDFDict), 'Rect')) : [];
    for (const key of page.node.keys()) if (!pageKeys.has(key.decodeText()) || key.decodeText() === 'Annots') page.node.delete(key);
    const [copied] = await target.copyPages(own, [index]);
    const added = target.addPage(copied);
    if (rectangle.length !== 4) continue;
    const link = target.context.register(target.context.obj({ Type: 'Annot', Subtype: 'Link', Rect: rectangle, F: 4, A: { S: 'URI', URI: PDFString.of(place) } }));
    added.node.set(name('Annots'), target.context.obj([link]));
  }
  target.setTitle(title, { showInWindowTitleBar: true });
  target.setLanguage(lang);
  target.setProducer('Kabinet');
  target.setCreator('Kabinet');
  return target.save({ useObjectStreams: false, addDefaultPage: false, updateFieldAppearances: false });
}

async function work(ask: PagesAsk): Promise<PagesAnswer> {
  try {
    if (ask.act === 'append') return { pdf: await append(ask) };
    const document = await takeOver(ask);
    // Only the writing shows whether all is there.
    await document.save({ useObjectStreams: false, addDefaultPage: false, updateFieldAppearances: false });
    return { pages: document.getPageCount() };
  } catch (error) {
    if (error instanceof Fault) return { fault: error.fault };
    return ask.act === 'check' ? { fault: 'broken' } : { error: (error instanceof Error ? error.message : String(error)).slice(0, 300) };
  }
}

// A thread beside looks how much memory the reading asks for: a file may unpack without end, and this thread then sees nothing else.
new Worker(`setInterval(() => process.memoryUsage.rss() > ${megabytesHeldAtMost * 1024 * 1024} && process.kill(process.pid, 'SIGKILL'), 50)`, { eval: true }).unref();

process.once('message', (ask: PagesAsk) => {
  void work(ask).then((answer) => process.send!(answer, () => process.exit(0)));
});
