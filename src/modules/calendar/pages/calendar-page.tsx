import type { ReactElement } from 'react';
import { addDays, addMonths, isPlausibleDay, weekOf, type Day } from '../../../core/day.ts';
import { formatDay } from '../../../core/language.ts';
import { definePage, type PageContext } from '../../../core/page.ts';
import { DeskPage } from '../../../ui/frame.tsx';
import { Hidden } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Button, Empty, LinkButton } from '../../../ui/parts.tsx';
import { isId } from '../../../core/id.ts';
import { listCalendars, type CalendarView } from '../calendar.server.ts';
import { listDays } from '../day.server.ts';
import { listEngagements } from '../engagement-read.server.ts';
import { listBookings, listResources } from '../resource.server.ts';
import { monthDays, weekDays } from './day-layout.ts';
import { Agenda, Grid, MonthGrid, WeekStrip, type GridColumn } from './grid.tsx';
import { joined, rowsOn, shownFrom, type Shown } from './shown.ts';
import { resourceIcons, Sheet, titleOf, todayOf, weekdayName, zoneOf } from './words.tsx';

const views = ['day', 'week', 'month', 'list', 'rooms'] as const;
type View = (typeof views)[number];
const listDaysAhead = 28;
const columnsAtMost = 7;
type Asked = { view: View; on: Day; of: string[]; isChosen: boolean };

const daysOf = (view: View, on: Day): Day[] => (view === 'month' ? monthDays(on) : view === 'week' ? weekDays(on) : view === 'list' ? Array.from({ length: listDaysAhead }, (_, index) => addDays(on, index)) : [on]);
const stepOf = (view: View, on: Day, step: number): Day => (view === 'month' ? addMonths(on, step) : addDays(on, step * (view === 'week' ? 7 : view === 'list' ? listDaysAhead : 1)));

/** Whose calendars are shown unless others are asked for: who leads or works for oneself sees the own, who keeps the mayor's sees that. */
function usualOf(calendars: readonly CalendarView[]): string[] {
  const mine = calendars.find((one) => one.isMine);
  const mayors = calendars.filter((one) => one.role === 'mayor');
  if (mine && mine.role !== 'staff') return [mine.id];
  if (mayors.some((one) => one.writes)) return mayors.map((one) => one.id);
  return [...mayors, ...(mine ? [mine] : [])].map((one) => one.id);
}

function asked(page: PageContext, calendars: readonly CalendarView[]): Asked {
  const view = views.find((one) => one === page.query.get('view')) ?? 'week';
  const wanted = page.query.get('on');
  const of = page.query.getAll('of').flatMap((one) => one.split(',')).filter(isId);
  const known = of.filter((id) => calendars.some((one) => one.id === id));
  return { view, on: isPlausibleDay(wanted, { from: '2000-01-01', until: '2099-12-31' }) ? wanted : todayOf(page), of: known.length > 0 ? known : usualOf(calendars), isChosen: known.length > 0 };
}

function Bar({ page, shown, hrefOf, calendars }: { page: PageContext; shown: Asked; hrefOf: (view: string, on: Day) => string; calendars: readonly CalendarView[] }): ReactElement {
  const { t } = page;
  const chosen = calendars.filter((one) => shown.of.includes(one.id));
  return (
    <div className="calbar">
      <nav className="views" aria-label={t('calendar.views')}>{views.map((view) => <a key={view} href={hrefOf(view, shown.on)} aria-current={view === shown.view ? 'page' : undefined} data-key={view === 'rooms' || view === 'list' ? undefined : view[0]}>{t(`calendar.view.${view}`)}</a>)}</nav>
      <div className="caldates">
        <a className="btn quiet" rel="prev" href={hrefOf(shown.view, stepOf(shown.view, shown.on, -1))} data-arrow="left"><span aria-hidden="true">‹</span><span className="vh">{t('calendar.earlier')}</span></a>
        <a className="btn" href={hrefOf(shown.view, todayOf(page))} data-key="t">{t('calendar.today')}</a>
        <a className="btn quiet" rel="next" href={hrefOf(shown.view, stepOf(shown.view, shown.on, 1))} data-arrow="right"><span aria-hidden="true">›</span><span className="vh">{t('calendar.later')}</span></a>
      </div>
      {shown.view !== 'rooms' && calendars.length > 1 && (
        <details className="calpick"><summary>{chosen.length === 1 ? chosen[0]!.name : t('calendar.chosen', { count: chosen.length })}</summary>
          <form action="/desk/calendar"><Hidden fields={{ view: shown.view, on: shown.on }} />
            <ul className="ticks">{calendars.map((one) => <li key={one.id}><label><input type="checkbox" name="of" value={one.id} defaultChecked={shown.of.includes(one.id)} /><span>{one.name} <span className="meta">{one.isMine ? t('calendar.mine') : one.role === 'staff' ? '' : t(`calendar.role.${one.role}`)}</span></span></label></li>)}</ul>
            <div className="actions"><Button>{t('calendar.show')}</Button><a href="/desk/calendar/settings">{t('calendar.settings')}</a></div></form></details>
      )}
    </div>
  );
}

const Legend = ({ page }: { page: PageContext }): ReactElement => {
  const { t } = page;
  return (
    <p className="callegend" aria-label={t('calendar.legend')}><span><i className="box" />{t('engagement.state.confirmed')}</span><span><i className="box tentative" />{t('engagement.state.tentative')}</span><span><i className="box taken" />{t('calendar.taken')}</span><span><i className="buffer" />{t('calendar.legend.buffer')}</span><span className="clash"><Icon name="warning" />{t('calendar.legend.clash')}</span></p>
  );
};

/** Who has which room, car or equipment on a day. */
async function roomColumns(page: PageContext, on: Day): Promise<{ columns: (GridColumn & { name: string })[]; rows: Shown[] }> {
  const [{ resources }, { bookings }] = await Promise.all([page.run(listResources, {}), page.run(listBookings, { fromOn: on, untilOn: on })]);
  const rows = bookings.map((one): Shown => ({
    engagementId: one.engagementId, recurrenceAt: one.startsAt, calendarId: one.resourceId, owner: one.calendarName ?? '', title: one.title, kind: 'meeting', place: '', visibility: 'internal', startsAt: one.startsAt, endsAt: one.endsAt, busyFrom: one.startsAt, busyUntil: one.endsAt,
    isAllDay: false, isTentative: one.state === 'tentative', isFree: false, isOwn: true, isSeries: false, writes: false, caseId: null, conflict: null, with: '',
  }));
  const columns = resources.slice(0, 10).map((one) => ({
    key: one.id, name: one.name, on, calendarId: '', label: one.name, isClosed: false, rows: rows.filter((row) => row.calendarId === one.id),
    head: <><span className="name"><Icon name={resourceIcons[one.kind] ?? 'door'} /> {one.name}</span><span className="wd">{[one.place, one.seats ? page.t('resource.seats_count', { count: one.seats }) : ''].filter(Boolean).join(' · ')}</span></>,
  }));
  return { columns, rows };
}

export const calendarPage = definePage({
  path: '/desk/calendar', audience: 'desk',
  async get(page) {
    const { t } = page;
    const { calendars } = await page.run(listCalendars, {});
    const shown = asked(page, calendars);
    const days = daysOf(shown.view, shown.on);
    const of = shown.isChosen ? `&of=${shown.of.join(',')}` : '';
    const hrefOf = (view: string, on: Day): string => `/desk/calendar?view=${view}&on=${on}${of}`;
    const week = weekDays(shown.on);
    // On a phone every view has the strip of the week above it.
    const from = [days[0]!, week[0]!].toSorted()[0]!;
    const until = [days.at(-1)!, week[6]!].toSorted()[1]!;
    const [{ closed: list }, rooms, { slots }] = await Promise.all([page.run(listDays, { from, until }), shown.view === 'rooms' ? roomColumns(page, shown.on) : null, page.run(listEngagements, { calendarIds: shown.of, fromOn: from, untilOn: until })]);
    const closed = new Map(list.map((one) => [one.on, one.name]));
    const rows = shownFrom(slots, calendars);
    const merged = joined(rows);
    const names = shown.of.length > 1;
    const mayAdd = calendars.some((one) => shown.of.includes(one.id) && one.writes);
    const target = calendars.find((one) => shown.of.includes(one.id) && one.writes);
    const dayHead = (on: Day): ReactElement => <a href={hrefOf('day', on)}><span className="wd">{weekdayName(page, on)}</span><span className="date">{Number(on.slice(8))}</span>{closed.get(on) && <span className="holiday">{closed.get(on)}</span>}</a>;
    const columns: GridColumn[] = shown.view === 'week'
      ? days.map((on) => ({ key: on, on, calendarId: target?.id ?? '', label: formatDay(on, page.locale, 'weekday'), head: dayHead(on), rows: merged, isClosed: closed.has(on) }))
      : calendars.filter((one) => shown.of.includes(one.id)).slice(0, columnsAtMost).map((one) => ({ key: one.id, on: shown.on, calendarId: one.writes ? one.id : '', label: one.name, head: <span className="name">{one.name}</span>, rows: rows.filter((row) => row.calendarId === one.id), isClosed: closed.has(shown.on) }));
    const narrow = (
      <div className="narrow-day">
        {shown.view !== 'month' && <WeekStrip page={page} days={week} on={shown.on} closed={new Set(closed.keys())} rows={shown.view === 'rooms' ? [] : merged} href={(on) => hrefOf(shown.view === 'rooms' ? 'rooms' : 'day', on)} />}
        {shown.view === 'rooms'
          ? rooms!.columns.map((column) => <Agenda key={column.key} page={page} days={[shown.on]} closed={closed} names rows={column.rows} className={`r${column.key.slice(-8)}`} heading={column.name} empty={t('resource.free_all_day')} />)
          : <Agenda page={page} days={[shown.on]} closed={closed} names={names} rows={merged} className="of-day" />}
      </div>
    );
    const newHref = `/desk/calendar/new?${new URLSearchParams({ on: shown.on, ...(target ? { of: target.id } : {}) })}`;
    return page.html(
      <DeskPage title={t('calendar.title')}>
        <Sheet />
        <div className="head"><div><h1>{titleOf(page, shown.view, shown.on, days)}</h1><p>{[shown.view === 'week' || shown.view === 'day' ? t('calendar.week_number', { week: weekOf(shown.on).week }) : '', shown.view === 'day' && closed.get(shown.on) ? closed.get(shown.on)! : '', shown.view === 'rooms' ? t('calendar.rooms.lead') : calendars.filter((one) => shown.of.includes(one.id)).map((one) => one.name).join(', ')].filter(Boolean).join(' · ')}</p></div>
          {mayAdd && <div className="actions"><LinkButton kind="primary" icon="plus" href={newHref} data-key="n">{t('engagement.new')}</LinkButton></div>}</div>
        <Bar page={page} shown={shown} hrefOf={hrefOf} calendars={calendars} />
        <p className="calstatus" role="status" />
        <div id="calendar" data-zone={zoneOf(page)} data-words={JSON.stringify(islandWords(page))}>
          {shown.view === 'month' ? <MonthGrid page={page} days={days} on={shown.on} closed={closed} names={names} rows={merged} hrefOf={hrefOf} />
            : shown.view === 'list' ? <Agenda page={page} days={days.filter((on) => on === todayOf(page) || rowsOn(zoneOf(page), on, merged).length > 0)} closed={closed} names={names} rows={merged} />
              : shown.view === 'rooms' ? (rooms!.columns.length === 0 ? <Empty action={<LinkButton href="/desk/resources">{t('resource.title')}</LinkButton>}>{t('resource.empty')}</Empty> : <Grid page={page} columns={rooms!.columns} names />)
                : <Grid page={page} columns={columns} names={names && shown.view === 'week'} act={mayAdd} />}
          {shown.view !== 'list' && narrow}
        </div>
        {(shown.view === 'day' || shown.view === 'week') && <Legend page={page} />}
      </DeskPage>,
    );
  },
});
const islandWords = (page: PageContext): Record<string, string> => Object.fromEntries(['moved', 'undo', 'undone', 'conflict', 'nevertheless', 'cancel', 'this', 'following', 'all', 'series', 'refused', 'new'].map((key) => [key, page.t(`calendar.island.${key}`)]));
