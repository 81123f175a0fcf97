import { dayOf } from '#models/supply/dates.ts';
import type { ItemDemandHistory } from '#models/supply/itemDemandHistory.ts';
import { findSuccessors } from '#models/supply/supersessions.ts';
import type { Supply, SupplyRow } from '#models/supply/supplyTables.ts';
import { placeKey } from './placeKey.ts';

/** An item at a site: its history, stock, and facts. */
export interface Place extends Pick<ItemDemandHistory, 'item' | 'site' | 'byMachines' | 'outliers' | 'unitChange'> {
  history: readonly number[];
  facts: SupplyRow<'items'> | undefined;
  stock: number;
  /** A place without a row has no stock, provided that there is a stock table. */
  stockFrom: 'row' | 'no_row' | 'no_table';
  /** Open orders, with the days that they were made on and are promised for; null: no promise. */
  coming: { order: string; units: number; ordered: number; promised: number | null }[];
}

const keyOf = ({ item, site = '' }: { item: string; site?: string }) => placeKey({ item, site });

/** Every item of any table, at each of its sites. */
export function placesOf(supply: Supply, histories: readonly ItemDemandHistory[], today: string): Place[] {
  const facts = new Map(supply.items.map((i) => [i.item, i]));
  const heirs = findSuccessors(supply.items);
  // Remaining stock of a superseded item is stored with its successor.
  const stock = new Map<string, number>();
  for (const s of supply.stock) stock.set(keyOf(s), (stock.get(keyOf(s)) ?? 0) + s.quantity);
  const demandKeys = supply.demand.map((d) => keyOf({ ...d, item: heirs.get(d.item) ?? d.item }));
  const byKey = new Map(histories.map((h) => [`${h.item}\t${h.site}`, h]));
  const kept = [...byKey.keys(), ...stock.keys(), ...demandKeys];
  const sited = new Set(kept.map((key) => key.split('\t')[0]));
  const named = [...facts.keys(), ...[...supply.bom, ...supply.purchases].map((r) => r.item)];
  const alone = named.filter((item) => !sited.has(item));
  const keys = new Set([...kept, ...alone.map((item) => `${item}\t`)]);
  const coming = comingByPlace(supply, today);
  const elsewhere = new Map<string, Place['coming']>();
  for (const [key, orders] of coming) {
    const [item] = key.split('\t');
    if (!keys.has(key)) elsewhere.set(item, [...(elsewhere.get(item) ?? []), ...orders]);
  }
  const first = new Set<string>();
  return [...keys].sort().flatMap((key) => {
    const [item, site] = key.split('\t');
    const history = byKey.get(key);
    // Superseded items are no longer planned.
    if (heirs.has(item)) return [];
    // Orders without a site, or for an unknown one, are for the first.
    const isFirst = !first.has(item);
    first.add(item);
    return [
      {
        item,
        site,
        history: history?.quantity ?? [],
        byMachines: history?.byMachines ?? [],
        outliers: history?.outliers ?? [],
        unitChange: history?.unitChange ?? null,
        facts: facts.get(item),
        stock: stock.get(key) ?? 0,
        stockFrom: stock.has(key) ? 'row' : supply.stock.length > 0 ? 'no_row' : 'no_table',
        coming: [...(coming.get(key) ?? []), ...(isFirst ? (elsewhere.get(item) ?? []) : [])],
      },
    ];
  });
}

function comingByPlace({ purchases }: Supply, today: string): Map<string, Place['coming']> {
  const coming = new Map<string, Place['coming']>();
  for (const p of purchases) {
    const units = p.quantity - (p.received_quantity ?? 0);
    if (p.received !== undefined || p.cancelled !== undefined || units <= 0 || p.ordered > today) continue;
    const promised = p.promised === undefined ? null : dayOf(p.promised);
    const key = `${p.item}\t${p.site ?? ''}`;
    coming.set(key, [...(coming.get(key) ?? []), { order: p.order, units, ordered: dayOf(p.ordered), promised }]);
  }
  return coming;
}

/** An expected open order: units, and days from today. */
export interface Arrival {
  units: number;
  days: number;
}

/**
 * Arrivals of open orders: on the promised day, or after the mean lead time without a promise; overdue orders are left
 * out.
 */
export function arrivalsOf({ coming }: Place, leadDays: number, today: number): Arrival[] {
  return coming.flatMap(({ units, ordered, promised }) => {
    const days = Math.round((promised ?? ordered + leadDays) - today);
    return days >= 0 ? [{ units, days }] : [];
  });
}

/** Units that arrive within `days`. */
export const comingWithin = (arrivals: readonly Arrival[], days: number): number =>
  arrivals.reduce((sum, a) => sum + (a.days <= days ? a.units : 0), 0);
