import { fork } from 'node:child_process';
import path from 'node:path';
import { rootDirectory } from './root.ts';

export type WorkerLimits = { longestMs: number; heapMegabytes: number };

/**
 * Asks a process of its own (`src/core/<name>-worker.ts`) once and ends it: what a stranger's file does to its reader, it does to that
 * process alone. Throws where it takes too long, or more memory than it may.
 */
export function askWorker<Answer>(name: string, asked: object, { longestMs, heapMegabytes }: WorkerLimits): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const script = path.join(rootDirectory, import.meta.url.endsWith('.ts') ? `src/core/${name}-worker.ts` : `dist/${name}-worker.js`);
    // No environment, for it holds secrets; no output, for it could print what it reads.
    const worker = fork(script, [], { env: {}, execArgv: [`--max-old-space-size=${heapMegabytes}`], serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const timer = setTimeout(() => {
      worker.kill('SIGKILL');
      reject(new Error(`the ${name} process took longer than ${longestMs} ms`));
    }, longestMs);
    worker.once('message', (answer) => resolve(answer as Answer));
    worker.once('error', reject);
    worker.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`the ${name} process ended (${signal ?? code})`));
    });
    worker.send(asked, (error) => error && reject(error));
  });
}

/** In such a process: answers the one question, or says in `error` why not. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what is asked is the worker's to say
export function answerOnce<Asked>(work: (asked: Asked) => Promise<object>): void {
  const answer = (said: object): void => void process.send!(said, () => process.disconnect?.());
  process.once('disconnect', () => process.exit());
  process.once('message', (asked) => void work(asked as Asked).then(answer, (error: unknown) => answer({ error: (error instanceof Error ? error.message : String(error)).slice(0, 300) })));
}
