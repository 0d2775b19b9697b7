import type { ReactElement } from 'react';
import { glance } from '../../../core/glance.ts';
import { formatDay } from '../../../core/language.ts';
import type { CaseAct, CaseHead, MenuItem, PageContext, Panel } from '../../../core/page.ts';
import { ClockMark } from '../../../ui/icon.tsx';
import { At, Button, LinkButton, Section } from '../../../ui/parts.tsx';
import { Hidden } from '../../../ui/field.tsx';
import { countDeliveries, findWhereabouts, listDeliveries, type DeliveryRow } from '../delivery-list.server.ts';
import { readRokovnik } from '../bring-forward.server.ts';
import { ForwardRows } from './rokovnik-page.tsx';
import { actHref, awayWords, caseHref, has, LiesMark, lineActs, receiverName, StateOf, unitName } from './words.tsx';

const givers = ['registrar', 'chief', 'mayor', 'deputy', 'head', 'clerk', 'adviser'];
const leaders = ['mayor', 'deputy', 'chief', 'head'];
const countsOf = (page: PageContext) => glance(page.caller.personId ?? '', 'deliveries', 10, () => page.run(countDeliveries, {}));

function acts(page: PageContext, file: CaseHead): CaseAct[] {
  const { t } = page;
  if (file.kind === 'reserved') return [];
  const href = (act: string): string => `${caseHref(file.id)}/${act}`;
  const isPaper = file.kind === 'paper';
  const matter = ['link', 'merge', 'split'];
  const offered: [string, string, string, boolean][] = [
    ['deliver', t('delivery.act.give'), 'send', has(page, ...givers)], ['resolve', t('resolution.act.give'), 'pen', file.closedAt === null && has(page, ...leaders)],
    ['bring-forward', t('rokovnik.act.put'), 'calendar', file.closedAt === null && has(page, ...givers, 'citizens', 'protocol')], ['link', t('matter.act.link'), 'link', isPaper && has(page, ...givers, 'citizens', 'protocol')],
    ['merge', t('matter.act.merge'), 'link', isPaper && file.closedAt === null && has(page, 'registrar', ...leaders)], ['split', t('matter.act.split'), 'file', isPaper && file.closedAt === null && has(page, 'registrar', ...leaders)],
  ];
  return offered.filter(([, , , may]) => may).map(([key, label, icon]) => ({ key, label, icon, href: href(key), group: matter.includes(key) ? 'matter' : 'work' }));
}

async function ofCase(page: PageContext, file: CaseHead): Promise<ReactElement | null> {
  const { t } = page;
  const [found, book] = await Promise.all([page.run(findWhereabouts, { id: file.id }), page.run(readRokovnik, { caseId: file.id })]);
  const { holder, deliveries } = found;
  const split = found.entries.filter((one) => one.splitTo);
  const [forward] = book.waiting;
  const copies = deliveries.filter((row) => row.isCopy && (row.state === 'sent' || row.state === 'received'));
  if (deliveries.length === 0 && split.length === 0 && !forward) return null;
  return (
    <Section id="whereabouts" title={t('delivery.whereabouts')} aside={<span className="meta">{forward ? t('rokovnik.lies', { on: formatDay(forward.dueOn, page.locale, 'numeric') }) : t(`delivery.holder.${holder.state}`, { who: receiverName(page, holder) })}</span>}>
      {forward && <p>{t('rokovnik.lies', { on: formatDay(forward.dueOn, page.locale, 'long') })}{forward.awaited && `, ${t('rokovnik.awaited')}: ${forward.awaited}`}{forward.awaitedFrom && ` (${forward.awaitedFrom})`}. <a href={`${caseHref(file.id)}/bring-forward`}>{t('rokovnik.act.take')}</a></p>}
      {copies.length > 0 && <p className="meta">{t('delivery.copies_with', { who: copies.map((row) => receiverName(page, row)).join(', ') })}</p>}
      {deliveries.length > 0 && <ul className="rows">{deliveries.slice(0, 12).map((row) => (
        <li key={row.id}><span><b>{receiverName(page, row)}</b>{row.person && unitName(page, row.unitId) && `, ${unitName(page, row.unitId)}`}{row.isCopy && ` · ${t('delivery.copy')}`} · {t(`delivery.purpose.${row.purpose}`)}</span><At at={row.givenAt} style="both" />
          <span className="sub"><StateOf page={page} row={row} />{row.note && <span> · {row.note}</span>}{row.away && <span> · {awayWords(page, row.away)}</span>}{lineActs(row).map((act) => <a key={act} className="act" href={actHref(row, act)}>{t(`delivery.act.${act}`)}</a>)}</span></li>))}</ul>}
      {split.length > 0 && <ul className="rows">{split.map((one) => <li key={one.id}><span><span className="ref">{one.reference}</span> {one.subject}</span><a href={caseHref(one.splitTo!)}>{t('matter.went')}</a></li>)}</ul>}
    </Section>
  );
}

const Lines = ({ page, rows, lies }: { page: PageContext; rows: readonly DeliveryRow[]; lies?: boolean }): ReactElement => (
  <ul className="rows">{rows.map((row) => <li key={row.id}><a href={caseHref(row.caseId)} data-row={caseHref(row.caseId)}>{row.subject}</a>{lies ? row.state === 'returned' ? <ClockMark state="late" label={page.t('delivery.state.returned')} /> : <LiesMark page={page} row={row} /> : <At at={row.givenAt} style="both" />}
    <span className="sub"><span className="ref">{row.reference}</span> · {lies && row.state !== 'returned' && `${receiverName(page, row)} · `}{row.isCopy ? page.t('delivery.copy') : page.t(`delivery.purpose.${row.purpose}`)}{row.givenBy && !lies && ` · ${row.givenBy}`}{row.reason && ` · ${row.reason}`}</span></li>)}</ul>
);

async function today(page: PageContext): Promise<ReactElement | null> {
  const { t } = page;
  const counts = await countsOf(page);
  const keeps = has(page, 'registrar');
  const list = async (view: 'mine' | 'returned' | 'undelivered', most: number, asked: boolean) => (asked ? (await page.run(listDeliveries, { view, limit: most })).deliveries : []);
  const [mine, returned, lying, book] = await Promise.all([list('mine', 6, counts.mine > 0), list('returned', 4, keeps && counts.returned > 0), list('undelivered', 4, keeps && counts.undelivered > 0), page.run(readRokovnik, { mine: !keeps })]);
  const morning = [...book.waiting.filter((row) => row.dueOn <= book.today), ...book.back].slice(0, 6);
  const lies = [...returned, ...lying];
  if (counts.resolutions + mine.length + lies.length + morning.length === 0) return null;
  return (
    <>
      {counts.resolutions > 0 && <Section id="resolve" title={t('resolution.title')} aside={<span className="meta">{counts.resolutions}</span>}><p>{t('resolution.waiting', { count: counts.resolutions })}</p><p className="actions" data-top><LinkButton kind="primary" icon="pen" href="/desk/resolutions">{t('resolution.begin')}</LinkButton></p></Section>}
      {mine.length > 0 && <Section id="receive" title={t('delivery.today.mine')} aside={<a href="/desk/deliveries">{t('desk.all', { count: counts.mine })}</a>}>
        <form method="post" action="/desk/deliveries"><Lines page={page} rows={mine} /><Hidden fields={{ shown: mine.map((row) => row.id).join(',') }} /><p className="actions" data-top><Button name="act" value="receive_all" icon="check">{t('delivery.receive_all')}</Button></p></form></Section>}
      {lies.length > 0 && <Section id="lies" title={t('delivery.today.lies')} aside={<a href={`/desk/deliveries?view=${returned.length > 0 ? 'returned' : 'undelivered'}`}>{t('desk.all', { count: counts.returned + counts.undelivered })}</a>}><Lines page={page} rows={lies} lies /></Section>}
      {morning.length > 0 && <Section id="rokovnik" title={t('rokovnik.morning')} aside={<a href="/desk/rokovnik">{t('rokovnik.title')}</a>}><ForwardRows page={page} rows={morning} /></Section>}
    </>
  );
}

async function menu(page: PageContext): Promise<MenuItem[]> {
  const { t } = page;
  const counts = await countsOf(page);
  // Who leads does not hand papers over by the book: there these stand among the registers.
  const from = has(page, 'mayor', 'deputy') ? 20 : 0;
  return [
    ...(has(page, 'mayor', 'deputy', 'chief') || counts.resolutions > 0 ? [{ href: '/desk/resolutions', label: t('resolution.title'), icon: 'pen', order: 5, count: counts.resolutions }] : []),
    { href: '/desk/deliveries', label: t('delivery.menu'), icon: 'send', order: from + 16, count: has(page, 'registrar') ? counts.mine + counts.returned + counts.undelivered : counts.mine },
    { href: '/desk/rokovnik', label: t('rokovnik.title'), icon: 'calendar', order: from + 18 },
  ];
}

export const panel: Panel = { name: 'distribution', parts: ['delivery', 'bring_forward', 'split'], todayOrder: 10, acts, ofCase, today, menu };
