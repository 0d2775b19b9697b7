import { createWorker, OEM, type Worker } from 'tesseract.js';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { extractText, getDocumentProxy, renderPageAsImage } from 'unpdf';
import { checkDots } from './picture-dots.ts';
import { readCodes } from './qr.ts';

// A process of its own: recognising a page takes seconds of one core, and broken pictures end what reads them.
const canvas = () => import('@napi-rs/canvas');
type Read = { words: string; pages: number; codes: string[] };
const lettersAtMost = 200_000;
const pagesAtMost = 20;
// Of a page with fewer letters only its stamp or page number is text.
const lettersOfText = 40;
const widthInDots = 2000;

let reader: { languages: string; worker: Worker } | undefined;

/** A recogniser of these languages, by the data in the folder given: nothing comes over the network. */
async function readerOf(languages: readonly string[]): Promise<Worker> {
  const name = languages.join('+');
  if (reader?.languages !== name) {
    await reader?.worker.terminate();
    // Without an error handler a bad picture would end the process; nothing is written where it was started.
    reader = { languages: name, worker: await createWorker([...languages], OEM.LSTM_ONLY, { langPath: process.argv[2]!, cacheMethod: 'none', errorHandler: () => {} }) };
  }
  return reader.worker;
}

const recognise = async (picture: Uint8Array, languages: readonly string[]): Promise<string> => (await (await readerOf(languages)).recognize(Buffer.from(picture))).data.text;

/** What the codes on a picture say; a label stands on the first page. */
async function codesOn(picture: Uint8Array): Promise<string[]> {
  const image = await loadImage(Buffer.from(picture));
  // Half of 300 dots an inch is enough for a label, and a large picture takes memory.
  const scale = Math.min(1, widthInDots / image.width);
  const [width, height] = [Math.round(image.width * scale), Math.round(image.height * scale)];
  const sheet = createCanvas(width, height).getContext('2d');
  sheet.fillStyle = '#fff';
  sheet.fillRect(0, 0, width, height);
  sheet.drawImage(image, 0, 0, width, height);
  const { data } = sheet.getImageData(0, 0, width, height);
  return readCodes({ data: Uint8Array.from({ length: width * height }, (_, index) => (data[index * 4]! * 3 + data[index * 4 + 1]! * 6 + data[index * 4 + 2]!) / 10), width, height });
}

async function read(bytes: Uint8Array, mediaType: string, languages: readonly string[]): Promise<Read> {
  if (mediaType !== 'application/pdf') checkDots(bytes);
  if (mediaType !== 'application/pdf') return { words: (await recognise(bytes, languages)).slice(0, lettersAtMost), pages: 1, codes: await codesOn(bytes).catch(() => []) };
  const pdf = await getDocumentProxy(new Uint8Array(bytes));
  const { text, totalPages } = await extractText(pdf, { mergePages: false });
  const words: string[] = [];
  let codes: string[] = [];
  for (let page = 1; page <= Math.min(totalPages, pagesAtMost); page++) {
    const own = (text[page - 1] ?? '').trim();
    if (own.length >= lettersOfText) {
      words.push(own);
      continue;
    }
    const picture = new Uint8Array(await renderPageAsImage(pdf, page, { canvasImport: canvas, width: widthInDots }));
    if (page === 1) codes = await codesOn(picture).catch(() => []);
    words.push(await recognise(picture, languages));
  }
  return { words: words.join('\n\n').slice(0, lettersAtMost), pages: totalPages, codes };
}

/** A page as a PNG for looking at. */
async function draw(bytes: Uint8Array, page: number): Promise<Uint8Array> {
  const pdf = await getDocumentProxy(new Uint8Array(bytes));
  return new Uint8Array(await renderPageAsImage(pdf, Math.max(1, Math.min(page, pdf.numPages)), { canvasImport: canvas, width: 1000 }));
}

type Asked = { id: number; act: 'read' | 'draw' | 'count'; bytes: Uint8Array; mediaType: string; languages: string[]; page: number };
// The recogniser's thread would outlive a server that was killed.
process.once('disconnect', () => process.exit());
process.on('message', ({ id, act, bytes, mediaType, languages, page }: Asked) => {
  const work = act === 'count' ? getDocumentProxy(new Uint8Array(bytes)).then((pdf) => ({ pages: pdf.numPages })) : act === 'draw' ? draw(bytes, page).then((picture) => ({ picture })) : read(bytes, mediaType, languages);
  void work.then((answer) => process.send!({ id, ...answer }), (error: unknown) => process.send!({ id, error: (error instanceof Error ? error.message : String(error)).slice(0, 300) }));
});
