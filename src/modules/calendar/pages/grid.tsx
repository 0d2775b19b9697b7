import type { ReactElement, ReactNode } from 'react';
import { addDays, type Day } from '../../../core/day.ts';
import { formatDay } from '../../../core/language.ts';
import type { PageContext } from '../../../core/page.ts';
import { Icon } from '../../../ui/icon.tsx';
import { hoursOf, timeOf, type Span } from './day-layout.ts';
import { boxesOn, isWholeDay, rowsOn, type Boxed, type Shown } from './shown.ts';
import { engagementHref, kindIcons, spanWords, timeWords, todayOf, wallOf, weekdayName, zoneOf } from './words.tsx';

const lanesAtMost = 12;
const five = (minute: number): number => Math.round(minute / 5) * 5;
const clockClass = (hour: string, part: string, minute: number): string => `${hour}${Math.floor(five(minute) / 60)} ${part}${five(minute) % 60}`;
const placeClass = (span: Span, lane?: Pick<Boxed, 'lane' | 'lanes' | 'spread'>): string =>
  `${clockClass('h', 'm', span.from)} ${clockClass('u', 'v', span.until)}${lane && lane.lanes > 1 ? ` l${Math.min(lane.lane, lanesAtMost - 1)} n${Math.min(lane.lanes, lanesAtMost)} s${Math.min(lane.spread, lanesAtMost)}` : ''}`;

export const titleOfRow = (page: PageContext, row: Shown): string => row.title ?? page.t('calendar.taken');
export const Clash = ({ page, row }: { page: PageContext; row: Shown }): ReactElement | null => (row.conflict === null ? null
  : <span className="clash"><Icon name="warning" /><span className="word">{page.t(row.conflict === 'firm' ? 'calendar.clash' : 'calendar.clash.weak')}</span></span>);
/** What else is to be said of it: that it is not yet sure, is not for everybody, comes again. */
export function Marks({ page, row }: { page: PageContext; row: Shown }): ReactElement {
  const { t } = page;
  return (
    <>
      {row.isTentative && <span className="word"> {t('engagement.state.tentative')}</span>}
      {row.title !== null && (row.visibility === 'confidential' || row.visibility === 'private') && <span><Icon name="lock" /><span className="vh">{t(`engagement.visibility.${row.visibility}`)}</span></span>}
      {row.isSeries && <span className="again"><Icon name="repeat" /><span className="vh">{t('engagement.series')}</span></span>}
    </>
  );
}
const boxClass = (page: PageContext, row: Shown, more = ''): string => ['box', row.isTentative ? 'tentative' : '', row.title === null ? 'taken' : '', row.isFree ? 'is-free' : '', row.endsAt < page.now ? 'past' : '', more].filter(Boolean).join(' ');

/** One engagement as a link; who may write takes it by the pointer and puts it elsewhere. */
export function Box({ page, row, part, on, isFlat, isSlim, names }: { page: PageContext; row: Shown; part?: Span; on: Day; isFlat?: boolean; isSlim?: boolean; names?: boolean }): ReactElement {
  const { t } = page;
  const label = `${spanWords(page, row.startsAt, row.endsAt, row.isAllDay, on)} ${titleOfRow(page, row)}`;
  const inside = (
    <>
      {!isWholeDay(row) && <span className="t">{timeWords(page, row.startsAt)} </span>}<Clash page={page} row={row} />{row.title !== null && <><Icon name={kindIcons[row.kind]} /><span className="vh">{t(`engagement.kind.${row.kind}`)}: </span></>}
      <b>{titleOfRow(page, row)}</b> <Marks page={page} row={row} />{row.place && <span className="w">{row.place}</span>}{names && row.owner && <span className="w">{row.owner}</span>}
    </>
  );
  if (row.title === null) return <span className={boxClass(page, row, isFlat ? 'flat' : isSlim ? 'slim' : '')} title={label}>{inside}</span>;
  const moves = row.writes && part !== undefined && row.isOwn;
  const until = wallOf(page, row.endsAt);
  return (
    <a className={boxClass(page, row, isFlat ? 'flat' : isSlim ? 'slim' : '')} href={engagementHref(row)} title={label} data-row={engagementHref(row)}
      {...(moves ? { 'data-move': row.engagementId, 'data-at': row.recurrenceAt.toISOString(), 'data-series': row.isSeries ? '1' : '0', 'data-on': wallOf(page, row.startsAt).on, 'data-from': wallOf(page, row.startsAt).time, 'data-until-on': until.on, 'data-until': until.time } : {})}>{inside}</a>
  );
}

export type GridColumn = { key: string; on: Day; calendarId: string; label: string; head: ReactNode; rows: readonly Shown[]; isClosed: boolean };
/** Hours down, days or calendars across. */
export function Grid({ page, columns, names, act }: { page: PageContext; columns: readonly GridColumn[]; names?: boolean; act?: boolean }): ReactElement {
  const { t } = page;
  const zone = zoneOf(page);
  const today = todayOf(page);
  const laid = columns.map((column) => boxesOn(zone, column.on, column.rows));
  const hours = hoursOf(laid.flat());
  const now = wallOf(page, page.now).time;
  const minute = Number(now.slice(0, 2)) * 60 + Number(now.slice(3));
  const hasNow = minute >= hours.from * 60 && minute <= hours.until * 60;
  const whole = columns.map((column) => rowsOn(zone, column.on, column.rows).filter(isWholeDay));
  return (
    <div className={`cal wide c${Math.min(columns.length, 10)} g${hours.from} j${hours.until}`} data-grid={act ? '1' : undefined} data-first={hours.from} data-last={hours.until}>
      <div className="calhead"><span />{columns.map((column) => <div key={column.key} className={column.on === today ? 'now-on' : undefined}>{column.head}</div>)}</div>
      <div className="calall"><span>{t('calendar.all_day')}</span>{columns.map((column, index) => <ul key={column.key} aria-label={column.label}>{whole[index]!.map((row) => <li key={`${row.engagementId}${row.calendarId}`}><Box page={page} row={row} on={column.on} isFlat names={names ?? false} /></li>)}</ul>)}</div>
      <div className="calgrid">
        <div className="calhours" aria-hidden="true">{Array.from({ length: hours.until - hours.from - 1 }, (_, index) => hours.from + index + 1).map((hour) => <span key={hour} className={`h${hour}`}>{timeOf(hour * 60).replace(/^0/, '')}</span>)}</div>
        {columns.map((column, index) => (
          <ol key={column.key} className={`calday${column.isClosed ? ' closed' : ''}${column.on === today ? ' now-on' : ''}`} aria-label={column.label} data-on={column.on} data-calendar={column.calendarId}>
            {laid[index]!.flatMap((box) => [
              ...[box.before, box.after].map((buffer, place) => buffer && <li key={`${box.row.engagementId}${box.row.calendarId}${place}`} aria-hidden="true" className={`buffer ${placeClass(buffer, box)}`}>{buffer.until - buffer.from >= 20 && (place === 0 ? t('calendar.before') : t('calendar.after'))}</li>),
              <li key={`${box.row.engagementId}${box.row.calendarId}${box.row.recurrenceAt.getTime()}`} className={placeClass(box.shown, box)}><Box page={page} row={box.row} part={box.part} on={column.on} isFlat={box.shown.until - box.shown.from < 40} isSlim={box.lanes > 1} names={names ?? false} /></li>,
            ])}
            {column.on === today && hasNow && <li className={`nowline ${clockClass('h', 'm', minute)} ${clockClass('u', 'v', minute)}`} aria-hidden="true" />}
          </ol>
        ))}
      </div>
    </div>
  );
}

/** The seven days under a thumb. */
export function WeekStrip({ page, days, on, closed, rows, href }: { page: PageContext; days: readonly Day[]; on: Day; closed: ReadonlySet<Day>; rows: readonly Shown[]; href: (on: Day) => string }): ReactElement {
  const { t } = page;
  const today = todayOf(page);
  return (
    <nav className="weekstrip" aria-label={t('calendar.view.week')}>
      {days.map((one) => {
        const count = rowsOn(zoneOf(page), one, rows).length;
        return <a key={one} href={href(one)} aria-current={one === on ? 'date' : undefined} className={[one === today ? 'now-on' : '', closed.has(one) ? 'closed' : ''].join(' ').trim() || undefined}><span className="wd" aria-hidden="true">{weekdayName(page, one).slice(0, 3)}</span><span className="vh">{formatDay(one, page.locale, 'weekday')}</span><span className="date" aria-hidden="true">{Number(one.slice(8))}</span><span className="count">{count > 0 ? <>{count}<span className="vh"> {t('calendar.count', { count })}</span></> : ''}</span></a>;
      })}
    </nav>
  );
}

export function MonthGrid({ page, days, on, closed, names, rows, hrefOf }: { page: PageContext; days: readonly Day[]; on: Day; closed: ReadonlyMap<Day, string>; names: boolean; rows: readonly Shown[]; hrefOf: (view: string, on: Day) => string }): ReactElement {
  const { t } = page;
  const today = todayOf(page);
  const most = 4;
  return (
    <div className="cal monthly">
      <p className="calweek" aria-hidden="true">{days.slice(0, 7).map((one) => <span key={one}>{weekdayName(page, one).slice(0, 3)}</span>)}</p>
      <ol className="calmonth">
        {days.map((one) => {
          const list = rowsOn(zoneOf(page), one, rows);
          const className = [closed.has(one) ? 'closed' : '', one.slice(0, 7) === on.slice(0, 7) ? '' : 'other', one === today ? 'now-on' : '', one === on ? 'chosen' : ''].filter(Boolean).join(' ');
          return (
            <li key={one} className={className || undefined}>
              <a className="date" href={hrefOf('month', one)} data-day={hrefOf('day', one)}><span className="vh">{formatDay(one, page.locale, 'weekday')}{list.length > 0 && `, ${t('calendar.count', { count: list.length })}`}</span><span aria-hidden="true">{Number(one.slice(8))}</span></a>
              {closed.get(one) && <span className="holiday"> {closed.get(one)}</span>}
              <span className="count" aria-hidden="true">{list.length > 0 ? list.length : ' '}</span>
              <ul>{list.slice(0, list.length > most ? most - 1 : most).map((row) => <li key={`${row.engagementId}${row.calendarId}${row.recurrenceAt.getTime()}`}><Box page={page} row={row} on={one} isFlat names={names} /></li>)}
                {list.length > most && <li><a className="more" href={hrefOf('day', one)}>{t('calendar.more', { count: list.length - most + 1 })}</a></li>}</ul>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** Days one under another, as they are read on a phone and printed. */
export function Agenda({ page, days, closed, names, rows, className = '', heading, empty }: { page: PageContext; days: readonly Day[]; closed: ReadonlyMap<Day, string>; names: boolean; rows: readonly Shown[]; className?: string; heading?: string; empty?: ReactNode }): ReactElement {
  const { t, now } = page;
  const zone = zoneOf(page);
  const today = todayOf(page);
  return (
    <div className={`agenda ${className}`.trim()}>
      {days.map((on) => {
        const list = rowsOn(zone, on, rows);
        return (
          <section key={on} className={on === today ? 'now-on' : undefined} aria-labelledby={`d${on}${className}`}>
            <h2 id={`d${on}${className}`}>{heading ?? formatDay(on, page.locale, 'weekday')}{!heading && (on === today || on === addDays(today, 1)) && <span className="meta">{t(on === today ? 'calendar.today' : 'calendar.tomorrow')}</span>}{!heading && closed.get(on) && <span className="meta">{closed.get(on)}</span>}</h2>
            {list.length === 0 ? <p className="quiet">{empty ?? t('calendar.empty_day')}</p> : (
              <ul>{list.map((row) => (
                <li key={`${row.engagementId}${row.calendarId}${row.recurrenceAt.getTime()}`} className={row.endsAt < now ? 'past' : row.startsAt <= now && !row.isAllDay ? 'is-now' : undefined}>
                  <span className="t">{isWholeDay(row) ? spanWords(page, row.startsAt, row.endsAt, true, on) : <>{timeWords(page, row.startsAt)}<span className="until">–{timeWords(page, row.endsAt)}</span></>}</span>
                  <div>{row.title === null ? <span>{t('calendar.taken')}</span> : <a className="ename" href={engagementHref(row)} data-row={engagementHref(row)}><Icon name={kindIcons[row.kind]} /> <span className="vh">{t(`engagement.kind.${row.kind}`)}: </span>{row.title}</a>}
                    {(row.place || (names && row.owner) || row.isTentative || row.isSeries || row.visibility === 'confidential' || (row.visibility === 'private' && row.title !== null)) && <span className="sub">{[row.place, names ? row.owner : ''].filter(Boolean).join(' · ')} <Marks page={page} row={row} /></span>}</div>
                  <span className="end meta"><Clash page={page} row={row} /></span>
                </li>))}</ul>
            )}
          </section>
        );
      })}
    </div>
  );
}
