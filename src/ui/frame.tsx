import type { ReactElement, ReactNode } from 'react';
import { Arms, Icon } from './icon.tsx';
import { useView, type NavItem } from './view.tsx';

function Document({ title, island, body, children }: { title: string; island: string; body: string; children: ReactNode }): ReactElement {
  const view = useView();
  const office = view.office;
  // A sheet that was not built keeps its plain name.
  const sheets = [island === 'public.js' ? 'public.css' : 'desk.css'].filter((name) => !view.asset(name).endsWith(`/${name}`));
  return (
    <html lang={view.lang} data-office={office?.accent} data-theme={view.theme ?? undefined} data-density={view.density === 'dense' ? 'dense' : undefined}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <title>{office ? `${title} · ${office.name}` : `${title} · Kabinet`}</title>
        <link rel="icon" href={view.asset('favicon.svg')} type="image/svg+xml" />
        <link rel="stylesheet" href={view.asset('tokens.css')} />
        <link rel="stylesheet" href={view.asset('kabinet.css')} />
        {sheets.map((name) => <link key={name} rel="stylesheet" href={view.asset(name)} />)}
        <script type="module" src={view.asset(island)} />
      </head>
      <body className={body}>
        <a className="skip" href="#main">{view.t('ui.skip')}</a>
        {children}
      </body>
    </html>
  );
}

const Flash = (): ReactElement | null => {
  const { flash } = useView();
  return flash && <p className={`flash ${flash.kind}`} role="status"><Icon name={flash.kind === 'done' ? 'check' : 'warning'} />{flash.text}</p>;
};

const Count = ({ of }: { of: number }): ReactElement | null => (of > 0 ? <span className="n">{of >= 1000 ? '999+' : of}</span> : null);

const Items = ({ items, icons }: { items: NavItem[]; icons?: boolean }): ReactElement => (
  <ul>
    {items.map((item) => (
      <li key={item.href}>
        <a href={item.href} aria-current={item.current ? 'page' : undefined}>
          {icons && item.icon && <Icon name={item.icon} />}
          {item.label}
          <Count of={item.count ?? 0} />
        </a>
      </li>
    ))}
  </ul>
);

/** The staff's frame: navigation with counts, search, and the one thing done most. */
export function DeskPage({ title, children, fullHeight }: { title: string; children: ReactNode; fullHeight?: boolean }): ReactElement {
  const { t, office, nav, views, person, search, singleKeys, languages, locale, path } = useView();
  const words = { keys: t('ui.keys.title'), close: t('ui.close'), move: t('ui.keys.move'), open: t('ui.keys.open'), select: t('ui.keys.select'), search: t('ui.search.label'), palette: t('ui.palette'), found: t('ui.palette.found'), nothing: t('ui.palette.nothing') };
  return (
    <Document title={title} island="desk.js" body="deskbody">
      <div className="desk" data-single-keys={singleKeys ? '1' : '0'} data-words={JSON.stringify(words)}>
        <div className="side">
          <nav id="nav" popover="auto" aria-label={t('ui.menu.main')}>
            <a className="office" href="/desk"><Arms /><span><b>{office?.name}</b><span>{office?.cabinet}</span></span></a>
            {nav.map((group) => group.folds
              ? <details key={group.key} className="group" open={group.open}><summary>{group.label}<Count of={group.items.reduce((sum, item) => sum + (item.count ?? 0), 0)} /></summary><Items items={group.items} icons /></details>
              : <div key={group.key}><h2 className="vh">{group.label}</h2><Items items={group.items} icons /></div>)}
            {views.length > 0 && <div><h2>{t('ui.menu.views')}</h2><Items items={views} /></div>}
            <p className="only-narrow close"><button className="btn" type="button" popoverTarget="nav" popoverTargetAction="hide">{t('ui.menu.close')}</button></p>
            {person && (
              <div className="me">
                <a href="/desk/me" className="plain"><b>{person.name}</b>{person.title}</a>
                <details className="tongue">
                  <summary><Icon name="globe" /><span><span className="vh">{t('ui.languages')}: </span>{languages.find((one) => one.id === locale)?.name}</span></summary>
                  <form action="/desk/language" method="post" aria-label={t('ui.languages')}>
                    <input type="hidden" name="back" value={path + search} />
                    {languages.map((one) => <button key={one.id} name="locale" value={one.id} lang={one.lang} aria-current={one.id === locale ? 'true' : undefined}>{one.name}</button>)}
                  </form>
                </details>
                <form action="/desk/sign-out" method="post"><button className="btn quiet"><Icon name="out" />{t('ui.sign_out')}</button></form>
              </div>
            )}
          </nav>
        </div>
        <div className="work">
          <header className="bar">
            <button className="btn menu" type="button" popoverTarget="nav"><Icon name="menu" />{t('ui.menu.open')}</button>
            <form role="search" action="/desk/search">
              <label className="vh" htmlFor="q">{t('ui.search.label')}</label>
              <input type="search" id="q" name="q" placeholder={t('ui.search.hint')} autoComplete="off" maxLength={200} />
              <kbd aria-hidden="true">Ctrl K</kbd>
            </form>
            <div className="end"><a className="btn" href="/desk/petitions/new" data-key="n"><Icon name="plus" />{t('ui.register_new')}</a></div>
          </header>
          <main id="main" tabIndex={-1} className={fullHeight ? 'fill' : 'page'}>
            <Flash />
            {children}
          </main>
        </div>
      </div>
    </Document>
  );
}

export function LanguageLinks(): ReactElement | null {
  const { languages, locale, path, search, t } = useView();
  if (languages.length < 2) return null;
  const href = (id: string): string => {
    const query = new URLSearchParams(search);
    query.set('lang', id);
    return `${path}?${query.toString()}`;
  };
  return (
    <nav className="lang" aria-label={t('ui.languages')}>
      {languages.map((one) => <a key={one.id} href={href(one.id)} lang={one.lang} hrefLang={one.lang} aria-current={one.id === locale ? 'true' : undefined}>{one.name}</a>)}
    </nav>
  );
}

/** The public site's frame. */
export function PublicPage({ title, children, wrongTitle }: { title: string; children: ReactNode; wrongTitle?: boolean }): ReactElement {
  const { t, office } = useView();
  return (
    <Document title={wrongTitle ? `${t('ui.error_prefix')} ${title}` : title} island="public.js" body="pub">
      <header className="top">
        <div className="wrap">
          <a className="office" href="/"><Arms /><span><b>{office?.name}</b><span>{office?.cabinet}</span></span></a>
          <LanguageLinks />
        </div>
      </header>
      <main id="main" tabIndex={-1}><div className="wrap"><Flash />{children}</div></main>
      <footer className="foot">
        <div className="wrap">
          <span>{office?.address}</span><span>{office?.hours}</span>
          {office && <a href={`tel:${office.phone.replaceAll(/[^+\d]/g, '')}`}>{office.phone}</a>}
          <a href="/audience">{t('public.audience.title')}</a><a href="/plan">{t('public.plan.title')}</a><a href="/structure">{t('public.nav.structure')}</a><a href="/published">{t('public.nav.published')}</a><a href="/accessibility">{t('public.nav.accessibility')}</a><a href="/privacy">{t('public.nav.privacy')}</a>
          <a href="/desk">{t('public.nav.desk')}</a>
        </div>
      </footer>
    </Document>
  );
}

/** A page on its own: sign-in, the chooser. */
export function BarePage({ title, children }: { title: string; children: ReactNode }): ReactElement {
  const { office } = useView();
  return (
    <Document title={title} island="public.js" body="pub bare">
      <header className="top"><div className="wrap">{office ? <a className="office" href="/"><Arms /><span><b>{office.name}</b><span>{office.cabinet}</span></span></a> : <span className="office"><Arms /><span><b>Kabinet</b></span></span>}<LanguageLinks /></div></header>
      <main id="main" tabIndex={-1}><div className="wrap"><Flash />{children}</div></main>
    </Document>
  );
}

/** A page for a wall, read from afar: without navigation. */
export const ScreenPage = ({ title, children }: { title: string; children: ReactNode }): ReactElement => <Document title={title} island="sitting.js" body="screen"><main id="main" tabIndex={-1}>{children}</main></Document>;
