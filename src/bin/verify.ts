import { verifyOffices } from '../core/verify.ts';
import { startSystem } from './system.ts';

try {
  const { kernel, stop } = await startSystem({ existing: true });
  const sound = await verifyOffices(kernel, (line) => process.stdout.write(`${line}\n`));
  await stop();
  process.exit(sound ? 0 : 1);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
