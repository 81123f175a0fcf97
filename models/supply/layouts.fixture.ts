import { parseTable } from '#models/tables/parseTable.ts';
import { readSupply } from './readSupply.ts';
import type { SupplyTable } from './supplyTables.ts';

/** The rows of a table from the text of a file. */
export const rowsOfText = <T extends SupplyTable>(kind: T, text: string) =>
  readSupply(kind, parseTable(new TextEncoder().encode(text))).rows;

/** Demand in a file, as `item date quantity kind`. */
export const shortDemand = (text: string): string[] =>
  rowsOfText('demand', text).map((r) => `${r.item} ${r.date} ${r.quantity} ${r.kind ?? 'order'}`);
