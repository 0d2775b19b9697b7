import type { Lifecycle } from '../../core/lifecycle.ts';

export const ways = ['email', 'post', 'registered', 'courier', 'pickup'] as const;
export type Way = (typeof ways)[number];
/** Ways that wait on a list to be handed over together. */
export const listedWays = ['post', 'registered', 'courier'] as const;
export type ListedWay = (typeof listedWays)[number];
export const dispatchStates = ['waiting', 'sent', 'delivered', 'failed'] as const;
export type DispatchState = (typeof dispatchStates)[number];
export type DispatchAct = 'prepare' | 'hand' | 'deliver' | 'fail' | 'repeat';

/** The way of one paper to one addressee. */
export const dispatchLifecycle: Lifecycle<DispatchState, DispatchAct> = {
  noun: 'dispatch',
  initial: 'waiting',
  steps: [
    { act: 'prepare', from: ['waiting'], to: '=' },
    { act: 'hand', from: ['waiting'], to: 'sent' },
    { act: 'deliver', from: ['waiting', 'sent'], to: 'delivered' },
    { act: 'fail', from: ['waiting', 'sent'], to: 'failed' },
    { act: 'repeat', from: ['failed'], to: '=' },
  ],
};

/** Who sends and counts post; the others see the dispatches of their cases. */
export const senders = ['registrar', 'chief'] as const;
