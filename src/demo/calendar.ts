import type { Stage } from './tell.ts';

export function tellCalendar(_stage: Stage): void {}
