import type { Page, Panel } from '../../../core/page.ts';

export const obligationPages: readonly Page[] = [];
export const obligationsPanel: Panel = { name: 'obligations' };
