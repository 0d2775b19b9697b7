import type { Page, Panel } from '../../../core/page.ts';
import { panel } from './panel.tsx';
import { deskPages } from './plan-pages.tsx';
import { publicPages } from './public-page.tsx';

export const planPages: readonly Page[] = [...publicPages, ...deskPages];
export const planPanel: Panel = panel;
