/** What a paper is given for. */
export const purposes = ['work', 'resolution', 'information', 'signature'] as const;
export type Purpose = (typeof purposes)[number];
export const deliveryStates = ['sent', 'received', 'returned', 'withdrawn'] as const;
export type DeliveryState = (typeof deliveryStates)[number];
export const deliveryViews = ['mine', 'undelivered', 'returned', 'all'] as const;
export type DeliveryView = (typeof deliveryViews)[number];

/** After so many hours a paper that nobody took lies. */
export const hoursUntilItLies = 24;

export type Delivery = {
  id: string; entryId: string | null; isCopy: boolean; state: DeliveryState; unitId: string | null; personId: string | null; givenAt: Date; purpose: Purpose;
};

/** Who has the original: the newest that was not taken back; null is the registry. A returned one lies in the registry again. */
export function findHolder<T extends Pick<Delivery, 'isCopy' | 'state' | 'givenAt'>>(deliveries: readonly T[]): T | null {
  const last = deliveries.filter((one) => !one.isCopy && one.state !== 'withdrawn').toSorted((a, b) => b.givenAt.getTime() - a.givenAt.getTime())[0];
  return last && last.state !== 'returned' ? last : null;
}
