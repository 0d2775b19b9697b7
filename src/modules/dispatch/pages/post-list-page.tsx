import { dayIn } from '../../../core/day.ts';
import { formatAt, formatDay } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, first, type PageContext, type Shown } from '../../../core/page.ts';
import { renderPdf, type PdfOffice, type RegisterData } from '../../../core/pdf.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { isId } from '../../../core/id.ts';
import { notFound } from '../../../core/refusal.ts';
import { askedTable, readToEnd, serveTable } from '../../../core/table-file.ts';
import { ErrorSummary, Hidden } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { At, Button, Crumbs, Empty, Exports, LinkButton, Pages, State, Table } from '../../../ui/parts.tsx';
import { getDispatch, type DispatchRow } from '../dispatch.server.ts';
import { dropFromList, getPostList, handPostList, listPostLists, type PostList } from '../post-list.server.ts';
import { money, sends } from './dispatch-parts.tsx';

const heading = ({ office, locale }: PageContext): PdfOffice => ({
  name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), address: office.data.address, phone: office.data.phone, email: office.data.email, ...(office.data.web ? { web: office.data.web } : {}), accent: office.data.accent[0],
});
const paper = (page: PageContext, title: string) => ({ lang: page.locale, region: page.office.jurisdiction.country, title, issuedAt: dayIn(page.office.jurisdiction.timeZone, page.now), office: heading(page) });
const titleOf = (page: PageContext, list: PostList): string => `${page.t(`post_list.book.${list.way}`)} ${list.number}/${list.year}`;

/** The list as it is handed over: for the post with its franking, for the town with a column to sign in. */
function printed(page: PageContext, list: PostList, dispatches: readonly DispatchRow[]): RegisterData {
  const { t, office, locale } = page;
  const forTown = list.way === 'courier';
  const column = (name: string, width: number, more: object = {}) => ({ title: t(`dispatch.column.${name}`), width, ...more });
  return {
    ...paper(page, titleOf(page, list)), book: titleOf(page, list), year: formatDay(dayIn(office.jurisdiction.timeZone, list.madeAt), locale, 'long'),
    columns: [{ title: t('post_list.column.no'), width: 0.5 }, column('addressee', 3), column('address', 3), column('reference', 2), ...(forTown ? [{ title: t('post_list.column.taken_on'), width: 1.6 }, { title: t('post_list.column.signature'), width: 3 }] : [column('tracking', 2), column('weight', 1), column('postage', 1.2, { decimals: 2, align: 'right' as const })])],
    rows: dispatches.map((row, index) => ({ cells: [String(index + 1), row.addressee, row.address, row.reference, ...(forTown ? ['', ''] : [row.tracking, row.weightG ? String(row.weightG) : '', ''])], amounts: forTown ? [] : [(row.postageCents ?? 0) / 100] })),
    numbers: { decimal: ',', group: '.' }, printed: t('post_list.printed', { at: formatAt(page.now, office.jurisdiction.timeZone, locale), by: page.caller.name }),
    labels: { page: t('public.paper.page', { page: '{page}', pages: '{pages}' }), onPage: t('post_list.on_page'), carried: t('post_list.carried'), toHere: t('post_list.to_here') },
  };
}

const pdf = (name: string, content: Uint8Array): Response => serveFile({ fileName: `${name.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.pdf`, mediaType: 'application/pdf', content });
const labelsOf = async (page: PageContext, title: string, rows: readonly DispatchRow[], as: string): Promise<Response> =>
  pdf(title, await renderPdf('labels', { ...paper(page, title), kind: as === 'envelope' ? 'envelope' : 'label', labels: { page: '{page}' }, pieces: rows.map((row) => ({ name: row.addressee, lines: row.address.split(/,\s*|\n/).filter(Boolean), reference: row.reference, delivery: row.way === 'registered' ? page.t('public.letter.registered') : '' })) }));

const listsPage = definePage({
  path: '/desk/dispatch/lists', audience: 'desk',
  async get(page) {
    const { t } = page;
    const as = askedTable(page);
    if (as) {
      const { rows, isCut } = await readToEnd(async (after) => {
        const part = await page.run(listPostLists, { after: after || null });
        return { rows: part.lists, next: part.next };
      });
      return serveTable(page, {
        name: t('post_list.title'), title: t('post_list.title'), isCut, columns: [{ title: t('post_list.one'), width: 28 }, { title: t('register.date'), width: 14 }, { title: t('post_list.pieces'), width: 10 }, { title: t('dispatch.column.postage'), width: 12 }],
        rows: rows.map((list) => [titleOf(page, list), list.madeAt, list.pieces, list.cents / 100]),
      }, as);
    }
    const { lists, next } = await page.run(listPostLists, { after: page.query.get('after') });
    return page.html(
      <DeskPage title={t('post_list.title')}>
        <Crumbs items={[{ label: t('dispatch.list.title'), href: '/desk/dispatch' }, { label: t('post_list.title') }]} />
        <h1>{t('post_list.title')}</h1>
        {lists.length === 0 ? <Empty>{t('post_list.none')}</Empty> : (
          <Table caption={t('post_list.title')} head="list" columns={[{ key: 'list', label: t('post_list.one'), className: 'full' }, { key: 'pieces', label: t('post_list.pieces'), className: 'right' }, { key: 'cents', label: t('dispatch.column.postage'), className: 'right' }, { key: 'handed', label: t('post_list.handed') }]} rows={lists.map((list) => ({
            id: list.id, cells: { list: <><a href={`/desk/dispatch/lists/${list.id}`} data-row={`/desk/dispatch/lists/${list.id}`}>{titleOf(page, list)}</a><span className="sub"><At at={list.madeAt} /> · {list.madeBy}</span></>, pieces: list.pieces, cents: list.cents ? money(page, list.cents) : '', handed: list.handedAt ? <At at={list.handedAt} style="both" /> : <State kind="soon">{t('post_list.not_handed')}</State> },
          }))} />
        )}
        <Pages previous={page.query.get('after') ? '/desk/dispatch/lists' : null} next={next ? `/desk/dispatch/lists?after=${next}` : null} />
        {lists.length > 0 && <Exports page={page} />}
      </DeskPage>,
    );
  },
});

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const { list, dispatches } = await page.run(getPostList, { id: page.params['id']! });
  const title = titleOf(page, list);
  const open = !list.handedAt && sends(page);
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('dispatch.list.title'), href: '/desk/dispatch' }, { label: t('post_list.title'), href: '/desk/dispatch/lists' }, { label: `${list.number}/${list.year}` }]} />
      {after?.said && <ErrorSummary errors={{}} title={t(after.said.key, after.said.args)} />}
      <div className="casehead"><div className="line">{list.handedAt ? <State kind="ok">{t('post_list.handed')} <At at={list.handedAt} style="both" /></State> : <State kind="soon">{t('post_list.not_handed')}</State>}<span>{t('post_list.sum', { pieces: list.pieces, amount: money(page, list.cents) })}</span></div><h1>{title}</h1></div>
      <div className="next">
        {open && dispatches.length > 0 && <form method="post" action={`/desk/dispatch/lists/${list.id}`}><Hidden fields={{ act: 'hand' }} /><Button kind="primary" icon="check">{t(list.way === 'courier' ? 'post_list.hand.courier' : 'post_list.hand.post')}</Button></form>}
        <LinkButton icon="print" href={`/desk/dispatch/lists/${list.id}/list.pdf`}>{t('post_list.print')}</LinkButton><LinkButton href={`/desk/dispatch/lists/${list.id}/labels.pdf`}>{t('dispatch.labels')}</LinkButton><LinkButton kind="quiet" href={`/desk/dispatch/lists/${list.id}/envelopes.pdf`}>{t('dispatch.envelopes')}</LinkButton>
      </div>
      {dispatches.length === 0 ? <Empty>{t('post_list.empty')}</Empty> : (
        <Table caption={title} head="to" columns={[{ key: 'to', label: t('dispatch.column.addressee'), className: 'full' }, { key: 'reference', label: t('dispatch.column.reference') }, { key: 'tracking', label: t('dispatch.column.tracking') }, { key: 'postage', label: t('dispatch.column.postage'), className: 'right' }, ...(open ? [{ key: 'off', label: t('post_list.take_off'), hidden: true }] : [])]} rows={dispatches.map((row) => ({
          id: row.id, cells: { to: <><a href={`/desk/dispatch/${row.id}`} data-row={`/desk/dispatch/${row.id}`}>{row.addressee}</a><span className="sub">{row.address}</span></>, reference: <span className="ref">{row.reference}</span>, tracking: row.tracking || '—', postage: row.postageCents === null ? '—' : money(page, row.postageCents),
            off: <form method="post" action={`/desk/dispatch/lists/${list.id}`}><Hidden fields={{ act: 'off', dispatchId: row.id }} /><Button kind="quiet">{t('post_list.take_off')}<span className="vh"> {row.addressee}</span></Button></form> },
        }))} />
      )}
    </DeskPage>,
  );
}

const listPage = definePage({
  path: '/desk/dispatch/lists/:id', audience: 'desk', get: render,
  async post(page) {
    const id = page.params['id']!;
    if (first(page.values, 'act') === 'off') {
      await page.run(dropFromList, { id, dispatchId: first(page.values, 'dispatchId') });
      return page.redirect(`/desk/dispatch/lists/${id}`, { key: 'post_list.done.off' });
    }
    const done = await page.run(handPostList, { id });
    return page.redirect(`/desk/dispatch/lists/${id}`, { key: 'post_list.done.handed', args: { pieces: done.pieces } });
  },
});

const printPage = definePage({
  path: '/desk/dispatch/lists/:id/:paper', audience: 'desk',
  async get(page) {
    const { list, dispatches } = await page.run(getPostList, { id: page.params['id']! });
    if (page.params['paper'] === 'list.pdf') return pdf(titleOf(page, list), await renderPdf('register', printed(page, list, dispatches)));
    if (page.params['paper'] === 'labels.pdf') return labelsOf(page, titleOf(page, list), dispatches, 'label');
    if (page.params['paper'] === 'envelopes.pdf') return labelsOf(page, titleOf(page, list), dispatches, 'envelope');
    throw notFound();
  },
});

const labelsPage = definePage({
  path: '/desk/dispatch/labels.pdf', audience: 'desk',
  async get(page) {
    const ids = page.query.getAll('ids').filter(isId).slice(0, 60);
    const rows = await Promise.all(ids.map(async (id) => (await page.run(getDispatch, { id })).dispatch));
    if (rows.length === 0) throw notFound();
    return labelsOf(page, page.t('dispatch.labels'), rows, page.query.get('as') ?? '');
  },
});

export const postListPages = [listsPage, labelsPage, listPage, printPage];
