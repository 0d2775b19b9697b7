import type { Stage } from './tell.ts';

export function tellBriefing(_stage: Stage): void {}
