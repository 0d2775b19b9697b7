import type { Page, Panel } from '../../../core/page.ts';
import { actPages } from './act-page.tsx';
import { audiencePages } from './audience-page.tsx';
import { dayPages } from './day-pages.tsx';
import { listPage } from './list-page.tsx';
import { newPages } from './new-page.tsx';
import { panel } from './panel.tsx';
import { askPages } from './public-ask.tsx';
import { statusPages } from './public-status.tsx';
import { statisticsPage } from './statistics-page.tsx';
import { todayPages } from './today-page.tsx';

export const audiencesPages: readonly Page[] = [...askPages, ...statusPages, listPage, ...newPages, ...todayPages, statisticsPage, ...dayPages, ...audiencePages, ...actPages];
export const audiencesPanel: Panel = panel;
