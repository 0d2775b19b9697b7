export const states = ['waiting', 'registered', 'joined', 'bounce', 'set_aside'] as const;
export type ArrivalState = (typeof states)[number];
/** Reasons that the machine gives; everything else was written by a person. */
export const machineReasons = ['auto_reply', 'calendar_reply', 'list', 'bulk', 'report', 'known', 'too_large', 'delayed', 'broken'] as const;
/** From these an arrival may still be registered, joined or set aside by hand. */
export const unsettled: readonly ArrivalState[] = ['waiting', 'set_aside'];
