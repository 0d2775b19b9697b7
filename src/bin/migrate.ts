import { startSystem } from './system.ts';

try {
  const { databases, stop } = await startSystem();
  const { host, database, connectionString } = databases.owner;
  await stop();
  process.stdout.write(
    `Kabinet: ${connectionString ? 'the database of DATABASE_URL' : `${database} at ${host}`} is at this version.\n`,
  );
  process.exit(0);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
