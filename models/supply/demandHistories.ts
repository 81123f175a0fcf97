import { groupedBy } from '#models/groupedBy.ts';
import { type Cleaning, noCleaning } from './cleaning.ts';
import { findHomeSites } from './homeSites.ts';
import type { ItemDemandHistory } from './itemDemandHistory.ts';
import { markHistory } from './markHistory.ts';
import { type PeriodKind, periodOf } from './periods.ts';
import { fillEnd, fillGaps, withoutBegunPeriod } from './recordGaps.ts';
import { findSuccessors } from './supersessions.ts';
import type { Supply, SupplyRow } from './supplyTables.ts';
import { workingDayElasticity } from './workingDays.ts';

export interface Histories {
  items: ItemDemandHistory[];
  cleaning: Cleaning;
  /** The current period: the first one to be forecast. */
  nextPeriod: number;
}

const DOZENS = new Map([
  ['dozen', 12],
  ['dz', 12],
  ['gross', 144],
  ['pair', 2],
  ['hundred', 100],
  ['thousand', 1000],
]);
/** Names for a single piece. */
const PIECES = new Set([
  'pc',
  'pce',
  'pcs',
  'piece',
  'pieces',
  'ea',
  'each',
  'st',
  'stk',
  'stück',
  'unit',
  'units',
  'nos',
  'no',
  'un',
  'u',
  'ud',
  'stck',
  'stuk',
  'stuks',
  'szt',
  'pz',
  'pza',
  'pièce',
  'pieza',
  'pezzo',
]);
const PACKS = new Set(['pack', 'box', 'case', 'carton', 'pk']);
/**
 * Demand of each item and site by period, up to the last completed period. Orders count, or shipments for an item with
 * more of those; usage is added, returns are deducted from the newest demand before them.
 * @param today `2026-01-31`.
 */
export function demandHistories(supply: Supply, kind: PeriodKind, today: string): Histories {
  const cleaning = noCleaning();
  const nextPeriod = periodOf(kind, today);
  const heirs = findSuccessors(supply.items);
  const items = new Map(supply.items.map((i) => [i.item, i]));
  const machines = new Set(supply.bom.map((b) => `${b.machine}\t${b.item}`));
  const superseded = new Set<string>();
  const rows = [...supply.demand, ...usageOf(supply)].flatMap((row): SupplyRow<'demand'>[] => {
    cleaning.rows++;
    if (periodOf(kind, row.date) >= nextPeriod) {
      cleaning.notEnded++;
      return [];
    }
    const own = inOwnUnit(row, items.get(row.item), cleaning);
    if (own === null) return [];
    const item = heirs.get(row.item) ?? row.item;
    if (item !== row.item) superseded.add(row.item);
    return [{ ...own, item }];
  });
  cleaning.superseded = superseded.size;
  const groups = groupedBy(rows, ({ item, site = '' }) => `${item}\t${site}`);
  const whole = [...groups.values()].map((own) => historyOf(own, kind, nextPeriod, machines, cleaning));
  const histories = withoutBegunPeriod(whole, supply.demand, kind, cleaning);
  fillEnd(histories, kind, cleaning);
  fillGaps(histories, kind, cleaning);
  for (const history of histories) markHistory(history, cleaning);
  const quantities = histories.map((h) => h.quantity);
  cleaning.workingDays = kind === 'month' ? workingDayElasticity(quantities, nextPeriod) : null;
  return { items: histories, cleaning, nextPeriod };
}

/**
 * Rows that count as demand, in the unit of their item, without returns: of each item and site orders, or shipments where
 * there are more of those, and usage.
 */
export function demandRows(supply: Supply): SupplyRow<'demand'>[] {
  const items = new Map(supply.items.map((i) => [i.item, i]));
  const rows = [...supply.demand, ...usageOf(supply)].flatMap(
    (row) => inOwnUnit(row, items.get(row.item), noCleaning()) ?? [],
  );
  return [...groupedBy(rows, ({ item, site = '' }) => `${item}\t${site}`).values()].flatMap(countedRows);
}

/** Of one item and site. Orders and shipments are the same demand twice. */
function countedRows(rows: readonly SupplyRow<'demand'>[]): SupplyRow<'demand'>[] {
  const shipped = rows.filter((r) => r.kind === 'shipment').length;
  const ordered = rows.filter((r) => (r.kind ?? 'order') === 'order').length;
  const outward = ordered >= shipped ? 'order' : 'shipment';
  return rows.filter((r) => r.kind === 'usage' || (r.kind ?? 'order') === outward);
}

/** Parts used in maintenance: usage by a machine. */
function usageOf(supply: Supply): SupplyRow<'demand'>[] {
  const homes = findHomeSites(supply);
  return supply.maintenance.flatMap(({ item, date, machine, kind, quantity, reference }) =>
    item === undefined || kind === 'planned'
      ? []
      : [{ item, date, machine, kind: 'usage', quantity: quantity ?? 1, site: homes.get(item), reference }],
  );
}

/** A row converted to the unit of its item; null if there is no conversion. */
function inOwnUnit(
  row: SupplyRow<'demand'>,
  item: SupplyRow<'items'> | undefined,
  cleaning: Cleaning,
): SupplyRow<'demand'> | null {
  const [unit, own] = [row.unit, item?.unit].map((name) => name?.toLowerCase().replace(/\.$/, ''));
  if (unit === undefined || own === undefined || unit === own || (PIECES.has(unit) && PIECES.has(own))) return row;
  const factor = PACKS.has(unit) ? item?.pack_size : DOZENS.get(unit);
  if (factor === undefined) {
    cleaning.unknownUnit++;
    return null;
  }
  cleaning.converted++;
  return { ...row, quantity: row.quantity * factor };
}

function historyOf(
  rows: readonly SupplyRow<'demand'>[],
  kind: PeriodKind,
  nextPeriod: number,
  machines: ReadonlySet<string>,
  cleaning: Cleaning,
): ItemDemandHistory {
  const counted = countedRows(rows);
  const first = counted.reduce((least, r) => Math.min(least, periodOf(kind, r.date)), nextPeriod - 1);
  const quantity = new Array<number>(nextPeriod - first).fill(0);
  const byMachines = [...quantity];
  for (const row of counted) {
    const at = periodOf(kind, row.date) - first;
    quantity[at] += row.quantity;
    if (row.machine !== undefined && machines.has(`${row.machine}\t${row.item}`)) byMachines[at] += row.quantity;
  }
  for (const row of rows) {
    if (row.kind !== 'return') continue;
    cleaning.returned++;
    const left = deductReturn(quantity, periodOf(kind, row.date) - first, row.quantity);
    if (left > 0) cleaning.unmatchedReturns++;
  }
  quantity.forEach((q, i) => {
    byMachines[i] = Math.min(byMachines[i], q);
  });
  const { item, site = '' } = rows[0];
  return { item, site, firstPeriod: first, quantity, byMachines, outliers: [], unitChange: null };
}

/** Deducts a return from the newest demand before it; returns the remainder. */
function deductReturn(quantity: number[], from: number, returned: number): number {
  let left = returned;
  for (let i = from; i >= 0 && left > 0; i--) {
    const off = Math.min(quantity[i], left);
    quantity[i] -= off;
    left -= off;
  }
  return left;
}
