import type { ReactElement } from 'react';
import { calendarNames, formatDay, getLocale, type LocaleId } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import type { Output } from '../../../core/operation.ts';
import { definePage, type Page, type PageContext } from '../../../core/page.ts';
import { PublicPage } from '../../../ui/frame.tsx';
import { LinkButton } from '../../../ui/parts.tsx';
import { Back, MonthTable, type Month } from '../../../ui/public.tsx';
import { kinds } from '../petition.ts';
import { waitingTimes } from '../publication.server.ts';
import { answerTerm } from '../term.server.ts';

type Times = Output<typeof waitingTimes>;
type Counted = Times['months'][number];

const monthName = (month: string, locale: LocaleId): string => {
  const [year, number] = month.split('-');
  const name = calendarNames(locale).months[Number(number) - 1]!;
  return `${name.charAt(0).toUpperCase()}${name.slice(1)} ${year}${['sr', 'cnr'].includes(getLocale(locale).source) ? '.' : ''}`;
};
const numbers = (month: Counted) => ({
  arrived: month.arrived,
  inTime: month.inTime,
  late: month.answered - month.inTime,
  other: month.arrived - month.answered,
});

function HomePage({ page, term, times }: { page: PageContext; term: Output<typeof answerTerm>; times: Times }): ReactElement {
  const { t, office, locale } = page;
  const last = times.months[1];
  const isShorter = term.targetDays < term.days;
  return (
    <PublicPage title={t('public.home.title')}>
      <h1>{t('public.home.title')}</h1>
      <p className="lead">{t('public.home.lead')}</p>
      <p className="actions go">
        <LinkButton href="/petition" kind="primary">
          {t('public.home.start')}
        </LinkButton>
        <a href="/track">{t('public.home.track')}</a>
        <a href="/petition/resume">{t('public.home.resume')}</a>
      </p>
      <h2 className="sp">{t('public.home.ways')}</h2>
      <ul className="ways">
        {kinds.map((kind) => (
          <li key={kind}>
            <h3>
              <a href={`/petition?kind=${kind}`}>{t(`public.kind.${kind}`)}</a>
            </h3>
            <p>
              {t(`public.kind.${kind}.hint`)} {t('public.home.term', { days: term.days, unit: term.unit })}
            </p>
          </li>
        ))}
        {(['audience', 'plan'] as const).map((one) => (
          <li key={one}>
            <h3>
              <a href={`/${one}`}>{t(`public.${one}.title`)}</a>
            </h3>
            <p>{t(`public.home.${one}`)}</p>
          </li>
        ))}
        <li>
          <h3>
            <a href="/structure">{t('public.nav.structure')}</a>
          </h3>
          <p>{t('public.home.structure')}</p>
        </li>
        {office.data.publishes && (
          <li>
            <h3>
              <a href="/published">{t('public.nav.published')}</a>
            </h3>
            <p>{t('public.home.published')}</p>
          </li>
        )}
      </ul>
      <div className="two sp">
        <section>
          <h2>{t('public.times.title')}</h2>
          <p className="read">
            {t('public.times.today', { until: formatDay(term.legalOn, locale, 'weekday') })}
            {isShorter && ` ${t('public.times.target', { days: term.targetDays, unit: term.unit })}`}
          </p>
          {last && last.arrived > 0 && (
            <p className="read">
              {t('public.times.words', { month: monthName(last.month, locale), ...numbers(last) })}
              {last.medianDays !== null && ` ${t('public.times.median', { days: Math.round(last.medianDays) })}`}
            </p>
          )}
          <p className="read">
            <a href="/waiting-times">{t('public.times.all')}</a>
          </p>
        </section>
        <section>
          <h2>{t('public.urgent.title')}</h2>
          <p className="read">{t('public.urgent.text')}</p>
          <ul className="urgent">
            {office.data.urgent.map((one) => (
              <li key={one.phone}>
                {textIn(one.name, locale)} <a href={`tel:${one.phone.replaceAll(/[^+\d]/g, '')}`}>{one.phone}</a>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </PublicPage>
  );
}

function TimesPage({ page, term, times }: { page: PageContext; term: Output<typeof answerTerm>; times: Times }): ReactElement {
  const { t, locale } = page;
  const months: Month[] = times.months.map((month) => ({
    label: monthName(month.month, locale),
    ...numbers(month),
    days: month.medianDays === null ? '–' : String(Math.round(month.medianDays)),
  }));
  return (
    <PublicPage title={t('public.times.title')}>
      <Back href="/" />
      <h1>{t('public.times.title')}</h1>
      <p className="lead">
        {t('public.times.lead', { days: term.days, unit: term.unit })} {t('public.basis', { basis: term.basis })}
      </p>
      <p className="read">{t('public.times.open', { count: times.open })}</p>
      <MonthTable caption={t('public.times.title')} months={months} />
      <p className="read">{t('public.times.note')}</p>
    </PublicPage>
  );
}

export const homePages: readonly Page[] = [
  definePage({
    path: '/',
    audience: 'public',
    get: async (page) =>
      page.html(
        <HomePage page={page} term={await page.run(answerTerm, {})} times={await page.run(waitingTimes, { months: 1 })} />,
      ),
  }),
  definePage({
    path: '/waiting-times',
    audience: 'public',
    get: async (page) =>
      page.html(
        <TimesPage page={page} term={await page.run(answerTerm, {})} times={await page.run(waitingTimes, { months: 12 })} />,
      ),
  }),
];
