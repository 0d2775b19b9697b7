import type { Page, Panel } from '../../../core/page.ts';

export const exchangePages: readonly Page[] = [];
export const exchangePanel: Panel = { name: 'exchange' };
