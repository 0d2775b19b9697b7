import type { Page, Panel } from '../../../core/page.ts';
import { calendarPage } from './calendar-page.tsx';
import { davPages } from './dav-page.ts';

export const calendarPages: readonly Page[] = [calendarPage, ...davPages];
export const calendarPanel: Panel = { name: 'calendar' };
