import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Columns } from '#models/contracts/api.ts';
import { Buckets } from './buckets.ts';
import { type Historian, type SeriesQuery, type SeriesRow, seriesKey } from './historian.ts';

const PURGE_EVERY_WRITES = 500;
const PURGE_ROWS = 20_000;
const DAY_US = 24 * 3600 * 1e6;

/**
 * Series in one SQLite file, `historian.db`. A row's numbers are one blob of float64; a layout names its columns. Texts
 * (an alert's words) are not kept here: the store has them.
 */
export class SqliteHistorian implements Historian {
  readonly #db: Database.Database;
  readonly #retentionUs: number;
  readonly #now: () => number;
  readonly #ids = new Map<string, number>();
  readonly #layouts = new Map<string, number>();
  readonly #insert: Database.Statement;
  readonly #select: Database.Statement;
  #writes = 0;

  constructor(directory: string, retentionDays: number, now: () => number) {
    mkdirSync(directory, { recursive: true });
    this.#retentionUs = retentionDays * DAY_US;
    this.#now = now;
    this.#db = new Database(join(directory, 'historian.db'));
    this.#db.pragma('journal_mode = WAL');
    this.#db.pragma('synchronous = FULL');
    this.#db.exec(`
      CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE) STRICT;
      CREATE TABLE IF NOT EXISTS layout (id INTEGER PRIMARY KEY, names TEXT NOT NULL UNIQUE) STRICT;
      CREATE TABLE IF NOT EXISTS row (
        series INTEGER NOT NULL, time_us REAL NOT NULL, layout INTEGER NOT NULL, numbers BLOB NOT NULL, PRIMARY KEY (series, time_us)
      ) STRICT, WITHOUT ROWID;
    `);
    this.#insert = this.#db.prepare(
      'INSERT OR REPLACE INTO row (series, time_us, layout, numbers) VALUES (?, ?, ?, ?)',
    );
    this.#select = this.#db.prepare(
      'SELECT time_us, layout, numbers FROM row WHERE series = ? AND time_us >= ? AND time_us < ? ORDER BY time_us',
    );
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
    this.#db.transaction(() => {
      for (const row of rows) {
        const numbers = Object.entries(row.fields).filter(
          (field): field is [string, number] => typeof field[1] === 'number',
        );
        const layout = this.#id(this.#layouts, 'layout', 'names', JSON.stringify(numbers.map(([name]) => name)));
        const values = Float64Array.from(numbers, ([, value]) => value);
        this.#insert.run(
          this.#id(this.#ids, 'series', 'key', seriesKey(row)),
          row.timeUs,
          layout,
          Buffer.from(values.buffer),
        );
      }
    })();
    if (this.#writes++ % PURGE_EVERY_WRITES === 0) this.#purge();
    return { refused: 0 };
  }

  async read(query: SeriesQuery): Promise<Columns> {
    const buckets = new Buckets(query.fromMs, query.toMs, query.points);
    const series = this.#ids.get(seriesKey(query));
    if (series === undefined) return buckets.columns();
    const names = new Map(
      [...this.#layouts].map(([text, id]) => [id, (JSON.parse(text) as string[]).indexOf(query.field)]),
    );
    for (const row of this.#select.iterate(series, query.fromMs * 1000, query.toMs * 1000)) {
      const { time_us, layout, numbers } = row as { time_us: number; layout: number; numbers: Buffer };
      const column = names.get(layout) ?? -1;
      if (column >= 0) buckets.add(time_us / 1000, numbers.readDoubleLE(column * 8));
    }
    return buckets.columns();
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

  /** Forgets what is older than the retention, a bounded number of rows at a time. */
  #purge(): void {
    const before = this.#now() * 1000 - this.#retentionUs;
    const purge = this.#db.prepare(
      'DELETE FROM row WHERE (series, time_us) IN (SELECT series, time_us FROM row WHERE series = ? AND time_us < ? LIMIT ?)',
    );
    for (const id of this.#ids.values()) purge.run(id, before, PURGE_ROWS);
  }
}
