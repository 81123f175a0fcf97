import { momentOf } from './moment.ts';
import { type NamedFile, namesShown, parseTable, TableError } from './parseTable.ts';

export interface TimeJoin {
  timeColumn: string;
  separator?: string;
  /** The oldest value that a row takes: seconds where times are dates, else in the unit of the times. */
  within?: number;
}

/** Without `within`, a value is valid for so many of its table's usual steps: one that is late by a step is not missing. */
const VALID_STEPS = 2;

/** Files of the same columns, as one series of rows. */
interface Series {
  names: string[];
  header: string[];
  time: number;
  separator: string;
  rows: string[][];
  /** Dates in milliseconds, else as in the table. */
  times: number[];
  dated: boolean;
}

/**
 * Joins files of different columns by time: each row of the series with the shortest step takes, of every other series, the
 * latest row at or before its own time, or empty cells where that is too old. Files of the same columns follow one another,
 * and are given back as they are where all have the same.
 * @param say how it was joined, and how many rows found nothing.
 * @throws TableError where a file has no such column or no time in it, times go back, or a column is in two series.
 */
export function joinByTime(
  files: readonly NamedFile[],
  join: TimeJoin,
  say: (line: string) => void,
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
  for (const series of others) {
    const within = join.within === undefined ? VALID_STEPS * stepOf(series) : join.within * unit;
    const columns = series.header.map((_, c) => c).filter((c) => c !== series.time);
    header.push(...columns.map((c) => series.header[c]));
    const found = latestBefore(main.times, series.times, within);
    found.forEach((at, i) => {
      rows[i].push(...columns.map((c) => (at < 0 ? '' : series.rows[at][c])));
    });
    const without = found.filter((at) => at < 0).length;
    say(
      `joined by time: rows of ${main.names.join(', ')}, every ${shown(stepOf(main))}, take the latest of ${series.names.join(', ')}, every ${shown(stepOf(series))}, up to ${shown(within)} old; ${without} of ${rows.length} rows have none`,
    );
  }
  const text = [header, ...rows].map((cells) => cells.map((cell) => quoted(cell, main.separator)).join(main.separator));
  return [{ name: all.flatMap(({ names }) => names).join(' + '), bytes: Buffer.from(`${text.join('\n')}\n`) }];
}

function seriesOf({ name, bytes }: NamedFile, { timeColumn, separator }: TimeJoin): Series {
  const table = parseTable(bytes, separator);
  const header = table.rows[0].map((cell) => cell.trim());
  const named = header.indexOf(timeColumn);
  const time = named >= 0 ? named : Number(timeColumn) - 1;
  if (header[time] === undefined) throw new TableError(`${name}: no column ${timeColumn}; found ${namesShown(header)}`);
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
  return { names: [name], header, time, separator: table.separator, rows, times, dated };
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

function checkOrder({ names, times, rows, time }: Series): void {
  const at = times.findIndex((t, i) => i > 0 && t < times[i - 1]);
  if (at >= 0)
    throw new TableError(
      `${names.join(', ')}: ${rows[at][time]} lies before the time of the row above it: sort by time, oldest first`,
    );
}

function checkNames(all: readonly Series[]): void {
  const seen = new Map<string, string>();
  for (const { names, header, time } of all)
    header.forEach((column, c) => {
      const before = c === time ? undefined : seen.get(column);
      if (before !== undefined)
        throw new TableError(
          `${names[0]}: column ${column} is in ${before}, too: name it in another way, or ignore it`,
        );
      if (c !== time) seen.set(column, names[0]);
    });
}

/** The usual step from row to row; of less than two rows, none is shorter. */
function stepOf({ times }: Series): number {
  const steps = times.slice(1).map((t, i) => t - times[i]);
  return steps.length === 0 ? Number.POSITIVE_INFINITY : steps.sort((a, b) => a - b)[steps.length >> 1];
}

/** Of each time the latest row of the others at or before it, −1 where that is older than `within`. Both in order. */
function latestBefore(times: readonly number[], others: readonly number[], within: number): number[] {
  let at = -1;
  return times.map((time) => {
    while (at + 1 < others.length && others[at + 1] <= time) at++;
    return at >= 0 && time - others[at] <= within ? at : -1;
  });
}

function quoted(cell: string, separator: string): string {
  return cell.includes(separator) || /["\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
