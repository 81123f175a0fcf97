import { type Table, TableError } from '#models/tables/parseTable.ts';
import { withPlainDates } from './calendarColumns.ts';
import { columnKey } from './columnNames.ts';
import { parseDate } from './dates.ts';
import { withoutTitles, withoutTotals } from './headerRow.ts';
import { withItemsFilledDown, withItemsOfGroups } from './itemRows.ts';
import { demandOfMovements, MOVEMENT_COLUMNS } from './movements.ts';
import { ownMovements, type SupplyMap } from './supplyMap.ts';
import { type Column, SUPPLY_TABLES, type SupplyTable } from './supplyTables.ts';

/** Periods in the header of a wide table, at least. */
const MIN_PERIODS = 2;

/** A table without titles and totals, and with plain dates; of stock movements, those alone that are demand. */
export function recordsOf(kind: SupplyTable, given: Table, map?: SupplyMap): Table {
  const columns: Record<string, Column> = SUPPLY_TABLES[kind].columns;
  const isDemand = kind === 'demand';
  const titled = withoutTitles(given, (row) => isHeader(kind, row));
  const grouped =
    isDemand && !columnsAt(titled.rows[0] ?? [], columns).has('item') ? withItemsOfGroups(titled) : titled;
  const at = columnsAt(grouped.rows[0] ?? [], columns);
  const needed = Object.keys(columns).flatMap((name) =>
    columns[name].required && at.has(name) ? [at.get(name)!] : [],
  );
  const records = withBareCodes(withoutTotals(grouped, needed), at);
  const item = at.get('item');
  if (!isDemand) return records;
  const filled = item === undefined ? records : withItemsFilledDown(records, item, needed);
  const movements = demandOfMovements(filled, at.get('quantity') ?? -1, map && ownMovements(map));
  const dates = columnsAt(movements.rows[0] ?? [], columns).get('date') ?? -1;
  return withPlainDates(movements, dates, map?.fiscalYears);
}

/** Whether a row names the columns of a table. */
export function isHeader(kind: SupplyTable, row: readonly string[]): boolean {
  const columns: Record<string, Column> = SUPPLY_TABLES[kind].columns;
  const required = Object.entries(columns).filter(([, column]) => column.required);
  const isDemand = kind === 'demand';
  const keys = row.map(columnKey);
  const has = ([name, { also }]: [string, Column]) => {
    const issues = isDemand && name === 'quantity' ? MOVEMENT_COLUMNS.out : [];
    return [name, ...also, ...issues].some((other) => keys.includes(other));
  };
  const missing = required.filter((column) => !has(column)).map(([name]) => name);
  if (missing.length === 0) return true;
  const isWide = () => row.filter((cell) => parseDate(cell, 'dmy') !== null).length >= MIN_PERIODS;
  const mayLack = keys.includes('') && missing.join() === 'item' ? true : !missing.includes('item') && isWide();
  return isDemand && mayLack;
}

const BRACKETED = /^\[([^\]]+)\]\s*\S/;

/** Items such as `[BRG-6205] Bearing 6205` by the code in brackets, where all of them are written so. */
function withBareCodes(table: Table, at: ReadonlyMap<string, number>): Table {
  const item = at.get('item');
  const [header, ...body] = table.rows;
  if (item === undefined || body.length === 0 || !body.every((cells) => BRACKETED.test((cells[item] ?? '').trim())))
    return table;
  const bare = body.map((cells) => cells.map((c, i) => (i === item ? (BRACKETED.exec(c.trim())?.[1] ?? c) : c)));
  return { ...table, rows: [header, ...bare], notes: [...table.notes, 'items are known by the codes in brackets'] };
}

/** Where the columns of a table stand in a header. @throws TableError where one stands twice. */
export function columnsAt(header: readonly string[], columns: Record<string, Column>): Map<string, number> {
  const names = header.map(columnKey);
  const at = new Map<string, number>();
  for (const [name, { also }] of Object.entries(columns)) {
    const places = names.flatMap((n, i) => (n === name ? [i] : []));
    if (places.length > 1) throw new TableError(`line 1, column ${places[1] + 1}: the column ${name} stands twice`);
    // Beside a material, an item is the line of a document.
    const isLine = name === 'item' && places.length > 0 && names.includes('material');
    const own = (isLine ? undefined : places[0]) ?? also.map((other) => names.indexOf(other)).find((i) => i >= 0);
    // A name that is one column's own is no other column's second name.
    if (own !== undefined && (names[own] === name || !Object.hasOwn(columns, names[own]))) at.set(name, own);
  }
  return at;
}
