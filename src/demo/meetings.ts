import type { Stage } from './tell.ts';

export function tellMeetings(_stage: Stage): void {}
