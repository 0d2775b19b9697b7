import type { Page, Panel } from '../../../core/page.ts';
import { calendarPage } from './calendar-page.tsx';
import { programsPage } from './client-section.tsx';
import { davPages } from './dav-page.ts';
import { engagementFormPages } from './engagement-form.tsx';
import { engagementPages } from './engagement-page.tsx';
import { openCalendarPages } from './invitation-page.tsx';
import { panel } from './panel.tsx';
import { requestPages } from './request-pages.tsx';
import { resourcePages } from './resource-page.tsx';
import { settingsPage } from './settings-page.tsx';

export const calendarPages: readonly Page[] = [calendarPage, ...engagementFormPages, ...engagementPages, ...requestPages, settingsPage, ...resourcePages, programsPage, ...davPages, ...openCalendarPages];
export const calendarPanel: Panel = panel;
