import type { PageContext } from '../../../core/page.ts';
import { textIn } from '../../../core/message.ts';
import type { FieldErrors, Said } from '../../../core/refusal.ts';
import type { ShownErrors } from '../../../ui/field.tsx';

/** Errors in the reader's language, in the order the page shows its fields. */
export function errorsOf(page: PageContext, errors: FieldErrors | undefined, order: readonly string[] = []): ShownErrors {
  if (!errors) return {};
  const names = [...order.filter((name) => errors[name]), ...Object.keys(errors).filter((name) => !order.includes(name))];
  return Object.fromEntries(names.map((name) => [name, sayIn(page, errors[name]!)]));
}
export const sayIn = (page: PageContext, said: Said): string => page.t(said.key, said.args);

export const unitName = (page: PageContext, unitId: string | null | undefined): string => textIn(page.office.data.units.find((unit) => unit.id === unitId)?.name, page.locale);
export const areaName = (page: PageContext, areaId: string | null | undefined): string => textIn(page.office.data.areas.find((area) => area.id === areaId)?.name, page.locale);

/** The units to choose from, the cabinet's own first. */
export function unitOptions(page: PageContext): { value: string; label: string }[] {
  const units = [...page.office.data.units].sort((a, b) => Number(b.cabinet) - Number(a.cabinet));
  return units.map((unit) => ({ value: unit.id, label: textIn(unit.name, page.locale) }));
}
export const areaOptions = (page: PageContext): { value: string; label: string }[] => page.office.data.areas.map((area) => ({ value: area.id, label: textIn(area.name, page.locale) }));

export const capital = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);
