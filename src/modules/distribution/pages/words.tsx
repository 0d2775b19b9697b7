import type { ReactElement } from 'react';
import { daysBetween, dayIn } from '../../../core/day.ts';
import { formatDay } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import type { PageContext } from '../../../core/page.ts';
import type { Option } from '../../../ui/field.tsx';
import { ClockMark } from '../../../ui/icon.tsx';
import { At } from '../../../ui/parts.tsx';
import { listColleagues } from '../../people/index.ts';
import type { DeliveryRow } from '../delivery-list.server.ts';

export const unitName = (page: Pick<PageContext, 'office' | 'locale'>, unitId: string | null | undefined): string => textIn(page.office.data.units.find((unit) => unit.id === unitId)?.name, page.locale);
export const todayOf = (page: Pick<PageContext, 'office' | 'now'>): string => dayIn(page.office.jurisdiction.timeZone, page.now);
export const caseHref = (caseId: string): string => `/desk/cases/${caseId}`;
export const has = (page: PageContext, ...roles: string[]): boolean => roles.some((role) => page.caller.roles.has(role as 'chief'));

type Away = { personId: string; substitute: string; untilOn: string };
export const awayWords = (page: PageContext, away: { substitute: string; untilOn: string } | null | undefined): string => (away ? page.t('delivery.away', { until: formatDay(away.untilOn, page.locale, 'short'), who: away.substitute }) : '');

/** Units and persons to choose from, the cabinet first; of who is away it says until when and who stands in. */
export async function receiverOptions(page: PageContext, absences: readonly Away[], access: string): Promise<{ units: Option[]; people: Option[] }> {
  const { people } = await page.run(listColleagues, {});
  const units = [...page.office.data.units].sort((a, b) => Number(b.cabinet) - Number(a.cabinet));
  const order = new Map(units.map((unit, index) => [unit.id, index]));
  return {
    units: access === 'confidential' ? [] : units.map((unit) => ({ value: `unit:${unit.id}`, label: textIn(unit.name, page.locale), group: page.t('delivery.units') })),
    people: people.toSorted((a, b) => (order.get(a.unitId ?? '') ?? 99) - (order.get(b.unitId ?? '') ?? 99)).map((person) => {
      const away = awayWords(page, absences.find((one) => one.personId === person.id));
      return { value: `person:${person.id}`, label: `${person.name}, ${textIn(person.title, page.locale)}${away ? ` (${away})` : ''}`, group: unitName(page, person.unitId) || page.t('delivery.people') };
    }),
  };
}

/** To whom a line goes, the person before the unit. */
export const receiverName = (page: PageContext, row: Pick<DeliveryRow, 'person' | 'unitId'>): string => row.person || unitName(page, row.unitId);

/** A line nobody has received, by how long it lies; the same day it is only sent. */
export function LiesMark({ page, row }: { page: PageContext; row: DeliveryRow }): ReactElement {
  const age = daysBetween(dayIn(page.office.jurisdiction.timeZone, row.givenAt), todayOf(page));
  return age > 0 ? <ClockMark state={age > 2 ? 'late' : 'soon'} label={page.t('delivery.lies', { count: age })} /> : <StateOf page={page} row={row} />;
}
/** Where the line stands, in words. */
export function StateOf({ page, row }: { page: PageContext; row: DeliveryRow }): ReactElement {
  const { t } = page;
  if (row.state === 'received') return <>{t(row.way === 'signature' ? 'delivery.state.signed' : 'delivery.state.received')} {row.receivedAt && <At at={row.receivedAt} style="both" />}<span className="sub">{row.receivedFor ? t('delivery.received_for', { by: row.receivedBy, who: row.receivedFor }) : row.receivedBy}</span></>;
  if (row.state === 'returned') return <>{t('delivery.state.returned')} {row.returnedAt && <At at={row.returnedAt} style="both" />}<span className="sub">{row.returnedBy}: {row.reason}</span></>;
  if (row.state === 'withdrawn') return <>{t('delivery.state.withdrawn')}<span className="sub">{row.reason}</span></>;
  return <>{t('delivery.state.sent')}</>;
}
/** Acts on a line that this caller may do, besides receiving. */
export const lineActs = (row: DeliveryRow): ('return' | 'reroute' | 'withdraw')[] => (['return', 'reroute', 'withdraw'] as const).filter((act) => row.can[act]);
export const actHref = (row: DeliveryRow, act: string): string => `/desk/cases/${row.caseId}/deliveries/${row.id}/${act}`;

/** Boxes to tick for several receivers, without a heading of their own. */
export const Ticks = ({ name, options, chosen }: { name: string; options: readonly Option[]; chosen: ReadonlySet<string> }): ReactElement => (
  <ul className="ticks">{options.map((option) => <li key={option.value}><label><input type="checkbox" name={name} value={option.value} defaultChecked={chosen.has(option.value)} /><span>{option.label}</span></label></li>)}</ul>
);
