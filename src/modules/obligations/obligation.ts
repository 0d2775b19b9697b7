import { addDays, addMonths, dayOf, daysInMonth, partsOf, type Day } from '../../core/day.ts';
import type { Lifecycle } from '../../core/lifecycle.ts';

/** From what an obligation came; `order` is what who leads tells without a paper. */
export const sources = ['resolution', 'conclusion', 'audience', 'event', 'order', 'visit', 'report'] as const;
export type Source = (typeof sources)[number];
/** What is given by the form of orders; the rest comes with its paper, sitting or audience. */
export const givenSources = ['order', 'event', 'visit'] as const;
export const obligationStates = ['open', 'reported', 'done', 'dropped'] as const;
export type ObligationState = (typeof obligationStates)[number];

const workActs = ['report_progress', 'finish', 'ask_due', 'pass', 'add_helper', 'add_step'] as const;
const leadActs = ['accept', 'send_back', 'move_due', 'refuse_due', 'drop', 'reopen'] as const;
export const obligationActs = [...workActs, ...leadActs] as const;
export type ObligationAct = (typeof obligationActs)[number];
export const isLeadAct = (act: ObligationAct): boolean => (leadActs as readonly string[]).includes(act);

/** Done only when the giver accepts; who gave it and does it needs nobody else. */
export const obligationLife: Lifecycle<ObligationState, ObligationAct> = {
  noun: 'obligation', initial: 'open',
  steps: [
    { act: 'finish', from: ['open'], to: 'reported' }, { act: 'accept', from: ['reported'], to: 'done' }, { act: 'send_back', from: ['reported'], to: 'open' },
    { act: 'report_progress', from: ['open'], to: '=' }, { act: 'ask_due', from: ['open'], to: '=' }, { act: 'move_due', from: ['open'], to: '=' }, { act: 'refuse_due', from: ['open'], to: '=' },
    { act: 'pass', from: ['open'], to: '=' }, { act: 'add_helper', from: ['open'], to: '=' }, { act: 'add_step', from: ['open'], to: '=' },
    { act: 'drop', from: ['open', 'reported'], to: 'dropped' }, { act: 'reopen', from: ['done', 'dropped'], to: 'open' },
  ],
};

export const obligationViews = ['mine', 'accept', 'given', 'unit', 'helping', 'late', 'all'] as const;
export type ObligationView = (typeof obligationViews)[number];

/** How it came out by a day: done in time or late by the day on which it was reported, waiting for the giver, open, past its day, dropped. */
export const outcomes = ['in_time', 'done_late', 'waiting', 'open', 'late', 'dropped'] as const;
export type Outcome = (typeof outcomes)[number];
export function outcomeOf(one: { state: ObligationState; dueOn: Day | null; doneOn: Day | null }, today: Day): Outcome {
  if (one.state === 'dropped') return 'dropped';
  if (one.state === 'done') return one.dueOn && one.doneOn && one.doneOn > one.dueOn ? 'done_late' : 'in_time';
  if (one.state === 'reported') return 'waiting';
  return one.dueOn && one.dueOn < today ? 'late' : 'open';
}

export const rules = ['week', 'month', 'quarter', 'year'] as const;
export type Rule = (typeof rules)[number];
const months: Readonly<Record<Exclude<Rule, 'week'>, number>> = { month: 1, quarter: 3, year: 12 };
/** The rule as it is kept: with the day of the month, so that the 31st comes again after February. */
export const ruleFrom = (rule: Rule, dueOn: Day): string => (rule === 'week' ? 'week' : `${rule}:${partsOf(dueOn).date}`);
export const ruleName = (kept: string): Rule | null => rules.find((rule) => rule === kept.split(':')[0]) ?? null;
/** The day by which it is due the next time; null where it is not given again. */
export function nextDue(kept: string, dueOn: Day): Day | null {
  const rule = ruleName(kept);
  if (!rule) return null;
  if (rule === 'week') return addDays(dueOn, 7);
  const { year, month } = partsOf(addMonths(dayOf(partsOf(dueOn).year, partsOf(dueOn).month, 1), months[rule]));
  return dayOf(year, month, Math.min(Number(kept.split(':')[1]) || partsOf(dueOn).date, daysInMonth(year, month)));
}
