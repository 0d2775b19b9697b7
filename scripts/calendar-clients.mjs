// Calendar programs for the tests of CalDAV: installed ones, or Debian's, installed when we are root.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const names = ['vdirsyncer', 'khal', 'cadaver', 'curl'];
const folders = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', ...(process.env.PATH ?? '').split(path.delimiter)];
const find = (name) => folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file));
const missing = () => names.filter((name) => !find(name));

/** Finds or installs vdirsyncer, khal, cadaver and curl; throws a sentence that says what to do when one is missing. */
export function ensureCalendarClients() {
  if (missing().length > 0 && process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get')) {
    console.log(`Kabinet: installing ${missing().join(', ')} for the tests of CalDAV …`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args) => spawnSync('apt-get', args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    apt('update');
    apt('install', '-y', '--no-install-recommends', ...missing());
  }
  if (missing().length > 0) throw new Error(`no ${missing().join(', no ')} for the tests of CalDAV. Install them (Debian: apt-get install ${missing().join(' ')}).`);
  return Object.fromEntries(names.map((name) => [name, find(name)]));
}
