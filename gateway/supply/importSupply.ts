import type { ImportReport } from '#models/contracts/supply.ts';
import { type ReadOptions, readSupply, tableOfRecords } from '#models/supply/readSupply.ts';
import type { SupplyTable } from '#models/supply/supplyTables.ts';
import { parseJson } from '#models/tables/parseJson.ts';
import { parseTable, TableError } from '#models/tables/parseTable.ts';
import type { SupplyStore } from './supplyStore.ts';

/** Where a table came from. */
export interface Origin {
  /** A file, a topic, `rest`. */
  source: string;
  by: string;
}

/**
 * Takes a table, separated values or a JSON list of records: all of it, or nothing.
 * @throws TableError with the places that cannot be used.
 */
export function importSupply(
  store: SupplyStore,
  table: SupplyTable,
  bytes: Uint8Array,
  { source, by }: Origin,
  options: ReadOptions = {},
): ImportReport {
  return store.take(table, readSupply(table, tableOf(bytes), options), source, by);
}

const OPEN_BRACKET = '['.charCodeAt(0);

/** @throws TableError where it is neither. */
export function tableOf(bytes: Uint8Array) {
  if (bytes.find((b) => b > 32) !== OPEN_BRACKET) return parseTable(bytes);
  const records = parseJson(new TextDecoder().decode(bytes));
  if (records === undefined) throw new TableError('line 1: it begins like a JSON list, and is none');
  return tableOfRecords(records);
}
