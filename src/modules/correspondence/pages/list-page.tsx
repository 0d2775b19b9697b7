import { definePage } from '../../../core/page.ts';
import { askedTable, readToEnd, serveTable } from '../../../core/table-file.ts';
import { DeskPage } from '../../../ui/frame.tsx';
import { Empty, Exports, LinkButton, Pages, Views } from '../../../ui/parts.tsx';
import { letterViews, listLetters } from '../letter-list.server.ts';
import { templateKeepers, writers } from '../letter.ts';
import { has, LetterRows, waiting } from './letter-parts.tsx';

export const letterListPage = definePage({
  path: '/desk/letters', audience: 'desk',
  async get(page) {
    const { t } = page;
    const asked = page.query.get('view');
    const counts = await waiting(page);
    const view = letterViews.find((one) => one === asked) ?? (counts.approve.length > 0 ? 'approve' : has(page, 'registrar') && !has(page, 'clerk') ? 'sealed' : 'mine');
    const as = askedTable(page);
    if (as) {
      const { rows, isCut } = await readToEnd(async (after) => {
        const part = await page.run(listLetters, { view, after });
        return { rows: part.letters, next: part.next };
      });
      return serveTable(page, {
        name: t('letter.list.title'), title: `${t('letter.list.title')}: ${t(`letter.view.${view}`)}`, isCut, columns: [{ title: t('dispatch.column.reference'), width: 18 }, { title: t('petition.subject'), width: 50 }, { title: t('letter.recipients'), width: 40 }, { title: t('dispatch.column.state'), width: 18 }, { title: t('letter.written_by'), width: 24 }, { title: t('letter.changed'), width: 14 }],
        rows: rows.map((row) => [row.reference ?? row.caseReference, row.subject, row.addressees.join('; '), t(`letter.state.${row.state}`), row.writtenBy, row.updatedAt]),
      }, as);
    }
    const { letters, next } = await page.run(listLetters, { view, after: page.query.get('after') ?? '' });
    return page.html(
      <DeskPage title={t('letter.list.title')}>
        <div className="head"><div><h1>{t('letter.list.title')}</h1><p>{t('letter.list.lead', { approve: counts.approve.length })}</p></div>
          <div className="actions">{has(page, ...writers) && <LinkButton kind="primary" icon="pen" href="/desk/letters/new" data-key="n">{t('letter.act.write')}</LinkButton>}{has(page, ...templateKeepers) && <LinkButton kind="quiet" href="/desk/letter-templates">{t('template.list.title')}</LinkButton>}{has(page, 'it', 'chief') && <LinkButton kind="quiet" href="/desk/certificates">{t('certificate.list.title')}</LinkButton>}</div></div>
        <Views label={t('letter.list.title')} items={letterViews.map((one) => ({ href: `/desk/letters?view=${one}`, label: t(`letter.view.${one}`), current: one === view, ...(one === 'approve' ? { count: counts.approve.length } : {}) }))} />
        {letters.length === 0 ? <Empty>{t(`letter.none.${view}`)}</Empty> : <LetterRows page={page} letters={letters} />}
        <div className="listfoot"><Pages previous={page.query.get('after') ? `/desk/letters?view=${view}` : null} next={next ? `/desk/letters?view=${view}&after=${next}` : null} />{letters.length > 0 && <Exports page={page} />}</div>
      </DeskPage>,
    );
  },
});
