import type { Hono } from 'hono';
import type { ReactElement } from 'react';
import { assetPath } from './core/asset.ts';
import type { Caller } from './core/caller.ts';
import { glance } from './core/glance.ts';
import { createSite } from './core/http.tsx';
import type { Kernel } from './core/kernel.ts';
import { getLocale } from './core/language.ts';
import { textIn } from './core/message.ts';
import type { Office } from './core/office.ts';
import { menuItems, type PageContext, type Values } from './core/page.ts';
import type { Said } from './core/refusal.ts';
import { inScript } from './modules/offices/index.ts';
import { chooserPage } from './modules/offices/pages/chooser.tsx';
import { findSession, findTokenCaller, getPerson } from './modules/people/index.ts';
import { countsOf } from './modules/requests/pages/counts.ts';
import { listViews } from './modules/requests/list.server.ts';
import { pages, panels } from './routes.ts';
import { DeskPage, PublicPage } from './ui/frame.tsx';
import { Button, LinkButton } from './ui/parts.tsx';
import { ViewContext, type NavGroup, type NavItem, type View } from './ui/view.tsx';
import { mailViewer } from './modules/offices/pages/outbox.tsx';

type Person = { title: Record<string, string>; density: string; theme: string | null; singleKeys: boolean };
type Menu = Awaited<ReturnType<typeof readMenu>>;

/** What the menu shows on every page. */
async function readMenu(page: PageContext) {
  const counts = await countsOf(page);
  const { views } = await page.run(listViews, {});
  const { person, preferences } = await page.run(getPerson, { id: page.caller.personId! });
  return { counts, views, items: await menuItems(page), person: { title: person.title, density: preferences!.density, theme: preferences!.theme, singleKeys: preferences!.singleKeys } satisfies Person };
}
const menuOf = async (page: PageContext): Promise<Menu | null> => (page.caller.kind === 'person' && page.caller.personId ? glance(page.caller.personId, 'menu', 10, () => readMenu(page)) : null);

type Placed = NavItem & { order: number };
/** The menu in three parts by the order of its items: daily work, the registers, the office itself. */
function groupsOf(items: readonly Placed[], t: PageContext['t'], caller: Caller): NavGroup[] {
  const keepsBooks = caller.roles.has('registrar');
  return [{ key: 'work', from: 0, open: true }, { key: 'register', from: 20, open: keepsBooks }, { key: 'office', from: 60, open: false }].map(({ key, from, open }, index, groups) => {
    const own = items.filter((item) => item.order >= from && item.order < (groups[index + 1]?.from ?? Infinity)).sort((a, b) => a.order - b.order);
    return { key, label: t(`ui.menu.${key}`), items: own, folds: index > 0, open: open || own.some((item) => item.current) };
  }).filter((group) => group.items.length > 0);
}

function viewOf(page: PageContext, menu: Menu | null, flash: Said | null): View {
  const { t, office, locale, url, caller } = page;
  const path = url.pathname;
  const offered = caller.kind === 'person' ? office.staffLocales : office.publicLocales;
  const leads = ['mayor', 'deputy', 'chief', 'head'].some((role) => caller.roles.has(role as 'chief'));
  const item = (href: string, key: string, icon: string, count?: number) => ({ href, label: t(key), icon, count, current: href === '/desk' ? path === '/desk' : path.startsWith(href) && path !== '/desk/petitions/new' });
  return {
    t, locale, lang: getLocale(locale).html,
    office: { slug: office.slug, accent: office.data.slug, name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), address: inScript(office.data.address, locale), phone: office.data.phone, hours: textIn(office.data.hours.text, locale) },
    person: menu && caller.personId ? { id: caller.personId, name: caller.name, title: textIn(menu.person.title, locale) } : null,
    languages: offered.map((id) => ({ id, name: getLocale(id).name, lang: getLocale(id).html })), path, search: url.search,
    nav: menu ? groupsOf([
      { order: 0, ...item('/desk', 'desk.nav.today', 'today') }, { order: 10, ...item('/desk/petitions', 'desk.nav.petitions', 'people', leads || caller.roles.has('registrar') ? menu.counts.inbox : menu.counts.mine) },
      { order: 24, ...item('/desk/contributions', 'desk.nav.contributions', 'ask') }, { order: 70, ...item('/desk/directory', 'desk.nav.directory', 'directory') },
      { order: 80, ...item('/desk/dashboard', 'desk.nav.dashboard', 'chart') }, { order: 90, ...item('/desk/duties', 'desk.nav.duties', 'duties') },
      ...(caller.roles.has('it') || caller.roles.has('chief') ? [{ order: 95, ...item('/desk/people', 'desk.nav.people', 'key') }] : []),
      ...menu.items.map((one) => ({ ...one, current: path === one.href || path.startsWith(`${one.href}/`) })),
    ], t, caller) : [],
    views: menu ? [
      { href: '/desk/petitions?view=mine', label: t('desk.view.mine'), count: menu.counts.mine }, { href: '/desk/petitions?view=approval', label: t('desk.view.approval'), count: menu.counts.approval },
      { href: '/desk/petitions?view=late', label: t('desk.view.late'), count: menu.counts.late }, { href: '/desk/petitions?view=unit', label: t('desk.view.unit'), count: menu.counts.unit },
      ...menu.views.map((view) => ({ href: `/desk/petitions?${view.query}`, label: view.name })),
    ] : [],
    theme: menu?.person.theme ?? null, density: menu?.person.density ?? 'comfortable', asset: assetPath,
    flash: flash ? { kind: flash.key.startsWith('error.') ? 'error' : 'done', text: t(flash.key, flash.args) } : null, zone: office.jurisdiction.timeZone, now: page.now, singleKeys: menu?.person.singleKeys ?? true, demo: page.kernel.mail.keepsBodies,
  };
}

/** The whole web site of an installation: pages, REST, assets. */
export function openSite(kernel: Kernel): Hono {
  return createSite({
    kernel, pages, panels,
    findSession: async (office: Office, token: string, address: string): Promise<Caller | null> => (await findSession(kernel, office, token, address))?.caller ?? null,
    findTokenCaller: (office, token, address) => findTokenCaller(kernel, office, token, address),
    async frame(page, element, flash) {
      return <ViewContext value={viewOf(page, await menuOf(page), flash)}>{element}</ViewContext>;
    },
    refusalPage: (page, refusal) => <RefusalPage page={page} refusal={refusal} />,
    outagePage: (page, refusal, kept) => <ViewContext value={viewOf(page, null, null)}><OutagePage page={page} refusal={refusal} kept={kept} /></ViewContext>,
    chooser: (offices, locale, port) => chooserPage(offices, locale, port),
    // Open to whoever asks: in demonstration on this machine only.
    extra: (app) => kernel.mail.keepsBodies && !kernel.config.KABINET_URL && mailViewer(app, kernel),
  });
}

function OutagePage({ page, refusal, kept }: { page: PageContext; refusal: { status: number; said: Said }; kept: Values | null }): ReactElement {
  const { t, url } = page;
  const title = t(`error.title.${refusal.status}`);
  const fields = Object.entries(kept ?? {}).flatMap(([name, value]) => [value].flat().map((one) => [name, one] as const));
  return (
    <PublicPage title={title}>
      <h1>{title}</h1>
      <p className="lead">{t(refusal.said.key, refusal.said.args)}</p>
      {kept ? (
        <form method="post" action={url.pathname + url.search}>
          <p>{t('error.kept_here')}</p>
          {fields.map(([name, value], index) => <input key={index} type="hidden" name={name} value={value} />)}
          <p className="actions go"><Button kind="primary">{t('error.send_again')}</Button></p>
        </form>
      ) : <p className="actions go"><LinkButton href={url.pathname + url.search}>{t('error.ask_again')}</LinkButton></p>}
    </PublicPage>
  );
}

function RefusalPage({ page, refusal }: { page: PageContext; refusal: { status: number; said: Said } }): ReactElement {
  const { t, caller } = page;
  const title = t(`error.title.${refusal.status}`);
  const body = <><h1>{title}</h1><p className="lead">{t(refusal.said.key, refusal.said.args)}</p><p className="actions go"><LinkButton href={caller.kind === 'person' ? '/desk' : '/'}>{t('ui.back_home')}</LinkButton></p></>;
  return caller.kind === 'person' ? <DeskPage title={title}>{body}</DeskPage> : <PublicPage title={title}>{body}</PublicPage>;
}

