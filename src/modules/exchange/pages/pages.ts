import type { Page, Panel } from '../../../core/page.ts';
import { casePages } from './case-page.ts';
import { importPages, mayImport } from './import-page.tsx';

export const exchangePages: readonly Page[] = [...importPages, ...casePages];
export const exchangePanel: Panel = {
  name: 'exchange',
  acts: ({ t }, file) => (file.kind === 'reserved' ? [] : [
    { key: 'bundle', label: t('export.bundle'), href: `/desk/cases/${file.id}/bundle.pdf`, icon: 'print', group: 'file' }, { key: 'folder', label: t('export.folder'), href: `/desk/cases/${file.id}/folder.zip`, icon: 'file', group: 'file' },
  ]),
  menu: (page) => (mayImport(page) ? [{ href: '/desk/import', label: page.t('import.title'), icon: 'upload', order: 58 }] : []),
};
