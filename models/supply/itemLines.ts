import type { Table } from '#models/tables/parseTable.ts';
import { columnKey } from './columnNames.ts';
import { COLUMN_WORDS } from './columnWords.ts';

/** Rows that a report may have above its header. */
const MAX_TITLE_ROWS = 30;
/** Names so short that they mean the item only in a list of items, which also describes them. */
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
/** What a line of a document is of: an item, an account, a resource. */
const LINE_TYPES: readonly string[] = ['type', 'line_type', 'art', 'zeilenart', 'tipo', 'soort'];
const ITEM =
  /^(item|inventory item|stock item|artikel|article|art[íi]culo|articolo|produto|produkt|product|part|vare)$/i;

/**
 * A list that calls its items by a number or a code alone (`No.` beside a description, as Dynamics does), with the name
 * `item` for that column.
 * @param isHeader whether a row names what a table needs.
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

/** The column of a header that is the item by a short name, beside a description; -1: there is none. */
export function numberedItemAt(header: readonly string[]): number {
  const keys = header.map(columnKey);
  const at = NUMBERS.map((name) => keys.indexOf(name)).find((k) => k >= 0) ?? -1;
  return keys.some((key, k) => k !== at && DESCRIPTIONS.includes(key)) ? at : -1;
}

/** The column that says what each line of a document is of; -1: there is none. */
export const lineTypeAt = (header: readonly string[], body: readonly (readonly string[])[]): number =>
  header.findIndex(
    (cell, i) => LINE_TYPES.includes(columnKey(cell)) && body.some((cells) => ITEM.test((cells[i] ?? '').trim())),
  );

/** Lines of documents without those of accounts, resources and texts, where a column says what each line is of. */
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

/** Lines of documents name their columns after themselves: `Order Lines/Product`. */
const OF_LINES = /^[^/]*\blines?\s*\/\s*/i;

/** A table whose columns of lines are named by what they hold alone: `Product`. */
export const withBareLineNames = (table: Table): Table => ({
  ...table,
  rows: table.rows.map((row, i) => (i < MAX_TITLE_ROWS ? row.map((cell) => cell.replace(OF_LINES, '')) : row)),
});
