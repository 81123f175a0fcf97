import { type Table, TableError } from '#models/tables/parseTable.ts';
import { withPlainDates } from './calendarColumns.ts';
import { columnKey } from './columnNames.ts';
import { withoutTitles, withoutTotals } from './headerRow.ts';
import { withItemsOfBlocks } from './itemBlocks.ts';
import { withBareLineNames, withItemLinesAlone, withNumberedItems } from './itemLines.ts';
import { withDocumentsFilledDown, withItemsFilledDown, withItemsOfGroups } from './itemRows.ts';
import { withJoinedHeader, withYearOfTitle } from './joinedHeader.ts';
import { likelyColumns, withLikelyNames } from './likelyColumns.ts';
import { MOVEMENT_COLUMNS } from './movementColumns.ts';
import { demandOfMovements } from './movements.ts';
import { withDatesOfFiscalPeriods, withQuantitiesOfPeriods } from './periodHeaders.ts';
import { ownMovements, type SupplyMap } from './supplyMap.ts';
import { type Column, SUPPLY_TABLES, type SupplyTable } from './supplyTables.ts';
import { periodsIn } from './wideTable.ts';

/** Fewest periods in the header of a wide table. */
const MIN_PERIODS = 2;

/** A table without titles and totals, with plain dates; of stock movements, only those that are demand. */
export function recordsOf(kind: SupplyTable, given: Table, map?: SupplyMap): Table {
  const columns: Record<string, Column> = SUPPLY_TABLES[kind].columns;
  const isDemand = kind === 'demand';
  const isNamed = (row: readonly string[]) => isHeader(kind, row);
  const isNearlyNamed = (row: readonly string[]) => {
    const missing = missingIn(kind, row);
    return isNamed(row) || (isDemand && likelyColumns(row, missing).size === missing.length);
  };
  const bare = withBareLineNames(given);
  const numbered = withNumberedItems(isDemand ? withPlainHeader(bare, map) : bare, isNearlyNamed);
  const named = isDemand ? withLikelyNames(numbered, isNamed, (row) => missingIn(kind, row)) : numbered;
  const titled = withItemLinesAlone(withoutTitles(named, isNamed));
  const grouped =
    isDemand && !columnsAt(titled.rows[0] ?? [], columns).has('item') ? withItemsOfGroups(titled) : titled;
  const at = columnsAt(grouped.rows[0] ?? [], columns);
  const needed = Object.keys(columns).flatMap((name) =>
    columns[name].required && at.has(name) ? [at.get(name)!] : [],
  );
  const item = at.get('item');
  const documents = withDocumentsFilledDown(withoutTotals(grouped, needed, item), at, needed);
  const records = withUnitsApart(withBareCodes(documents, at), at);
  if (!isDemand) return records;
  const filled = item === undefined ? records : withItemsFilledDown(records, item, needed);
  const movements = demandOfMovements(filled, at.get('quantity') ?? -1, map && ownMovements(map));
  const dates = columnsAt(movements.rows[0] ?? [], columns).get('date') ?? -1;
  return withPlainDates(movements, dates, map?.fiscalYears);
}

/** A demand report with a single header of periods only. */
function withPlainHeader(table: Table, map: SupplyMap | undefined): Table {
  const wide = withYearOfTitle(withJoinedHeader(withQuantitiesOfPeriods(withItemsOfBlocks(table))));
  return withDatesOfFiscalPeriods(wide, map?.fiscalYears);
}

/** The required columns that a row does not name. */
function missingIn(kind: SupplyTable, row: readonly string[]): string[] {
  const columns: Record<string, Column> = SUPPLY_TABLES[kind].columns;
  const keys = row.map(columnKey);
  return Object.entries(columns).flatMap(([name, { also, required }]) => {
    const issues = kind === 'demand' && name === 'quantity' ? MOVEMENT_COLUMNS.out : [];
    return required && ![name, ...also, ...issues].some((other) => keys.includes(other)) ? [name] : [];
  });
}

/** Whether a row names the columns of a table. */
export function isHeader(kind: SupplyTable, row: readonly string[]): boolean {
  const missing = missingIn(kind, row);
  if (missing.length === 0) return true;
  if (kind !== 'demand') return false;
  // The items of groups are in rows above theirs, in a column without a name.
  if (missing.join() === 'item' && row.some((cell) => columnKey(cell) === '')) return true;
  return !missing.includes('item') && periodsIn(row, 'dmy').filter((date) => date !== null).length >= MIN_PERIODS;
}

const BRACKETED = /^\[([^\]]+)\]\s*\S/;

/** Replaces items such as `[BRG-6205] Bearing 6205` by the code in brackets, if all are written so. */
function withBareCodes(table: Table, at: ReadonlyMap<string, number>): Table {
  const item = at.get('item');
  const [header, ...body] = table.rows;
  if (item === undefined || body.length === 0 || !body.every((cells) => BRACKETED.test((cells[item] ?? '').trim())))
    return table;
  const bare = body.map((cells) => cells.map((c, i) => (i === item ? (BRACKETED.exec(c.trim())?.[1] ?? c) : c)));
  return { ...table, rows: [header, ...bare], notes: [...table.notes, 'items are known by the codes in brackets'] };
}

const WITH_UNIT = /^([+-]?[\d.,' ]*\d-?)\s+(\p{L}[\p{L}\d]{0,5})\.?$/u;

/** Splits quantities such as `4 PC` into a number and its unit, if all are written so. */
function withUnitsApart(table: Table, at: ReadonlyMap<string, number>): Table {
  const quantity = at.get('quantity');
  const [header, ...body] = table.rows;
  if (quantity === undefined || at.has('unit')) return table;
  const cellOf = (cells: readonly string[]) => (cells[quantity] ?? '').trim();
  const written = body.filter((cells) => cellOf(cells) !== '');
  if (written.length === 0 || !written.every((cells) => WITH_UNIT.test(cellOf(cells)))) return table;
  const apart = body.map((cells) => {
    const [, number = '', unit = ''] = WITH_UNIT.exec(cellOf(cells)) ?? [];
    return [...header.map((_, i) => (i === quantity ? number : (cells[i] ?? ''))), unit];
  });
  return { ...table, rows: [[...header, 'unit'], ...apart], columnOf: (_, i) => (i < header.length ? i : quantity) };
}

const LONG_UNIT = /\((?=[^)]*(week|woche|semaine|semana|settiman|month|monat|mois|mes))[^)]*\)/i;

/** Lead times are in days: a header with another unit is not an error of a cell. */
function refuseWeeks(header: readonly string[], at: ReadonlyMap<string, number>): void {
  for (const [name, i] of at)
    if (name.endsWith('_days') && LONG_UNIT.test(header[i]))
      throw new TableError(
        `line 1, column ${i + 1} (${name}): found ${JSON.stringify(header[i].trim())}; a column of days is needed`,
      );
}

/** Names of item codes that are more specific than `Item` beside them. */
const ITEM_CODES: readonly string[] = [
  'material',
  'sku',
  'variant_code_sku',
  'item_code',
  'item_number',
  'item_no',
  'part_number',
  'part_no',
  'product_code',
  'artikelnummer',
];

/** Indices of a table's columns in a header. @throws TableError if one occurs twice, or is in weeks. */
export function columnsAt(header: readonly string[], columns: Record<string, Column>): Map<string, number> {
  const names = header.map(columnKey);
  const at = new Map<string, number>();
  for (const [name, { also }] of Object.entries(columns)) {
    const places = names.flatMap((n, i) => (n === name ? [i] : []));
    if (places.length > 1) throw new TableError(`line 1, column ${places[1] + 1}: the column ${name} stands twice`);
    // Beside a material, an item is a document line; beside a code, it is a description.
    const isLine = name === 'item' && places.length > 0 && names.some((n) => ITEM_CODES.includes(n));
    const own = (isLine ? undefined : places[0]) ?? also.map((other) => names.indexOf(other)).find((i) => i >= 0);
    // A column's own name is never another column's alias.
    if (own !== undefined && (names[own] === name || !Object.hasOwn(columns, names[own]))) at.set(name, own);
  }
  refuseWeeks(header, at);
  return at;
}
