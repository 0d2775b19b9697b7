import type { Lifecycle } from '../../core/lifecycle.ts';

export const disposalKinds = ['destroy', 'hand_over'] as const;
export type DisposalKind = (typeof disposalKinds)[number];
export const disposalStates = ['proposed', 'submitted', 'consented', 'refused', 'done'] as const;
export type DisposalState = (typeof disposalStates)[number];
export type DisposalAct = 'submit' | 'consent' | 'refuse' | 'carry_out';

export const disposalLifecycle: Lifecycle<DisposalState, DisposalAct> = {
  noun: 'disposal', initial: 'proposed',
  steps: [
    { act: 'submit', from: ['proposed'], to: 'submitted' },
    { act: 'consent', from: ['submitted'], to: 'consented' },
    { act: 'refuse', from: ['proposed', 'submitted'], to: 'refused' },
    { act: 'carry_out', from: ['consented'], to: 'done' },
  ],
};
