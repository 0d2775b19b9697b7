import type { Lifecycle } from '../../core/lifecycle.ts';

export const letterStates = ['draft', 'submitted', 'sealed', 'dispatched', 'withdrawn'] as const;
export type LetterState = (typeof letterStates)[number];
export type LetterAct = 'change' | 'submit' | 'recall' | 'refuse' | 'approve' | 'seal' | 'withdraw' | 'dispatch';

/** The life of a letter: written, approved in a chain, sealed by its signer, dispatched to all. */
export const letterLifecycle: Lifecycle<LetterState, LetterAct> = {
  noun: 'letter',
  initial: 'draft',
  steps: [
    { act: 'change', from: ['draft'], to: '=' },
    { act: 'submit', from: ['draft'], to: 'submitted' },
    { act: 'recall', from: ['submitted'], to: 'draft' },
    { act: 'refuse', from: ['submitted'], to: 'draft' },
    { act: 'approve', from: ['submitted'], to: '=' },
    { act: 'seal', from: ['submitted'], to: 'sealed' },
    { act: 'withdraw', from: ['draft'], to: 'withdrawn' },
    { act: 'dispatch', from: ['sealed'], to: 'dispatched' },
  ],
};

export const letterWays = ['email', 'post', 'registered', 'courier', 'pickup'] as const;
export type LetterWay = (typeof letterWays)[number];
export type Recipient = { partyId: string | null; name: string; address: string; email: string; way: LetterWay; isCopy: boolean };

/** Who may sign for the office. */
export const signerRoles = ['mayor', 'deputy', 'chief', 'head'] as const;
export const writers = ['clerk', 'adviser', 'head', 'chief', 'mayor', 'deputy', 'registrar', 'protocol', 'spokesperson', 'citizens', 'council', 'quality'] as const;
export const templateKeepers = ['chief', 'registrar', 'it'] as const;

/** Whether the letter is the pages of its file; otherwise it is its text. */
export const ownPages = (letter: { file_as: string; file_sha256: string | null }): boolean => letter.file_as === 'pages' && letter.file_sha256 !== null;
