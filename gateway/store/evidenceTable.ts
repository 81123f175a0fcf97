import { type EvidenceMessage, type EvidenceView, isSignal } from '#models/contracts/evidence.ts';
import { evidenceView } from '../evidence.ts';
import { createTables, type Sql } from './sql.ts';
import { Statements } from './statements.ts';

/** Evidence of alerts, signals and values; beyond the size limit the oldest are deleted and counted. */
export class EvidenceTable {
  readonly #statements: Statements;
  readonly #maxBytes: number;

  constructor(db: Sql, maxBytes: number) {
    createTables(
      db,
      `
      CREATE TABLE IF NOT EXISTS evidence (id TEXT PRIMARY KEY, time_ms REAL NOT NULL, bytes INTEGER NOT NULL, view TEXT NOT NULL, record TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    `,
    );
    this.#statements = new Statements(db);
    this.#maxBytes = maxBytes;
  }

  /** The signals, newest first. */
  list(): EvidenceView[] {
    const rows = this.#statements.all("SELECT view FROM evidence WHERE view <> 'null' ORDER BY time_ms DESC");
    return rows.map((row) => JSON.parse(row.view as string));
  }

  get(id: string): EvidenceMessage | null {
    const row = this.#statements.get('SELECT record FROM evidence WHERE id = ?', id);
    return row ? JSON.parse(row.record as string) : null;
  }

  dropped(): number {
    return Number(this.#statements.get("SELECT value FROM meta WHERE key = 'evidenceDropped'")?.value ?? 0);
  }

  keep(body: EvidenceMessage): void {
    const record = JSON.stringify(body);
    const view = JSON.stringify(isSignal(body) ? evidenceView(body) : null);
    const sql = 'INSERT OR REPLACE INTO evidence (id, time_ms, bytes, view, record) VALUES (?, ?, ?, ?, ?)';
    this.#statements.run(sql, body.id, body.timeMs, record.length, view, record);
    // Deletes the oldest, by the cumulative size of all newer ones.
    const { changes } = this.#statements.run(
      `DELETE FROM evidence WHERE id IN (
         SELECT id FROM (SELECT id, sum(bytes) OVER (ORDER BY time_ms DESC, id) AS up_to FROM evidence) AS newer WHERE up_to > ?)`,
      this.#maxBytes,
    );
    if (changes === 0) return;
    const dropped = String(this.dropped() + changes);
    this.#statements.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('evidenceDropped', ?)", dropped);
  }
}
