import type { Page, Panel } from '../../../core/page.ts';
import { listPage } from './list-page.tsx';
import { newPage } from './new-page.tsx';
import { obligationPageRoutes } from './obligation-page.tsx';
import { panel } from './panel.tsx';
import { reportPages } from './report-page.tsx';

export const obligationPages: readonly Page[] = [listPage, newPage, ...reportPages, ...obligationPageRoutes];
export const obligationsPanel: Panel = panel;
