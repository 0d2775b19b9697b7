import type { Listener, Schedule } from '../../core/module.ts';
import { Refusal } from '../../core/refusal.ts';
import { returnDue, returnOnPaper } from './bring-forward.server.ts';
import { withdrawAnnulled } from './delivery.server.ts';

/** A paper that came brings its case back out of the rokovnik. */
const onPaper: Listener = {
  name: 'distribution.on_paper', on: ['case.paper_came'],
  async run(kernel, office, event) {
    const party = event.data['party'];
    try {
      await kernel.run(returnOnPaper, kernel.system(office), { id: event.caseId!, partyId: typeof party === 'string' ? party : null }, { now: event.at });
    } catch (error) {
      // Most papers are awaited by nobody.
      if (!(error instanceof Refusal)) throw error;
    }
  },
};

/** What was annulled is on its way to nobody. */
const onAnnulled: Listener = {
  name: 'distribution.on_annulled', on: ['case.annulled', 'entry.annulled'],
  async run(kernel, office, event) {
    try {
      await kernel.run(withdrawAnnulled, kernel.system(office), { id: event.caseId!, entryId: event.name === 'entry.annulled' ? event.nounId : null }, { now: event.at });
    } catch (error) {
      // Most of it was given to nobody.
      if (!(error instanceof Refusal)) throw error;
    }
  },
};

/** The registry looks into the rokovnik before the office opens. */
const morning: Schedule = { name: 'distribution.rokovnik', cron: '0 6 * * *', run: async (kernel, office, now) => void (await kernel.run(returnDue, kernel.system(office), {}, { now })) };

export const listeners: readonly Listener[] = [onPaper, onAnnulled];
export const schedules: readonly Schedule[] = [morning];
