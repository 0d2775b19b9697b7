import type { ReactElement } from 'react';
import { dayIn, daysBetween } from '../../../core/day.ts';
import { formatDay } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import type { PageContext } from '../../../core/page.ts';
import type { Option } from '../../../ui/field.tsx';
import { ClockMark } from '../../../ui/icon.tsx';
import { State } from '../../../ui/parts.tsx';
import { listColleagues } from '../../people/index.ts';

export const obligationHref = (id: string): string => `/desk/obligations/${id}`;
export const unitName = (page: Pick<PageContext, 'office' | 'locale'>, unitId: string | null | undefined): string => textIn(page.office.data.units.find((unit) => unit.id === unitId)?.name, page.locale);
export const todayOf = (page: Pick<PageContext, 'office' | 'now'>): string => dayIn(page.office.jurisdiction.timeZone, page.now);
export const has = (page: PageContext, ...roles: string[]): boolean => roles.some((role) => page.caller.roles.has(role as 'chief'));
export const gives = (page: PageContext): boolean => has(page, 'mayor', 'deputy', 'chief', 'head');
/** The first line of what is to be done, or its title. */
export const nameOf = (row: { title?: string; text: string }): string => row.title || row.text.split('\n')[0]!;

type Due = { state: string; dueOn: string | null };
/** How it stands with its day, in words. */
export function DueMark({ page, row }: { page: PageContext; row: Due }): ReactElement {
  const { t, locale } = page;
  if (row.state !== 'open') return <State>{t(`obligation.state.${row.state}`)}</State>;
  if (!row.dueOn) return <span className="meta">{t('obligation.due.none')}</span>;
  const left = daysBetween(todayOf(page), row.dueOn);
  if (left < 0) return <ClockMark state="late" label={t('obligation.due.late', { count: -left, on: formatDay(row.dueOn, locale, 'short') })} />;
  return <ClockMark state={left <= 3 ? 'soon' : 'ok'} label={left === 0 ? t('obligation.due.today') : formatDay(row.dueOn, locale, 'short')} />;
}

/** From what it came: the sitting of a body, or its kind. */
export const sourceName = (page: PageContext, row: { source: string; committee?: string | { name: string } | null }): string => {
  const body = typeof row.committee === 'string' ? row.committee : row.committee?.name;
  return body ? `${page.t(`obligation.source.${row.source}`)}, ${body}` : page.t(`obligation.source.${row.source}`);
};

/** Units and persons to choose from, the cabinet first; a head sees the own units. */
export async function markOptions(page: PageContext, only: 'all' | 'people' = 'all', unitId?: string | null): Promise<Option[]> {
  const across = has(page, 'mayor', 'deputy', 'chief');
  const isOwn = (unit: string | null): boolean => across || (unit !== null && page.caller.marks.includes(unit));
  const units = [...page.office.data.units].sort((a, b) => Number(b.cabinet) - Number(a.cabinet));
  const order = new Map(units.map((unit, index) => [unit.id, index]));
  const { people } = await page.run(listColleagues, {});
  const shown = people.filter((one) => (unitId === undefined ? isOwn(one.unitId) : one.unitId === unitId)).toSorted((a, b) => (order.get(a.unitId ?? '') ?? 99) - (order.get(b.unitId ?? '') ?? 99));
  return [
    ...(only === 'all' ? units.filter((unit) => isOwn(unit.id)).map((unit) => ({ value: unit.id, label: textIn(unit.name, page.locale), group: page.t('obligation.units') })) : []),
    ...shown.map((one) => ({ value: one.id, label: `${one.name}, ${textIn(one.title, page.locale)}`, group: unitName(page, one.unitId) || page.t('obligation.people') })),
  ];
}
/** Boxes to tick for several, without a heading of their own. */
export const Ticks = ({ name, options, chosen }: { name: string; options: readonly Option[]; chosen: ReadonlySet<string> }): ReactElement => (
  <ul className="ticks">{options.map((option) => <li key={option.value}><label><input type="checkbox" name={name} value={option.value} defaultChecked={chosen.has(option.value)} /><span>{option.label}</span></label></li>)}</ul>
);
