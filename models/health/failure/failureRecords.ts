import { momentOf } from '#models/tables/moment.ts';
import { numberOf, type Table, TableError } from '#models/tables/parseTable.ts';

/** An event recorded for a unit: an error, a repair, a failure. */
export interface UnitEvent {
  /** In hours if the table has dates, else as in the table. */
  time: number;
  kind: string;
}

/** Measurements of a unit, oldest first. */
export interface UnitTelemetry {
  unit: string;
  times: number[];
  /** Row by row, channel by channel; empty cells are filled with the value above. */
  rows: Float64Array[];
  /** Time of each channel's last non-empty cell; minus infinity if there is none. Absent: no cell is empty. */
  measuredAt?: number[];
}

export interface FailureRecords {
  channels: string[];
  /** Whether times are dates: then times and the horizon are in hours. */
  dated: boolean;
  telemetry: UnitTelemetry[];
  /** By unit, oldest first. */
  events: ReadonlyMap<string, UnitEvent[]>;
  maintenance: ReadonlyMap<string, UnitEvent[]>;
  failures: ReadonlyMap<string, UnitEvent[]>;
}

export interface RecordColumns {
  unit: string;
  time: string;
  /** Columns of telemetry that are not channels. */
  ignore?: readonly string[];
}

const HOUR_MS = 3_600_000;

/**
 * Telemetry: one row per unit and time; further columns are channels, of which there may be none.
 * @throws TableError with line and column, counted from 1.
 */
export function readTelemetry(
  table: Table,
  { unit, time, ignore = [] }: RecordColumns,
): Pick<FailureRecords, 'channels' | 'telemetry' | 'dated'> {
  const header = table.rows[0].map((cell) => cell.trim());
  const [unitColumn, timeColumn] = [columnOf(header, unit), columnOf(header, time)];
  const left = new Set([unitColumn, timeColumn, ...ignore.map((name) => columnOf(header, name))]);
  const columns = header.map((_, c) => c).filter((c) => !left.has(c));
  const units = new Map<string, { time: number; row: Float64Array; line: number }[]>();
  const dated = isDate(table.rows[1]?.[timeColumn]);
  forEachRow(table, (cells, line) => {
    const row = Float64Array.from(columns, (c) => {
      const value = numberOf(cells[c], table.separator);
      if (Number.isNaN(value) && cells[c].trim() !== '') throw wrong(line, c, cells[c], 'a number is needed');
      return value;
    });
    const rows = units.get(cells[unitColumn]) ?? [];
    rows.push({ time: timeOf(cells[timeColumn], dated, line, timeColumn), row, line });
    units.set(cells[unitColumn], rows);
  });
  const telemetry = [...units].map(([name, rows]) => {
    rows.sort((a, b) => a.time - b.time);
    const measuredAt = columns.map((_, c) => rows.findLast(({ row }) => !Number.isNaN(row[c]))?.time ?? -Infinity);
    const whole = rows.every(({ row }) => !row.some(Number.isNaN));
    rows.forEach((one, i) => {
      const before = rows[i - 1];
      if (before?.time === one.time) throw new TableError(`line ${one.line}: unit ${name} has this time twice`);
      for (let c = 0; c < columns.length; c++) if (Number.isNaN(one.row[c])) one.row[c] = before?.row[c] ?? 0;
    });
    const own = { unit: name, times: rows.map((r) => r.time), rows: rows.map((r) => r.row) };
    return whole ? own : { ...own, measuredAt };
  });
  return { channels: columns.map((c) => header[c]), telemetry, dated };
}

/**
 * Events: one row per unit and time, with the kind in an optional further column.
 * @throws TableError with line and column, counted from 1.
 */
export function readEvents(table: Table, { unit, time }: RecordColumns, dated: boolean): Map<string, UnitEvent[]> {
  const header = table.rows[0].map((cell) => cell.trim());
  const [unitColumn, timeColumn] = [columnOf(header, unit), columnOf(header, time)];
  const kindColumn = header.findIndex((_, c) => c !== unitColumn && c !== timeColumn);
  const events = new Map<string, UnitEvent[]>();
  forEachRow(table, (cells, line) => {
    const own = events.get(cells[unitColumn]) ?? [];
    const kind = kindColumn < 0 ? 'event' : cells[kindColumn].trim();
    own.push({ time: timeOf(cells[timeColumn], dated, line, timeColumn), kind });
    events.set(cells[unitColumn], own);
  });
  for (const own of events.values()) own.sort((a, b) => a.time - b.time);
  return events;
}

/** Whether a table's times are dates, judged by its first row. */
export function isDated({ rows }: Table, time: string): boolean {
  return isDate(
    rows[1]?.[
      columnOf(
        rows[0].map((cell) => cell.trim()),
        time,
      )
    ],
  );
}

function forEachRow({ rows, lines }: Table, take: (cells: string[], line: number) => void): void {
  rows.slice(1).forEach((cells, i) => {
    const line = lines[i + 1];
    if (cells.length !== rows[0].length)
      throw new TableError(`line ${line}: ${cells.length} columns where the first line has ${rows[0].length}`);
    take(cells, line);
  });
}

function columnOf(header: readonly string[], name: string): number {
  const at = header.indexOf(name);
  if (at < 0) throw new TableError(`line 1: no column ${name}; there are ${header.join(', ')}`);
  return at;
}

function isDate(cell: string | undefined): boolean {
  return cell !== undefined && !Number.isNaN(momentOf(cell));
}

/** Dates without an offset are taken as UTC: only differences count. */
function timeOf(cell: string, dated: boolean, line: number, column: number): number {
  const text = cell.trim();
  if (!dated) {
    const value = numberOf(text, ',');
    if (Number.isNaN(value)) throw wrong(line, column, cell, 'a number is needed, as in the rows before');
    return value;
  }
  const ms = momentOf(text);
  if (Number.isNaN(ms)) throw wrong(line, column, cell, 'a date such as 2026-01-31 06:00 is needed');
  return ms / HOUR_MS;
}

function wrong(line: number, column: number, cell: string, needed: string): TableError {
  return new TableError(`line ${line}, column ${column + 1}: found ${JSON.stringify(cell.slice(0, 40))}; ${needed}`);
}
