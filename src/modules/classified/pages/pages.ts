import type { Page, Panel } from '../../../core/page.ts';
import { ownStanding } from '../clearance.server.ts';
import { bookPages } from './book-page.tsx';
import { clearancePage, mayClear } from './clearance-page.tsx';
import { paperPages } from './paper-page.tsx';
import { registerPage } from './register-page.tsx';

export const classifiedPages: readonly Page[] = [...bookPages, registerPage, ...paperPages, clearancePage];
export const classifiedPanel: Panel = {
  name: 'classified',
  async menu(page) {
    const { reads } = await page.run(ownStanding, {});
    return [
      ...(reads ? [{ href: '/desk/classified', label: page.t('classified.menu'), icon: 'lock', order: 45 }] : []),
      ...(mayClear(page) ? [{ href: '/desk/clearances', label: page.t('clearance.title'), icon: 'lock', order: 94 }] : []),
    ];
  },
};
