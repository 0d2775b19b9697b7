import type { ReactElement } from 'react';
import { addDays, dayIn } from '../../../core/day.ts';
import { formatDay } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import type { PageContext } from '../../../core/page.ts';
import type { Option } from '../../../ui/field.tsx';
import { ClockMark } from '../../../ui/icon.tsx';
import { State } from '../../../ui/parts.tsx';
import { listParties } from '../../directory/index.ts';
import { askers, isOwed } from '../contribution.ts';

export const todayOf = (page: Pick<PageContext, 'office' | 'now'>): string => dayIn(page.office.jurisdiction.timeZone, page.now);
export const asks = (page: PageContext): boolean => askers.some((role) => page.caller.roles.has(role));
export const askHref = (row: { id: string }): string => `/desk/contributions/${row.id}`;
/** What a line calls the question: its title, or its first line. */
export const nameOf = (row: { title: string; question: string }): string => row.title || row.question.split('\n')[0]!.slice(0, 160);

/** Its day while it is owed, and what became of it otherwise. */
export function DueMark({ page, row }: { page: PageContext; row: { state: string; dueOn: string; moreUntil?: string | null } }): ReactElement {
  const { t, locale } = page;
  if (!isOwed(row.state)) return <State kind={row.state === 'given' ? 'ok' : ''}>{t(`contribution.state.${row.state}`)}</State>;
  const today = todayOf(page);
  return <><ClockMark state={row.dueOn < today ? 'late' : row.dueOn <= addDays(today, 2) ? 'soon' : 'ok'} label={formatDay(row.dueOn, locale, 'short')} />{(row.state === 'returned' || row.moreUntil) && <span className="sub">{row.moreUntil ? t('contribution.more.asked', { until: formatDay(row.moreUntil, locale, 'short') }) : t('contribution.state.returned')}</span>}</>;
}

/** Units and outside bodies to ask, for boxes to tick. */
export async function addressees(page: PageContext): Promise<{ units: Option[]; bodies: Option[] }> {
  const bodies: Option[] = [];
  for (let number = 1; number <= 4; number++) {
    const { parties, more } = await page.run(listParties, { kind: 'body', page: number });
    bodies.push(...parties.map((body) => ({ value: `body:${body.id}`, label: body.name, hint: body.email ? '' : page.t('contribution.no_email') })));
    if (!more) break;
  }
  return { units: page.office.data.units.map((unit) => ({ value: `unit:${unit.id}`, label: textIn(unit.name, page.locale) })), bodies };
}

export const Ticks = ({ name, options, chosen }: { name: string; options: readonly Option[]; chosen: ReadonlySet<string> }): ReactElement => (
  <ul className="ticks">{options.map((option, index) => <li key={option.value}><label><input type="checkbox" id={index === 0 ? name : undefined} name={name} value={option.value} defaultChecked={chosen.has(option.value)} /><span>{option.label}{option.hint && <small className="meta"> {option.hint}</small>}</span></label></li>)}</ul>
);
