import { z } from 'zod';
import { operation } from '../../core/operation.ts';
import type { Schedule } from '../../core/module.ts';
import { rollSeries } from './engagement-series.server.ts';

export const rollEngagements = operation({
  id: 'engagement.roll', kind: 'command', allow: [],
  summary: 'Every night: series without an end are written down three years ahead.',
  input: z.object({}),
  output: z.object({ rolled: z.number() }),
  async run(context) {
    const rolled = await rollSeries(context);
    context.record({ name: 'calendar.rolled', data: { rolled } });
    return { rolled };
  },
});

const night: Schedule = { name: 'calendar.roll', cron: '40 2 * * *', run: async (kernel, office, now) => void (await kernel.run(rollEngagements, kernel.system(office), {}, { now })) };
export const schedules: readonly Schedule[] = [night];
