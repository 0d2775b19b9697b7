import { mkdir, readdir, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileName, fileBytesAtMost, sniffUpload } from '../../core/file.ts';
import type { Kernel } from '../../core/kernel.ts';
import { log } from '../../core/log.ts';
import { isReadable, readPages } from '../../core/ocr.ts';
import type { Office } from '../../core/office.ts';
import { Refusal } from '../../core/refusal.ts';
import { sha256 } from '../../core/secret.ts';
import { findArrival, keepArrival, openArrival } from './arrival.server.ts';
import { listUndecided, noteWords } from './judge.server.ts';
import { alone } from './reader.ts';

const stillMs = 2000;
const scannable = new Set(['application/pdf', 'image/jpeg', 'image/png', 'image/tiff', 'image/heic', 'image/webp', 'image/gif']);

/** The folder into which the scanner of this office writes: `<scans>/<office>`. */
export const scanFolder = (kernel: Pick<Kernel, 'config'>, office: Pick<Office, 'slug'>): string => path.join(kernel.config.KABINET_SCANS ?? path.join(kernel.config.dataDirectory, 'scans'), office.slug);

const made = new Set<string>();
/** The offices in whose folder something lies; each finds its folder made. */
export async function listScanned(kernel: Pick<Kernel, 'config' | 'offices'>): Promise<Office[]> {
  const found: Office[] = [];
  for (const office of await kernel.offices.all()) {
    const folder = scanFolder(kernel, office);
    if (!made.has(folder)) await mkdir(folder, { recursive: true });
    made.add(folder);
    if ((await readdir(folder, { withFileTypes: true }).catch(() => [])).some((one) => one.isFile())) found.push(office);
  }
  return found;
}

type Found = { name: string; size: number; changedAt: number };
async function listFiles(folder: string): Promise<Found[]> {
  const names = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(names.filter((one) => one.isFile() && !one.name.startsWith('.') && !/\.(tmp|part|crdownload|lock)$/i.test(one.name)).map(async ({ name }) => {
    const file = await stat(path.join(folder, name)).catch(() => null);
    return file && { name, size: file.size, changedAt: file.mtimeMs };
  }));
  return found.filter((one): one is Found => one !== null).sort((a, b) => a.changedAt - b.changedAt || a.name.localeCompare(b.name)).slice(0, 200);
}

/** A name that is free in the folder: nothing that was scanned is overwritten. */
async function freeName(folder: string, name: string): Promise<string> {
  const { name: stem, ext } = path.parse(name);
  for (let turn = 0; ; turn++) {
    const place = path.join(folder, turn === 0 ? name : `${stem}-${turn}${ext}`);
    if (!(await stat(place).catch(() => null))) return place;
  }
}

/** Takes what the scanner has finished writing (its size stands still for two seconds): kept first, moved to `done` then; what is no scan goes to `refused`. */
export async function takeScans(kernel: Kernel, office: Office, waitMs = stillMs): Promise<number> {
  const folder = scanFolder(kernel, office);
  await mkdir(folder, { recursive: true });
  const before = await listFiles(folder);
  if (before.length === 0) return 0;
  await pause(waitMs);
  const now = new Map((await listFiles(folder)).map((one) => [one.name, one]));
  let taken = 0;
  for (const file of before) {
    const after = now.get(file.name);
    if (!after || after.size !== file.size || after.changedAt !== file.changedAt || after.size === 0) continue;
    try {
      await takeScan(kernel, office, folder, file);
      taken++;
    } catch (error) {
      log.error({ err: (error as Error).message, office: office.slug }, 'a scan could not be taken');
    }
  }
  return taken;
}

async function moveTo(folder: string, where: 'done' | 'refused', name: string): Promise<void> {
  await mkdir(path.join(folder, where), { recursive: true });
  await rename(path.join(folder, name), await freeName(path.join(folder, where), name));
}

async function takeScan(kernel: Kernel, office: Office, folder: string, file: Found): Promise<void> {
  const system = kernel.system(office);
  if (file.size > fileBytesAtMost) return moveTo(folder, 'refused', file.name);
  const bytes = new Uint8Array(await readFile(path.join(folder, file.name)));
  const found = await sniffUpload({ name: file.name, bytes });
  if ('key' in found || !scannable.has(found.mediaType)) return moveTo(folder, 'refused', file.name);
  const key = `sha256:${sha256(bytes)}`;
  const { arrival } = await kernel.run(findArrival, system, { source: 'scanner', key });
  if (!arrival) {
    await kernel.run(keepArrival, system, { source: 'scanner', key, name: fileName(file.name), mediaType: found.mediaType, bytes, size: bytes.length }).catch((error: unknown) => {
      if (!(error instanceof Refusal && error.status === 409)) throw error;
    });
  }
  await moveTo(folder, 'done', file.name);
}

/** The case that a label of the office names (its address ends in /c/<id>), if the page carries one. */
const labelOf = (codes: readonly string[]): string | null => codes.map((code) => /\/c\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(code)?.[1]).find((id) => id !== undefined) ?? null;

/** Reads the words on scans that nobody has read yet, one after the other; one that cannot be read is kept without words. */
export async function readScans(kernel: Kernel, office: Office): Promise<number> {
  const system = kernel.system(office);
  const { unread } = await kernel.run(listUndecided, system, {});
  for (const id of unread) {
    const file = await kernel.run(openArrival, system, { id });
    const bytes = new Uint8Array(Buffer.from(file.content, 'base64'));
    const read = isReadable(file.mediaType) ? await readPages({ bytes, mediaType: file.mediaType }, [...office.staffLocales, ...office.publicLocales]).catch((error: unknown) => {
      log.warn({ err: (error as Error).message, arrival: id }, 'a scan could not be read');
      return null;
    }) : null;
    await kernel.run(noteWords, system, { id, words: read?.words ?? '', pages: read?.pages ?? null, labelled: labelOf(read?.codes ?? []) });
  }
  return unread.length;
}

/** Both, unless another process is at it. */
export const watchScans = (kernel: Kernel, office: Office, waitMs?: number): Promise<number | null> => alone(kernel, `scans ${office.id}`, async () => {
  const taken = await takeScans(kernel, office, waitMs);
  await readScans(kernel, office);
  return taken;
});
