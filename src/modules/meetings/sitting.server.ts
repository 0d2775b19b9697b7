import { z } from 'zod';
import { choice, id, line, optionalId, optionalLine, optionalText, seenVersion, text } from '../../core/input.ts';
import { nextState } from '../../core/lifecycle.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow } from '../../core/refusal.ts';
import { addPaper } from '../registry/index.ts';
import { addPoint, droppedFrom, orderPoints } from './agenda-item.server.ts';
import { beginCourse, touch } from './attendance.server.ts';
import { meetingLifecycle, type MeetingState } from './meeting.ts';
import { settled } from './sitting.ts';
import { listAttendance, quorumIn, type Sitting } from './sitting-read.server.ts';

const Done = z.object({ id: z.string() });
export const stateAfter = (sitting: Pick<Sitting, 'state'>, act: 'open' | 'adjourn' | 'close' | 'issue' | 'adopt'): MeetingState => nextState(meetingLifecycle, sitting.state as MeetingState, act);

async function move({ db, office }: Context, sitting: Sitting, set: { state?: MeetingState; opened_at?: Date; closed_at?: Date | null; item_id?: string | null }): Promise<void> {
  await db.updateTable('meeting').set((eb) => ({ ...set, version: eb('version', '+', 1) })).where('office_id', '=', office.id).where('id', '=', sitting.id).execute();
}

export const openSitting = operation({
  id: 'sitting.open', kind: 'command', rest: 'POST /meetings/{id}/open', allow: ['staff'],
  summary: 'Opens a sitting that was convened, once there is a quorum by the committee’s rule.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const { now } = context;
    const sitting = await beginCourse(context, input.id, ['convened']);
    const attendance = await listAttendance(context, sitting.id);
    const quorum = quorumIn(attendance, sitting.quorum_percent);
    if (!quorum.isMet) throw notNow('error.no_quorum', { present: quorum.present, needed: quorum.needed });
    await move(context, sitting, { state: stateAfter(sitting, 'open'), opened_at: sitting.opened_at ?? now });
    context.record({ name: 'meeting.opened', nounId: sitting.id, caseId: sitting.case_id, data: { count: quorum.present } });
    return { id: sitting.id };
  },
});

export const adjournSitting = operation({
  id: 'sitting.adjourn', kind: 'command', rest: 'POST /meetings/{id}/adjourn', allow: ['staff'],
  summary: 'A sitting cannot go on, or cannot begin, mostly for want of a quorum: an official note of it is entered in its case, and it stays called.',
  input: z.object({ id: id(), note: text(4000) }),
  output: Done.extend({ reference: z.string() }),
  async run(context, input) {
    const { db, office, t } = context;
    const sitting = await beginCourse(context, input.id, ['convened', 'open']);
    const running = await openVoteOf(context, sitting.id);
    if (running) throw notNow('error.vote_running');
    if (sitting.item_id) await db.updateTable('agenda_item').set({ state: 'waiting' }).where('office_id', '=', office.id).where('id', '=', sitting.item_id).where('state', '=', 'open').execute();
    await move(context, sitting, { ...(sitting.state === 'open' ? { state: stateAfter(sitting, 'adjourn') } : {}), item_id: null });
    context.record({ name: 'meeting.adjourned', nounId: sitting.id, caseId: sitting.case_id });
    const { reference } = await addPaper(context, sitting.case_id, { direction: 'internal', channel: 'internal', subject: t('sitting.adjourned.subject', { committee: sitting.committee, number: sitting.number }), body: input.note });
    return { id: sitting.id, reference };
  },
});

export const closeSitting = operation({
  id: 'sitting.close', kind: 'command', rest: 'POST /meetings/{id}/close', allow: ['staff'],
  summary: 'Closes a sitting whose points are all dealt with; what was put off goes back to wait, and conclusions go out to who carries them out.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const { db, office, now } = context;
    const sitting = await beginCourse(context, input.id, ['open']);
    const items = await db.selectFrom('agenda_item').select(['id', 'state', 'proposal_id']).where('office_id', '=', office.id).where('meeting_id', '=', sitting.id).where('position', '<', droppedFrom).execute();
    const left = items.filter((item) => item.state === 'waiting' || item.state === 'open').length;
    if (left > 0) throw notNow('error.points_left', { count: left });
    const proposals = async (states: readonly string[], state: string): Promise<void> => {
      const ids = items.filter((item) => states.includes(item.state)).map((item) => item.proposal_id).filter((one) => one !== null);
      if (ids.length > 0) await db.updateTable('agenda_proposal').set({ state }).where('office_id', '=', office.id).where('id', 'in', ids).where('state', '=', 'placed').execute();
    };
    await proposals(['deferred', 'dropped'], 'accepted');
    await proposals(['done'], 'settled');
    await move(context, sitting, { state: stateAfter(sitting, 'close'), closed_at: now, item_id: null });
    context.record({ name: 'meeting.closed', nounId: sitting.id, caseId: sitting.case_id });
    return { id: sitting.id };
  },
});

export type OpenPoint = { id: string; meeting_id: string; case_id: string; kind: string; title: string; proposed: string; notes: string; notes_version: number; state: string; proposal_id: string | null; sitting: Sitting };
/** A point with its sitting, locked, for who leads its course. */
export async function beginPoint(context: Context, itemId: string, states: readonly string[] = ['open']): Promise<OpenPoint> {
  const { db, office } = context;
  const row = await db.selectFrom('agenda_item').select(['id', 'meeting_id', 'case_id', 'kind', 'title', 'proposed', 'notes', 'notes_version', 'state', 'proposal_id']).where('office_id', '=', office.id).where('id', '=', itemId).executeTakeFirst();
  if (!row) throw notFound();
  return { ...row, sitting: await beginCourse(context, row.meeting_id, states) };
}
export async function openVoteOf({ db, office }: Pick<Context, 'db' | 'office'>, meetingId: string): Promise<string | null> {
  const row = await db.selectFrom('vote as v').innerJoin('agenda_item as i', (join) => join.onRef('i.office_id', '=', 'v.office_id').onRef('i.id', '=', 'v.item_id')).select('v.id')
    .where('v.office_id', '=', office.id).where('i.meeting_id', '=', meetingId).where('v.state', '=', 'open').limit(1).executeTakeFirst();
  return row?.id ?? null;
}
const change = ({ db, office }: Context, itemId: string, set: { state?: string; opened_at?: Date; closed_at?: Date | null; reason?: string }) => db.updateTable('agenda_item').set(set).where('office_id', '=', office.id).where('id', '=', itemId).execute();

export const openPoint = operation({
  id: 'point.open', kind: 'command', rest: 'POST /points/{id}/open', allow: ['staff'],
  summary: 'The sitting comes to this point; one that was under discussion waits again, one that was settled is taken up anew.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const { now } = context;
    const point = await beginPoint(context, input.id);
    const { sitting } = point;
    if (point.state === 'open') throw notNow();
    if (await openVoteOf(context, sitting.id)) throw notNow('error.vote_running');
    if (sitting.item_id) await context.db.updateTable('agenda_item').set({ state: 'waiting' }).where('office_id', '=', context.office.id).where('id', '=', sitting.item_id).where('state', '=', 'open').execute();
    await change(context, point.id, { state: 'open', closed_at: null, reason: '', ...(point.state === 'waiting' ? { opened_at: now } : {}) });
    await move(context, sitting, { item_id: point.id });
    context.record({ name: 'point.opened', nounId: point.id });
    return { id: point.id };
  },
});

export const settlePoint = operation({
  id: 'point.settle', kind: 'command', rest: 'POST /points/{id}/settle', allow: ['staff'],
  summary: 'Ends a point as dealt with, put off to a later sitting, or taken from the agenda; `goOn` opens the next that waits.',
  input: z.object({ id: id(), as: choice(settled), reason: optionalLine(500), goOn: z.coerce.boolean().default(false) }),
  output: Done.extend({ nextId: z.string().nullable() }),
  async run(context, input) {
    const { db, office, now } = context;
    const point = await beginPoint(context, input.id);
    if (point.state !== 'open' && point.state !== 'waiting') throw notNow();
    if (input.as === 'done' && point.state !== 'open') throw notNow();
    if (await openVoteOf(context, point.sitting.id)) throw notNow('error.vote_running');
    await change(context, point.id, { state: input.as, closed_at: now, reason: input.reason });
    const next = input.goOn ? await db.selectFrom('agenda_item').select('id').where('office_id', '=', office.id).where('meeting_id', '=', point.meeting_id).where('state', '=', 'waiting').where('position', '<', droppedFrom).orderBy('position').orderBy('id').limit(1).executeTakeFirst() : undefined;
    if (next) await change(context, next.id, { state: 'open', opened_at: now });
    if (point.sitting.item_id === point.id || next) await move(context, point.sitting, { item_id: next?.id ?? null });
    else await touch(context, point.meeting_id);
    context.record({ name: 'point.settled', nounId: point.id, data: { as: input.as } });
    return { id: point.id, nextId: next?.id ?? null };
  },
});

export const notePoint = operation({
  id: 'point.note', kind: 'command', rest: 'POST /points/{id}/notes', allow: ['staff'], isFresh: true,
  summary: 'Writes the notes of a discussion; `version` is the one that was read, and a later one of somebody else is shown, not overwritten.',
  input: z.object({ id: id(), notes: optionalText(40_000), version: seenVersion() }),
  output: Done.extend({ version: z.number() }),
  async run(context, input) {
    const { db, office } = context;
    const point = await beginPoint(context, input.id, ['open', 'closed']);
    if (point.notes_version !== input.version && point.notes !== input.notes) throw notNow('error.notes_changed', {}, { id: point.id, notes: point.notes, version: point.notes_version });
    const version = point.notes_version + 1;
    await db.updateTable('agenda_item').set({ notes: input.notes, notes_version: version }).where('office_id', '=', office.id).where('id', '=', point.id).execute();
    context.record({ name: 'point.noted', nounId: point.id, data: { version } });
    return { id: point.id, version };
  },
});

export const takeUpPoint = operation({
  id: 'point.take_up', kind: 'command', rest: 'POST /meetings/{id}/points', allow: ['staff'],
  summary: 'Takes a new point onto the agenda of a sitting that is open, with the members’ consent; behind one point, or at the end.',
  input: z.object({ id: id(), title: line(300), rapporteur: optionalLine(200), proposed: optionalText(4000), after: optionalId() }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const sitting = await beginCourse(context, input.id, ['open']);
    const behind = input.after ? await db.selectFrom('agenda_item').select('position').where('office_id', '=', office.id).where('id', '=', input.after).where('meeting_id', '=', sitting.id).executeTakeFirst() : undefined;
    if (input.after && !behind) throw notFound();
    const itemId = await addPoint(context, { id: sitting.id }, { kind: 'point', title: input.title, caseId: sitting.case_id, rapporteur: input.rapporteur, proposed: input.proposed });
    if (behind) {
      const order = (await db.selectFrom('agenda_item').select('id').where('office_id', '=', office.id).where('meeting_id', '=', sitting.id).where('position', '<', droppedFrom).orderBy('position').orderBy('id').execute()).map((row) => row.id).filter((one) => one !== itemId);
      order.splice(order.indexOf(input.after!) + 1, 0, itemId);
      await orderPoints(context, sitting.id, order);
    }
    await touch(context, sitting.id);
    context.record({ name: 'point.taken_up', nounId: itemId });
    return { id: itemId };
  },
});
