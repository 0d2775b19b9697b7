import type { Lifecycle } from '../../core/lifecycle.ts';

export const proposalStates = ['draft', 'submitted', 'returned', 'accepted', 'placed', 'declined', 'withdrawn', 'settled'] as const;
export type ProposalState = (typeof proposalStates)[number];
export const proposalActs = ['change', 'submit', 'accept', 'return', 'decline', 'place', 'put_back', 'settle', 'withdraw'] as const;
export type ProposalAct = (typeof proposalActs)[number];

/** What a unit puts before a committee, from its draft to the sitting that settles it. */
export const proposalLifecycle: Lifecycle<ProposalState, ProposalAct> = {
  noun: 'agenda_proposal', initial: 'draft',
  steps: [
    { act: 'change', from: ['draft', 'returned'], to: '=' },
    { act: 'submit', from: ['draft', 'returned'], to: 'submitted' },
    { act: 'accept', from: ['submitted'], to: 'accepted' },
    { act: 'return', from: ['submitted', 'accepted'], to: 'returned' },
    { act: 'decline', from: ['submitted', 'accepted'], to: 'declined' },
    { act: 'place', from: ['accepted'], to: 'placed' },
    { act: 'put_back', from: ['placed'], to: 'accepted' },
    { act: 'settle', from: ['placed'], to: 'settled' },
    { act: 'withdraw', from: ['draft', 'submitted', 'returned', 'accepted'], to: 'withdrawn' },
  ],
};
/** What the unit does itself, and what the keeper of the committee does. */
export const unitActs: readonly ProposalAct[] = ['change', 'submit', 'withdraw'];
export const keeperActs: readonly ProposalAct[] = ['accept', 'return', 'decline'];
export const proposalViews = ['mine', 'waiting', 'backlog', 'all'] as const;
export type ProposalView = (typeof proposalViews)[number];
