import type { Module } from '../../core/module.ts';
import { foundCalendars, listCalendars, shareCalendar, unshareCalendar } from './calendar.server.ts';
import { engagementLifecycle } from './engagement.ts';
import { requestLifecycle } from './request.ts';
import { addRequest, countRequests, listRequests, settleRequests, withdrawRequest } from './request.server.ts';
import { acceptRequest, declineRequest, delegateRequest } from './request-reply.server.ts';

export const calendar: Module = {
  name: 'calendar', level: 1, found: foundCalendars, lifecycles: [engagementLifecycle, requestLifecycle],
  operations: [listCalendars, shareCalendar, unshareCalendar,
    addRequest, acceptRequest, delegateRequest, declineRequest, withdrawRequest, listRequests, countRequests, settleRequests],
};
