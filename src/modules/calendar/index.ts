export { calendarOf, calendarRights, keepCalendar, leaderCalendars, type LeaderCalendar } from './calendar.server.ts';
export { findConflicts, listConflicts, type Conflict } from './conflict.server.ts';
export { engagementKinds, type EngagementKind, type EngagementSource, type NewEngagement, type NewParticipant, type ParticipantRole, type Reply, replies, usual, visibilities, type Visibility } from './engagement.ts';
export { addEngagement, cancelEngagement, changeEngagement, findEngagementOfCase, type EngagementHead } from './engagement-write.server.ts';
export { readSlots, type Slot } from './engagement-read.server.ts';
export { hearCalendarMail, proposeMeeting, type Heard } from './calendar-mail.server.ts';
export { invitationText } from './invitation-mail.server.ts';
