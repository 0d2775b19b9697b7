import path from 'node:path';
import { parseArgs } from 'node:util';
import { listAnchors } from '../core/anchor.ts';
import { dropOldBackups, writeBackup } from '../core/backup.ts';
import { startSystem } from './system.ts';

try {
  if (process.env['DATABASE_URL']) {
    throw new Error(
      'Kabinet: the database of DATABASE_URL is backed up by its own server’s means, such as\n  pg_dump --format=custom --file=kabinet.dump "$DATABASE_URL"\n' +
        'and after it the folders KABINET_DATA/files (or the S3 bucket) and the file KABINET_DATA/secret are copied. To restore: pg_restore into an empty database, the copies into KABINET_DATA.',
    );
  }
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { keep: { type: 'string' }, 'without-secret': { type: 'boolean', default: false } } });
  const keep = values.keep === undefined ? null : Number(values.keep);
  if (keep !== null && !(Number.isInteger(keep) && keep >= 1)) throw new Error('Usage: node kabinet.mjs backup [folder] [--keep 14] [--without-secret]');
  const { config, server, kernel, stop } = await startSystem({ existing: true });
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '');
  const target = path.resolve(positionals[0] ?? path.join(config.dataDirectory, 'backups', stamp));
  const began = Date.now();
  const { bytes } = await listAnchors(kernel).then((anchors) => writeBackup(config, server!, target, { anchors, withSecret: !values['without-secret'] })).finally(stop);
  const dropped = keep === null ? [] : dropOldBackups(target, keep);
  process.stdout.write(
    `Kabinet: backup in ${target}, ${(bytes / 1024 / 1024).toFixed(1)} MB, ${((Date.now() - began) / 1000).toFixed(1)} s. It holds ${values['without-secret'] ? 'personal data' : 'the secret and personal data'}: keep it locked, on another machine.\n`,
  );
  if (dropped.length > 0) process.stdout.write(`Kabinet: ${dropped.length} older removed, from ${dropped[0]} to ${dropped.at(-1)}.\n`);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
