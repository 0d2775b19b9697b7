import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { migrate } from '../core/migrate.ts';
import { prepareDatabase, startPostgres } from '../core/postgres.ts';
import { rootDirectory } from '../core/root.ts';

const place = path.join(rootDirectory, 'db/types.ts');
const fresh = path.join(rootDirectory, '.cache/types.ts');
const mapping = { int8: 'number', jsonb: 'unknown', xid8: 'string' };

try {
  const server = await startPostgres(path.join(rootDirectory, '.cache/types-pg'), { fsync: 'off' });
  const { owner } = await prepareDatabase(server, 'kabinet_types', { fresh: true });
  await migrate(owner);
  const url = `postgresql://${owner.user}@localhost:${owner.port}/${owner.database}?host=${encodeURIComponent(owner.host!)}`;
  const flags = '--dialect postgres --date-parser string --exclude-pattern migration --type-mapping'.split(' ');
  const options = [...flags, JSON.stringify(mapping), '--url', url, '--out-file', fresh];
  const made = spawnSync(
    process.execPath,
    [path.join(rootDirectory, 'node_modules/kysely-codegen/dist/cli/bin.js'), ...options],
    { encoding: 'utf8' },
  );
  await server.stop();
  if (made.status !== 0) throw new Error(`${made.stdout}${made.stderr}`.trim());
  const same = readFileSync(fresh, 'utf8') === readFileSync(place, 'utf8');
  if (!same && process.argv.includes('--check'))
    throw new Error('db/types.ts is not that of the migrated database. Run: node kabinet.mjs types');
  if (!same) writeFileSync(place, readFileSync(fresh));
  process.stdout.write(`Kabinet: db/types.ts ${same ? 'is that of the migrated database' : 'written'}.\n`);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
