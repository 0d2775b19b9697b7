export { closeCase, enterPaper, involve, openCase, type Entered, type NewCase, type NewEntry } from './case-file.server.ts';
export { clockFrom, extendClock, moveRunningClocks, officeCalendar, pauseClock, restartClock, resumeClock, startClock, stopClock } from './clock.server.ts';
export { changeCase, getCase, getCaseFile, indexCase, putAway, reopenCase, type CaseFile, type CaseView } from './case.server.ts';
export { addPaper, addPaperToCase, enterers, openPaper, registerPaper, type NewPaper } from './paper.server.ts';
export { listBooks, listReserved } from './book.server.ts';
export { historyLine } from './pages/case-words.ts';
export { takeNumber, takeNumbers } from './series.server.ts';
