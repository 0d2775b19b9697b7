import { seedOffices } from '../demo/seed.ts';
import { startSystem } from './system.ts';

const say = (text: string): void => void process.stdout.write(text);
try {
  const empty = process.argv.includes('--empty');
  const began = Date.now();
  const { kernel, databases, stop } = await startSystem({ sessionOptions: '-c synchronous_commit=off' });
  try {
    if ((await kernel.offices.all()).length > 0)
      throw new Error('Kabinet: this database has its offices already; nothing was added.');
    const letters = await seedOffices(kernel, databases.owner, {
      empty,
      progress: (text) => process.stdout.isTTY && say(`\r  ${text} `),
    });
    say(
      `${process.stdout.isTTY ? '\r' : ''}Kabinet: five offices, ${letters} letters, ${Math.round((Date.now() - began) / 1000)} s.\n`,
    );
  } finally {
    await stop();
  }
  process.exit(0);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
