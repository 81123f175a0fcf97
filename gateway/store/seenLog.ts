import type { Envelope } from '#models/contracts/envelope.ts';
import { rangesOf, SeenSequences } from './sequences.ts';
import { createTables, type Sql } from './sql.ts';
import { Statements } from './statements.ts';
import type { TakeResult } from './store.ts';

interface Arrived {
  site: string;
  edge: string;
  outbox: string;
  sequences: number[];
}

/** Sequences received from each outbox, in memory and in two tables of the store's file. */
export class SeenLog {
  readonly #db: Sql;
  readonly #statements: Statements;
  #seen = new Map<string, SeenSequences>();
  /** Sequences received since the last flush, new or repeated. */
  #arrived = new Map<string, Arrived>();

  constructor(db: Sql) {
    this.#db = db;
    this.#statements = new Statements(db);
    createTables(
      db,
      `
      CREATE TABLE IF NOT EXISTS seen (origin TEXT PRIMARY KEY, up_to INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS seen_above (
        origin TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (origin, sequence)
      ) STRICT, WITHOUT ROWID;
    `,
    );
    this.reload();
  }

  /** Reverts to the durable state. */
  reload(): void {
    // A shared database is read with each group of messages.
    if (this.#db.isShared !== true) this.#readAll();
    this.#arrived = new Map();
  }

  /** Reads what other gateways may have received of these origins; call it in the transaction that adds to them. */
  refresh(origins: readonly string[]): void {
    if (this.#db.isShared !== true || origins.length === 0) return;
    const places = origins.map(() => '?').join(', ');
    const read = (what: string, table: string) =>
      this.#db.prepare(`SELECT origin, ${what} AS n FROM ${table} WHERE origin IN (${places})`).all(...origins) as {
        origin: string;
        n: number;
      }[];
    const above = read('sequence', 'seen_above');
    const upTo = new Map(read('up_to', 'seen').map(({ origin, n }) => [origin, n]));
    this.#seen = new Map(
      origins.map((origin) => [
        origin,
        new SeenSequences(
          upTo.get(origin) ?? 0,
          above.filter((row) => row.origin === origin).map(({ n }) => n),
        ),
      ]),
    );
  }

  #readAll(): void {
    const rows = this.#db.prepare('SELECT origin, up_to FROM seen').all() as { origin: string; up_to: number }[];
    const above = this.#db.prepare('SELECT sequence FROM seen_above WHERE origin = ?').pluck();
    // Read completely before the memory is replaced: a failed read must not make every message look new.
    const seen = new Map(
      rows.map((row) => [row.origin, new SeenSequences(row.up_to, above.all(row.origin) as number[])]),
    );
    this.#seen = seen;
  }

  /** Returns false for a duplicate. */
  add({ site, edge, outbox, sequence, oldest }: Envelope): boolean {
    const origin = originOf({ site, edge, outbox });
    const arrived = this.#arrived.get(origin) ?? { site, edge, outbox, sequences: [] };
    arrived.sequences.push(sequence);
    this.#arrived.set(origin, arrived);
    const seen = this.#seen.get(origin) ?? new SeenSequences();
    this.#seen.set(origin, seen);
    return seen.add(sequence, oldest);
  }

  /**
   * Writes the received sequences within the caller's transaction; returns the ranges to acknowledge after the commit.
   */
  flush(): TakeResult['ranges'] {
    const mark = 'INSERT OR REPLACE INTO seen (origin, up_to) VALUES (?, ?)';
    const forget = 'DELETE FROM seen_above WHERE origin = ? AND sequence <= ?';
    const remember = 'INSERT OR IGNORE INTO seen_above (origin, sequence) VALUES (?, ?)';
    const ranges: TakeResult['ranges'] = [];
    for (const [origin, { sequences, ...from }] of this.#arrived) {
      const { upTo, above } = this.#seen.get(origin) as SeenSequences;
      this.#statements.write(mark, origin, upTo);
      this.#statements.write(forget, origin, upTo);
      for (const sequence of sequences) if (above.has(sequence)) this.#statements.write(remember, origin, sequence);
      ranges.push({ ...from, ranges: rangesOf(sequences) });
    }
    this.#arrived = new Map();
    return ranges;
  }
}

export const originOf = ({ site, edge, outbox }: Pick<Envelope, 'site' | 'edge' | 'outbox'>) =>
  `${site}/${edge}/${outbox}`;
