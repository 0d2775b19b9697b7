import { dayIn, wallClock } from '../../core/day.ts';
import type { Schedule } from '../../core/module.ts';
import { mailPlans } from './plan-mail.server.ts';

/** From then on, by an office's own clock, its plans go out. */
const eveningFrom = '17:00';

// Looked at until midnight, so that an evening without service is made up for; the day's key lets it happen once.
const evening: Schedule = {
  name: 'plan.mail', cron: '*/30 * * * *',
  due: async (kernel, now) => (await kernel.offices.all()).filter((office) => wallClock(office.jurisdiction.timeZone, now).time >= eveningFrom),
  run: async (kernel, office, now) => void (await kernel.run(mailPlans, kernel.system(office), {}, { now, key: `evening of ${dayIn(office.jurisdiction.timeZone, now)}` })),
};
export const schedules: readonly Schedule[] = [evening];
