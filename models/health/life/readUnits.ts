import type { UnitHistory } from './lifeFeatures.ts';

/** Something in a table that is no history of units: where, and what. */
export class HistoryError extends Error {}

export interface TableShape {
  /** Names of the unit's and the time's column; absent for C-MAPSS: the first two, and no header. */
  unit?: string;
  time?: string;
  /** Columns that are no values, by name; of a table with a header. */
  ignore?: readonly string[];
}

/**
 * Histories of units from rows of text.
 * @throws HistoryError with the line, counted from 1.
 */
export function readUnits(table: readonly (readonly string[])[], shape: TableShape): UnitHistory[] {
  const headed = shape.unit !== undefined;
  if (table.length === 0) throw new HistoryError('the table has no rows');
  const [unitColumn, timeColumn] = headed ? [find(table[0], shape.unit), find(table[0], shape.time)] : [0, 1];
  const width = table[0]?.length ?? 0;
  const left = new Set([unitColumn, timeColumn, ...ignoredOf(table, shape)]);
  const units = new Map<string, { time: number; row: number[] }[]>();
  const seen = new Set<string>();
  table.slice(headed ? 1 : 0).forEach((cells, i) => {
    const line = i + (headed ? 2 : 1);
    if (cells.length !== width)
      throw new HistoryError(`line ${line}: ${cells.length} columns where the first line has ${width}`);
    const values = cells.map((cell, c) => (c !== timeColumn && left.has(c) ? 0 : numberOf(cell, line, c)));
    const moment = `${cells[unitColumn]}\n${values[timeColumn]}`;
    if (seen.has(moment))
      throw new HistoryError(`line ${line}: unit ${cells[unitColumn]} has time ${values[timeColumn]} twice`);
    seen.add(moment);
    const row = values.filter((_, c) => !left.has(c));
    const rows = units.get(cells[unitColumn]) ?? [];
    rows.push({ time: values[timeColumn], row });
    units.set(cells[unitColumn], rows);
  });
  if (width <= left.size) throw new HistoryError(`${width} columns; a unit, a time and one value or more are needed`);
  if (units.size === 0) throw new HistoryError('the table has no rows');
  return [...units].map(([unit, rows]) => {
    rows.sort((a, b) => a.time - b.time);
    return { unit, startsAt: rows[0].time, rows: rows.map((r) => r.row) };
  });
}

/** Names of the columns of values, in their order; null of a table without a header. */
export function valueNames(table: readonly (readonly string[])[], shape: TableShape): string[] | null {
  if (shape.unit === undefined) return null;
  const left = new Set([find(table[0], shape.unit), find(table[0], shape.time), ...ignoredOf(table, shape)]);
  return table[0].map((cell) => cell.trim()).filter((_, c) => !left.has(c));
}

function ignoredOf(table: readonly (readonly string[])[], { ignore = [] }: TableShape): number[] {
  return ignore.map((name) => find(table[0], name));
}

function find(header: readonly string[] | undefined, name: string | undefined): number {
  const at = header?.findIndex((cell) => cell.trim() === name) ?? -1;
  if (at < 0) throw new HistoryError(`line 1: no column ${name}; there are ${header?.join(', ')}`);
  return at;
}

function numberOf(cell: string, line: number, column: number): number {
  const value = Number(cell);
  if (cell.trim() !== '' && Number.isFinite(value)) return value;
  throw new HistoryError(
    `line ${line}, column ${column + 1}: found ${JSON.stringify(cell.slice(0, 40))}; a number is needed`,
  );
}
