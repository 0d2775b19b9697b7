import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { deflateSync, crc32 } from 'node:zlib';
import fc, { type Arbitrary } from 'fast-check';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import writeExcelFile from 'write-excel-file/node';
import { countPages } from '../src/core/ocr.ts';
import { shrinkPicture } from '../src/core/picture.ts';
import { readSheet } from '../src/core/sheet.ts';
import { canMark } from '../src/core/watermark.ts';
import { readers, type Reader } from './fuzz-parsers.ts';
import { seed, times, within } from './fuzz-values.ts';

const corpus = path.join(import.meta.dirname, 'corpus', 'fuzz');
const kept = (folder: string): [string, Uint8Array<ArrayBuffer>][] => fs.readdirSync(folder).filter((name) => !/\.(md|json)$/.test(name) && fs.statSync(path.join(folder, name)).isFile()).map((name) => [name, new Uint8Array(fs.readFileSync(path.join(folder, name)))]);
process.stdout.write(`fuzz: KABINET_SEED=${seed}\n`);

const odd = ['\u0000', '\r\n', '\r\n\r\n', '--b', '--b--', '"', ';', '=', '<', '>', '&', '{', '}', '%', '=?utf-8?B?', 'BEGIN:VEVENT', 'END:VCALENDAR', 'RRULE:FREQ=SECONDLY', '<!DOCTYPE', ']]>', '\uFEFF', '99999999999', '-1', '\xff\xd8'].map((text) => [...Buffer.from(text, 'latin1')]);
type Change = { at: number; length: number; how: 'drop' | 'flip' | 'repeat' | 'put' | 'cut' | 'other'; by: number };
const change: Arbitrary<Change> = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(60), how: fc.constantFrom('drop', 'flip', 'repeat', 'put', 'cut', 'other'), by: fc.nat(255) });

/** What was right, with pieces dropped, turned, repeated, put in, or cut off. */
function mutated(bytes: Uint8Array, changes: readonly Change[]): Uint8Array<ArrayBuffer> {
  let list = Buffer.from(bytes);
  for (const { at, length, how, by } of changes) {
    const from = Math.floor(at * list.length);
    const [before, piece, after] = [list.subarray(0, from), list.subarray(from, from + length), list.subarray(from + length)];
    if (how === 'drop') list = Buffer.concat([before, after]);
    else if (how === 'flip') list = Buffer.concat([before, Buffer.from(piece.map((one) => one ^ by)), after]);
    else if (how === 'repeat') list = Buffer.concat([before, ...Array.from({ length: Math.min(by * 4, 500) }, () => piece), after]);
    else if (how === 'put') list = Buffer.concat([before, Buffer.from(odd[by % odd.length]!), piece, after]);
    else if (how === 'cut') list = Buffer.from(before);
    else list = Buffer.concat([before, Buffer.from(Array.from(piece, (_, index) => (by * (index + 1)) & 255)), after]);
  }
  return new Uint8Array(list);
}

test.each(readers.map((reader): [string, Reader] => [reader.name, reader]))('%s: what broke it once, what would take for ever, and anything made of what is right', async (_, reader) => {
  for (const [name, bytes] of [...kept(corpus), ...kept(path.join(corpus, '..', 'mail'))]) await within(`${reader.name} of ${name}`, Promise.resolve(reader.read(bytes.slice())));
  // Two at once would be no measure of one: each alone, against a bound that only what does not end meets.
  for (const [name, make] of Object.entries(reader.bombs)) {
    const bytes = make();
    const began = performance.now();
    await within(`${reader.name} of ${name}`, Promise.resolve(reader.read(bytes)), 60);
    expect(performance.now() - began, `${reader.name} of ${name}`).toBeLessThan(60_000);
  }
  await fc.assert(fc.asyncProperty(fc.constantFrom(...reader.seeds), fc.array(change, { minLength: 1, maxLength: 6 }), async (bytes, changes) => {
    await within(reader.name, Promise.resolve(reader.read(mutated(bytes, changes))));
  }), { seed, numRuns: 120 * times });
}, 240_000 * times);

function png(width: number, height: number): Uint8Array {
  const chunk = (type: string, data: Buffer): Buffer => {
    const [length, sum, whole] = [Buffer.alloc(4), Buffer.alloc(4), Buffer.concat([Buffer.from(type), data])];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(whole));
    return Buffer.concat([length, whole, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 8;
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.alloc(100_000))), chunk('IEND', Buffer.alloc(0))]);
}

test('what unfolds to gigabytes, or leads in a circle, ends its own reader at most', async () => {
  expect(await canMark(png(30_000, 30_000), 'image/png')).toBe(false);
  await expect(shrinkPicture(png(60_000, 60_000), 1000)).rejects.toThrow();
  const object = (body: string): Uint8Array => Buffer.from(`%PDF-1.5\n${body}\ntrailer<</Root 1 0 R>>\n%%EOF`);
  const circle = object('1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>endobj');
  const deep = object(`1 0 obj${'['.repeat(200_000)}endobj`);
  for (const bytes of [circle, deep, object(''), Buffer.from('%PDF-'), new Uint8Array()]) {
    expect(await canMark(bytes, 'application/pdf')).toBe(false);
    await within('pages', countPages(bytes).catch(() => 0), 60);
  }
}, 240_000);

test('a workbook whose rows are wider than any register is refused, not unfolded', async () => {
  const book = await writeExcelFile([[{ type: String, value: 'a' }], [{ type: String, value: 'b' }]]).toBuffer();
  const parts = unzipSync(new Uint8Array(book));
  const name = Object.keys(parts).find((one) => one.endsWith('sheet1.xml'))!;
  const wide = (rows: number): Uint8Array => zipSync({ ...parts, [name]: strToU8(new TextDecoder().decode(parts[name]).replace(/<sheetData>.*<\/sheetData>/s, `<sheetData>${Array.from({ length: rows }, (_, row) => `<row r="${row + 1}"><c r="XFD${row + 1}"><v>1</v></c></row>`).join('')}</sheetData>`)) }, { level: 9 });
  expect((await readSheet(wide(3))).rows).toHaveLength(3);
  await expect(readSheet(wide(40_000))).rejects.toMatchObject({ status: 422 });
}, 240_000);

test('reading the same for a long time takes no more memory than at first', async () => {
  const rounds = times > 1 ? 60 : 16;
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', path.join(import.meta.dirname, 'fuzz-memory.ts'), String(rounds), corpus, path.join(corpus, '..', 'mail')], { maxBuffer: 1_000_000 });
  const held = JSON.parse(stdout) as { heap: number; rss: number }[];
  const least = (list: readonly number[]): number => Math.min(...list);
  const [early, late] = [held.slice(Math.floor(rounds / 4), Math.floor(rounds / 2)), held.slice(Math.floor((rounds * 3) / 4))];
  const megabyte = 1024 * 1024;
  expect(least(late.map((one) => one.heap)) - least(early.map((one) => one.heap)), 'heap').toBeLessThan(6 * megabyte);
  expect(least(late.map((one) => one.rss)) - least(early.map((one) => one.rss)), 'resident').toBeLessThan(60 * megabyte);
}, 240_000);
