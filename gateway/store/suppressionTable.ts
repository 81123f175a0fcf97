import { randomUUID } from 'node:crypto';
import { isCurrent, suppressionFault } from '#models/alerting/suppression.ts';
import type { Suppression, SuppressionRequest } from '#models/contracts/suppression.ts';
import { createTables, type Sql } from './sql.ts';
import { Statements } from './statements.ts';

/** Maximum number of active and future suppressions. */
const MAX_OPEN = 1000;

/** Suppressions: maintenance windows and switched-off machines, with the machines covered and the end time. */
export class SuppressionTable {
  readonly #statements: Statements;
  readonly #now: () => number;

  constructor(db: Sql, now: () => number) {
    createTables(
      db,
      `
      CREATE TABLE IF NOT EXISTS suppressions (id TEXT PRIMARY KEY, from_ms REAL NOT NULL, open_until_ms REAL NOT NULL, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS suppressions_open ON suppressions (open_until_ms);
    `,
    );
    this.#statements = new Statements(db);
    this.#now = now;
  }

  /** A new suppression, or the reason for refusal. */
  add(request: SuppressionRequest): Suppression | { fault: string } {
    const nowMs = this.#now();
    const fault = suppressionFault(request, nowMs);
    if (fault !== null) return { fault };
    if (this.open().length >= MAX_OPEN) return { fault: `${MAX_OPEN} suppressions are active or planned: end some` };
    const suppression = { ...request, id: randomUUID(), fromMs: request.fromMs ?? nowMs, ended: null };
    const sql = 'INSERT INTO suppressions (id, from_ms, open_until_ms, record) VALUES (?, ?, ?, ?)';
    const { id, fromMs, untilMs } = suppression;
    this.#statements.run(sql, id, fromMs, untilMs, JSON.stringify(suppression));
    return suppression;
  }

  /** Ends a suppression now; null if none with that id is active or planned. */
  end(id: string, by: string): Suppression | null {
    const known = this.open().find((s) => s.id === id);
    if (known === undefined) return null;
    const atMs = this.#now();
    const suppression = { ...known, ended: { atMs, by } };
    const sql = 'UPDATE suppressions SET open_until_ms = ?, record = ? WHERE id = ?';
    this.#statements.run(sql, atMs, JSON.stringify(suppression), id);
    return suppression;
  }

  /** Active suppressions. */
  current(): Suppression[] {
    return this.open().filter((s) => isCurrent(s, this.#now()));
  }

  /** Active and future suppressions, next to end first. */
  open(): Suppression[] {
    const sql = 'SELECT record FROM suppressions WHERE open_until_ms > ? ORDER BY open_until_ms';
    return this.#statements.all(sql, this.#now()).map((row) => JSON.parse(row.record as string));
  }

  /** Newest first, including past ones. */
  all(limit: number): Suppression[] {
    const sql = 'SELECT record FROM suppressions ORDER BY from_ms DESC LIMIT ?';
    return this.#statements.all(sql, limit).map((row) => JSON.parse(row.record as string));
  }
}
