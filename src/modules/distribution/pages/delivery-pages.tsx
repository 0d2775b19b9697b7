import type { ReactElement } from 'react';
import { dayIn } from '../../../core/day.ts';
import { formatDay } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, errorsOf, first, many, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { renderPdf } from '../../../core/pdf.ts';
import { notFound, notNow } from '../../../core/refusal.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { askedTable, readToEnd, serveTable } from '../../../core/table-file.ts';
import { DateField, ErrorSummary, Hidden, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Empty, Exports, LinkButton, Notice, Pages, Section, State, Views } from '../../../ui/parts.tsx';
import { listColleagues } from '../../people/index.ts';
import { deliveryStates, deliveryViews, type DeliveryView } from '../delivery.ts';
import { receiveDeliveries, rerouteDelivery, returnDelivery, signOffDeliveries, withdrawDelivery } from '../delivery.server.ts';
import { countDeliveries, findWhereabouts, listDeliveries, type DeliveryRow } from '../delivery-list.server.ts';
import { actHref, awayWords, caseHref, has, LiesMark, lineActs, receiverName, receiverOptions, StateOf, todayOf, unitName } from './words.tsx';

const wanted = (page: PageContext) => {
  const text = (name: string): string => page.query.get(name) ?? '';
  const view = text('view') as DeliveryView;
  return { view: deliveryViews.includes(view) ? view : ('mine' as const), on: text('on'), unitId: text('unit'), state: deliveryStates.find((one) => one === text('state')) ?? ('' as const), after: text('after') };
};

function Row({ page, row, ticks }: { page: PageContext; row: DeliveryRow; ticks: boolean }): ReactElement {
  const { t } = page;
  const mayTick = row.can.receive || row.can.sign;
  return (
    <tr role="row">
      {ticks && <td role="cell">{mayTick && <><label className="vh" htmlFor={`c-${row.id}`}>{t('desk.select', { reference: row.reference })}</label><input type="checkbox" id={`c-${row.id}`} name="id" value={row.id} /></>}</td>}
      <th role="rowheader" scope="row" className="full"><a href={caseHref(row.caseId)} data-row={caseHref(row.caseId)}>{row.subject}</a><span className="sub"><span className="ref">{row.reference}</span>{row.sender && ` · ${row.sender}`}</span>{row.note && <span className="sub">{row.note}</span>}</th>
      <td role="cell">{receiverName(page, row)}<span className="sub">{[row.person && unitName(page, row.unitId), awayWords(page, row.away)].filter(Boolean).join(' · ')}</span></td>
      <td role="cell">{row.isCopy ? t('delivery.copy') : t('delivery.original')}<span className="sub">{t(`delivery.purpose.${row.purpose}`)}</span></td>
      <td role="cell"><At at={row.givenAt} style="both" /><span className="sub">{row.givenBy}</span></td>
      <td role="cell">{row.state === 'sent' ? <LiesMark page={page} row={row} /> : <StateOf page={page} row={row} />}{lineActs(row).length > 0 && <span className="sub">{lineActs(row).map((act) => <a key={act} href={actHref(row, act)} className="act">{t(`delivery.act.${act}`)}<span className="vh"> {row.reference}</span></a>)}</span>}</td>
    </tr>
  );
}

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const asked = wanted(page);
  const as = askedTable(page);
  if (as) {
    const { rows, isCut } = await readToEnd(async (cursor) => {
      const part = await page.run(listDeliveries, { ...asked, after: cursor, limit: 500 });
      return { rows: part.deliveries, next: part.next };
    });
    return serveTable(page, {
      name: t('delivery.title'), title: t('delivery.title'), isCut, columns: [{ title: t('desk.column.number') }, { title: t('delivery.what'), width: 40 }, { title: t('delivery.to'), width: 26 }, { title: t('delivery.kind') }, { title: t('delivery.given'), time: true }, { title: t('delivery.given_by'), width: 20 }, { title: t('delivery.state') }, { title: t('delivery.received_at'), time: true }, { title: t('delivery.received_by'), width: 20 }],
      rows: rows.map((row) => [row.reference, row.subject, [row.person, unitName(page, row.unitId)].filter(Boolean).join(', '), `${row.isCopy ? t('delivery.copy') : t('delivery.original')}, ${t(`delivery.purpose.${row.purpose}`)}`, row.givenAt, row.givenBy, t(`delivery.state.${row.state}`), row.receivedAt, row.receivedBy]),
    }, as);
  }
  const [{ deliveries, next }, counts, { people }] = await Promise.all([page.run(listDeliveries, asked), page.run(countDeliveries, {}), page.run(listColleagues, {})]);
  const keeps = has(page, 'registrar', 'chief');
  const views = deliveryViews.filter((view) => keeps || view === 'mine' || view === 'all');
  const mayReceive = asked.view === 'mine' && deliveries.some((row) => row.can.receive);
  const maySign = keeps && asked.view !== 'mine' && deliveries.some((row) => row.can.sign);
  const query = new URLSearchParams(page.query);
  query.delete('after');
  const errors = errorsOf(page, after?.errors);
  const values = after?.values ?? {};
  const print = new URLSearchParams({ on: asked.on || todayOf(page), ...(asked.unitId ? { unit: asked.unitId } : {}) });
  return page.html(
    <DeskPage title={t('delivery.title')}>
      <div className="head"><div><h1>{t('delivery.title')}</h1><p>{t('delivery.lead')}</p></div>{keeps && <div className="actions"><LinkButton icon="print" href={`/desk/deliveries.pdf?${print}`}>{t('delivery.print')}</LinkButton></div>}</div>
      {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
      <Views label={t('desk.views')} items={views.map((view) => ({ href: `/desk/deliveries?view=${view}`, label: t(`delivery.view.${view}`), count: view === 'all' ? undefined : counts[view], current: view === asked.view }))} />
      {asked.view === 'all' && (
        <form className="filters" action="/desk/deliveries"><Hidden fields={{ view: 'all' }} />
          <DateField name="on" label={t('delivery.on')} value={asked.on} /><SelectField name="unit" label={t('petition.unit')} empty={t('desk.filter.any_unit')} value={asked.unitId} options={page.office.data.units.map((unit) => ({ value: unit.id, label: textIn(unit.name, page.locale) }))} />
          <SelectField name="state" label={t('delivery.state')} empty={t('delivery.any')} value={asked.state} options={deliveryStates.map((state) => ({ value: state, label: t(`delivery.state.${state}`) }))} /><Button>{t('desk.filter.apply')}</Button>
        </form>
      )}
      {deliveries.length === 0 ? <Empty>{t(`delivery.empty.${asked.view}`)}</Empty> : (
        <form method="post" action={`/desk/deliveries?${query}`}>
          <table role="table" className="fold deliveries">
            <caption className="vh">{t(`delivery.view.${asked.view}`)}</caption>
            <thead role="rowgroup"><tr role="row">{(mayReceive || maySign) && <th role="columnheader" scope="col"><span className="vh">{t('desk.column.selected')}</span></th>}{['what', 'to', 'kind', 'given', 'state'].map((key) => <th key={key} role="columnheader" scope="col" className={key === 'what' ? 'full' : undefined}>{t(`delivery.${key}`)}</th>)}</tr></thead>
            <tbody role="rowgroup">{deliveries.map((row) => <Row key={row.id} page={page} row={row} ticks={mayReceive || maySign} />)}</tbody>
          </table>
          {mayReceive && <div className="actions" data-top><Button kind="primary" icon="check" name="act" value="receive">{t('delivery.receive_ticked')}</Button><Button name="act" value="receive_all">{t('delivery.receive_all')}</Button></div>}
          {asked.view === 'mine' && <Hidden fields={{ shown: deliveries.filter((row) => row.can.receive).map((row) => row.id).join(',') }} />}
          {maySign && (
            <div className="sp"><Section id="signed" title={t('delivery.signed')}><p className="meta">{t('delivery.signed.hint')}</p>
              <div className="filters"><SelectField name="signedBy" label={t('delivery.signed_by')} empty={t('delivery.signed_by.named')} value={first(values, 'signedBy')} error={errors['signedBy']} options={people.map((person) => ({ value: person.id, label: person.name, group: unitName(page, person.unitId) }))} className="wide" />
                <DateField name="on" id="signed-on" label={t('delivery.signed_on')} value={first(values, 'on') || todayOf(page)} error={errors['on']} max={todayOf(page)} /><Button name="act" value="sign">{t('delivery.sign_ticked')}</Button></div></Section></div>
          )}
        </form>
      )}
      <Pages previous={asked.after ? `/desk/deliveries?${query}` : null} next={next && `/desk/deliveries?${new URLSearchParams([...query, ['after', next]])}`} />
      {deliveries.length > 0 && <Exports page={page} />}
    </DeskPage>,
  );
}

const list = definePage({
  path: '/desk/deliveries', audience: 'desk', get: render,
  async post(page) {
    const act = first(page.values, 'act');
    const ids = act === 'receive_all' ? first(page.values, 'shown').split(',').filter(Boolean) : many(page.values, 'id');
    if (ids.length === 0) throw notNow('error.nothing_ticked');
    const { done } = act === 'sign' ? await page.run(signOffDeliveries, { ids, signedBy: first(page.values, 'signedBy'), on: first(page.values, 'on') }) : await page.run(receiveDeliveries, { ids });
    return page.redirect(`/desk/deliveries${page.url.search}`, { key: 'desk.done.received', args: { count: done } });
  },
});

/** The book as it is carried round: a page for each unit, with room for the signature. */
const print = definePage({
  path: '/desk/deliveries.pdf', audience: 'desk',
  async get(page) {
    const { t, office, locale } = page;
    const on = page.query.get('on') || todayOf(page);
    const { rows } = await readToEnd(async (cursor) => {
      const part = await page.run(listDeliveries, { view: 'all', on, unitId: page.query.get('unit') ?? '', after: cursor, limit: 500 });
      return { rows: part.deliveries.filter((row) => row.state !== 'withdrawn'), next: part.next };
    });
    const units = [...new Set(rows.map((row) => row.unitId))].toSorted((a, b) => unitName(page, a).localeCompare(unitName(page, b)));
    const time = (row: DeliveryRow): string => (row.state === 'received' && row.way === 'system' && row.receivedAt ? `${t('delivery.in_system')}, ${row.receivedBy}, ${formatDay(dayIn(office.jurisdiction.timeZone, row.receivedAt), locale, 'numeric')}` : '');
    const bytes = await renderPdf('delivery', {
      lang: locale, region: office.jurisdiction.country, title: t('delivery.title'), issuedAt: todayOf(page), office: { name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), accent: office.data.accent[0] }, day: formatDay(on, locale, 'long'),
      columns: [{ title: t('delivery.column.order'), width: 0.4, align: 'right' }, { title: t('desk.column.number'), width: 1.3 }, { title: t('delivery.what'), width: 3 }, { title: t('delivery.for_whom'), width: 1.6 }, { title: t('delivery.kind'), width: 1.2 }, { title: t('delivery.column.received_on'), width: 1.1 }, { title: t('delivery.column.signature'), width: 1.6 }],
      units: units.map((unitId) => ({
        name: unitName(page, unitId) || t('delivery.people'),
        rows: rows.filter((row) => row.unitId === unitId).toReversed().map((row, index) => [String(index + 1), row.reference, [row.subject, row.sender].filter(Boolean).join(' · '), row.person, `${row.isCopy ? t('delivery.copy') : t('delivery.original')}, ${t(`delivery.purpose.${row.purpose}`)}`, '', time(row)]),
      })),
      labels: { page: t('public.paper.page', { page: '{page}', pages: '{pages}' }), empty: t('delivery.empty.all') },
    });
    return serveFile({ fileName: `${t('delivery.title')} ${on}.pdf`, mediaType: 'application/pdf', content: bytes });
  },
});

async function renderAct(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const act = page.params['act'] as 'return' | 'reroute' | 'withdraw';
  const found = await page.run(findWhereabouts, { id: page.params['id']! });
  const row = found.deliveries.find((one) => one.id === page.params['delivery']);
  if (!row || !['return', 'reroute', 'withdraw'].includes(act)) throw notFound();
  const title = t(`delivery.act.${act}`);
  const errors = errorsOf(page, after?.errors, ['original', 'reason']);
  const value = (name: string): string => first(after?.values ?? page.values, name);
  const options = act === 'reroute' ? await receiverOptions(page, found.absences, found.file.access) : null;
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('delivery.title'), href: '/desk/deliveries' }, { label: row.reference, href: caseHref(row.caseId) }, { label: title }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1>
        <p className="meta">{row.subject} · {receiverName(page, row)} · <At at={row.givenAt} style="both" /></p>
        {!row.can[act] ? <><Notice>{t('error.delivery_settled')}</Notice><Actions><LinkButton href={caseHref(row.caseId)}>{t('desk.back_to_case')}</LinkButton></Actions></> : (
          <form method="post" action={actHref(row, act)} className="stack" noValidate>
            {row.reason && act === 'reroute' && <p><State kind="late">{t('delivery.state.returned')}</State> {row.returnedBy}: {row.reason}</p>}
            {options && <SelectField name="original" label={t('delivery.reroute.to')} empty={t('desk.choose')} options={[...options.units, ...options.people]} value={value('original')} error={errors['original']} />}
            {act === 'withdraw' ? <TextField name="reason" label={t('delivery.reason')} value={value('reason')} error={errors['reason']} optional /> : <TextArea name="reason" rows={3} label={t('delivery.reason')} hint={t(`delivery.reason.${act}`)} value={value('reason')} error={errors['reason']} />}
            <Actions><Button kind="primary">{title}</Button><LinkButton kind="quiet" href={caseHref(row.caseId)}>{t('desk.cancel')}</LinkButton></Actions>
          </form>
        )}
      </div>
    </DeskPage>,
  );
}

const doneKeys = { return: 'desk.done.delivery_returned', reroute: 'desk.done.delivery_rerouted', withdraw: 'desk.done.delivery_withdrawn' } as const;
const actPage = definePage({
  path: '/desk/cases/:id/deliveries/:delivery/:act', audience: 'desk', get: renderAct,
  async post(page) {
    const id = page.params['delivery']!;
    const [reason, original] = [first(page.values, 'reason'), first(page.values, 'original')];
    const act = page.params['act'];
    if (act === 'return') await page.run(returnDelivery, { id, reason });
    else if (act === 'reroute') await page.run(rerouteDelivery, { id, reason, original });
    else if (act === 'withdraw') await page.run(withdrawDelivery, { id, reason });
    else throw notFound();
    return page.redirect('/desk/deliveries', { key: doneKeys[act] });
  },
});

export const deliveryPages: readonly Page[] = [list, print, actPage];
