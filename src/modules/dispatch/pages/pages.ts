import { glance } from '../../../core/glance.ts';
import type { Page, Panel } from '../../../core/page.ts';
import { countDispatches } from '../dispatch.server.ts';
import { caseSection, reads, sends, todaySection } from './dispatch-parts.tsx';
import { dispatchPage } from './dispatch-page.tsx';
import { dispatchListPage } from './list-page.tsx';
import { postagePage } from './postage-page.tsx';
import { postListPages } from './post-list-page.tsx';

export const dispatchPages: readonly Page[] = [dispatchListPage, ...postListPages, postagePage, dispatchPage];
export const dispatchPanel: Panel = {
  name: 'dispatch', parts: ['dispatch'], todayOrder: 30,
  ofCase: (page, file) => caseSection(page, file.id),
  today: todaySection,
  async menu(page) {
    if (!reads(page)) return [];
    const count = sends(page) ? (await glance(page.caller.personId ?? '', 'dispatch', 15, () => page.run(countDispatches, {}))).waiting : undefined;
    return [{ href: '/desk/dispatch', label: page.t('dispatch.list.title'), icon: 'send', order: 46, count: count || undefined }];
  },
};
