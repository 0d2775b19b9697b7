import type { ReactElement } from 'react';
import { dayIn } from '../../../core/day.ts';
import { calendarNames, formatDay, formatNumber } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, type Page, type PageContext } from '../../../core/page.ts';
import { renderPdf } from '../../../core/pdf.ts';
import { Refusal } from '../../../core/refusal.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { askedTable, serveTable, type TableCell } from '../../../core/table-file.ts';
import { DateField, ErrorSummary, Hidden } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Button, Columns, Crumbs, Empty, Section, Table, Views } from '../../../ui/parts.tsx';
import { findObligations } from '../obligation-list.server.ts';
import { groups, readRealisation, type Figures, type Group } from '../realisation.server.ts';
import { nameOf, sourceName, unitName } from './words.tsx';

const path = '/desk/obligations/report';
const narrowingNames = ['source', 'committeeId', 'unitId', 'ownerId', 'givenBy', 'from', 'until'] as const;
const filterOf: Record<Group, string> = { committee: 'committeeId', unit: 'unitId', owner: 'ownerId', giver: 'givenBy', source: 'source' };
const shares = [['inTime', 'in_time', 'is-ok'], ['doneLate', 'done_late', 'is-soon'], ['waiting', 'waiting', 'is-paused'], ['open', 'open', ''], ['late', 'late', 'is-late']] as const;

async function read(page: PageContext) {
  const by = groups.find((one) => one === page.query.get('by')) ?? 'unit';
  const known: Partial<Record<(typeof narrowingNames)[number], string>> = Object.fromEntries(narrowingNames.map((name) => [name, page.query.get(name) ?? '']).filter(([, value]) => value !== ''));
  let said: string | null = null;
  const figures = await page.run(readRealisation, { ...(known as object), by }).catch((error: unknown) => {
    // A day that is none leaves the page with the year until today.
    if (!(error instanceof Refusal) || error.status !== 422) throw error;
    const [field] = Object.values(error.fields);
    said = field ? page.t(field.key, field.args) : page.t(error.said.key, error.said.args);
    return page.run(readRealisation, { by });
  });
  const nameOfGroup = (group: { key: string; name: string }): string => (by === 'unit' ? unitName(page, group.key) || group.name : by === 'source' ? page.t(`obligation.source.${group.key}`) : group.name) || page.t(`realisation.none.${by}`);
  return { by, known, figures, said, nameOfGroup };
}
const outOf = (figures: Figures): number => figures.given - figures.dropped;
const share = (figures: Figures): string => (outOf(figures) > 0 ? `${Math.round(((figures.inTime + figures.doneLate) / outOf(figures)) * 100)} %` : '—');
const days = (page: PageContext, figures: Figures): string => (figures.averageDays === null ? '—' : formatNumber(Math.round(figures.averageDays * 10) / 10, page.locale));
const period = (page: PageContext, figures: { from: string; until: string }): string => `${formatDay(figures.from, page.locale, 'numeric')} – ${formatDay(figures.until, page.locale, 'numeric')}`;

/** A bar that is parted by how it came out; the numbers stand in the table below. */
function Stack({ page, figures, most }: { page: PageContext; figures: Figures; most: number }): ReactElement {
  const wide = (value: number): number => (value / Math.max(1, most)) * 100;
  return (
    <svg role="img" preserveAspectRatio="none" viewBox="0 0 100 10" aria-label={shares.map(([key, word]) => `${page.t(`realisation.${word}`)} ${figures[key]}`).join(', ')}>
      {shares.map(([key, , className], index) => (figures[key] > 0 ? <rect key={key} className={className} x={wide(shares.slice(0, index).reduce((sum, [before]) => sum + figures[before], 0))} width={wide(figures[key])} height="10" /> : null))}
    </svg>
  );
}

const report = definePage({
  path, audience: 'desk',
  async get(page) {
    const { t, locale } = page;
    const { by, known, figures, said, nameOfGroup } = await read(page);
    const { total } = figures;
    const as = askedTable(page);
    if (as === 'pdf') return servePdf(page);
    const columns = ['given', 'in_time', 'done_late', 'waiting', 'open', 'late', 'dropped', 'moved'] as const;
    const cells = (one: Figures): TableCell[] => [one.given, one.inTime, one.doneLate, one.waiting, one.open, one.late, one.dropped, one.moved, one.averageDays === null ? null : Math.round(one.averageDays * 10) / 10];
    if (as) return serveTable(page, {
      name: t('realisation.title'), title: t('realisation.title'), filters: [{ label: t('realisation.period'), value: period(page, figures) }],
      columns: [{ title: t(`realisation.by.${by}`), width: 40 }, ...columns.map((one) => ({ title: t(`realisation.${one}`), width: 12 })), { title: t('realisation.days'), width: 12 }],
      rows: [...figures.groups.map((group) => [nameOfGroup(group), ...cells(group)]), [t('realisation.total'), ...cells(total)]],
    }, as);
    const query = (more: Record<string, string>): string => String(new URLSearchParams({ ...known, from: figures.from, until: figures.until, ...more }));
    const listOf = (more: Record<string, string>): string => `/desk/obligations?${query({ view: 'all', ...more })}`;
    const count = (value: number, more: Record<string, string>, kind = '') => (value > 0 ? <a className={kind} href={listOf(more)}>{formatNumber(value, locale)}</a> : 0);
    const big = (value: ReactElement | string | number, label: string, kind = '') => <div className={`figure ${kind}`}><dt>{label}</dt><dd>{value}</dd></div>;
    const most = Math.max(1, ...figures.groups.map(outOf));
    const months = calendarNames(locale).shortMonths;
    return page.html(
      <DeskPage title={t('realisation.title')}>
        <Crumbs items={[{ label: t('obligation.title'), href: '/desk/obligations' }, { label: t('realisation.title') }]} />
        {said && <ErrorSummary errors={{}} title={said} />}
        <div className="head"><div><h1>{t('realisation.title')}</h1><p>{t('realisation.lead', { period: period(page, figures) })}</p></div></div>
        <Views label={t('realisation.by')} items={groups.map((one) => ({ href: `${path}?${query({ by: one })}`, label: t(`realisation.by.${one}`), current: one === by }))} />
        <form className="filters" action={path}><Hidden fields={{ by, ...Object.fromEntries(Object.entries(known).filter(([name]) => name !== 'from' && name !== 'until')) }} /><DateField name="from" label={t('realisation.from')} value={figures.from} /><DateField name="until" label={t('realisation.until')} value={figures.until} /><Button>{t('obligation.show')}</Button></form>
        {total.given === 0 ? <Empty>{t('realisation.empty')}</Empty> : <>
          <dl className="figures">
            {big(count(total.given, {}), t('realisation.given'))}{big(share(total), t('realisation.done_share'))}{big(count(total.inTime, { outcome: 'in_time' }), t('realisation.in_time'))}{big(count(total.doneLate, { outcome: 'done_late' }), t('realisation.done_late'))}{big(count(total.open, { outcome: 'open' }), t('realisation.open'))}
            {big(count(total.late, { outcome: 'late' }), t('realisation.late'), total.late > 0 ? 'late' : '')}{big(days(page, total), t('realisation.days'))}
          </dl>
          <Section id="groups" title={t(`realisation.by.${by}`)}>
            <table className="bars wide"><caption className="vh">{t(`realisation.by.${by}`)}</caption><thead className="vh"><tr><th scope="col">{t(`realisation.by.${by}`)}</th><th scope="col">{t('realisation.outcome')}</th><th scope="col">{t('realisation.done_share')}</th></tr></thead>
              <tbody>{figures.groups.slice(0, 25).map((group) => <tr key={group.key}><th scope="row">{group.key ? <a href={listOf({ [filterOf[by]]: group.key })}>{nameOfGroup(group)}</a> : nameOfGroup(group)}</th><td><Stack page={page} figures={group} most={most} /></td><td className="right num">{share(group)}</td></tr>)}</tbody></table>
            <p className="meta legend parts">{shares.map(([key, word, className]) => <span key={key} className="nowrap"><svg className="swatch" width="14" height="14" aria-hidden="true"><rect className={className} width="14" height="14" /></svg> {t(`realisation.${word}`)}</span>)}</p>
          </Section>
          <Section id="flow" title={t('realisation.by_month')}><Columns label={t('realisation.by_month')} points={figures.months.map((one) => ({ label: months[Number(one.month.slice(5)) - 1] ?? one.month, sub: one.month.slice(0, 4), value: one.given, second: one.done }))} />
            <p className="meta legend"><span className="key b" /> {t('realisation.given')} <span className="key second" /> {t('realisation.done')}</p></Section>
          <Section id="table" title={t('realisation.numbers')}><div className="spread" role="group" aria-label={t('realisation.numbers')} tabIndex={0}>
            <Table fold={false} className="sums" caption={t('realisation.numbers')} head="name" columns={[{ key: 'name', label: t(`realisation.by.${by}`), className: 'full' }, ...columns.map((one) => ({ key: one, label: t(`realisation.${one}`), className: 'right' })), { key: 'days', label: t('realisation.days'), className: 'right' }]}
              rows={figures.groups.map((group) => {
                const of = (outcome: string): Record<string, string> => ({ ...(group.key ? { [filterOf[by]]: group.key } : {}), ...(outcome ? { outcome } : {}) });
                const shown = (value: number, outcome: string) => (group.key ? count(value, of(outcome)) : value);
                return { id: group.key || 'none', cells: { name: nameOfGroup(group), given: shown(group.given, ''), in_time: shown(group.inTime, 'in_time'), done_late: shown(group.doneLate, 'done_late'), waiting: shown(group.waiting, 'waiting'), open: shown(group.open, 'open'), late: group.late > 0 ? <span className="clock late">{shown(group.late, 'late')}</span> : 0, dropped: shown(group.dropped, 'dropped'), moved: shown(group.moved, 'moved'), days: days(page, group) } };
              })} />
          </div></Section>
          <nav className="exports" aria-label={t('ui.exports')}>{['csv', 'xlsx', 'pdf'].map((one) => <a key={one} href={`${path}?${query({ by, as: one })}`} download={one === 'pdf' ? undefined : ''}>{one.toUpperCase()}</a>)}</nav>
        </>}
      </DeskPage>,
    );
  },
});

/** The report as a paper to lay before the collegium: figures, the drawing, the table, and what is past its day. */
async function servePdf(page: PageContext): Promise<Response> {
  const { t, locale, office } = page;
  const { by, known, figures, nameOfGroup } = await read(page);
  const late = await page.run(findObligations, { view: 'late', ...(known as object), from: figures.from, until: figures.until, limit: 60 });
  const number = (value: number): string => formatNumber(value, locale);
  const row = (name: string, one: Figures): string[] => [name, ...[one.given, one.inTime, one.doneLate, one.waiting, one.open, one.late, one.dropped, one.moved].map(number), days(page, one), share(one)];
  const content = await renderPdf('realisation', {
    lang: locale, region: office.jurisdiction.country, title: t('realisation.title'), issuedAt: dayIn(office.jurisdiction.timeZone, page.now),
    office: { name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), address: office.data.address, phone: office.data.phone, accent: office.data.accent[0] },
    lead: t('realisation.lead', { period: period(page, figures) }), facts: [['given', number(figures.total.given)], ['done_share', share(figures.total)], ['in_time', number(figures.total.inTime)], ['late', number(figures.total.late)], ['days', days(page, figures.total)]].map(([key, value]) => ({ label: t(`realisation.${key}`), value: value! })),
    parts: shares.map(([, word]) => t(`realisation.${word}`)), bars: figures.groups.slice(0, 20).map((group) => ({ name: nameOfGroup(group), shares: shares.map(([key]) => group[key]), share: share(group) })),
    columns: [t(`realisation.by.${by}`), ...['given', 'in_time', 'done_late', 'waiting', 'open', 'late', 'dropped', 'moved', 'days', 'done_share'].map((one) => t(`realisation.${one}`))], rows: [...figures.groups.map((group) => row(nameOfGroup(group), group)), row(t('realisation.total'), figures.total)],
    // The paper is laid before others: what is confidential is counted, not said.
    late: late.obligations.map((one) => [one.access === 'confidential' ? t('obligation.mail.confidential') : nameOf(one), sourceName(page, one), one.owner || unitName(page, one.unitId), one.dueOn ? formatDay(one.dueOn, locale, 'numeric') : '']), lateColumns: [t('obligation.what'), t('obligation.source'), t('obligation.with'), t('obligation.due')],
    labels: { page: t('table.page', { page: '{page}', pages: '{pages}' }), bars: t(`realisation.by.${by}`), numbers: t('realisation.numbers'), late: t('realisation.late_list') },
  });
  return serveFile({ fileName: `${t('realisation.title')}.pdf`, mediaType: 'application/pdf', content });
}

export const reportPages: readonly Page[] = [report];
