import { fork, type ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import type { LocaleId } from './language.ts';
import { rootDirectory } from './root.ts';

/** The trained data for the languages that an office writes and is written to in. */
const trained: Record<LocaleId, string> = { 'cnr-Latn': 'bos', 'cnr-Cyrl': 'srp', 'sr-Latn': 'bos', 'sr-Cyrl': 'srp', mk: 'mkd', ro: 'ron', en: 'eng', sq: 'sqi' };
const readable = new Set(['application/pdf', 'image/jpeg', 'image/png', 'image/webp', 'image/gif']);
/** Whether a machine can read pages of this kind; of the rest (TIFF, HEIC, office files) the picture is kept without words. */
export const isReadable = (mediaType: string): boolean => readable.has(mediaType);

let folder: string | undefined;
/** One folder with the data of all languages: the recogniser reads from one only, and each comes in a package of its own. */
function dataFolder(): string {
  if (folder && existsSync(folder)) return folder;
  const made = mkdtempSync(path.join(os.tmpdir(), 'kabinet-words-'));
  const require = createRequire(import.meta.url);
  for (const code of new Set(Object.values(trained))) copyFileSync(path.join(path.dirname(require.resolve(`@tesseract.js-data/${code}/package.json`)), '4.0.0_best_int', `${code}.traineddata.gz`), path.join(made, `${code}.traineddata.gz`));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  return (folder = made);
}

type Answer = { id: number; words?: string; pages?: number; codes?: string[]; picture?: Uint8Array; error?: string };
type Job = { ask: Record<string, unknown>; resolve: (answer: Answer) => void; reject: (error: Error) => void };

/** One process that reads pages, started at the first, one job after the other; a job that takes too long ends with it. */
class PageReader {
  readonly #timeoutMs: number;
  readonly #waiting: Job[] = [];
  #process: ChildProcess | undefined;
  #current: (Job & { id: number; timer: NodeJS.Timeout }) | undefined;
  #idle: NodeJS.Timeout | undefined;
  #lastId = 0;
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  ask(ask: Job['ask']): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ask, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#current) return;
    const job = this.#waiting.shift();
    clearTimeout(this.#idle);
    if (!job) {
      // Its languages take some hundred megabytes: between mornings they are given back.
      this.#idle = setTimeout(() => this.#drop(), 60_000).unref();
      this.#process?.unref();
      this.#process?.channel?.unref();
      return;
    }
    const id = ++this.#lastId;
    const started = (this.#process ??= this.#start());
    started.ref();
    started.channel?.ref();
    this.#current = { ...job, id, timer: setTimeout(() => this.#lose(started, 'it took too long'), this.#timeoutMs) };
    started.send({ id, ...job.ask }, (error) => error && this.#lose(started, error.message));
  }

  #start(): ChildProcess {
    const own = path.join(rootDirectory, import.meta.url.endsWith('.ts') ? 'src/core/ocr-worker.ts' : 'dist/ocr-worker.js');
    // No environment, for it holds secrets; no output, for it would print what it reads.
    const started = fork(existsSync(own) ? own : path.join(rootDirectory, 'src/core/ocr-worker.ts'), [dataFolder()], { env: {}, execArgv: [], serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    started.on('message', (message) => {
      const answer = message as Answer;
      if (started === this.#process && answer.id === this.#current?.id) this.#finish((job) => (answer.error === undefined ? job.resolve(answer) : job.reject(new Error(answer.error))));
    });
    started.on('error', (error) => this.#lose(started, error.message));
    started.on('exit', (code, signal) => this.#lose(started, `it ended (${signal ?? code})`));
    return started;
  }

  #finish(settle: (job: Job) => void): void {
    const job = this.#current;
    clearTimeout(job?.timer);
    this.#current = undefined;
    if (job) settle(job);
    this.#next();
  }
  #drop(): void {
    const dropped = this.#process;
    this.#process = undefined;
    dropped?.kill('SIGKILL');
    dropped?.unref();
  }
  #lose(lost: ChildProcess, reason: string): void {
    if (lost !== this.#process) return;
    this.#drop();
    this.#finish((job) => job.reject(new Error(`the page reader: ${reason}`)));
  }
}

const reader = new PageReader(180_000);
const drawer = new PageReader(20_000);

/** The words on a page or scan, in the languages of these locales, with the number of pages and what QR codes on the first one say; throws where they cannot be had. */
export async function readPages(file: { bytes: Uint8Array; mediaType: string }, locales: readonly LocaleId[]): Promise<{ words: string; pages: number; codes: string[] }> {
  const languages = [...new Set(locales.map((locale) => trained[locale]))];
  const { words = '', pages = 1, codes = [] } = await reader.ask({ act: 'read', bytes: file.bytes, mediaType: file.mediaType, languages });
  return { words: words.normalize('NFC'), pages, codes };
}

/** A page of a PDF as PNG. */
export async function drawPage(bytes: Uint8Array, page: number): Promise<Uint8Array> {
  return (await drawer.ask({ act: 'draw', bytes, page })).picture!;
}

/** How many pages a PDF has; throws where it cannot be read. */
export async function countPages(bytes: Uint8Array): Promise<number> {
  return (await drawer.ask({ act: 'count', bytes })).pages!;
}
