import type { Page, Panel } from '../../../core/page.ts';

export const briefingPages: readonly Page[] = [];
export const briefingPanel: Panel = { name: 'briefing' };
