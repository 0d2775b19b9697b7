import type { Lifecycle } from '../../core/lifecycle.ts';

export const states = ['asked', 'given', 'returned', 'declined', 'dropped'] as const;
export type ContributionState = (typeof states)[number];
export type ContributionAct = 'give' | 'decline' | 'return' | 'drop';
export const lifecycle: Lifecycle<ContributionState, ContributionAct> = {
  noun: 'contribution', initial: 'asked',
  steps: [
    { act: 'give', from: ['asked', 'returned'], to: 'given' }, { act: 'decline', from: ['asked', 'returned'], to: 'declined' },
    { act: 'return', from: ['given', 'declined'], to: 'returned' }, { act: 'drop', from: ['asked', 'returned'], to: 'dropped' },
  ],
};
export const isOwed = (state: string): boolean => state === 'asked' || state === 'returned';
/** Who asks others for material. */
export const askers = ['chief', 'head', 'adviser', 'clerk', 'mayor', 'deputy', 'protocol'] as const;
