// An IMAP server for the tests: the one named by DOVECOT, an installed one, or Debian's, installed when we are root.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const find = () => {
  if (process.env.DOVECOT) return fs.existsSync(process.env.DOVECOT) ? process.env.DOVECOT : undefined;
  const folders = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin', ...(process.env.PATH ?? '').split(path.delimiter)];
  return folders.map((folder) => path.join(folder, 'dovecot')).find((file) => fs.existsSync(file));
};

/** Finds or installs Dovecot; throws a sentence that says what to do when there is none. */
export function ensureDovecot() {
  let server = find();
  if (!server && !process.env.DOVECOT && process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get')) {
    console.log('Kabinet: installing Dovecot for the tests of the mailbox …');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args) => spawnSync('apt-get', args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    apt('update');
    apt('install', '-y', '--no-install-recommends', 'dovecot-imapd');
    server = find();
  }
  if (!server) throw new Error('no IMAP server for the tests of the mailbox. Install Dovecot (Debian: apt-get install dovecot-imapd) or set DOVECOT to its file.');
  return server;
}
