import { momentOf } from './moment.ts';
import { type NamedFile, namesShown, parseTable, TableError } from './parseTable.ts';

export interface TimeJoin {
  timeColumn: string;
  separator?: string;
  /** Maximum age of a joined value: seconds if times are dates, else in the unit of the times. */
  within?: number;
  /**
   * Column with the unit (of equipment) of a row, in every file: rows are joined within their unit, in any order of
   * time.
   */
  unitColumn?: string;
  /** Leave out rows for which a file has no value, for readers without support for empty cells. */
  complete?: boolean;
}

/** Without `within`, a value is valid for this many of its table's usual steps: one step of delay is not a gap. */
const VALID_STEPS = 2;

/** Files with the same columns, as one series of rows. */
interface Series {
  names: string[];
  header: string[];
  time: number;
  /** Index of the unit column; −1 without one. */
  unit: number;
  separator: string;
  rows: string[][];
  /** Dates in milliseconds, else as in the table. */
  times: number[];
  dated: boolean;
}

/**
 * Joins files of different columns by time: each row of the series with the shortest step gets, from every other
 * series, the latest row at or before its own time, or empty cells if that is too old. Files with the same columns are
 * concatenated, and returned unchanged if all have the same. With `unitColumn`, rows get values of their own unit only.
 * @param say reports how files were joined, and how many rows found no value.
 * @throws TableError if a file has no such column or no time in it, times decrease, or a column is in two series.
 */
export function joinByTime(
  files: readonly NamedFile[],
  join: TimeJoin,
  info: (line: string) => void,
): readonly NamedFile[] {
  if (files.length < 2) return files;
  const all: Series[] = [];
  for (const file of files) addTo(all, seriesOf(file, join));
  if (all.length < 2) return files;
  for (const series of all) checkOrder(series);
  const [main, ...others] = [...all].sort((a, b) => stepOf(a) - stepOf(b));
  const other = others.find(({ dated }) => dated !== main.dated);
  if (other) throw new TableError(`${other.names[0]}: its times are not of the kind that ${main.names[0]} has`);
  checkNames([main, ...others]);
  const unit = main.dated ? 1000 : 1;
  const shown = (span: number) => `${Number((span / unit).toPrecision(4))}${main.dated ? ' s' : ''}`;
  const header = [...main.header];
  const rows = main.rows.map((row) => [...row]);
  const whole = rows.map(() => true);
  for (const series of others) {
    const within = join.within === undefined ? VALID_STEPS * stepOf(series) : join.within * unit;
    const columns = series.header.map((_, c) => c).filter((c) => c !== series.time && c !== series.unit);
    header.push(...columns.map((c) => series.header[c]));
    const found = latestBefore(main, series, within);
    found.forEach((at, i) => {
      rows[i].push(...columns.map((c) => (at < 0 ? '' : series.rows[at][c])));
      if (at < 0) whole[i] = false;
    });
    const without = found.filter((at) => at < 0).length;
    info(
      `joined by time: rows of ${main.names.join(', ')}, every ${shown(stepOf(main))}, take the latest of ${series.names.join(', ')}, every ${shown(stepOf(series))}, up to ${shown(within)} old; ${without} of ${rows.length} rows have none${join.complete && without > 0 ? ' and are left out' : ''}`,
    );
  }
  const kept = join.complete ? rows.filter((_, i) => whole[i]) : rows;
  if (kept.length === 0)
    throw new TableError(`${main.names[0]}: no row has values of all files within the time allowed`);
  const text = [header, ...kept].map((cells) => cells.map((cell) => quoted(cell, main.separator)).join(main.separator));
  return [{ name: all.flatMap(({ names }) => names).join(' + '), bytes: Buffer.from(`${text.join('\n')}\n`) }];
}

function seriesOf({ name, bytes }: NamedFile, { timeColumn, separator, unitColumn }: TimeJoin): Series {
  const table = parseTable(bytes, separator);
  const header = table.rows[0].map((cell) => cell.trim());
  const named = header.indexOf(timeColumn);
  const time = named >= 0 ? named : Number(timeColumn) - 1;
  if (header[time] === undefined) throw new TableError(`${name}: no column ${timeColumn}; found ${namesShown(header)}`);
  const unit = unitColumn === undefined ? -1 : header.indexOf(unitColumn);
  if (unitColumn !== undefined && unit < 0)
    throw new TableError(`${name}: no column ${unitColumn}; found ${namesShown(header)}`);
  const rows = table.rows.slice(1);
  const short = rows.findIndex((row) => row.length !== header.length);
  if (short >= 0)
    throw new TableError(
      `${name}: line ${table.lines[short + 1]}: ${rows[short].length} columns where the first line has ${header.length}`,
    );
  const dated = rows.length > 0 && !Number.isNaN(momentOf(rows[0][time]));
  const times = rows.map((row, i) => {
    const cell = row[time].trim();
    const at = dated ? momentOf(cell) : Number(cell === '' ? Number.NaN : cell);
    if (Number.isNaN(at)) throw new TableError(`${name}: line ${table.lines[i + 1]}: ${cell} is no time`);
    return at;
  });
  return { names: [name], header, time, unit, separator: table.separator, rows, times, dated };
}

function addTo(all: Series[], series: Series): void {
  const same = all.find(({ header }) => header.length === series.header.length && isSubset(header, series.header));
  if (!same) {
    all.push(series);
    return;
  }
  const order = same.header.map((column) => series.header.indexOf(column));
  same.names.push(...series.names);
  for (const row of series.rows) same.rows.push(order.map((c) => row[c]));
  same.times.push(...series.times);
}

const isSubset = (some: readonly string[], of: readonly string[]) => some.every((column) => of.includes(column));

/** Rows with units may be in any order, others not. */
function checkOrder(series: Series): void {
  const { names, times, rows, time, unit } = series;
  if (unit >= 0) {
    const order = times.map((_, i) => i).sort((a, b) => times[a] - times[b]);
    series.rows = order.map((i) => rows[i]);
    series.times = order.map((i) => times[i]);
    return;
  }
  const at = times.findIndex((t, i) => i > 0 && t < times[i - 1]);
  if (at >= 0)
    throw new TableError(
      `${names.join(', ')}: ${rows[at][time]} lies before the time of the row above it: sort by time, oldest first`,
    );
}

function checkNames(all: readonly Series[]): void {
  const seen = new Map<string, string>();
  for (const { names, header, time, unit } of all)
    header.forEach((column, c) => {
      if (c === time || c === unit) return;
      const before = seen.get(column);
      if (before !== undefined)
        throw new TableError(
          `${names[0]}: column ${column} is in ${before}, too: name it in another way, or ignore it`,
        );
      seen.set(column, names[0]);
    });
}

/** The usual step between rows of a unit; infinite for fewer than two rows. */
function stepOf({ times, rows, unit }: Series): number {
  const last = new Map<string, number>();
  const steps: number[] = [];
  times.forEach((time, i) => {
    const key = unit < 0 ? '' : rows[i][unit];
    const before = last.get(key);
    if (before !== undefined) steps.push(time - before);
    last.set(key, time);
  });
  return steps.length === 0 ? Number.POSITIVE_INFINITY : steps.sort((a, b) => a - b)[steps.length >> 1];
}

/**
 * For each row, the latest row of the other series and the same unit at or before it; −1 if that is older than
 * `within`. Both are in order.
 */
function latestBefore(main: Series, other: Series, within: number): number[] {
  const latest = new Map<string, number>();
  let next = 0;
  return main.times.map((time, i) => {
    for (; next < other.times.length && other.times[next] <= time; next++)
      latest.set(other.unit < 0 ? '' : other.rows[next][other.unit], next);
    const at = latest.get(main.unit < 0 ? '' : main.rows[i][main.unit]);
    return at !== undefined && time - other.times[at] <= within ? at : -1;
  });
}

function quoted(cell: string, separator: string): string {
  return cell.includes(separator) || /["\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
