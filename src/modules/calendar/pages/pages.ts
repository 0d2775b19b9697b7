import type { Page, Panel } from '../../../core/page.ts';

export const calendarPages: readonly Page[] = [];
export const calendarPanel: Panel = { name: 'calendar' };
