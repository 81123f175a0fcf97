import type Database from 'better-sqlite3';
import type { AlertMessage, AlertRecord, Finding } from '#models/contracts/alert.ts';
import { acknowledge, applyMessage } from '../alerts/alarm.ts';
import { Statements } from './statements.ts';

const ACTIVE = "state IN ('unacknowledged', 'acknowledged', 'returned_unacknowledged')";

/** Alerts of machines as they are now, and who said what of them. */
export class AlertTable {
  readonly #db: Database.Database;
  readonly #statements: Statements;

  constructor(db: Database.Database) {
    this.#db = db;
    db.exec(`
      CREATE TABLE IF NOT EXISTS alerts (id TEXT PRIMARY KEY, state TEXT NOT NULL, raised_ms REAL NOT NULL, record TEXT NOT NULL, outbox TEXT, sequence INTEGER) STRICT;
      CREATE INDEX IF NOT EXISTS alerts_by_time ON alerts (raised_ms);
      CREATE INDEX IF NOT EXISTS alerts_by_state ON alerts (state, raised_ms);
      CREATE TABLE IF NOT EXISTS audit (at_ms REAL NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT) STRICT;
    `);
    this.#statements = new Statements(db);
  }

  /** The newest first. */
  list({ active, limit }: { active: boolean; limit: number }): AlertRecord[] {
    const where = active ? `WHERE ${ACTIVE}` : '';
    const rows = this.#statements.all(`SELECT record FROM alerts ${where} ORDER BY raised_ms DESC LIMIT ?`, limit);
    return rows.map((row) => JSON.parse(row.record as string));
  }

  get(id: string): AlertRecord | null {
    const row = this.#statements.get('SELECT record FROM alerts WHERE id = ?', id);
    return row ? JSON.parse(row.record as string) : null;
  }

  /** An alert that was sent again may come after a later word on it: by its outbox's sequence it is left out. */
  take(body: AlertMessage): AlertRecord | null {
    const last = this.#statements.get('SELECT outbox, sequence FROM alerts WHERE id = ?', body.id);
    if (last?.outbox === body.outbox && (last.sequence as number) > body.sequence) return null;
    const record = applyMessage(this.get(body.id), body);
    this.#keep(record);
    const sql = 'UPDATE alerts SET outbox = ?, sequence = ? WHERE id = ?';
    this.#statements.run(sql, body.outbox, body.sequence, body.id);
    return record;
  }

  acknowledge(id: string, by: string, comment: string | null, atMs: number): AlertRecord | null {
    return this.#db.transaction(() => {
      const known = this.get(id);
      if (!known) return null;
      const record = acknowledge(known, by, comment, atMs);
      this.#keep(record);
      this.audit(atMs, by, 'acknowledge', id, comment);
      return record;
    })();
  }

  find(id: string, finding: Finding): AlertRecord | null {
    return this.#db.transaction(() => {
      const known = this.get(id);
      if (!known) return null;
      const record = { ...known, finding };
      this.#keep(record);
      this.audit(finding.atMs, finding.by, finding.finding, id, finding.comment);
      return record;
    })();
  }

  audit(atMs: number, by: string, what: string, subject: string, detail: string | null): void {
    const sql = 'INSERT INTO audit (at_ms, who, what, subject, detail) VALUES (?, ?, ?, ?, ?)';
    this.#statements.run(sql, atMs, by, what, subject, detail);
  }

  #keep(record: AlertRecord): void {
    this.#statements.run(
      `INSERT INTO alerts (id, state, raised_ms, record) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
       SET state = excluded.state, raised_ms = excluded.raised_ms, record = excluded.record`,
      record.id,
      record.state,
      record.raisedAtMs,
      JSON.stringify(record),
    );
  }
}
