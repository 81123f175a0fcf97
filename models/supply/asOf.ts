import type { Supply, SupplyRow } from './supplyTables.ts';

/**
 * The records as they are known today: what is to be received, or cancelled, on a later day has not been, and is promised
 * for that day.
 * @param today `2026-01-31`.
 */
export function asOf(supply: Supply, today: string): Supply {
  return { ...supply, purchases: supply.purchases.map((order) => openUntil(order, today)) };
}

function openUntil(order: SupplyRow<'purchases'>, today: string): SupplyRow<'purchases'> {
  const { received, received_quantity, cancelled, ...rest } = order;
  const later = received !== undefined && received > today;
  if (!later && !(cancelled !== undefined && cancelled > today)) return order;
  const had = received !== undefined && !later ? { received, received_quantity } : {};
  return { ...rest, ...had, ...(later ? { promised: received } : {}) };
}
