import type { Supply, SupplyRow } from './supplyTables.ts';

/**
 * The records as they are known today: what is to be received, or cancelled, on a later day has not been, and is promised
 * for that day; work of a later day is not done, unless it is planned.
 * @param today `2026-01-31`.
 */
export function asOf(supply: Supply, today: string): Supply {
  return {
    ...supply,
    purchases: supply.purchases.map((order) => openUntil(order, today)),
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
