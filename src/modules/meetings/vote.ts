export const choices = ['for', 'against', 'abstain'] as const;
export type Choice = (typeof choices)[number];
export const majorities = ['present', 'all', 'two-thirds'] as const;
export type Majority = (typeof majorities)[number];
export type Tally = Record<Choice, number>;
/** Those with a vote: of the whole body, and in the room for this point. */
export type Room = { entitled: number; present: number };

export const noVotes: Tally = { for: 0, against: 0, abstain: 0 };
export const castIn = (tally: Tally): number => tally.for + tally.against + tally.abstain;

/** How many with a vote must be there: more than so many hundredths of all. */
export const quorumOf = (entitled: number, percent: number): number => Math.floor((entitled * percent) / 100) + 1;
export const hasQuorum = ({ entitled, present }: Room, percent: number): boolean => entitled > 0 && present >= quorumOf(entitled, percent);

/** How many votes in favour carry: more than half of those present, more than half of all, two thirds of all; who abstains or is silent is not in favour. */
export function neededFor(majority: Majority, { entitled, present }: Room): number {
  switch (majority) {
    case 'present': return Math.floor(present / 2) + 1;
    case 'all': return Math.floor(entitled / 2) + 1;
    case 'two-thirds': return Math.max(1, Math.ceil((entitled * 2) / 3));
  }
}
/** A tie carries nothing: nobody's vote weighs twice. */
export const isCarried = (majority: Majority, tally: Tally, room: Room): boolean => tally.for >= neededFor(majority, room);

/** With fewer ballots a secret result would say who voted how. */
export const secretAtLeast = 3;

/** The tally in the urn, always of one length. */
export const packTally = (tally: Tally): Uint8Array => new Uint8Array(Uint16Array.of(tally.for, tally.against, tally.abstain).buffer);
export function unpackTally(bytes: Uint8Array): Tally {
  const [yes = 0, no = 0, none = 0] = new Uint16Array(new Uint8Array(bytes).buffer);
  return { for: yes, against: no, abstain: none };
}
/** The ballots of a tally in an order drawn by `draw` (a whole number below its argument). */
export function layOut(tally: Tally, draw: (below: number) => number): Choice[] {
  const ballots = choices.flatMap((choice) => Array.from({ length: tally[choice] }, () => choice));
  for (let last = ballots.length - 1; last > 0; last--) {
    const at = draw(last + 1);
    [ballots[last], ballots[at]] = [ballots[at]!, ballots[last]!];
  }
  return ballots;
}
