import type { ImportReport } from '#models/contracts/supply.ts';
import { type ReadOptions, readSupply } from '#models/supply/readSupply.ts';
import type { SupplyTable } from '#models/supply/supplyTables.ts';
import { tableOfRecords } from '#models/supply/tableOfRecords.ts';
import { parseJson } from '#models/tables/parseJson.ts';
import { decoded, parseTable, type Table, TableError } from '#models/tables/parseTable.ts';
import { isWorkbook, parseWorkbook } from '#models/tables/parseWorkbook.ts';
import type { SupplyStore } from './supplyStore.ts';

/** Length of the prefix that distinguishes JSON from CSV; even, for two-byte encodings. */
const LOOKED_AT = 64;

/** Origin of a table. */
export interface Origin {
  /** A file, a topic, or `rest`. */
  source: string;
  by: string;
}

/**
 * Imports a table completely or not at all: a workbook, separated values, or a JSON record or list of records.
 * @throws TableError with the invalid places.
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

/** Parses a table without storing it. @throws TableError with the invalid places. */
export function checkSupply(table: SupplyTable, bytes: Uint8Array, options: ReadOptions): CheckedTable {
  const { rows, notes } = readSupply(table, tableOf(bytes, options.map?.sheet), options);
  return { table, rows: rows.length, notes };
}

/** @param sheet of a workbook. @throws TableError for any other content. */
export function tableOf(bytes: Uint8Array, sheet?: string): Table {
  if (isWorkbook(bytes)) return parseWorkbook(bytes, sheet);
  const beginning = decoded(bytes.subarray(0, LOOKED_AT)).text.trimStart();
  if (!/^[[{]/.test(beginning)) return parseTable(bytes);
  const records = parseJson(decoded(bytes).text);
  if (records === undefined) throw new TableError('line 1: it begins like JSON, but is not valid JSON');
  return tableOfRecords(records);
}
