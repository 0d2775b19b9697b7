// Whether dist/ was built from these very sources: a hash of their contents, so that a checkout or a copy changes nothing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');
const SOURCES = ['src', 'bench', 'db', 'offices', 'jurisdictions', 'demo', 'scripts/build.mjs', 'tsconfig.json', 'package-lock.json'];
const STAMP = path.join(root, 'dist', '.stamp');

/** A hash over the name and content of everything a build reads. */
export function hashSources() {
  const hash = createHash('sha256');
  const add = (file) => {
    const entry = fs.statSync(file, { throwIfNoEntry: false });
    if (entry?.isDirectory()) for (const name of fs.readdirSync(file).sort()) add(path.join(file, name));
    else if (entry && !/\.test\.tsx?$/.test(file)) hash.update(`${path.relative(root, file)}\n`).update(fs.readFileSync(file));
  };
  for (const source of SOURCES) add(path.join(root, source));
  return hash.digest('hex');
}

/** Builds when the sources are not those of dist/; ends the process when the build fails. */
export function ensureBuilt() {
  const built = fs.existsSync(STAMP) ? fs.readFileSync(STAMP, 'utf8') : '';
  if (built === hashSources()) return;
  // In a process of its own: the bundler's memory does not stay with the server.
  const result = spawnSync(process.execPath, [path.join(root, 'scripts', 'build.mjs')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
}
