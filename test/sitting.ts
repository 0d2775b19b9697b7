import { z } from 'zod';
import type { Caller } from '../src/core/caller.ts';
import { operation } from '../src/core/operation.ts';
import { markAttendance } from '../src/modules/meetings/attendance.server.ts';
import { openPoint, openSitting } from '../src/modules/meetings/sitting.server.ts';
import { readSitting, type SittingView } from '../src/modules/meetings/sitting-read.server.ts';
import { involve, openPaper } from '../src/modules/registry/index.ts';
import type { TestOffice } from './office.ts';

/** A sitting as it stands once it was convened: made at once, without the way there. */
const hold = operation({
  id: 'probe.hold', kind: 'command', allow: ['staff'], summary: 'A sitting that was convened.',
  input: z.object({ committeeId: z.string().optional(), number: z.number(), members: z.array(z.string()), outside: z.number(), points: z.array(z.object({ kind: z.string(), title: z.string(), confidential: z.boolean(), proposed: z.string() })), majority: z.string(), quorum: z.number(), state: z.string() }),
  output: z.object({ id: z.string(), committeeId: z.string(), caseId: z.string() }),
  async run(context, input) {
    const { db, office, now, today, caller } = context;
    const people = await db.selectFrom('person').select(['id', 'name', 'email']).where('office_id', '=', office.id).where('key', 'in', input.members).execute();
    const committeeId = input.committeeId ?? context.newId();
    if (!input.committeeId) {
      await db.insertInto('committee').values({ office_id: office.id, id: committeeId, kind: 'collegium', name: 'Колегијум', from_on: today, majority: input.majority, quorum_percent: input.quorum, at: now }).execute();
      await db.insertInto('committee_member').values(people.map((one, index) => ({ office_id: office.id, id: context.newId(), committee_id: committeeId, person_id: one.id, name: one.name, role: index === 0 ? 'chair' : 'member', position: index, from_on: '2020-01-01' }))).execute();
    }
    const paper = await openPaper(context, { direction: 'internal', channel: 'internal', subject: `Сједница ${input.number}` });
    await involve(context, paper.id, people.map((one) => one.id));
    const meetingId = context.newId();
    await db.insertInto('meeting').values({
      office_id: office.id, id: meetingId, committee_id: committeeId, number: input.number, case_id: paper.id, place: 'Мала сала', starts_at: now, ends_at: new Date(now.getTime() + 7_200_000), state: input.state, chair_id: people[0]!.id, keeper_id: caller.personId, made_by: caller.personId, at: now,
    }).execute();
    for (const [index, point] of input.points.entries()) {
      const caseId = point.confidential ? (await openPaper(context, { direction: 'internal', channel: 'internal', subject: point.title, access: 'confidential' })).id : paper.id;
      await db.insertInto('agenda_item').values({ office_id: office.id, id: context.newId(), meeting_id: meetingId, case_id: caseId, position: index + 1, kind: point.kind, title: point.title, proposed: point.proposed }).execute();
    }
    const rows = [...people.map((one) => ({ name: one.name, person_id: one.id as string | null, email: one.email })), ...Array.from({ length: input.outside }, (_, index) => ({ name: `Вањски члан ${index + 1}`, person_id: null, email: null }))];
    await db.insertInto('attendance').values(rows.map((one, index) => ({ office_id: office.id, id: context.newId(), meeting_id: meetingId, ...one, role: index === 0 ? 'chair' : 'member', position: index }))).execute();
    return { id: meetingId, committeeId, caseId: paper.id };
  },
});
// The gate wants an event of every command.
const probe: typeof hold = { ...hold, run: async (context, input) => {
  const done = await hold.run(context, input);
  context.record({ name: 'probe.held' });
  return done;
} };

export type Held = { id: string; committeeId: string; caseId: string; keeper: Caller };
type More = { committeeId?: string; number?: number; outside?: number; points?: { kind?: string; title: string; confidential?: boolean; proposed?: string }[]; majority?: string; quorum?: number; members?: string[]; state?: string };
/** A sitting of some of the staff and of members from outside, led by the chief. */
export async function convened(office: TestOffice, more: More = {}, now?: Date): Promise<Held> {
  const keeper = await office.as('chief');
  const staff = more.members ?? (await office.within((db) => db.selectFrom('person').select('key').where('office_id', '=', office.office.id).where('is_active', '=', true).orderBy('key').limit(5).execute())).map((one) => one.key!);
  const made = await office.run(probe, keeper, {
    ...(more.committeeId ? { committeeId: more.committeeId } : {}), number: more.number ?? 1, members: staff, outside: more.outside ?? 0, majority: more.majority ?? 'present', quorum: more.quorum ?? 50, state: more.state ?? 'convened',
    points: (more.points ?? [{ title: 'Извјештај о водоводу', proposed: 'Прихвата се извјештај.' }]).map((one) => ({ kind: one.kind ?? 'point', title: one.title, confidential: one.confidential ?? false, proposed: one.proposed ?? '' })),
  }, now ? { now } : {});
  return { ...made, keeper };
}

export const seen = (office: TestOffice, held: Held, who: Caller = held.keeper): Promise<SittingView> => office.run(readSitting, who, { id: held.id });
/** Everybody there, the sitting open, its first point under discussion. */
export async function opened(office: TestOffice, more: More = {}, now?: Date): Promise<Held & { view: SittingView; itemId: string }> {
  const held = await convened(office, more, now);
  const options = now ? { now } : {};
  const before = await seen(office, held);
  await office.run(markAttendance, held.keeper, { id: held.id, marks: before.attendance.map((one) => ({ id: one.id, state: 'present' as const })) }, options);
  await office.run(openSitting, held.keeper, { id: held.id }, options);
  await office.run(openPoint, held.keeper, { id: before.items[0]!.id }, options);
  return { ...held, view: await seen(office, held), itemId: before.items[0]!.id };
}
