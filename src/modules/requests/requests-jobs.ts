import type { Listener, Schedule } from '../../core/module.ts';
import { Refusal } from '../../core/refusal.ts';
import { adoptPetition } from './adopt.server.ts';
import { annulPetition } from './annul.server.ts';
import { lapseCompletions } from './completion.server.ts';
import { confirmPetition } from './confirmation.server.ts';
import { assignPetition } from './work.server.ts';

/** The confirmation of receipt: a letter follows each registration that asked for an answer by e-mail. */
const confirm: Listener = {
  name: 'requests.confirm', on: ['petition.registered', 'petition.adopted'],
  async run(kernel, office, event) {
    if (!event.caseId || event.data['replyBy'] !== 'email') return;
    // Heard twice after a crash, the letter still goes once: its key is the event's.
    await kernel.run(confirmPetition, kernel.system(office), { id: event.caseId }, { key: event.id, now: event.at });
  },
};

/** What a mailbox of petitions registered is treated as one. */
const adopt: Listener = {
  name: 'requests.adopt', on: ['case.registered'],
  async run(kernel, office, event) {
    if (!event.caseId || event.data['as'] !== 'petition') return;
    try {
      await kernel.run(adoptPetition, kernel.system(office), { id: event.caseId }, { key: event.id, now: event.at });
    } catch (error) {
      // It was adopted, closed or annulled by a person meanwhile.
      if (!(error instanceof Refusal)) throw error;
    }
  },
};

/** The original of a petition went for work, or a leader wrote a resolution on it: it is assigned to whoever got it. */
const takeUp: Listener = {
  name: 'requests.take_up', on: ['resolution.given', 'delivery.given', 'delivery.rerouted'],
  async run(kernel, office, event) {
    const { unit, to, purpose, entryId } = event.data;
    if (!event.caseId || purpose !== 'work' || entryId || typeof unit !== 'string') return;
    try {
      await kernel.run(assignPetition, kernel.system(office), { id: event.caseId, unitId: unit, personId: typeof to === 'string' ? to : null }, { key: event.id, now: event.at });
    } catch (error) {
      // No petition, or one that is past being assigned.
      if (!(error instanceof Refusal)) throw error;
    }
  },
};

/** A petition ends with its number. */
const annul: Listener = {
  name: 'requests.annul', on: ['case.annulled'],
  async run(kernel, office, event) {
    if (!event.caseId || event.data['kind'] !== 'petition') return;
    try {
      await kernel.run(annulPetition, kernel.system(office), { id: event.caseId }, { key: event.id, now: event.at });
    } catch (error) {
      // It was ended by a person meanwhile.
      if (!(error instanceof Refusal)) throw error;
    }
  },
};

const lapse: Schedule = { name: 'requests.lapse', cron: '15 6 * * *', run: async (kernel, office, now) => void (await kernel.run(lapseCompletions, kernel.system(office), {}, { now })) };

export const listeners: readonly Listener[] = [confirm, adopt, takeUp, annul];
export const schedules: readonly Schedule[] = [lapse];
