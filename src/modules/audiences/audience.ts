import type { Allow, Caller } from '../../core/caller.ts';
import type { Lifecycle } from '../../core/lifecycle.ts';
import type { Office } from '../../core/office.ts';

export const states = ['asked', 'waiting', 'scheduled', 'confirmed', 'arrived', 'talking', 'held', 'answered', 'redirected', 'declined', 'missed', 'withdrawn'] as const;
export type State = (typeof states)[number];
export const channels = ['web', 'phone', 'counter', 'centre', 'letter', 'email'] as const;
export type Channel = (typeof channels)[number];
export const contactWays = ['email', 'phone', 'post'] as const;
export type ContactWay = (typeof contactWays)[number];
export const outcomes = ['explained', 'promised', 'referred', 'refused', 'settled'] as const;
export type Outcome = (typeof outcomes)[number];
/** What somebody needs in order to come and be understood. */
export const needs = ['interpreter', 'step_free', 'sign_language'] as const;
export const dayStates = ['open', 'closed', 'cancelled', 'held'] as const;
export type DayState = (typeof dayStates)[number];

export type Act = 'take_up' | 'schedule' | 'confirm' | 'ask_other' | 'withdraw' | 'call' | 'redirect' | 'decline' | 'prepare' | 'note' | 'arrive' | 'begin' | 'end' | 'miss' | 'promise' | 'correct' | 'answer' | 'free';
const ahead = ['asked', 'waiting', 'scheduled', 'confirmed'] as const;
export const lifecycle: Lifecycle<State, Act> = {
  noun: 'audience', initial: 'asked',
  steps: [
    { act: 'take_up', from: ['asked', 'waiting'], to: 'waiting' },
    { act: 'schedule', from: [...ahead, 'missed'], to: 'scheduled' },
    { act: 'confirm', from: ['scheduled'], to: 'confirmed' },
    { act: 'ask_other', from: ['scheduled', 'confirmed'], to: 'waiting' },
    { act: 'free', from: ['scheduled', 'confirmed'], to: 'waiting' },
    { act: 'call', from: ['scheduled'], to: '=' },
    { act: 'prepare', from: [...ahead], to: '=' },
    { act: 'note', from: [...ahead, 'arrived'], to: '=' },
    { act: 'arrive', from: [...ahead], to: 'arrived' },
    { act: 'begin', from: ['arrived'], to: 'talking' },
    { act: 'end', from: ['arrived', 'talking'], to: 'held' },
    { act: 'miss', from: ['scheduled', 'confirmed'], to: 'missed' },
    { act: 'correct', from: ['held', 'answered'], to: '=' },
    { act: 'promise', from: ['held', 'answered'], to: '=' },
    { act: 'answer', from: ['held'], to: 'answered' },
    { act: 'redirect', from: [...ahead], to: 'redirected' },
    { act: 'decline', from: ['asked', 'waiting'], to: 'declined' },
    { act: 'withdraw', from: [...ahead], to: 'withdrawn' },
  ],
};

/** Who registers somebody who asks to be received. */
export const registrars: readonly Allow[] = ['registrar', 'citizens', 'chief', 'clerk', 'adviser', 'head', 'protocol', 'mayor', 'deputy'];
/** Who may be one of those that keep the list; `mayOrganise` says whether this one is. */
export const organisers: readonly Allow[] = ['registrar', 'citizens', 'chief', 'mayor', 'deputy', 'clerk', 'adviser', 'head', 'protocol'];
/** The unit that keeps the list of audiences. */
export const receptionUnit = (office: Office): string | null => office.data.audiences?.unit ?? office.data.units.find((one) => one.cabinet)?.id ?? null;
/** Whether this caller keeps the list: by role across the office, or as one of the unit that does. */
export function mayOrganise(caller: Caller): boolean {
  if (caller.kind === 'system') return true;
  if (['registrar', 'citizens', 'chief', 'mayor', 'deputy'].some((role) => caller.roles.has(role as 'chief'))) return true;
  const unit = receptionUnit(caller.office);
  return unit !== null && caller.marks.includes(unit);
}

/** How an audience is called: its number in the year. */
export const audienceNumber = (one: { number: number; year: number }): string => `${one.number}/${one.year}`;
