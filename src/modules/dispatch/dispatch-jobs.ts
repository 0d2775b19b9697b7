import type { Schedule } from '../../core/module.ts';
import { followMail, hasMailToFollow } from './dispatch.server.ts';

/** Each minute: what became of the mail that carries a paper. */
const follow: Schedule = {
  name: 'dispatch.follow_mail', cron: '* * * * *', due: (kernel) => kernel.offices.due('dispatch'),
  async run(kernel, office, now) {
    if ((await kernel.run(hasMailToFollow, kernel.system(office), {}, { now })).any) await kernel.run(followMail, kernel.system(office), {}, { now });
  },
};

export const schedules: readonly Schedule[] = [follow];
