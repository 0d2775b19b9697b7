import type { Schedule } from '../../core/module.ts';
import { mailPlans } from './plan-mail.server.ts';

const evening: Schedule = { name: 'plan.mail', cron: '0 17 * * *', run: async (kernel, office, now) => void (await kernel.run(mailPlans, kernel.system(office), {}, { now })) };
export const schedules: readonly Schedule[] = [evening];
