import { z } from 'zod';
import { addDays } from '../../core/day.ts';
import { operation } from '../../core/operation.ts';
import { capabilityEvents, dutyCapabilities } from './duty.ts';

export const listDuties = operation({
  id: 'duty.list', kind: 'query', rest: 'GET /duties', allow: ['staff'], asOffice: true,
  summary: 'Every duty of the office, which capabilities perform it, and how many acts were recorded under it in the last year.',
  input: z.object({}),
  output: z.object({ duties: z.array(z.object({ id: z.string(), title: z.record(z.string(), z.string()), state: z.enum(['performed', 'partly', 'missing']), capabilities: z.array(z.object({ key: z.string(), state: z.enum(['whole', 'begun', 'none']) })), acts: z.number() })) }),
  async run({ db, office, kernel, today }) {
    const whole = new Set(kernel.modules.flatMap((module) => module.capabilities ?? []));
    const begun = new Set(kernel.modules.flatMap((module) => module.begun ?? []));
    const counts = await db.selectFrom('event').select(['name', (eb) => eb.fn.countAll<number>().as('n')]).where('office_id', '=', office.id).where('at', '>=', new Date(`${addDays(today, -365)}T00:00:00Z`)).groupBy('name').execute();
    const acts = (capability: string): number => counts.filter((row) => (capabilityEvents[capability] ?? []).some((prefix) => row.name.startsWith(prefix))).reduce((sum, row) => sum + row.n, 0);
    return {
      duties: office.data.duties.map((duty) => {
        const capabilities = (dutyCapabilities[duty.id] ?? []).map((key) => ({ key, state: whole.has(key) ? ('whole' as const) : begun.has(key) ? ('begun' as const) : ('none' as const) }));
        const done = capabilities.filter((one) => one.state !== 'none');
        const state = done.length === 0 ? ('missing' as const) : capabilities.every((one) => one.state === 'whole') ? ('performed' as const) : ('partly' as const);
        return { id: duty.id, title: duty.title, state, capabilities, acts: done.reduce((sum, one) => sum + acts(one.key), 0) };
      }),
    };
  },
});
