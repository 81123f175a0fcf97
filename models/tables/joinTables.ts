import { namesShown, type Table, TableError } from './parseTable.ts';

/** A table, and the name of its file. */
export interface NamedTable {
  name: string;
  table: Table;
}

/** Index of each column of the first file in another file: columns are matched by name, in any order. */
export function columnOrder(
  first: { name: string; header: readonly string[] },
  own: { name: string; header: readonly string[] },
): number[] {
  const lacking = first.header.filter((column) => !own.header.includes(column));
  const further = own.header.filter((column) => !first.header.includes(column));
  if (lacking.length > 0)
    throw new TableError(`${own.name}: no column ${namesShown(lacking)}, which ${first.name} has`);
  if (further.length > 0)
    throw new TableError(`${own.name}: column ${namesShown(further)}, which ${first.name} does not have`);
  // By position if the order is the same: names may occur twice.
  if (first.header.every((column, c) => column === own.header[c])) return first.header.map((_, c) => c);
  return first.header.map((column) => own.header.indexOf(column));
}

/**
 * Reads tables with the same columns as one, in the order given. An error names the file, with the line in it.
 * @param unit unit column: if no file has it, each file is one unit with the file's name.
 * @throws TableError if the columns differ, or as `read`.
 */
export function readJoined<T>(files: readonly NamedTable[], unit: string | undefined, read: (table: Table) => T): T {
  const headers = files.map(({ name, table }) => ({ name, header: table.rows[0].map((cell) => cell.trim()) }));
  const byFile = unit !== undefined && headers.every(({ header }) => !header.includes(unit));
  const joined: Table = { rows: [], lines: [], separator: files[0].table.separator, notes: [] };
  const ends: number[] = [];
  const orders: number[][] = [];
  files.forEach(({ name, table }, k) => {
    const before = ends.at(-1) ?? 0;
    const order = columnOrder(headers[0], headers[k]);
    const decimal = table.separator !== joined.separator && table.separator !== ',';
    if (decimal) throw new TableError(`${name}: another separator than ${files[0].name}`);
    table.rows.forEach((cells, i) => {
      if (i === 0 && k > 0) return;
      // A row of another length keeps it, so that the reader reports it.
      const row = cells.length === order.length ? order.map((c) => cells[c]) : cells;
      joined.rows.push(byFile ? [i === 0 ? unit : stemOf(name), ...row] : row);
      joined.lines.push(before + table.lines[i]);
    });
    ends.push(before + table.lines[table.lines.length - 1]);
    // No file has the added unit column.
    orders.push(byFile ? [0, ...order] : order);
  });
  return located(files, ends, orders, () => read(joined));
}

/** A file's name without its folder and extensions. */
function stemOf(name: string): string {
  const base = name.split(/[\\/]/).pop() ?? name;
  return base.replace(/\.(gz|csv|tsv|txt|parquet|xlsx|xlsm)$/gi, '').replace(/\.(csv|tsv|txt)$/i, '');
}

/** @param ends the last joined line of each file. @param orders the file's column of each joined one. */
function located<T>(
  files: readonly NamedTable[],
  ends: readonly number[],
  orders: readonly (readonly number[])[],
  work: () => T,
): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    const [, line = '1', column] = /^line (\d+)(?:, column (\d+))?/.exec(error.message) ?? [];
    const k = Math.max(
      0,
      ends.findIndex((end) => Number(line) <= end),
    );
    const own = `line ${Number(line) - (ends[k - 1] ?? 0)}`;
    const place = column === undefined ? own : `${own}, column ${orders[k][Number(column) - 1] + 1}`;
    throw new TableError(`${files[k].name}: ${error.message.replace(/^line \d+(, column \d+)?/, place)}`);
  }
}
