import type { ReactElement } from 'react';
import { definePage, errorsOf, first, many, type PageContext, type Shown } from '../../../core/page.ts';
import { isDay } from '../../../core/day.ts';
import { isId } from '../../../core/id.ts';
import { formatDay } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { askedTable, readToEnd, serveTable } from '../../../core/table-file.ts';
import { ErrorSummary, Hidden, SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Empty, Exports, LinkButton, Pages, Table, Views } from '../../../ui/parts.tsx';
import { acceptObligations } from '../obligation-lead.server.ts';
import { countObligations, findObligations, type ListedRow } from '../obligation-list.server.ts';
import { obligationStates, obligationViews, outcomes, sources } from '../obligation.ts';
import { DueMark, gives, nameOf, obligationHref, sourceName, unitName } from './words.tsx';

const filters = ['source', 'committeeId', 'unitId', 'ownerId', 'givenBy', 'from', 'until', 'outcome', 'state', 'query', 'caseId', 'escalated'] as const;
const isOneOf = (list: readonly string[]) => (value: string): boolean => list.includes(value);
const fits: Record<(typeof filters)[number], (value: string) => boolean> = {
  source: isOneOf(sources), committeeId: isId, unitId: (value) => value.length <= 60, ownerId: isId, givenBy: isId, from: isDay, until: isDay, outcome: isOneOf([...outcomes, 'moved']), state: isOneOf(obligationStates), query: (value) => value.length <= 200, caseId: isId, escalated: () => true,
};
/** What the list was asked to show; what is no such word is left out. */
function askedOf(page: PageContext) {
  const read = (name: string): string => page.query.get(name) ?? '';
  const view = obligationViews.find((one) => one === read('view')) ?? 'mine';
  return { view, known: Object.fromEntries(filters.filter((name) => read(name) !== '' && fits[name](read(name))).map((name) => [name, read(name)])) };
}
/** A case, where the caller sees it, and what it came from. */
export const From = ({ page, row }: { page: PageContext; row: ListedRow }): ReactElement => (
  <span className="sub">{sourceName(page, row)}{row.caseId && <> · <a href={`/desk/cases/${row.caseId}`} className="ref">{row.reference}</a> {row.subject}</>}{row.access === 'confidential' && ` · ${page.t('obligation.confidential')}`}</span>
);

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const { view, known } = askedOf(page);
  const as = askedTable(page);
  if (as) {
    const { rows, isCut } = await readToEnd(async (next) => {
      const part = await page.run(findObligations, { view, ...known, after: next, limit: 500 });
      return { rows: part.obligations, next: part.next };
    });
    return serveTable(page, {
      name: t('obligation.title'), title: `${t('obligation.title')}: ${t(`obligation.view.${view}`)}`, isCut,
      columns: [{ title: t('obligation.what'), width: 50 }, { title: t('obligation.source'), width: 24 }, { title: t('obligation.with'), width: 26 }, { title: t('obligation.by'), width: 20 }, { title: t('obligation.given_on') }, { title: t('obligation.due') }, { title: t('obligation.due.first') }, { title: t('obligation.state') }, { title: '%', width: 6 }, { title: t('desk.column.number') }],
      rows: rows.map((row) => [row.text, sourceName(page, row), row.owner || unitName(page, row.unitId), row.givenBy ?? '', row.at, row.dueOn, row.firstDueOn, t(`obligation.state.${row.state}`), row.percent, row.reference ?? '']),
    }, as);
  }
  const [{ obligations, next }, counts] = await Promise.all([page.run(findObligations, { view, ...known, after: page.query.get('after') ?? '' }), page.run(countObligations, {})]);
  const link = (more: Record<string, string>): string => `/desk/obligations?${new URLSearchParams({ view, ...known, ...more })}`;
  const errors = errorsOf(page, after?.errors);
  const chosen = new Set(many(after?.values ?? {}, 'ids'));
  const accepts = view === 'accept' && obligations.some((row) => row.can.accept);
  const isNarrowed = Object.keys(known).length > 0;
  const table = (
    <Table className={accepts ? 'ticked' : ''} caption={t(`obligation.view.${view}`)} head="what" columns={[...(accepts ? [{ key: 'tick', label: t('obligation.accept'), hidden: true }] : []), { key: 'what', label: t('obligation.what'), className: 'full' }, ...(view === 'mine' ? [] : [{ key: 'with', label: t('obligation.with') }]), ...(view === 'given' || view === 'accept' ? [] : [{ key: 'by', label: t('obligation.by') }]), { key: 'due', label: t('obligation.due') }]} rows={obligations.map((row) => ({
      id: row.id, cells: {
        tick: row.can.accept ? <input type="checkbox" name="ids" value={row.id} defaultChecked={chosen.has(row.id)} aria-label={nameOf(row)} /> : null,
        what: <><a href={obligationHref(row.id)} data-row={obligationHref(row.id)}>{nameOf(row)}</a><From page={page} row={row} />{row.report && row.state !== 'open' && <span className="sub">{row.report}</span>}</>,
        with: <>{row.owner || unitName(page, row.unitId)}<span className="sub">{row.owner && unitName(page, row.unitId)}</span></>, by: row.givenBy ?? '',
        due: <><DueMark page={page} row={row} />{row.percent > 0 && row.state === 'open' && <span className="sub">{t('obligation.percent', { percent: row.percent })}</span>}{row.askedDueOn && <span className="sub">{t('obligation.asked', { on: formatDay(row.askedDueOn, page.locale, 'short') })}</span>}</>,
      },
    }))} />
  );
  return page.html(
    <DeskPage title={t('obligation.title')}>
      {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
      <div className="head"><div><h1>{t('obligation.title')}</h1><p>{t('obligation.lead')}</p></div><div className="actions"><LinkButton kind="quiet" icon="chart" href="/desk/obligations/report">{t('realisation.title')}</LinkButton>{gives(page) && <LinkButton kind={accepts ? '' : 'primary'} icon="plus" href="/desk/obligations/new">{t('obligation.new')}</LinkButton>}</div></div>
      <Views label={t('desk.views')} items={obligationViews.map((one) => ({ href: `/desk/obligations?view=${one}`, label: t(`obligation.view.${one}`), current: one === view, ...(one === 'mine' ? { count: counts.mine } : one === 'accept' && counts.accept > 0 ? { count: counts.accept } : {}) }))} />
      <form className="filters" action="/desk/obligations" role="search" aria-label={t('obligation.filter')}>
        <Hidden fields={{ view, ...Object.fromEntries(Object.entries(known).filter(([name]) => !['query', 'source', 'unitId'].includes(name))) }} />
        <TextField className="wide" name="query" type="search" label={t('obligation.words')} value={known['query']} />
        <SelectField name="source" label={t('obligation.source')} empty={t('obligation.any')} value={known['source']} options={sources.map((one) => ({ value: one, label: t(`obligation.source.${one}`) }))} />
        <SelectField name="unitId" label={t('obligation.unit')} empty={t('obligation.any')} value={known['unitId']} options={page.office.data.units.map((unit) => ({ value: unit.id, label: textIn(unit.name, page.locale) }))} />
        <Button icon="search">{t('obligation.show')}</Button>
      </form>
      {obligations.length === 0 ? <Empty action={isNarrowed ? <LinkButton href={`/desk/obligations?view=${view}`}>{t('obligation.show_all')}</LinkButton> : gives(page) && view === 'given' ? <LinkButton href="/desk/obligations/new">{t('obligation.new')}</LinkButton> : undefined}>{t(isNarrowed ? 'obligation.empty.narrowed' : `obligation.empty.${view}`)}</Empty>
        : accepts ? <form method="post" action={link({})}>{table}<Actions><Button kind="primary" icon="check">{t('obligation.accept.ticked')}</Button></Actions></form> : table}
      <div className="listfoot"><Pages previous={page.query.get('after') ? link({}) : null} next={next ? link({ after: next }) : null} />{obligations.length > 0 && <Exports page={page} />}</div>
    </DeskPage>,
  );
}

export const listPage = definePage({
  path: '/desk/obligations', audience: 'desk', get: render,
  async post(page) {
    const { done } = await page.run(acceptObligations, { ids: many(page.values, 'ids') });
    return page.redirect(first(page.values, 'back') === 'today' ? '/desk' : '/desk/obligations?view=accept', { key: 'obligation.done.accept', args: { count: done } });
  },
});
