import { groupedBy } from '#models/groupedBy.ts';
import type { SupplyRow } from './supplyTables.ts';

type Stock = SupplyRow<'stock'>;

/** Distinguishes rows of one item at one site. */
export const locationOf = ({ storage_location = '', batch = '' }: Stock): string => `\t${storage_location}\t${batch}`;

/** The stock of each item at each site: the sum over its storage locations and batches. */
export function sumLocations(rows: readonly Stock[], notes: string[]): Stock[] {
  const groups = [...groupedBy(rows, ({ item, site = '' }) => `${item}\t${site}`).values()];
  const added = rows.length - groups.length;
  if (added > 0)
    notes.push(`${added} rows are added to others of the same item and site: storage locations and batches`);
  return groups.map((group) => {
    const { storage_location, batch, ...first } = group[0];
    if (group.length === 1) return first;
    const quantity = Number(group.reduce((sum, row) => sum + row.quantity, 0).toPrecision(12));
    const dates = group.flatMap(({ date }) => (date === undefined ? [] : [date])).sort();
    return { ...first, quantity, ...(dates.length > 0 && { date: dates[dates.length - 1] }) };
  });
}
