import type { Page, Panel } from '../../../core/page.ts';
import { writers } from '../letter.ts';
import { certificatePage } from './certificate-page.tsx';
import { filePages } from './file-pages.ts';
import { letterPage, newLetterPage } from './letter-page.tsx';
import { caseSection, has, todaySection, waiting } from './letter-parts.tsx';
import { letterListPage } from './list-page.tsx';
import { templatePages } from './template-pages.tsx';

export const correspondencePages: readonly Page[] = [letterListPage, newLetterPage, ...templatePages, certificatePage, letterPage, ...filePages];
export const correspondencePanel: Panel = {
  name: 'correspondence', parts: ['letter'],
  acts: (page, file) => (file.closedAt || file.kind === 'reserved' || !has(page, ...writers) ? [] : [{ key: 'letter', label: page.t('letter.act.write'), href: `/desk/letters/new?case=${file.id}`, icon: 'pen' }]),
  ofCase: (page, file) => caseSection(page, file.id),
  today: todaySection,
  async menu(page) {
    const counts = await waiting(page);
    return [{ href: '/desk/letters', label: page.t('letter.list.title'), icon: 'pen', order: 12, count: counts.approve.length + counts.refused.length || undefined }];
  },
};
