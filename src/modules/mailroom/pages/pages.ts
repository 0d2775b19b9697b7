import type { MenuItem, Page, PageContext, Panel } from '../../../core/page.ts';
import { countArrivals } from '../arrival.server.ts';
import { mailboxesPage, mailboxPage } from './mailbox-page.tsx';
import { mailsOfCase, today } from './mail-panel.tsx';
import { arrivalFile, arrivalPage, arrivalPicture, trayPage } from './tray-page.tsx';

export const mailroomPages: readonly Page[] = [trayPage, mailboxesPage, arrivalFile, arrivalPicture, arrivalPage, mailboxPage];

export const opens = (page: PageContext): boolean => ['registrar', 'citizens', 'chief'].some((role) => page.caller.roles.has(role as 'chief'));

export const mailroomPanel: Panel = {
  name: 'mailroom', parts: ['undelivered'], todayOrder: 0, ofCase: mailsOfCase, today,
  async menu(page) {
    const { t, caller } = page;
    const items: MenuItem[] = [];
    if (opens(page)) items.push({ href: '/desk/arrivals', label: t('arrival.menu'), icon: 'mail', order: 5, count: (await page.run(countArrivals, {})).waiting });
    if (caller.roles.has('it') || caller.roles.has('chief')) items.push({ href: '/desk/mailboxes', label: t('mailbox.title'), icon: 'settings', order: 92 });
    return items;
  },
};
