import { dayOf } from './dates.ts';
import type { Supply, SupplyRow } from './supplyTables.ts';

/** An open order that is overdue by so many days, and by so many times as long as it was to take, was forgotten. */
const FORGOTTEN = { days: 180, times: 3 };

/**
 * The records as they are known today: what is to be received, or cancelled, on a later day has not been, and is promised
 * for that day; work of a later day is not done, unless it is planned; forgotten orders never come.
 * @param today `2026-01-31`.
 */
export function asOf(supply: Supply, today: string): Supply {
  return {
    ...supply,
    purchases: supply.purchases.map((order) =>
      isForgotten(order, today) ? { ...order, cancelled: today } : openUntil(order, today),
    ),
    maintenance: supply.maintenance.filter(({ kind, date }) => kind === 'planned' || date <= today),
  };
}

function openUntil(order: SupplyRow<'purchases'>, today: string): SupplyRow<'purchases'> {
  const { received, received_quantity, cancelled, ...rest } = order;
  if (cancelled !== undefined && cancelled <= today) return order;
  if (received === undefined || received <= today)
    return { ...rest, ...(received && { received }), ...(received_quantity !== undefined && { received_quantity }) };
  // Nothing of it has come yet, whatever is to come.
  return { ...rest, promised: received };
}

/** Orders that nobody received or cancelled, though they are overdue by far: they would stop all ordering. */
export function forgottenOrders({ purchases }: Supply, today: string): string[] {
  return purchases.filter((order) => isForgotten(order, today)).map(({ order, item }) => `${order} of ${item}`);
}

function isForgotten({ ordered, promised, received, cancelled }: SupplyRow<'purchases'>, today: string): boolean {
  if (received !== undefined || cancelled !== undefined) return false;
  const due = dayOf(promised ?? ordered);
  return dayOf(today) - due > Math.max(FORGOTTEN.days, FORGOTTEN.times * (due - dayOf(ordered)));
}
