import { momentOf } from '#models/tables/moment.ts';
import { numberOf, TableError } from '#models/tables/parseTable.ts';
import { isClockUnit, statedTimeUnit, unitMs } from './timeUnit.ts';

/** A table is not a valid history of units: what is wrong, and where. */
export class HistoryError extends TableError {
  override readonly name = 'HistoryError';
}

export interface TableShape {
  /** Names of the unit and time columns; absent for C-MAPSS: the first two, and no header. */
  unit?: string;
  time?: string;
  /** Names of columns that are not values; for a table with a header. */
  ignore?: readonly string[];
  /** Column that marks units that failed at their last row; without it all did. */
  failed?: string;
  /** Unit of the time column if its header does not state it; for dates, the unit to count in. */
  timeUnit?: string;
  /** Column separator, if known: a comma that separates columns is not a decimal comma. */
  separator?: string;
  /** Line of the file that each row ends on, if empty lines were skipped. */
  lines?: readonly number[];
}

/** Measurements of one unit, oldest first. */
export interface TimedUnit {
  unit: string;
  /** In the table's unit of time, rising; for dates, since 1970. */
  times: number[];
  rows: number[][];
  /** Whether it failed at its last row or was still running. */
  failed: boolean;
}

/** How a table counts time. */
export interface TableTime {
  /** `hours`, `cycles` …, or `units of <column>` if unstated. */
  unit: string;
  stated: boolean;
  dated: boolean;
  column: string | null;
  /** Whether the caller gave the unit for this table, which makes it certain. */
  given?: boolean;
}

export interface UnitTable {
  units: TimedUnit[];
  time: TableTime;
  /** Names of the value columns; null for a table without a header. */
  names: string[] | null;
}

const YES = /^(1|1\.0+|true|yes|y|failed|failure)$/i;
const NO = /^(0|0\.0+|false|no|n|running|censored|)$/i;
/** Dates are counted in days if units last longer than this, else in hours. */
const LONG_DAYS = 90;

/**
 * Histories of units from rows of text.
 * @throws HistoryError with the line, counted from 1.
 */
export function readUnits(table: readonly (readonly string[])[], shape: TableShape): UnitTable {
  const headed = shape.unit !== undefined;
  if (table.length === 0) throw new HistoryError('the table has no rows');
  const [unitColumn, timeColumn] = headed ? [find(table[0], shape.unit), find(table[0], shape.time)] : [0, 1];
  const failedColumn = shape.failed === undefined ? -1 : find(table[0], shape.failed);
  const width = table[0].length;
  const ignored = (shape.ignore ?? []).map((name) => find(table[0], name));
  const left = new Set([unitColumn, timeColumn, failedColumn, ...ignored]);
  const columns = table[0].map((_, c) => c).filter((c) => !left.has(c));
  if (columns.length === 0) throw new HistoryError(`${width} columns; a unit, a time and one value or more are needed`);
  const body = headed ? table.slice(1) : table;
  if (body.length === 0) throw new HistoryError('the table has no rows');
  const dated = !Number.isNaN(momentOf(body[0][timeColumn] ?? ''));
  const { separator = headed ? ',' : ' ' } = shape;
  const units = new Map<string, { time: number; row: number[]; failed: boolean; line: number }[]>();
  body.forEach((cells, i) => {
    const line = shape.lines?.[i + (headed ? 1 : 0)] ?? i + (headed ? 2 : 1);
    if (cells.length !== width)
      throw new HistoryError(`line ${line}: ${cells.length} columns where the first line has ${width}`);
    const value = (c: number) => numericOf(cells[c], separator, line, c);
    const time = dated ? dateOf(cells[timeColumn], line, timeColumn) : value(timeColumn);
    const failed = failedColumn < 0 || failureOf(cells[failedColumn], line, failedColumn);
    const rows = units.get(cells[unitColumn]) ?? [];
    rows.push({ time, row: columns.map(value), failed, line });
    units.set(cells[unitColumn], rows);
  });
  const read = [...units].map(([unit, rows]) => ordered(unit, rows, failedColumn >= 0));
  const time = timeOf(read, shape, dated, headed ? table[0][timeColumn].trim() : null);
  return {
    units: dated ? read.map((u) => ({ ...u, times: u.times.map((t) => t / lengthOf(time.unit)) })) : read,
    time,
    names: headed ? columns.map((c) => table[0][c].trim()) : null,
  };
}

function ordered(
  unit: string,
  rows: { time: number; row: number[]; failed: boolean; line: number }[],
  marked: boolean,
): TimedUnit {
  rows.sort((a, b) => a.time - b.time);
  rows.forEach((one, i) => {
    if (rows[i - 1]?.time === one.time) throw new HistoryError(`line ${one.line}: unit ${unit} has this time twice`);
    if (marked && rows[i - 1]?.failed && !one.failed)
      throw new HistoryError(
        `line ${one.line}: unit ${unit} runs on after its failure; give each run between failures a unit of its own`,
      );
  });
  return {
    unit,
    times: rows.map((r) => r.time),
    rows: rows.map((r) => r.row),
    failed: rows[rows.length - 1].failed,
  };
}

function timeOf(units: readonly TimedUnit[], shape: TableShape, dated: boolean, column: string | null): TableTime {
  if (column === null) return { unit: 'cycles', stated: true, dated, column };
  const stated = shape.timeUnit ?? (dated ? null : statedTimeUnit(column));
  if (stated !== null) return { unit: stated, stated: true, dated, column, given: shape.timeUnit !== undefined };
  if (!dated) return { unit: `units of ${column}`, stated: false, dated, column };
  const spans = units.map((u) => u.times[u.times.length - 1] - u.times[0]).sort((a, b) => a - b);
  const long = spans[spans.length >> 1] > LONG_DAYS * unitMs('days');
  return { unit: long ? 'days' : 'hours', stated: true, dated, column };
}

/** Milliseconds in the unit that dates are counted in. */
function lengthOf(unit: string): number {
  if (isClockUnit(unit)) return unitMs(unit);
  throw new HistoryError(`dates cannot be counted in ${unit}; allowed: seconds, minutes, hours, days, weeks`);
}

function find(header: readonly string[] | undefined, name: string | undefined): number {
  const at = header?.findIndex((cell) => cell.trim() === name) ?? -1;
  if (at < 0) throw new HistoryError(`line 1: no column ${name}; there are ${header?.join(', ')}`);
  return at;
}

function numericOf(cell: string, separator: string, line: number, column: number): number {
  const value = numberOf(cell, separator);
  if (Number.isFinite(value)) return value;
  throw wrong(line, column, cell, 'a number is needed');
}

function dateOf(cell: string, line: number, column: number): number {
  const ms = momentOf(cell);
  if (Number.isFinite(ms)) return ms;
  throw wrong(line, column, cell, 'a date such as 2026-01-31 06:00 is needed, as in the rows before');
}

function failureOf(cell: string, line: number, column: number): boolean {
  if (YES.test(cell.trim())) return true;
  if (NO.test(cell.trim())) return false;
  throw wrong(line, column, cell, '1 where the unit failed, 0 where it ran, is needed');
}

function wrong(line: number, column: number, cell: string, needed: string): HistoryError {
  return new HistoryError(`line ${line}, column ${column + 1}: found ${JSON.stringify(cell.slice(0, 40))}; ${needed}`);
}
