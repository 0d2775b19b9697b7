import { definePage, type PageContext, type Shown } from '../../../core/page.ts';
import { many, first } from '../../../core/page.ts';
import { askedTable, readToEnd, serveTable } from '../../../core/table-file.ts';
import { ErrorSummary, Hidden } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Empty, Exports, LinkButton, Pages, Table, Views } from '../../../ui/parts.tsx';
import { countDispatches, listDispatches, type DispatchRow } from '../dispatch.server.ts';
import { listedWays, type ListedWay } from '../dispatch.ts';
import { makePostList } from '../post-list.server.ts';
import { money, sends, StateMark } from './dispatch-parts.tsx';

const views = { post: ['waiting', 'post'], registered: ['waiting', 'registered'], courier: ['waiting', 'courier'], pickup: ['waiting', 'pickup'], sent: ['sent', ''], delivered: ['delivered', ''], failed: ['failed', ''], email: ['', 'email'] } as const;
type View = keyof typeof views;
const isView = (name: string): name is View => Object.hasOwn(views, name);

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const asked = page.query.get('view') ?? first(page.values, 'view');
  const view: View = isView(asked) ? asked : 'post';
  const [state, way] = views[view];
  const as = askedTable(page);
  if (as) {
    const { rows, isCut } = await readToEnd(async (from) => {
      const part = await page.run(listDispatches, { state, way, after: from });
      return { rows: part.dispatches, next: part.next };
    });
    return serveTable(page, {
      name: t('dispatch.list.title'), title: `${t('dispatch.list.title')}: ${t(`dispatch.view.${view}`)}`, isCut,
      columns: ['reference', 'addressee', 'address', 'way', 'state', 'weight', 'postage', 'tracking', 'at'].map((name) => ({ title: t(`dispatch.column.${name}`), width: name === 'addressee' || name === 'address' ? 30 : 14 })),
      rows: rows.map((row) => [row.reference, row.addressee, row.address || row.email, t(`dispatch.way.${row.way}`), t(`dispatch.state.${row.state}`), row.weightG, row.postageCents === null ? null : row.postageCents / 100, row.tracking, row.at]),
    }, as);
  }
  const [{ dispatches, next }, counts] = await Promise.all([page.run(listDispatches, { state, way, after: page.query.get('after') }), page.run(countDispatches, {})]);
  const picked = after || page.query.has('held') ? many(page.values, 'ids') : [];
  const lists = sends(page) && (listedWays as readonly string[]).includes(view) && dispatches.length > 0;
  const table = (
    <Table caption={t('dispatch.list.title')} head="to" columns={[...(lists ? [{ key: 'pick', label: t('dispatch.pick'), hidden: true }] : []), { key: 'to', label: t('dispatch.column.addressee'), className: 'full' }, { key: 'what', label: t('dispatch.column.what') }, { key: 'postage', label: t('dispatch.column.postage'), className: 'right' }, { key: 'state', label: t('dispatch.column.state') }]}
      rows={dispatches.map((row: DispatchRow) => ({ id: row.id, cells: {
        pick: <><label className="vh" htmlFor={`d-${row.id}`}>{t('desk.select', { reference: row.reference })}</label><input type="checkbox" id={`d-${row.id}`} name="ids" value={row.id} defaultChecked={picked.includes(row.id)} /></>,
        to: <><a href={`/desk/dispatch/${row.id}`} data-row={`/desk/dispatch/${row.id}`}>{row.addressee}</a><span className="sub">{row.address || row.email}</span></>,
        what: <><span className="ref">{row.reference}</span><span className="sub">{row.subject}</span></>,
        postage: row.postageCents === null ? (row.way === 'email' || row.way === 'pickup' ? '' : '—') : <>{money(page, row.postageCents)}<span className="sub">{row.weightG ? t('dispatch.grams', { weight: row.weightG }) : ''}</span></>,
        state: <><StateMark page={page} row={row} /><span className="sub">{row.listId && row.listNumber ? <a href={`/desk/dispatch/lists/${row.listId}`}>{t('post_list.number', { number: row.listNumber })}</a> : <At at={row.failedAt ?? row.deliveredAt ?? row.sentAt ?? row.at} />}</span></>,
      } }))} />
  );
  return page.html(
    <DeskPage title={t('dispatch.list.title')}>
      {after?.said && <ErrorSummary errors={{}} title={t(after.said.key, after.said.args)} />}
      <div className="head"><div><h1>{t('dispatch.list.title')}</h1><p>{t('dispatch.list.lead', { waiting: counts.waiting })}</p></div><div className="actions"><LinkButton href="/desk/dispatch/lists" icon="print">{t('post_list.title')}</LinkButton><LinkButton kind="quiet" href="/desk/dispatch/postage">{t('postage.title')}</LinkButton></div></div>
      <Views label={t('dispatch.list.title')} items={(Object.keys(views) as View[]).map((name) => ({ href: `/desk/dispatch?view=${name}`, label: t(`dispatch.view.${name}`), current: name === view }))} />
      {dispatches.length === 0 ? <Empty>{t(`dispatch.none.${state || 'email'}`)}</Empty> : lists
        ? <form method="post" action="/desk/dispatch"><Hidden fields={{ way: view, view }} />{table}<Actions><Button kind="primary" icon="print">{t(`post_list.make.${view}`)}</Button><span className="meta">{t('post_list.make.hint')}</span></Actions></form> : table}
      <div className="listfoot"><Pages previous={page.query.get('after') ? `/desk/dispatch?view=${view}` : null} next={next ? `/desk/dispatch?view=${view}&after=${next}` : null} /><Exports page={page} /></div>
    </DeskPage>,
  );
}

export const dispatchListPage = definePage({
  path: '/desk/dispatch', audience: 'desk', get: render,
  async post(page) {
    const made = await page.run(makePostList, { way: first(page.values, 'way') as ListedWay, ids: many(page.values, 'ids') });
    return page.redirect(`/desk/dispatch/lists/${made.id}`, { key: 'post_list.done.made', args: { number: made.number, pieces: made.pieces } });
  },
});
