import { setTimeout as pause } from 'node:timers/promises';
import type { Kernel } from '../../core/kernel.ts';
import { log } from '../../core/log.ts';
import type { Schedule } from '../../core/module.ts';
import type { Office } from '../../core/office.ts';
import { listUndecided } from './judge.server.ts';
import { judge, readMailboxes } from './reader.ts';
import { watchScans } from './scan-folder.ts';

/** What a crash left between keeping and deciding is decided now. Scans are decided upon when they are read. */
async function judgeUndecided(kernel: Kernel, office: Office): Promise<void> {
  const { unjudged, unread } = await kernel.run(listUndecided, kernel.system(office), {});
  for (const id of unjudged) if (!unread.includes(id)) await judge(kernel, office, id);
}

const polled = new Map<number, NodeJS.Timeout>();
/** A scan lies in the tray some seconds after the scanner has laid it down: the folder is looked at more often than the clock strikes. */
function pollScans(kernel: Kernel, office: Office): void {
  if (polled.has(office.id)) return;
  let busy = false;
  polled.set(office.id, setInterval(() => {
    if (busy) return;
    busy = true;
    watchScans(kernel, office).catch((error: Error) => log.error({ err: error.message, office: office.slug }, 'the scanner’s folder')).finally(() => (busy = false));
  }, 5000).unref());
}

const patienceMs = 5000;
const mailboxes: Schedule = {
  name: 'mailroom.mailboxes', cron: '* * * * *',
  async run(kernel, office) {
    pollScans(kernel, office);
    await judgeUndecided(kernel, office);
    // A mail server that says nothing keeps its own office waiting, and the others a moment only.
    const reading = readMailboxes(kernel, office).catch((error: Error) => log.error({ err: error.message, office: office.slug }, 'mailboxes'));
    await Promise.race([reading, pause(patienceMs, undefined, { ref: false })]);
  },
};

export const schedules: readonly Schedule[] = [mailboxes];
