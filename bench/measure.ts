import http from 'node:http';

export type Sample = { times: number[]; seconds: number; count: number };
export type Measured = { p50: number; p95: number; perSecond: number; count: number };

/** Runs `work` `count` times, `workers` at once; times in milliseconds. */
export async function time(count: number, workers: number, work: (worker: number, index: number) => Promise<unknown>): Promise<Sample> {
  const times: number[] = [];
  let next = 0;
  const began = performance.now();
  await Promise.all(Array.from({ length: workers }, async (_, worker) => {
    for (let index = next++; index < count; index = next++) {
      const from = performance.now();
      await work(worker, index);
      times.push(performance.now() - from);
    }
  }));
  return { times, seconds: (performance.now() - began) / 1000, count };
}

/** All samples of one measurement taken together. */
export function together(samples: readonly Sample[]): Measured {
  const times = samples.flatMap((sample) => sample.times).sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  const count = samples.reduce((sum, sample) => sum + sample.count, 0);
  return { p50: at(0.5), p95: at(0.95), perSecond: count / samples.reduce((sum, sample) => sum + sample.seconds, 0), count };
}

export type Asked = { path: string; method?: string; headers?: Record<string, string>; body?: string };

/** A small HTTP client that keeps its connections and reads every answer whole; throws unless the status is 200. */
export function openBrowser(port: number, host: string) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
  let serial = 0;
  const ask = ({ path, method = 'GET', headers = {}, body }: Asked): Promise<{ text: string; headers: http.IncomingHttpHeaders }> =>
    new Promise((done, fail) => {
      // Each request from an address of its own: the limits of one address are not what is measured.
      const from = `10.${(serial >> 16) & 255}.${(serial >> 8) & 255}.${serial++ & 255}`;
      const request = http.request({ agent, port, host: '127.0.0.1', path, method, headers: { host: `${host}:${port}`, 'x-forwarded-for': from, ...(body ? { 'content-length': String(Buffer.byteLength(body)) } : {}), ...headers } }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.once('end', () => {
          const text = Buffer.concat(parts).toString();
          if (response.statusCode === 200) done({ text, headers: response.headers });
          else fail(new Error(`${method} ${path} answered ${response.statusCode}: ${text.slice(0, 300)}`));
        });
      });
      request.once('error', fail);
      request.end(body);
    });
  return { ask, close: () => agent.destroy() };
}
