import type { ListedWay } from './dispatch.ts';
import tariffs from './postage.json' with { type: 'json' };

/** What a way costs up to a weight, in hundredths of the currency. */
export type Rate = { way: ListedWay; upToG: number; cents: number; isOwn: boolean };

/** The tariff that comes with the system, as a placeholder to be confirmed; empty for a jurisdiction without one. */
export function tariffOf(jurisdictionId: string): Rate[] {
  const tariff = (tariffs as unknown as Record<string, Record<ListedWay, [number, number][]>>)[jurisdictionId];
  return tariff ? (Object.entries(tariff) as [ListedWay, [number, number][]][]).flatMap(([way, steps]) => steps.map(([upToG, cents]) => ({ way, upToG, cents, isOwn: false }))) : [];
}

/** The rates in force: the office's own in place of the placeholder of the same way and weight, by way and weight. */
export function ratesInForce(tariff: readonly Rate[], own: readonly Rate[]): Rate[] {
  const same = (a: Rate, b: Rate): boolean => a.way === b.way && a.upToG === b.upToG;
  return [...tariff.filter((rate) => !own.some((one) => same(one, rate))), ...own].sort((a, b) => a.way.localeCompare(b.way) || a.upToG - b.upToG);
}

/** Franking of a piece: the first step of the way that its weight fits; null where it is heavier than the last. */
export const postageFor = (rates: readonly Rate[], way: string, weightG: number): number | null => rates.filter((rate) => rate.way === way && rate.upToG >= weightG).sort((a, b) => a.upToG - b.upToG)[0]?.cents ?? null;
