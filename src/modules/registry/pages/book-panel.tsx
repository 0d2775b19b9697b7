import { isAllowed } from '../../../core/caller.ts';
import type { Panel } from '../../../core/page.ts';
import { LinkButton, Section } from '../../../ui/parts.tsx';
import { bookReaders, listBooks } from '../book.server.ts';
import { actsOfAny, caseMenu } from './case-pages.ts';
import { bookName, keepsBooks, todayOf } from './book-words.ts';

/** Whoever keeps the books may annul a number, and is reminded in the new year of those of the last that are still open. */
export const bookPanel: Panel = {
  name: 'registry',
  acts: (page, file) => [...actsOfAny(page, file), ...(keepsBooks(page) && !file.closedAt ? [{ key: 'annul', label: page.t('book.annul'), href: `/desk/cases/${file.id}/annul`, group: 'matter' as const }] : [])],
  async menu(page) {
    const own = await caseMenu(page);
    return isAllowed(bookReaders, page.caller) ? [...own, { href: '/desk/register', label: page.t('desk.nav.register'), icon: 'register', order: 20 }] : own;
  },
  async today(page) {
    if (!keepsBooks(page)) return null;
    const { t } = page;
    const year = Number(todayOf(page).slice(0, 4));
    const { books } = await page.run(listBooks, {});
    const open = books.filter((one) => one.year < year && one.closedOn === null && !one.isImported && one.last > 0);
    if (open.length === 0) return null;
    return (
      <Section id="books" title={t('book.today.title')}>
        <ul className="docs">{open.map((one) => <li key={`${one.book}-${one.year}`}><span>{t('book.today.open', { book: bookName(page, one.book), year: String(one.year), last: String(one.last) })}</span><LinkButton href={`/desk/register/close?book=${one.book}&year=${one.year}`}>{t('book.close')}</LinkButton></li>)}</ul>
      </Section>
    );
  },
};
