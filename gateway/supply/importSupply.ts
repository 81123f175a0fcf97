import type { ImportReport } from '#models/contracts/supply.ts';
import { type ReadOptions, readSupply } from '#models/supply/readSupply.ts';
import type { SupplyTable } from '#models/supply/supplyTables.ts';
import { tableOfRecords } from '#models/supply/tableOfRecords.ts';
import { parseJson } from '#models/tables/parseJson.ts';
import { decoded, parseTable, type Table, TableError } from '#models/tables/parseTable.ts';
import { isWorkbook, parseWorkbook } from '#models/tables/parseWorkbook.ts';
import type { SupplyStore } from './supplyStore.ts';

/** Bytes that distinguish JSON from separated values; even, for those that come in pairs. */
const LOOKED_AT = 64;

/** Where a table came from. */
export interface Origin {
  /** A file, a topic, `rest`. */
  source: string;
  by: string;
}

/**
 * Takes a table: a workbook, separated values or a JSON list of records (or one alone): all of it, or nothing.
 * @throws TableError with the places that cannot be used.
 */
export function importSupply(
  store: SupplyStore,
  table: SupplyTable,
  bytes: Uint8Array,
  { source, by }: Origin,
  options: ReadOptions = {},
): ImportReport {
  return store.take(table, readSupply(table, tableOf(bytes, options.map?.sheet), options), source, by);
}

export interface CheckedTable {
  table: SupplyTable;
  rows: number;
  notes: string[];
}

/** How a table reads, without a store. @throws TableError with the places that cannot be used. */
export function checkSupply(table: SupplyTable, bytes: Uint8Array, options: ReadOptions): CheckedTable {
  const { rows, notes } = readSupply(table, tableOf(bytes, options.map?.sheet), options);
  return { table, rows: rows.length, notes };
}

/** @param sheet of a workbook. @throws TableError where it is none of these. */
export function tableOf(bytes: Uint8Array, sheet?: string): Table {
  if (isWorkbook(bytes)) return parseWorkbook(bytes, sheet);
  const beginning = decoded(bytes.subarray(0, LOOKED_AT)).text.trimStart();
  if (!/^[[{]/.test(beginning)) return parseTable(bytes);
  const records = parseJson(decoded(bytes).text);
  if (records === undefined) throw new TableError('line 1: it begins like JSON, and is none');
  return tableOfRecords(records);
}
