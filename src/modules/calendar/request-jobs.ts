import type { Schedule } from '../../core/module.ts';
import { settleRequests } from './request.server.ts';

export const requestSchedules: readonly Schedule[] = [{
  name: 'calendar.settle_requests', cron: '20 4 * * *',
  async run(kernel, office, now) {
    await kernel.run(settleRequests, kernel.system(office), {}, { now });
  },
}];
