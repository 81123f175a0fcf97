import { createTables, type Sql } from './sql.ts';
import { type Row, Statements } from './statements.ts';
import type { QueuedSeries } from './store.ts';

const DROP_ROWS = 500;
/** Maximum age of the cached queue size if other gateways add to the queue. */
const READ_AGAIN_MS = 5000;

/** Queue for the historian, oldest first; beyond its limit, the oldest rows are dropped and counted. */
export class SeriesQueue {
  readonly #statements: Statements;
  readonly #maxBytes: number;
  #size: { rows: number; bytes: number; dropped: number };
  readonly #isShared: boolean;
  #readMs: number;

  constructor(db: Sql, maxBytes: number) {
    createTables(
      db,
      `
      CREATE TABLE IF NOT EXISTS series_queue (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    `,
    );
    this.#statements = new Statements(db);
    this.#maxBytes = maxBytes;
    this.#isShared = db.isShared === true;
    this.#size = this.#read();
    this.#readMs = performance.now();
  }

  get size(): { rows: number; bytes: number; dropped: number } {
    if (this.#isShared && performance.now() - this.#readMs > READ_AGAIN_MS) {
      this.#size = this.#read();
      this.#readMs = performance.now();
    }
    return this.#size;
  }

  #read(): { rows: number; bytes: number; dropped: number } {
    const sql = 'SELECT count(*) AS rows, coalesce(sum(length(text)), 0) AS bytes FROM series_queue';
    const size = this.#statements.get(sql) as Row;
    const dropped = this.#statements.get("SELECT value FROM meta WHERE key = 'queueDropped'");
    return { rows: size.rows as number, bytes: size.bytes as number, dropped: Number(dropped?.value ?? 0) };
  }

  /** Writes an entry within the caller's transaction; call `added` once it is durable. */
  write(text: string): void {
    this.#statements.write('INSERT INTO series_queue (text) VALUES (?)', text);
  }

  added(rows: number, bytes: number): void {
    this.#size.rows += rows;
    this.#size.bytes += bytes;
  }

  oldest(limit: number): QueuedSeries[] {
    const sql = 'SELECT id, text FROM series_queue ORDER BY id LIMIT ?';
    return this.#statements.all(sql, limit) as unknown as QueuedSeries[];
  }

  remove(upToId: number): void {
    const sql = 'SELECT count(*) AS rows, coalesce(sum(length(text)), 0) AS bytes FROM series_queue WHERE id <= ?';
    const size = this.#statements.get(sql, upToId) as Row;
    this.#statements.run('DELETE FROM series_queue WHERE id <= ?', upToId);
    this.added(-(size.rows as number), -(size.bytes as number));
  }

  makeRoom(): void {
    if (this.size.bytes <= this.#maxBytes) return;
    while (this.#size.bytes > this.#maxBytes) {
      const rows = this.oldest(DROP_ROWS);
      if (rows.length === 0) return;
      this.remove(rows[rows.length - 1].id);
      this.#size.dropped += rows.length;
    }
    const sql = "INSERT OR REPLACE INTO meta (key, value) VALUES ('queueDropped', ?)";
    this.#statements.run(sql, String(this.#size.dropped));
  }
}
