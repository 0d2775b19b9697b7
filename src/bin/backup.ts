import path from 'node:path';
import { writeBackup } from '../core/backup.ts';
import { startSystem } from './system.ts';

try {
  if (process.env['DATABASE_URL']) {
    throw new Error(
      'Kabinet: the database of DATABASE_URL is backed up by its own server’s means, such as\n  pg_dump --format=custom --file=kabinet.dump "$DATABASE_URL"\n' +
        'and after it the folders KABINET_DATA/files (or the S3 bucket) and the file KABINET_DATA/secret are copied. To restore: pg_restore into an empty database, the copies into KABINET_DATA.',
    );
  }
  const { config, server, stop } = await startSystem({ existing: true });
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '');
  const target = path.resolve(process.argv[2] ?? path.join(config.dataDirectory, 'backups', stamp));
  const began = Date.now();
  const { bytes } = await writeBackup(config, server!, target).finally(stop);
  process.stdout.write(
    `Kabinet: backup in ${target}, ${(bytes / 1024 / 1024).toFixed(1)} MB, ${((Date.now() - began) / 1000).toFixed(1)} s. It holds the secret and personal data: keep it locked, on another machine.\n`,
  );
  process.exit(0);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
