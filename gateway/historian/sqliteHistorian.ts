import type Database from 'better-sqlite3';
import type { Columns } from '#models/contracts/api.ts';
import { migrate } from '../store/migrate.ts';
import { openDatabase } from '../store/openDatabase.ts';
import { Buckets } from './buckets.ts';
import { type Historian, type SeriesQuery, type SeriesRow, seriesKey } from './historian.ts';
import { ROLLUP_SCHEMA, Rollups, summaryOf } from './rollups.ts';

/** Schema migrations; released ones are never changed. */
export const HISTORIAN_MIGRATIONS = [
  `CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE) STRICT;
   CREATE TABLE IF NOT EXISTS layout (id INTEGER PRIMARY KEY, names TEXT NOT NULL UNIQUE) STRICT;
   CREATE TABLE IF NOT EXISTS row (
     series INTEGER NOT NULL, time_us REAL NOT NULL, layout INTEGER NOT NULL, numbers BLOB NOT NULL, PRIMARY KEY (series, time_us)
   ) STRICT, WITHOUT ROWID;`,
  ROLLUP_SCHEMA,
];

const PURGE_SERIES = 8;
const PURGE_ROWS = 1000;
const READ_ROWS = 10_000;
const DAY_US = 24 * 3600 * 1e6;

/**
 * Stores series in one SQLite file, `historian.db`. The numbers of a row are one float64 blob; a layout names its
 * columns. Long ranges are read from roll-ups. Alert texts are not stored here, because the store has them.
 */
export class SqliteHistorian implements Historian {
  readonly #db: Database.Database;
  readonly #rollups: Rollups;
  readonly #ids = new Map<string, number>();
  readonly #layouts = new Map<string, number>();
  readonly #insert: Database.Statement;
  readonly #select: Database.Statement;
  #purged = 0;

  /** @param rollupDays retention of hourly roll-ups; rows expire after `retentionDays`. */
  constructor(directory: string, retentionDays: number, rollupDays: number, now: () => number) {
    this.#db = openDatabase(directory, 'historian.db', HISTORIAN_MIGRATIONS);
    migrate(this.#db, 'historian.db', HISTORIAN_MIGRATIONS);
    this.#insert = this.#db.prepare(
      'INSERT OR REPLACE INTO row (series, time_us, layout, numbers) VALUES (?, ?, ?, ?)',
    );
    this.#select = this.#db.prepare(
      'SELECT time_us, layout, numbers FROM row WHERE series = ? AND time_us >= ? AND time_us < ? ORDER BY time_us LIMIT ?',
    );
    this.#rollups = new Rollups(this.#db, retentionDays * DAY_US, rollupDays * DAY_US, now);
    this.#readIds();
  }

  #readIds(): void {
    this.#ids.clear();
    this.#layouts.clear();
    for (const { id, key } of this.#db.prepare('SELECT id, key FROM series').all() as { id: number; key: string }[]) {
      this.#ids.set(key, id);
    }
    for (const { id, names } of this.#db.prepare('SELECT id, names FROM layout').all() as {
      id: number;
      names: string;
    }[]) {
      this.#layouts.set(names, id);
    }
  }

  async write(rows: readonly SeriesRow[]): Promise<{ refused: number }> {
    try {
      this.#insertAll(rows);
    } catch (error) {
      // The transaction was rolled back, and so were the ids that it allocated.
      this.#readIds();
      this.#rollups.forget();
      throw error;
    }
    this.#rollups.advance();
    this.#purgeSome();
    return { refused: 0 };
  }

  #insertAll(rows: readonly SeriesRow[]): void {
    this.#db.transaction(() => {
      for (const row of rows) {
        const numbers = Object.entries(row.fields).filter(
          (field): field is [string, number] => typeof field[1] === 'number',
        );
        const layout = this.#id(this.#layouts, 'layout', 'names', JSON.stringify(numbers.map(([name]) => name)));
        const values = Float64Array.from(numbers, ([, value]) => value);
        const series = this.#id(this.#ids, 'series', 'key', seriesKey(row));
        this.#insert.run(series, row.timeUs, layout, Buffer.from(values.buffer));
        this.#rollups.mark(series, row.timeUs);
      }
    })();
  }

  async read(query: SeriesQuery): Promise<Columns> {
    const buckets = new Buckets(query.fromMs, query.toMs, query.points);
    const series = this.#ids.get(seriesKey(query));
    if (series === undefined) return buckets.columns();
    const columns = new Map(
      [...this.#layouts].map(([text, id]) => [id, (JSON.parse(text) as string[]).indexOf(query.field)]),
    );
    const [fromUs, toUs] = [query.fromMs * 1000, query.toMs * 1000];
    const plan = this.#rollups.plan(series, fromUs, toUs, (toUs - fromUs) / query.points);
    for (const rollup of plan.summaries) {
      const column = columns.get(rollup.layout) ?? -1;
      const summary = column < 0 ? null : summaryOf(rollup, column);
      if (summary !== null) buckets.addSummary(summary);
    }
    for (const [from, to] of plan.raw) await this.#readRows(series, from, to, columns, buckets);
    return buckets.columns();
  }

  /** @param columns column of the field by layout; -1 if absent. */
  async #readRows(
    series: number,
    fromUs: number,
    toUs: number,
    columns: ReadonlyMap<number, number>,
    buckets: Buckets,
  ): Promise<void> {
    for (let from = fromUs; ; ) {
      const rows = this.#select.all(series, from, toUs, READ_ROWS) as {
        time_us: number;
        layout: number;
        numbers: Buffer;
      }[];
      for (const { time_us, layout, numbers } of rows) {
        const column = columns.get(layout) ?? -1;
        if (column >= 0) buckets.add(time_us / 1000, numbers.readDoubleLE(column * 8));
      }
      if (rows.length < READ_ROWS) return;
      // Yields to other pending work after the last row.
      from = rows[rows.length - 1].time_us + 0.5;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  #id(known: Map<string, number>, table: 'series' | 'layout', column: string, key: string): number {
    const found = known.get(key);
    if (found !== undefined) return found;
    const id = Number(this.#db.prepare(`INSERT INTO ${table} (${column}) VALUES (?)`).run(key).lastInsertRowid);
    known.set(key, id);
    return id;
  }

  /** Deletes expired data: of a few series after each write, in rotation. */
  #purgeSome(): void {
    const ids = [...this.#ids.values()];
    this.#db.transaction(() => {
      for (let i = 0; i < Math.min(PURGE_SERIES, ids.length); i++)
        this.#rollups.purge(ids[this.#purged++ % ids.length], PURGE_ROWS);
    })();
  }
}
