import { fork } from 'node:child_process';
import path from 'node:path';
import { rootDirectory } from './root.ts';

const longestMs = 20_000;

/** The picture as JPEG, at most `most` dots wide and high, without anything but the picture. Throws where it cannot be read. */
export function shrinkPicture(bytes: Uint8Array, most: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const script = path.join(rootDirectory, import.meta.url.endsWith('.ts') ? 'src/core/picture-worker.ts' : 'dist/picture-worker.js');
    // No environment, for it holds secrets; no output, for it could print what it reads.
    const worker = fork(script, [], { env: {}, execArgv: [], serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const timer = setTimeout(() => {
      worker.kill('SIGKILL');
      reject(new Error('the picture took too long'));
    }, longestMs);
    worker.once('message', (answer) => {
      const { picture, error } = answer as { picture?: Uint8Array; error?: string };
      if (picture) resolve(picture);
      else reject(new Error(error ?? 'no picture'));
    });
    worker.once('error', reject);
    worker.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`the picture's process ended (${signal ?? code})`));
    });
    worker.send({ bytes, most }, (error) => error && reject(error));
  });
}
