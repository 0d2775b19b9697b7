import type { Module } from '../../core/module.ts';
import { foundCalendars, listCalendars, shareCalendar, unshareCalendar } from './calendar.server.ts';
import { engagementLifecycle } from './engagement.ts';

export const calendar: Module = {
  name: 'calendar', level: 1, found: foundCalendars, lifecycles: [engagementLifecycle],
  operations: [listCalendars, shareCalendar, unshareCalendar],
};
