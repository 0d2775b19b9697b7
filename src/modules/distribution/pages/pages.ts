import type { Page, Panel } from '../../../core/page.ts';

export const distributionPages: readonly Page[] = [];
export const distributionPanel: Panel = { name: 'distribution' };
