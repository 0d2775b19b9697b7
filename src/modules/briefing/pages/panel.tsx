import type { ReactElement } from 'react';
import { addDays, dayIn, instantIn } from '../../../core/day.ts';
import { glance } from '../../../core/glance.ts';
import type { CaseHead, MenuItem, PageContext, Panel } from '../../../core/page.ts';
import { At, Section, State } from '../../../ui/parts.tsx';
import { preparers } from '../pack.ts';
import { listComing, listOfCase } from '../pack-view.server.ts';
import { has, needsPack, PackRow, packOf, together } from './list-page.tsx';

/** What stands before the leaders until the end of the next day on which something does. */
function comingOf(page: PageContext) {
  const zone = page.office.jurisdiction.timeZone;
  const from = page.now;
  return glance(page.caller.personId ?? '', 'packs', 20, async () => (await page.run(listComing, { from, until: instantIn(zone, addDays(dayIn(zone, from), 4)), leaders: !has(page, 'mayor', 'deputy') })).engagements);
}

async function today(page: PageContext): Promise<ReactElement | null> {
  const { t, office } = page;
  const leads = has(page, 'mayor', 'deputy');
  if (!leads && !has(page, 'chief', 'adviser', 'protocol')) return null;
  const coming = together(await comingOf(page));
  const zone = office.jurisdiction.timeZone;
  const shown = leads ? coming.filter((one) => one.state === 'ready') : coming.filter((one) => needsPack(one) && one.state !== 'ready' && !one.isTentative);
  const [first] = shown;
  if (!first) return null;
  const rows = shown.filter((one) => dayIn(zone, one.startsAt) === dayIn(zone, first.startsAt)).slice(0, 5);
  return (
    <Section id="packs" title={<>{t(leads ? 'pack.today.ready' : 'pack.today.prepare')} <At at={first.startsAt} /></>} aside={<a href={leads ? '/desk/pocket' : '/desk/packs'}>{t(leads ? 'pocket.title' : 'pack.menu')}</a>}>
      <ul className="rows">{rows.map((one) => <PackRow key={`${one.engagementId}${one.at.getTime()}${one.leader}`} page={page} one={one} withLeader={!leads} />)}</ul>
    </Section>
  );
}

async function ofCase(page: PageContext, file: CaseHead): Promise<ReactElement | null> {
  const { t } = page;
  const { engagements } = await page.run(listOfCase, { caseId: file.id });
  if (engagements.length === 0) return null;
  return (
    <Section id="packs" title={t('pack.title')}>
      <ul className="rows">{engagements.map((one) => <li key={one.engagementId}><a href={packOf({ ...one, at: one.startsAt })}>{one.title}</a><At at={one.startsAt} style="both" /><span className="sub"><State>{t(`pack.state.${one.state ?? 'none'}`)}</State></span></li>)}</ul>
    </Section>
  );
}

function menu(page: PageContext): MenuItem[] {
  return has(page, ...preparers) ? [{ href: '/desk/packs', label: page.t('pack.menu'), icon: 'act', order: 5 }] : [];
}

export const panel: Panel = { name: 'briefing', parts: ['engagement'], todayOrder: 5, ofCase, today, menu };
