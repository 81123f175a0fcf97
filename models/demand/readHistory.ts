export interface ItemHistory {
  id: string;
  /** Demand a period, oldest first; unknown periods stand only at the ends and are left out. */
  history: number[];
}

/** Something in a table that cannot be a demand history: where, and what. */
export class TableError extends Error {}

/**
 * Histories from a wide table: `id`, an optional `price`, then a column a period, oldest first.
 * @param rows cells as text, the header first.
 * @throws TableError with line and column, counted from 1.
 */
export function readWide(rows: readonly (readonly string[])[]): ItemHistory[] {
  const [header, ...body] = rows;
  if (header === undefined || header.length < 2)
    throw new TableError('line 1: a header with an id and at least one period');
  const first = /^price$/i.test(header[1].trim()) ? 2 : 1;
  const seen = new Set<string>();
  return body.map((cells, i) => {
    const line = i + 2;
    if (cells.length !== header.length)
      throw new TableError(`line ${line}: ${cells.length} columns where the header has ${header.length}`);
    const id = cells[0].trim();
    if (id === '') throw new TableError(`line ${line}, column 1: an item without an id`);
    if (seen.has(id)) throw new TableError(`line ${line}, column 1: the item ${id} stands twice`);
    seen.add(id);
    return { id, history: known(cells.slice(first), line, first) };
  });
}

function known(cells: readonly string[], line: number, offset: number): number[] {
  const blank = (cell: string) => cell.trim() === '' || cell.trim() === 'NA';
  const from = cells.findIndex((cell) => !blank(cell));
  if (from < 0) throw new TableError(`line ${line}: no period is known`);
  const to = cells.findLastIndex((cell) => !blank(cell));
  return cells.slice(from, to + 1).map((cell, i) => {
    const value = Number(cell);
    const column = offset + from + i + 1;
    if (blank(cell)) throw new TableError(`line ${line}, column ${column}: an unknown period between known ones`);
    if (!Number.isFinite(value))
      throw new TableError(
        `line ${line}, column ${column}: found ${JSON.stringify(cell.slice(0, 40))}; a number is needed`,
      );
    if (value < 0) throw new TableError(`line ${line}, column ${column}: a demand below 0`);
    return value;
  });
}
