import { notNow } from './refusal.ts';

/** state × act → state. `from` lists the states in which the act is offered; `to` may be the same state ('='). */
export type Step<State extends string, Act extends string> = { act: Act; from: readonly State[]; to: State | '=' };
export type Lifecycle<State extends string, Act extends string> = {
  noun: string;
  initial: State;
  steps: readonly Step<State, Act>[];
};

/** The acts that the lifecycle offers in this state, in the order of the table. */
export function actsIn<S extends string, A extends string>(lifecycle: Lifecycle<S, A>, state: S): A[] {
  return lifecycle.steps.filter((step) => step.from.includes(state)).map((step) => step.act);
}

/** The state after the act; refuses with 409 where the table has no such step. */
export function nextState<S extends string, A extends string>(lifecycle: Lifecycle<S, A>, state: S, act: A): S {
  const step = lifecycle.steps.find((one) => one.act === act && one.from.includes(state));
  if (!step) throw notNow('error.not_now');
  return step.to === '=' ? state : step.to;
}

/** The table drawn as a Mermaid state diagram. */
export function drawLifecycle<S extends string, A extends string>(lifecycle: Lifecycle<S, A>): string {
  const lines = ['stateDiagram-v2', `  [*] --> ${lifecycle.initial}`];
  for (const step of lifecycle.steps)
    for (const state of step.from) lines.push(`  ${state} --> ${step.to === '=' ? state : step.to}: ${step.act}`);
  return lines.join('\n');
}
