// A browser for the journeys: the one named by CHROMIUM, an installed one, or Debian's, installed when we are root.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The browser's file, or undefined when there is none. */
export function findBrowser() {
  const given = process.env.CHROMIUM;
  if (given) return fs.existsSync(given) ? given : undefined;
  const folders = ['/usr/bin', '/snap/bin', ...(process.env.PATH ?? '').split(path.delimiter)];
  const files = [...folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name))), ...MAC];
  return files.find((file) => fs.existsSync(file));
}

/** Finds or installs a browser and puts it into CHROMIUM; says what to do and returns undefined when that fails. */
export function ensureBrowser() {
  let browser = findBrowser();
  if (!browser && !process.env.CHROMIUM && process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get')) {
    console.log('Kabinet: installing Chromium for the journeys …');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args) => spawnSync('apt-get', args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    apt('update');
    const result = apt('install', '-y', '--no-install-recommends', 'chromium');
    if (result.status !== 0) console.error(`${result.stderr ?? ''}`.trim().split('\n').slice(-8).join('\n'));
    browser = findBrowser();
  }
  if (browser) process.env.CHROMIUM = browser;
  else if (process.env.CHROMIUM) console.error(`Kabinet: CHROMIUM names ${process.env.CHROMIUM}, which is not there.`);
  else
    console.error(
      'Kabinet: no browser for the journeys. Install Chromium (Debian: apt-get install chromium) or set CHROMIUM to its file.',
    );
  return browser;
}
