import type { ReactElement } from 'react';
import { glance } from '../../../core/glance.ts';
import { definePage, type MenuItem, type PageContext } from '../../../core/page.ts';
import { askedTable, readToEnd, serveTable } from '../../../core/table-file.ts';
import { DateField, Hidden, SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { At, Button, Empty, Exports, Facts, Letter, LinkButton, On, Pages, State, Views } from '../../../ui/parts.tsx';
import { caseViews, countCases, listCases, type CaseListView, type CaseRow } from '../case-list.server.ts';
import { getCase, type CaseView } from '../case.server.ts';
import { directions } from '../paper.server.ts';
import { nextAct, stateOf } from './case-page.tsx';
import { className, classOptions, unitName, unitOptions } from './case-words.ts';

const countsOf = (page: PageContext) => glance(page.caller.personId ?? '', 'cases', 10, () => page.run(countCases, {}));
const distributes = (page: PageContext): boolean => ['registrar', 'chief', 'citizens'].some((role) => page.caller.roles.has(role as 'chief'));

/** Other mail in the menu, with what is still to be given to somebody. */
export async function caseMenu(page: PageContext): Promise<MenuItem[]> {
  const counts = await countsOf(page);
  return [{ href: '/desk/cases', label: page.t('case.list.title'), icon: 'file', order: 15, count: distributes(page) ? counts.distribute : counts.mine }];
}

const filters = ['q', 'direction', 'class', 'unit', 'from', 'until'] as const;
const link = (page: PageContext, change: Record<string, string | null>): string => {
  const query = new URLSearchParams(page.query);
  for (const name of ['held', 'after', 'open']) query.delete(name);
  for (const [name, value] of Object.entries(change)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  return `/desk/cases${text ? `?${text}` : ''}`;
};

function Row({ page, row, isOpen }: { page: PageContext; row: CaseRow; isOpen: boolean }): ReactElement {
  const { t } = page;
  const state = row.annulledAt ? 'annulled' : row.isMerged ? 'merged' : row.closedAt ? 'closed' : !row.unitId && !row.isDelivered ? 'new' : 'open';
  return (
    <tr role="row" id={`row-${row.id}`} className={[isOpen ? 'open' : '', state === 'new' ? 'new' : ''].join(' ').trim() || undefined}>
      <td role="cell"><label className="vh" htmlFor={`c-${row.id}`}>{t('desk.select', { reference: row.reference })}</label><input type="checkbox" id={`c-${row.id}`} name="id" value={row.id} /></td>
      <td role="cell" className="no ref">{row.annulledAt ? <s>{row.reference}</s> : row.reference}<span className="sub">{row.receivedOn ? <On on={row.receivedOn} /> : <At at={row.openedAt} />}</span></td>
      <th role="rowheader" scope="row"><a href={`${link(page, { after: page.query.get('after'), open: row.id })}#p`} data-row={`/desk/cases/${row.id}`}>{row.access === 'confidential' && <State>{t('petition.access.confidential')}</State>} {row.subject}</a><span className="sub">{[row.direction !== 'in' && t(`entry.direction.${row.direction}`), row.party].filter(Boolean).join(' · ')}</span></th>
      <td role="cell" className="who">{t(`case.state.${state}`)}{state !== 'new' && <span className="sub">{row.handler || unitName(page, row.unitId) || t('petition.unassigned')}</span>}</td>
      <td role="cell" className="by">{row.backOn && <On on={row.backOn} style="short" />}{row.awaited && <span className="sub">{row.awaited}</span>}</td>
    </tr>
  );
}

function Preview({ page, shown }: { page: PageContext; shown: CaseView | null }): ReactElement {
  const { t } = page;
  if (!shown) return <aside id="p" aria-label={t('desk.preview')} tabIndex={0}><p className="meta">{t('desk.preview.empty')}</p></aside>;
  const next = nextAct(page, shown);
  const opening = shown.entries[0];
  return (
    <aside id="p" aria-labelledby="pt" tabIndex={0}>
      <p className="only-narrow"><a className="btn quiet" href={link(page, { after: page.query.get('after') })}>{t('ui.close')}</a></p>
      <p className="meta"><span className="ref">{shown.reference}</span> · {stateOf(page, shown)}{opening && ` · ${t(`entry.direction.${opening.direction}`)} · ${t(`channel.${opening.channel}`)}`}</p>
      <h2 className="ptitle" id="pt">{shown.subject}</h2>
      <div className="actions">{next && <LinkButton kind="primary" href={next.href}>{next.label}</LinkButton>}<LinkButton href={`/desk/cases/${shown.id}`}>{t('desk.open')}</LinkButton></div>
      {opening?.body && <Letter text={opening.body.length > 900 ? `${opening.body.slice(0, 900)}…` : opening.body} />}
      <Facts facts={[[t('paper.party'), shown.party?.name ?? '—'], opening?.senderReference && [t('petition.sender_reference'), opening.senderReference], [t('petition.class'), className(page, shown.classCode)], [t('petition.unit'), unitName(page, shown.unitId) || '—'], shown.handler && [t('petition.handler'), shown.handler.name], [t('petition.entries'), String(shown.entries.length)]]} />
      {shown.documents.length > 0 && <ul className="docs">{shown.documents.map((one) => <li key={one.id}><a href={`/desk/documents/${one.id}`}>{one.title}</a></li>)}</ul>}
    </aside>
  );
}

export const caseListPage = definePage({
  path: '/desk/cases', audience: 'desk',
  async get(page) {
    const { t, query } = page;
    const read = (name: string): string => query.get(name) ?? '';
    const asked = read('view') as CaseListView;
    const view: CaseListView = caseViews.includes(asked) ? asked : 'open';
    const wanted = { view, query: read('q'), direction: read('direction'), classCode: read('class'), unitId: read('unit'), from: read('from'), until: read('until') };
    const as = askedTable(page);
    if (as) {
      const { rows, isCut } = await readToEnd(async (after) => {
        const part = await page.run(listCases, { ...wanted, after });
        return { rows: part.cases, next: part.next };
      });
      return serveTable(page, {
        name: 'cases', title: t('case.list.title'), isCut, columns: [{ title: t('desk.column.number'), width: 22 }, { title: t('petition.received_on') }, { title: t('entry.direction') }, { title: t('petition.subject'), width: 50 }, { title: t('paper.party'), width: 30 }, { title: t('petition.class') }, { title: t('petition.unit'), width: 26 }, { title: t('petition.handler'), width: 26 }, { title: t('case.closed_on') }],
        rows: rows.map((row) => [row.reference, row.receivedOn ?? row.openedAt, t(`entry.direction.${row.direction}`), row.subject, row.party, row.classCode, unitName(page, row.unitId), row.handler, row.closedAt]),
      }, as);
    }
    const [{ cases, next }, counts] = await Promise.all([page.run(listCases, { ...wanted, after: read('after') }), countsOf(page)]);
    const openId = read('open') || cases[0]?.id;
    const opened = openId && /^[0-9a-f-]{36}$/.test(openId) ? await page.run(getCase, { id: openId }).catch(() => null) : null;
    const filtered = filters.some((name) => read(name));
    const countIn: Partial<Record<CaseListView, number>> = counts;
    return page.html(
      <DeskPage title={t('case.list.title')} fullHeight>
        <div className="tri">
          <div tabIndex={0} role="region" aria-labelledby="lh">
            <div className="listhead">
              <h1 id="lh">{t('case.list.title')}</h1>
              <Views label={t('desk.views')} items={caseViews.map((one) => ({ href: one === 'open' ? '/desk/cases' : `/desk/cases?view=${one}`, label: t(`case.view.${one}`), count: countIn[one], current: one === view && !filtered }))} />
              <form className="filters" action="/desk/cases">
                <Hidden fields={{ view: view === 'open' ? null : view }} />
                <TextField className="wide" name="q" id="fq" label={t('desk.filter.contains')} value={read('q')} type="search" />
                <SelectField name="direction" id="fd" label={t('entry.direction')} empty={t('register.all')} value={read('direction')} options={directions.map((one) => ({ value: one, label: t(`entry.direction.${one}`) }))} />
                <SelectField name="class" id="fc" label={t('petition.class')} empty={t('register.all')} value={read('class')} options={classOptions(page)} />
                <SelectField name="unit" id="fu" label={t('desk.filter.unit')} empty={t('desk.filter.any_unit')} value={read('unit')} options={unitOptions(page)} />
                <div className="days"><DateField name="from" id="ff" label={t('register.from')} value={read('from')} /><DateField name="until" id="ft" label={t('register.until')} value={read('until')} /></div>
                <Button>{t('desk.filter.apply')}</Button>
                {filtered && <LinkButton kind="quiet" href={link(page, Object.fromEntries(filters.map((name) => [name, null])))}>{t('desk.filter.clear')}</LinkButton>}
              </form>
            </div>
            {cases.length === 0 ? <div className="listhead"><Empty action={<LinkButton href="/desk/petitions/new" icon="plus">{t('ui.register_new')}</LinkButton>}>{t(filtered ? 'desk.petitions.none_found' : `case.empty.${view}`)}</Empty></div> : (
              <form action="/desk/labels" data-bulk={t('desk.selected')}>
                <div className="bulk" role="group" aria-label={t('desk.bulk')}><b data-bulk-count aria-live="polite">{t('desk.bulk.hint')}</b><Button data-key="p">{t('label.print_many')}</Button></div>
                <table role="table" className="list fold">
                  <caption className="vh">{t('case.list.caption', { view: t(`case.view.${view}`), count: cases.length })}</caption>
                  <colgroup><col className="c-sel" /><col className="c-no" /><col /><col className="c-who" /><col className="c-by" /></colgroup>
                  <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col"><span className="vh">{t('desk.column.selected')}</span></th><th role="columnheader" scope="col">{t('desk.column.number')}</th><th role="columnheader" scope="col">{t('case.column.subject')}</th><th role="columnheader" scope="col">{t('case.column.state')}</th><th role="columnheader" scope="col">{t('case.column.back')}</th></tr></thead>
                  <tbody role="rowgroup">{cases.map((row) => <Row key={row.id} page={page} row={row} isOpen={row.id === openId} />)}</tbody>
                </table>
              </form>
            )}
            <div className="keys">
              <span><kbd>J</kbd> <kbd>K</kbd> {t('desk.keys.move')}</span><span><kbd>X</kbd> {t('desk.keys.select')}</span><span><kbd>Enter</kbd> {t('desk.keys.open')}</span><span><kbd>N</kbd> {t('desk.keys.new')}</span><span><kbd>?</kbd> {t('desk.keys.all')}</span>
              <span data-end><Exports page={page} /><Pages previous={read('after') ? link(page, {}) : null} next={next ? link(page, { after: next }) : null} /></span>
            </div>
          </div>
          <Preview page={page} shown={opened} />
        </div>
      </DeskPage>,
    );
  },
});
