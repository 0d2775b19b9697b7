import type { ReactElement } from 'react';
import { officeAddress } from '../../../core/address.ts';
import type { Output } from '../../../core/operation.ts';
import { definePage, errorsOf, first, type Page, type PageContext, type Shown, type Values } from '../../../core/page.ts';
import { ErrorSummary, Hidden, SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { At, Button, Crumbs, Facts, LinkButton, Notice, Section, State } from '../../../ui/parts.tsx';
import { createToken, listTokens, revokeToken } from '../../people/index.ts';
import { clientScopes, readHome } from '../client.server.ts';
import { addFeed, listFeeds, revokeFeed } from '../feed.server.ts';

const path = '/desk/calendar/programs';
const days = 730;
type Home = Output<typeof readHome>;

const addressOf = (page: PageContext): string => officeAddress(page.kernel.config, page.office);

/** What is typed into the program, and where, for the three that most people have. */
function Guide({ page, home, password }: { page: PageContext; home: Home; password: string | null }): ReactElement {
  const { t } = page;
  const server = addressOf(page);
  return (
    <>
      <Facts facts={[[t('calendar.program.server'), <code key="s">{server}</code>], [t('calendar.program.user'), <code key="u">{home.person.email}</code>], password !== null && [t('calendar.program.password'), <code key="p">{password}</code>]]} />
      {(['apple', 'android', 'thunderbird'] as const).map((one) => (
        <details key={one}><summary>{t(`calendar.program.${one}`)}</summary><ol className="steps">{t(`calendar.program.${one}.steps`, { server, host: new URL(server).host }).split('\n').map((step) => <li key={step}>{step}</li>)}</ol></details>
      ))}
    </>
  );
}

/** How one's own calendar programs are connected: a phone by CalDAV, and links to follow. */
export async function clientSection(page: PageContext, errors: Record<string, string> = {}, values: Values = {}): Promise<ReactElement> {
  const { t } = page;
  const typed = (act: string, name: string, usual = ''): string => (first(values, 'act') === act ? first(values, name) : usual);
  const [{ tokens }, { feeds }, home] = await Promise.all([page.run(listTokens, {}), page.run(listFeeds, {}), page.run(readHome, {})]);
  const devices = tokens.filter((one) => one.personId === page.caller.personId && one.scopes.includes('engagement.put_ics') && !one.scopes.includes('*'));
  return (
    <>
      <Section id="programs" title={t('calendar.program.title')}>
        <p className="meta">{t('calendar.program.lead')}</p>
        {devices.length > 0 && (
          <ul className="rows">{devices.map((one) => (
            <li key={one.id}><span><b>{one.name}</b> <span className="meta">{one.usedAt ? <>{t('calendar.program.used')} <At at={one.usedAt} style="both" /></> : t('calendar.program.unused')}</span></span>
              <form method="post" action={path}><Hidden fields={{ act: 'end', id: one.id }} /><Button kind="quiet">{t('calendar.program.end')}<span className="vh"> {one.name}</span></Button></form></li>))}</ul>
        )}
        <form method="post" action={path} className="stack"><Hidden fields={{ act: 'connect' }} />
          <TextField name="device" label={t('calendar.program.name')} value={typed('connect', 'device', t('calendar.program.phone'))} maxLength={100} error={errors['device']} />
          <div className="actions"><Button kind="primary">{t('calendar.program.connect')}</Button></div></form>
      </Section>
      <Section id="links" title={t('calendar.feed.title')}>
        <p className="meta">{t('calendar.feed.lead')}</p>
        {feeds.length > 0 && (
          <ul className="rows">{feeds.map((one) => (
            <li key={one.id}><span><b>{one.name}</b> <State>{t(`calendar.feed.${one.detail}`)}</State> <span className="meta">{one.scope === 'calendar' ? one.calendar : t(`calendar.feed.scope.${one.scope}`)} · {one.readAt ? <>{t('calendar.program.used')} <At at={one.readAt} style="both" /></> : t('calendar.program.unused')}</span></span>
              <form method="post" action={path}><Hidden fields={{ act: 'revoke', id: one.id }} /><Button kind="quiet">{t('calendar.feed.revoke')}<span className="vh"> {one.name}</span></Button></form></li>))}</ul>
        )}
        <details open={first(values, 'act') === 'feed' || undefined}><summary>{t('calendar.feed.add')}</summary>
          <form method="post" action={path} className="stack" noValidate><Hidden fields={{ act: 'feed' }} />
            <TextField name="name" id="feed-name" label={t('calendar.feed.name')} hint={t('calendar.feed.name.hint')} value={typed('feed', 'name')} error={errors['feed-name']} maxLength={100} />
            <SelectField name="of" id="feed-of" value={typed('feed', 'of', 'person')} label={t('calendar.feed.of')} options={[{ value: 'person', label: t('calendar.feed.scope.person') }, { value: 'office', label: t('calendar.feed.scope.office') }, ...home.collections.filter((one) => !one.isMine).map((one) => ({ value: one.id, label: one.name }))]} />
            <SelectField name="detail" id="feed-detail" value={typed('feed', 'detail', 'full')} label={t('calendar.feed.detail')} options={(['full', 'busy'] as const).map((value) => ({ value, label: t(`calendar.feed.${value}`) }))} />
            <div className="actions" data-top="1"><Button>{t('calendar.feed.make')}</Button></div></form></details>
      </Section>
    </>
  );
}

type Made = { password: string } | { link: string };
async function madePage(page: PageContext, made: Made): Promise<Response> {
  const { t } = page;
  const home = await page.run(readHome, {});
  const title = t('password' in made ? 'calendar.program.made' : 'calendar.feed.made');
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('calendar.title'), href: '/desk/calendar' }, { label: t('calendar.settings'), href: '/desk/calendar/settings' }, { label: title }]} />
      <div className="formpage"><h1>{title}</h1><Notice kind="warn">{t('calendar.program.once')}</Notice>
        {'password' in made ? <Guide page={page} home={home} password={made.password} /> : <Facts facts={[[t('calendar.feed.link'), <code key="l">{made.link}</code>], [t('calendar.feed.how'), t('calendar.feed.how.text')]]} />}
        <div className="actions" data-top="1"><LinkButton href="/desk/calendar/settings" kind="primary">{t('calendar.program.done')}</LinkButton></div></div>
    </DeskPage>,
  );
}

async function listPage(page: PageContext, shown?: Shown): Promise<Response> {
  const { t } = page;
  const { name, ...others } = errorsOf(page, shown?.errors);
  const errors = name === undefined ? others : { [first(shown?.values ?? {}, 'act') === 'feed' ? 'feed-name' : 'device']: name, ...others };
  return page.html(
    <DeskPage title={t('calendar.program.title')}>
      <Crumbs items={[{ label: t('calendar.title'), href: '/desk/calendar' }, { label: t('calendar.settings'), href: '/desk/calendar/settings' }, { label: t('calendar.program.title') }]} />
      <div className="formpage">{shown?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(shown.said.key, shown.said.args) })} />}<h1>{t('calendar.program.heading')}</h1><div className="sp">{await clientSection(page, errors, shown?.values)}</div></div>
    </DeskPage>,
  );
}

export const programsPage: Page = definePage({
  path, audience: 'desk', isForgotten: true, get: listPage,
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    const act = read('act');
    if (act === 'connect') {
      const { token } = await page.run(createToken, { name: read('device') || page.t('calendar.program.phone'), kind: 'personal', days, scopes: [...clientScopes] });
      return madePage(page, { password: token });
    }
    if (act === 'feed') {
      const of = read('of');
      const scope = of === 'person' || of === 'office' ? of : 'calendar';
      const { token } = await page.run(addFeed, { scope, calendarId: scope === 'calendar' ? of : null, name: read('name'), detail: read('detail') as 'full' });
      return madePage(page, { link: `${addressOf(page)}/feed/${token}.ics` });
    }
    if (act === 'end') await page.run(revokeToken, { id: read('id') });
    else await page.run(revokeFeed, { id: read('id') });
    return page.redirect('/desk/calendar/settings', { key: act === 'end' ? 'desk.done.program_ended' : 'desk.done.feed_revoked' });
  },
});
