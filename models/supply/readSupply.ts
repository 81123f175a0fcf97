import { namesShown, type Table, TableError } from '#models/tables/parseTable.ts';
import { type DateOrder, dateOrderOf, parseDate } from './dates.ts';
import { normaliseRows } from './normaliseRows.ts';
import { mayBeThousands, type NumberStyle, numberStyleOf, parseNumber } from './numberStyle.ts';
import { columnsAt, recordsOf } from './records.ts';
import { mapped, type SupplyMap } from './supplyMap.ts';
import { type Column, SUPPLY_TABLES, type SupplyRow, type SupplyTable } from './supplyTables.ts';
import { BLANK, columnsLeft, longOf } from './wideTable.ts';

export interface ReadSupply<T extends SupplyTable> {
  rows: SupplyRow<T>[];
  /** What was repaired or left out, one sentence each. */
  notes: string[];
}

export interface ReadOptions {
  /** Order of dates such as 03/04/2024; inferred from the file where possible. */
  dates?: DateOrder;
  /** Meaning of its columns, numbers and movements, if a user has defined it. */
  map?: SupplyMap;
}

const MAX_ERRORS = 20;
/** Beyond this, sums are no longer exact. */
const LARGEST = 1e12;
const AMBIGUOUS_DATES =
  'days and months cannot be told apart: say in which order they stand (dmy or mdy), or write 2026-01-31';

/** The position of a cell, for error messages. */
interface Place {
  line: number;
  column: number;
  name: string;
}

/** Collects errors, to report all of them at once. */
class Errors {
  readonly #first: string[] = [];
  #count = 0;

  add({ line, column, name }: Place, found: string, requirement: string): void {
    if (this.#count++ >= MAX_ERRORS) return;
    const shown = JSON.stringify(found.slice(0, 40));
    this.#first.push(`line ${line}, column ${column} (${name}): found ${shown}; ${requirement}`);
  }

  throwIfAny(): void {
    if (this.#count === 0) return;
    const more = this.#count > MAX_ERRORS ? [`… and ${this.#count - MAX_ERRORS} more`] : [];
    throw new TableError([...this.#first, ...more].join('\n'));
  }
}

/**
 * Rows of one kind of table. Columns are found by their own names and those of other systems, in any order; others are
 * left out with a note. Either the whole table is read, or nothing.
 * @throws TableError with up to twenty positions, lines and columns counted from 1.
 */
export function readSupply<T extends SupplyTable>(kind: T, given: Table, options: ReadOptions = {}): ReadSupply<T> {
  const columns: Record<string, Column> = SUPPLY_TABLES[kind].columns;
  const table = recordsOf(kind, options.map ? mapped(given, options.map) : given, options.map);
  const [header = [], ...body] = table.rows;
  const at = columnsAt(header, columns);
  const missing = Object.keys(columns).filter((name) => columns[name].required && !at.has(name));
  if (kind === 'demand' && missing.includes('date') && missing.includes('quantity')) {
    const order = options.dates ?? options.map?.dates ?? dateOrderOf(header);
    if (order === null) throw new TableError(`line 1: ${AMBIGUOUS_DATES}`);
    const long = longOf(table, at, order);
    if (long) return readSupply(kind, long, { dates: options.dates });
  }
  if (missing.length > 0)
    throw new TableError(`line ${table.lines[0]}: no column for ${missing.join(', ')}; found ${namesShown(header)}`);
  if (body.length === 0) throw new TableError('line 2: no row stands below the header');
  const notes = [...table.notes, ...columnsLeft(header, new Set(at.values()))];
  const style = table.numbers ?? styleOf(body, columns, at, table.separator, notes);
  const order = options.dates ?? options.map?.dates ?? orderOf(table, columns, at, notes);
  const errors = new Errors();
  const rows: Record<string, string | number>[] = [];
  body.forEach((cells, i) => {
    const line = table.lines[i + 1];
    if (cells.length > header.length && cells.slice(header.length).some((c) => c.trim() !== '')) {
      const extra = cells[header.length];
      errors.add({ line, column: header.length + 1, name: 'none' }, extra, `the header has ${header.length} columns`);
      return;
    }
    const placeOf = (name: string, column: number) => ({
      line,
      column: (table.columnOf?.(i, column - 1) ?? column - 1) + 1,
      name,
    });
    rows.push(rowOf(cells, columns, at, placeOf, style, order, errors));
  });
  errors.throwIfAny();
  return normaliseRows(kind, rows as SupplyRow<T>[], table.lines.slice(1), notes);
}

function cellsOfKind(
  body: readonly string[][],
  columns: Record<string, Column>,
  at: ReadonlyMap<string, number>,
  kind: Column['kind'],
): string[] {
  const places = [...at].filter(([name]) => columns[name].kind === kind).map(([, i]) => i);
  return body.flatMap((cells) => places.map((i) => cells[i] ?? '')).filter((c) => !BLANK.test(c.trim()));
}

function styleOf(
  body: readonly string[][],
  columns: Record<string, Column>,
  at: ReadonlyMap<string, number>,
  separator: string,
  notes: string[],
): NumberStyle {
  const cells = cellsOfKind(body, columns, at, 'number');
  const style = numberStyleOf(cells, separator);
  if (style.decimal === ',') notes.push('numbers are read with decimal commas');
  if (separator !== ',' && mayBeThousands(cells, style))
    notes.push('numbers such as 1.234 are read with a decimal point');
  if (style.thousands) notes.push(`"${style.thousands}" parts thousands`);
  return style;
}

function orderOf(
  { rows, lines }: Table,
  columns: Record<string, Column>,
  at: ReadonlyMap<string, number>,
  notes: string[],
): DateOrder {
  const cells = cellsOfKind(rows.slice(1), columns, at, 'date');
  const order = dateOrderOf(cells);
  if (order === 'mdy') notes.push('dates are read as month/day/year');
  if (order !== null) return order;
  const name = [...at.keys()].find((n) => columns[n].kind === 'date') as string;
  const column = (at.get(name) as number) + 1;
  throw new TableError(
    `line ${lines[1]}, column ${column} (${name}): found ${JSON.stringify(cells[0])}; ${AMBIGUOUS_DATES}`,
  );
}

function rowOf(
  cells: readonly string[],
  columns: Record<string, Column>,
  at: ReadonlyMap<string, number>,
  placeOf: (name: string, column: number) => Place,
  style: NumberStyle,
  order: DateOrder,
  errors: Errors,
): Record<string, string | number> {
  const row: Record<string, string | number> = {};
  for (const [name, i] of at) {
    const cell = (cells[i] ?? '').trim();
    const column = columns[name];
    // An item may be called "NA".
    if (column.kind === 'text' ? cell === '' : BLANK.test(cell)) {
      if (column.required) errors.add(placeOf(name, i + 1), cell, 'a value is needed');
      continue;
    }
    const read = readCell(cell, column, style, order);
    if (typeof read === 'object') errors.add(placeOf(name, i + 1), cell, read.wanted);
    else row[name] = read;
  }
  return row;
}

const LONGEST_TEXT = 200;
/** What spreadsheets make of long numeric codes: several codes become the same one. */
const SHORTENED = /^\d(\.\d+)?E\+\d{2}$/;
const CONTROL = /\p{Cc}/u;

function readCell(
  cell: string,
  { kind, least, above, most = LARGEST, whole, percent, oneOf, grammar }: Column,
  style: NumberStyle,
  order: DateOrder,
): string | number | { wanted: string } {
  if (kind === 'date') return parseDate(cell, order) ?? { wanted: 'a date such as 2026-01-31 is needed' };
  if (kind === 'text') {
    if (oneOf) {
      const word = cell.toLowerCase();
      return oneOf.includes(word) ? word : { wanted: `one of ${oneOf.join(', ')} is needed` };
    }
    if (grammar && !grammar.accepts(cell)) return { wanted: grammar.wanted };
    if (SHORTENED.test(cell))
      return { wanted: 'a whole code is needed: a spreadsheet has turned this one into a number' };
    if (CONTROL.test(cell)) return { wanted: 'a text without tabs and line ends is needed' };
    return cell.length > LONGEST_TEXT ? { wanted: `at most ${LONGEST_TEXT} characters are allowed` } : cell;
  }
  if (cell.endsWith('%') && !percent) return { wanted: 'a number that is no percentage is needed' };
  const value = parseNumber(cell, style);
  if (!Number.isFinite(value)) return { wanted: 'a number is needed' };
  if (Math.abs(value) > most) return { wanted: `at most ${most} is allowed` };
  if (whole && !Number.isInteger(value)) return { wanted: 'a whole number is needed' };
  if (least !== undefined && (above ? value <= least : value < least))
    return { wanted: `a number ${above ? 'above' : 'of at least'} ${least} is needed` };
  return value;
}
