import type { ReactElement } from 'react';
import { addDays, dayIn, partsOf, wallClock, weekdayOf, type Day } from '../../../core/day.ts';
import { calendarNames, formatDay, formatTime, getLocale } from '../../../core/language.ts';
import type { PageContext } from '../../../core/page.ts';
import { useView } from '../../../ui/view.tsx';
import type { EngagementKind } from '../engagement.ts';
import type { ConflictRow } from './shown.ts';
import { Icon, type IconName } from '../../../ui/icon.tsx';

type Reads = Pick<PageContext, 'office' | 'locale' | 't' | 'now'>;
export const zoneOf = (page: Pick<PageContext, 'office'>): string => page.office.jurisdiction.timeZone;
export const todayOf = (page: Pick<PageContext, 'office' | 'now'>): Day => dayIn(zoneOf(page), page.now);
export const has = (page: Pick<PageContext, 'caller'>, ...roles: string[]): boolean => roles.some((role) => page.caller.roles.has(role as 'chief'));
export const caseHref = (caseId: string): string => `/desk/cases/${caseId}`;
export const engagementHref = (one: { engagementId: string; recurrenceAt?: Date | null; isSeries?: boolean }, act = ''): string =>
  `/desk/calendar/${one.engagementId}${act && `/${act}`}${one.isSeries && one.recurrenceAt ? `?at=${encodeURIComponent(one.recurrenceAt.toISOString())}` : ''}`;

/** A word with a capital: names of months and days stand at the head of a page. */
export const capital = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);
const short = (page: Reads, on: Day): string => formatDay(on, page.locale, 'short');
/** The heading of what is shown: a day, a week, a month. */
export function titleOf(page: Reads, view: string, on: Day, days: readonly Day[]): string {
  const { months } = calendarNames(page.locale);
  if (view === 'day' || view === 'rooms') return capital(formatDay(on, page.locale, 'weekday'));
  if (view === 'month') return capital(`${months[partsOf(on).month - 1]} ${partsOf(on).year}${['sr', 'cnr'].includes(getLocale(page.locale).source) ? '.' : ''}`);
  return `${short(page, days[0]!)} – ${formatDay(days.at(-1)!, page.locale, 'long')}`;
}
export const weekdayName = (page: Pick<Reads, 'locale'>, on: Day): string => calendarNames(page.locale).weekdays[weekdayOf(on) - 1]!;

export const kindIcons: Record<EngagementKind, IconName> = { meeting: 'people', audience: 'ask', visit: 'pin', event: 'flag', interview: 'voice', travel: 'car', private: 'lock', other: 'calendar' };
export const resourceIcons: Record<string, IconName> = { room: 'door', car: 'car', equipment: 'settings' };

/** From when until when, with the day where it is not the one that is shown. */
export function spanWords(page: Reads, startsAt: Date, endsAt: Date, isAllDay: boolean, on?: Day): string {
  const zone = zoneOf(page);
  const first = dayIn(zone, startsAt);
  if (isAllDay) {
    const last = addDays(dayIn(zone, endsAt), -1);
    return last <= first ? (on === first ? page.t('calendar.all_day') : `${formatDay(first, page.locale, 'weekday')}, ${page.t('calendar.all_day')}`) : `${short(page, first)} – ${short(page, last)}`;
  }
  const last = dayIn(zone, endsAt);
  const from = formatTime(startsAt, zone, page.locale);
  const until = formatTime(endsAt, zone, page.locale);
  const head = on === first ? '' : `${formatDay(first, page.locale, 'weekday')}, `;
  return last === first ? `${head}${from}–${until}` : `${head}${from} – ${short(page, last)} ${until}`;
}
/** A free time, short: the first letters of the weekday, the day, the hour. */
export const slotWords = (page: Reads, at: Date): string => `${weekdayName(page, dayIn(zoneOf(page), at)).slice(0, 3)} ${short(page, dayIn(zoneOf(page), at))} ${timeWords(page, at)}`;
export const timeWords = (page: Reads, at: Date): string => formatTime(at, zoneOf(page), page.locale);
export const wallOf = (page: Pick<PageContext, 'office'>, at: Date): { on: Day; time: string } => wallClock(zoneOf(page), at);

const isMidnight = (page: Reads, at: Date): boolean => wallClock(zoneOf(page), at).time === '00:00';
/** What stands in the way, in words that this reader may read. */
export function Clashes({ page, conflicts }: { page: PageContext; conflicts: readonly ConflictRow[] }): ReactElement {
  const { t } = page;
  return (
    <ul className="clashes">{conflicts.slice(0, 12).map((one, index) => (
      <li key={index}><span><Icon name={one.kind === 'resource' ? 'door' : 'warning'} /> <b>{one.who}</b></span><span>{one.title ?? t('calendar.taken')}{one.isTentative && `, ${t('engagement.state.tentative')}`}</span><span className="meta">{spanWords(page, one.startsAt, one.endsAt, isMidnight(page, one.startsAt) && isMidnight(page, one.endsAt))}</span></li>))}
      {conflicts.length > 12 && <li className="meta">+{conflicts.length - 12}</li>}</ul>
  );
}

/** The sheet and the script of the calendar's pages. */
export const Sheet = (): ReactElement => {
  const { asset } = useView();
  return <><link rel="stylesheet" href={asset('calendar.css')} /><script type="module" src={asset('calendar.js')} /></>;
};
