import { numberOf, type Table, TableError } from '#models/tables/parseTable.ts';

export interface Channels {
  names: string[];
  rows: Float64Array[];
  /** Cells that were empty and took the value above them: how many, and which, by row times the channels plus channel. */
  carried: number;
  empty: ReadonlySet<number>;
}

const LARGEST = 1e15;
const DATE = /^\d{2,4}[-./]\d{1,2}[-./]\d{2,4}/;

/**
 * Channels of a table, a row a moment. A first row without a single number is the header; without one, channels are
 * called `c1`, `c2` … by their column.
 * @param ignored columns by name, or by number from 1.
 * @throws TableError with line and column, counted from 1.
 */
export function readChannels({ rows, lines, separator }: Table, ignored: readonly string[]): Channels {
  const headed = rows[0].every((cell) => Number.isNaN(numberOf(cell, separator)));
  const header = headed ? rows[0].map((cell) => cell.trim()) : rows[0].map((_, i) => `c${i + 1}`);
  const unknown = ignored.filter((name) => !header.includes(name) && header[Number(name) - 1] === undefined);
  if (unknown.length > 0) throw new TableError(`no column ${unknown.join(', ')}; found ${header.join(', ')}`);
  const columns = header.map((_, c) => c).filter((c) => !ignored.includes(header[c]) && !ignored.includes(`${c + 1}`));
  if (columns.length === 0) throw new TableError('no column is left to judge');
  const body = headed ? rows.slice(1) : rows;
  let carried = 0;
  const values = body.map((cells, i) => {
    const line = lines[i + (headed ? 1 : 0)];
    if (cells.length !== header.length)
      throw new TableError(`line ${line}: ${cells.length} columns where the first line has ${header.length}`);
    return Float64Array.from(columns, (c) => {
      const value = numberOf(cells[c], separator);
      if (Math.abs(value) <= LARGEST) return value;
      if (!/^(|na|nan|null)$/i.test(cells[c].trim())) {
        const found = JSON.stringify(cells[c].slice(0, 40));
        const hint = DATE.test(cells[c].trim()) ? ` (a time? then --time-column ${header[c]})` : '';
        throw new TableError(
          `line ${line}, column ${c + 1}: found ${found}; a number of at most ${LARGEST} is needed${hint}`,
        );
      }
      carried++;
      return Number.NaN;
    });
  });
  const empty = new Set<number>();
  columns.forEach((c, at) => {
    const first = values.find((row) => Number.isFinite(row[at]));
    if (!first) throw new TableError(`column ${header[c]} holds no number`);
    let last = first[at];
    values.forEach((row, t) => {
      if (Number.isNaN(row[at])) {
        empty.add(t * columns.length + at);
        row[at] = last;
      }
      last = row[at];
    });
  });
  return { names: columns.map((c) => header[c]), rows: values, carried, empty };
}
