import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from 'hono';
import { rootDirectory } from './root.ts';

const directory = path.join(rootDirectory, 'dist/assets');
const types: Record<string, string> = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', woff2: 'font/woff2', svg: 'image/svg+xml; charset=utf-8', png: 'image/png', json: 'application/json', webmanifest: 'application/manifest+json', ico: 'image/x-icon', txt: 'text/plain; charset=utf-8' };
let manifest: Record<string, string> | undefined;

function currentNames(): Record<string, string> {
  const file = path.join(directory, 'manifest.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
}

/** The address of a built asset, by its name before the build (kabinet.css, desk.js). */
export function assetPath(name: string): string {
  manifest ??= currentNames();
  return `/assets/${manifest[name] ?? name}`;
}

/** A built asset, compressed as the browser likes; names hold a hash of the content, so they are kept for a year. */
export async function serveAsset(c: Context, named?: string): Promise<Response> {
  const name = named ? assetPath(named).slice('/assets/'.length) : c.req.path.slice('/assets/'.length);
  const file = path.normalize(path.join(directory, name));
  if (!file.startsWith(directory + path.sep) || name.includes('\0')) return c.text('404', 404);
  const headers: Record<string, string> = { 'content-type': types[path.extname(file).slice(1)] ?? 'application/octet-stream', 'cache-control': /-[\w-]{6,}\./.test(name) ? 'public, max-age=31536000, immutable' : 'public, max-age=3600', vary: 'accept-encoding' };
  const accepted = c.req.header('accept-encoding') ?? '';
  for (const [coding, ending] of [['br', '.br'], ['gzip', '.gz']] as const) {
    if (!accepted.includes(coding)) continue;
    const bytes = await readFile(file + ending).catch(() => null);
    if (bytes) return new Response(new Uint8Array(bytes), { headers: { ...headers, 'content-encoding': coding } });
  }
  const bytes = await readFile(file).catch(() => null);
  if (!bytes && !named) {
    // A page of the build before asks for its own asset: the present one of that name serves it, unhashed and not kept long.
    const present = currentNames()[name.replace(/-[\w-]{6,}(\.\w+)$/, '$1')];
    const other = present && present !== name ? await readFile(path.join(directory, present)).catch(() => null) : null;
    if (other) return new Response(new Uint8Array(other), { headers: { ...headers, 'cache-control': 'no-cache' } });
  }
  return bytes ? new Response(new Uint8Array(bytes), { headers }) : c.text('404', 404);
}
