import type { Stage } from './tell.ts';

export function tellPlan(_stage: Stage): void {}
