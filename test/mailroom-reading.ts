// A process that reads the mailboxes of an office once, and ends itself without a word at a given step: for the tests that kill it.
import { readConfig } from '../src/core/config.ts';
import { openDatabase } from '../src/core/database.ts';
import { diskFiles } from '../src/core/file.ts';
import { Kernel } from '../src/core/kernel.ts';
import { useSecret } from '../src/core/secret.ts';
import { mailroom } from '../src/modules/mailroom/module.ts';
import { openMailboxes } from '../src/modules/mailroom/mailbox.server.ts';
import { closeMailboxes, readMailbox } from '../src/modules/mailroom/reader.ts';

export type Orders = { database: object; folder: string; slug: string; step: string; turn: number };
const orders = JSON.parse(process.argv[2]!) as Orders;
useSecret(Buffer.alloc(32, 7));
const { db } = openDatabase(orders.database, 4);
const kernel = new Kernel({ config: readConfig({ KABINET_DATA: orders.folder }), db, files: diskFiles(orders.folder), mail: { keepsBodies: true, deliver: async () => '' }, modules: [mailroom] });
kernel.quiet = true;
const office = await kernel.office(orders.slug);
let seen = 0;
for (const door of (await kernel.run(openMailboxes, kernel.system(office), {})).doors) await readMailbox(kernel, office, door, (step) => {
  if (step === orders.step && ++seen === orders.turn) process.kill(process.pid, 'SIGKILL');
});
await closeMailboxes();
await db.destroy();
