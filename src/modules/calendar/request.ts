import { fold } from '../../core/fold.ts';
import { localText, type LocaleId, type LocalText } from '../../core/language.ts';
import type { Lifecycle } from '../../core/lifecycle.ts';
import usual from './usual-replies.json' with { type: 'json' };

export const requestStates = ['open', 'accepted', 'delegated', 'declined', 'withdrawn'] as const;
export type RequestState = (typeof requestStates)[number];
export const requestActs = ['accept', 'delegate', 'decline', 'withdraw'] as const;
export type RequestAct = (typeof requestActs)[number];
/** How somebody asks. */
export const requestChannels = ['phone', 'counter', 'letter', 'email'] as const;
export type RequestChannel = (typeof requestChannels)[number];
/** How the answer goes out; `none`: it was told, and no letter is written. */
export const replyWays = ['email', 'post', 'pickup', 'none'] as const;
export type ReplyWay = (typeof replyWays)[number];

export const requestLifecycle: Lifecycle<RequestState, RequestAct> = {
  noun: 'meeting_request', initial: 'open',
  steps: [
    { act: 'accept', from: ['open'], to: 'accepted' },
    { act: 'delegate', from: ['open'], to: 'delegated' },
    { act: 'decline', from: ['open'], to: 'declined' },
    { act: 'withdraw', from: ['open', 'accepted', 'delegated'], to: 'withdrawn' },
  ],
};

export type ReplyValues = { purpose: string; reference: string; when: string; place: string; host: string; reason: string; phone: string };
const names = usual.fields as Record<keyof ReplyValues, LocalText>;
const keyOf = (name: string): string => fold(name.replaceAll('_', ' ').trim());
const fieldOf = new Map((Object.entries(names) as [keyof ReplyValues, LocalText][]).flatMap(([field, texts]) => [field, ...Object.values(texts)].map((name) => [keyOf(name), field] as const)));
const braces = /\{([^{}\n]{1,40})\}/g;

/** The usual words of a decision in a language, subject and body, with the names of their fields in {braces}. */
export const usualReply = (act: Exclude<RequestAct, 'withdraw'>, locale: LocaleId): { subject: string; body: string } => ({ subject: localText(usual[act].subject, locale), body: localText(usual[act].body, locale) });
/** The text with its fields filled, in one pass: what a value says is text, also when there are braces in it. Unknown names stay. */
export const fillReply = (text: string, values: Partial<ReplyValues>): string => text.replace(braces, (whole, name: string) => {
  const field = fieldOf.get(keyOf(name));
  return (field && values[field]) ?? whole;
});
