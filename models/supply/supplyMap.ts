import { z } from 'zod';
import { type Table, TableError } from '#models/tables/parseTable.ts';
import { PERIOD_COLUMNS, YEAR_COLUMNS } from './calendarColumns.ts';
import { columnKey } from './columnNames.ts';
import { FISCAL_PATTERNS } from './fiscalCalendar.ts';
import { lineTypeAt } from './itemLines.ts';
import { MOVEMENT_COLUMNS } from './movementColumns.ts';
import type { OwnMovements } from './movementWords.ts';
import { SUPPLY_TABLES, type SupplyTable, supplyTableNames } from './supplyTables.ts';
import { periodsIn } from './wideTable.ts';

/** Kinds of movements; `undecided`: a table with it is refused until it is decided. */
export const MAPPED_KINDS = ['order', 'shipment', 'usage', 'return', 'none', 'undecided'] as const;
export type MappedKind = (typeof MAPPED_KINDS)[number];

const dateText = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date such as 2025-12-29');

/** The meaning of one kind of export, defined once and used for each file: a small YAML file. */
export const supplyMapSchema = z.strictObject({
  table: z.enum(supplyTableNames as [SupplyTable, ...SupplyTable[]]),
  /** In a workbook. */
  sheet: z.string().optional(),
  /** Millwright's name of a column, and its name in the file. */
  columns: z.record(z.string(), z.string().min(1)),
  dates: z.enum(['dmy', 'mdy']).optional(),
  numbers: z.strictObject({ decimal: z.enum(['.', ',']), thousands: z.enum(['.', ',']).nullable() }).optional(),
  /** By the cells of the column `kind`. */
  movements: z.record(z.string(), z.enum(MAPPED_KINDS)).optional(),
  fiscalYears: z
    .strictObject({ pattern: z.enum(FISCAL_PATTERNS), begins: z.record(z.string().regex(/^\d{4}$/), dateText) })
    .optional(),
});
export type SupplyMap = z.infer<typeof supplyMapSchema>;

/** Names that a map may use: those of the table, and of columns for movements and years. */
export function mappableNames(table: SupplyTable): string[] {
  const own = Object.keys(SUPPLY_TABLES[table].columns);
  return table === 'demand' ? [...new Set([...own, ...Object.keys(MOVEMENT_COLUMNS), 'year'])] : own;
}

/** Most rows above a header. */
const MAX_TITLE_ROWS = 30;

/** The row of a table that names all columns of a map; -1: none. */
export function mappedHeader({ rows }: Table, { columns }: SupplyMap): number {
  const required = Object.values(columns).map(columnKey);
  return rows.slice(0, MAX_TITLE_ROWS).findIndex((row) => {
    const keys = row.map(columnKey);
    return required.every((key) => keys.includes(key));
  });
}

/**
 * A table with the names of its map, without columns that the map does not name; periods of a wide table are kept.
 * @throws TableError if the map is for another table, or names a missing column.
 */
export function mapped(table: Table, map: SupplyMap): Table {
  const allowed = mappableNames(map.table);
  const unknownNames = Object.keys(map.columns).filter((name) => !allowed.includes(name));
  if (unknownNames.length > 0)
    throw new TableError(`the map names ${unknownNames.join(', ')}; allowed for ${map.table}: ${allowed.join(', ')}`);
  const at = mappedHeader(table, map);
  if (at < 0) throw new TableError(`no row has all columns of the map: ${Object.values(map.columns).join(', ')}`);
  const names = new Map(Object.entries(map.columns).map(([name, column]) => [columnKey(column), name]));
  const isWide = map.table === 'demand' && map.columns.date === undefined;
  const periods = isWide ? periodsIn(table.rows[at], map.dates ?? 'dmy') : [];
  const lineType = lineTypeAt(table.rows[at], table.rows.slice(at + 1));
  const header = table.rows[at].map((cell, i) => {
    const name = names.get(columnKey(cell));
    if (name !== undefined) return headerFor(name, cell);
    // Lines that are not items stay out, whatever the map names.
    if (i === lineType) return cell;
    return (periods[i] ?? null) === null ? '' : cell;
  });
  return {
    ...table,
    rows: [header, ...table.rows.slice(at + 1)],
    lines: table.lines.slice(at),
    // A workbook stores numbers as numbers.
    numbers: table.numbers ?? map.numbers,
  };
}

/** A name that the reader knows: for weeks and fiscal years, the one with the unit. */
function headerFor(name: string, cell: string): string {
  const key = columnKey(cell);
  if (name === 'date' && PERIOD_COLUMNS.includes(key)) return key;
  if (name === 'year') return YEAR_COLUMNS.includes(key) ? key : 'year';
  const movement = MOVEMENT_COLUMNS[name as keyof typeof MOVEMENT_COLUMNS] as readonly string[] | undefined;
  return movement?.[0] ?? name;
}

/** The map's words for movements; undecided ones are left to the reader, which refuses unknown words. */
export function ownMovements({ movements = {} }: SupplyMap): OwnMovements {
  return new Map(
    Object.entries(movements).flatMap(([word, kind]) =>
      kind === 'undecided' ? [] : [[word.toLowerCase(), kind === 'none' ? null : kind] as const],
    ),
  );
}
