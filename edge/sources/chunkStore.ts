import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

export interface StoredChunk {
  /** The waveform it belongs to. */
  waveform: string;
  index: number;
  topic: string;
  payload: Buffer;
  receivedMs: number;
}

/** Chunks acknowledged to the broker whose waveform is not complete yet, on disk. */
export class ChunkStore {
  readonly #db: Database.Database;
  readonly #put: Database.Transaction<(chunks: readonly StoredChunk[]) => void>;
  readonly #drop: Database.Statement;

  /** @param source its index in the configuration. */
  constructor(directory: string, source: number) {
    mkdirSync(directory, { recursive: true });
    this.#db = new Database(join(directory, `chunks-${source}.db`));
    this.#db.pragma('journal_mode = WAL');
    this.#db.pragma('synchronous = FULL');
    this.#db.exec(`
      CREATE TABLE IF NOT EXISTS chunk (
        waveform TEXT NOT NULL, position INTEGER NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL,
        received_ms REAL NOT NULL, PRIMARY KEY (waveform, position)
      ) STRICT, WITHOUT ROWID;
    `);
    const insert = this.#db.prepare('INSERT OR REPLACE INTO chunk VALUES (?, ?, ?, ?, ?)');
    this.#put = this.#db.transaction((chunks) => {
      for (const { waveform, index, topic, payload, receivedMs } of chunks)
        insert.run(waveform, index, topic, payload, receivedMs);
    });
    this.#drop = this.#db.prepare('DELETE FROM chunk WHERE waveform = ?');
  }

  /** Durable when it returns. @throws if the write fails. */
  put(chunks: readonly StoredChunk[]): void {
    this.#put(chunks);
  }

  drop(waveform: string): void {
    this.#drop.run(waveform);
  }

  /** In order of arrival. */
  all(): StoredChunk[] {
    return this.#db
      .prepare(
        'SELECT waveform, position AS "index", topic, payload, received_ms AS receivedMs FROM chunk ORDER BY received_ms, position',
      )
      .all() as StoredChunk[];
  }

  close(): void {
    this.#db.close();
  }
}
