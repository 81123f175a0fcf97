import type { Supply } from './supplyTables.ts';

/**
 * Where an item lies that some rows name a site for and others do not: at the only site that any table names for it.
 * Items of several sites have none: what names no site is a place of its own.
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

/** Tables in which every row that can be placed names its site. */
export function assignHomeSites(supply: Supply): Supply {
  const homes = findHomeSites(supply);
  const at = <R extends { item: string; site?: string }>(row: R): R => {
    const home = row.site === undefined ? homes.get(row.item) : undefined;
    return home === undefined ? row : { ...row, site: home };
  };
  return { ...supply, demand: supply.demand.map(at), stock: supply.stock.map(at), purchases: supply.purchases.map(at) };
}
