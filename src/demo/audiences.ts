import type { Stage } from './tell.ts';

export function tellAudiences(_stage: Stage): void {}
