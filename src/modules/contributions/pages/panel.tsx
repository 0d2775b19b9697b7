import type { ReactElement } from 'react';
import { glance } from '../../../core/glance.ts';
import type { CaseAct, CaseHead, PageContext, Panel } from '../../../core/page.ts';
import { At, Section } from '../../../ui/parts.tsx';
import { isOwed } from '../contribution.ts';
import { countOwed, listAsked, listOfCase } from '../owed.server.ts';
import { askHref, asks, DueMark, nameOf, todayOf } from './words.tsx';

const countsOf = (page: PageContext) => glance(page.caller.personId ?? '', 'contributions', 10, () => page.run(countOwed, {}));

// A petition asks by an act of its own, and shows what it asked in its own place.
const isOwn = (file: CaseHead): boolean => file.kind === 'paper';
function acts(page: PageContext, file: CaseHead): CaseAct[] {
  return isOwn(file) && file.closedAt === null && asks(page) ? [{ key: 'ask', label: page.t('contribution.ask.title'), href: `/desk/contributions/new?caseId=${file.id}`, icon: 'ask', group: 'work' }] : [];
}

async function ofCase(page: PageContext, file: CaseHead): Promise<ReactElement | null> {
  if (!isOwn(file)) return null;
  const { t } = page;
  const { contributions } = await page.run(listOfCase, { caseId: file.id });
  if (contributions.length === 0) return null;
  return (
    <Section id="contributions" title={t('petition.contributions')} aside={<span className="meta">{t('contribution.came_of', { came: contributions.filter((row) => !isOwed(row.state)).length, count: contributions.length })}</span>}>
      <ul className="rows">{contributions.map((row) => <li key={row.id}><a href={askHref(row)} data-row={askHref(row)}>{row.askedName}</a><DueMark page={page} row={row} /><span className="sub">{nameOf(row)}{row.repliedAt && <> · {row.repliedBy}, <At at={row.repliedAt} /></>}</span></li>)}</ul>
    </Section>
  );
}

async function today(page: PageContext): Promise<ReactElement | null> {
  const { t } = page;
  const counts = await countsOf(page);
  if (counts.mine + counts.askedLate + counts.more === 0) return null;
  const mine = counts.mine > 0 ? (await page.run(listAsked, { view: 'mine', limit: 5 })).contributions : [];
  const late = counts.askedLate + counts.more > 0 ? (await page.run(listAsked, { view: 'asked', limit: 200 })).contributions.filter((row) => row.moreUntil !== null || (isOwed(row.state) && row.dueOn < todayOf(page))).slice(0, 4) : [];
  const rows = [...mine, ...late.filter((row) => !mine.some((one) => one.id === row.id))];
  if (rows.length === 0) return null;
  return (
    <Section id="owed" title={t(mine.length > 0 ? 'contribution.today.mine' : counts.askedLate > 0 ? 'contribution.today.asked' : 'contribution.today.more')} aside={<a href={`/desk/contributions?view=${mine.length > 0 ? 'mine' : 'asked'}`}>{t('desk.nav.contributions')}</a>}>
      <ul className="rows">{rows.map((row) => <li key={row.id}><a href={askHref(row)} data-row={askHref(row)}>{nameOf(row)}</a><DueMark page={page} row={row} /><span className="sub"><span className="ref">{row.reference}</span> · {row.askedName}</span></li>)}</ul>
    </Section>
  );
}

export const panel: Panel = { name: 'contributions', parts: ['contribution'], todayOrder: 40, acts, ofCase, today };
