import { definePage, type PageContext } from '../../../core/page.ts';
import { calendarNames, formatNumber } from '../../../core/language.ts';
import { askedTable, serveTable } from '../../../core/table-file.ts';
import { DeskPage } from '../../../ui/frame.tsx';
import { Bars, Columns, Exports, Section, Table, Views } from '../../../ui/parts.tsx';
import { dashboard } from '../list.server.ts';
import { areaName, unitName } from './case-words.ts';

const month = (page: PageContext, key: string): string => calendarNames(page.locale).shortMonths[Number(key.slice(5, 7)) - 1] ?? key;

export const dashboardPage = definePage({
  path: '/desk/dashboard', audience: 'desk',
  async get(page) {
    const { t, locale } = page;
    const months = [3, 6, 12, 24].includes(Number(page.query.get('months'))) ? Number(page.query.get('months')) : 12;
    const figures = await page.run(dashboard, { months });
    const as = askedTable(page);
    if (as) return serveTable(page, {
      name: t('desk.nav.dashboard'), title: t('desk.nav.dashboard'), columns: [{ title: t('desk.dashboard.figure'), width: 26 }, { title: '', width: 32 }, { title: t('desk.dashboard.arrived'), width: 12 }, { title: t('desk.dashboard.answered'), width: 12 }, { title: t('desk.dashboard.open'), width: 12 }, { title: t('desk.dashboard.late'), width: 12 }, { title: t('desk.dashboard.median'), width: 14 }],
      rows: [
        ...figures.months.map((one) => [t('desk.dashboard.by_month'), `${month(page, one.month)} ${one.month.slice(0, 4)}`, one.arrived, one.answered, null, one.late, null]),
        ...figures.byUnit.map((one) => [t('desk.dashboard.by_unit'), unitName(page, one.key) || one.key, null, null, one.open, one.late, one.medianDays === null ? null : Math.round(one.medianDays)]),
        ...figures.byKind.map((one) => [t('desk.dashboard.by_kind'), t(`petition.kind.${one.key}`), one.count, null, null, null, null]), ...figures.byChannel.map((one) => [t('desk.dashboard.by_channel'), t(`channel.${one.key}`), one.count, null, null, null, null]),
        ...figures.byArea.map((one) => [t('desk.dashboard.by_area'), areaName(page, one.key) || t('desk.other'), one.count, null, null, null, null]),
      ],
    }, as);
    const { totals } = figures;
    const share = totals.answered > 0 ? Math.round((totals.inTime / totals.answered) * 100) : null;
    const days = (value: number | null): string => (value === null ? '—' : t('desk.days', { count: Math.round(value) }));
    const big = (value: string, label: string, kind = '') => <div className={`figure ${kind}`}><dt>{label}</dt><dd>{value}</dd></div>;
    return page.html(
      <DeskPage title={t('desk.nav.dashboard')}>
        <div className="head"><div><h1>{t('desk.nav.dashboard')}</h1><p>{t('desk.dashboard.lead')}</p></div></div>
        <Views label={t('desk.dashboard.period')} items={[3, 6, 12, 24].map((count) => ({ href: `/desk/dashboard?months=${count}`, label: t('desk.dashboard.months', { count }), current: count === months }))} />
        <dl className="figures">
          {big(formatNumber(totals.arrived, locale), t('desk.dashboard.arrived'))}{big(formatNumber(totals.answered, locale), t('desk.dashboard.answered'))}{big(share === null ? '—' : `${share} %`, t('desk.dashboard.in_time'), share !== null && share < 80 ? 'late' : '')}
          {big(days(totals.medianDays), t('desk.dashboard.median'))}{big(formatNumber(totals.open, locale), t('desk.dashboard.open'))}{big(formatNumber(totals.late, locale), t('desk.dashboard.late'), totals.late > 0 ? 'late' : '')}
        </dl>
        <Section id="flow" title={t('desk.dashboard.by_month')}><Columns label={t('desk.dashboard.by_month')} points={figures.months.map((one) => ({ label: month(page, one.month), sub: one.month.slice(0, 4), value: one.arrived, second: one.answered }))} />
          <p className="meta legend"><span className="key b" /> {t('desk.dashboard.arrived')} <span className="key second" /> {t('desk.dashboard.answered')}</p>
          <details><summary>{t('desk.dashboard.as_table')}</summary><Table fold={false} className="sums" caption={t('desk.dashboard.by_month')} head="month" columns={[{ key: 'month', label: t('desk.dashboard.month') }, { key: 'arrived', label: t('desk.dashboard.arrived'), className: 'right' }, { key: 'answered', label: t('desk.dashboard.answered'), className: 'right' }, { key: 'late', label: t('desk.dashboard.answered_late'), className: 'right' }]}
            rows={figures.months.map((one) => ({ id: one.month, cells: { month: `${month(page, one.month)} ${one.month.slice(0, 4)}`, arrived: one.arrived, answered: one.answered, late: one.late } }))} /></details>
        </Section>
        <div className="two even sp"><div>
          <Section id="term" title={t('desk.today.open_by_term')}><Bars caption={t('desk.today.open_by_term')} rows={[{ label: t('clock.state.ok'), value: figures.byClock.ok, className: 'is-ok' }, { label: t('clock.state.soon'), value: figures.byClock.soon, className: 'is-soon', href: '/desk/petitions?view=soon' }, { label: t('clock.state.late'), value: figures.byClock.late, className: 'is-late', href: '/desk/petitions?view=late' }, { label: t('clock.state.paused'), value: figures.byClock.paused, className: 'is-paused', href: '/desk/petitions?view=waiting' }]} /></Section>
          <Section id="kind" title={t('desk.dashboard.by_kind')}><Bars caption={t('desk.dashboard.by_kind')} rows={figures.byKind.map((one) => ({ label: t(`petition.kind.${one.key}`), value: one.count, href: `/desk/petitions?view=all&kind=${one.key}` }))} /></Section>
          <Section id="channel" title={t('desk.dashboard.by_channel')}><Bars caption={t('desk.dashboard.by_channel')} rows={figures.byChannel.map((one) => ({ label: t(`channel.${one.key}`), value: one.count }))} /></Section>
          </div><div>
          <Section id="area" title={t('desk.dashboard.by_area')}><Bars caption={t('desk.dashboard.by_area')} rows={figures.byArea.map((one) => ({ label: areaName(page, one.key) || t('desk.other'), value: one.count, href: `/desk/petitions?view=all&area=${one.key}` }))} /></Section>
        </div></div>
        <div className="sp"><Section id="unit" title={t('desk.dashboard.by_unit')}>
          <Table fold={false} className="sums" caption={t('desk.dashboard.by_unit')} head="unit" columns={[{ key: 'unit', label: t('petition.unit'), className: 'full' }, { key: 'open', label: t('desk.dashboard.open'), className: 'right' }, { key: 'late', label: t('desk.dashboard.late'), className: 'right' }, { key: 'median', label: t('desk.dashboard.median'), className: 'right' }]}
            rows={figures.byUnit.map((one) => ({ id: one.key, cells: { unit: <a href={`/desk/petitions?view=open&unit=${one.key}`}>{unitName(page, one.key) || one.key}</a>, open: one.open, late: one.late > 0 ? <span className="clock late">{one.late}</span> : 0, median: days(one.medianDays) } }))} />
        </Section></div>
        <Exports page={page} />
      </DeskPage>,
    );
  },
});
