import type { Page } from '../../../core/page.ts';
import { adoptPage } from './adopt-page.tsx';
import { actPage } from './act-page.tsx';
import { casePage } from './case-page.tsx';
import { dashboardPage } from './dashboard-page.tsx';
import { listPage, saveViewPage } from './list-page.tsx';
import { newPage } from './new-page.tsx';
import { paperPages } from './paper-pages.tsx';
import { publicPages } from './public.ts';
import { searchData, searchPage } from './search-page.tsx';
import { todayPage } from './today-page.tsx';

export const requestPages: readonly Page[] = [...publicPages, todayPage, listPage, saveViewPage, newPage, dashboardPage, searchPage, searchData, ...paperPages, casePage, adoptPage, actPage];
