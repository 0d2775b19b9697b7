import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PdfTemplates } from './pdf-data.ts';

export type * from './pdf-data.ts';

/** Why there is no document: it took too long, its process died, its data does not fit the template, or all was closed. */
export class PdfError extends Error {
  readonly reason: 'timeout' | 'crash' | 'data' | 'closed';
  constructor(reason: PdfError['reason'], message: string) {
    super(message);
    this.name = 'PdfError';
    this.reason = reason;
  }
}

interface Job {
  id: number;
  template: string;
  data: object;
  resolve: (pdf: Uint8Array) => void;
  reject: (error: PdfError) => void;
}

export interface PdfPrinter {
  render: <Name extends keyof PdfTemplates>(template: Name, data: PdfTemplates[Name]) => Promise<Uint8Array>;
  close: () => void;
}

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    if (folder === dirname(folder)) throw new Error('package.json is not above this file');
    folder = dirname(folder);
  }
  return folder;
}

function findWorker(root: string): string {
  return import.meta.url.endsWith('.ts') ? join(root, 'src/core/pdf-worker.ts') : join(root, 'dist/pdf-worker.js');
}

const bytesHeldAtMost = 512 * 1024 * 1024;

/** Opens a printer with a worker of its own, started at the first document; `timeoutMs` is for one document, waiting not counted. */
export function openPrinter({ worker: script, timeoutMs = 20_000 }: { worker?: string; timeoutMs?: number } = {}): PdfPrinter {
  const root = findRoot();
  const waiting: Job[] = [];
  let worker: ChildProcess | undefined;
  let current: Job | undefined;
  let timer: NodeJS.Timeout | undefined;
  let lastId = 0;

  function start(): ChildProcess {
    // No environment, for it holds secrets; no error output, for a panic prints the text it was working on.
    const { SystemRoot } = process.env;
    const started = fork(script ?? findWorker(root), [join(root, 'src/core/pdf')], {
      env: SystemRoot ? { SystemRoot } : {},
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    started.on('message', (message) => {
      const answer = message as { id: number; pdf?: Uint8Array; error?: string; bytesHeld: number };
      if (started !== worker || answer.id !== current?.id) return;
      if (answer.bytesHeld > bytesHeldAtMost) drop();
      finish((job) =>
        answer.pdf ? job.resolve(answer.pdf) : job.reject(new PdfError('data', `${job.template}: ${answer.error}`)),
      );
    });
    started.on('error', (error) => lose(started, new PdfError('crash', error.message)));
    started.on('exit', (code, signal) => lose(started, new PdfError('crash', `the PDF worker ended (${signal ?? code})`)));
    return started;
  }

  function hold(process: ChildProcess, held: boolean): void {
    process[held ? 'ref' : 'unref']();
    process.channel?.[held ? 'ref' : 'unref']();
  }

  function drop(): void {
    const dropped = worker;
    worker = undefined;
    dropped?.kill('SIGKILL');
    if (dropped) hold(dropped, false);
  }

  function finish(settle: (job: Job) => void): void {
    clearTimeout(timer);
    const job = current;
    current = undefined;
    if (worker) hold(worker, false);
    if (job) settle(job);
    next();
  }

  function lose(lost: ChildProcess, error: PdfError): void {
    if (lost !== worker) return;
    drop();
    finish((job) => job.reject(error));
  }

  function next(): void {
    if (current) return;
    const job = waiting.shift();
    if (!job) return;
    current = job;
    try {
      const using = (worker ??= start());
      hold(using, true);
      timer = setTimeout(
        () => lose(using, new PdfError('timeout', `${job.template}: no document in ${timeoutMs} ms`)),
        timeoutMs,
      );
      using.send({ id: job.id, template: job.template, data: job.data }, (error) => {
        if (error) lose(using, new PdfError('crash', error.message));
      });
    } catch (error) {
      finish(() =>
        job.reject(new PdfError('data', `${job.template}: ${error instanceof Error ? error.message : String(error)}`)),
      );
    }
  }

  return {
    render: (template, data) =>
      new Promise((resolve, reject) => {
        waiting.push({ id: ++lastId, template, data, resolve, reject });
        next();
      }),
    close() {
      const closed = new PdfError('closed', 'the PDF printer was closed');
      for (const job of waiting.splice(0)) job.reject(closed);
      drop();
      finish((job) => job.reject(closed));
    },
  };
}

let printer: PdfPrinter | undefined;

/** Renders a paper as tagged PDF/A-2a: the same data gives the same bytes. Throws PdfError. */
export function renderPdf<Name extends keyof PdfTemplates>(template: Name, data: PdfTemplates[Name]): Promise<Uint8Array> {
  printer ??= openPrinter();
  return printer.render(template, data);
}

/** Ends the worker; papers still waiting are refused. A later paper starts a new one. */
export function closePdf(): void {
  printer?.close();
  printer = undefined;
}
