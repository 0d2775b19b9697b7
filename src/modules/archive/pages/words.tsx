import type { ReactElement } from 'react';
import { dayIn } from '../../../core/day.ts';
import { glance } from '../../../core/glance.ts';
import { formatDay } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import type { PageContext } from '../../../core/page.ts';
import type { PdfOffice, PdfPaper } from '../../../core/pdf.ts';
import { ErrorSummary, type Option } from '../../../ui/field.tsx';
import { State, Views } from '../../../ui/parts.tsx';
import type { Shown } from '../../../core/page.ts';
import { listColleagues } from '../../people/index.ts';
import { bookReaders, type ItemRow } from '../archive.server.ts';
import { listBoxes } from '../box.server.ts';
import { isPast } from '../retention.ts';

export const has = (page: PageContext, ...roles: string[]): boolean => roles.some((role) => page.caller.roles.has(role as 'chief'));
export const keeps = (page: PageContext): boolean => has(page, 'registrar', 'chief');
export const reads = (page: PageContext): boolean => has(page, ...bookReaders);
export const todayOf = (page: Pick<PageContext, 'office' | 'now'>): string => dayIn(page.office.jurisdiction.timeZone, page.now);
export const caseHref = (caseId: string): string => `/desk/cases/${caseId}`;
export const day = (page: PageContext, on: string | null): string => (on ? formatDay(on, page.locale, 'numeric') : '');

/** The last boxes to choose from; what lies in them is counted anew each minute, or after the reader's own next act. */
export const boxesOf = (page: PageContext) => glance(page.caller.personId ?? '', 'boxes', 60, () => page.run(listBoxes, { limit: 500 }));

export const className = (page: PageContext, code: string): string => textIn(page.office.data.classes.find((one) => one.code === code)?.name, page.locale);
export const classOptions = (page: PageContext): Option[] => page.office.data.classes.map((one) => ({ value: one.code, label: `${one.code} ${textIn(one.name, page.locale)}` }));
/** Years of keeping in words; permanent where there are none. */
export const period = (page: PageContext, years: number | null): string => (years === null ? page.t('archive.permanent') : page.t('archive.years', { count: years }));
/** Until when a line is kept, and in which state it is otherwise. */
export function Kept({ page, row }: { page: PageContext; row: ItemRow }): ReactElement {
  const { t } = page;
  if (row.state === 'destroyed' || row.state === 'handed_over') return <State>{t(`archive.state.${row.state}`)}</State>;
  const past = isPast(row.keepUntil, todayOf(page));
  return <>{row.keepUntil ? <span className="nowrap">{day(page, row.keepUntil)}</span> : t('archive.permanent')}{(row.state === 'listed' || past) && <span className="sub"><State {...(past && row.state === 'kept' ? { kind: 'soon' as const } : {})}>{t(row.state === 'listed' ? 'archive.state.listed' : 'archive.state.past')}</State></span>}</>;
}
export const boxWords = (page: PageContext, row: Pick<ItemRow, 'box'>): string => (row.box ? [page.t('archive.box.number', { number: String(row.box.number) }), row.box.place].filter(Boolean).join(', ') : '');
export const yearsOfLine = (row: Pick<ItemRow, 'openedOn' | 'closedOn'>): string => (row.openedOn.slice(0, 4) === row.closedOn.slice(0, 4) ? row.closedOn.slice(0, 4) : `${row.openedOn.slice(0, 4)}–${row.closedOn.slice(0, 4)}`);

const tabs: readonly [string, string, boolean][] = [
  ['book', '/desk/archive', false], ['waiting', '/desk/archive/waiting', true], ['boxes', '/desk/archive/boxes', false], ['lendings', '/desk/archive/lendings', false], ['disposals', '/desk/archive/disposals', false], ['plan', '/desk/archive/plan', false],
];
/** The parts of the archive, as far as the reader may go. */
export function Tabs({ page, current }: { page: PageContext; current: string }): ReactElement {
  const seen = tabs.filter(([key, , keepersOnly]) => (keepersOnly ? keeps(page) : key === 'plan' || key === 'lendings' || reads(page)));
  return <Views label={page.t('archive.parts')} items={seen.map(([key, href]) => ({ href, label: page.t(`archive.tab.${key}`), current: key === current }))} />;
}

/** What was refused, above the form: the fields, or the one sentence. */
export function Refused({ page, after, errors }: { page: PageContext; after: Shown | undefined; errors: Record<string, string> }): ReactElement | null {
  if (!after?.said) return null;
  return <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: page.t(after.said.key, after.said.args) })} />;
}

export async function peopleOptions(page: PageContext): Promise<Option[]> {
  const { people } = await page.run(listColleagues, {});
  return people.map((person) => ({ value: person.id, label: `${person.name}, ${textIn(person.title, page.locale)}` }));
}

export const paperOf = (page: PageContext, title: string): PdfPaper & { labels: { page: string } } => {
  const { office, locale } = page;
  const heading: PdfOffice = { name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), address: office.data.address, accent: office.data.accent[0] };
  return { lang: locale, region: office.jurisdiction.country, title, issuedAt: todayOf(page), office: heading, labels: { page: page.t('archive.page', { page: '{page}', pages: '{pages}' }) } };
};
