import { z } from 'zod';
import { instantIn, dayIn } from '../../core/day.ts';
import { check, choice, id, line, optionalLine } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong, type FieldErrors } from '../../core/refusal.ts';
import { attendanceStates, type AttendanceState } from './sitting.ts';
import { getSitting, isKeeper, type Sitting } from './sitting-read.server.ts';

/** The sitting, locked, for who leads its course; in one of these states. */
export async function beginCourse(context: Context, meetingId: string, states: readonly string[]): Promise<Sitting> {
  const sitting = await getSitting(context, meetingId, true);
  if (!isKeeper(context, sitting)) throw notAllowed();
  if (!states.includes(sitting.state)) throw notNow();
  return sitting;
}
/** Something changed that the screens show. */
export const touch = async ({ db, office }: Pick<Context, 'db' | 'office'>, meetingId: string): Promise<void> =>
  void (await db.updateTable('meeting').set((eb) => ({ version: eb('version', '+', 1) })).where('office_id', '=', office.id).where('id', '=', meetingId).execute());

const time = () => optionalLine(5).refine((value) => value === '' || /^([01]?\d|2[0-3]):[0-5]\d$/.test(value), { error: () => JSON.stringify({ key: 'field.time' }) }).transform((value) => (value ? value.padStart(5, '0') : ''));
const Mark = z.object({ id: id(), state: choice(attendanceStates), came: time(), left: time(), representedBy: optionalLine(200), reason: optionalLine(300) });
const course = ['convened', 'open', 'closed'] as const;

/** Moments of a sitting by their time of day; over midnight it is the next day. */
const momentOf = (context: Pick<Context, 'office'>, sitting: Sitting, clock: string): Date | null => {
  if (!clock) return null;
  const zone = context.office.jurisdiction.timeZone;
  const begins = sitting.opened_at ?? sitting.starts_at;
  const same = instantIn(zone, dayIn(zone, begins), clock);
  return same.getTime() < begins.getTime() - 6 * 3_600_000 ? new Date(same.getTime() + 86_400_000) : same;
};

export const markAttendance = operation({
  id: 'attendance.mark', kind: 'command', rest: 'POST /meetings/{id}/attendance', allow: ['staff'],
  summary: 'Who is there, takes part from afar, is excused or absent, and from when until when; all lines that are given at once.',
  input: z.object({ id: id(), marks: z.union([z.array(Mark), Mark.transform((one) => [one])]) }),
  output: z.object({ id: z.string(), present: z.number() }),
  async run(context, input) {
    const { db, office } = context;
    const sitting = await beginCourse(context, input.id, course);
    const known = await db.selectFrom('attendance').select(['id', 'state', 'came_at', 'left_at']).where('office_id', '=', office.id).where('meeting_id', '=', sitting.id).execute();
    const errors: FieldErrors = {};
    for (const [index, mark] of input.marks.entries()) {
      if (!known.some((one) => one.id === mark.id)) throw notFound();
      const [came, left] = [momentOf(context, sitting, mark.came), momentOf(context, sitting, mark.left)];
      if (came && left && left < came) errors[`marks.${index}.left`] = { key: 'field.left_before' };
      const isThere = mark.state === 'present' || mark.state === 'remote';
      await db.updateTable('attendance').set({ state: mark.state, came_at: isThere ? came : null, left_at: isThere ? left : null, represented_by: isThere ? '' : mark.representedBy, ...(mark.reason ? { reply_reason: mark.reason } : {}) })
        .where('office_id', '=', office.id).where('id', '=', mark.id).execute();
    }
    if (Object.keys(errors).length > 0) throw wrong(errors);
    await touch(context, sitting.id);
    context.record({ name: 'attendance.marked', nounId: sitting.id, data: { count: input.marks.length } });
    const there = await db.selectFrom('attendance').select((eb) => eb.fn.countAll<string>().as('count')).where('office_id', '=', office.id).where('meeting_id', '=', sitting.id).where('state', 'in', ['present', 'remote']).where('left_at', 'is', null).executeTakeFirstOrThrow();
    return { id: sitting.id, present: Number(there.count) };
  },
});

async function getAttendance({ db, office }: Pick<Context, 'db' | 'office'>, attendanceId: string) {
  const row = await db.selectFrom('attendance').select(['id', 'meeting_id', 'state', 'came_at', 'left_at']).where('office_id', '=', office.id).where('id', '=', attendanceId).executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

export const moveAttendance = operation({
  id: 'attendance.move', kind: 'command', rest: 'POST /attendance/{id}/move', allow: ['staff'],
  summary: 'Somebody comes into the sitting or leaves it, now.',
  input: z.object({ id: id(), as: choice(['came', 'remote', 'left', 'excused', 'absent']) }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, now } = context;
    const row = await getAttendance(context, input.id);
    const sitting = await beginCourse(context, row.meeting_id, ['convened', 'open']);
    const isOpen = sitting.state === 'open';
    const state: AttendanceState = input.as === 'came' ? 'present' : input.as === 'left' ? (row.state as AttendanceState) : input.as;
    const comes = input.as === 'came' || input.as === 'remote';
    if (input.as === 'left' && row.state !== 'present' && row.state !== 'remote') throw notNow();
    // Who is there when it is opened came at no time of their own.
    await db.updateTable('attendance').set({ state, ...(comes ? { left_at: null, came_at: row.came_at ?? (isOpen ? now : null) } : input.as === 'left' ? { left_at: now } : { came_at: null, left_at: null }) })
      .where('office_id', '=', office.id).where('id', '=', row.id).execute();
    await touch(context, sitting.id);
    context.record({ name: 'attendance.moved', nounId: row.id, data: { as: input.as } });
    return { id: row.id };
  },
});

export const addGuest = operation({
  id: 'attendance.add', kind: 'command', rest: 'POST /meetings/{id}/guests', allow: ['staff'],
  summary: 'Somebody takes part who was not called: without a vote.',
  input: z.object({ id: id(), name: line(200), standsFor: optionalLine(200), isRemote: check() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, now } = context;
    const sitting = await beginCourse(context, input.id, course);
    const guestId = context.newId();
    await db.insertInto('attendance').values({
      office_id: office.id, id: guestId, meeting_id: sitting.id, name: input.name, stands_for: input.standsFor, role: 'guest', is_voting: false, position: 1000, state: input.isRemote ? 'remote' : 'present', came_at: sitting.state === 'open' ? now : null,
    }).execute();
    await touch(context, sitting.id);
    context.record({ name: 'attendance.added', nounId: guestId });
    return { id: guestId };
  },
});

export const markAway = operation({
  id: 'point.mark_away', kind: 'command', rest: 'POST /points/{id}/away', allow: ['staff'],
  summary: 'Somebody takes no part in one point: outside the room, or because it touches their own interest; without a reason they are back.',
  input: z.object({ id: id(), attendanceId: id(), reason: choice(['away', 'interest', '']).default('') }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, now } = context;
    const item = await db.selectFrom('agenda_item').select(['id', 'meeting_id']).where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!item) throw notFound();
    const row = await getAttendance(context, input.attendanceId);
    const sitting = await beginCourse(context, item.meeting_id, ['open']);
    if (row.meeting_id !== sitting.id) throw notFound();
    const running = await db.selectFrom('vote').select('id').where('office_id', '=', office.id).where('item_id', '=', item.id).where('state', '=', 'open').executeTakeFirst();
    if (running) throw notNow('error.vote_running');
    await db.deleteFrom('item_absence').where('office_id', '=', office.id).where('item_id', '=', item.id).where('attendance_id', '=', row.id).execute();
    if (input.reason) await db.insertInto('item_absence').values({ office_id: office.id, item_id: item.id, attendance_id: row.id, reason: input.reason, at: now }).execute();
    await touch(context, sitting.id);
    context.record({ name: 'point.away_marked', nounId: item.id });
    return { id: item.id };
  },
});
