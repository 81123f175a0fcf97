import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Drained, Outgoing } from './pipeline/pipeline.ts';
import { Receipts } from './receipts.ts';

export interface OutboxRow {
  sequence: number;
  topic: string;
  payload: string;
}

export interface OutboxCounts {
  rows: number;
  bytes: number;
  /** Messages thrown away since the outbox was made, by `<why>/<kind>`: it was `full`, or they were too old (`age`). */
  dropped: Record<string, number>;
}

export interface OutboxLimits {
  maxBytes: number;
  maxAgeMs: number;
}

/** What a commit threw away. */
interface Room {
  rows: number;
  bytes: number;
  dropped: Record<string, number>;
}

/** What leaves first, and what is thrown away last. */
const PRIORITY: Record<Outgoing['kind'], number> = { alerts: 0, health: 1, ledger: 2, features: 3, evidence: 4 };
export const KINDS = ['alerts', 'health', 'ledger', 'features', 'evidence'] as const;
/** What is too old is looked for so often. */
const MARK_MS = 3_600_000;
/** Rows thrown away at once when the outbox is full. */
const DROP_ROWS = 200;

/**
 * Messages that the gateway has not acknowledged yet, and the state of detectors and alerts, in one SQLite file: one
 * transaction takes both, so that a restart neither storms nor forgets.
 *
 * Its policy is called evidence-first: when full it throws away the oldest evidence, then features, then ledgers, then
 * health; alerts never while anything else is left. What is older than the limit goes the same way; alerts stay.
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
  #forgotten: (readonly [number, number])[] = [];
  readonly #insert: Database.Statement;
  readonly #setState: Database.Statement;
  readonly #next: Database.Statement;
  readonly #delete: Database.Statement;
  readonly #sizes: Database.Statement;
  readonly #oldest: Database.Statement;

  /** A file that is damaged is set aside, as `outbox.db.damaged-<time>`, and work goes on with a new one. */
  static open(directory: string, limits: OutboxLimits, nowMs: number, warn: (message: string) => void): Outbox {
    mkdirSync(directory, { recursive: true });
    const file = join(directory, 'outbox.db');
    try {
      return new Outbox(file, limits);
    } catch (error) {
      if (!/malformed|not a database|corrupt/i.test(String(error))) throw error;
      const aside = `${file}.damaged-${nowMs}`;
      renameSync(file, aside);
      warn(`the outbox was damaged (${String(error)}); it was set aside as ${aside}, and a new one begun`);
      return new Outbox(file, limits);
    }
  }

  private constructor(file: string, limits: OutboxLimits) {
    this.#limits = limits;
    const db = new Database(file);
    this.#db = db;
    db.pragma('journal_mode = WAL');
    // An edge box loses its power now and then: every commit reaches the disk.
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
    // The plus keeps the planner from the index by priority, which is all of a long backlog: rows go by their sequence.
    this.#sizes = db.prepare(
      'SELECT count(*) AS rows, coalesce(sum(length(payload)), 0) AS bytes FROM outbox WHERE sequence BETWEEN ? AND ? AND +priority BETWEEN ? AND ?',
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

  /** What `Drained.states` held when it was last kept. */
  states(): Map<string, Buffer> {
    const rows = this.#db.prepare('SELECT key, value FROM state').all() as { key: string; value: Buffer }[];
    return new Map(rows.map((row) => [row.key, row.value]));
  }

  /** Whether something was taken under this key: what was answered. */
  receiptOf(key: string): string | null {
    return this.#receipts.answerOf(key);
  }

  /** Keeps messages, states and receipts, all or nothing. @throws what SQLite throws: a full or read-only disk. */
  commit(drained: Drained, origin: { site: string; edge: string }, nowMs: number): void {
    let sequence = this.#nextSequence;
    let rows = drained.outgoing.length;
    let bytes = 0;
    const room: Room = { rows: 0, bytes: 0, dropped: {} };
    const marks = nowMs - this.#markedMs >= MARK_MS;
    const numbered: { kind: Outgoing['kind']; sequence: number }[] = [];
    const { oldest } = this.#oldest.get() as { oldest: number | null };
    const envelope = { v: 1, site: origin.site, edge: origin.edge, outbox: this.id, oldest: oldest ?? sequence };
    this.#db.transaction(() => {
      for (const { kind, topic, body } of drained.outgoing) {
        const payload = JSON.stringify({ ...envelope, sequence, ...body });
        this.#insert.run(sequence, PRIORITY[kind], topic, payload);
        numbered.push({ kind, sequence });
        bytes += payload.length;
        sequence++;
      }
      for (const { key, value } of drained.states) this.#setState.run(key, value);
      this.#receipts.keep(drained.receipts ?? []);
      if (sequence !== this.#nextSequence) this.#setMeta('nextSequence', String(sequence));
      const gone = this.#remove(this.#forgotten);
      rows -= gone.rows;
      bytes -= gone.bytes;
      if (marks) this.#dropOld(nowMs, sequence, room);
      this.#makeRoom(this.counts.bytes + bytes - room.bytes - this.#limits.maxBytes, room);
    })();
    this.#forgotten = [];
    if (marks) this.#markedMs = nowMs;
    this.counts.rows += rows - room.rows;
    this.counts.bytes += bytes - room.bytes;
    this.counts.dropped = this.#droppedWith(room);
    this.#nextSequence = sequence;
    for (const { kind, sequence: newest } of numbered) this.newest[kind] = newest;
  }

  /** The next rows of a kind beyond a sequence, oldest first. */
  next(kind: Outgoing['kind'], after: number, limit: number): OutboxRow[] {
    return this.#next.all(PRIORITY[kind], after, limit) as OutboxRow[];
  }

  /**
   * Forgets what is durable elsewhere, with the next commit: a crash before that only sends it again. Ranges are
   * inclusive.
   */
  forget(ranges: readonly (readonly [number, number])[]): void {
    this.#forgotten.push(...ranges);
  }

  get hasForgotten(): boolean {
    return this.#forgotten.length > 0;
  }

  close(): void {
    this.#db.close();
  }

  /** Remembers where the outbox stands now, and throws away what stood there too long ago. */
  #dropOld(nowMs: number, sequence: number, room: Room): void {
    this.#db.prepare('INSERT OR REPLACE INTO marks (kept_ms, sequence) VALUES (?, ?)').run(nowMs, sequence);
    const oldest = nowMs - this.#limits.maxAgeMs;
    const mark = this.#db.prepare('SELECT max(sequence) AS sequence FROM marks WHERE kept_ms <= ?').get(oldest);
    const { sequence: before } = mark as { sequence: number | null };
    if (before === null) return;
    for (const kind of KINDS) if (kind !== 'alerts') this.#drop([[0, before - 1]], kind, 'age', room);
    this.#db.prepare('DELETE FROM marks WHERE kept_ms <= ?').run(oldest);
    this.#setMeta('dropped', JSON.stringify(this.#droppedWith(room)));
  }

  /** Throws away at least so many bytes, the least needed kind first; part of the transaction that made them too many. */
  #makeRoom(excess: number, room: Room): void {
    if (excess <= 0) return;
    const enough = room.bytes + excess;
    for (const kind of KINDS.toReversed()) {
      while (room.bytes < enough) {
        const rows = this.next(kind, 0, DROP_ROWS);
        if (rows.length === 0) break;
        this.#drop([[rows[0].sequence, rows[rows.length - 1].sequence]], kind, 'full', room);
      }
    }
    this.#setMeta('dropped', JSON.stringify(this.#droppedWith(room)));
  }

  #drop(ranges: readonly (readonly [number, number])[], kind: Outgoing['kind'], why: 'full' | 'age', room: Room): void {
    const gone = this.#remove(ranges, kind);
    if (gone.rows === 0) return;
    room.rows += gone.rows;
    room.bytes += gone.bytes;
    const key = `${why}/${kind}`;
    room.dropped[key] = (room.dropped[key] ?? 0) + gone.rows;
  }

  #droppedWith(room: Room): Record<string, number> {
    const total = { ...this.counts.dropped };
    for (const [key, n] of Object.entries(room.dropped)) total[key] = (total[key] ?? 0) + n;
    return total;
  }

  /** Removes ranges, of one kind or of all; what they took up. */
  #remove(ranges: readonly (readonly [number, number])[], kind?: Outgoing['kind']): { rows: number; bytes: number } {
    const gone = { rows: 0, bytes: 0 };
    const [lowest, highest] = kind === undefined ? [0, KINDS.length] : [PRIORITY[kind], PRIORITY[kind]];
    for (const [from, to] of ranges) {
      const size = this.#sizes.get(from, to, lowest, highest) as { rows: number; bytes: number };
      if (size.rows === 0) continue;
      this.#delete.run(from, to, lowest, highest);
      gone.rows += size.rows;
      gone.bytes += size.bytes;
    }
    return gone;
  }

  /** A number that outlives the process; undefined where none was kept. */
  number(name: string): number | undefined {
    const text = this.#meta(name);
    return text === undefined ? undefined : Number(text);
  }

  /** @throws what SQLite throws. */
  keepNumber(name: string, value: number): void {
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
