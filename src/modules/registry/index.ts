export { closeCase, enterFirst, enterPaper, involve, openCase, type Entered, type NewCase, type NewEntry } from './case-file.server.ts';
export { clockFrom, extendClock, moveRunningClocks, officeCalendar, pauseClock, restartClock, resumeClock, startClock, stopClock } from './clock.server.ts';
