import { proofLine, verifyOffice } from '../core/verify.ts';
import { startSystem } from './system.ts';

try {
  const { kernel, stop } = await startSystem({ existing: true });
  let sound = true;
  for (const office of await kernel.offices.all()) {
    const proof = await verifyOffice(kernel, office);
    sound &&= proof.faults.length === 0;
    process.stdout.write(`${proofLine(proof)}\n`);
  }
  await stop();
  process.exit(sound ? 0 : 1);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
