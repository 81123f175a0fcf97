import { dayOf } from './dates.ts';
import type { Supply, SupplyRow } from './supplyTables.ts';

/**
 * An open order counts as forgotten if it is overdue by this many days, and by this multiple of its promised lead time.
 */
const FORGOTTEN = { days: 180, times: 3 };

/**
 * The records as known today: a receipt or cancellation dated later has not happened, and its day is the promise; work
 * of a later day is not done, unless it is planned; forgotten orders never arrive.
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
  // Nothing has been received yet, whatever the row says about later.
  return { ...rest, promised: received };
}

/** Orders neither received nor cancelled although long overdue: they would stop all ordering. */
export function forgottenOrders({ purchases }: Supply, today: string): string[] {
  return purchases.filter((order) => isForgotten(order, today)).map(({ order, item }) => `${order} of ${item}`);
}

function isForgotten({ ordered, promised, received, cancelled }: SupplyRow<'purchases'>, today: string): boolean {
  if (received !== undefined || cancelled !== undefined) return false;
  const due = dayOf(promised ?? ordered);
  return dayOf(today) - due > Math.max(FORGOTTEN.days, FORGOTTEN.times * (due - dayOf(ordered)));
}
