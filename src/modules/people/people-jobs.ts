import type { Kernel } from '../../core/kernel.ts';
import type { Listener, Schedule } from '../../core/module.ts';
import type { Office } from '../../core/office.ts';
import { enter } from '../../core/operation.ts';
import { sendReset } from './password.server.ts';
import { idleHours } from './session.server.ts';

const keyDays = 7;

const reset: Listener = {
  name: 'people.reset', on: ['person.reset_requested'],
  async run(kernel, office, event) {
    if (event.nounId) await kernel.run(sendReset, kernel.system(office), { id: event.nounId });
  },
};

/** Removes what is over: sessions, unfinished forms and sign-ins, counted attempts, answers kept under a key. */
export async function sweep(kernel: Pick<Kernel, 'db' | 'system'>, office: Office, now: Date): Promise<void> {
  await kernel.db.transaction().execute(async (db) => {
    await enter(db, kernel.system(office), 'all');
    const idle = new Date(now.getTime() - idleHours * 3_600_000);
    await db.deleteFrom('session').where('office_id', '=', office.id).where((eb) => eb.or([eb('expires_at', '<', now), eb('seen_at', '<', idle)])).execute();
    await db.deleteFrom('draft').where('office_id', '=', office.id).where('expires_at', '<', now).execute();
    // An answer may hold a tracking code: it is kept while somebody may still ask again.
    await db.deleteFrom('idempotency').where('office_id', '=', office.id).where('at', '<', new Date(now.getTime() - keyDays * 86_400_000)).execute();
    await db.deleteFrom('attempt').where('office_id', '=', office.id).where('since', '<', new Date(now.getTime() - 86_400_000)).execute();
  });
}

export const listeners: readonly Listener[] = [reset];
export const schedules: readonly Schedule[] = [{ name: 'people.sweep', cron: '40 * * * *', run: sweep }];
