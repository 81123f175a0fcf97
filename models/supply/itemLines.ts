import type { Table } from '#models/tables/parseTable.ts';
import { columnKey } from './columnNames.ts';
import { COLUMN_WORDS } from './columnWords.ts';

/** Most rows above the header of a report. */
const MAX_TITLE_ROWS = 30;
/** Short names that mean the item only in a list that also describes its items. */
const NUMBERS: readonly string[] = [
  'no',
  'nr',
  'nº',
  'n',
  'code',
  'number',
  'nummer',
  'numero',
  'codigo',
  'codice',
  'reference',
  'ref',
  'name',
];
const DESCRIPTIONS: readonly string[] = [...COLUMN_WORDS.description, 'name', 'beschreibung', 'nombre', 'nome', 'nom'];
/** Columns with the type of a document line: item, account, resource. */
const LINE_TYPES: readonly string[] = ['type', 'line_type', 'art', 'zeilenart', 'tipo', 'soort'];
const ITEM =
  /^(item|inventory item|stock item|artikel|article|art[íi]culo|articolo|produto|produkt|product|part|vare)$/i;

/**
 * Renames to `item` the column of a list that calls its items by a number or a code only (`No.` beside a description,
 * as in Dynamics).
 * @param isHeader whether a row names all required columns.
 */
export function withNumberedItems(table: Table, isHeader: (row: readonly string[]) => boolean): Table {
  const first = table.rows.slice(0, MAX_TITLE_ROWS);
  for (const [i, row] of first.entries()) {
    const at = numberedItemAt(row);
    if (at < 0 || isHeader(row)) continue;
    if (!isHeader(row.with(at, 'item'))) continue;
    const notes = [...table.notes, `item is taken to be ${JSON.stringify(row[at].trim())}, beside its description`];
    return { ...table, rows: table.rows.with(i, row.with(at, 'item')), notes };
  }
  return table;
}

/** Column of the item under a short name beside a description; -1: none. */
export function numberedItemAt(header: readonly string[]): number {
  const keys = header.map(columnKey);
  const at = NUMBERS.map((name) => keys.indexOf(name)).find((k) => k >= 0) ?? -1;
  return keys.some((key, k) => k !== at && DESCRIPTIONS.includes(key)) ? at : -1;
}

/** Column with the type of each document line; -1: none. */
export const lineTypeAt = (header: readonly string[], body: readonly (readonly string[])[]): number =>
  header.findIndex(
    (cell, i) => LINE_TYPES.includes(columnKey(cell)) && body.some((cells) => ITEM.test((cells[i] ?? '').trim())),
  );

/** Removes lines of accounts, resources and texts, where a column gives each line's type. */
export function withItemLinesAlone(table: Table): Table {
  const [header = [], ...body] = table.rows;
  const at = lineTypeAt(header, body);
  if (at < 0) return table;
  const kept = body.map((cells) => ITEM.test((cells[at] ?? '').trim()));
  const left = kept.filter((k) => !k).length;
  return {
    ...table,
    rows: [header.with(at, ''), ...body.filter((_, i) => kept[i])],
    lines: [table.lines[0], ...table.lines.slice(1).filter((_, i) => kept[i])],
    notes: left === 0 ? table.notes : [...table.notes, `${left} lines that are not of items are left out`],
  };
}

/** Prefix of the column names of document lines: `Order Lines/Product`. */
const OF_LINES = /^[^/]*\blines?\s*\/\s*/i;

/** Removes that prefix from the column names: `Product`. */
export const withBareLineNames = (table: Table): Table => ({
  ...table,
  rows: table.rows.map((row, i) => (i < MAX_TITLE_ROWS ? row.map((cell) => cell.replace(OF_LINES, '')) : row)),
});
