import { type NamedFile, numberOf, parsePieces, type Table, TableError } from '#models/tables/parseTable.ts';

/** One row of a table's channels. */
export interface ChannelRow {
  /** NaN where the cell is empty. */
  values: Float64Array;
  /** In the file, counted from 1. */
  line: number;
}

/** A table's channels, whose rows are read one after the other. */
export interface ChannelStream {
  names: string[];
  rows: Iterable<ChannelRow>;
}

export interface Channels {
  names: string[];
  /** Empty cells took the value above them, those at the top the first below. */
  rows: Float64Array[];
  /** How many were empty. */
  carried: number;
}

export interface ChannelOptions {
  separator?: string;
  timeColumn?: string;
  ignore: readonly string[];
}

const LARGEST = 1e15;
const DATE = /^\d{2,4}[-./]\d{1,2}[-./]\d{2,4}/;
const EMPTY = /^(|na|nan|null)$/i;
/** States that are written as words. */
const STATES: ReadonlyMap<string, number> = new Map([
  ['true', 1],
  ['false', 0],
  ['on', 1],
  ['off', 0],
  ['yes', 1],
  ['no', 0],
]);

/**
 * Channels of a table, a row a moment; a long file is read in pieces. A first row without a single number is the
 * header; without one, channels are called `c1`, `c2` … by their column.
 * @param say what was repaired. @throws TableError that names the file, with line and column, counted from 1.
 */
export function openChannels(
  { name, bytes }: NamedFile,
  { separator, timeColumn, ignore }: ChannelOptions,
  say: (line: string) => void,
): ChannelStream {
  const named = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof TableError) throw new TableError(`${name}: ${error.message}`);
      throw error;
    }
  };
  const pieces = parsePieces(bytes, separator);
  const first: Table = named(() => pieces.next().value);
  for (const note of first.notes) say(`${name}: ${note}`);
  const ignored = [...ignore, ...(timeColumn === undefined ? [] : [timeColumn])];
  const layout = named(() => layoutOf(first, ignored));
  function* rows(): Generator<ChannelRow> {
    let from = layout.headed ? 1 : 0;
    for (let piece: Table | undefined = first; piece; piece = named(() => pieces.next().value as Table | undefined)) {
      const { rows: cells, lines, separator: between } = piece;
      for (let i = from; i < cells.length; i++)
        yield named(() => ({ values: valuesOf(cells[i], layout, between, lines[i]), line: lines[i] }));
      from = 0;
    }
  }
  return { names: layout.columns.map((c) => layout.header[c]), rows: rows() };
}

/** All channels of a table. @throws TableError as `openChannels`, and where a column holds no number. */
export function readChannels(file: NamedFile, options: ChannelOptions, say: (line: string) => void): Channels {
  const { names, rows } = openChannels(file, options, say);
  const values = Array.from(rows, (row) => row.values);
  const last = firstValues(file.name, names, values);
  let carried = 0;
  for (const row of values) carried += carryOn(row, last);
  return { names, rows: values, carried };
}

/** The first value of each channel. @throws TableError that names a channel without any. */
export function firstValues(file: string, names: readonly string[], rows: readonly Float64Array[]): Float64Array {
  return Float64Array.from(names, (name, c) => {
    const first = rows.find((row) => !Number.isNaN(row[c]));
    if (!first) throw new TableError(`${file}: column ${name} holds no number`);
    return first[c];
  });
}

/** Fills empty cells with the values before them, and keeps the row's for the next. @returns how many were empty. */
export function carryOn(row: Float64Array, last: Float64Array): number {
  let empty = 0;
  for (let c = 0; c < row.length; c++) {
    if (Number.isNaN(row[c])) {
      row[c] = last[c];
      empty++;
    } else last[c] = row[c];
  }
  return empty;
}

interface Layout {
  headed: boolean;
  header: string[];
  columns: number[];
}

function layoutOf({ rows, separator }: Table, ignored: readonly string[]): Layout {
  const headed = rows[0].every((cell) => Number.isNaN(numberOf(cell, separator)));
  const header = headed ? rows[0].map((cell) => cell.trim()) : rows[0].map((_, i) => `c${i + 1}`);
  const unknown = ignored.filter((name) => !header.includes(name) && header[Number(name) - 1] === undefined);
  if (unknown.length > 0) throw new TableError(`no column ${unknown.join(', ')}; found ${header.join(', ')}`);
  const columns = header.map((_, c) => c).filter((c) => !ignored.includes(header[c]) && !ignored.includes(`${c + 1}`));
  if (columns.length === 0) throw new TableError('no column is left to judge');
  return { headed, header, columns };
}

function valuesOf(cells: readonly string[], { header, columns }: Layout, separator: string, line: number) {
  if (cells.length !== header.length)
    throw new TableError(`line ${line}: ${cells.length} columns where the first line has ${header.length}`);
  const values = new Float64Array(columns.length);
  for (let k = 0; k < columns.length; k++) {
    const c = columns[k];
    const value = numberOrState(cells[c], separator);
    if (!(Math.abs(value) <= LARGEST) && !EMPTY.test(cells[c].trim())) throw notANumber(cells[c], line, c, header[c]);
    values[k] = value;
  }
  return values;
}

function numberOrState(cell: string, separator: string): number {
  const value = numberOf(cell, separator);
  return Number.isNaN(value) ? (STATES.get(cell.trim().toLowerCase()) ?? Number.NaN) : value;
}

function notANumber(cell: string, line: number, column: number, name: string): TableError {
  const hint = DATE.test(cell.trim())
    ? ` (a time? then --time-column ${name})`
    : ` (no channel? then --ignore ${name})`;
  return new TableError(
    `line ${line}, column ${column + 1}: found ${JSON.stringify(cell.slice(0, 40))}; a number of at most ${LARGEST}, or TRUE or FALSE, is needed${hint}`,
  );
}
