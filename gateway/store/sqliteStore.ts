import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { AlertRecord, Finding } from '#models/contracts/alert.ts';
import type { HealthMessage } from '#models/contracts/health.ts';
import type { KeptMessage } from '#models/contracts/message.ts';
import type { StatusMessage } from '#models/contracts/status.ts';
import type { SeriesRow } from '../historian/historian.ts';
import { AlertTable } from './alertTable.ts';
import { EvidenceTable } from './evidenceTable.ts';
import { PointTables } from './pointTables.ts';
import { SeenLog } from './seenLog.ts';
import { SeriesQueue } from './seriesQueue.ts';
import { Statements } from './statements.ts';
import type { Accepted, PointKey, Refused, Store, Taken } from './store.ts';

const MAX_SET_ASIDE = 1000;
/** Rows of the gateway's own in one entry of the queue. */
const ROWS_QUEUED = 200;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS health (key TEXT PRIMARY KEY, time_ms REAL NOT NULL, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS edges (key TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS set_aside (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms REAL NOT NULL, topic TEXT NOT NULL, refusal TEXT NOT NULL, detail TEXT NOT NULL, payload BLOB NOT NULL
  ) STRICT;
`;

export interface StoreLimits {
  maxQueueBytes: number;
  maxEvidenceBytes: number;
}

/** The store of one gateway in one SQLite file, `gateway.db`. */
export class SqliteStore implements Store {
  readonly #db: Database.Database;
  readonly #statements: Statements;
  readonly #seen: SeenLog;
  readonly #queue: SeriesQueue;
  readonly #alerts: AlertTable;
  readonly #evidence: EvidenceTable;
  readonly #points: PointTables;

  constructor(directory: string, { maxQueueBytes, maxEvidenceBytes }: StoreLimits) {
    mkdirSync(directory, { recursive: true });
    this.#db = new Database(join(directory, 'gateway.db'));
    this.#db.pragma('journal_mode = WAL');
    // An edge forgets what was acknowledged: it has to be on the disk by then, whatever happens to the power.
    this.#db.pragma('synchronous = FULL');
    this.#db.exec(SCHEMA);
    this.#statements = new Statements(this.#db);
    this.#seen = new SeenLog(this.#db);
    this.#queue = new SeriesQueue(this.#db, maxQueueBytes);
    this.#alerts = new AlertTable(this.#db);
    this.#evidence = new EvidenceTable(this.#db, maxEvidenceBytes);
    this.#points = new PointTables(this.#db);
  }

  take(accepted: readonly Accepted[]): Taken {
    // Before the transaction: what fails here is tried again with all that came.
    this.#queue.makeRoom();
    try {
      return this.#take(accepted);
    } catch (error) {
      // The transaction was rolled back; what is in memory has to be as old as the disk.
      this.#seen.reload();
      throw error;
    }
  }

  setAside(refused: readonly Refused[]): void {
    this.#db.transaction(() => {
      for (const { topic, refusal, detail, payload, atMs } of refused) {
        const sql = 'INSERT INTO set_aside (at_ms, topic, refusal, detail, payload) VALUES (?, ?, ?, ?, ?)';
        this.#statements.run(sql, atMs, topic.slice(0, 200), refusal, detail, Buffer.from(payload));
      }
      const sql = 'DELETE FROM set_aside WHERE id <= (SELECT max(id) FROM set_aside) - ?';
      this.#statements.run(sql, MAX_SET_ASIDE);
    })();
  }

  enqueueRows(rows: readonly SeriesRow[]): void {
    this.#queue.makeRoom();
    let [entries, bytes] = [0, 0];
    this.#db.transaction(() => {
      for (let at = 0; at < rows.length; at += ROWS_QUEUED) {
        const text = `rows\n${JSON.stringify(rows.slice(at, at + ROWS_QUEUED))}`;
        this.#queue.write(text);
        entries++;
        bytes += text.length;
      }
    })();
    this.#queue.added(entries, bytes);
  }

  queued = (limit: number) => this.#queue.oldest(limit);
  unqueue = (upToId: number) => this.#queue.remove(upToId);
  queueSize = () => this.#queue.size;

  alerts = (filter: { active: boolean; limit: number }) => this.#alerts.list(filter);
  alert = (id: string) => this.#alerts.get(id);
  acknowledge = (id: string, by: string, comment: string | null, atMs: number) =>
    this.#alerts.acknowledge(id, by, comment, atMs);
  find = (id: string, finding: Finding) => this.#alerts.find(id, finding);
  audit = (atMs: number, by: string, what: string, subject: string, detail: string | null) =>
    this.#alerts.audit(atMs, by, what, subject, detail);

  evidenceList = () => this.#evidence.list();
  evidence = (id: string) => this.#evidence.get(id);
  evidenceDropped = () => this.#evidence.dropped();

  points = () => this.#points.points();
  spectrum = (key: PointKey) => this.#points.spectrum(key);
  ledgers = () => this.#points.ledgers();
  unmapped = () => this.#points.unmapped();
  clocks = () => this.#points.clocks();
  sources = () => this.#points.sources();

  health(): HealthMessage[] {
    const rows = this.#statements.all('SELECT record FROM health ORDER BY key');
    return rows.map((row) => JSON.parse(row.record as string));
  }

  edges(): StatusMessage[] {
    const rows = this.#statements.all('SELECT record FROM edges ORDER BY key');
    return rows.map((row) => JSON.parse(row.record as string));
  }

  close(): void {
    this.#db.close();
  }

  #take(accepted: readonly Accepted[]): Taken {
    const taken: Taken = { fresh: [], duplicates: 0, ranges: [], alerts: [] };
    let [entries, bytes] = [0, 0];
    this.#db.transaction(() => {
      for (const { message, text } of accepted) {
        if (message.kind !== 'status' && !this.#seen.add(message.body)) {
          taken.duplicates++;
          continue;
        }
        taken.fresh.push(message);
        const alert = this.#keep(message);
        if (alert) taken.alerts.push(alert);
        if (message.kind === 'status' || message.kind === 'ledger' || message.kind === 'evidence') continue;
        const entry = `${message.kind}\n${text}`;
        this.#queue.write(entry);
        entries++;
        bytes += entry.length;
      }
      taken.ranges = this.#seen.flush();
    })();
    this.#queue.added(entries, bytes);
    return taken;
  }

  #keep(message: KeptMessage): AlertRecord | null {
    switch (message.kind) {
      case 'features':
        this.#points.keepFeatures(message.body);
        return null;
      case 'health':
        this.#keepHealth(message.body);
        return null;
      case 'alerts':
        return this.#alerts.take(message.body);
      case 'evidence':
        this.#evidence.keep(message.body);
        return null;
      case 'ledger':
        this.#points.keepLedger(message.body);
        return null;
      case 'status':
        this.#keepStatus(message.body);
        return null;
    }
  }

  #keepHealth(body: HealthMessage): void {
    this.#statements.run(
      `INSERT INTO health (key, time_ms, record) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE
       SET time_ms = excluded.time_ms, record = excluded.record WHERE excluded.time_ms >= time_ms`,
      `${body.site}/${body.edge}/${body.asset}`,
      body.timeMs,
      JSON.stringify(body),
    );
  }

  #keepStatus(body: StatusMessage): void {
    const sql = 'INSERT OR REPLACE INTO edges (key, record) VALUES (?, ?)';
    this.#statements.run(sql, `${body.site}/${body.edge}`, JSON.stringify(body));
  }
}
