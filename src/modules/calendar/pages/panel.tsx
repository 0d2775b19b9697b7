import type { ReactElement } from 'react';
import { addDays } from '../../../core/day.ts';
import { glance } from '../../../core/glance.ts';
import { formatDay } from '../../../core/language.ts';
import type { CaseAct, CaseHead, MenuItem, PageContext, Panel } from '../../../core/page.ts';
import { Icon } from '../../../ui/icon.tsx';
import { LinkButton, Section, State } from '../../../ui/parts.tsx';
import { listCalendars } from '../calendar.server.ts';
import { engagementsOfCase } from '../engagement-case.server.ts';
import { listEngagements } from '../engagement-read.server.ts';
import { countRequests, listRequests } from '../request.server.ts';
import { Clash, Marks } from './grid.tsx';
import { AgeMark, requestActsOf } from './request-pages.tsx';
import { isWholeDay, joined, rowsOn, shownFrom, type Shown } from './shown.ts';
import { caseHref, engagementHref, has, kindIcons, spanWords, timeWords, todayOf, zoneOf } from './words.tsx';

const askers = ['registrar', 'citizens', 'chief', 'clerk', 'protocol', 'adviser', 'head', 'mayor', 'deputy'];
const countOf = (page: PageContext) => glance(page.caller.personId ?? '', 'meeting-requests', 20, () => page.run(countRequests, {}));
const decides = (page: PageContext): boolean => has(page, 'mayor', 'deputy', 'chief');

function acts(page: PageContext, file: CaseHead): CaseAct[] {
  if (file.kind === 'reserved' || file.closedAt) return [];
  const { t } = page;
  return [
    { key: 'engagement', label: t('engagement.act.of_case'), href: `/desk/calendar/new?case=${file.id}`, icon: 'calendar', group: 'work' },
    ...(has(page, ...askers) ? [{ key: 'meeting-request', label: t('request.act.of_case'), href: `${caseHref(file.id)}/meeting-request`, icon: 'people', group: 'work' as const }] : []),
  ];
}

async function ofCase(page: PageContext, file: CaseHead): Promise<ReactElement | null> {
  const { t } = page;
  const [{ engagements }, { requests }] = await Promise.all([page.run(engagementsOfCase, { caseId: file.id }), page.run(listRequests, { caseId: file.id })]);
  if (engagements.length === 0 && requests.length === 0) return null;
  return (
    <Section id="calendar" title={t('calendar.title')}>
      <ul className="rows">
        {requests.map((row) => (
          <li key={row.id}><span><b>{t('request.one')}</b>: {row.purpose}</span>{row.state === 'open' ? <AgeMark page={page} row={row} /> : <State kind={row.state === 'accepted' ? 'ok' : ''}>{t(`request.state.${row.state}`)}</State>}
            <span className="sub">{t('request.with', { who: row.owner })}{row.wished && ` · ${row.wished}`}{row.delegatedTo && ` · ${row.delegatedTo}`}{row.reason && ` · ${row.reason}`}{requestActsOf(page, row).map((act) => <a key={act} className="act" href={`/desk/meeting-requests/${row.id}/${act}`}>{t(`request.act.${act}`)}</a>)}</span></li>))}
        {engagements.map((one) => (
          <li key={one.id}><a href={`/desk/calendar/${one.id}`}>{one.title}</a>{one.state === 'confirmed' ? <span className="meta">{one.calendarName}</span> : <State kind={one.state === 'cancelled' ? 'late' : 'soon'}>{t(`engagement.state.${one.state}`)}</State>}
            <span className="sub">{spanWords(page, one.startsAt, one.endsAt, one.isAllDay)}{one.place && ` · ${one.place}`}</span></li>))}
      </ul>
    </Section>
  );
}

/** One's own day, or that of who leads for those who keep their calendar; what comes next stands out with its pack. */
async function dayOf(page: PageContext): Promise<{ rows: Shown[]; names: boolean }> {
  const { calendars } = await page.run(listCalendars, {});
  const shown = calendars.filter((one) => one.isMine || (one.writes && (one.role === 'mayor' || one.role === 'deputy')));
  if (shown.length === 0) return { rows: [], names: false };
  const on = todayOf(page);
  const { slots } = await page.run(listEngagements, { calendarIds: shown.map((one) => one.id), fromOn: on, untilOn: addDays(on, 1) });
  return { rows: joined(shownFrom(slots, shown)), names: shown.length > 1 };
}

async function today(page: PageContext): Promise<ReactElement | null> {
  const { t, now } = page;
  const on = todayOf(page);
  const [{ rows, names }, { open }] = await Promise.all([dayOf(page), decides(page) ? countOf(page) : { open: 0 }]);
  const ofToday = rowsOn(zoneOf(page), on, rows);
  const tomorrow = addDays(on, 1);
  const isOver = ofToday.every((row) => row.endsAt < now);
  const day = isOver ? rowsOn(zoneOf(page), tomorrow, rows) : ofToday;
  if (day.length === 0 && open === 0) return null;
  const next = day.find((row) => row.endsAt > now && row.title !== null && !isWholeDay(row));
  const asked = open > 0 ? (await page.run(listRequests, { view: 'open', mine: true, limit: 3 })).requests : [];
  return (
    <>
      {day.length > 0 && (
        <Section id="day" title={isOver ? t('calendar.day.tomorrow', { on: formatDay(tomorrow, page.locale, 'short') }) : t('calendar.day.today')} aside={<a href={`/desk/calendar?view=day&on=${isOver ? tomorrow : on}`}>{t('calendar.title')}</a>}>
          <ul className="day">{day.map((row) => (
            <li key={`${row.engagementId}${row.recurrenceAt.getTime()}`} className={row.endsAt < now ? 'past' : row === next ? 'now' : undefined}><time>{isWholeDay(row) ? '' : timeWords(page, row.startsAt)}</time>
              <div><b>{row.title === null ? t('calendar.taken') : <a href={engagementHref(row)}><Icon name={kindIcons[row.kind]} /> {row.title}</a>}</b><span className="meta">{[isWholeDay(row) ? t('calendar.all_day') : `${timeWords(page, row.startsAt)}–${timeWords(page, row.endsAt)}`, row.place, names ? row.owner : ''].filter(Boolean).join(' · ')} <Clash page={page} row={row} /> <Marks page={page} row={row} /></span>
                {row === next && <p className="actions" data-top="1"><LinkButton href={`/desk/packs/of/${row.engagementId}`} icon="file">{t('engagement.pack')}</LinkButton></p>}</div></li>))}</ul>
        </Section>
      )}
      {asked.length > 0 && (
        <Section id="asked" title={t('request.title')} aside={<a href="/desk/meeting-requests">{t('desk.all', { count: open })}</a>}>
          {asked.map((row) => (
            <article className="sign" key={row.id}><h3><a href={caseHref(row.caseId)}>{row.party?.name || row.purpose}</a></h3><p className="meta">{row.purpose} · {t('request.with', { who: row.owner })} · <AgeMark page={page} row={row} /></p>
              <div className="actions">{requestActsOf(page, row).filter((act) => act !== 'withdraw').map((act) => <LinkButton key={act} {...(act === 'decline' ? { kind: 'quiet' as const } : {})} href={`/desk/meeting-requests/${row.id}/${act}`}>{t(`request.act.${act}`)}<span className="vh"> {row.reference}</span></LinkButton>)}</div></article>))}
        </Section>
      )}
    </>
  );
}

async function menu(page: PageContext): Promise<MenuItem[]> {
  const { t } = page;
  const mayAsk = has(page, ...askers);
  const { open } = mayAsk ? await countOf(page) : { open: 0 };
  return [
    { href: '/desk/calendar', label: t('calendar.title'), icon: 'calendar', order: 4 },
    ...(mayAsk ? [{ href: '/desk/meeting-requests', label: t('request.title'), icon: 'people', order: 4.5, count: decides(page) || has(page, 'registrar', 'protocol') ? open : 0 }] : []),
    { href: '/desk/resources', label: t('resource.title'), icon: 'door', order: 72 },
  ];
}

export const panel: Panel = { name: 'calendar', parts: ['engagement', 'meeting_request'], todayOrder: 4, acts, ofCase, today, menu };
