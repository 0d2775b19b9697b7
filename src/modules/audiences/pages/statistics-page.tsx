import type { ReactElement } from 'react';
import { calendarNames, formatNumber } from '../../../core/language.ts';
import { definePage, type PageContext } from '../../../core/page.ts';
import { askedTable, serveTable } from '../../../core/table-file.ts';
import { DeskPage } from '../../../ui/frame.tsx';
import { Bars, Columns, Crumbs, Empty, Exports, Section, Table, Views } from '../../../ui/parts.tsx';
import { audienceFigures } from '../statistics.server.ts';
import { listPath, topicName, unitName } from './words.tsx';

const monthName = (page: PageContext, key: string): string => calendarNames(page.locale).shortMonths[Number(key.slice(5, 7)) - 1] ?? key;

export const statisticsPage = definePage({
  path: `${listPath}/statistics`, audience: 'desk',
  async get(page) {
    const { t, locale } = page;
    const months = [3, 6, 12, 24].includes(Number(page.query.get('months'))) ? Number(page.query.get('months')) : 12;
    const figures = await page.run(audienceFigures, { months });
    const title = t('audience.statistics');
    const topic = (key: string): string => topicName(page, key) || t('desk.other');
    const as = askedTable(page);
    if (as) return serveTable(page, {
      name: title, title: `${t('audience.title')}: ${title}`, columns: [{ title: t('desk.dashboard.figure'), width: 26 }, { title: '', width: 34 }, { title: t('audience.figure.asked'), width: 12 }, { title: t('audience.figure.held'), width: 12 }, { title: t('audience.figure.wait'), width: 14 }, { title: t('audience.promises'), width: 12 }, { title: t('audience.promises.done'), width: 12 }, { title: t('audience.promises.late'), width: 12 }],
      rows: [
        ...figures.months.map((one) => [t('audience.figure.months'), `${monthName(page, one.month)} ${one.month.slice(0, 4)}`, one.asked, one.held, null, null, null, null]), ...figures.topics.map((one) => [t('audience.figure.topics'), topic(one.key), one.count, one.held, one.waitDays === null ? null : Math.round(one.waitDays), null, null, null]),
        ...figures.outcomes.map((one) => [t('audience.figure.outcomes'), t(`audience.outcome.${one.key}`), null, one.count, null, null, null, null]), ...figures.units.map((one) => [t('audience.figure.units'), unitName(page, one.key) || t('desk.other'), null, one.count, null, one.promises, one.done, one.late]),
        ...figures.channels.map((one) => [t('desk.dashboard.by_channel'), t(`audience.channel.${one.key}`), one.count, null, null, null, null, null]), ...figures.places.map((one) => [t('audience.figure.places'), one.key || t('desk.other'), one.count, null, null, null, null, null]),
      ],
    }, as);
    const { totals } = figures;
    const days = (value: number | null): string => (value === null ? '—' : t('desk.days', { count: Math.round(value) }));
    const big = (value: string, label: string, kind = ''): ReactElement => <div className={`figure ${kind}`}><dt>{label}</dt><dd>{value}</dd></div>;
    return page.html(
      <DeskPage title={title}>
        <Crumbs items={[{ label: t('audience.title'), href: listPath }, { label: title }]} />
        <div className="head"><div><h1>{title}</h1><p>{t('audience.statistics.lead')}</p></div></div>
        <Views label={t('desk.dashboard.period')} items={[3, 6, 12, 24].map((count) => ({ href: `${listPath}/statistics?months=${count}`, label: t('desk.dashboard.months', { count }), current: count === months }))} />
        {totals.asked === 0 ? <Empty>{t('audience.empty.all')}</Empty> : <>
          <dl className="figures">
            {big(formatNumber(totals.asked, locale), t('audience.figure.asked'))}{big(formatNumber(totals.held, locale), t('audience.figure.held'))}{big(formatNumber(totals.waiting, locale), t('audience.figure.waiting'))}{big(days(totals.waitDays), t('audience.figure.wait'))}
            {big(totals.talkMinutes === null ? '—' : t('audience.minutes', { count: Math.round(totals.talkMinutes) }), t('audience.figure.talk'))}{big(`${totals.done} / ${totals.promises}`, t('audience.figure.promises'), totals.late > 0 ? 'late' : '')}{big(formatNumber(totals.missed, locale), t('audience.figure.missed'))}
          </dl>
          <Section id="months" title={t('audience.figure.months')}><Columns label={t('audience.figure.months')} points={figures.months.map((one) => ({ label: monthName(page, one.month), sub: one.month.slice(0, 4), value: one.asked, second: one.held }))} /><p className="meta legend"><span className="key b" /> {t('audience.figure.asked')} <span className="key second" /> {t('audience.figure.held')}</p></Section>
          <div className="two even sp"><div>
            <Section id="topics" title={t('audience.figure.topics')}><Bars caption={t('audience.figure.topics')} rows={figures.topics.map((one) => ({ label: topic(one.key), value: one.count, href: `${listPath}?view=all&topic=${encodeURIComponent(one.key)}` }))} /></Section>
            <Section id="channels" title={t('desk.dashboard.by_channel')}><Bars caption={t('desk.dashboard.by_channel')} rows={figures.channels.map((one) => ({ label: t(`audience.channel.${one.key}`), value: one.count }))} /></Section>
          </div><div>
            <Section id="outcomes" title={t('audience.figure.outcomes')}><Bars caption={t('audience.figure.outcomes')} rows={figures.outcomes.map((one) => ({ label: t(`audience.outcome.${one.key}`), value: one.count }))} /></Section>
            <Section id="places" title={t('audience.figure.places')}><Bars caption={t('audience.figure.places')} rows={figures.places.map((one) => ({ label: one.key || t('desk.other'), value: one.count }))} /></Section>
          </div></div>
          <div className="sp"><Section id="units" title={t('audience.figure.units')} aside={<a href={`${listPath}?view=held`}>{t('audience.follow_up')}</a>}>
            {figures.units.length === 0 ? <p className="meta">{t('audience.promises.none')}</p> : <Table fold={false} className="sums" caption={t('audience.figure.units')} head="unit" columns={[{ key: 'unit', label: t('petition.unit'), className: 'full' }, { key: 'count', label: t('audience.promises'), className: 'right' }, { key: 'done', label: t('audience.promises.done'), className: 'right' }, { key: 'late', label: t('audience.promises.late'), className: 'right' }]}
              rows={figures.units.map((one) => ({ id: one.key || 'none', cells: { unit: unitName(page, one.key) || t('desk.other'), count: one.promises, done: one.done, late: one.late > 0 ? <span className="clock late">{one.late}</span> : 0 } }))} />}
          </Section></div>
        </>}
        <Exports page={page} />
      </DeskPage>,
    );
  },
});
