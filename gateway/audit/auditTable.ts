import type { AuditEntry } from '#models/contracts/audit.ts';
import { createTables, type Sql } from '../store/sql.ts';
import { Statements } from '../store/statements.ts';
import { type AuditHead, hashEntry, NO_HASH } from './auditChain.ts';

const ENTRY = 'sequence, at_ms AS atMs, who, what, subject, detail, hash';
const HEAD = 'audit_head';

/** Entries examined per request: some milliseconds, whatever the filter matches. */
const LOOKED_AT = 20_000;

/** Entries to find: each text is contained in its field, in any case. Times in milliseconds, `toMs` excluded. */
export interface AuditFilter {
  who?: string;
  what?: string;
  subject?: string;
  fromMs?: number;
  toMs?: number;
}

const contains = (text = ''): string => `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;

/** The append-only audit log: database triggers refuse to change or remove entries. */
export class AuditTable {
  readonly #statements: Statements;

  /** Migrates entries from before hashes existed. */
  constructor(db: Sql) {
    createTables(
      db,
      `
      CREATE TABLE IF NOT EXISTS audit_log (sequence INTEGER PRIMARY KEY, at_ms REAL NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT, hash TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS ${HEAD} (id INTEGER PRIMARY KEY CHECK (id = 1), sequence INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
      CREATE TRIGGER IF NOT EXISTS audit_log_unchanged BEFORE UPDATE ON audit_log BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
      CREATE TRIGGER IF NOT EXISTS audit_log_kept BEFORE DELETE ON audit_log BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
    `,
    );
    this.#statements = new Statements(db);
    if (db.isShared !== true) this.#moveOldEntries(db);
  }

  #moveOldEntries(db: Sql): void {
    db.transaction(() => {
      const sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'audit'";
      if (this.#statements.get(sql) === undefined) return;
      for (const { at_ms, who, what, subject, detail } of db.prepare('SELECT * FROM audit ORDER BY rowid').all() as {
        at_ms: number;
        who: string;
        what: string;
        subject: string;
        detail: string | null;
      }[])
        this.add(at_ms, who, what, subject, detail);
      db.exec('DROP TABLE audit');
    })();
  }

  /** Appends an entry; call it in the transaction of the change that it records. */
  add(atMs: number, who: string, what: string, subject: string, detail: string | null): void {
    const { sequence: last, hash: previous } = this.head();
    const sequence = last + 1;
    const hash = hashEntry(previous, { sequence, atMs, who, what, subject, detail });
    const sql =
      'INSERT INTO audit_log (sequence, at_ms, who, what, subject, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?)';
    this.#statements.write(sql, sequence, atMs, who, what, subject, detail, hash);
    this.#statements.write(`INSERT OR REPLACE INTO ${HEAD} (id, sequence, hash) VALUES (1, ?, ?)`, sequence, hash);
  }

  head(): AuditHead {
    const row = this.#statements.get(`SELECT sequence, hash FROM ${HEAD}`);
    return (row as unknown as AuditHead | undefined) ?? { sequence: 0, hash: NO_HASH };
  }

  /** Oldest first. @param after the last sequence of the previous page; 0 starts at the beginning. */
  list(after: number, limit: number): AuditEntry[] {
    const sql = `SELECT ${ENTRY} FROM audit_log WHERE sequence > ? ORDER BY sequence LIMIT ?`;
    return this.#statements.all(sql, after, limit) as unknown as AuditEntry[];
  }

  /**
   * Newest first.
   * @param before the `next` of the previous page; null starts at the newest entry.
   * @returns `next` even if no entry of this page matches, so that a rare one is found in several short steps; null
   * after the first entry of the log.
   */
  find(filter: AuditFilter, before: number | null, limit: number): { entries: AuditEntry[]; next: number | null } {
    const from = before ?? this.head().sequence + 1;
    const lowest = Math.max(1, from - LOOKED_AT);
    const { fromMs = 0, toMs = Number.MAX_SAFE_INTEGER } = filter;
    const sql = `SELECT ${ENTRY} FROM audit_log WHERE sequence < ? AND sequence >= ? AND at_ms >= ? AND at_ms < ?
      AND lower(who) LIKE ? ESCAPE '\\' AND lower(what) LIKE ? ESCAPE '\\' AND lower(subject) LIKE ? ESCAPE '\\'
      ORDER BY sequence DESC LIMIT ?`;
    const texts = [filter.who, filter.what, filter.subject].map(contains);
    const entries = this.#statements.all(sql, from, lowest, fromMs, toMs, ...texts, limit) as unknown as AuditEntry[];
    const next = entries.length === limit ? entries[limit - 1].sequence : lowest;
    return { entries, next: next > 1 ? next : null };
  }
}

/** All entries of an open database, and their head. */
export function readAudit(db: Sql): { entries: Iterable<AuditEntry>; head: AuditHead | null } {
  const head = db.prepare(`SELECT sequence, hash FROM ${HEAD}`).get() as AuditHead | undefined;
  const entries = db.prepare(`SELECT ${ENTRY} FROM audit_log ORDER BY sequence`).iterate() as Iterable<AuditEntry>;
  return { entries, head: head ?? { sequence: 0, hash: NO_HASH } };
}
