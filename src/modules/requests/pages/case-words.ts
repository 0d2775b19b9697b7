import type { PageContext } from '../../../core/page.ts';
import { textIn } from '../../../core/message.ts';

export const unitName = (page: PageContext, unitId: string | null | undefined): string => textIn(page.office.data.units.find((unit) => unit.id === unitId)?.name, page.locale);
export const areaName = (page: PageContext, areaId: string | null | undefined): string => textIn(page.office.data.areas.find((area) => area.id === areaId)?.name, page.locale);

/** The units to choose from, the cabinet's own first. */
export function unitOptions(page: PageContext): { value: string; label: string }[] {
  const units = [...page.office.data.units].sort((a, b) => Number(b.cabinet) - Number(a.cabinet));
  return units.map((unit) => ({ value: unit.id, label: textIn(unit.name, page.locale) }));
}
export const areaOptions = (page: PageContext): { value: string; label: string }[] => page.office.data.areas.map((area) => ({ value: area.id, label: textIn(area.name, page.locale) }));

export const capital = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);
