import type { UnitHistory } from './lifeFeatures.ts';

/** Something in a table that is no history of units: where, and what. */
export class HistoryError extends Error {}

export interface TableShape {
  /** Names of the unit's and the time's column; absent for C-MAPSS: the first two, and no header. */
  unit?: string;
  time?: string;
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
  const units = new Map<string, { time: number; row: number[] }[]>();
  const seen = new Set<string>();
  table.slice(headed ? 1 : 0).forEach((cells, i) => {
    const line = i + (headed ? 2 : 1);
    if (cells.length !== width)
      throw new HistoryError(`line ${line}: ${cells.length} columns where the first line has ${width}`);
    const values = cells.map((cell, c) => (c === unitColumn ? 0 : numberOf(cell, line, c)));
    const moment = `${cells[unitColumn]}\n${values[timeColumn]}`;
    if (seen.has(moment))
      throw new HistoryError(`line ${line}: unit ${cells[unitColumn]} has time ${values[timeColumn]} twice`);
    seen.add(moment);
    const row = values.filter((_, c) => c !== unitColumn && c !== timeColumn);
    const rows = units.get(cells[unitColumn]) ?? [];
    rows.push({ time: values[timeColumn], row });
    units.set(cells[unitColumn], rows);
  });
  if (width < 3) throw new HistoryError(`${width} columns; a unit, a time and one value or more are needed`);
  if (units.size === 0) throw new HistoryError('the table has no rows');
  return [...units].map(([unit, rows]) => {
    rows.sort((a, b) => a.time - b.time);
    return { unit, startsAt: rows[0].time, rows: rows.map((r) => r.row) };
  });
}

function find(header: readonly string[] | undefined, name: string | undefined): number {
  const at = header?.indexOf(name ?? '') ?? -1;
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
