import { z } from 'zod';
import { id } from '../../core/input.ts';
import type { Listener } from '../../core/module.ts';
import { operation } from '../../core/operation.ts';
import { notFound } from '../../core/refusal.ts';

export const followDispatch = operation({
  id: 'letter.follow_dispatch', kind: 'command', allow: [],
  summary: 'A letter of which nothing waits any more has been dispatched.',
  input: z.object({ caseId: id() }),
  output: z.object({ dispatched: z.number() }),
  async run(context, input) {
    const { db, office, now } = context;
    if (!(await db.selectFrom('case_file').select('id').where('office_id', '=', office.id).where('id', '=', input.caseId).executeTakeFirst())) throw notFound();
    const rows = await db.updateTable('letter as l').set({ state: 'dispatched', dispatched_at: now, updated_at: now }).where('l.office_id', '=', office.id).where('l.case_id', '=', input.caseId).where('l.state', '=', 'sealed')
      .where((eb) => eb.not(eb.exists(eb.selectFrom('dispatch as d').select('d.id').whereRef('d.office_id', '=', 'l.office_id').whereRef('d.entry_id', '=', 'l.entry_id').where('d.state', '=', 'waiting')))).returning('l.id').execute();
    for (const row of rows) context.record({ name: 'letter.dispatched', nounId: row.id, caseId: input.caseId });
    if (rows.length === 0) context.record({ name: 'letter.checked' });
    return { dispatched: rows.length };
  },
});

const follow: Listener = {
  name: 'correspondence.follow', on: ['dispatch.sent', 'dispatch.handed', 'dispatch.delivered', 'dispatch.failed'],
  async run(kernel, office, event) {
    if (event.caseId) await kernel.run(followDispatch, kernel.system(office), { caseId: event.caseId }, { key: event.id, now: event.at });
  },
};

export const listeners: readonly Listener[] = [follow];
