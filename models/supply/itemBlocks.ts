import type { Table } from '#models/tables/parseTable.ts';
import { columnKey } from './columnNames.ts';
import { COLUMN_WORDS } from './columnWords.ts';
import { parseDate } from './dates.ts';
import { isTotalWord } from './headerRow.ts';
import { MOVEMENT_COLUMNS } from './movementColumns.ts';

/** Most rows above the header of a report. */
const MAX_TITLE_ROWS = 30;
/** Names of item columns, without those that also mean a document's line number. */
const ITEM_NAMES: ReadonlySet<string> = new Set(COLUMN_WORDS.item.filter((name) => name !== 'id'));
const DATES: ReadonlySet<string> = new Set(['date', ...COLUMN_WORDS.date]);
const QUANTITIES: ReadonlySet<string> = new Set(['quantity', ...COLUMN_WORDS.quantity, ...MOVEMENT_COLUMNS.out]);
/** Label and value in one cell: `Stock Item: Bearing 6205`. */
const LABELLED = /^([^:]{2,40}):\s*(\S.*)$/;

const placeOf = (row: readonly string[], names: ReadonlySet<string>) =>
  row.findIndex((cell) => names.has(columnKey(cell)));
const isFilled = (cell: string | undefined) => (cell ?? '').trim() !== '';
const isDate = (cell: string) => (parseDate(cell, 'dmy') ?? parseDate(cell, 'mdy')) !== null;

/**
 * A two-level list, such as SAP's documents of each material: rows of items and rows of movements, each with its own
 * header, or a label with the item (`Material`, `4711`) above each block. Returns the movements with their item's
 * columns; any other table unchanged.
 */
export function withItemsOfBlocks(table: Table): Table {
  const { rows } = table;
  const at = rows.slice(0, MAX_TITLE_ROWS).findIndex(namesMovements);
  if (at < 1) return table;
  const upper = rows[at - 1];
  const itemAt = placeOf(upper, ITEM_NAMES);
  const isLevel = itemAt >= 0 && placeOf(upper, DATES) < 0 && upper.filter(isFilled).length > 2;
  return isLevel ? withUpperLevel(table, at, itemAt) : withLabels(table, at);
}

/** A header of movements without an item: `Item` alone may be the line of a document. */
function namesMovements(row: readonly string[]): boolean {
  return placeOf(row, ITEM_NAMES) < 0 && placeOf(row, DATES) >= 0 && placeOf(row, QUANTITIES) >= 0;
}

/** Removes the line number of documents, which may be called `Item`, too. */
const withoutLines = (header: readonly string[]) =>
  header.map((cell) => (['item', 'article', 'artikel'].includes(columnKey(cell)) ? '' : cell));

function withUpperLevel(table: Table, at: number, itemAt: number): Table {
  const [upper, lower] = [table.rows[at - 1], table.rows[at]];
  const width = Math.max(upper.length, ...table.rows.slice(at + 1).map((cells) => cells.length));
  const date = placeOf(lower, DATES);
  let item: readonly string[] | null = null;
  return moved(table, at, [...padded(upper, width), ...withoutLines(lower)], 'their items', (cells) => {
    if (isDate((cells[date] ?? '').trim())) return item === null ? null : [...padded(item, width), ...cells];
    const code = (cells[itemAt] ?? '').trim();
    if (code !== '' && !isTotalWord(code) && columnKey(code) !== columnKey(upper[itemAt])) item = cells;
    return null;
  });
}

function withLabels(table: Table, at: number): Table {
  const header = table.rows[at];
  const date = placeOf(header, DATES);
  const before = table.rows
    .slice(0, at)
    .map(labelled)
    .filter((name) => name !== null);
  if (before.length !== 1) return table;
  let item = before[0];
  const width = Math.max(...table.rows.slice(at).map((cells) => cells.length));
  return moved(table, at, [...padded(withoutLines(header), width), 'item'], 'the labels above them', (cells) => {
    item = labelled(cells) ?? item;
    return isDate((cells[date] ?? '').trim()) ? [...padded(cells, width), item] : null;
  });
}

/** The item of a row that has nothing but a label and its value. */
function labelled(cells: readonly string[]): string | null {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  const [, label, value] = filled.length === 1 ? (LABELLED.exec(filled[0]) ?? []) : ['', ...filled];
  if (filled.length > 2 || label === undefined || value === undefined) return null;
  return ITEM_NAMES.has(columnKey(label)) ? value : null;
}

const padded = (cells: readonly string[], width: number) => Array.from({ length: width }, (_, i) => cells[i] ?? '');

/** Rows of movements below a header, under another header. */
function moved(
  table: Table,
  at: number,
  header: string[],
  where: string,
  rowOf: (cells: readonly string[]) => string[] | null,
): Table {
  const [rows, lines]: [string[][], number[]] = [[header], [table.lines[at]]];
  table.rows.slice(at + 1).forEach((cells, i) => {
    const row = rowOf(cells);
    if (row === null) return;
    rows.push(row);
    lines.push(table.lines[at + 1 + i]);
  });
  if (rows.length === 1) return table;
  const note = `a list in two levels: ${rows.length - 1} movements have the columns of ${where}`;
  return { ...table, rows, lines, notes: [...table.notes, note] };
}
