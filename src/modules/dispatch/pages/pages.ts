import type { Page, Panel } from '../../../core/page.ts';

export const dispatchPages: readonly Page[] = [];
export const dispatchPanel: Panel = { name: 'dispatch' };
