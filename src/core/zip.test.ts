import { unzipSync } from 'fflate';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { element, xmlFile } from './xml.ts';
import { zipStream } from './zip.ts';

test('what was streamed in comes out, each under its path', async () => {
  const files = new Map([['a/METS.xml', Buffer.from('<a/>'.repeat(5000))], ['a/rep1/slika š.png', Buffer.from([0, 1, 2, 255])], ['a/empty.txt', Buffer.alloc(0)]]);
  const stream = zipStream([...files].map(([path, bytes]) => ({ path, at: new Date('2026-03-01T10:00:00Z'), read: () => bytes })));
  const found = unzipSync(new Uint8Array(await new Response(stream).arrayBuffer()));
  expect(Object.keys(found)).toEqual([...files.keys()]);
  for (const [path, bytes] of files) expect(Buffer.from(found[path]!).equals(bytes)).toBe(true);
});

test('a file that cannot be read ends the stream in an error', async () => {
  const stream = zipStream([{ path: 'a.txt', at: new Date(), read: () => Promise.reject(new Error('gone')) }]);
  await expect(new Response(stream).arrayBuffer()).rejects.toThrow('gone');
});

test('texts and values come back from XML as they were, less what XML cannot hold', () => {
  const back = (text: string): string => text.replaceAll(/&(lt|gt|quot|amp|#\d+);/g, (_, name: string) => ({ lt: '<', gt: '>', quot: '"', amp: '&' })[name] ?? String.fromCharCode(Number(name.slice(1))));
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
    const kept = text.toWellFormed().replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '');
    const { markup } = element('a', { b: text }, text);
    const found = /^<a b="([^"<]*)"(?:\/>|>([^<]*)<\/a>)$/.exec(markup);
    expect(back(found?.[1] ?? '?')).toBe(kept);
    expect(back(found?.[2] ?? '')).toBe(kept);
  }));
  expect(Buffer.from(xmlFile(element('a', { x: null }, element('b'), 'c', null))).toString()).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<a><b/>c</a>\n');
});
