import { z } from 'zod';
import { addDays } from '../../core/day.ts';
import { computeClock } from '../../core/clock.ts';
import { day, id, optionalLine, text } from '../../core/input.ts';
import { findClockRule } from '../../core/jurisdiction.ts';
import { operation, type Context } from '../../core/operation.ts';
import { wrong } from '../../core/refusal.ts';
import { askContribution } from '../contributions/index.ts';
import { addDocument, takeUploads, UploadList } from '../documents/index.ts';
import { enterPaper, officeCalendar, pauseClock } from '../registry/index.ts';
import { notify } from './notice.server.ts';
import { states } from './petition.ts';
import { begin, move, workers } from './petition.server.ts';

const Done = z.object({ id: z.string(), state: z.enum(states) });

/** The day until which the petitioner may complete, by the jurisdiction's rule for what is asked today. */
export async function completionDay(context: Context): Promise<string> {
  const rule = findClockRule(context.office.jurisdiction, 'petition.completion', context.today);
  if (!rule) return addDays(context.today, 8);
  return computeClock(rule, { startedOn: context.today, pauses: [], extensions: [], today: context.today }, await officeCalendar(context.db, context.office)).legalOn;
}

export const askCompletion = operation({
  id: 'petition.ask_completion', kind: 'command', rest: 'POST /petitions/{id}/completion', allow: [...workers, 'registrar'],
  summary: 'Asks the petitioner for what is missing, by link; the clock stands still where the law lets it.',
  input: z.object({ id: id(), question: text(4000), dueOn: z.union([z.literal(''), day()]).default('') }),
  output: Done.extend({ dueOn: z.string(), mailed: z.boolean() }),
  async run(context, input) {
    const { db, office, now, today } = context;
    const petition = await begin(context, input.id, 'ask_completion');
    const dueOn = input.dueOn || (await completionDay(context));
    if (dueOn <= today) throw wrong({ dueOn: { key: 'field.day_past' } });
    await db.insertInto('completion').values({ office_id: office.id, id: context.newId(), case_id: petition.id, question: input.question, due_on: dueOn, asked_by: context.caller.personId, asked_at: now }).execute();
    const mailed = (await notify(context, petition, 'completion', { question: input.question, dueOn })) !== null;
    await enterPaper(context, { caseId: petition.id, direction: 'out', channel: mailed ? 'email' : 'post', subject: petition.subject, body: input.question, partyId: petition.partyId, dispatched: true });
    const state = await move(context, petition, 'ask_completion');
    await pauseClock(context, petition.id);
    context.record({ name: 'petition.completion_asked', nounId: petition.id, caseId: petition.id, data: { dueOn } });
    return { id: petition.id, state, dueOn, mailed };
  },
});

export const completePetition = operation({
  id: 'petition.complete', kind: 'command', rest: 'POST /petitions/{id}/complete', allow: ['petitioner', 'registrar', ...workers],
  summary: 'The petitioner gives what was missing (or staff enter it from paper); the clock runs on.',
  input: z.object({ id: id(), reply: text(20_000), files: UploadList }),
  output: Done,
  async run(context, input) {
    const { db, office, now, caller } = context;
    const petition = await begin(context, input.id, 'complete');
    const files = await takeUploads(input.files);
    const entry = await enterPaper(context, { caseId: petition.id, direction: 'in', channel: caller.kind === 'petitioner' ? 'link' : 'letter', subject: petition.subject, body: input.reply, partyId: petition.partyId, enclosures: files.length });
    for (const file of files) await addDocument(context, { caseId: petition.id, entryId: entry.id, kind: 'received', file, isOpen: true });
    await db.updateTable('completion').set({ state: 'given', reply: input.reply, ended_at: now }).where('office_id', '=', office.id).where('case_id', '=', petition.id).where('state', '=', 'asked').execute();
    const state = await move(context, petition, 'complete');
    context.record({ name: 'petition.completed', nounId: petition.id, caseId: petition.id });
    return { id: petition.id, state };
  },
});

/** Nothing is waited for any more: the petitioner gave the matter up. */
export async function endCompletions({ db, office, now }: Context, caseId: string): Promise<void> {
  await db.updateTable('completion').set({ state: 'lapsed', ended_at: now }).where('office_id', '=', office.id).where('case_id', '=', caseId).where('state', '=', 'asked').execute();
}

export const lapseCompletions = operation({
  id: 'petition.lapse', kind: 'command', allow: [], summary: 'Ends the waiting for completions whose day has passed; the clocks run on.',
  input: z.object({}), output: z.object({ lapsed: z.number() }),
  async run(context) {
    const { db, office, now, today } = context;
    const rows = await db.selectFrom('completion as k').innerJoin('petition as p', (join) => join.onRef('p.office_id', '=', 'k.office_id').onRef('p.id', '=', 'k.case_id')).select(['k.id', 'k.case_id'])
      .where('k.office_id', '=', office.id).where('k.state', '=', 'asked').where('p.state', '=', 'awaiting_completion').where('k.due_on', '<', today).limit(500).execute();
    for (const row of rows) {
      const petition = await begin(context, row.case_id, 'lapse');
      await db.updateTable('completion').set({ state: 'lapsed', ended_at: now }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
      await move(context, petition, 'lapse');
      context.record({ name: 'petition.completion_lapsed', nounId: row.case_id, caseId: row.case_id });
    }
    if (rows.length === 0) context.record({ name: 'petition.checked' });
    return { lapsed: rows.length };
  },
});

export const askForContribution = operation({
  id: 'petition.ask_contribution', kind: 'command', rest: 'POST /petitions/{id}/contributions', allow: [...workers, 'mayor', 'deputy'],
  summary: 'Asks another unit, or an outside body by link, for what it knows, with a day.',
  input: z.object({ id: id(), of: optionalLine(80), question: text(4000), dueOn: day() }),
  output: Done.extend({ contributionId: z.string() }),
  async run(context, input) {
    const petition = await begin(context, input.id, 'ask_contribution');
    const [kind, which] = input.of.split(':');
    if (!which || !kind || !['unit', 'body'].includes(kind)) throw wrong({ of: { key: 'field.choose' } });
    const contributionId = await askContribution(context, {
      caseId: petition.id, reference: petition.reference, subject: petition.subject, unitId: kind === 'unit' ? which : null, bodyId: kind === 'body' ? which : null, question: input.question, dueOn: input.dueOn,
    });
    const state = await move(context, petition, 'ask_contribution');
    context.record({ name: 'contribution.asked', nounId: contributionId, caseId: petition.id });
    return { id: petition.id, state, contributionId };
  },
});
