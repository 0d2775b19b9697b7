import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acceptedEndings, diskFiles, fileBytesAtMost, fileName, sniffUpload } from './file.ts';
import { s3Files } from './store.ts';
import { sha256 } from './secret.ts';

const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text));

describe('uploads', () => {
  const verdict = async (name: string, content: Uint8Array<ArrayBuffer>) => {
    const found = await sniffUpload({ name, bytes: content });
    return 'key' in found ? found.key : found.mediaType;
  };

  test('are what their bytes are', async () => {
    const pdf = bytes('%PDF-1.7\n%âãÏÓ\n1 0 obj\n<<>>\nendobj\n');
    expect(await verdict('a.pdf', pdf)).toBe('application/pdf');
    expect(await verdict('A.PDF', pdf)).toBe('application/pdf');
    expect(await verdict('a.txt', pdf)).toBe('field.file_disguised');
    expect(await verdict('a', pdf)).toBe('field.file_disguised');
    expect(await verdict('a.pdf.exe', pdf)).toBe('field.file_disguised');
    expect(await verdict('pismo.txt', bytes('Ђурђа'))).toBe('text/plain');
    expect(await verdict('pismo.html', bytes('<p>x'))).toBe('field.file_disguised');
    expect(await verdict('pismo.txt', new Uint8Array([0xc3, 0x28]))).toBe('field.file_kind');
    expect(await verdict('pismo.txt', new Uint8Array([65, 0, 66]))).toBe('field.file_kind');
    expect(await verdict('a.zip', new Uint8Array(zipSync({ 'x.txt': strToU8('x') })))).toBe('field.file_kind');
    expect(await verdict('a.txt', new Uint8Array(fileBytesAtMost).fill(120))).toBe('text/plain');
    expect(await verdict('a.txt', new Uint8Array(fileBytesAtMost + 1).fill(120))).toBe('field.file_large');
    expect(await verdict('a.txt', new Uint8Array())).toBe('field.file_empty');
    expect(acceptedEndings).not.toContain('svg');
    expect(acceptedEndings).not.toContain('html');
  });

  test('cut short or stuffed, they are refused or taken, never an error', async () => {
    const zip = zipSync({ 'word/document.xml': strToU8('x'), '[Content_Types].xml': strToU8('<x/>') });
    for (let length = 1; length < zip.length; length += 7) await verdict('a.docx', new Uint8Array(zip.subarray(0, length)));
    const bomb = new Uint8Array(zipSync({ '[Content_Types].xml': new Uint8Array(50_000_000) }, { level: 9 }));
    const began = process.cpuUsage();
    await verdict('a.docx', bomb);
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(3000);
  });

  test('have harmless names', () => {
    const names: [string, string][] = [
      ['../../etc/passwd', 'passwd'], ['C:\\Users\\a\\слика.png', 'слика.png'], ['a\u0000b\r\n.pdf', 'ab.pdf'], ['fdp.\u202Etxt', 'fdp.txt'], ['a"b<c>.pdf', 'abc.pdf'], ['', 'file'], ['...', '...'], ['/', 'file'],
      [`${'ш'.repeat(300)}.pdf`, `${'ш'.repeat(100)}.pdf`],
    ];
    for (const [raw, tidy] of names) expect(fileName(raw)).toBe(tidy);
    expect(fileName(`x.${'y'.repeat(300)}`).length).toBeLessThanOrEqual(120);
  });
});

describe('on disk', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'kabinet-file-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('a file is under its content, apart for each office, whole or not at all', async () => {
    const files = diskFiles(folder);
    const hash = await files.put(1, bytes('Здраво'));
    expect(hash).toBe(sha256(bytes('Здраво')));
    expect(Buffer.from(await files.get(1, hash)).toString()).toBe('Здраво');
    await expect(files.get(2, hash)).rejects.toThrow();
    for (const wrong of ['../secret', 'x'.repeat(64), '']) expect(() => files.get(1, wrong)).toThrow('not a content hash');
    await Promise.all(Array.from({ length: 20 }, () => files.put(1, bytes('исто'))));
    const place = path.join(folder, '1', hash.slice(0, 2), hash);
    // What a crash left half written is written again.
    await writeFile(place, 'З');
    await files.put(1, bytes('Здраво'));
    expect((await stat(place)).size).toBe(12);
    const names = (await readdir(folder, { recursive: true })).filter((name) => /[0-9a-f]{64}/.test(name));
    expect(names.every((name) => /[0-9a-f]{64}$/.test(name))).toBe(true);
  });
});

describe('in a store that speaks S3', () => {
  const kept = new Map<string, Buffer>();
  const seen: string[] = [];
  let server: Server;
  let address = '';
  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(String(request.headers.authorization));
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        if (request.method === 'PUT') kept.set(request.url!, Buffer.concat(chunks));
        const found = kept.get(request.url!);
        response.statusCode = found ? 200 : 404;
        response.end(request.method === 'GET' ? found : undefined);
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    address = `http://key:se%2Fcret@127.0.0.1:${(server.address() as AddressInfo).port}/bucket`;
  });
  afterAll(() => void server.close());

  test('puts and gets, signed; says when the store does not have it', async () => {
    const files = s3Files(address);
    const hash = await files.put(7, bytes('Здраво'));
    expect([...kept.keys()]).toEqual([`/bucket/7/${hash}`]);
    expect(Buffer.from(await files.get(7, hash)).toString()).toBe('Здраво');
    expect(seen[0]).toMatch(/^AWS4-HMAC-SHA256 Credential=key\//);
    await expect(files.get(8, hash)).rejects.toThrow('404');
  });
});
