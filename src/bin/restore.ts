import path from 'node:path';
import { parseArgs } from 'node:util';
import { checkAnchors } from '../core/anchor.ts';
import { readBackup } from '../core/backup.ts';
import { readConfig } from '../core/config.ts';
import { verifyOffices } from '../core/verify.ts';
import { startSystem } from './system.ts';

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { secret: { type: 'string' } } });
  const source = positionals[0];
  if (!source)
    throw new Error('Usage: node kabinet.mjs restore <folder of the backup> [--secret <file>], with KABINET_DATA naming an empty folder.');
  const config = readConfig();
  if (config.DATABASE_URL)
    throw new Error(
      'Kabinet: with DATABASE_URL a backup is restored by pg_restore; files and secret are copied into KABINET_DATA.',
    );
  const anchors = await readBackup(config, path.resolve(source), values.secret && path.resolve(values.secret));
  const { kernel, stop } = await startSystem();
  const whole = await verifyOffices(kernel, (line) => process.stdout.write(`${line}\n`));
  const missing = await checkAnchors(kernel, anchors);
  for (const line of missing) process.stdout.write(`${line}\n`);
  const sound = whole && missing.length === 0;
  await stop();
  process.stdout.write(
    `Kabinet: restored into ${config.dataDirectory}${sound ? '' : ', but not everything is whole (see above)'}.\n`,
  );
  process.exit(sound ? 0 : 1);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
