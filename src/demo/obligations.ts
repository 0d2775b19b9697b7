import type { Stage } from './tell.ts';

export function tellObligations(_stage: Stage): void {}
