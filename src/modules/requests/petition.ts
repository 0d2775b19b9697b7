import type { Lifecycle } from '../../core/lifecycle.ts';

export const kinds = ['petition', 'proposal', 'complaint', 'question', 'request'] as const;
export type Kind = (typeof kinds)[number];
export const channels = ['web', 'letter', 'email', 'phone', 'counter'] as const;
export type Channel = (typeof channels)[number];
export const replyWays = ['email', 'post', 'pickup'] as const;

export const states = ['registered', 'assigned', 'awaiting_completion', 'drafting', 'awaiting_approval', 'approved', 'answered', 'forwarded', 'dismissed', 'withdrawn', 'closed'] as const;
export type State = (typeof states)[number];
/** States in which somebody still owes something. */
export const openStates: readonly State[] = ['registered', 'assigned', 'awaiting_completion', 'drafting', 'awaiting_approval', 'approved'];
export const settledStates: readonly State[] = ['answered', 'forwarded', 'dismissed', 'withdrawn'];

export const acts = ['assign', 'draft', 'submit', 'return', 'approve', 'dispatch', 'ask_completion', 'complete', 'lapse', 'ask_contribution', 'extend', 'forward', 'dismiss', 'withdraw', 'rate', 'reopen', 'close', 'add', 'link', 'publish', 'restrict'] as const;
export type Act = (typeof acts)[number];

const inWork = ['assigned', 'drafting'] as const;
const before = ['registered', 'assigned', 'drafting'] as const;
const open = openStates;

/** The life of a petition. The table refuses, makes the buttons and draws the diagram. */
export const lifecycle: Lifecycle<State, Act> = {
  noun: 'petition',
  initial: 'registered',
  steps: [
    { act: 'submit', from: ['drafting'], to: 'awaiting_approval' },
    { act: 'approve', from: ['awaiting_approval'], to: 'approved' },
    { act: 'return', from: ['awaiting_approval', 'approved'], to: 'drafting' },
    { act: 'dispatch', from: ['approved'], to: 'answered' },
    { act: 'assign', from: ['registered'], to: 'assigned' },
    { act: 'assign', from: ['assigned', 'drafting', 'awaiting_completion'], to: '=' },
    { act: 'draft', from: ['assigned', 'drafting'], to: 'drafting' },
    { act: 'ask_contribution', from: inWork, to: '=' },
    { act: 'ask_completion', from: inWork, to: 'awaiting_completion' },
    { act: 'complete', from: ['awaiting_completion'], to: 'assigned' },
    { act: 'lapse', from: ['awaiting_completion'], to: 'assigned' },
    { act: 'extend', from: ['registered', 'assigned', 'drafting', 'awaiting_approval'], to: '=' },
    { act: 'forward', from: before, to: 'forwarded' },
    { act: 'dismiss', from: before, to: 'dismissed' },
    { act: 'withdraw', from: open, to: 'withdrawn' },
    { act: 'add', from: open, to: '=' },
    { act: 'rate', from: ['answered', 'forwarded'], to: '=' },
    { act: 'reopen', from: ['answered', 'forwarded', 'dismissed'], to: 'assigned' },
    { act: 'publish', from: ['answered', 'closed'], to: '=' },
    { act: 'close', from: settledStates, to: 'closed' },
    { act: 'link', from: [...open, ...settledStates], to: '=' },
    { act: 'restrict', from: states, to: '=' },
  ],
};

/** The four parts of a reasoned answer; all must be there before it can be submitted. */
export const answerParts = ['facts', 'basis', 'decision', 'remedy'] as const;
export type AnswerPart = (typeof answerParts)[number];
export const missingParts = (answer: Partial<Record<AnswerPart, string>> | null | undefined): AnswerPart[] => answerParts.filter((part) => !answer?.[part]?.trim());

/** Keys of a jurisdiction's dispositions that end a matter without an answer of its own; the latter two name the other case. */
export const dismissals = ['closed-anonymous', 'connected', 'closed-repeated'] as const;
