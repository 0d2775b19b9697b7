import { renderPdf } from './pdf.ts';
import type { MarkAnswer, MarkAsk, SheetSize } from './watermark-worker.ts';
import { askWorker } from './worker.ts';

/** What stands on every page: the level as it is stamped, who reads, and one line of where and when. */
export type Mark = { lang: string; level: string; reader: string; line: string };
/** What can be shown with a mark on each page. */
export const markedTypes: readonly string[] = ['application/pdf', 'image/jpeg', 'image/png'];

const limits = { longestMs: 60_000, heapMegabytes: 768 };
// One at a time: each may need many times what it reads.
let last: Promise<unknown> = Promise.resolve();
async function ask<Said extends MarkAnswer>(asked: MarkAsk): Promise<Said> {
  const turn = last.then(() => askWorker<Said | { error: string }>('watermark', asked, limits));
  last = turn.catch(() => undefined);
  const answer = await turn;
  if ('error' in answer) throw new Error(answer.error);
  return answer;
}

/** The sizes of the pages as they are shown, each once; throws when the bytes cannot be read. */
const sizesOf = async (bytes: Uint8Array, mediaType: string): Promise<SheetSize[]> => (await ask<{ sizes: SheetSize[] }>({ act: 'measure', bytes, mediaType })).sizes;

/** Whether every page of these bytes can be marked: a PDF without a password that can be read, or a picture. */
export async function canMark(bytes: Uint8Array, mediaType: string): Promise<boolean> {
  if (!markedTypes.includes(mediaType)) return false;
  return sizesOf(bytes, mediaType).then((sizes) => sizes.length > 0, () => false);
}

/**
 * The paper as PDF with the mark over each page; pictures are laid on a page. Pages alone are carried over: no scripts,
 * no attached files, no properties of the file. Throws when the bytes cannot be read.
 */
export async function markPages(bytes: Uint8Array, mediaType: string, mark: Mark): Promise<Uint8Array> {
  const sheets: { size: SheetSize; sheet: Uint8Array }[] = [];
  for (const size of await sizesOf(bytes, mediaType)) sheets.push({ size, sheet: await renderPdf('classified', { ...mark, title: mark.level, ...size }) });
  return (await ask<{ pdf: Uint8Array }>({ act: 'mark', bytes, mediaType, sheets })).pdf;
}
