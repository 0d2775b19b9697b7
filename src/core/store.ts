import { AwsClient } from 'aws4fetch';
import type { FileStore } from './file.ts';
import { log } from './log.ts';
import { Outage } from './outage.ts';
import { sha256 } from './secret.ts';

const answerMs = 6000;
// What a large file may take beyond that: 1 MB a second.
const bytesInMs = 1000;
const atOnce = 8;
const tries = 3;
const restMs = 3000;

/** What the store itself said that asking again does not change. */
class Refused extends Error {}

/**
 * Files in an S3-compatible store: https://KEY:SECRET@host/bucket. Every call has an end, is repeated where nothing was done
 * or doing it twice is the same, and waits in a short line: a store that hangs must not take all that the office works with.
 */
export function s3Files(address: string): FileStore {
  const url = new URL(address);
  const client = new AwsClient({ accessKeyId: decodeURIComponent(url.username), secretAccessKey: decodeURIComponent(url.password), service: 's3', region: url.searchParams.get('region') ?? 'us-east-1', retries: 0 });
  const place = (officeId: number, hash: string): string => `${url.origin}${url.pathname.replace(/\/$/, '')}/${officeId}/${hash}`;
  const line: (() => void)[] = [];
  let underWay = 0;
  let restUntil = 0;

  async function once<T>(target: string, init: RequestInit, read: (answer: Response) => Promise<T>): Promise<T> {
    const stop = new AbortController();
    const late = Promise.withResolvers<never>();
    late.promise.catch(() => {});
    const give = (bytes: number): NodeJS.Timeout => setTimeout(() => {
      const reason = new DOMException('the file store does not answer', 'TimeoutError');
      // A signal inside a Request may be collected before it is heard: whoever waits is told apart from it.
      late.reject(reason);
      stop.abort(reason);
    }, answerMs + bytes / bytesInMs);
    let timer = give((init.body as Uint8Array | undefined)?.byteLength ?? 0);
    let answer: Response;
    try {
      const signed = await client.sign(target, init);
      answer = await Promise.race([fetch(signed, { signal: stop.signal }), late.promise]);
      clearTimeout(timer);
      timer = give(Number(answer.headers.get('content-length') ?? 0));
      if (answer.ok || answer.status === 404) return await Promise.race([read(answer), late.promise]);
      await Promise.race([answer.body?.cancel(), late.promise]);
    } finally {
      clearTimeout(timer);
    }
    const said = `the file store answered ${answer.status}`;
    throw answer.status >= 500 || answer.status === 429 ? new Error(said) : new Refused(said);
  }

  /** The same bytes under their own hash: asked twice, nothing is doubled. */
  async function ask<T>(target: string, init: RequestInit, read: (answer: Response) => Promise<T>): Promise<T> {
    const until = Date.now() + answerMs;
    if (underWay >= atOnce) await inLine(until);
    else underWay++;
    try {
      for (let attempt = 1; ; attempt++) {
        // It hung a moment ago: whoever comes now is told at once.
        if (Date.now() < restUntil) throw new Outage('files', new Error('the file store did not answer'));
        try {
          return await once(target, init, read);
        } catch (error) {
          if (error instanceof Refused) throw new Outage('files', error);
          const isLate = (error as Error).name === 'TimeoutError';
          if (isLate) restUntil = Date.now() + restMs;
          if (isLate || attempt === tries || Date.now() > until) {
            log.error({ err: (error as Error).message }, 'the file store');
            throw new Outage('files', error);
          }
          await new Promise((done) => setTimeout(done, 100 * attempt));
        }
      }
    } finally {
      const next = line.shift();
      if (next) next();
      else underWay--;
    }
  }

  const inLine = (until: number): Promise<void> => new Promise((done, fail) => {
    const turn = (): void => (clearTimeout(timer), done());
    const timer = setTimeout(() => {
      line.splice(line.indexOf(turn), 1);
      fail(new Outage('files', new Error('the file store is slow')));
    }, until - Date.now());
    line.push(turn);
  });

  return {
    async put(officeId, bytes) {
      const hash = sha256(bytes);
      await ask(place(officeId, hash), { method: 'PUT', body: Buffer.from(bytes), headers: { 'x-amz-content-sha256': hash } }, async (answer) => {
        if (!answer.ok) throw new Refused(`the file store answered ${answer.status}`);
        await answer.arrayBuffer();
      });
      return hash;
    },
    async get(officeId, hash) {
      const bytes = await ask(place(officeId, hash), {}, async (answer) => {
        const whole = new Uint8Array(await answer.arrayBuffer());
        return answer.ok ? whole : null;
      });
      if (!bytes) throw new Error('the file store answered 404');
      // A stream cut short looks like an end.
      if (sha256(bytes) !== hash) throw new Outage('files', new Error('the file store gave other bytes'));
      return bytes;
    },
    async remove(officeId, hash) {
      await ask(place(officeId, hash), { method: 'DELETE' }, async (answer) => void (await answer.arrayBuffer()));
    },
  };
}
