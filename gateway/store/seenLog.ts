import type Database from 'better-sqlite3';
import type { Envelope } from '#models/contracts/envelope.ts';
import { rangesOf, SeenSequences } from './sequences.ts';
import type { Taken } from './store.ts';

interface Arrived {
  site: string;
  edge: string;
  outbox: string;
  sequences: number[];
}

/** Sequences received from each outbox, in memory and in two tables of the store's file. */
export class SeenLog {
  readonly #db: Database.Database;
  #seen = new Map<string, SeenSequences>();
  /** Sequences received since the last flush, new or repeated. */
  #arrived = new Map<string, Arrived>();

  constructor(db: Database.Database) {
    this.#db = db;
    db.exec(`
      CREATE TABLE IF NOT EXISTS seen (origin TEXT PRIMARY KEY, up_to INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS seen_above (
        origin TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (origin, sequence)
      ) STRICT, WITHOUT ROWID;
    `);
    this.reload();
  }

  /** Reverts to the durable state. */
  reload(): void {
    const rows = this.#db.prepare('SELECT origin, up_to FROM seen').all() as { origin: string; up_to: number }[];
    const above = this.#db.prepare('SELECT sequence FROM seen_above WHERE origin = ?').pluck();
    // Read completely before the memory is replaced: a failed read must not make every message look new.
    const seen = new Map(
      rows.map((row) => [row.origin, new SeenSequences(row.up_to, above.all(row.origin) as number[])]),
    );
    this.#seen = seen;
    this.#arrived = new Map();
  }

  /** Returns false for a duplicate. */
  add({ site, edge, outbox, sequence, oldest }: Envelope): boolean {
    const origin = `${site}/${edge}/${outbox}`;
    const arrived = this.#arrived.get(origin) ?? { site, edge, outbox, sequences: [] };
    arrived.sequences.push(sequence);
    this.#arrived.set(origin, arrived);
    const seen = this.#seen.get(origin) ?? new SeenSequences();
    this.#seen.set(origin, seen);
    return seen.add(sequence, oldest);
  }

  /**
   * Writes the received sequences within the caller's transaction; returns what may be acknowledged after the commit.
   */
  flush(): Taken['ranges'] {
    const mark = this.#db.prepare('INSERT OR REPLACE INTO seen (origin, up_to) VALUES (?, ?)');
    const forget = this.#db.prepare('DELETE FROM seen_above WHERE origin = ? AND sequence <= ?');
    const remember = this.#db.prepare('INSERT OR IGNORE INTO seen_above (origin, sequence) VALUES (?, ?)');
    const ranges: Taken['ranges'] = [];
    for (const [origin, { sequences, ...from }] of this.#arrived) {
      const { upTo, above } = this.#seen.get(origin) as SeenSequences;
      mark.run(origin, upTo);
      forget.run(origin, upTo);
      for (const sequence of sequences) if (above.has(sequence)) remember.run(origin, sequence);
      ranges.push({ ...from, ranges: rangesOf(sequences) });
    }
    this.#arrived = new Map();
    return ranges;
  }
}
