import type { Page, Panel } from '../../../core/page.ts';

export const planPages: readonly Page[] = [];
export const planPanel: Panel = { name: 'plan' };
