import { fork } from 'node:child_process';
import path from 'node:path';
import { sealAddress } from './pades.ts';
import { PdfError } from './pdf.ts';
import type { Said } from './refusal.ts';
import { rootDirectory } from './root.ts';
import type { PagesAnswer, PagesAsk, PagesFault } from './seal-pages-worker.ts';

export const pagesAtMost = 200;
const longestMs = 60_000;
const heapMegabytes = 768;
// One at a time: each may need many times what it reads.
let last: Promise<unknown> = Promise.resolve();

/** A stranger's file is read in a process of its own, without environment and output; it may end in any way. */
function ask(asked: PagesAsk): Promise<PagesAnswer> {
  const run = (): Promise<PagesAnswer> => new Promise((resolve, reject) => {
    const script = path.join(rootDirectory, import.meta.url.endsWith('.ts') ? 'src/core/seal-pages-worker.ts' : 'dist/seal-pages-worker.js');
    const worker = fork(script, [], { env: {}, execArgv: [`--max-old-space-size=${heapMegabytes}`], serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const timer = setTimeout(() => {
      worker.kill('SIGKILL');
      reject(new PdfError('timeout', `no pages in ${longestMs} ms`));
    }, longestMs);
    worker.once('message', (answer) => resolve(answer as PagesAnswer));
    worker.once('error', (error) => reject(new PdfError('crash', error.message)));
    worker.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(new PdfError('crash', `the process of the pages ended (${signal ?? code})`));
    });
    worker.send(asked, (error) => error && reject(new PdfError('crash', error.message)));
  });
  const turn = last.then(run, run);
  last = turn.catch(() => undefined);
  return turn;
}

const said: Record<PagesFault, string> = { broken: 'field.pdf_broken', encrypted: 'field.pdf_encrypted', signed: 'field.pdf_signed', form: 'field.pdf_form', long: 'field.pdf_long' };

/** How many pages the PDF would give a letter, or why its pages cannot be those of one. */
export async function checkPages(pdf: Uint8Array, fileName: string): Promise<number | Said> {
  const answer = await ask({ act: 'check', pdf, pagesAtMost }).catch((error: unknown): PagesAnswer => {
    if (error instanceof PdfError) return { fault: 'broken' };
    throw error;
  });
  if ('pages' in answer) return answer.pages;
  return { key: said['fault' in answer ? answer.fault : 'broken'], args: { name: fileName, max: pagesAtMost } };
}

/**
 * The pages of `pdf` as they are, without anything that acts or is attached, and `closing` behind them, with a classic
 * cross-reference table. Of a draft the first page of `closing` is laid over every page of `pdf`. Throws PdfError.
 */
export async function appendPages(pdf: Uint8Array, closing: Uint8Array, about: { title: string; lang: string; isDraft?: boolean }): Promise<Uint8Array> {
  const answer = await ask({ act: 'append', pdf, pagesAtMost, closing, isDraft: about.isDraft ?? false, title: about.title, lang: about.lang, place: sealAddress });
  if ('pdf' in answer) return answer.pdf;
  throw new PdfError('data', 'error' in answer ? answer.error : 'fault' in answer ? answer.fault : 'no pages');
}
