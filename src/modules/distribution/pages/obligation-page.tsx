import { formatDay } from '../../../core/language.ts';
import { definePage, errorsOf, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { askedTable, readToEnd, serveTable } from '../../../core/table-file.ts';
import { ErrorSummary, TextArea } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { ClockMark } from '../../../ui/icon.tsx';
import { Actions, Button, Crumbs, Empty, Exports, LinkButton, Pages, State, Table, Views } from '../../../ui/parts.tsx';
import { findObligations, finishObligation, obligationViews, type ObligationView } from '../../obligations/index.ts';
import { caseHref, todayOf, unitName } from './words.tsx';

const viewOf = (page: PageContext): ObligationView => obligationViews.find((one) => one === page.query.get('view')) ?? 'mine';

const list = definePage({
  path: '/desk/obligations', audience: 'desk',
  async get(page) {
    const { t, locale } = page;
    const view = viewOf(page);
    const as = askedTable(page);
    if (as) {
      const { rows, isCut } = await readToEnd(async (after) => {
        const part = await page.run(findObligations, { view, after, limit: 500 });
        return { rows: part.obligations, next: part.next };
      });
      return serveTable(page, {
        name: t('obligation.title'), title: `${t('obligation.title')}: ${t(`obligation.view.${view}`)}`, isCut, columns: [{ title: t('obligation.what'), width: 50 }, { title: t('obligation.with') , width: 26 }, { title: t('obligation.by'), width: 20 }, { title: t('obligation.due') }, { title: t('obligation.state') }, { title: t('desk.column.number') }],
        rows: rows.map((row) => [row.text, row.owner || unitName(page, row.unitId), row.givenBy ?? '', row.dueOn, t(`obligation.state.${row.state}`), row.reference]),
      }, as);
    }
    const { obligations, next } = await page.run(findObligations, { view, after: page.query.get('after') ?? '' });
    const today = todayOf(page);
    return page.html(
      <DeskPage title={t('obligation.title')}>
        <div className="head"><div><h1>{t('obligation.title')}</h1><p>{t('obligation.lead')}</p></div></div>
        <Views label={t('desk.views')} items={obligationViews.map((one) => ({ href: `/desk/obligations?view=${one}`, label: t(`obligation.view.${one}`), current: one === view }))} />
        {obligations.length === 0 ? <Empty>{t(`obligation.empty.${view}`)}</Empty> : (
          <Table caption={t(`obligation.view.${view}`)} head="what" columns={[{ key: 'what', label: t('obligation.what'), className: 'full' }, { key: 'with', label: t('obligation.with') }, { key: 'by', label: t('obligation.by') }, { key: 'due', label: t('obligation.due') }]} rows={obligations.map((row) => ({
            id: row.id, cells: {
              what: <><a href={caseHref(row.caseId!)} data-row={caseHref(row.caseId!)}>{row.text}</a><span className="sub"><span className="ref">{row.reference}</span> · {row.subject}</span>{row.report && <span className="sub">{row.report}</span>}</>,
              with: <>{row.owner || unitName(page, row.unitId)}<span className="sub">{row.owner && unitName(page, row.unitId)}</span></>, by: row.givenBy ?? '',
              due: <>{row.state !== 'open' ? <State>{t(`obligation.state.${row.state}`)}</State> : row.dueOn ? <ClockMark state={row.dueOn < today ? 'late' : 'ok'} label={formatDay(row.dueOn, locale, 'short')} /> : t('resolution.due.none')}{row.can.finish && <span className="sub"><a className="act" href={`/desk/obligations/${row.id}`}>{t('obligation.act.finish')}<span className="vh">: {row.text}</span></a></span>}</>,
            },
          }))} />
        )}
        <Pages previous={page.query.get('after') ? `/desk/obligations?view=${view}` : null} next={next && `/desk/obligations?${new URLSearchParams({ view, after: next })}`} />
        {obligations.length > 0 && <Exports page={page} />}
      </DeskPage>,
    );
  },
});

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const errors = errorsOf(page, after?.errors);
  return page.html(
    <DeskPage title={t('obligation.act.finish')}>
      <Crumbs items={[{ label: t('obligation.title'), href: '/desk/obligations' }, { label: t('obligation.act.finish') }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{t('obligation.act.finish')}</h1>
        <form method="post" action={`/desk/obligations/${page.params['id']}`} className="stack" noValidate data-unsaved="1">
          <TextArea name="report" rows={5} label={t('obligation.report')} value={first(after?.values ?? page.values, 'report')} error={errors['report']} />
          <Actions><Button kind="primary">{t('obligation.finish')}</Button><LinkButton kind="quiet" href="/desk/obligations">{t('desk.cancel')}</LinkButton></Actions>
        </form>
      </div>
    </DeskPage>,
  );
}
const finish = definePage({
  path: '/desk/obligations/:id', audience: 'desk', get: render,
  async post(page) {
    await page.run(finishObligation, { id: page.params['id']!, report: first(page.values, 'report') });
    return page.redirect('/desk/obligations', { key: 'desk.done.obligation_finished' });
  },
});

export const obligationPages: readonly Page[] = [list, finish];
