import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { forgetGlances, glance, noticeAct } from './glance.ts';
import { health } from './health.ts';
import { watchTraffic } from './traffic.ts';

const ask = (method: string, path = '/desk'): Request => new Request(`http://kabinet.example${path}`, { method });
const statusOf = async (answer: Response | Promise<Response>): Promise<number> => (await answer).status;

test('a leaving server sends pages to the other one, takes forms that still come, and says when it is quiet', async () => {
  const kernel = { isLeaving: false, config: readConfig({ KABINET_PROXY: '1' }) };
  const slow = Promise.withResolvers<Response>();
  const traffic = watchTraffic(kernel, (request) => (request.url.endsWith('/slow') ? slow.promise : new Response('')));
  const underWay = traffic.fetch(ask('POST', '/slow'));
  expect(await statusOf(traffic.fetch(ask('GET')))).toBe(200);
  kernel.isLeaving = true;
  expect(await Promise.all(['GET', 'HEAD', 'POST', 'PUT'].map((method) => statusOf(traffic.fetch(ask(method)))))).toEqual([502, 502, 200, 200]);
  expect(await statusOf(traffic.fetch(ask('GET', '/health')))).toBe(200);

  let isQuiet = false;
  const quiet = traffic.quiet(60_000).then(() => (isQuiet = true));
  await pause(1500);
  expect(isQuiet, 'a form is under way').toBe(false);
  slow.resolve(new Response('', { status: 201 }));
  expect(await statusOf(underWay)).toBe(201);
  await quiet;
});

test('without a proxy before it a leaving server answers what comes', async () => {
  const traffic = watchTraffic({ isLeaving: true, config: readConfig({}) }, () => new Response(''));
  expect(await statusOf(traffic.fetch(ask('GET')))).toBe(200);
});

test('a server whose database is away, or that is leaving, says that it cannot serve', async () => {
  const kernel = { isLeaving: false, db: { getExecutor: () => { throw new Error('away'); } } };
  await expect(health(kernel as never)()).resolves.toBe('database');
  await expect(health({ ...kernel, isLeaving: true } as never)()).resolves.toBe('leaving');
});

test('counts are read anew after an act on another server, and kept while the mark is the same', async () => {
  let reads = 0;
  const count = (): Promise<number> => glance('traffic-test', 'counts', 60, async () => ++reads);
  noticeAct('traffic-test', 'a');
  expect([await count(), await count()]).toEqual([1, 1]);
  noticeAct('traffic-test', 'a');
  expect(await count()).toBe(1);
  noticeAct('traffic-test', 'b');
  expect(await count()).toBe(2);
  forgetGlances('traffic-test');
  expect(await count()).toBe(3);
});
