import type { Listener, Schedule } from '../../core/module.ts';
import { lapseCompletions } from './completion.server.ts';
import { confirmPetition } from './confirmation.server.ts';

/** The confirmation of receipt: a letter follows each registration that asked for an answer by e-mail. */
const confirm: Listener = {
  name: 'requests.confirm', on: ['petition.registered'],
  async run(kernel, office, event) {
    if (!event.caseId || event.data['replyBy'] !== 'email') return;
    // Heard twice after a crash, the letter still goes once: its key is the event's.
    await kernel.run(confirmPetition, kernel.system(office), { id: event.caseId }, { key: event.id, now: event.at });
  },
};

const lapse: Schedule = { name: 'requests.lapse', cron: '15 6 * * *', run: async (kernel, office, now) => void (await kernel.run(lapseCompletions, kernel.system(office), {}, { now })) };

export const listeners: readonly Listener[] = [confirm];
export const schedules: readonly Schedule[] = [lapse];
