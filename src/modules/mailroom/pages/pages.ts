import type { Page, Panel } from '../../../core/page.ts';

export const mailroomPages: readonly Page[] = [];
export const mailroomPanel: Panel = { name: 'mailroom' };
