import type { ReactElement } from 'react';
import { addDays, dayIn, instantIn } from '../../../core/day.ts';
import { formatDay } from '../../../core/language.ts';
import { definePage, type PageContext } from '../../../core/page.ts';
import { DeskPage } from '../../../ui/frame.tsx';
import { At, Empty, LinkButton, Section, State, Views } from '../../../ui/parts.tsx';
import { listComing, type Coming } from '../pack-view.server.ts';

export const has = (page: PageContext, ...roles: string[]): boolean => roles.some((role) => page.caller.roles.has(role as 'chief'));
export const packOf = (one: Pick<Coming, 'engagementId' | 'at' | 'packId'>): string => (one.packId ? `/desk/packs/${one.packId}` : `/desk/packs/of/${one.engagementId}?${new URLSearchParams({ at: one.at.toISOString() })}`);
// A car and a quiet hour need no papers.
export const needsPack = (one: Pick<Coming, 'kind'>): boolean => one.kind !== 'travel' && one.kind !== 'private' && one.kind !== 'other';

/** Where several of those who lead take part, it is one engagement and one pack. */
export function together(engagements: readonly Coming[]): Coming[] {
  const groups = Map.groupBy(engagements, (one) => `${one.engagementId} ${one.at.getTime()}`);
  return [...groups.values()].map((group) => ({ ...group[0]!, leader: group.map((one) => one.leader).join(', ') }));
}

export const PackRow = ({ page, one, withLeader }: { page: PageContext; one: Coming; withLeader?: boolean }): ReactElement => (
  <li><a href={packOf(one)} data-row={packOf(one)}>{one.title}</a><State kind={one.state === 'ready' ? 'ok' : one.state === 'open' ? 'soon' : ''}>{page.t(`pack.state.${one.state ?? 'none'}`)}</State>
    <span className="sub">{one.isAllDay ? page.t('pack.all_day') : <At at={one.startsAt} style="time" />}{one.place && ` · ${one.place}`}{withLeader && ` · ${one.leader}`}</span></li>
);

/** The next days of who leads, with the pack of each engagement. */
export const listPage = definePage({
  path: '/desk/packs', audience: 'desk',
  async get(page) {
    const { t, locale, office, now } = page;
    const zone = office.jurisdiction.timeZone;
    const today = dayIn(zone, now);
    const leads = has(page, 'mayor', 'deputy');
    const view = page.query.get('view') ?? (leads ? 'mine' : 'leaders');
    const { engagements } = await page.run(listComing, { from: instantIn(zone, today), until: instantIn(zone, addDays(today, 14)), leaders: view === 'leaders' });
    const shown = together(engagements).filter((one) => one.packId !== null || needsPack(one));
    const days = Map.groupBy(shown, (one) => dayIn(zone, one.startsAt));
    return page.html(
      <DeskPage title={t('pack.menu')}>
        <div className="head"><div><h1>{t('pack.menu')}</h1><p>{t('pack.lead')}</p></div><div className="actions"><LinkButton icon="phone" href="/desk/pocket">{t('pocket.title')}</LinkButton></div></div>
        <Views label={t('desk.views')} items={['leaders', 'mine'].map((name) => ({ href: `/desk/packs?view=${name}`, label: t(`pack.view.${name}`), current: name === view }))} />
        {days.size === 0 && <Empty action={<LinkButton href="/desk/calendar">{t('pack.to_calendar')}</LinkButton>}>{t('pack.none_coming')}</Empty>}
        {[...days].map(([on, list]) => <Section key={on} id={`d-${on}`} title={formatDay(on, locale, 'weekday')}><ul className="rows">{list.map((one) => <PackRow key={`${one.engagementId}${one.at.getTime()}${one.leader}`} page={page} one={one} withLeader={view === 'leaders'} />)}</ul></Section>)}
      </DeskPage>,
    );
  },
});
