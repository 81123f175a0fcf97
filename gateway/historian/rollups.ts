import type Database from 'better-sqlite3';
import { Statements } from '../store/statements.ts';

const HOUR_US = 3600e6;
const FINE_US = 300e6;
/** An hour with fewer rows has no 5-minute roll-ups, because its rows are read as fast. */
const MIN_FINE_ROWS = 60;
/** Rows rolled up after one write: more would block other work. */
const MAX_ROWS = 4000;
/** Delay before an hour is rolled up, so that the messages of its last window can arrive. */
const SETTLED_US = 120e6;
/** Numbers per column: count, sum, maximum. */
const PER_COLUMN = 3;

/**
 * For measured series, every hour between the first and last row becomes stale; this avoids scanning a year of rows at
 * start. Forecasts extend years ahead in a few rows.
 */
export const ROLLUP_SCHEMA = `
  CREATE TABLE rollup (
    series INTEGER NOT NULL, width_us REAL NOT NULL, start_us REAL NOT NULL, layout INTEGER NOT NULL, numbers BLOB NOT NULL,
    PRIMARY KEY (series, width_us, start_us, layout)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE stale_hour (series INTEGER NOT NULL, start_us REAL NOT NULL, PRIMARY KEY (series, start_us)) STRICT, WITHOUT ROWID;
  CREATE INDEX stale_hour_by_start ON stale_hour (start_us);
  WITH RECURSIVE
    measured (series, first, last) AS (
      SELECT id, (SELECT min(time_us) FROM row WHERE series = id), (SELECT max(time_us) FROM row WHERE series = id)
      FROM series WHERE key LIKE 'millwright_features/%' OR key LIKE 'millwright_health/%'),
    hour (series, start, last) AS (
      SELECT series, floor(first / ${HOUR_US}) * ${HOUR_US}, last FROM measured WHERE first IS NOT NULL
      UNION ALL SELECT series, start + ${HOUR_US}, last FROM hour WHERE start + ${HOUR_US} <= last)
  INSERT INTO stale_hour SELECT series, start FROM hour;
  INSERT OR IGNORE INTO stale_hour SELECT DISTINCT series, floor(time_us / ${HOUR_US}) * ${HOUR_US} FROM row WHERE series IN (
    SELECT id FROM series WHERE key NOT LIKE 'millwright_features/%' AND key NOT LIKE 'millwright_health/%');`;

interface RawRow {
  time_us: number;
  layout: number;
  numbers: Buffer;
}

/** Count, sum and maximum of a field over an interval. */
export interface Summary {
  startUs: number;
  widthUs: number;
  count: number;
  sum: number;
  max: number;
}

/** The tables that a query reads. */
export interface ReadPlan {
  summaries: { layout: number; startUs: number; widthUs: number; numbers: Buffer }[];
  /** Time ranges read from the rows themselves: [from, to), microseconds. */
  raw: (readonly [fromUs: number, toUs: number])[];
}

/**
 * Roll-ups of series: count, sum and maximum of each column, by hour and by five minutes. An hour is stale from a write
 * of one of its rows until it is rolled up; meanwhile it is read row by row. Five-minute roll-ups expire with the rows,
 * hourly ones have their own retention.
 */
export class Rollups {
  readonly #db: Database.Database;
  readonly #statements: Statements;
  readonly #now: () => number;
  readonly #retentionUs: number;
  readonly #rollupUs: number;
  readonly #marked = new Set<string>();

  constructor(db: Database.Database, retentionUs: number, rollupUs: number, now: () => number) {
    this.#db = db;
    this.#statements = new Statements(db);
    this.#now = now;
    this.#retentionUs = retentionUs;
    this.#rollupUs = Math.max(rollupUs, retentionUs);
  }

  /** Marks the hour of a written row; call it in the transaction of the write. */
  mark(series: number, timeUs: number): void {
    const startUs = Math.floor(timeUs / HOUR_US) * HOUR_US;
    const key = `${series} ${startUs}`;
    if (this.#marked.has(key)) return;
    this.#statements.run('INSERT OR IGNORE INTO stale_hour (series, start_us) VALUES (?, ?)', series, startUs);
    this.#marked.add(key);
  }

  /** Discards the marks of a transaction that was rolled back. */
  forget(): void {
    this.#marked.clear();
  }

  /** Rolls up past hours, oldest first, and deletes expired data; each in bounded steps. */
  advance(): void {
    const nowUs = this.#now() * 1000;
    this.#db.transaction(() => {
      const due = this.#statements.all(
        'SELECT series, start_us FROM stale_hour WHERE start_us < ? ORDER BY start_us LIMIT 64',
        nowUs - HOUR_US - SETTLED_US,
      ) as { series: number; start_us: number }[];
      let rows = 0;
      for (const { series, start_us } of due) {
        if (rows >= MAX_ROWS) break;
        rows += this.#roll(series, start_us, nowUs - this.#retentionUs);
      }
    })();
  }

  /** Deletes a series' expired data. Rows of stale hours stay until they are rolled up. @param most rows to delete. */
  purge(series: number, most: number): void {
    const nowUs = this.#now() * 1000;
    const stale = this.#statements.get('SELECT min(start_us) AS start FROM stale_hour WHERE series = ?', series);
    const oldest = (stale as { start: number | null }).start ?? Number.POSITIVE_INFINITY;
    const rowsBefore = Math.min(nowUs - this.#retentionUs, oldest);
    this.#statements.run(
      'DELETE FROM row WHERE (series, time_us) IN (SELECT series, time_us FROM row WHERE series = ? AND time_us < ? LIMIT ?)',
      series,
      rowsBefore,
      most,
    );
    const forget =
      'DELETE FROM rollup WHERE (series, width_us, start_us, layout) IN (SELECT series, width_us, start_us, layout FROM rollup WHERE series = ? AND width_us = ? AND start_us < ? LIMIT ?)';
    this.#statements.run(forget, series, FINE_US, rowsBefore, most);
    this.#statements.run(forget, series, HOUR_US, nowUs - this.#rollupUs, most);
  }

  /**
   * Chooses roll-ups or rows of a series for intervals of a given width, so that they overlap their neighbours little.
   */
  plan(series: number, fromUs: number, toUs: number, intervalUs: number): ReadPlan {
    const widthUs = [HOUR_US, FINE_US].find((width) => intervalUs >= width);
    const rowsFromUs = this.#now() * 1000 - this.#retentionUs;
    if (widthUs === undefined && fromUs >= rowsFromUs) return { summaries: [], raw: [[fromUs, toUs]] };
    const [firstUs, endUs] = [Math.ceil(fromUs / HOUR_US) * HOUR_US, Math.floor(toUs / HOUR_US) * HOUR_US];
    const stale = this.#statements.all(
      'SELECT start_us FROM stale_hour WHERE series = ? AND start_us >= ? AND start_us < ?',
      series,
      firstUs,
      endUs,
    ) as { start_us: number }[];
    const unread = new Set(stale.map(({ start_us }) => start_us));
    const coarse = this.#summaries(series, HOUR_US, firstUs, endUs);
    if (widthUs === HOUR_US)
      return {
        summaries: coarse.filter((s) => !unread.has(s.startUs)),
        raw: rawRanges(fromUs, toUs, firstUs, endUs, unread),
      };
    // Finer intervals: hours without rows from their own roll-up, others from 5-minute roll-ups, or from their rows if
    // there are few.
    const fine = widthUs === FINE_US ? this.#summaries(series, FINE_US, firstUs, endUs) : [];
    const withFine = new Set(fine.map(({ startUs }) => Math.floor(startUs / HOUR_US) * HOUR_US));
    for (const { startUs } of coarse) if (startUs >= rowsFromUs && !withFine.has(startUs)) unread.add(startUs);
    const old = coarse.filter(({ startUs }) => !unread.has(startUs) && !withFine.has(startUs));
    const kept = fine.filter(({ startUs }) => !unread.has(Math.floor(startUs / HOUR_US) * HOUR_US));
    return { summaries: [...old, ...kept], raw: rawRanges(fromUs, toUs, firstUs, endUs, unread) };
  }

  #summaries(series: number, widthUs: number, fromUs: number, toUs: number): ReadPlan['summaries'] {
    const sql =
      'SELECT layout, start_us AS startUs, width_us AS widthUs, numbers FROM rollup WHERE series = ? AND width_us = ? AND start_us >= ? AND start_us < ?';
    return this.#statements.all(sql, series, widthUs, fromUs, toUs) as ReadPlan['summaries'];
  }

  /** Rolls up one hour of one series; returns the number of rows. */
  #roll(series: number, startUs: number, rowsFromUs: number): number {
    const rows = this.#statements.all(
      'SELECT time_us, layout, numbers FROM row WHERE series = ? AND time_us >= ? AND time_us < ?',
      series,
      startUs,
      startUs + HOUR_US,
    ) as unknown as RawRow[];
    const isOld = startUs + HOUR_US <= rowsFromUs;
    // The rows of this hour were deleted: late rows are added to its roll-up, then deleted too.
    if (!isOld)
      this.#statements.run(
        'DELETE FROM rollup WHERE series = ? AND start_us >= ? AND start_us < ?',
        series,
        startUs,
        startUs + HOUR_US,
      );
    this.#put(series, HOUR_US, rows);
    if (isOld)
      this.#statements.run(
        'DELETE FROM row WHERE series = ? AND time_us >= ? AND time_us < ?',
        series,
        startUs,
        startUs + HOUR_US,
      );
    else if (rows.length >= MIN_FINE_ROWS) this.#put(series, FINE_US, rows);
    this.#statements.run('DELETE FROM stale_hour WHERE series = ? AND start_us = ?', series, startUs);
    this.#marked.delete(`${series} ${startUs}`);
    return rows.length;
  }

  /** Adds rows to the roll-ups of one width. */
  #put(series: number, widthUs: number, rows: readonly RawRow[]): void {
    const sums = new Map<string, { startUs: number; layout: number; numbers: Float64Array }>();
    for (const { time_us, layout, numbers } of rows) {
      const startUs = Math.floor(time_us / widthUs) * widthUs;
      const key = `${startUs} ${layout}`;
      const known = sums.get(key) ?? {
        startUs,
        layout,
        numbers: this.#known(series, widthUs, startUs, layout, numbers.length / 8),
      };
      sums.set(key, known);
      for (let i = 0; i < numbers.length / 8; i++) addValue(known.numbers, i, numbers.readDoubleLE(i * 8));
    }
    const put = 'INSERT OR REPLACE INTO rollup (series, width_us, start_us, layout, numbers) VALUES (?, ?, ?, ?, ?)';
    for (const { startUs, layout, numbers } of sums.values())
      this.#statements.run(put, series, widthUs, startUs, layout, Buffer.from(numbers.buffer));
  }

  #known(series: number, widthUs: number, startUs: number, layout: number, columns: number): Float64Array {
    const sql = 'SELECT numbers FROM rollup WHERE series = ? AND width_us = ? AND start_us = ? AND layout = ?';
    const row = this.#statements.get(sql, series, widthUs, startUs, layout) as { numbers: Buffer } | undefined;
    const numbers = new Float64Array(columns * PER_COLUMN);
    for (let i = 0; i < numbers.length; i++)
      numbers[i] = row?.numbers.readDoubleLE(i * 8) ?? (i % PER_COLUMN === 2 ? Number.NEGATIVE_INFINITY : 0);
    return numbers;
  }
}

/** Summarises one column; null if it has no value. Pure. */
export function summaryOf(
  { startUs, widthUs, numbers }: ReadPlan['summaries'][number],
  column: number,
): Summary | null {
  const [count, sum, max] = [0, 1, 2].map((i) => numbers.readDoubleLE((column * PER_COLUMN + i) * 8));
  return count === 0 ? null : { startUs, widthUs, count, sum, max };
}

function addValue(numbers: Float64Array, column: number, value: number): void {
  if (!Number.isFinite(value)) return;
  const at = column * PER_COLUMN;
  numbers[at]++;
  numbers[at + 1] += value;
  numbers[at + 2] = Math.max(numbers[at + 2], value);
}

/**
 * The partial hours at the ends of a range, and complete hours that are read row by row; adjacent ranges are merged.
 */
function rawRanges(
  fromUs: number,
  toUs: number,
  firstUs: number,
  endUs: number,
  hours: ReadonlySet<number>,
): ReadPlan['raw'] {
  if (firstUs >= endUs) return [[fromUs, toUs]];
  const ranges: [number, number][] = [[fromUs, firstUs]];
  for (const startUs of [...hours].sort((a, b) => a - b)) {
    const last = ranges[ranges.length - 1];
    if (last[1] === startUs) last[1] = startUs + HOUR_US;
    else ranges.push([startUs, startUs + HOUR_US]);
  }
  const last = ranges[ranges.length - 1];
  if (last[1] === endUs) last[1] = toUs;
  else ranges.push([endUs, toUs]);
  return ranges.filter(([from, to]) => to > from);
}
