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
 * Takes a table, separated values or a JSON list of records (or one alone): all of it, or nothing.
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

const BRACKETS = ['[', '{'].map((sign) => sign.charCodeAt(0));
/** The mark that some programs begin UTF-8 with. */
const MARK = [0xef, 0xbb, 0xbf];

/** @throws TableError where it is neither. */
export function tableOf(bytes: Uint8Array) {
  const marked = MARK.every((byte, i) => bytes[i] === byte);
  const first = bytes.subarray(marked ? MARK.length : 0).find((b) => b > 32);
  if (first === undefined || !BRACKETS.includes(first)) return parseTable(bytes);
  const records = parseJson(new TextDecoder().decode(bytes));
  if (records === undefined) throw new TableError('line 1: it begins like JSON, and is none');
  return tableOfRecords(records);
}
