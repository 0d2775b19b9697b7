import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folders = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', ...(process.env['PATH'] ?? '').split(path.delimiter)];
export const findProgram = (name: string): string | undefined => folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));

const policy = '/usr/sbin/policy-rc.d';
const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, encoding: 'utf8', maxBuffer: 64e6 } as const;

/** Runs apt-get while nothing that is installed may start by itself. */
function apt(...args: string[]): string {
  const isOurs = !existsSync(policy);
  if (isOurs) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const done = spawnSync('apt-get', ['-y', '-o', 'DPkg::Lock::Timeout=300', '--no-install-recommends', ...args], quiet);
    return done.status === 0 ? '' : `${done.stdout}\n${done.stderr}`.trim().split('\n').slice(-3).join('\n');
  } finally {
    if (isOurs) rmSync(policy, { force: true });
  }
}

const isRootOnDebian = (): boolean => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

/** Installs Debian's packages unless `isThere` already; throws a sentence that says what to install. */
export function ensurePackages(isThere: () => boolean, ...packages: string[]): void {
  if (isThere()) return;
  let said = '';
  if (isRootOnDebian()) {
    process.stdout.write(`Kabinet: installing ${packages.join(', ')} …\n`);
    said = apt('install', ...packages);
    if (!isThere()) {
      apt('update');
      said = apt('install', ...packages);
    }
  }
  if (!isThere()) throw new Error(`This bench needs ${packages.join(', ')} (Debian: apt-get install --no-install-recommends ${packages.join(' ')}).${said && `\n${said}`}`);
}

/** The file of a program, installed from these packages when it is missing. */
export function ensureProgram(name: string, ...packages: string[]): string {
  ensurePackages(() => findProgram(name) !== undefined, ...packages);
  return findProgram(name)!;
}

/** Unpacks one of Debian's packages into a folder, without its scripts: nothing of it is configured or started. */
export function unpackPackage(name: string, folder: string): void {
  const place = mkdtempSync(path.join(os.tmpdir(), 'kabinet-deb-'));
  try {
    const done = spawnSync('apt-get', ['download', name], { ...quiet, cwd: place });
    const file = readdirSync(place).find((one) => one.endsWith('.deb'));
    if (!file) throw new Error(`${name} could not be downloaded: ${done.stderr}`);
    mkdirSync(folder, { recursive: true });
    spawnSync('dpkg-deb', ['-x', path.join(place, file), folder], quiet);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** What Debian's package must be there for, without alternatives and versions; those in `without` left out. */
export function dependenciesOf(name: string, without: readonly string[]): string[] {
  const line = /^Depends: (.+)$/m.exec(spawnSync('apt-cache', ['show', '--no-all-versions', name], quiet).stdout)?.[1] ?? '';
  return line.split(',').map((one) => one.trim().split(/[\s|:(]/)[0]!).filter((one) => one && !without.includes(one));
}

/** The version of an installed package without Debian's own part; `?` when it is not installed. */
export const versionOf = (name: string): string => /^(?:\d+:)?([^+-]+)/.exec(spawnSync('dpkg-query', ['-W', '-f', '${Version}', name], quiet).stdout ?? '')?.[1] ?? '?';
