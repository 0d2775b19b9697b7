import fc from 'fast-check';
import { expect, test } from '../../../test/office.ts';
import { opened, seen } from '../../../test/sitting.ts';
import { markAway, moveAttendance } from './attendance.server.ts';
import { annulVote, castVote, closeVote, countVote, enterVotes, openVote } from './vote.server.ts';
import { castIn, choices, hasQuorum, isCarried, layOut, majorities, neededFor, packTally, quorumOf, unpackTally } from './vote.ts';

const room = fc.integer({ min: 1, max: 200 }).chain((entitled) => fc.record({ entitled: fc.constant(entitled), present: fc.integer({ min: 0, max: entitled }) }));
const voted = room.chain((one) => fc.tuple(fc.integer({ min: 0, max: one.present }), fc.integer({ min: 0, max: one.present })).map(([a, b]) => {
  const [yes, no] = a + b <= one.present ? [a, b] : [a, one.present - a];
  return { room: one, tally: { for: yes, against: no, abstain: 0 } };
}));

test('what carries: more than half of those there or of all, two thirds of all; a tie carries nothing', () => {
  fc.assert(fc.property(voted, fc.constantFrom(...majorities), ({ room: there, tally }, majority) => {
    const carried = isCarried(majority, tally, there);
    const of = majority === 'present' ? there.present : there.entitled;
    expect(carried).toBe(majority === 'two-thirds' ? tally.for * 3 >= of * 2 && tally.for > 0 : tally.for * 2 > of);
    if (tally.for === tally.against && tally.for + tally.against === of && majority !== 'two-thirds') expect(carried).toBe(false);
    // One vote more in favour never loses what was won; what all of the room wants is carried wherever the room can carry it.
    if (carried) expect(isCarried(majority, { ...tally, for: tally.for + 1 }, there)).toBe(true);
    expect(neededFor(majority, there)).toBeGreaterThan(0);
    expect(neededFor(majority, there)).toBeLessThanOrEqual(majority === 'present' ? Math.max(1, there.present + 1) : there.entitled);
  }));
});

test('a quorum is more than so many hundredths of all with a vote', () => {
  fc.assert(fc.property(room, fc.integer({ min: 0, max: 99 }), (there, percent) => {
    expect(hasQuorum(there, percent)).toBe(there.present * 100 > there.entitled * percent && there.present > 0);
    expect(quorumOf(there.entitled, percent) * 100).toBeGreaterThan(there.entitled * percent);
  }));
});

test('an urn and its ballots hold the tally and nothing of the order in which they came', () => {
  const tallies = fc.record({ for: fc.integer({ min: 0, max: 60 }), against: fc.integer({ min: 0, max: 60 }), abstain: fc.integer({ min: 0, max: 60 }) });
  fc.assert(fc.property(tallies, fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), (tally, draws) => {
    expect(unpackTally(packTally(tally))).toEqual(tally);
    expect(packTally(tally).length).toBe(packTally({ for: 0, against: 0, abstain: 0 }).length);
    const ballots = layOut(tally, (below) => Math.floor(draws.next().value * below));
    expect(ballots.length).toBe(castIn(tally));
    for (const choice of choices) expect(ballots.filter((one) => one === choice).length).toBe(tally[choice]);
  }));
  // Every order of three different ballots comes out as often as any other.
  const seenOrders = new Map<string, number>();
  const draws = [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1]];
  for (const [first, second] of draws) {
    const drawn = [first!, second!];
    const order = layOut({ for: 1, against: 1, abstain: 1 }, () => drawn.shift()!).join();
    seenOrders.set(order, (seenOrders.get(order) ?? 0) + 1);
  }
  expect([...seenOrders.values()]).toEqual([1, 1, 1, 1, 1, 1]);
});

test('an open vote: each on the own phone, the last word counts, the keeper writes for others; the result comes with the end', async ({ office }) => {
  const held = await opened(office, { outside: 2 });
  const { keeper, itemId, view } = held;
  const { id } = await office.run(openVote, keeper, { id: itemId, question: 'Ко је за?' });
  await office.refused(office.run(openVote, keeper, { id: itemId, question: 'Још једно' }), 409);
  const staff = view.attendance.filter((one) => one.personId !== null);
  const member = { ...keeper, roles: new Set(['clerk'] as const), personId: staff[1]!.personId, marks: [staff[1]!.personId!] };
  await office.run(castVote, member, { id, choice: 'against' });
  await office.run(castVote, member, { id, choice: 'for' });
  await office.run(enterVotes, keeper, { id, choices: view.attendance.filter((one) => one.id !== staff[1]!.id).slice(0, 3).map((one) => ({ attendanceId: one.id, choice: 'for' as const })) });
  expect((await seen(office, held)).items[0]!.votes[0]).toMatchObject({ state: 'open', cast: 4, for: 0, needed: 4, present: 7, entitled: 7 });
  await office.refused(office.run(countVote, keeper, { id, for: 1, against: 0, abstain: 0 }), 409);
  expect(await office.run(closeVote, keeper, { id })).toMatchObject({ state: 'closed', isCarried: true });
  await office.refused(office.run(castVote, member, { id, choice: 'against' }), 409);
  await office.run(annulVote, keeper, { id, reason: 'Погрешно питање.' });
  const again = await office.run(openVote, keeper, { id: itemId, question: 'Ко је за, исправљено?' });
  expect(Object.keys((await office.refused(office.run(countVote, keeper, { id: again.id, for: 6, against: 2, abstain: 0 }), 422)).fields)).toEqual(['for']);
  expect(await office.run(countVote, keeper, { id: again.id, for: 3, against: 3, abstain: 1 })).toMatchObject({ isCarried: false });
  expect((await seen(office, held)).items[0]!.votes.map((one) => one.state)).toEqual(['annulled', 'closed']);
});

test('of a secret vote nothing says who voted how: not the rows, their order, their transaction or the log', async ({ office }) => {
  const held = await opened(office);
  const { keeper, itemId, view } = held;
  const { id } = await office.run(openVote, keeper, { id: itemId, question: 'Избор', isSecret: true });
  const as = (index: number) => ({ ...keeper, personId: view.attendance[index]!.personId, marks: [view.attendance[index]!.personId!] });
  const said = ['for', 'for', 'against', 'for', 'abstain'] as const;
  for (const [index, choice] of said.entries()) {
    await office.run(castVote, as(index), { id, choice }, { key: `k${index}` });
    await office.refused(office.run(castVote, as(index), { id, choice: 'against' }), 409);
    // While it is open there is no ballot at all, and the urn is always as long.
    const running = await office.within(async (db) => ({ urn: (await db.selectFrom('vote').select('urn').where('id', '=', id).executeTakeFirstOrThrow()).urn!, casts: await db.selectFrom('vote_cast').select('choice').where('vote_id', '=', id).execute() }));
    expect(running.urn.length).toBe(34);
    expect(running.casts.every((one) => one.choice === null)).toBe(true);
  }
  await office.refused(office.run(enterVotes, keeper, { id, choices: [{ attendanceId: view.attendance[0]!.id, choice: 'for' }] }), 409);
  expect((await seen(office, held)).items[0]!.votes[0]).toMatchObject({ for: 0, against: 0, abstain: 0, cast: 5 });
  expect(await office.run(closeVote, keeper, { id })).toMatchObject({ isCarried: true });
  const kept = await office.within(async (db) => ({
    ballots: (await db.selectFrom('ballot').selectAll().where('vote_id', '=', id).execute()), vote: await db.selectFrom('vote').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    transactions: await db.selectFrom('ballot').select((eb) => eb.ref('ballot.id').as('id')).where('vote_id', '=', id).execute(), keys: await db.selectFrom('idempotency').selectAll().where('office_id', '=', office.office.id).execute(),
  }));
  expect(kept.vote).toMatchObject({ votes_for: 3, votes_against: 1, votes_abstained: 1, urn: null });
  expect(kept.ballots.map((one) => one.choice).sort()).toEqual([...said].sort());
  // Random ids: no time, no order in them. No answer was kept that a guess at the choice could be tried on.
  for (const one of kept.ballots) expect(one.id[14]).toBe('4');
  expect(kept.keys.filter((one) => JSON.stringify(one).includes('vote'))).toEqual([]);
  const events = (await office.events()).filter((one) => one.nounId === id);
  expect(events.filter((one) => one.name === 'vote.cast').every((one) => Object.keys(one.data).length === 0)).toBe(true);
});

test('a secret vote of too few is not opened, or is annulled with its ballots', async ({ office }) => {
  const held = await opened(office);
  const { keeper, itemId, view } = held;
  const { id } = await office.run(openVote, keeper, { id: itemId, question: 'Избор', isSecret: true });
  await office.run(castVote, { ...keeper, personId: view.attendance[0]!.personId, marks: [] , }, { id, choice: 'for' });
  expect(await office.run(closeVote, keeper, { id })).toMatchObject({ state: 'annulled' });
  expect(await office.within((db) => db.selectFrom('ballot').selectAll().where('vote_id', '=', id).execute())).toEqual([]);
  expect((await seen(office, held)).items[0]!.votes[0]).toMatchObject({ state: 'annulled', for: 0 });
});

test('who has an interest or left takes no part, and without a quorum for the point there is no vote', async ({ office }) => {
  const held = await opened(office);
  const { keeper, itemId, view } = held;
  const [first, second, third] = view.attendance;
  await office.run(markAway, keeper, { id: itemId, attendanceId: first!.id, reason: 'interest' });
  const { id } = await office.run(openVote, keeper, { id: itemId, question: 'Ко је за?' });
  await office.refused(office.run(castVote, { ...keeper, personId: first!.personId }, { id, choice: 'for' }), 403);
  await office.refused(office.run(markAway, keeper, { id: itemId, attendanceId: second!.id, reason: 'away' }), 409);
  await office.run(closeVote, keeper, { id });
  for (const one of [second, third]) await office.run(moveAttendance, keeper, { id: one!.id, as: 'left' });
  expect((await office.refused(office.run(openVote, keeper, { id: itemId, question: 'Опет?' }), 409)).said).toEqual({ key: 'error.no_quorum', args: { present: 2, needed: 3 } });
});
