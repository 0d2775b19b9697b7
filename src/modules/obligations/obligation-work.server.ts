import { z } from 'zod';
import { nextState } from '../../core/lifecycle.ts';
import { day, id, line, optionalId, optionalText, say, text } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong } from '../../core/refusal.ts';
import { takeUploads, UploadList } from '../documents/index.ts';
import { getCaseFile, involve } from '../registry/index.ts';
import { obligationLife } from './obligation.ts';
import { begin, change, getReceivers, getRow, involvedIn, leadsOn, note, tell, type Row } from './obligation.server.ts';
import { giveAgain, marks, marksAtMost } from './obligation-give.server.ts';

const Done = z.object({ id: z.string() });
const Changed = z.object({ id: z.string(), state: z.string() });
const optionalDay = () => z.union([z.literal(''), day()]).default('');
const percent = () => z.union([z.literal('').transform(() => null), z.coerce.number(say('field.number')).int(say('field.number')).min(0, say('field.number')).max(100, say('field.number'))]).nullish();

/** Keeps the files that show what was done, with the word they came with. */
async function addEvidence(context: Context, row: Row, reportId: string, files: z.output<typeof UploadList>): Promise<number> {
  const { db, office, kernel, now, caller } = context;
  const taken = await takeUploads(files);
  for (const file of taken) {
    const sha256 = await kernel.files.put(office.id, file.bytes);
    await db.insertInto('file').values({ office_id: office.id, sha256, size: file.bytes.length, media_type: file.mediaType }).onConflict((conflict) => conflict.doNothing()).execute();
    await db.insertInto('obligation_evidence').values({ office_id: office.id, id: context.newId(), obligation_id: row.id, report_id: reportId, name: file.name, sha256, media_type: file.mediaType, size: file.bytes.length, added_by: caller.personId, at: now }).execute();
  }
  return taken.length;
}
const stepsOf = ({ db, office }: Pick<Context, 'db' | 'office'>, obligationId: string) =>
  db.selectFrom('obligation_step').selectAll().where('office_id', '=', office.id).where('obligation_id', '=', obligationId).orderBy('position').execute();
/** Where there are steps, they say how far it is. */
async function percentOfSteps(context: Context, obligationId: string): Promise<number | null> {
  const steps = await stepsOf(context, obligationId);
  return steps.length === 0 ? null : Math.round((steps.filter((one) => one.done_at).length / steps.length) * 100);
}

export const reportProgress = operation({
  id: 'obligation.report_progress', kind: 'command', rest: 'POST /obligations/{id}/progress', allow: ['staff'],
  summary: 'The owner, a helper or the unit says how far it is, with files that show it.',
  input: z.object({ id: id(), report: text(4000), percent: percent(), files: UploadList }),
  output: Done,
  async run(context, input) {
    const { row } = await begin(context, input.id, 'report_progress');
    const share = (await percentOfSteps(context, row.id)) ?? input.percent ?? row.percent;
    const reportId = await note(context, row.id, { kind: 'progress', text: input.report, percent: share });
    const count = await addEvidence(context, row, reportId, input.files);
    await change(context, row, { percent: share });
    tell(context, row, 'progressed', { count });
    return { id: row.id };
  },
});

export const finishObligation = operation({
  id: 'obligation.finish', kind: 'command', rest: 'POST /obligations/{id}/finish', allow: ['staff'],
  summary: 'Says that it is done, with what was done and files that show it; it is done once the giver accepts, at once where the giver says so.',
  input: z.object({ id: id(), report: text(4000), files: UploadList }),
  output: Changed,
  async run(context, input) {
    const { caller, now } = context;
    const { row, state: reported } = await begin(context, input.id, 'finish');
    const isGiver = caller.kind === 'system' || (row.given_by !== null && caller.marks.includes(row.given_by));
    const state = isGiver ? nextState(obligationLife, reported, 'accept') : reported;
    const reportId = await note(context, row.id, { kind: 'done', text: input.report, percent: 100 });
    const count = await addEvidence(context, row, reportId, input.files);
    await change(context, row, { state, report: input.report, percent: 100, reported_at: now, reported_by: caller.personId, returned_reason: '', asked_due_on: null, ...(isGiver ? { ended_at: now, accepted_by: caller.personId } : {}) });
    tell(context, row, 'finished', { count });
    if (isGiver) {
      tell(context, row, 'accepted');
      await giveAgain(context, row);
    }
    return { id: row.id, state };
  },
});

export const askDue = operation({
  id: 'obligation.ask_due', kind: 'command', rest: 'POST /obligations/{id}/ask_due', allow: ['staff'],
  summary: 'Asks the giver for a later day, with the reason; the day stays until the giver decides.',
  input: z.object({ id: id(), dueOn: day(), reason: text(1000) }),
  output: Done,
  async run(context, input) {
    const { row } = await begin(context, input.id, 'ask_due');
    if (!row.due_on || row.asked_due_on) throw notNow('error.due_asked');
    if (input.dueOn <= row.due_on || input.dueOn < context.today) throw wrong({ dueOn: { key: 'field.day_later' } });
    await note(context, row.id, { kind: 'due_asked', text: input.reason, dueBefore: row.due_on, dueOn: input.dueOn });
    await change(context, row, { asked_due_on: input.dueOn });
    tell(context, row, 'due_asked', { dueOn: input.dueOn });
    return { id: row.id };
  },
});

export const passObligation = operation({
  id: 'obligation.pass', kind: 'command', rest: 'POST /obligations/{id}/pass', allow: ['staff'],
  summary: 'Gives it to another of the same unit: the owner, the unit’s head or who gave it; the giver sees it, and may give it to anybody.',
  input: z.object({ id: id(), personId: id(), reason: optionalText(1000) }),
  output: Done,
  async run(context, input) {
    const { db, office, caller } = context;
    const { row } = await begin(context, input.id, 'pass');
    const { people } = await getReceivers(context, [input.personId], 'personId', false);
    const to = people[0]!;
    if (to.id === row.owner_id) throw wrong({ personId: { key: 'field.choose' } });
    const isOwner = row.owner_id !== null && caller.marks.includes(row.owner_id);
    const heads = caller.roles.has('head') && row.unit_id !== null && caller.marks.includes(row.unit_id);
    const takes = row.owner_id === null && to.id === caller.personId;
    if (!leadsOn(caller, row)) {
      if (!isOwner && !heads && !takes) throw notAllowed();
      // What is confidential was given to a person, and goes to another by the giver alone.
      if (row.access === 'confidential' && !takes) throw notAllowed();
      if (to.unitId !== row.unit_id) throw wrong({ personId: { key: 'field.same_unit' } });
    }
    const marksNow = await involvedIn(context, { caseId: row.case_id, access: row.access, ownerId: to.id, givenBy: row.given_by, unitId: to.unitId, helpers: row.helpers });
    // Who had it and who passes it on know it already, and must be able to write this line.
    await change(context, row, { owner_id: to.id, unit_id: to.unitId, involved: [...new Set([...marksNow, row.owner_id, caller.personId])].filter((mark) => mark !== null), escalation: 0 });
    if (row.case_id) await letIn(context, row.case_id, [to.id]);
    const before = row.owner_id ? (await db.selectFrom('person').select('name').where('office_id', '=', office.id).where('id', '=', row.owner_id).executeTakeFirst())?.name : undefined;
    const after = await db.selectFrom('person').select('name').where('office_id', '=', office.id).where('id', '=', to.id).executeTakeFirstOrThrow();
    await note(context, row.id, { kind: 'passed', text: [`${before ? `${before} → ` : ''}${after.name}`, input.reason].filter(Boolean).join('\n') });
    tell(context, row, 'passed', row.access === 'confidential' ? {} : { to: to.id });
    return { id: row.id };
  },
});

/** Who works on what belongs to a case sees the case, as far as the caller may open it to others. */
async function letIn(context: Context, caseId: string, added: readonly string[]): Promise<void> {
  const file = await getCaseFile(context, caseId).catch(() => null);
  if (file) await involve(context, file.id, added);
}

export const nameHelp = operation({
  id: 'obligation.add_helper', kind: 'command', rest: 'POST /obligations/{id}/helpers', allow: ['staff'],
  summary: 'Names persons or units who help with it; they see it and report on it.',
  input: z.object({ id: id(), helpers: marks().pipe(z.array(z.string()).min(1, say('field.choose_receiver'))) }),
  output: Done,
  async run(context, input) {
    const { caller } = context;
    const { row } = await begin(context, input.id, 'add_helper');
    if (row.access === 'confidential' && !leadsOn(caller, row)) throw notAllowed();
    const file = row.case_id ? await getCaseFile(context, row.case_id).catch(() => null) : null;
    await getReceivers(context, input.helpers, 'helpers', row.access === 'confidential' || file?.access === 'confidential');
    const helpers = [...new Set([...row.helpers, ...input.helpers])].filter((one) => one !== row.owner_id);
    if (helpers.length > marksAtMost) throw wrong({ helpers: { key: 'field.choose' } });
    await change(context, row, { helpers, involved: await involvedIn(context, { caseId: row.case_id, access: row.access, ownerId: row.owner_id, givenBy: row.given_by, unitId: row.unit_id, helpers }) });
    if (file) await involve(context, file.id, input.helpers);
    await note(context, row.id, { kind: 'helper', text: input.helpers.join(' ') });
    tell(context, row, 'helper_added', { count: input.helpers.length });
    return { id: row.id };
  },
});

export const addStep = operation({
  id: 'obligation.add_step', kind: 'command', rest: 'POST /obligations/{id}/steps', allow: ['staff'],
  summary: 'Adds a step of the work, with an owner and a day of its own where wanted.',
  input: z.object({ id: id(), text: line(300), ownerId: optionalId(), dueOn: optionalDay() }),
  output: z.object({ id: z.string(), stepId: z.string() }),
  async run(context, input) {
    const { db, office } = context;
    const { row } = await begin(context, input.id, 'add_step');
    if (input.ownerId) await getReceivers(context, [input.ownerId], 'ownerId', false);
    if (input.dueOn && row.due_on && input.dueOn > row.due_on) throw wrong({ dueOn: { key: 'field.day_order' } });
    const steps = await stepsOf(context, row.id);
    if (steps.length >= 50) throw notNow('error.steps_many');
    const stepId = context.newId();
    await db.insertInto('obligation_step').values({ office_id: office.id, id: stepId, obligation_id: row.id, position: (steps.at(-1)?.position ?? 0) + 1, text: input.text, owner_id: input.ownerId, due_on: input.dueOn || null }).execute();
    // Who has a step helps.
    const helpers = input.ownerId && input.ownerId !== row.owner_id ? [...new Set([...row.helpers, input.ownerId])] : row.helpers;
    if (helpers.length > row.helpers.length && row.access === 'confidential' && !leadsOn(context.caller, row)) throw wrong({ ownerId: { key: 'error.not_allowed' } });
    const involved = await involvedIn(context, { caseId: row.case_id, access: row.access, ownerId: row.owner_id, givenBy: row.given_by, unitId: row.unit_id, helpers });
    await change(context, row, { percent: (await percentOfSteps(context, row.id)) ?? row.percent, helpers, involved });
    tell(context, row, 'step_added');
    return { id: row.id, stepId };
  },
});

/** The step of an open obligation, for an act on it. */
async function beginStep(context: Context, obligationId: string, stepId: string) {
  const { row } = await begin(context, obligationId, 'add_step');
  const step = (await stepsOf(context, row.id)).find((one) => one.id === stepId);
  if (!step) throw notFound();
  return { row, step };
}
const step = { id: id(), stepId: id() };

export const doStep = operation({
  id: 'obligation.do_step', kind: 'command', rest: 'POST /obligations/{id}/steps/{stepId}/do', allow: ['staff'],
  summary: 'A step is done, or again not done; the share of the whole follows.',
  input: z.object(step),
  output: Done,
  async run(context, input) {
    const { db, office, now, caller } = context;
    const { row, step: found } = await beginStep(context, input.id, input.stepId);
    await db.updateTable('obligation_step').set(found.done_at ? { done_at: null, done_by: null } : { done_at: now, done_by: caller.personId }).where('office_id', '=', office.id).where('id', '=', found.id).execute();
    await change(context, row, { percent: (await percentOfSteps(context, row.id)) ?? 0 });
    tell(context, row, found.done_at ? 'step_undone' : 'step_done');
    return { id: row.id };
  },
});

export const dropStep = operation({
  id: 'obligation.drop_step', kind: 'command', rest: 'DELETE /obligations/{id}/steps/{stepId}', allow: ['staff'],
  summary: 'Takes a step away.',
  input: z.object(step),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const { row, step: found } = await beginStep(context, input.id, input.stepId);
    await db.deleteFrom('obligation_step').where('office_id', '=', office.id).where('id', '=', found.id).execute();
    await change(context, row, { percent: (await percentOfSteps(context, row.id)) ?? 0 });
    tell(context, row, 'step_dropped');
    return { id: row.id };
  },
});

export const getEvidence = operation({
  id: 'obligation.evidence', kind: 'query', rest: 'GET /obligations/{id}/evidence/{evidenceId}', allow: ['staff'],
  summary: 'A file that shows what was done, with its content in base64; as easy to reach as its obligation and no easier.',
  input: z.object({ id: id(), evidenceId: id() }),
  output: z.object({ fileName: z.string(), mediaType: z.string(), content: z.string() }),
  async run(context, input) {
    const { db, office, kernel } = context;
    await getRow(context, input.id);
    const found = await db.selectFrom('obligation_evidence').select(['name', 'media_type', 'sha256', 'destroyed_at']).where('office_id', '=', office.id).where('obligation_id', '=', input.id).where('id', '=', input.evidenceId).executeTakeFirst();
    if (!found) throw notFound();
    if (found.destroyed_at) throw notNow('error.document_destroyed');
    return { fileName: found.name, mediaType: found.media_type, content: Buffer.from(await kernel.files.get(office.id, found.sha256)).toString('base64') };
  },
});
