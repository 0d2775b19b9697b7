import type { Page, Panel } from '../../../core/page.ts';

export const meetingsPages: readonly Page[] = [];
export const meetingsPanel: Panel = { name: 'meetings' };
