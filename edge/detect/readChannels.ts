import { columnOrder } from '#models/tables/joinTables.ts';
import { momentOf } from '#models/tables/moment.ts';
import { type NamedFile, numberOf, parsePieces, type Table, TableError } from '#models/tables/parseTable.ts';
import { unitOf, withoutUnit } from './cellUnit.ts';
import { RowClock } from './rowClock.ts';

/** One row of a table's channels. */
export interface ChannelRow {
  file: string;
  /** Among the rows below the header, from 0; over all files. */
  row: number;
  /** NaN where the cell is empty. */
  values: Float64Array;
  /** Line in the file, from 1. */
  line: number;
}

/** A table's channels, with rows read one at a time. */
export interface ChannelStream {
  names: string[];
  rows: Iterable<ChannelRow>;
}

export interface Channels {
  names: string[];
  /** Empty cells take the value above them, or the first value below at the top. */
  rows: Float64Array[];
  /** Number of empty cells. */
  carried: number;
}

export interface ChannelOptions {
  separator?: string;
  timeColumn?: string;
  ignore: readonly string[];
}

const LARGEST = 1e15;
const DATE = /^\d{2,4}[-./]\d{1,2}[-./]\d{2,4}/;
/** Spellings of a missing value in spreadsheets, historians and controllers. */
const EMPTY =
  /^(|#?n\/?a|nan|null|none|nil|-+|\?+|[+-]?inf(inity)?|bad( input)?|no data|i\/o timeout|#value!|#div\/0!)$/i;
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
 * Opens the channels of a table, one row per moment; a long file is read in pieces. A first row without a single number
 * is the header; without one, channels are called `c1`, `c2` … by their column. Several files with the same columns, in
 * any order, are one table: their rows follow each other in the order of the files.
 * @param say receives what was repaired.
 * @throws TableError that names the file, with line and column, counted from 1.
 */
export function openChannels(
  files: readonly NamedFile[],
  options: ChannelOptions,
  info: (line: string) => void,
): ChannelStream {
  const first = openFile(files[0], options, Number.NaN, info);
  function* rows(): Generator<ChannelRow> {
    let [own, row] = [first, 0];
    for (const [k, file] of files.entries()) {
      if (k > 0) own = openFile(file, options, own.clock.last, info);
      const order = columnOrder({ name: files[0].name, header: first.names }, { name: file.name, header: own.names });
      const moved = order.some((from, c) => from !== c);
      for (const { line, values } of own.rows)
        yield {
          file: file.name,
          row: row++,
          line,
          values: moved ? Float64Array.from(order, (c) => values[c]) : values,
        };
    }
  }
  return { names: first.names, rows: rows() };
}

/** Channels of one file. @param after time of the previous file's last row; NaN: none. */
function openFile(
  { name, bytes }: NamedFile,
  { separator, timeColumn, ignore }: ChannelOptions,
  after: number,
  info: (line: string) => void,
): { names: string[]; rows: Iterable<Pick<ChannelRow, 'line' | 'values'>>; clock: RowClock } {
  const named = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof TableError) throw new TableError(`${name}: ${error.message}`);
      throw error;
    }
  };
  const pieces = parsePieces(bytes, separator, undefined, true);
  const first: Table = named(() => pieces.next().value);
  for (const note of first.notes) info(`${name}: ${note}`);
  const ignored = [...ignore, ...(timeColumn === undefined ? [] : [timeColumn])];
  const layout = named(() => layoutOf(first, ignored, (note) => info(`${name}: ${note}`)));
  const clock = new RowClock(
    timeColumn === undefined ? [] : timeColumns(layout, first, columnOf(layout.header, timeColumn)),
    after,
  );
  function* rows(): Generator<Pick<ChannelRow, 'line' | 'values'>> {
    let from = layout.body;
    // Spreadsheets end in rows of separators alone: such rows count only if others follow.
    let held: Pick<ChannelRow, 'line' | 'values'>[] = [];
    for (let piece: Table | undefined = first; piece; piece = named(() => pieces.next().value as Table | undefined)) {
      const { rows: cells, lines, separator: between } = piece;
      for (let i = from; i < cells.length; i++) {
        const one = named(() => {
          clock.pass(cells[i], lines[i]);
          return { values: valuesOf(cells[i], layout, between, lines[i]), line: lines[i] };
        });
        if (cells[i].every((cell) => cell.trim() === '')) held.push(one);
        else {
          yield* held;
          held = [];
          yield one;
        }
      }
      from = 0;
    }
    for (const note of clock.notes()) info(`${name}: ${note}`);
  }
  return { names: layout.columns.map((c) => layout.header[c]), rows: rows(), clock };
}

/** All channels of a table. @throws TableError as `openChannels`, and if a column holds no number. */
export function readChannels(
  files: readonly NamedFile[],
  options: ChannelOptions,
  info: (line: string) => void,
): Channels {
  const { names, rows } = openChannels(files, options, info);
  const values = Array.from(rows, (row) => row.values);
  const last = firstValues(files[0].name, names, values);
  let carried = 0;
  for (const row of values) carried += fillForward(row, last);
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

/**
 * Fills empty cells with the values before them, and stores the row's values for the next. @returns the number of empty
 * cells.
 */
export function fillForward(row: Float64Array, last: Float64Array): number {
  let empty = 0;
  for (let c = 0; c < row.length; c++) {
    if (Number.isNaN(row[c])) {
      row[c] = last[c];
      empty++;
    } else last[c] = row[c];
  }
  return empty;
}

const TIME_OF_DAY = /^\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?$/;

/** Columns of the time: the given one, and a time-of-day column beside a date without one. */
function timeColumns({ body, clocks }: Layout, { rows }: Table, column: number): number[] {
  const joined = clocks.length === 1 ? [column, clocks[0]] : [column];
  const first = rows[body] ?? [];
  return Number.isNaN(momentOf(joined.map((c) => (first[c] ?? '').trim()).join(' '))) ? [column] : joined;
}

/** How numbers are written: the thousands separator, and whether the decimal mark is a comma. */
interface Writing {
  thousands: RegExp | null;
  decimalComma: boolean;
}

interface Layout {
  /** The first row of values. */
  body: number;
  header: string[];
  columns: number[];
  /** Per channel column, the unit after its first number, which all its cells must share. */
  cellUnits: (string | null)[];
  /** Columns that hold a time of day. */
  clocks: number[];
  writing: Writing;
}

const WITH_POINT = /^[+-]?\d+\.\d+$/;
const POINT_THOUSANDS = /^[+-]?\d{1,3}(\.\d{3})+,\d+$/;
const COMMA_DECIMALS = /^[+-]?\d+,(\d{1,2}|\d{4,})$/;
const COMMA_THOUSANDS = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/;
/** A column with at most this many distinct words holds states. */
const MAX_WORDS = 50;

function layoutOf({ rows, separator }: Table, ignored: readonly string[], info: (note: string) => void): Layout {
  const isNumber = (cell: string) => !Number.isNaN(numberOf(cell, separator));
  const headed = !rows[0].some(isNumber);
  const header = headed ? rows[0].map((cell) => cell.trim()) : rows[0].map((_, i) => `c${i + 1}`);
  const unknown = ignored.filter((name) => columnOf(header, name) < 0);
  if (unknown.length > 0) throw new TableError(`no column ${unknown.join(', ')}; found ${header.join(', ')}`);
  const named = header.map((_, c) => c).filter((c) => !ignored.includes(header[c]) && !ignored.includes(`${c + 1}`));
  // A row of units below the header: words above a row of numbers.
  const units =
    headed &&
    rows.length > 2 &&
    !named.some((c) => isNumber(rows[1][c] ?? '')) &&
    named.every((c) => isNumber(rows[2][c] ?? ''));
  if (units) info('the row below the header holds no number: taken for units, and not counted');
  const body = headed ? (units ? 2 : 1) : 0;
  const cells = rows.slice(body);
  const given = (c: number) => cells.map((row) => (row[c] ?? '').trim()).filter((cell) => !EMPTY.test(cell));
  const words = named.filter((c) => {
    const own = new Set(given(c));
    const isWord = (cell: string) => /[a-z]/i.test(cell) && !/\d/.test(cell) && !STATES.has(cell.toLowerCase());
    return own.size > 0 && own.size <= MAX_WORDS && [...own].every(isWord);
  });
  if (words.length > 0) info(`left out, for they hold words: ${words.map((c) => header[c]).join(', ')}`);
  const clocks = named.filter((c) => given(c).length > 0 && given(c).every((cell) => TIME_OF_DAY.test(cell)));
  if (clocks.length > 0) info(`no channels, for they hold times of day: ${clocks.map((c) => header[c]).join(', ')}`);
  const columns = named.filter((c) => !words.includes(c) && !clocks.includes(c));
  if (columns.length === 0) throw new TableError('no column is left to judge');
  const cellUnits = columns.map((c) => unitOf(given(c)[0]));
  const carried = columns.flatMap((c, k) => (cellUnits[k] === null ? [] : [`${header[c]} in ${cellUnits[k]}`]));
  if (carried.length > 0) info(`cells carry their unit: ${carried.join(', ')}`);
  const some = (form: RegExp) =>
    cells.some((row) => columns.some((c, k) => form.test(withoutUnit(row[c] ?? '', cellUnits[k]).trim())));
  // A comma before other than three digits is a decimal mark, regardless of other cells.
  const point = some(WITH_POINT) && (separator === ',' || !some(COMMA_DECIMALS));
  const writing: Writing =
    separator !== ',' && some(POINT_THOUSANDS)
      ? { thousands: /\./g, decimalComma: true }
      : { thousands: point ? /,/g : null, decimalComma: !point };
  if (writing.thousands && some(writing.decimalComma ? POINT_THOUSANDS : COMMA_THOUSANDS))
    info(`${writing.decimalComma ? 'points' : 'commas'} within numbers are taken for thousands`);
  return { body, header, columns, cellUnits, clocks, writing };
}

/** A column by its name, or by its number from 1; −1 if there is none. */
function columnOf(header: readonly string[], name: string): number {
  const at = header.indexOf(name);
  if (at >= 0) return at;
  return header[Number(name) - 1] === undefined ? -1 : Number(name) - 1;
}

function valuesOf(
  cells: readonly string[],
  { header, columns, cellUnits, writing }: Layout,
  separator: string,
  line: number,
) {
  if (cells.length !== header.length)
    throw new TableError(`line ${line}: ${cells.length} columns where the first line has ${header.length}`);
  const values = new Float64Array(columns.length);
  for (let k = 0; k < columns.length; k++) {
    const c = columns[k];
    const value = numberOrState(withoutUnit(cells[c], cellUnits[k]), writing, separator);
    if (!(Math.abs(value) <= LARGEST) && !EMPTY.test(cells[c].trim()))
      throw notANumber(cells[c], line, c, header[c], cellUnits[k]);
    values[k] = value;
  }
  return values;
}

function numberOrState(cell: string, { thousands, decimalComma }: Writing, separator: string): number {
  const form = decimalComma ? POINT_THOUSANDS : COMMA_THOUSANDS;
  const plain =
    thousands && cell.includes(decimalComma ? '.' : ',') && form.test(cell.trim()) ? cell.replace(thousands, '') : cell;
  const value = numberOf(plain, separator);
  return Number.isNaN(value) ? (STATES.get(cell.trim().toLowerCase()) ?? Number.NaN) : value;
}

function notANumber(cell: string, line: number, column: number, name: string, unit: string | null): TableError {
  const hint = DATE.test(cell.trim())
    ? ` (a time? then --time-column ${name})`
    : unit !== null
      ? ` (the first in ${name} is in ${unit})`
      : ` (no channel? then --ignore ${name})`;
  return new TableError(
    `line ${line}, column ${column + 1}: found ${JSON.stringify(cell.slice(0, 40))}; a number of at most ${LARGEST}, or TRUE or FALSE, is needed${hint}`,
  );
}
