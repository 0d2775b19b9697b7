import type { Stage } from './tell.ts';

export function tellContributions(_stage: Stage): void {}
