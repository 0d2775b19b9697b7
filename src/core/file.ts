import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileTypeFromBuffer } from 'file-type';
import type { Config } from './config.ts';
import { newId } from './id.ts';
import { sha256 } from './secret.ts';
import { s3Files } from './store.ts';
import type { Said } from './refusal.ts';

/** Bytes by office and content hash. */
export type FileStore = { put(officeId: number, bytes: Uint8Array): Promise<string>; get(officeId: number, hash: string): Promise<Uint8Array>; remove(officeId: number, hash: string): Promise<void> };

// The new name must be on disk as well before anybody is told that the file is kept.
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes what a killed server was still writing; nothing younger than an hour, which may be another server's. Answers how many. */
export async function removeUnfinished(directory: string, now = Date.now()): Promise<number> {
  let removed = 0;
  const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
  for (const office of await namesIn(directory)) for (const part of await namesIn(path.join(directory, office))) {
    const folder = path.join(directory, office, part);
    for (const name of (await namesIn(folder)).filter((one) => /^[0-9a-f]{64}\../.test(one))) {
      const written = await stat(path.join(folder, name)).catch(() => null);
      if (!written || now - written.mtimeMs < 3_600_000) continue;
      await rm(path.join(folder, name), { force: true });
      removed++;
    }
  }
  return removed;
}

/** Files on disk under `directory`: <office>/<first two>/<hash>. A file is complete or absent: written beside, then renamed. */
export function diskFiles(directory: string): FileStore {
  const place = (officeId: number, hash: string): string => {
    if (!/^[0-9a-f]{64}$/.test(hash)) throw new Error('not a content hash');
    return path.join(directory, String(officeId), hash.slice(0, 2), hash);
  };
  return {
    async put(officeId, bytes) {
      const hash = sha256(bytes);
      const target = place(officeId, hash);
      if (await stat(target).then((found) => found.size === bytes.length, () => false)) return hash;
      const made = await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
      const beside = `${target}.${newId()}`;
      try {
        await writeFile(beside, bytes, { flush: true, mode: 0o600 });
        await rename(beside, target);
      } catch (error) {
        await rm(beside, { force: true });
        throw error;
      }
      await syncDirectory(path.dirname(target));
      if (made) await syncDirectory(path.dirname(path.dirname(target)));
      return hash;
    },
    get: (officeId, hash) => readFile(place(officeId, hash)),
    remove: (officeId, hash) => rm(place(officeId, hash), { force: true }),
  };
}

export const filesDirectory = (config: Config): string => path.join(config.dataDirectory, 'files');
export const openFiles = (config: Config): FileStore => (config.KABINET_S3 ? s3Files(config.KABINET_S3) : diskFiles(filesDirectory(config)));

export const fileBytesAtMost = 20 * 1024 * 1024;
export const filesAtMost = 10;

/** Media type by what the bytes are, and the endings that go with it. Anything else is not taken. */
const taken: Record<string, readonly string[]> = {
  'application/pdf': ['pdf'],
  'image/jpeg': ['jpg', 'jpeg', 'jfif'],
  'image/png': ['png'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'image/heic': ['heic', 'heif'],
  'image/tiff': ['tif', 'tiff'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['pptx'],
  'application/vnd.oasis.opendocument.text': ['odt'],
  'application/vnd.oasis.opendocument.spreadsheet': ['ods'],
  'application/rtf': ['rtf'],
  'text/plain': ['txt', 'text', 'csv', 'md', 'eml'],
};
export const acceptedEndings: readonly string[] = Object.values(taken).flat();

export type Upload = { name: string; bytes: Uint8Array<ArrayBuffer> };
export type Sniffed = Upload & { mediaType: string };

/** The upload with its true type and a harmless name, or what is wrong with it (too large, empty, unknown, disguised). */
export async function sniffUpload(upload: Upload): Promise<Sniffed | Said> {
  const name = fileName(upload.name);
  if (upload.bytes.length === 0) return { key: 'field.file_empty', args: { name } };
  if (upload.bytes.length > fileBytesAtMost) return { key: 'field.file_large', args: { name, max: fileBytesAtMost / 1024 / 1024 } };
  const ending = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
  const found = await fileTypeFromBuffer(upload.bytes).catch(() => undefined);
  const mediaType = found?.mime ?? (isText(upload.bytes) ? 'text/plain' : undefined);
  const endings = mediaType ? taken[mediaType] : undefined;
  if (!mediaType || !endings) return { key: 'field.file_kind', args: { name } };
  if (!endings.includes(ending)) return { key: 'field.file_disguised', args: { name } };
  return { name, bytes: upload.bytes, mediaType };
}

/** UTF-8 without control characters; markup counts as plain text and is only ever handed out as such. */
function isText(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return !/[\u0000-\u0008\u000E-\u001F]/.test(text.slice(0, 100_000));
  } catch {
    return false;
  }
}

/** The last part of a path, without control and direction characters, at most 120 characters. */
export function fileName(raw: string): string {
  const base = raw.split(/[\\/]/).pop() ?? '';
  const tidy = base.normalize('NFC').replace(/[\u0000-\u001F\u007F\u200E\u200F\u202A-\u202E\u2066-\u2069"<>|:*?]/g, '').trim();
  return tidy.length > 120 ? `${tidy.slice(0, 100)}${tidy.slice(tidy.lastIndexOf('.')).slice(-20)}` : tidy || 'file';
}
