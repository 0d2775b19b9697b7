import type { Module } from '../../core/module.ts';
import { rollEngagements, schedules } from './calendar-jobs.ts';
import { foundCalendars, listCalendars, shareCalendar, unshareCalendar } from './calendar.server.ts';
import { listDays } from './day.server.ts';
import { addToCalendar, answerEngagement, askConflicts, cancelInCalendar, changeInCalendar, confirmEngagement, markParticipant, moveEngagement } from './engagement.server.ts';
import { askAwaiting, settleInvitation } from './calendar-mail.server.ts';
import { clientListeners } from './client-jobs.ts';
import { deleteIcs, putIcs, setProperty } from './client-write.server.ts';
import { listBusyTimes, listChanges, listEntries, readHome, readIcs } from './client.server.ts';
import { engagementLifecycle } from './engagement.ts';
import { engagementsOfCase } from './engagement-case.server.ts';
import { getEngagement, listEngagements } from './engagement-read.server.ts';
import { addFeed, listFeeds, readFeed, readPublicCalendar, revokeFeed } from './feed.server.ts';
import { findTime } from './free-time.server.ts';
import { answerInvitation, askUntold, openInvitation, tellEngagement } from './invitation.server.ts';
import { requestLifecycle } from './request.ts';
import { requestSchedules } from './request-jobs.ts';
import { addRequest, countRequests, listRequests, settleRequests, withdrawRequest } from './request.server.ts';
import { acceptRequest, declineRequest, delegateRequest } from './request-reply.server.ts';
import { addResource, changeResource, freeResources, listBookings, listResources, retireResource } from './resource.server.ts';

export const calendar: Module = {
  name: 'calendar', level: 1, ofCase: [{ name: 'engagement', table: 'engagement' }, { name: 'meeting_request', table: 'meeting_request' }], found: foundCalendars, lifecycles: [engagementLifecycle, requestLifecycle], schedules: [...schedules, ...requestSchedules],
  listeners: clientListeners,
  operations: [
    listCalendars, shareCalendar, unshareCalendar, addToCalendar, changeInCalendar, moveEngagement, confirmEngagement, cancelInCalendar, answerEngagement, markParticipant, getEngagement, listEngagements, askConflicts, findTime, rollEngagements,
    addResource, changeResource, retireResource, listResources, freeResources, listBookings,
    addRequest, acceptRequest, delegateRequest, declineRequest, withdrawRequest, listRequests, countRequests, settleRequests, listDays, engagementsOfCase,
    readHome, listEntries, listChanges, listBusyTimes, setProperty, readIcs, putIcs, deleteIcs,
    askUntold, tellEngagement, openInvitation, answerInvitation, askAwaiting, settleInvitation, addFeed, listFeeds, revokeFeed, readFeed, readPublicCalendar,
  ],
};
