import { formatDay } from '../../../core/language.ts';
import { hasMessage, textIn } from '../../../core/message.ts';
import type { CaseHead, PageContext } from '../../../core/page.ts';
import type { CaseView } from '../case.server.ts';

export const unitName = (page: PageContext, unitId: string | null | undefined): string => textIn(page.office.data.units.find((unit) => unit.id === unitId)?.name, page.locale);
export const className = (page: PageContext, code: string): string => {
  const found = page.office.data.classes.find((one) => one.code === code);
  return found ? `${code} ${textIn(found.name, page.locale)}` : code;
};
export const classOptions = (page: PageContext): { value: string; label: string }[] => page.office.data.classes.map((one) => ({ value: one.code, label: className(page, one.code) }));
/** The units to choose from, the cabinet's own first. */
export const unitOptions = (page: PageContext): { value: string; label: string }[] =>
  [...page.office.data.units].sort((a, b) => Number(b.cabinet) - Number(a.cabinet)).map((unit) => ({ value: unit.id, label: textIn(unit.name, page.locale) }));

export const headOf = (shown: CaseView): CaseHead => ({
  id: shown.id, kind: shown.kind, reference: shown.reference, subject: shown.subject, access: shown.access, unitId: shown.unitId, handledBy: shown.handler?.id ?? null, partyId: shown.party?.id ?? null, closedAt: shown.closedAt, parts: shown.parts,
});

/** An event as a sentence of the history; an unknown one shows its name. */
export function historyLine(page: PageContext, event: { name: string; data: Record<string, unknown> }): string {
  const key = `event.${event.name}`;
  if (!hasMessage(key)) return event.name;
  const { data } = event;
  const before = (data['before'] ?? {}) as Record<string, unknown>;
  const named = (name: string): string => String(data[name] ?? '');
  const on = (name: string): string => (typeof data[name] === 'string' ? formatDay(data[name], page.locale, 'numeric') : '');
  const channel = typeof data['channel'] === 'string' ? page.t(`channel.${data['channel']}`) : '';
  const sentence = page.t(key, {
    unit: unitName(page, data['unit'] as string | undefined), channel, direction: typeof data['direction'] === 'string' ? page.t(`entry.direction.${data['direction']}`) : '', class: named('class'), entry: named('entry'), reference: named('reference'),
    days: Number(data['days'] ?? 0), count: Number(data['count'] ?? 0), legalOn: on('legalOn'), dueOn: on('dueOn'), body: named('bodyName'), version: named('version'), reason: named('reason'), as: named('as'),
  });
  const was = [before['subject'], before['class']].filter((one) => typeof one === 'string' && one !== '').join(', ');
  return was ? `${sentence} ${page.t('case.was', { was })}` : sentence;
}
