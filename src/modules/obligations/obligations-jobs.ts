import type { Listener, Schedule } from '../../core/module.ts';
import { followAccess } from './access.server.ts';
import { escalateObligations } from './ladder.server.ts';

/** A case that becomes confidential, or open again, takes with it what was told on it. */
const onAccess: Listener = { name: 'obligations.on_access', on: ['case.restricted', 'case.opened_up', 'petition.restricted', 'petition.opened_up'], run: async (kernel, office, event) => void (await kernel.run(followAccess, kernel.system(office), { id: event.caseId! }, { now: event.at })) };
/** Before the office opens, each knows what nears its day and what passed it. */
const morning: Schedule = { name: 'obligations.morning', cron: '15 6 * * *', run: async (kernel, office, now) => void (await kernel.run(escalateObligations, kernel.system(office), {}, { now })) };

export const listeners: readonly Listener[] = [onAccess];
export const schedules: readonly Schedule[] = [morning];
