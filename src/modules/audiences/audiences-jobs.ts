import type { Listener, Schedule } from '../../core/module.ts';
import { Refusal } from '../../core/refusal.ts';
import { noteAnswer } from './answer.server.ts';
import { holdDays } from './day.server.ts';
import { forgetAudienceDrafts } from './draft.server.ts';
import { confirmReceipt } from './register.server.ts';
import { noteAdopted, offerTime, remindAudiences } from './schedule.server.ts';
import { gatherPack } from './visit.server.ts';

/** What a person did meanwhile stands: the case is no audience, or past it. */
async function unlessRefused(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

/** The receipt by e-mail. */
const receive: Listener = {
  name: 'audiences.receive', on: ['audience.asked'],
  async run(kernel, office, event) {
    if (event.nounId && event.data['contactBy'] === 'email') await kernel.run(confirmReceipt, kernel.system(office), { id: event.nounId }, { key: event.id, now: event.at });
  },
};
/** A time that was given up is offered to the next. */
const offer: Listener = {
  name: 'audiences.offer', on: ['audience.time_freed'],
  async run(kernel, office, event) {
    const slotId = event.data['slot'];
    if (event.nounId && typeof slotId === 'string') await unlessRefused(kernel.run(offerTime, kernel.system(office), { slotId, exceptId: event.nounId }, { key: event.id, now: event.at }));
  },
};
/** Who comes on a day is in the pack of who receives; of a day that is over nothing is gathered. */
const gather: Listener = {
  name: 'audiences.gather', on: ['audience.scheduled', 'audience.offered', 'audience.noted', 'audience.arrived', 'audience.other_asked', 'audience.withdrawn', 'audience.redirected'],
  async run(kernel, office, event) {
    const dayId = event.data['day'];
    if (typeof dayId === 'string') await unlessRefused(kernel.run(gatherPack, kernel.system(office), { dayId }, { key: event.id }));
  },
};
/** A letter of the case that went out is the answer. */
const answer: Listener = {
  name: 'audiences.answer', on: ['letter.sealed'],
  async run(kernel, office, event) {
    if (event.caseId) await unlessRefused(kernel.run(noteAnswer, kernel.system(office), { caseId: event.caseId, reference: String(event.data['entry'] ?? '') }, { key: event.id, now: event.at }));
  },
};
const adopt: Listener = {
  name: 'audiences.adopt', on: ['petition.adopted'],
  async run(kernel, office, event) {
    if (event.caseId) await unlessRefused(kernel.run(noteAdopted, kernel.system(office), { caseId: event.caseId }, { key: event.id, now: event.at }));
  },
};

const remind: Schedule = { name: 'audiences.remind', cron: '0 9 * * *', run: async (kernel, office, now) => void (await kernel.run(remindAudiences, kernel.system(office), {}, { now })) };
const hold: Schedule = { name: 'audiences.hold', cron: '20 1 * * *', run: async (kernel, office, now) => void (await kernel.run(holdDays, kernel.system(office), {}, { now })) };
const forget: Schedule = { name: 'audiences.forget_drafts', cron: '20 3 * * *', run: async (kernel, office, now) => void (await kernel.run(forgetAudienceDrafts, kernel.system(office), {}, { now })) };

export const listeners: readonly Listener[] = [receive, offer, gather, answer, adopt];
export const schedules: readonly Schedule[] = [remind, hold, forget];
