import { existsSync } from 'node:fs';
import path from 'node:path';
import { readConfig, readSecret, type Config } from '../core/config.ts';
import { openDatabase } from '../core/database.ts';
import { openFiles } from '../core/file.ts';
import { Kernel } from '../core/kernel.ts';
import { openMail } from '../core/mail.ts';
import { checkSecret, migrate } from '../core/migrate.ts';
import { externalDatabase, prepareDatabase, startPostgres, type Databases, type LocalPostgres } from '../core/postgres.ts';
import { keepPostgres } from '../core/postgres-keep.ts';
import { useSecret } from '../core/secret.ts';
import { modules } from '../modules.ts';

export type System = { config: Config; server: LocalPostgres | null; databases: Databases; kernel: Kernel; stop: () => Promise<void> };

type SystemOptions = {
  sessionOptions?: string;
  /** Settings of the embedded server, beside its own. */
  settings?: Record<string, string>;
  /** Only what is there already: no database is made, none is migrated. */
  existing?: boolean;
  /** For a server that people wait for: the embedded database is started again when it ends, and no silent network is waited for. */
  serves?: boolean;
  /** Another database of the embedded server than its usual one. */
  database?: string;
};

/** Configuration, secret, database (embedded or external, migrated) and kernel: what every command begins with. */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const config = readConfig();
  const folder = path.join(config.dataDirectory, 'postgres');
  if (options.existing && !config.DATABASE_URL && !existsSync(path.join(folder, 'PG_VERSION'))) throw new Error(`Kabinet: there is no database in ${config.dataDirectory}.`);
  useSecret(readSecret(config.dataDirectory, config.KABINET_SECRET));
  const server = config.DATABASE_URL ? null : await startPostgres(folder, options.settings);
  const databases = server ? await prepareDatabase(server, options.database) : await externalDatabase(config.DATABASE_URL!);
  if (!options.existing) await migrate(databases.owner);
  await checkSecret(databases.owner, { notes: !options.existing });
  const app = options.sessionOptions ? { ...databases.app, options: [databases.app.options, options.sessionOptions].filter(Boolean).join(' ') } : databases.app;
  const { db } = openDatabase(app, 20, { serves: options.serves ?? false });
  const stopServer = server && options.serves ? keepPostgres(server, () => startPostgres(folder, options.settings), (text) => process.stderr.write(`${text}\n`)) : () => server?.stop();
  const kernel = new Kernel({ config, db, files: openFiles(config), mail: openMail(config), modules });
  return {
    config, server, databases, kernel,
    stop: async () => {
      await kernel.queue?.stop();
      await db.destroy();
      await stopServer();
    },
  };
}
