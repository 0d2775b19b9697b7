import { z } from 'zod';
import { day, id, optionalText, text } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notNow, wrong } from '../../core/refusal.ts';
import { officeCalendar } from '../registry/index.ts';
import { reached } from './ladder.ts';
import { begin, change, note, tell } from './obligation.server.ts';
import { giveAgain } from './obligation-give.server.ts';

const Done = z.object({ id: z.string() });
const Changed = z.object({ id: z.string(), state: z.string() });

/** How far up the ladder it stands by its day: what was climbed for another day does not count. */
async function climbed(context: Context, dueOn: string | null): Promise<number> {
  return dueOn ? reached(dueOn, context.today, await officeCalendar(context.db, context.office)) : 0;
}

export const acceptObligations = operation({
  id: 'obligation.accept', kind: 'command', rest: 'POST /obligations/accept', allow: ['staff'],
  summary: 'The giver accepts one or several that were reported as done: all of them or none.',
  input: z.object({ ids: z.union([id().transform((one) => [one]), z.array(id()).min(1).max(200)]), comment: optionalText(1000) }),
  output: z.object({ done: z.number() }),
  async run(context, input) {
    const { now, caller } = context;
    const ids = [...new Set(input.ids)].toSorted();
    for (const one of ids) {
      const { row, state } = await begin(context, one, 'accept');
      await note(context, row.id, { kind: 'accepted', text: input.comment });
      await change(context, row, { state, percent: 100, ended_at: now, accepted_by: caller.personId });
      tell(context, row, 'accepted');
      await giveAgain(context, row);
    }
    return { done: ids.length };
  },
});

export const sendBack = operation({
  id: 'obligation.send_back', kind: 'command', rest: 'POST /obligations/{id}/send_back', allow: ['staff'],
  summary: 'The giver does not accept it: it is open again, with what is missing.',
  input: z.object({ id: id(), reason: text(1000) }),
  output: Changed,
  async run(context, input) {
    const { row, state } = await begin(context, input.id, 'send_back');
    await note(context, row.id, { kind: 'returned', text: input.reason });
    await change(context, row, { state, returned_reason: input.reason, reported_at: null, reported_by: null });
    tell(context, row, 'sent_back');
    return { id: row.id, state };
  },
});

export const moveDue = operation({
  id: 'obligation.move_due', kind: 'command', rest: 'POST /obligations/{id}/move_due', allow: ['staff'],
  summary: 'The giver sets another day, asked for or not; the first day stays and shows.',
  input: z.object({ id: id(), dueOn: day(), reason: optionalText(1000) }),
  output: Done,
  async run(context, input) {
    const { row } = await begin(context, input.id, 'move_due');
    if (input.dueOn < context.today) throw wrong({ dueOn: { key: 'field.day_past' } });
    if (input.dueOn === row.due_on) throw wrong({ dueOn: { key: 'field.day_other' } });
    await note(context, row.id, { kind: 'due_moved', text: input.reason, dueBefore: row.due_on, dueOn: input.dueOn });
    await change(context, row, { due_on: input.dueOn, first_due_on: row.first_due_on ?? input.dueOn, asked_due_on: null, escalation: await climbed(context, input.dueOn), escalated_on: null });
    tell(context, row, 'due_moved', { dueOn: input.dueOn });
    return { id: row.id };
  },
});

export const refuseDue = operation({
  id: 'obligation.refuse_due', kind: 'command', rest: 'POST /obligations/{id}/refuse_due', allow: ['staff'],
  summary: 'The giver does not agree to a later day.',
  input: z.object({ id: id(), reason: text(1000) }),
  output: Done,
  async run(context, input) {
    const { row } = await begin(context, input.id, 'refuse_due');
    if (!row.asked_due_on) throw notNow();
    await note(context, row.id, { kind: 'due_refused', text: input.reason, dueBefore: row.due_on, dueOn: row.asked_due_on });
    await change(context, row, { asked_due_on: null });
    tell(context, row, 'due_refused');
    return { id: row.id };
  },
});

export const dropObligation = operation({
  id: 'obligation.drop', kind: 'command', rest: 'POST /obligations/{id}/drop', allow: ['staff'],
  summary: 'The giver takes it back, with the reason: nobody owes it any more, and it is not given again.',
  input: z.object({ id: id(), reason: text(1000) }),
  output: Changed,
  async run(context, input) {
    const { row, state } = await begin(context, input.id, 'drop');
    await note(context, row.id, { kind: 'dropped', text: input.reason });
    await change(context, row, { state, ended_at: context.now, asked_due_on: null });
    tell(context, row, 'dropped');
    return { id: row.id, state };
  },
});

export const reopenObligation = operation({
  id: 'obligation.reopen', kind: 'command', rest: 'POST /obligations/{id}/reopen', allow: ['staff'],
  summary: 'Opens one that was done or dropped again, with the reason and where wanted another day.',
  input: z.object({ id: id(), reason: text(1000), dueOn: z.union([z.literal(''), day()]).default('') }),
  output: Changed,
  async run(context, input) {
    const { row, state } = await begin(context, input.id, 'reopen');
    if (input.dueOn && input.dueOn < context.today) throw wrong({ dueOn: { key: 'field.day_past' } });
    const dueOn = input.dueOn || row.due_on;
    await note(context, row.id, { kind: 'reopened', text: input.reason, ...(dueOn === row.due_on ? {} : { dueBefore: row.due_on, dueOn }) });
    await change(context, row, { state, due_on: dueOn, first_due_on: row.first_due_on ?? dueOn, ended_at: null, accepted_by: null, reported_at: null, reported_by: null, percent: 0, escalation: await climbed(context, dueOn) });
    tell(context, row, 'reopened');
    return { id: row.id, state };
  },
});
