import type { ReactElement } from 'react';
import { getLocale, isLocaleId } from '../../../core/language.ts';
import { isId } from '../../../core/id.ts';
import { textIn } from '../../../core/message.ts';
import type { Output } from '../../../core/operation.ts';
import { definePage, type Page, type PageContext } from '../../../core/page.ts';
import { notFound } from '../../../core/refusal.ts';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { PublicPage } from '../../../ui/frame.tsx';
import { Button, Facts, Letter, On } from '../../../ui/parts.tsx';
import { Back, Column } from '../../../ui/public.tsx';
import { getPublication, listPublications } from '../publication.server.ts';

type Published = Output<typeof getPublication>;
const areaName = (page: PageContext, area: string | null): string =>
  textIn(page.office.data.areas.find((one) => one.id === area)?.name, page.locale);
const langOf = (locale: string): string => getLocale(isLocaleId(locale) ? locale : 'en').html;

function ListPage({ page, list }: { page: PageContext; list: Output<typeof listPublications> }): ReactElement {
  const { t, office, locale, query } = page;
  const at = pageNumber(page);
  const link = (number: number): string =>
    `/published?${new URLSearchParams({ query: query.get('query') ?? '', area: query.get('area') ?? '', page: String(number) }).toString()}`;
  return (
    <PublicPage title={t('public.nav.published')}>
      <Back href="/" />
      <h1>{t('public.nav.published')}</h1>
      <p className="lead">{t('public.published.lead')}</p>
      <search aria-label={t('public.published.search')}>
        <form action="/published" className="find">
          <TextField
            name="query"
            type="search"
            label={t('public.published.words')}
            value={query.get('query') ?? ''}
            maxLength={200}
          />
          <SelectField
            name="area"
            label={t('public.field.area')}
            value={query.get('area') ?? ''}
            empty={t('public.published.all_areas')}
            options={office.data.areas.map((area) => ({ value: area.id, label: textIn(area.name, locale) }))}
          />
          <Button>{t('public.published.find')}</Button>
        </form>
      </search>
      {list.publications.length === 0 ? (
        <p className="read">{t('public.published.none')}</p>
      ) : (
        <ul className="published">
          {list.publications.map((one) => (
            <li key={one.id}>
              <h2>
                <a href={`/published/${one.id}`} lang={langOf(one.locale)}>
                  {one.title}
                </a>
              </h2>
              <p className="meta">
                {[t(`public.kind.${one.kind}`), areaName(page, one.area)].filter(Boolean).join(' · ')} ·{' '}
                {t('public.published.answered')} <On on={one.answeredOn} style="long" />
              </p>
            </li>
          ))}
        </ul>
      )}
      {(at > 1 || list.more) && (
        <nav className="actions go" aria-label={t('public.pages')}>
          {at > 1 && (
            <a href={link(at - 1)} rel="prev">
              {t('public.pages.newer')}
            </a>
          )}
          {list.more && (
            <a href={link(at + 1)} rel="next">
              {t('public.pages.older')}
            </a>
          )}
        </nav>
      )}
    </PublicPage>
  );
}

function OnePage({ page, one }: { page: PageContext; one: Published }): ReactElement {
  const { t } = page;
  const lang = langOf(one.locale);
  return (
    <PublicPage title={one.title}>
      <Column>
        <Back href="/published">{t('public.nav.published')}</Back>
        <h1 lang={lang}>{one.title}</h1>
        <Facts
          facts={[
            [t('public.published.kind'), t(`public.kind.${one.kind}`)],
            one.area && [t('public.field.area'), areaName(page, one.area)],
            [t('public.published.arrived'), <On key="r" on={one.registeredOn} style="long" />],
            [t('public.published.answered'), <On key="a" on={one.answeredOn} style="long" />],
          ]}
        />
        <h2 className="sp">{t('public.published.question')}</h2>
        <Letter text={one.question} lang={lang} aside />
        <h2 className="sp">{t('public.published.answer')}</h2>
        <Letter text={one.answer} lang={lang} />
        <p className="read sp">{t('public.published.note')}</p>
      </Column>
    </PublicPage>
  );
}

const pageNumber = (page: PageContext): number => {
  const asked = Number(page.query.get('page'));
  return Number.isInteger(asked) && asked >= 1 && asked <= 1000 ? asked : 1;
};

export const publishedPages: readonly Page[] = [
  definePage({
    path: '/published',
    audience: 'public',
    async get(page) {
      const list = await page.run(listPublications, {
        query: (page.query.get('query') ?? '').slice(0, 200),
        area: (page.query.get('area') ?? '').slice(0, 60),
        page: pageNumber(page),
      });
      return page.html(<ListPage page={page} list={list} />);
    },
  }),
  definePage({
    path: '/published/:id',
    audience: 'public',
    async get(page) {
      const id = page.params['id'] ?? '';
      if (!isId(id)) throw notFound();
      return page.html(<OnePage page={page} one={await page.run(getPublication, { id })} />);
    },
  }),
];
