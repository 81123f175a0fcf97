import type Database from 'better-sqlite3';

/** Records that a message was accepted, under a key that identifies repetitions. */
export interface Receipt {
  key: string;
  /** The reply to the sender. */
  answer: string;
}

/** Limit on receipts; the newest are kept. */
const MAX_RECEIPTS = 20_000;

/** Receipts in the outbox's file, written in the same transaction as the results of their messages. */
export class Receipts {
  readonly #add: Database.Statement;
  readonly #trim: Database.Statement;
  readonly #find: Database.Statement;

  constructor(db: Database.Database) {
    db.exec(
      'CREATE TABLE IF NOT EXISTS receipt (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, answer TEXT NOT NULL) STRICT',
    );
    this.#add = db.prepare('INSERT OR REPLACE INTO receipt (key, answer) VALUES (?, ?)');
    this.#trim = db.prepare('DELETE FROM receipt WHERE id <= (SELECT max(id) FROM receipt) - ?');
    this.#find = db.prepare('SELECT answer FROM receipt WHERE key = ?');
  }

  /** Part of the caller's transaction. */
  save(receipts: readonly Receipt[]): void {
    for (const { key, answer } of receipts) this.#add.run(key, answer);
    if (receipts.length > 0) this.#trim.run(MAX_RECEIPTS);
  }

  /** The reply; null if nothing was accepted under this key. */
  answerOf(key: string): string | null {
    return (this.#find.get(key) as { answer: string } | undefined)?.answer ?? null;
  }
}
