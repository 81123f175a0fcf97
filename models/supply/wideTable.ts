import { namesShown, type Table, TableError } from '#models/tables/parseTable.ts';
import { YEARS } from './calendarColumns.ts';
import { columnKey } from './columnNames.ts';
import { type DateOrder, parseDate } from './dates.ts';
import { isTotalWord } from './headerRow.ts';
import { monthNamed } from './monthNames.ts';

export const BLANK = /^(|na|n\/a|null|none|nan|-|#n\/a)$/i;

/** A month, a blank, and a two-digit year or a day: `Mar 25`. */
const MONTH_AND_NUMBER = /^(\p{L}{3,11})\.? ([23]\d)$/u;
/** Two-digit years before months, which spreadsheets also make of `Jan-25`. */
const NUMBER_AND_MONTH = /^([23]\d)-(\p{L}{3,11})\.?$/u;
/** A month's number beside a column of years. */
const MONTH_NUMBER = /^M?(0?[1-9]|1[0-2])$/i;
const MIN_MONTHS = 3;

/**
 * The periods in a wide table's header; null for other columns. `Mar 25` is a month of 2025 if such columns follow each
 * other month by month; `Mar` is a month beside a column of years, here of year 0.
 */
export function periodsIn(header: readonly string[], order: DateOrder): (string | null)[] {
  const plain = header.map((cell) => parseDate(cell, order));
  if (plain.some((date) => date !== null)) return plain;
  const months = header.map((cell) => {
    const first = MONTH_AND_NUMBER.exec(cell.trim());
    const [name, year] = first ? first.slice(1) : (NUMBER_AND_MONTH.exec(cell.trim())?.slice(1).reverse() ?? []);
    const month = name === undefined ? null : monthNamed(name);
    return month === null ? null : 12 * (2000 + Number(year)) + month - 1;
  });
  if (followEachOther(months)) return months.map(dateOfMonth);
  if (yearColumn(header) < 0) return plain;
  const named = header.map((cell) => monthNamed(cell.trim()));
  const numbers = header.map((cell) => Number(MONTH_NUMBER.exec(cell.trim())?.[1] ?? Number.NaN));
  const numbered = numbers.map((n) => (Number.isNaN(n) ? null : n));
  return (followEachOther(numbered) ? numbered : named).map((month) => dateOfMonth((month ?? 0) - 1));
}

/** Index of the column of years in a header; -1: none. */
export const yearColumn = (header: readonly string[]): number =>
  header.findIndex((cell) => YEARS.includes(columnKey(cell)));

function followEachOther(months: readonly (number | null)[]): boolean {
  const found = months.filter((m) => m !== null);
  return found.length >= MIN_MONTHS && found.every((m, i) => i === 0 || m === found[i - 1] + 1);
}

function dateOfMonth(month: number | null): string | null {
  if (month === null || month < 0) return null;
  return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}-01`;
}

/**
 * Converts a wide demand table (a column a period) to a long one; null if its header names no periods.
 * @throws TableError for a repeated period, or one written like the others that cannot be read.
 */
export function longOf(table: Table, at: ReadonlyMap<string, number>, order: DateOrder): Table | null {
  const [header, ...body] = table.rows;
  const used = new Set(at.values());
  const found = periodsIn(header, order).map((date, i) => (used.has(i) ? null : date));
  const periods = found.flatMap((date, i) => (date === null ? [] : [{ i, date }]));
  if (periods.length === 0) return null;
  refuseOthers(table, found, used);
  const yearAt = periods[0].date < '0001' ? yearColumn(header) : -1;
  const rows = [[...at.keys(), 'date', 'quantity']];
  const lines = [table.lines[0]];
  const from: number[] = [];
  body.forEach((cells, r) => {
    for (const { i, date } of periods) {
      const cell = cells[i] ?? '';
      if (BLANK.test(cell.trim())) continue;
      const dated = yearAt < 0 ? date : `${(cells[yearAt] ?? '').trim()}${date.slice(4)}`;
      rows.push([...[...at.values()].map((k) => cells[k] ?? ''), dated, cell]);
      lines.push(table.lines[r + 1]);
      from.push(i);
    }
  });
  const kept = [...at.values()];
  const read = new Set([...kept, yearAt, ...periods.map(({ i }) => i)]);
  return {
    ...table,
    rows,
    lines,
    notes: [...table.notes, `a wide table of ${periods.length} periods`, ...columnsLeft(header, read)],
    columnOf: (row, column) => kept[column] ?? from[row],
  };
}

/** The pattern of letters and digits in a name: `Mar-25` is like `Apr-25`. */
const shapeOf = (cell: string): string =>
  cell
    .trim()
    .replace(/\p{L}+/gu, 'a')
    .replace(/\d/g, '9');

function refuseOthers(table: Table, found: readonly (string | null)[], used: ReadonlySet<number>): void {
  const [header] = table.rows;
  const place = (i: number) => `line ${table.lines[0]}, column ${i + 1}`;
  const again = found.findIndex((date, i) => date !== null && found.indexOf(date) < i);
  if (again >= 0) throw new TableError(`${place(again)}: the period ${header[again].trim()} stands twice`);
  const shapes = new Set(header.filter((_, i) => found[i] !== null).map(shapeOf));
  // A bare name may be anything.
  shapes.delete('a');
  const unread = header.findIndex((cell, i) => {
    const isOther = found[i] === null && !used.has(i) && cell.trim() !== '';
    return isOther && shapes.has(shapeOf(cell)) && !isTotalWord(cell);
  });
  if (unread >= 0)
    throw new TableError(
      `${place(unread)}: found ${JSON.stringify(header[unread].trim())} among periods; one such as 2026-01 is needed`,
    );
}

/**
 * A note on named columns that are not used; an empty list if all are.
 * @param used indices of columns, from 0.
 */
export function columnsLeft(header: readonly string[], used: ReadonlySet<number>): string[] {
  const others = header.filter((cell, i) => !used.has(i) && cell.trim() !== '').map((cell) => cell.trim());
  if (others.length === 0) return [];
  return [`${others.length} columns are not used: ${namesShown(others)}`];
}
