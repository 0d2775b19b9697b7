import type { Page, Panel } from '../../../core/page.ts';

export const classifiedPages: readonly Page[] = [];
export const classifiedPanel: Panel = { name: 'classified' };
