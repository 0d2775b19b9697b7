import type { ReactElement, ReactNode } from 'react';
import { addDays, dayIn, instantIn } from '../../../core/day.ts';
import { ownerMark } from '../../../core/http.tsx';
import { formatDay, formatTime, getLocale } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, type Page, type PageContext } from '../../../core/page.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { useView } from '../../../ui/view.tsx';
import { Arms, Icon } from '../../../ui/icon.tsx';
import { whenOf } from '../pack-print.ts';
import { getPack, listComing, type Coming } from '../pack-view.server.ts';
import { drawIcon } from '../pocket-icon.ts';
import { pdfOf } from './pack-page.tsx';
import { PackParts, type Places } from './pack-parts.tsx';

const daysAhead = 3;
const pocketHref = (packId: string): string => `/desk/pocket/${packId}`;
/** Papers are read in the PDF: that one file is what the phone keeps. */
const placesOf = (packId: string): Places => ({ photo: (partyId) => `/desk/directory/${partyId}/photo`, paper: () => `${pocketHref(packId)}/pdf` });

/** The light page of a phone: no menu, no search, one column. */
function PocketPage({ title, children, back }: { title: string; children: ReactNode; back?: string }): ReactElement {
  const view = useView();
  return (
    <html lang={view.lang} data-office={view.office?.accent} data-theme={view.theme ?? undefined}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · ${view.office?.name ?? ''}`}</title>
        <link rel="manifest" href="/manifest.webmanifest" />
        <link rel="icon" href={view.asset('favicon.svg')} type="image/svg+xml" />
        <link rel="apple-touch-icon" href="/pocket-icon/180" />
        {['tokens.css', 'kabinet.css', 'desk.css', 'pocket.css'].map((name) => <link key={name} rel="stylesheet" href={view.asset(name)} />)}
        <script type="module" src={view.asset('pocket.js')} />
      </head>
      <body className="pocket">
        <header className="bar">{back ? <a className="btn quiet" href={back}><Icon name="out" />{view.t('pocket.back')}</a> : <a className="office" href="/desk/pocket"><Arms /><b>{view.office?.name}</b></a>}{!back && <a className="btn quiet" href="/desk">{view.t('pocket.desk')}</a>}</header>
        <main id="main" tabIndex={-1}>{children}</main>
      </body>
    </html>
  );
}

const isSecret = (one: Pick<Coming, 'visibility'>): boolean => one.visibility === 'confidential' || one.visibility === 'private';

async function comingOf(page: PageContext): Promise<{ from: string; engagements: Coming[] }> {
  const zone = page.office.jurisdiction.timeZone;
  const from = dayIn(zone, page.now);
  const { engagements } = await page.run(listComing, { from: instantIn(zone, from), until: instantIn(zone, addDays(from, daysAhead + 1)) });
  return { from, engagements };
}

/** What stands in the device: the day without words of what is confidential, the packs that may be kept, their PDF and pictures. */
async function wantedOf(page: PageContext, engagements: readonly Coming[]): Promise<{ at: string; from: string }[]> {
  const same = (path: string) => ({ at: path, from: path });
  const wanted = [{ at: '/desk/pocket', from: '/desk/pocket?kept=1' }, same('/desk/pocket/offline')];
  for (const packId of new Set(engagements.filter((one) => one.packId && one.isKept).map((one) => one.packId!))) {
    wanted.push(same(pocketHref(packId)), same(`${pocketHref(packId)}/pdf`));
    const pack = await page.run(getPack, { id: packId });
    for (const one of pack.people) if (one.hasPhoto && one.partyId) wanted.push(same(placesOf(packId).photo(one.partyId)));
  }
  return wanted;
}

const Row = ({ page, one, plain }: { page: PageContext; one: Coming; plain: boolean }): ReactElement => {
  const { t, locale, office } = page;
  const zone = office.jurisdiction.timeZone;
  const hidden = plain && isSecret(one) && !one.isKept;
  const title = hidden ? t('pack.confidential') : one.title;
  return (
    <li>
      <span className="hour">{one.isAllDay ? t('pack.all_day') : formatTime(one.startsAt, zone, locale)}</span>
      <span>{one.packId && !(plain && !one.isKept) ? <a href={pocketHref(one.packId)}>{title}</a> : <b>{title}</b>}
        {!hidden && one.place && <span className="sub">{one.place}</span>}
        {one.packId && !one.isKept && <span className="sub">{t('pocket.not_here')}</span>}
        {one.packId && one.isKept && <span className="sub">{t(`pack.state.${one.state ?? 'none'}`)}</span>}</span>
    </li>
  );
};

const dayPage = definePage({
  path: '/desk/pocket', audience: 'desk',
  async get(page) {
    const { t, locale, office, caller } = page;
    const zone = office.jurisdiction.timeZone;
    const plain = page.query.has('kept');
    const { from, engagements } = await comingOf(page);
    const wanted = { owner: ownerMark(caller), pages: await wantedOf(page, engagements), packs: new Set(engagements.filter((one) => one.isKept).map((one) => one.packId)).size, lang: getLocale(locale).html };
    const words = { kept: t('pocket.kept', { at: '{at}', packs: wanted.packs, size: '{size}' }), keeping: t('pocket.keeping', { done: '{done}', count: '{count}' }), none: t('pocket.not_kept'), offline: t('pocket.offline', { at: '{at}' }) };
    const days = Array.from({ length: daysAhead + 1 }, (_, index) => addDays(from, index));
    return page.html(
      <PocketPage title={t('pocket.open')}>
        <h1>{t('pocket.open')}</h1>
        <div className="device" hidden data-pocket={JSON.stringify({ ...wanted, words })}><p data-state role="status" aria-live="polite" /><p className="actions"><button className="btn" type="button" data-refresh><Icon name="history" />{t('pocket.refresh')}</button><button className="btn quiet" type="button" data-clear>{t('pocket.clear')}</button></p></div>
        <noscript><p className="meta">{t('pocket.no_script')}</p></noscript>
        {days.map((on, index) => {
          const own = engagements.filter((one) => dayIn(zone, one.startsAt) === on);
          if (own.length === 0 && index > 0) return null;
          return <section key={on}><h2>{formatDay(on, locale, 'weekday')}</h2>{own.length === 0 ? <p className="meta">{t('pocket.empty')}</p> : <ul className="hours">{own.map((one) => <Row key={`${one.engagementId}${one.at.getTime()}`} page={page} one={one} plain={plain} />)}</ul>}</section>;
        })}
        <p className="meta">{t('pocket.install')}</p>
      </PocketPage>,
    );
  },
});

const packPage = definePage({
  path: '/desk/pocket/:id', audience: 'desk',
  async get(page) {
    const { t, locale } = page;
    const pack = await page.run(getPack, { id: page.params['id']! });
    return page.html(
      <PocketPage title={pack.title} back="/desk/pocket">
        <h1>{pack.title}</h1>
        <p className="lead">{whenOf(pack, { zone: page.office.jurisdiction.timeZone, locale })}{pack.place && <><br />{pack.place}</>}</p>
        {pack.aim && <p className="aim">{pack.aim}</p>}
        {pack.summary && <p className="summary">{pack.summary}</p>}
        <p className="actions"><a className="btn" href={`${pocketHref(pack.id)}/pdf`}><Icon name="print" />{t('pocket.pdf')}</a></p>
        <div className="pack"><PackParts page={page} pack={pack} places={placesOf(pack.id)} /></div>
      </PocketPage>,
    );
  },
});

const pdf = definePage({
  path: '/desk/pocket/:id/pdf', audience: 'desk',
  async get(page) {
    const { bytes, name } = await pdfOf(page, page.params['id']!);
    const file = serveFile({ fileName: name, mediaType: 'application/pdf', content: bytes });
    file.headers.set('x-kabinet-for', ownerMark(page.caller));
    return file;
  },
});

const offline = definePage({
  path: '/desk/pocket/offline', audience: 'desk',
  get(page) {
    const { t } = page;
    return page.html(<PocketPage title={t('pocket.offline.title')}><h1>{t('pocket.offline.title')}</h1><p className="lead">{t('pocket.offline.body')}</p><p className="actions"><a className="btn primary" href="/desk/pocket">{t('pocket.open')}</a></p></PocketPage>);
  },
});

const contact = definePage({ path: '/desk/pocket/contact', audience: 'desk', get: (page) => new Response(JSON.stringify({ for: ownerMark(page.caller) }), { headers: { 'content-type': 'application/json' } }) });

/** What makes the page an app of the home screen: the office's name, colours and shield. */
const manifest = definePage({
  path: '/manifest.webmanifest', audience: 'public',
  get({ office, locale }) {
    const name = textIn(office.data.name, locale);
    const icons = [192, 512].flatMap((size) => ['any', 'maskable'].map((purpose) => ({ src: `/pocket-icon/${size}${purpose === 'any' ? '' : '?maskable'}`, sizes: `${size}x${size}`, type: 'image/png', purpose })));
    return new Response(JSON.stringify({ id: '/desk/pocket', name: `${name} · Kabinet`, short_name: textIn(office.data.cabinet, locale).slice(0, 30), lang: getLocale(locale).html, start_url: '/desk/pocket', scope: '/desk', display: 'standalone', background_color: '#ffffff', theme_color: office.data.accent[0], icons }), { headers: { 'content-type': 'application/manifest+json', 'cache-control': 'public, max-age=3600' } });
  },
});
const icon = definePage({
  path: '/pocket-icon/:size', audience: 'public',
  get(page) {
    const size = [180, 192, 512].find((one) => String(one) === page.params['size']) ?? 192;
    return new Response(new Uint8Array(drawIcon(size, page.office.data.accent[0], page.query.has('maskable'))), { headers: { 'content-type': 'image/png', 'cache-control': 'public, max-age=86400' } });
  },
});

export const pocketPages: readonly Page[] = [dayPage, offline, contact, packPage, pdf, manifest, icon];
