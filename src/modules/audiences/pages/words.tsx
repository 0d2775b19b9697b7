import type { ReactElement } from 'react';
import { dayIn, daysBetween } from '../../../core/day.ts';
import { formatDay, formatTime } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import type { PageContext } from '../../../core/page.ts';
import type { Option } from '../../../ui/field.tsx';
import { ClockMark } from '../../../ui/icon.tsx';
import { State } from '../../../ui/parts.tsx';
import { listColleagues } from '../../people/index.ts';
import { audienceNumber, mayOrganise, needs } from '../audience.ts';
import type { Audience } from '../audience.server.ts';

export const listPath = '/desk/audiences';
export const hrefOf = (audienceId: string, act = ''): string => `${listPath}/${audienceId}${act && `/${act}`}`;
export const dayHref = (dayId: string): string => `${listPath}/days/${dayId}`;
export const caseHref = (caseId: string): string => `/desk/cases/${caseId}`;
export const has = (page: PageContext, ...roles: string[]): boolean => roles.some((role) => page.caller.roles.has(role as 'chief'));
export const organises = (page: PageContext): boolean => mayOrganise(page.caller);
export const todayOf = (page: Pick<PageContext, 'office' | 'now'>): string => dayIn(page.office.jurisdiction.timeZone, page.now);

export const topicName = (page: Pick<PageContext, 'office' | 'locale'>, topic: string): string => textIn(page.office.data.areas.find((one) => one.id === topic)?.name, page.locale);
export const unitName = (page: Pick<PageContext, 'office' | 'locale'>, unitId: string | null | undefined): string => textIn(page.office.data.units.find((one) => one.id === unitId)?.name, page.locale);
export const topicOptions = (page: PageContext): Option[] => page.office.data.areas.map((one) => ({ value: one.id, label: textIn(one.name, page.locale) }));
export const unitOptions = (page: PageContext): Option[] => page.office.data.units.map((one) => ({ value: one.id, label: textIn(one.name, page.locale) }));
export const timeOf = (page: Pick<PageContext, 'office' | 'locale'>, at: Date): string => formatTime(at, page.office.jurisdiction.timeZone, page.locale);
export const whenOf = (page: Pick<PageContext, 'office' | 'locale'>, at: Date): string => `${formatDay(dayIn(page.office.jurisdiction.timeZone, at), page.locale, 'weekday')}, ${timeOf(page, at)}`;
export const needWords = (page: Pick<PageContext, 't'>, list: string): string => needs.filter((one) => list.split(',').includes(one)).map((one) => page.t(`public.audience.need.${one}`)).join(', ');

/** Who leads and receives. */
export async function hostOptions(page: PageContext): Promise<Option[]> {
  const { people } = await page.run(listColleagues, {});
  return people.filter((one) => one.roles.includes('mayor') || one.roles.includes('deputy')).toSorted((a, b) => Number(b.roles.includes('mayor')) - Number(a.roles.includes('mayor'))).map((one) => ({ value: one.id, label: `${one.name}, ${textIn(one.title, page.locale)}` }));
}
/** Units and persons to whom something can be given. */
export async function receiverOptions(page: PageContext, access: string): Promise<Option[]> {
  const { people } = await page.run(listColleagues, {});
  return [
    ...(access === 'confidential' ? [] : unitOptions(page).map((one) => ({ ...one, value: `unit:${one.value}`, group: page.t('delivery.units') }))),
    ...people.map((one) => ({ value: `person:${one.id}`, label: `${one.name}, ${textIn(one.title, page.locale)}`, group: page.t('delivery.people') })),
  ];
}

/** Where an audience stands: what waits long or is owed too late is marked. */
export function StateOf({ page, audience }: { page: PageContext; audience: Audience }): ReactElement {
  const { t } = page;
  const today = todayOf(page);
  if (audience.state === 'asked' || audience.state === 'waiting') {
    const days = daysBetween(dayIn(page.office.jurisdiction.timeZone, audience.at), today);
    return <ClockMark state={days > 60 ? 'late' : days > 30 ? 'soon' : 'none'} label={audience.state === 'asked' ? t('audience.state.asked') : t('audience.waits', { count: days })} />;
  }
  if (audience.state === 'held' && audience.replyDueOn) return <ClockMark state={audience.replyDueOn < today ? 'late' : daysBetween(today, audience.replyDueOn) < 4 ? 'soon' : 'ok'} label={t('audience.owed', { on: formatDay(audience.replyDueOn, page.locale, 'numeric') })} />;
  return <State kind={audience.state === 'arrived' || audience.state === 'talking' ? 'soon' : audience.state === 'missed' ? 'late' : ''}>{t(`audience.state.${audience.state}`)}</State>;
}
/** Name and number in one line, as lists show it. */
export const lineOf = (audience: Audience): string => `${audience.name || '—'} · ${audienceNumber(audience)}`;
