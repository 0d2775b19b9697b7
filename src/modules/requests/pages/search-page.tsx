import { definePage } from '../../../core/page.ts';
import { DeskPage } from '../../../ui/frame.tsx';
import { TextField } from '../../../ui/field.tsx';
import { At, Button, Empty, State } from '../../../ui/parts.tsx';
import { searchAll } from '../search.server.ts';

/** Nouns with a page of their own; anything else is found on its case. */
const own: Readonly<Record<string, string>> = { party: 'directory', obligation: 'obligations', engagement: 'calendar', committee: 'committees', agenda_proposal: 'proposals' };
const hrefOf = (hit: { id: string; noun: string; caseId: string | null }): string => (own[hit.noun] ? `/desk/${own[hit.noun]}/${hit.id}` : `/desk/cases/${hit.caseId ?? hit.id}`);

export const searchPage = definePage({
  path: '/desk/search', audience: 'desk',
  async get(page) {
    const { t } = page;
    const query = (page.query.get('q') ?? '').slice(0, 200);
    const { hits, near, whole } = await page.run(searchAll, { query });
    if (whole) return page.hono.redirect(`/desk/cases/${whole}`, 302);
    return page.html(
      <DeskPage title={t('desk.search.title')}>
        <h1>{t('desk.search.title')}</h1>
        <form className="filters" action="/desk/search" role="search" aria-label={t('desk.search.title')}><TextField className="wide" name="q" id="sq" type="search" label={t('ui.search.hint')} value={query} /><Button icon="search">{t('desk.search.do')}</Button></form>
        {query && <p className="meta" role="status">{hits.length === 0 ? t('desk.search.none') : near ? t('desk.search.near', { count: hits.length }) : t('desk.search.found', { count: hits.length })}</p>}
        {hits.length > 0 && <ul className="rows">{hits.map((hit) => <li key={hit.id}><a href={hrefOf(hit)} data-row={hrefOf(hit)}>{hit.title}</a><State>{t(`desk.noun.${hit.noun}`)}</State><span className="sub"><span className="ref">{hit.reference}</span> {hit.detail && `· ${hit.detail}`} · <At at={hit.at} /></span></li>)}</ul>}
        {!query && <Empty>{t('desk.search.hint')}</Empty>}
      </DeskPage>,
    );
  },
});

export const searchData = definePage({
  path: '/desk/search.json', audience: 'desk',
  async get(page) {
    const { hits, whole } = await page.run(searchAll, { query: (page.query.get('q') ?? '').slice(0, 200) });
    // What was typed whole stands first.
    hits.sort((a, b) => Number(b.caseId === whole) - Number(a.caseId === whole));
    return Response.json({ hits: hits.slice(0, 8).map((hit) => ({ href: hrefOf(hit), label: hit.title, meta: [hit.reference, hit.detail].filter(Boolean).join(' · ') })) });
  },
});
