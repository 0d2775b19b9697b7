import { dayIn, weekdayOf, type Day } from '../../core/day.ts';
import type { Tx } from '../../core/database.ts';
import { calendarNames, formatDay, formatTime, localText, type LocaleId } from '../../core/language.ts';
import { textIn, translator } from '../../core/message.ts';
import type { Office } from '../../core/office.ts';
import { renderPdf, type PlanData, type PlanLine } from '../../core/pdf.ts';
import { officeCalendar } from '../registry/index.ts';
import { daysOf, type Audience, type Change, type Period, type PlanContent, type PlanEntry } from './plan.ts';

type Printed = { id: string; period: Period; from_on: Day; until_on: Day; version: number; note: string; state: string; approved_by: string | null; approved_at: Date | null };
type Printing = { db: Tx; office: Office; now: Date };

/** Title of a plan: „Sedmični plan, 23.11. – 29.11.2026.“ */
export function planTitle(plan: { period: Period; fromOn: Day; untilOn: Day }, locale: LocaleId): string {
  const t = translator(locale);
  return `${t(`plan.period.${plan.period}`)}, ${spanWords(plan, locale)}`;
}
export function spanWords({ period, fromOn, untilOn }: { period: Period; fromOn: Day; untilOn: Day }, locale: LocaleId): string {
  if (period === 'day') return formatDay(fromOn, locale, 'weekday');
  if (period === 'month') return `${calendarNames(locale).months[Number(fromOn.slice(5, 7)) - 1]!} ${fromOn.slice(0, 4)}`;
  return `${formatDay(fromOn, locale, fromOn.slice(0, 4) === untilOn.slice(0, 4) ? 'short' : 'numeric')} – ${formatDay(untilOn, locale, 'numeric')}`;
}

/** The entries of a day of one leader as lines: hours, words, and a sign where it is otherwise than before. */
export function timeWords(entry: Pick<PlanEntry, 'startsAt' | 'endsAt' | 'isAllDay'>, on: Day, zone: string, locale: LocaleId): string {
  const t = translator(locale);
  const [from, until] = [dayIn(zone, entry.startsAt) < on, dayIn(zone, new Date(entry.endsAt.getTime() - 1)) > on];
  if (entry.isAllDay || (from && until)) return t('public.plan.all_day');
  if (from) return `–${formatTime(entry.endsAt, zone, locale)}`;
  if (until) return `${formatTime(entry.startsAt, zone, locale)}–`;
  return `${formatTime(entry.startsAt, zone, locale)}–${formatTime(entry.endsAt, zone, locale)}`;
}
export const isOn = (entry: Pick<PlanEntry, 'startsAt' | 'endsAt'>, on: Day, zone: string): boolean =>
  dayIn(zone, entry.startsAt) <= on && (dayIn(zone, new Date(Math.max(entry.startsAt.getTime(), entry.endsAt.getTime() - 1))) >= on);

/** One version of a plan on paper, in the language and script of the office. Throws PdfError. */
export async function printPlan({ db, office, now }: Printing, plan: Printed, audience: Audience, content: PlanContent, changes: readonly Change[]): Promise<Uint8Array> {
  const { locale } = office;
  const t = translator(locale);
  const zone = office.jurisdiction.timeZone;
  const calendar = await officeCalendar(db, office);
  const names = calendarNames(locale).weekdays;
  const marks = new Map(changes.map((change) => [change.entry.key, change.kind]));
  const lineOf = (entry: PlanEntry, on: Day, kind?: 'gone'): PlanLine => {
    const mark = kind ?? marks.get(entry.key);
    return {
      time: timeWords(entry, on, zone, locale), title: entry.isTaken ? t('plan.taken') : entry.title, place: entry.place, with: entry.with, prepares: [entry.preparedBy, entry.phone].filter(Boolean).join('\n'), mark: mark ? t(`plan.mark.${mark}`) : '',
      isTentative: entry.isTentative, isGone: kind === 'gone', isTaken: entry.isTaken,
    };
  };
  const gone = changes.filter((change) => change.kind === 'gone').map((change) => change.entry);
  const leaders = content.leaders.map((leader, index) => ({ leader, index })).filter(({ leader, index }) => index === 0 || [...content.entries, ...gone].some((entry) => entry.leaderId === leader.id));
  const days = daysOf({ fromOn: plan.from_on, untilOn: plan.until_on }).filter((on) => plan.period === 'day' || weekdayOf(on) <= 5 || [...content.entries, ...gone].some((entry) => isOn(entry, on, zone)));
  const titles = await db.selectFrom('calendar as k').innerJoin('person as p', (join) => join.onRef('p.office_id', '=', 'k.office_id').onRef('p.id', '=', 'k.person_id')).select(['k.id', 'p.title']).where('k.office_id', '=', office.id).where('k.id', 'in', ['00000000-0000-0000-0000-000000000000', ...content.leaders.map((one) => one.id)]).execute();
  const titleOf = (calendarId: string, role: string): string => textIn((titles.find((one) => one.id === calendarId)?.title ?? {}) as Record<string, string>, locale) || t(`role.${role}`);
  const approver = plan.approved_by ? await db.selectFrom('person').select(['name', 'title']).where('office_id', '=', office.id).where('id', '=', plan.approved_by).executeTakeFirst() : undefined;
  const title = planTitle({ period: plan.period, fromOn: plan.from_on, untilOn: plan.until_on }, locale);
  const { data } = office;
  const print: PlanData = {
    lang: locale, region: office.jurisdiction.country, title, issuedAt: dayIn(zone, plan.approved_at ?? now),
    office: { name: textIn(data.name, locale), cabinet: textIn(data.cabinet, locale), address: data.address, phone: data.phone, email: data.email, accent: data.accent[0], ...(data.web ? { web: data.web } : {}) },
    period: plan.period, heading: t(`plan.period.${plan.period}`), span: spanWords({ period: plan.period, fromOn: plan.from_on, untilOn: plan.until_on }, locale),
    audience: t(audience === 'internal' ? 'plan.audience.internal' : 'plan.audience.public'), version: plan.version > 1 ? t('plan.version', { version: plan.version }) : '', note: audience === 'internal' ? plan.note : '',
    leaders: leaders.map(({ leader }) => ({
      name: leader.name, role: titleOf(leader.id, leader.role),
      days: days.map((on) => ({
        on: formatDay(on, locale, 'short'), weekday: names[weekdayOf(on) - 1]!, closed: calendar.isWorkingDay(on) ? '' : localText(calendar.closingName(on) ?? {}, locale),
        lines: [...content.entries.filter((entry) => entry.leaderId === leader.id && isOn(entry, on, zone)).map((entry) => lineOf(entry, on)), ...gone.filter((entry) => entry.leaderId === leader.id && isOn(entry, on, zone)).map((entry) => lineOf(entry, on, 'gone'))],
      })),
    })),
    empty: t('plan.empty_day'), draft: plan.approved_at ? '' : t('plan.draft_mark'),
    ...(approver && plan.approved_at ? { approved: { name: approver.name, title: textIn(approver.title as Record<string, string>, locale), on: formatDay(dayIn(zone, plan.approved_at), locale, 'numeric') } } : {}),
    labels: { page: t('plan.page'), time: t('plan.column.time'), what: t('plan.column.what'), with: t('plan.column.with'), prepares: t('plan.column.prepares'), approved: t('plan.approved_by'), tentative: t('plan.tentative') },
  };
  return renderPdf('plan', print);
}
