import { setTimeout as pause } from 'node:timers/promises';
import type { Kernel } from '../../core/kernel.ts';
import { log } from '../../core/log.ts';
import type { Schedule } from '../../core/module.ts';
import type { Office } from '../../core/office.ts';
import { listUndecided } from './judge.server.ts';
import { judge, listRead, readMailboxes } from './reader.ts';
import { listScanned, watchScans } from './scan-folder.ts';

/** What a crash left between keeping and deciding is decided now. Scans are decided upon when they are read, which is begun again here. */
async function judgeUndecided(kernel: Kernel, office: Office): Promise<void> {
  const { unjudged, unread } = await kernel.run(listUndecided, kernel.system(office), {});
  for (const id of unjudged) if (!unread.includes(id)) await judge(kernel, office, id);
  if (unread.length > 0) await watchScans(kernel, office);
}

let polling: NodeJS.Timeout | undefined;
let looking = false;
const watching = new Set<number>();
/** A scan lies in the tray some seconds after the scanner has laid it down: the folders are looked at more often than the clock strikes. */
function pollScans(kernel: Kernel): void {
  polling ??= setInterval(() => {
    if (looking) return;
    looking = true;
    lookAtScans(kernel).catch((error: Error) => log.error({ err: error.message }, 'the scanners’ folders')).finally(() => (looking = false));
  }, 5000).unref();
}

/** What lies in one office's folder keeps no other office waiting. */
async function lookAtScans(kernel: Kernel): Promise<void> {
  for (const office of await listScanned(kernel)) {
    if (watching.has(office.id)) continue;
    watching.add(office.id);
    void watchScans(kernel, office).catch((error: Error) => log.error({ err: error.message, office: office.slug }, 'the scanner’s folder')).finally(() => watching.delete(office.id));
  }
}

const patienceMs = 5000;
const mailboxes: Schedule = {
  name: 'mailroom.mailboxes', cron: '* * * * *',
  async due(kernel) {
    pollScans(kernel);
    const due = new Set([...(await kernel.offices.due('mailbox')), ...(await kernel.offices.due('arrival'))].map((office) => office.id));
    // A mailbox that is read no more is let go of.
    for (const officeId of listRead()) due.add(officeId);
    return (await kernel.offices.all()).filter((office) => due.has(office.id));
  },
  async run(kernel, office) {
    await judgeUndecided(kernel, office);
    // A mail server that says nothing keeps its own office waiting, and the others a moment only.
    const reading = readMailboxes(kernel, office).catch((error: Error) => log.error({ err: error.message, office: office.slug }, 'mailboxes'));
    await Promise.race([reading, pause(patienceMs, undefined, { ref: false })]);
  },
};

export const schedules: readonly Schedule[] = [mailboxes];
