import type { SupplyRow } from './supplyTables.ts';

/** Converts costs of 100 or 1,000 units to costs of one. */
export function dividePrices(rows: SupplyRow<'items'>[], notes: string[]): void {
  let divided = 0;
  for (const row of rows) {
    if (row.unit_cost !== undefined && row.price_unit !== undefined && row.price_unit !== 1) {
      row.unit_cost = Number((row.unit_cost / row.price_unit).toPrecision(12));
      divided++;
    }
    delete row.price_unit;
  }
  if (divided > 0) notes.push(`${divided} costs are divided by their price unit`);
}
