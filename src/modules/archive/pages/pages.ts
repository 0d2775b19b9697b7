import type { Page, Panel } from '../../../core/page.ts';

export const archivePages: readonly Page[] = [];
export const archivePanel: Panel = { name: 'archive' };
