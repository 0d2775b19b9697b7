import type { Page, Panel } from '../../../core/page.ts';

export const correspondencePages: readonly Page[] = [];
export const correspondencePanel: Panel = { name: 'correspondence' };
