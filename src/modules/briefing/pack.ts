import type { Lifecycle } from '../../core/lifecycle.ts';

export const packStates = ['open', 'ready'] as const;
export type PackState = (typeof packStates)[number];
export const packLifecycle: Lifecycle<PackState, 'make_ready' | 'reopen'> = {
  noun: 'pack', initial: 'open', steps: [{ act: 'make_ready', from: ['open'], to: 'ready' }, { act: 'reopen', from: ['ready'], to: 'open' }],
};
export const partKinds = ['note', 'point', 'person', 'promise', 'paper', 'contribution', 'seating', 'programme'] as const;
export type PartKind = (typeof partKinds)[number];
/** The order in which a pack is read; within a kind the order is by hand. */
export const readingOrder: readonly PartKind[] = ['point', 'note', 'person', 'promise', 'programme', 'seating', 'contribution', 'paper'];
/** Who prepares packs. */
export const preparers = ['mayor', 'deputy', 'chief', 'head', 'adviser', 'clerk', 'protocol', 'spokesperson'] as const;

export const tableShapes = ['long', 'facing', 'round', 'u'] as const;
export type TableShape = (typeof tableShapes)[number];
export type Seat = { name: string; /** Of the drawing, in hundredths of its width and height. */ x: number; y: number; side: 'top' | 'bottom' | 'left' | 'right' };

/** Shares so many along a line, evenly. */
const along = (count: number, from = 0, until = 100): number[] => Array.from({ length: count }, (_, index) => from + ((until - from) * (index + 0.5)) / count);

/**
 * Seats by rank. At the long table and the U the first sits at the head, the next at the right hand, then at the left, and so on; at the round
 * table likewise from the top; facing, the first half are hosts and the others guests, each side by rank from its middle to both sides.
 */
export function seatsOf(shape: TableShape, names: readonly string[]): Seat[] {
  const [head, ...rest] = names;
  if (head === undefined) return [];
  const right = rest.filter((_, index) => index % 2 === 0);
  const left = rest.filter((_, index) => index % 2 === 1);
  if (shape === 'facing') {
    const half = Math.ceil(names.length / 2);
    return [names.slice(0, half), names.slice(half)].flatMap((side, index) => fromMiddle(side).map((name, place) => ({ name, x: along(side.length)[place]!, y: index === 0 ? 26 : 74, side: index === 0 ? 'top' as const : 'bottom' as const })));
  }
  if (shape === 'round') {
    const ring = [head, ...right, ...left.toReversed()];
    return ring.map((name, index) => {
      const angle = -Math.PI / 2 + (index / ring.length) * 2 * Math.PI;
      const [x, y] = [50 + 34 * Math.cos(angle), 50 + 34 * Math.sin(angle)];
      return { name, x, y, side: Math.abs(Math.cos(angle)) < 0.4 ? (y < 50 ? 'top' as const : 'bottom' as const) : x > 50 ? 'right' as const : 'left' as const };
    });
  }
  // Who sits at the head looks down the drawing: the right hand is on its left.
  const rows = (side: readonly string[], x: number, which: 'left' | 'right'): Seat[] => side.map((name, index) => ({ name, x, y: along(side.length, 24, 96)[index]!, side: which }));
  const [near, far] = shape === 'u' ? [30, 70] : [34, 66];
  return [{ name: head, x: 50, y: shape === 'u' ? 12 : 10, side: 'top' }, ...rows(right, near, 'left'), ...rows(left, far, 'right')];
}
/** The first in the middle, the others by turns at both sides. */
function fromMiddle(side: readonly string[]): string[] {
  const [first, ...rest] = side;
  if (first === undefined) return [];
  return [...rest.filter((_, index) => index % 2 === 0).toReversed(), first, ...rest.filter((_, index) => index % 2 === 1)];
}
