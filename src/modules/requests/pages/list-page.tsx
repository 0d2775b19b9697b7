import type { ReactElement } from 'react';
import { definePage, many, first, type PageContext } from '../../../core/page.ts';
import { askedTable, readToEnd, serveTable, type TableKind } from '../../../core/table-file.ts';
import { Hidden, SelectField, TextField } from '../../../ui/field.tsx';
import { ClockMark } from '../../../ui/icon.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { At, Button, Empty, Exports, Facts, Letter, LinkButton, On, Pages, State, Views } from '../../../ui/parts.tsx';
import { getPetition } from '../case.server.ts';
import { listPetitions, saveView, views, type CaseRow, type ListView } from '../list.server.ts';
import { kinds } from '../petition.ts';
import { listColleagues } from '../../people/index.ts';
import { assignPetition, closePetition } from '../work.server.ts';
import { unitName, unitOptions } from './case-words.ts';
import { countsOf } from './counts.ts';
import { nextStep } from './case-page.tsx';
import { notNow } from '../../../core/refusal.ts';

type Case = Awaited<ReturnType<typeof preview>>;
const preview = (page: PageContext, id: string) => page.run(getPetition, { id });
const shownViews: readonly ListView[] = ['open', 'inbox', 'mine', 'approval', 'late', 'soon', 'waiting', 'unit', 'settled'];

const link = (page: PageContext, change: Record<string, string | null>): string => {
  const query = new URLSearchParams(page.query);
  for (const name of ['held', 'after', 'open']) query.delete(name);
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return `/desk/petitions${text ? `?${text}` : ''}`;
};

function Row({ page, row, isOpen }: { page: PageContext; row: CaseRow; isOpen: boolean }): ReactElement {
  const { t } = page;
  return (
    <tr role="row" id={`row-${row.id}`} className={[isOpen ? 'open' : '', row.state === 'registered' ? 'new' : ''].join(' ').trim() || undefined}>
      <td role="cell"><label className="vh" htmlFor={`c-${row.id}`}>{t('desk.select', { reference: row.reference })}</label><input type="checkbox" id={`c-${row.id}`} name="id" value={row.id} /></td>
      <td role="cell" className="no ref">{row.reference}<span className="sub"><At at={row.registeredAt} /></span></td>
      <th role="rowheader" scope="row"><a href={`${link(page, { after: page.query.get('after'), open: row.id })}#p`} data-row={`/desk/petitions/${row.id}`}>{row.access === 'confidential' && <State>{t('petition.access.confidential')}</State>} {row.subject}</a><span className="sub">{row.sender || t('petition.anonymous')}{row.place && ` · ${row.place}`}</span></th>
      <td role="cell" className="who">{row.waitsFor ? t('petition.next.waiting_for', { who: row.waitsFor }) : t(`petition.next.${row.state}`)}<span className="sub">{row.handler || unitName(page, row.unitId) || t('petition.unassigned')}</span></td>
      <td role="cell" className="by"><ClockMark state={row.clock.state} label={row.clock.label || t(`petition.state.${row.state}`)} />{row.clock.target && <span className="sub">{row.clock.target}</span>}</td>
    </tr>
  );
}

function Preview({ page, shown }: { page: PageContext; shown: Case | null }): ReactElement {
  const { t } = page;
  if (!shown) return <aside id="p" aria-label={t('desk.preview')} tabIndex={0}><p className="meta">{t('desk.preview.empty')}</p></aside>;
  const next = nextStep(page, shown);
  return (
    <aside id="p" aria-labelledby="pt" tabIndex={0}>
      <p className="only-narrow"><a className="btn quiet" href={link(page, { after: page.query.get('after') })}>{t('ui.close')}</a></p>
      <p className="meta"><span className="ref">{shown.reference}</span> · {t(`petition.kind.${shown.kind}`)} · {t(`channel.${shown.channel}`)}</p>
      <h2 className="ptitle" id="pt">{shown.subject}</h2>
      {shown.clock && <p><ClockMark state={shown.clock.state} label={`${shown.clock.label}${shown.clock.stopped ? '' : ','}`} /> {!shown.clock.stopped && <On on={shown.clock.legalOn} style="long" />}</p>}
      {shown.clock && <p className="meta">{shown.clock.sentence}</p>}
      <div className="actions">{next && <LinkButton kind="primary" href={next.href}>{next.label}</LinkButton>}<LinkButton href={`/desk/petitions/${shown.id}`}>{t('desk.open')}</LinkButton></div>
      <Letter text={shown.body.length > 900 ? `${shown.body.slice(0, 900)}…` : shown.body || t('petition.see_scan')} lang={shown.locale} />
      <Facts facts={[[t('petition.sender'), shown.party?.name ?? t('petition.anonymous')], shown.place && [t('petition.place'), shown.place], [t('petition.unit'), unitName(page, shown.unitId) || '—'], shown.handler && [t('petition.handler'), shown.handler.name]]} />
      {shown.documents.length > 0 && <ul className="docs">{shown.documents.map((one) => <li key={one.id}><a href={`/desk/documents/${one.id}`}>{one.title}</a></li>)}</ul>}
    </aside>
  );
}

type Asked = Omit<Parameters<typeof listPetitions.run>[1], 'after' | 'limit'>;
async function listFile(page: PageContext, asked: Asked, as: TableKind): Promise<Response> {
  const { t } = page;
  const { rows, isCut } = await readToEnd(async (after) => {
    const { cases, next } = await page.run(listPetitions, { ...asked, after, limit: 500 });
    return { rows: cases, next };
  });
  const title = `${t('desk.petitions.title')}: ${t(`desk.view.${asked.view}`)}`;
  return serveTable(page, {
    name: title, title, isCut, filters: asked.query ? [{ label: t('desk.filter.contains'), value: asked.query }] : [],
    columns: [{ title: t('desk.column.number'), width: 16 }, { title: t('petition.received_on'), width: 12 }, { title: t('petition.kind'), width: 14 }, { title: t('petition.subject'), width: 44 }, { title: t('petition.sender'), width: 24 }, { title: t('petition.unit'), width: 26 }, { title: t('petition.handler'), width: 20 }, { title: t('desk.column.next'), width: 22 }, { title: t('desk.column.term'), width: 12 }],
    rows: rows.map((row) => [row.reference, row.registeredAt, t(`petition.kind.${row.kind}`), row.subject, row.sender || t('petition.anonymous'), unitName(page, row.unitId), row.handler, row.waitsFor ? t('petition.next.waiting_for', { who: row.waitsFor }) : t(`petition.next.${row.state}`), row.clock.legalOn]),
  }, as);
}

export const listPage = definePage({
  path: '/desk/petitions', audience: 'desk',
  async get(page, shown) {
    const { t, query } = page;
    const wanted = query.get('view') as ListView | null;
    const view: ListView = wanted && views.includes(wanted) ? wanted : 'open';
    const filter = (name: string): string => query.get(name) ?? '';
    const sort = filter('sort') === 'due' || ['late', 'soon'].includes(view) ? 'due' : 'newest';
    const asked = { view, query: filter('q'), kind: filter('kind'), unitId: filter('unit'), area: filter('area'), handlerId: filter('who'), sort } as const;
    const as = askedTable(page);
    if (as) return listFile(page, asked, as);
    // Side by side: what the page shows does not depend on one another, and the database has more than one core.
    const [{ cases, next }, counts, { people }] = await Promise.all([
      page.run(listPetitions, { ...asked, after: filter('after') }),
      countsOf(page), page.run(listColleagues, {}),
    ]);
    const openId = filter('open') || cases[0]?.id;
    const opened = openId && /^[0-9a-f-]{36}$/.test(openId) ? await preview(page, openId).catch(() => null) : null;
    const mayAssign = ['mayor', 'deputy', 'chief', 'head'].some((role) => page.caller.roles.has(role as 'chief'));
    const filtered = ['q', 'kind', 'unit', 'area', 'who'].some((name) => filter(name));
    return page.html(
      <DeskPage title={t('desk.petitions.title')} fullHeight>
        <div className="tri">
          <div tabIndex={0} role="region" aria-labelledby="lh">
            <div className="listhead">
              <h1 id="lh">{t('desk.petitions.title')}</h1>
              <Views label={t('desk.views')} items={shownViews.map((one) => ({ href: one === 'open' ? '/desk/petitions' : `/desk/petitions?view=${one}`, label: t(`desk.view.${one}`), count: one === 'settled' ? undefined : counts[one], current: one === view && !filtered }))} />
              {shown?.said && <p className="error" role="alert">{t(shown.said.key, shown.said.args)}</p>}
              <form className="filters" action="/desk/petitions">
                <Hidden fields={{ view: view === 'open' ? null : view, sort: filter('sort') || null }} />
                <TextField className="wide" name="q" id="fq" label={t('desk.filter.contains')} value={filter('q')} type="search" />
                <SelectField name="kind" id="fk" label={t('desk.filter.kind')} empty={t('desk.filter.any_kind')} value={filter('kind')} options={kinds.map((kind) => ({ value: kind, label: t(`petition.kind.${kind}`) }))} />
                <SelectField name="unit" id="fu" label={t('desk.filter.unit')} empty={t('desk.filter.any_unit')} value={filter('unit')} options={unitOptions(page)} />
                <SelectField name="who" id="fw" label={t('desk.filter.who')} empty={t('desk.filter.anyone')} value={filter('who')} options={[{ value: 'none', label: t('petition.unassigned') }, ...(page.caller.personId ? [{ value: page.caller.personId, label: t('desk.filter.me') }] : []), ...people.filter((person) => person.id !== page.caller.personId).map((person) => ({ value: person.id, label: person.name }))]} />
                <Button>{t('desk.filter.apply')}</Button>
                {filtered && <LinkButton kind="quiet" href={link(page, { q: null, kind: null, unit: null, area: null, who: null })}>{t('desk.filter.clear')}</LinkButton>}
              </form>
              {(filtered || view !== 'open') && (
                <details className="saveview"><summary>{t('desk.view.save')}</summary>
                  <form method="post" action="/desk/views" className="actions"><Hidden fields={{ query: new URLSearchParams([...query].filter(([name]) => ['view', 'q', 'kind', 'unit', 'area', 'who', 'sort'].includes(name))).toString() }} /><TextField name="name" id="viewname" label={t('desk.view.name')} maxLength={60} required /><Button>{t('desk.view.save')}</Button></form>
                </details>
              )}
            </div>
            {cases.length === 0 ? <div className="listhead"><Empty action={<LinkButton href="/desk/petitions/new" icon="plus">{t('ui.register_new')}</LinkButton>}>{t(filtered ? 'desk.petitions.none_found' : `desk.empty.${view}`)}</Empty></div> : (
              <form action={`/desk/petitions${page.url.search}`} method="post" data-bulk={t('desk.selected')}>
                <div className="bulk" role="group" aria-label={t('desk.bulk')}>
                  <b data-bulk-count aria-live="polite">{t('desk.bulk.hint')}</b>
                  {mayAssign && <>
                    <label className="vh" htmlFor="bu">{t('desk.filter.unit')}</label>
                    <select id="bu" name="unitId"><option value="">{t('desk.bulk.unit')}</option>{unitOptions(page).map((unit) => <option key={unit.value} value={unit.value}>{unit.label}</option>)}</select>
                    <label className="vh" htmlFor="bp">{t('petition.handler')}</label>
                    <select id="bp" name="personId"><option value="">{t('desk.bulk.person')}</option>{people.map((person) => <option key={person.id} value={person.id}>{person.name}</option>)}</select>
                    <Button name="act" value="assign" data-key="a">{t('desk.bulk.assign')}</Button>
                  </>}
                  <Button name="act" value="close">{t('desk.bulk.close')}</Button>
                </div>
                <table role="table" className="list fold">
                  <caption className="vh">{t('desk.petitions.caption', { view: t(`desk.view.${view}`), count: cases.length })}</caption>
                  <colgroup><col className="c-sel" /><col className="c-no" /><col /><col className="c-who" /><col className="c-by" /></colgroup>
                  <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col"><span className="vh">{t('desk.column.selected')}</span></th><th role="columnheader" scope="col" aria-sort={sort === 'newest' ? 'descending' : undefined}><a href={link(page, { sort: null })}>{t('desk.column.number')}{sort === 'newest' && ' ↓'}</a></th><th role="columnheader" scope="col">{t('desk.column.subject')}</th><th role="columnheader" scope="col">{t('desk.column.next')}</th><th role="columnheader" scope="col" aria-sort={sort === 'due' ? 'ascending' : undefined}><a href={link(page, { sort: 'due' })}>{t('desk.column.term')}{sort === 'due' && ' ↑'}</a></th></tr></thead>
                  <tbody role="rowgroup">{cases.map((row) => <Row key={row.id} page={page} row={row} isOpen={row.id === openId} />)}</tbody>
                </table>
              </form>
            )}
            <div className="keys">
              <span><kbd>J</kbd> <kbd>K</kbd> {t('desk.keys.move')}</span><span><kbd>X</kbd> {t('desk.keys.select')}</span><span><kbd>Enter</kbd> {t('desk.keys.open')}</span><span><kbd>N</kbd> {t('desk.keys.new')}</span><span><kbd>?</kbd> {t('desk.keys.all')}</span>
              <span data-end><Exports page={page} /><Pages previous={filter('after') ? link(page, {}) : null} next={next ? link(page, { after: next }) : null} /></span>
            </div>
          </div>
          <Preview page={page} shown={opened} />
        </div>
      </DeskPage>,
    );
  },
  async post(page) {
    const ids = many(page.values, 'id');
    if (ids.length === 0) throw notNow('error.nothing_selected');
    const act = first(page.values, 'act');
    for (const id of ids.slice(0, 100)) {
      if (act === 'assign') await page.run(assignPetition, { id, unitId: first(page.values, 'unitId'), personId: first(page.values, 'personId') });
      else if (act === 'close') await page.run(closePetition, { id });
    }
    return page.redirect(`/desk/petitions${page.url.search}`, { key: act === 'assign' ? 'desk.done.assigned' : 'desk.done.closed', args: { count: ids.length } });
  },
});

export const saveViewPage = definePage({
  path: '/desk/views', audience: 'desk',
  async post(page) {
    await page.run(saveView, { name: first(page.values, 'name'), query: first(page.values, 'query') });
    return page.redirect(`/desk/petitions?${first(page.values, 'query')}`, { key: 'desk.done.view_saved' });
  },
});
