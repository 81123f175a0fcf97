import { TableError } from '#models/tables/parseTable.ts';
import { dividePrices } from './priceUnits.ts';
import { locationOf, sumLocations } from './stockLocations.ts';
import { SUPPLY_TABLES, type SupplyRow, type SupplyTable } from './supplyTables.ts';

/** Fewest rows that show whether signs are those of a ledger. */
const MIN_ROWS_TO_JUDGE = 4;

/** Normalises repeated rows and negative quantities. @throws TableError if two rows contradict each other. */
export function normaliseRows<T extends SupplyTable>(
  kind: T,
  rows: SupplyRow<T>[],
  lines: readonly number[],
  notes: string[],
): { rows: SupplyRow<T>[]; notes: string[] } {
  if (kind === 'demand') {
    const demand = rows as SupplyRow<'demand'>[];
    let negative = 0;
    const below = demand.filter((row) => row.quantity < 0 && row.kind === undefined).length;
    if (demand.length >= MIN_ROWS_TO_JUDGE && 2 * below > demand.length)
      throw new TableError(
        `${below} of ${demand.length} quantities are below 0, and no column tells issues from receipts: add one (kind: order, shipment, usage or return)`,
      );
    for (const row of demand) {
      // `order` is the default kind: rows with and without it are the same demand.
      if (row.kind === 'order') delete row.kind;
      if (row.quantity >= 0) continue;
      negative++;
      row.kind = 'return';
      row.quantity = -row.quantity;
    }
    if (negative > 0) notes.push(`${negative} negative quantities are read as returns`);
  }
  if (kind === 'purchases') {
    receivedOfOpen(rows as SupplyRow<'purchases'>[]);
    const early = (rows as SupplyRow<'purchases'>[]).filter((p) => p.received !== undefined && p.received < p.ordered);
    if (early.length > 0)
      notes.push(`${early.length} orders came before they were ordered: they say nothing of how long one takes`);
  }
  if (kind === 'items') dividePrices(rows as SupplyRow<'items'>[], notes);
  const similar = similarCodes(
    rows.flatMap((row) => ('item' in row && typeof row.item === 'string' ? [row.item] : [])),
  );
  if (similar.length > 0)
    notes.push(`items that may be the same are kept apart: ${similar.slice(0, MAX_SIMILAR_SHOWN).join('; ')}`);
  const byKey = new Map<string, SupplyRow<T>>();
  let [same, summed] = [0, 0];
  rows.forEach((row, i) => {
    const key = `${keyOf(kind, row)}${kind === 'stock' ? locationOf(row as SupplyRow<'stock'>) : ''}`;
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, row);
    else if (kind === 'demand') {
      (known as SupplyRow<'demand'>).quantity += (row as SupplyRow<'demand'>).quantity;
      summed++;
    } else if (JSON.stringify(known) === JSON.stringify(row)) same++;
    else
      throw new TableError(`line ${lines[i]}: ${key.replaceAll('\t', ' ').trim()} stands twice, with different values`);
  });
  if (same > 0) notes.push(`${same} rows repeat another one and are left out`);
  if (summed > 0) notes.push(`${summed} rows are added to others of the same item, day and reference`);
  const distinct = [...byKey.values()];
  return {
    rows: kind === 'stock' ? (sumLocations(distinct as SupplyRow<'stock'>[], notes) as typeof distinct) : distinct,
    notes,
  };
}

/** The received quantity of each order, from lists of open quantities. */
function receivedOfOpen(purchases: readonly SupplyRow<'purchases'>[]): void {
  for (const row of purchases) {
    const { open_quantity: open } = row;
    delete row.open_quantity;
    if (open !== undefined && open < row.quantity) row.received_quantity ??= row.quantity - open;
  }
}

const MAX_SIMILAR_SHOWN = 5;

/** Codes that differ only in case or leading zeros, as `a and A`. */
function similarCodes(items: readonly string[]): string[] {
  const byCore = new Map<string, Set<string>>();
  for (const item of items) {
    const core = item.toLowerCase().replace(/^0+(?=\d+$)/, '');
    byCore.set(core, (byCore.get(core) ?? new Set()).add(item));
  }
  return [...byCore.values()].filter((codes) => codes.size > 1).map((codes) => [...codes].sort().join(' and '));
}

/** The key that identifies a row. */
export function keyOf<T extends SupplyTable>(kind: T, row: SupplyRow<T>): string {
  const values = row as Record<string, string | number | undefined>;
  return SUPPLY_TABLES[kind].key.map((name) => values[name] ?? '').join('\t');
}
