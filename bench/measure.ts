import { readFileSync, readdirSync } from 'node:fs';
import http from 'node:http';

/** `busy`: milliseconds of processor time that server and database took, NaN where the system does not tell. */
export type Sample = { times: number[]; seconds: number; count: number; busy: number };
export type Measured = { least: number; p50: number; p95: number; perSecond: number; count: number; busy: number };

/** Processor time so far, in milliseconds, of one process and of the backends of one PostgreSQL server (Linux). */
export function busyTime(process: number | undefined, postmaster: number): number {
  let ticks = 0;
  try {
    for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
      const fields = statOf(name);
      if (fields && (Number(name) === process || Number(fields[1]) === postmaster))
        ticks += Number(fields[11]) + Number(fields[12]);
    }
  } catch {
    return Number.NaN;
  }
  return ticks * 10;
}

/** The fields of /proc/PID/stat after the name: state, parent, …; null for a process that has ended. */
function statOf(name: string): string[] | null {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/** Runs `work` `count` times, `workers` at once; times in milliseconds. */
export async function time(
  count: number,
  workers: number,
  busy: () => number,
  work: (worker: number, index: number) => Promise<unknown>,
): Promise<Sample> {
  const times: number[] = [];
  const busyBefore = busy();
  let next = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      for (let index = next++; index < count; index = next++) {
        const from = performance.now();
        await work(worker, index);
        times.push(performance.now() - from);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  return { times, seconds, count, busy: busy() - busyBefore };
}

/** All samples of one measurement taken together. */
export function together(samples: readonly Sample[]): Measured {
  const times = samples.flatMap((sample) => sample.times).sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  const count = samples.reduce((total, sample) => total + sample.count, 0);
  const sum = (of: (sample: Sample) => number): number => samples.reduce((total, sample) => total + of(sample), 0);
  return {
    least: at(0),
    p50: at(0.5),
    p95: at(0.95),
    perSecond: count / sum((sample) => sample.seconds),
    count,
    busy: sum((sample) => sample.busy) / count,
  };
}

export type Asked = { path: string; method?: string; headers?: Record<string, string>; body?: string };

/** A small HTTP client that keeps its connections and reads every answer whole; throws unless the status is 200, 201 or 302. */
export function openBrowser(port: number, host: string) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
  let serial = 0;
  const ask = ({
    path,
    method = 'GET',
    headers = {},
    body,
  }: Asked): Promise<{ text: string; headers: http.IncomingHttpHeaders }> =>
    new Promise((done, fail) => {
      // Each request from an address of its own: the limits of one address are not what is measured.
      const from = `10.${(serial >> 16) & 255}.${(serial >> 8) & 255}.${serial++ & 255}`;
      const request = http.request(
        {
          agent,
          port,
          host: '127.0.0.1',
          path,
          method,
          headers: {
            host: `${host}:${port}`,
            'x-forwarded-for': from,
            ...(body ? { 'content-length': String(Buffer.byteLength(body)) } : {}),
            ...headers,
          },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.once('end', () => {
            const text = Buffer.concat(parts).toString();
            // A number typed whole leads to its case.
            if ([200, 201, 302].includes(response.statusCode!)) done({ text, headers: response.headers });
            else fail(new Error(`${method} ${path} answered ${response.statusCode}: ${text.slice(0, 300)}`));
          });
        },
      );
      request.once('error', fail);
      request.end(body);
    });
  return { ask, close: () => agent.destroy() };
}
