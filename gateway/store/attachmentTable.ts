import { createHash } from 'node:crypto';
import type { Attachment } from '#models/contracts/attachment.ts';
import { createTables, type Sql } from './sql.ts';
import { type Row, Statements } from './statements.ts';

/** Limits per alert and in total; further files are refused, and none is deleted. */
const MAX_OF_ALERT = 20;
const MAX_BYTES = 1e9;

export type NewAttachment = Pick<Attachment, 'alert' | 'name' | 'type' | 'by' | 'atMs'>;
/** The attachment (identical content of one alert is stored once), or the reason for refusal. */
export type Attached = { attachment: Attachment; isNew: boolean } | { fault: string };

/** Files attached to alerts by people; deleted with their alert. */
export class AttachmentTable {
  readonly #statements: Statements;
  #bytes: number;
  readonly #isShared: boolean;
  /** Files refused for lack of space since the start. */
  refused = 0;

  constructor(db: Sql) {
    createTables(
      db,
      `
      CREATE TABLE IF NOT EXISTS attachments (
        id INTEGER PRIMARY KEY AUTOINCREMENT, alert TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, bytes INTEGER NOT NULL,
        sha256 TEXT NOT NULL, by TEXT NOT NULL, at_ms REAL NOT NULL, content BLOB NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX IF NOT EXISTS attachments_of ON attachments (alert, sha256);
      CREATE TRIGGER IF NOT EXISTS attachments_go AFTER DELETE ON alerts
        BEGIN DELETE FROM attachments WHERE alert = OLD.id; END;
    `,
    );
    this.#statements = new Statements(db);
    this.#isShared = db.isShared === true;
    this.#bytes = this.#size();
  }

  add({ alert, name, type, by, atMs }: NewAttachment, content: Buffer): Attached {
    const sha256 = createHash('sha256').update(content).digest('hex');
    const known = this.list(alert);
    const same = known.find((attachment) => attachment.sha256 === sha256);
    if (same !== undefined) return { attachment: same, isNew: false };
    if (known.length >= MAX_OF_ALERT) return this.#refuse(`an alert has at most ${MAX_OF_ALERT} attachments`);
    // Attachments deleted with their alert are subtracted only here, when the limit is near.
    if (this.#isShared || this.#bytes + content.length > MAX_BYTES) this.#bytes = this.#size();
    if (this.#bytes + content.length > MAX_BYTES)
      return this.#refuse(`the attachments of all alerts have at most ${MAX_BYTES / 1e6} MB`);
    const sql =
      'INSERT INTO attachments (alert, name, type, bytes, sha256, by, at_ms, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?)';
    const { lastInsertRowid } = this.#statements.run(sql, alert, name, type, content.length, sha256, by, atMs, content);
    this.#bytes += content.length;
    const attachment = { id: Number(lastInsertRowid), alert, name, type, bytes: content.length, sha256, by, atMs };
    return { attachment, isNew: true };
  }

  /** Oldest first. */
  list(alert: string): Attachment[] {
    const sql = 'SELECT id, alert, name, type, bytes, sha256, by, at_ms FROM attachments WHERE alert = ? ORDER BY id';
    return this.#statements.all(sql, alert).map(attachmentOf);
  }

  content(alert: string, id: number): { attachment: Attachment; content: Buffer } | null {
    const row = this.#statements.get('SELECT * FROM attachments WHERE alert = ? AND id = ?', alert, id);
    return row === undefined ? null : { attachment: attachmentOf(row), content: row.content as Buffer };
  }

  #refuse(fault: string): { fault: string } {
    this.refused++;
    return { fault };
  }

  #size(): number {
    return this.#statements.get('SELECT coalesce(sum(bytes), 0) AS bytes FROM attachments')?.bytes as number;
  }
}

function attachmentOf({ id, alert, name, type, bytes, sha256, by, at_ms }: Row): Attachment {
  return { id, alert, name, type, bytes, sha256, by, atMs: at_ms } as Attachment;
}
