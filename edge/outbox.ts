import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { CommitBatch, Outgoing } from './pipeline/record/commitBatch.ts';
import { Receipts } from './receipts.ts';

export interface OutboxRow {
  sequence: number;
  topic: string;
  payload: string;
}

export interface OutboxCounts {
  rows: number;
  bytes: number;
  /**
   * Messages dropped since the outbox was created, by `<why>/<kind>`: it was `full`, or they exceeded the age limit
   * (`age`).
   */
  dropped: Record<string, number>;
}

export interface OutboxLimits {
  maxBytes: number;
  maxAgeMs: number;
}

/** Rows that a commit dropped. */
interface Discarded {
  rows: number;
  bytes: number;
  dropped: Record<string, number>;
}

/** Order of sending; the last kind is dropped first. */
const PRIORITY: Record<Outgoing['kind'], number> = { alerts: 0, health: 1, ledger: 2, features: 3, evidence: 4 };
export const KINDS = ['alerts', 'health', 'ledger', 'features', 'evidence'] as const;
/** Interval between checks for rows that are too old. */
const MARK_INTERVAL_MS = 3_600_000;
/** Rows dropped at once when the outbox is full. */
const DROP_ROWS = 200;

/**
 * Messages that the gateway has not acknowledged, and the state of detectors and alerts, in one SQLite file: one
 * transaction covers both, so that a restart neither repeats nor loses an alert.
 *
 * The policy is called evidence-first: when full, the outbox drops the oldest evidence first, then features, ledgers
 * and health; alerts only when nothing else is left. Rows older than the age limit are dropped in the same way, except
 * alerts.
 */
export class Outbox {
  readonly id: string;
  readonly counts: OutboxCounts;
  /** The highest sequence of each kind that this process, or the one before it, may have kept. */
  readonly newest: Record<Outgoing['kind'], number>;
  readonly #db: Database.Database;
  readonly #receipts: Receipts;
  readonly #limits: OutboxLimits;
  #markedMs: number;
  #nextSequence: number;
  #acknowledged: (readonly [number, number])[] = [];
  readonly #insert: Database.Statement;
  readonly #setState: Database.Statement;
  readonly #next: Database.Statement;
  readonly #delete: Database.Statement;
  readonly #sizes: Database.Statement;
  readonly #oldest: Database.Statement;

  /** Opens the outbox. A damaged file is set aside as `outbox.db.damaged-<time>`, and a new one is created. */
  static open(directory: string, limits: OutboxLimits, nowMs: number, warn: (message: string) => void): Outbox {
    mkdirSync(directory, { recursive: true });
    const file = join(directory, 'outbox.db');
    try {
      return new Outbox(file, limits);
    } catch (error) {
      if (!/malformed|not a database|corrupt/i.test(String(error))) throw error;
      const damagedFile = `${file}.damaged-${nowMs}`;
      renameSync(file, damagedFile);
      warn(`the outbox was damaged (${String(error)}); it was set aside as ${damagedFile}, and a new one was created`);
      return new Outbox(file, limits);
    }
  }

  private constructor(file: string, limits: OutboxLimits) {
    this.#limits = limits;
    const db = new Database(file);
    this.#db = db;
    db.pragma('journal_mode = WAL');
    // An edge box loses power now and then: every commit reaches the disk.
    db.pragma('synchronous = FULL');
    db.exec(`
      CREATE TABLE IF NOT EXISTS outbox (
        sequence INTEGER PRIMARY KEY, priority INTEGER NOT NULL, topic TEXT NOT NULL, payload TEXT NOT NULL
      ) STRICT;
      CREATE INDEX IF NOT EXISTS outbox_order ON outbox (priority, sequence);
      CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS marks (kept_ms REAL PRIMARY KEY, sequence INTEGER NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    `);
    this.#receipts = new Receipts(db);
    this.#setState = db.prepare('INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)');
    this.#insert = db.prepare('INSERT INTO outbox (sequence, priority, topic, payload) VALUES (?, ?, ?, ?)');
    this.#next = db.prepare(
      'SELECT sequence, topic, payload FROM outbox WHERE priority = ? AND sequence > ? ORDER BY sequence LIMIT ?',
    );
    // The plus keeps the planner from the index by priority, which spans the whole backlog: rows are deleted by
    // sequence.
    this.#sizes = db.prepare(
      'SELECT count(*) AS rows, coalesce(sum(octet_length(payload)), 0) AS bytes FROM outbox WHERE sequence BETWEEN ? AND ? AND +priority BETWEEN ? AND ?',
    );
    this.#oldest = db.prepare('SELECT min(sequence) AS oldest FROM outbox');
    this.#delete = db.prepare('DELETE FROM outbox WHERE sequence BETWEEN ? AND ? AND +priority BETWEEN ? AND ?');
    this.id = this.#meta('id') ?? this.#setMeta('id', randomUUID());
    this.#nextSequence = Number(this.#meta('nextSequence') ?? 1);
    const last = this.#nextSequence - 1;
    this.newest = { alerts: last, health: last, ledger: last, features: last, evidence: last };
    const mark = db.prepare('SELECT max(kept_ms) AS ms FROM marks').get() as { ms: number | null };
    this.#markedMs = mark.ms ?? Number.NEGATIVE_INFINITY;
    const { rows, bytes } = this.#sizes.get(0, Number.MAX_SAFE_INTEGER, 0, KINDS.length) as {
      rows: number;
      bytes: number;
    };
    this.counts = { rows, bytes, dropped: JSON.parse(this.#meta('dropped') ?? '{}') };
  }

  /** The states of the last commit. */
  states(): Map<string, Buffer> {
    const rows = this.#db.prepare('SELECT key, value FROM state').all() as { key: string; value: Buffer }[];
    return new Map(rows.map((row) => [row.key, row.value]));
  }

  /** The answer to a message that was accepted under this key; null if there was none. */
  receiptOf(key: string): string | null {
    return this.#receipts.answerOf(key);
  }

  /** Stores messages, states and receipts, all or nothing. @throws what SQLite throws: a full or read-only disk. */
  commit(batch: CommitBatch, origin: { site: string; edge: string }, nowMs: number): void {
    let sequence = this.#nextSequence;
    let rows = batch.outgoing.length;
    let bytes = 0;
    const discarded: Discarded = { rows: 0, bytes: 0, dropped: {} };
    const isMarkDue = nowMs - this.#markedMs >= MARK_INTERVAL_MS;
    const numbered: { kind: Outgoing['kind']; sequence: number }[] = [];
    const { oldest } = this.#oldest.get() as { oldest: number | null };
    const envelope = { v: 1, site: origin.site, edge: origin.edge, outbox: this.id, oldest: oldest ?? sequence };
    this.#db.transaction(() => {
      for (const { kind, topic, body } of batch.outgoing) {
        const payload = JSON.stringify({ ...envelope, sequence, ...body });
        this.#insert.run(sequence, PRIORITY[kind], topic, payload);
        numbered.push({ kind, sequence });
        bytes += Buffer.byteLength(payload);
        sequence++;
      }
      for (const { key, value } of batch.states) this.#setState.run(key, value);
      this.#receipts.save(batch.receipts ?? []);
      if (sequence !== this.#nextSequence) this.#setMeta('nextSequence', String(sequence));
      const removed = this.#remove(this.#acknowledged);
      rows -= removed.rows;
      bytes -= removed.bytes;
      if (isMarkDue) this.#dropOld(nowMs, sequence, discarded);
      this.#makeRoom(this.counts.bytes + bytes - discarded.bytes - this.#limits.maxBytes, discarded);
    })();
    this.#acknowledged = [];
    if (isMarkDue) this.#markedMs = nowMs;
    this.counts.rows += rows - discarded.rows;
    this.counts.bytes += bytes - discarded.bytes;
    this.counts.dropped = this.#droppedWith(discarded);
    this.#nextSequence = sequence;
    for (const { kind, sequence: newest } of numbered) this.newest[kind] = newest;
  }

  /** The next rows of a kind beyond a sequence, oldest first. */
  next(kind: Outgoing['kind'], after: number, limit: number): OutboxRow[] {
    return this.#next.all(PRIORITY[kind], after, limit) as OutboxRow[];
  }

  /**
   * Deletes rows that are durable at the gateway, with the next commit: a crash before that only resends them. Ranges
   * are inclusive.
   */
  acknowledge(ranges: readonly (readonly [number, number])[]): void {
    this.#acknowledged.push(...ranges);
  }

  get hasAcknowledged(): boolean {
    return this.#acknowledged.length > 0;
  }

  close(): void {
    this.#db.close();
  }

  /** Records the current position, and drops rows that existed before the age limit. */
  #dropOld(nowMs: number, sequence: number, discarded: Discarded): void {
    this.#db.prepare('INSERT OR REPLACE INTO marks (kept_ms, sequence) VALUES (?, ?)').run(nowMs, sequence);
    const oldest = nowMs - this.#limits.maxAgeMs;
    const mark = this.#db.prepare('SELECT max(sequence) AS sequence FROM marks WHERE kept_ms <= ?').get(oldest);
    const { sequence: before } = mark as { sequence: number | null };
    if (before === null) return;
    for (const kind of KINDS) if (kind !== 'alerts') this.#drop([[0, before - 1]], kind, 'age', discarded);
    this.#db.prepare('DELETE FROM marks WHERE kept_ms <= ?').run(oldest);
    this.#setMeta('dropped', JSON.stringify(this.#droppedWith(discarded)));
  }

  /** Drops at least this many bytes, lowest priority first; part of the transaction that exceeded the limit. */
  #makeRoom(excess: number, discarded: Discarded): void {
    if (excess <= 0) return;
    const enough = discarded.bytes + excess;
    for (const kind of KINDS.toReversed()) {
      while (discarded.bytes < enough) {
        const rows = this.next(kind, 0, DROP_ROWS);
        if (rows.length === 0) break;
        this.#drop([[rows[0].sequence, rows[rows.length - 1].sequence]], kind, 'full', discarded);
      }
    }
    this.#setMeta('dropped', JSON.stringify(this.#droppedWith(discarded)));
  }

  #drop(
    ranges: readonly (readonly [number, number])[],
    kind: Outgoing['kind'],
    why: 'full' | 'age',
    discarded: Discarded,
  ): void {
    const removed = this.#remove(ranges, kind);
    if (removed.rows === 0) return;
    discarded.rows += removed.rows;
    discarded.bytes += removed.bytes;
    const key = `${why}/${kind}`;
    discarded.dropped[key] = (discarded.dropped[key] ?? 0) + removed.rows;
  }

  #droppedWith(discarded: Discarded): Record<string, number> {
    const total = { ...this.counts.dropped };
    for (const [key, n] of Object.entries(discarded.dropped)) total[key] = (total[key] ?? 0) + n;
    return total;
  }

  /** Deletes ranges, of one kind or of all. @returns the rows and bytes freed. */
  #remove(ranges: readonly (readonly [number, number])[], kind?: Outgoing['kind']): { rows: number; bytes: number } {
    const removed = { rows: 0, bytes: 0 };
    const [lowest, highest] = kind === undefined ? [0, KINDS.length] : [PRIORITY[kind], PRIORITY[kind]];
    for (const [from, to] of ranges) {
      const size = this.#sizes.get(from, to, lowest, highest) as { rows: number; bytes: number };
      if (size.rows === 0) continue;
      this.#delete.run(from, to, lowest, highest);
      removed.rows += size.rows;
      removed.bytes += size.bytes;
    }
    return removed;
  }

  /** A number that survives a restart; undefined if none was stored. */
  getNumber(name: string): number | undefined {
    const text = this.#meta(name);
    return text === undefined ? undefined : Number(text);
  }

  /** @throws what SQLite throws. */
  setNumber(name: string, value: number): void {
    this.#setMeta(name, String(value));
  }

  #meta(key: string): string | undefined {
    return (this.#db.prepare('SELECT value FROM meta WHERE key = ?').get(key) as { value: string } | undefined)?.value;
  }

  #setMeta(key: string, value: string): string {
    this.#db.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)').run(key, value);
    return value;
  }
}
