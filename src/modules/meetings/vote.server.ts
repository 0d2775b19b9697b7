import { randomInt, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { check, choice, id, line, text } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong } from '../../core/refusal.ts';
import { openBytes, sealBytes } from '../../core/secret.ts';
import { touch } from './attendance.server.ts';
import { beginPoint, openVoteOf, type OpenPoint } from './sitting.server.ts';
import { listAttendance } from './sitting-read.server.ts';
import { castIn, choices, hasQuorum, isCarried, layOut, majorities, noVotes, packTally, quorumOf, secretAtLeast, unpackTally, type Choice, type Majority, type Tally } from './vote.ts';

const Done = z.object({ id: z.string() });

/** Those with a vote who take part in this point: in the sitting, not outside the room, not concerned themselves. */
async function votersOf(context: Context, point: Pick<OpenPoint, 'id' | 'meeting_id'>): Promise<{ entitled: number; voters: Set<string> }> {
  const { db, office } = context;
  const attendance = (await listAttendance(context, point.meeting_id)).filter((one) => one.isVoting);
  const away = new Set((await db.selectFrom('item_absence').select('attendance_id').where('office_id', '=', office.id).where('item_id', '=', point.id).execute()).map((one) => one.attendance_id));
  return { entitled: attendance.length, voters: new Set(attendance.filter((one) => one.isIn && !away.has(one.id)).map((one) => one.id)) };
}

export const openVote = operation({
  id: 'vote.open', kind: 'command', rest: 'POST /points/{id}/votes', allow: ['staff'],
  summary: 'Opens a vote on the point under discussion: open or secret, by the committee’s majority or another; there must be a quorum for this very point.',
  input: z.object({ id: id(), question: line(500), isSecret: check(), majority: choice(majorities).optional() }),
  output: Done,
  async run(context, input) {
    const { db, office, now } = context;
    const point = await beginPoint(context, input.id);
    const { sitting } = point;
    if (point.state !== 'open') throw notNow();
    if (await openVoteOf(context, sitting.id)) throw notNow('error.vote_running');
    const { entitled, voters } = await votersOf(context, point);
    const room = { entitled, present: voters.size };
    if (!hasQuorum(room, sitting.quorum_percent)) throw notNow('error.no_quorum', { present: room.present, needed: quorumOf(entitled, sitting.quorum_percent) });
    if (input.isSecret && room.present < secretAtLeast) throw notNow('error.secret_few', { count: secretAtLeast });
    const voteId = context.newId();
    await db.insertInto('vote').values({
      office_id: office.id, id: voteId, item_id: point.id, question: input.question, is_secret: input.isSecret, majority: input.majority ?? sitting.majority, ...room, opened_at: now,
      urn: input.isSecret ? sealBytes(packTally(noVotes), urnOf(office.id, voteId)) : null,
    }).execute();
    await touch(context, sitting.id);
    context.record({ name: 'vote.opened', nounId: voteId, data: { secret: input.isSecret } });
    return { id: voteId };
  },
});

const urnOf = (officeId: number, voteId: string): string => `vote:${officeId}:${voteId}`;
type Running = { id: string; item_id: string; is_secret: boolean; majority: string; entitled: number; present: number; urn: Buffer | null };
/** The vote, locked: one ballot after the other. */
async function beginVote({ db, office }: Pick<Context, 'db' | 'office'>, voteId: string): Promise<Running> {
  const row = await db.selectFrom('vote').select(['id', 'item_id', 'is_secret', 'majority', 'entitled', 'present', 'urn', 'state']).where('office_id', '=', office.id).where('id', '=', voteId).forUpdate().executeTakeFirst();
  if (!row) throw notFound();
  if (row.state !== 'open') throw notNow('error.vote_closed');
  return row;
}

/** Puts one vote in: of an open vote the last word counts; a secret ballot cannot be taken back. */
async function put(context: Context, vote: Running, attendanceId: string, chosen: Choice): Promise<void> {
  const { db, office, now } = context;
  const earlier = await db.selectFrom('vote_cast').select('attendance_id').where('office_id', '=', office.id).where('vote_id', '=', vote.id).where('attendance_id', '=', attendanceId).executeTakeFirst();
  if (!vote.is_secret) {
    await db.insertInto('vote_cast').values({ office_id: office.id, vote_id: vote.id, attendance_id: attendanceId, choice: chosen, at: now })
      .onConflict((conflict) => conflict.columns(['office_id', 'vote_id', 'attendance_id']).doUpdateSet({ choice: chosen, at: now })).execute();
    return;
  }
  if (earlier) throw notNow('error.voted');
  const tally = unpackTally(openBytes(vote.urn!, urnOf(office.id, vote.id)));
  tally[chosen]++;
  await db.insertInto('vote_cast').values({ office_id: office.id, vote_id: vote.id, attendance_id: attendanceId, choice: null, at: now }).execute();
  await db.updateTable('vote').set({ urn: sealBytes(packTally(tally), urnOf(office.id, vote.id)) }).where('office_id', '=', office.id).where('id', '=', vote.id).execute();
}

// The answer to a repeated call is never kept: beside the time of the call it would say who chose what.
export const castVote = operation({
  id: 'vote.cast', kind: 'command', rest: 'POST /votes/{id}/cast', allow: ['staff'], isFresh: true,
  summary: 'A member votes, in person: a substitute does not vote. Of a secret vote it is kept that the member voted, and nothing more.',
  input: z.object({ id: id(), choice: choice(choices) }),
  output: Done,
  async run(context, input) {
    const { db, office, caller } = context;
    const vote = await beginVote(context, input.id);
    const item = await db.selectFrom('agenda_item').select(['id', 'meeting_id']).where('office_id', '=', office.id).where('id', '=', vote.item_id).executeTakeFirstOrThrow();
    const own = await db.selectFrom('attendance').select('id').where('office_id', '=', office.id).where('meeting_id', '=', item.meeting_id).where('person_id', '=', caller.personId).executeTakeFirst();
    if (!own || !(await votersOf(context, item)).voters.has(own.id)) throw notAllowed();
    await put(context, vote, own.id, input.choice);
    context.record({ name: 'vote.cast', nounId: vote.id });
    return { id: vote.id };
  },
});

const Named = z.object({ attendanceId: id(), choice: choice(choices) });
export const enterVotes = operation({
  id: 'vote.enter', kind: 'command', rest: 'POST /votes/{id}/names', allow: ['staff'],
  summary: 'The keeper writes down how members voted by name; not of a secret vote.',
  input: z.object({ id: id(), choices: z.union([z.array(Named), Named.transform((one) => [one])]) }),
  output: Done,
  async run(context, input) {
    const vote = await beginVote(context, input.id);
    const point = await beginPoint(context, vote.item_id);
    if (vote.is_secret) throw notNow('error.vote_secret');
    const { voters } = await votersOf(context, point);
    for (const [index, one] of input.choices.entries()) {
      if (!voters.has(one.attendanceId)) throw wrong({ [`choices.${index}.attendanceId`]: { key: 'field.choose' } });
      await put(context, vote, one.attendanceId, one.choice);
    }
    await touch(context, point.meeting_id);
    context.record({ name: 'vote.entered', nounId: vote.id, data: { count: input.choices.length } });
    return { id: vote.id };
  },
});

async function settle(context: Context, vote: Running, tally: Tally, byHand: boolean): Promise<boolean> {
  const { db, office, caller, now } = context;
  const carried = isCarried(vote.majority as Majority, tally, vote);
  await db.updateTable('vote').set({ state: 'closed', votes_for: tally.for, votes_against: tally.against, votes_abstained: tally.abstain, is_carried: carried, by_hand: byHand, closed_at: now, closed_by: caller.personId, urn: null })
    .where('office_id', '=', office.id).where('id', '=', vote.id).execute();
  return carried;
}
const annul = ({ db, office, caller, now }: Context, voteId: string, reason: string) =>
  db.updateTable('vote').set({ state: 'annulled', reason, urn: null, closed_at: now, closed_by: caller.personId }).where('office_id', '=', office.id).where('id', '=', voteId).execute();

const Result = Done.extend({ state: z.enum(['closed', 'annulled']), isCarried: z.boolean() });
const count = () => z.coerce.number({ error: () => JSON.stringify({ key: 'field.number' }) }).int().min(0).max(999);
export const countVote = operation({
  id: 'vote.count', kind: 'command', rest: 'POST /votes/{id}/count', allow: ['staff'],
  summary: 'Closes a vote with what was counted by hand: raised hands, or ballots of paper. Counted are at most as many as take part.',
  input: z.object({ id: id(), for: count(), against: count(), abstain: count() }),
  output: Result,
  async run(context, input) {
    const vote = await beginVote(context, input.id);
    const point = await beginPoint(context, vote.item_id);
    const tally = { for: input.for, against: input.against, abstain: input.abstain };
    if (castIn(tally) > vote.present) throw wrong({ for: { key: 'field.votes_many', args: { count: vote.present } } });
    if (vote.is_secret && castIn(tally) < secretAtLeast) throw wrong({ for: { key: 'error.secret_few', args: { count: secretAtLeast } } });
    // What was given on the phones before is not counted twice.
    const { rows } = { rows: await context.db.selectFrom('vote_cast').select('attendance_id').where('office_id', '=', context.office.id).where('vote_id', '=', vote.id).execute() };
    if (rows.length > 0) throw notNow('error.vote_mixed');
    const carried = await settle(context, vote, tally, true);
    await touch(context, point.meeting_id);
    context.record({ name: 'vote.closed', nounId: vote.id, data: { carried } });
    return { id: vote.id, state: 'closed' as const, isCarried: carried };
  },
});

export const closeVote = operation({
  id: 'vote.close', kind: 'command', rest: 'POST /votes/{id}/close', allow: ['staff'],
  summary: 'Closes a vote and says its result; a secret one with so few ballots that it would say who voted how is annulled instead, and its ballots are not kept.',
  input: z.object({ id: id() }),
  output: Result,
  async run(context, input) {
    const { db, office, t } = context;
    const vote = await beginVote(context, input.id);
    const point = await beginPoint(context, vote.item_id);
    let tally: Tally = noVotes;
    if (vote.is_secret) tally = unpackTally(openBytes(vote.urn!, urnOf(office.id, vote.id)));
    else {
      const casts = await db.selectFrom('vote_cast').select('choice').where('office_id', '=', office.id).where('vote_id', '=', vote.id).execute();
      const of = (chosen: Choice): number => casts.filter((one) => one.choice === chosen).length;
      tally = { for: of('for'), against: of('against'), abstain: of('abstain') };
    }
    await touch(context, point.meeting_id);
    if (vote.is_secret && castIn(tally) < secretAtLeast) {
      await annul(context, vote.id, t('vote.annulled.few'));
      context.record({ name: 'vote.annulled', nounId: vote.id });
      return { id: vote.id, state: 'annulled' as const, isCarried: false };
    }
    const carried = await settle(context, vote, tally, false);
    if (vote.is_secret) await db.insertInto('ballot').values(layOut(tally, randomInt).map((chosen) => ({ office_id: office.id, vote_id: vote.id, id: randomUUID(), choice: chosen }))).execute();
    context.record({ name: 'vote.closed', nounId: vote.id, data: { carried } });
    return { id: vote.id, state: 'closed' as const, isCarried: carried };
  },
});

export const annulVote = operation({
  id: 'vote.annul', kind: 'command', rest: 'POST /votes/{id}/annul', allow: ['staff'],
  summary: 'Annuls a vote in which something went wrong, with the reason; it stays named, and the point is voted on anew.',
  input: z.object({ id: id(), reason: text(500) }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const row = await db.selectFrom('vote').select(['id', 'item_id', 'state']).where('office_id', '=', office.id).where('id', '=', input.id).forUpdate().executeTakeFirst();
    if (!row) throw notFound();
    const point = await beginPoint(context, row.item_id);
    if (row.state === 'annulled') throw notNow();
    await annul(context, row.id, input.reason);
    await db.updateTable('conclusion').set({ vote_id: null }).where('office_id', '=', office.id).where('vote_id', '=', row.id).execute();
    await touch(context, point.meeting_id);
    context.record({ name: 'vote.annulled', nounId: row.id });
    return { id: row.id };
  },
});
