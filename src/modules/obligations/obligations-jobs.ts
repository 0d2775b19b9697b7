import type { Schedule } from '../../core/module.ts';
import { escalateObligations } from './ladder.server.ts';

/** Before the office opens, each knows what nears its day and what passed it. */
export const schedules: readonly Schedule[] = [{ name: 'obligations.morning', cron: '15 6 * * *', run: async (kernel, office, now) => void (await kernel.run(escalateObligations, kernel.system(office), {}, { now })) }];
