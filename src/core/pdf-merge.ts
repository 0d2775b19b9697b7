import { fork } from 'node:child_process';
import path from 'node:path';
import { PdfError } from './pdf.ts';
import type { Measure, MergeAnswer, MergeAsk, MergePart, MergeSource } from './pdf-merge-worker.ts';
import { rootDirectory } from './root.ts';

export type { Measure, MergePart, MergeSource } from './pdf-merge-worker.ts';
/** What becomes pages as it is. */
export const mergedTypes: ReadonlySet<string> = new Set(['application/pdf', 'image/png', 'image/jpeg', 'image/webp', 'image/gif']);

const longestMs = 180_000;
const heapMegabytes = 2048;
// One at a time: each may need several times what it reads.
let last: Promise<unknown> = Promise.resolve();

function ask(asked: MergeAsk): Promise<MergeAnswer> {
  const run = (): Promise<MergeAnswer> => new Promise((resolve, reject) => {
    const script = path.join(rootDirectory, import.meta.url.endsWith('.ts') ? 'src/core/pdf-merge-worker.ts' : 'dist/pdf-merge-worker.js');
    // No environment, for it holds secrets; no output, for it could print what it reads.
    const worker = fork(script, [], { env: {}, execArgv: [`--max-old-space-size=${heapMegabytes}`], serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const timer = setTimeout(() => {
      worker.kill('SIGKILL');
      reject(new PdfError('timeout', `no pages in ${longestMs} ms`));
    }, longestMs);
    worker.once('message', (answer) => resolve(answer as MergeAnswer));
    worker.once('error', (error) => reject(new PdfError('crash', error.message)));
    worker.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(new PdfError('crash', `the merging process ended (${signal ?? code})`));
    });
    worker.send(asked, (error) => error && reject(new PdfError('crash', error.message)));
  });
  const turn = last.then(run, run);
  last = turn.catch(() => undefined);
  return turn;
}

/** How many pages each file has, or why it has none that can be shown. Throws PdfError. */
export async function measureFiles(sources: readonly MergeSource[]): Promise<Measure[]> {
  if (sources.length === 0) return [];
  const answer = await ask({ act: 'measure', sources: [...sources] });
  if ('measures' in answer) return answer.measures;
  throw new PdfError('data', 'error' in answer ? answer.error : 'no measures');
}

/** The pages of each file. One that ends the measuring process is the broken one: the rest is measured without it. */
export async function measureAll(parts: readonly MergeSource[], before: readonly Measure[] = []): Promise<Measure[]> {
  const known: (Measure | undefined)[] = parts.map((_, index) => (typeof before[index] === 'number' ? before[index] : undefined));
  const open = parts.flatMap((part, index) => (known[index] === undefined ? [{ part, index }] : []));
  const measured = await measureFiles(open.map((one) => one.part)).catch(async (error: unknown) => {
    if (!(error instanceof PdfError) || open.length === 1) return open.map(() => 'broken' as const);
    const each: Measure[] = [];
    for (const one of open) each.push(...(await measureFiles([one.part]).catch(() => ['broken' as const])));
    return each;
  });
  for (const [place, { index }] of open.entries()) known[index] = measured[place] ?? 'broken';
  return known.map((one) => one ?? 'broken');
}

/** Puts files together into one PDF with bookmarks, a stamp at the foot of each page (the n-th page of `stamps`); answers the number of pages. Throws PdfError. */
export async function mergeFiles(job: { parts: readonly MergePart[]; stamps: string; title: string; lang: string; out: string }): Promise<number> {
  const answer = await ask({ act: 'merge', ...job, parts: [...job.parts] });
  if ('pages' in answer) return answer.pages;
  throw new PdfError('data', 'error' in answer ? answer.error : 'no pages');
}
