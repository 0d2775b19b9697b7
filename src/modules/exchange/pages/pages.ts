import type { Page, Panel } from '../../../core/page.ts';
import { importPages, mayImport } from './import-page.tsx';

export const exchangePages: readonly Page[] = [...importPages];
export const exchangePanel: Panel = {
  name: 'exchange',
  menu: (page) => (mayImport(page) ? [{ href: '/desk/import', label: page.t('import.title'), icon: 'upload', order: 58 }] : []),
};
