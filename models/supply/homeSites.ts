import type { Supply } from './supplyTables.ts';

/**
 * The home site of an item that only some rows name a site for: the only site of the item in any table. Items of
 * several sites have none: their rows without a site are a place of their own.
 */
export function findHomeSites({
  stock,
  demand,
  purchases,
}: Pick<Supply, 'stock' | 'demand' | 'purchases'>): Map<string, string> {
  const sites = new Map<string, string | null>();
  for (const { item, site } of [stock, demand, purchases].flat()) {
    if (site === undefined) continue;
    const known = sites.get(item);
    sites.set(item, known === undefined || known === site ? site : null);
  }
  return new Map([...sites].flatMap(([item, site]) => (site === null ? [] : [[item, site] as const])));
}

/** Tables in which every row with a known home site names it. */
export function assignHomeSites(supply: Supply): Supply {
  const homes = findHomeSites(supply);
  const at = <R extends { item: string; site?: string }>(row: R): R => {
    const home = row.site === undefined ? homes.get(row.item) : undefined;
    return home === undefined ? row : { ...row, site: home };
  };
  return { ...supply, demand: supply.demand.map(at), stock: supply.stock.map(at), purchases: supply.purchases.map(at) };
}
