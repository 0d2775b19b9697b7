import path from 'node:path';
import { readConfig, readSecret, type Config } from '../core/config.ts';
import { openDatabase } from '../core/database.ts';
import { openFiles } from '../core/file.ts';
import { Kernel } from '../core/kernel.ts';
import { openMail } from '../core/mail.ts';
import { migrate } from '../core/migrate.ts';
import { externalDatabase, prepareDatabase, startPostgres, type Databases } from '../core/postgres.ts';
import { useSecret } from '../core/secret.ts';
import { modules } from '../modules.ts';

export type System = { config: Config; databases: Databases; kernel: Kernel; ended: Promise<void>; stop(): Promise<void> };

/** Configuration, secret, database (embedded or external, migrated) and kernel: what every command begins with. */
export async function startSystem(options: { sessionOptions?: string } = {}): Promise<System> {
  const config = readConfig();
  useSecret(readSecret(config.dataDirectory));
  const server = config.DATABASE_URL ? null : await startPostgres(path.join(config.dataDirectory, 'postgres'));
  const databases = server ? await prepareDatabase(server) : await externalDatabase(config.DATABASE_URL!);
  await migrate(databases.owner);
  const app = options.sessionOptions ? { ...databases.app, options: [databases.app.options, options.sessionOptions].filter(Boolean).join(' ') } : databases.app;
  const { db } = openDatabase(app);
  const kernel = new Kernel({ config, db, files: openFiles(config), mail: openMail(config), modules });
  return {
    config, databases, kernel, ended: server?.ended ?? new Promise(() => {}),
    async stop() {
      await kernel.queue?.stop();
      await db.destroy();
      await server?.stop();
    },
  };
}
