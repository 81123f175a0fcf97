import { groupedBy } from '#models/groupedBy.ts';
import type { Supply, SupplyRow } from './supplyTables.ts';

/** The final successor of each superseded item. */
export function findSuccessors(items: readonly SupplyRow<'items'>[]): Map<string, string> {
  const next = new Map(items.flatMap((i) => (i.supersedes ? [[i.supersedes, i.item] as const] : [])));
  const heirs = new Map<string, string>();
  for (const old of next.keys()) {
    const seen = new Set([old]);
    let heir = next.get(old) as string;
    // Items that supersede each other in a circle are left unchanged.
    for (let further = next.get(heir); further !== undefined && !seen.has(heir); further = next.get(heir)) {
      seen.add(heir);
      heir = further;
    }
    if (!seen.has(heir)) heirs.set(old, heir);
  }
  return heirs;
}

/** Contradictory supersessions, one sentence each. */
export function findContradictions(items: readonly SupplyRow<'items'>[]): string[] {
  const heirs = findSuccessors(items);
  const replaced = groupedBy(
    items.filter((i) => i.supersedes !== undefined),
    (i) => i.supersedes as string,
  );
  return [...replaced].flatMap(([old, by]) => {
    if (!heirs.has(old)) return [`${old} is replaced in a circle: it is left as it is`];
    const names = by.map((i) => i.item);
    return names.length < 2 ? [] : [`${old} is replaced by ${names.join(' and by ')}: ${names.at(-1)} has its history`];
  });
}

/**
 * Machines use a part's successor, whichever of the two their bill of materials names; remaining stock and open orders
 * of the old part are used up first.
 */
export function applySupersessions(supply: Supply): Supply {
  const heirs = findSuccessors(supply.items);
  const withSuccessor = <R extends { item?: string }>(row: R): R => {
    const item = row.item === undefined ? undefined : heirs.get(row.item);
    return item === undefined ? row : { ...row, item };
  };
  const suppliers = new Map(supply.items.map((i) => [i.item, i.supplier]));
  return {
    ...supply,
    bom: supply.bom.map(withSuccessor),
    maintenance: supply.maintenance.map(withSuccessor),
    stock: supply.stock.map(withSuccessor),
    // It was delivered by its own supplier, not by that of its successor.
    purchases: supply.purchases.map((p) => withSuccessor(p.supplier ? p : { ...p, supplier: suppliers.get(p.item) })),
  };
}
