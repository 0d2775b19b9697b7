import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import type { Anchor } from './anchor.ts';
import { dataMode, type Config } from './config.ts';
import { startPostgres, type LocalPostgres } from './postgres.ts';

const base = path.join('postgres', 'base.tar.gz');
/** Beside the files of the store: the ends of the log kept day by day, and scans that were not taken in yet. */
const besides = ['anchors', 'scans'];

type Contents = { version: 1; at: string; files: boolean; anchors?: Anchor[]; sha256?: { base: string; secret: string } };

/**
 * Copies a running embedded server (a physical base backup with the log it needs), then the files, then the secret, into
 * `target`, which must not exist. Files go after the database: a document's file is there before its row. `anchors`, taken
 * before, are what the log must hold at least when it comes back. Without the secret nothing sealed can be read from it.
 */
export async function writeBackup(config: Config, server: LocalPostgres, target: string, { anchors = [], withSecret = true }: { anchors?: Anchor[]; withSecret?: boolean } = {}): Promise<{ bytes: number }> {
  if (fs.existsSync(target)) throw new Error(`Kabinet: ${target} is there already; a backup goes into a new folder.`);
  const partial = `${target}.partial`;
  fs.rmSync(partial, { recursive: true, force: true });
  fs.mkdirSync(path.join(partial, 'postgres'), { recursive: true, mode: 0o700 });
  try {
    const owner = fs.statSync(path.join(config.dataDirectory, 'postgres'));
    // The server writes its part itself, under the account it runs as.
    if (process.getuid?.() === 0) fs.chownSync(path.join(partial, 'postgres'), owner.uid, owner.gid);
    await copyServer(server, path.join(fs.realpathSync(partial), 'postgres'));
    const files = path.join(config.dataDirectory, 'files');
    const hasFiles = !config.KABINET_S3;
    if (hasFiles && fs.existsSync(files)) copyFiles(files, path.join(partial, 'files'), (name) => /^[0-9a-f]{64}$/.test(name));
    for (const beside of besides) {
      const folder = path.join(config.dataDirectory, beside);
      if (fs.existsSync(folder)) copyFiles(folder, path.join(partial, beside), (name) => !name.endsWith('.new'));
    }
    const secret = path.join(config.dataDirectory, 'secret');
    if (withSecret) fs.copyFileSync(secret, path.join(partial, 'secret'));
    const sha256 = { base: await hashOf(path.join(partial, base)), secret: await hashOf(secret) };
    const contents: Contents = { version: 1, at: new Date().toISOString(), files: hasFiles, anchors, sha256 };
    fs.writeFileSync(path.join(partial, 'backup.json'), `${JSON.stringify(contents, undefined, 2)}\n`);
    fs.renameSync(partial, target);
  } catch (error) {
    fs.rmSync(partial, { recursive: true, force: true });
    throw error;
  }
  const names = fs.readdirSync(target, { recursive: true }).map((name) => fs.statSync(path.join(target, String(name))));
  return { bytes: names.reduce((sum, one) => sum + (one.isFile() ? one.size : 0), 0) };
}

/** Copies files that are being added to: what is half written has another name, and what goes in the meantime is not missed. */
function copyFiles(from: string, to: string, isWhole: (name: string) => boolean): void {
  fs.mkdirSync(to, { recursive: true });
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) copyFiles(source, target, isWhole);
    else if (entry.isFile() && isWhole(entry.name)) {
      try {
        fs.copyFileSync(source, target, fs.constants.COPYFILE_FICLONE);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of fs.createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Removes the oldest of the backups beside `target` that were named by their time, so that `keep` remain; answers which. */
export function dropOldBackups(target: string, keep: number): string[] {
  const beside = path.dirname(target);
  const stamped = fs.readdirSync(beside).filter((name) => /^\d{4}-\d{2}-\d{2}T\d{6}$/.test(name) && fs.existsSync(path.join(beside, name, 'backup.json'))).sort();
  const old = stamped.slice(0, Math.max(0, stamped.length - keep));
  for (const name of old) fs.rmSync(path.join(beside, name), { recursive: true, force: true });
  return old;
}

async function copyServer(server: LocalPostgres, target: string): Promise<void> {
  const client = new pg.Client({
    host: server.host,
    port: server.port,
    user: server.user,
    replication: 'true',
  } as pg.ClientConfig);
  await client.connect();
  try {
    const place = pg.escapeLiteral(target);
    await client.query(
      `BASE_BACKUP (LABEL 'kabinet', CHECKPOINT 'fast', WAL true, MANIFEST 'yes', TARGET 'server', TARGET_DETAIL ${place}, COMPRESSION 'gzip')`,
    );
  } finally {
    await client.end();
  }
}

/** Puts a backup into an empty data folder, so that a start finds it, and answers with its anchors; throws when something is there or the backup is not whole. */
export async function readBackup(config: Config, source: string, secret = path.join(source, 'secret')): Promise<Anchor[]> {
  const contents = readContents(source);
  for (const [name, file] of [['base', path.join(source, base)], ['secret', secret]] as const) {
    if (!fs.existsSync(file)) throw new Error(`Kabinet: ${file} is missing${name === 'secret' ? ' (kept apart? --secret names it)' : ''}; this backup is not whole.`);
    const written = contents.sha256?.[name];
    if (written && (await hashOf(file)) !== written) throw new Error(`Kabinet: ${file} is not what was written; this backup is damaged.`);
  }
  const data = config.dataDirectory;
  if (fs.existsSync(data) && fs.readdirSync(data).length > 0)
    throw new Error(`Kabinet: ${data} is not empty. A backup is restored into an empty KABINET_DATA.`);
  fs.mkdirSync(data, { recursive: true, mode: dataMode() });
  const cluster = path.join(data, 'postgres');
  try {
    // A new server settles which account it runs as here; its files then give way to those of the backup.
    await (await startPostgres(cluster, { fsync: 'off' })).stop();
    const { uid, gid } = fs.statSync(cluster);
    for (const name of fs.readdirSync(cluster)) fs.rmSync(path.join(cluster, name), { recursive: true });
    const unpacked = spawnSync('tar', ['-xzf', path.join(source, base), '-C', cluster, '--no-same-owner'], { encoding: 'utf8' });
    if (unpacked.status !== 0)
      throw new Error(`Kabinet: ${path.join(source, base)} could not be unpacked: ${unpacked.error?.message ?? unpacked.stderr.trim()}`);
    if (process.getuid?.() === 0) giveAll(cluster, uid, gid);
    if (contents.files && fs.existsSync(path.join(source, 'files')))
      fs.cpSync(path.join(source, 'files'), path.join(data, 'files'), { recursive: true, preserveTimestamps: true });
    for (const beside of besides)
      if (fs.existsSync(path.join(source, beside))) fs.cpSync(path.join(source, beside), path.join(data, beside), { recursive: true, preserveTimestamps: true });
    fs.copyFileSync(secret, path.join(data, 'secret'));
    fs.chmodSync(path.join(data, 'secret'), 0o600);
    return contents.anchors ?? [];
  } catch (error) {
    for (const name of fs.readdirSync(data)) fs.rmSync(path.join(data, name), { recursive: true, force: true });
    throw error;
  }
}

function readContents(source: string): Contents {
  const file = path.join(source, 'backup.json');
  if (!fs.existsSync(file)) throw new Error(`Kabinet: ${source} is not a backup of Kabinet.`);
  const contents = JSON.parse(fs.readFileSync(file, 'utf8')) as Contents;
  if (contents.version !== 1) throw new Error(`Kabinet: ${source} was written by a newer Kabinet.`);
  return contents;
}

function giveAll(folder: string, uid: number, gid: number): void {
  for (const name of ['.', ...fs.readdirSync(folder, { recursive: true })])
    fs.lchownSync(path.join(folder, String(name)), uid, gid);
}
