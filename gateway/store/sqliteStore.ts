import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { AlertMessage, AlertRecord, Finding } from '#models/contracts/alert.ts';
import type { EvidenceMessage, EvidenceView } from '#models/contracts/evidence.ts';
import type { FeatureMessage, Spectrum } from '#models/contracts/featureVector.ts';
import type { HealthMessage } from '#models/contracts/health.ts';
import type { Clock, LedgerMessage, PointLedger, SourceOutages } from '#models/contracts/ledger.ts';
import type { KeptMessage } from '#models/contracts/message.ts';
import type { StatusMessage } from '#models/contracts/status.ts';
import { acknowledge, applyMessage } from '../alerts/alarm.ts';
import { evidenceView } from '../evidence.ts';
import type { SeriesRow } from '../historian/historian.ts';
import { SeenLog } from './seenLog.ts';
import type { Accepted, PointKey, QueuedSeries, Refused, Store, Taken } from './store.ts';

const MAX_SET_ASIDE = 1000;
const DROP_ROWS = 500;
/** Rows of the gateway's own in one entry of the queue. */
const ROWS_QUEUED = 200;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS series_queue (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS alerts (id TEXT PRIMARY KEY, state TEXT NOT NULL, raised_ms REAL NOT NULL, record TEXT NOT NULL, outbox TEXT, sequence INTEGER) STRICT;
  CREATE INDEX IF NOT EXISTS alerts_by_time ON alerts (raised_ms);
  CREATE INDEX IF NOT EXISTS alerts_by_state ON alerts (state, raised_ms);
  CREATE TABLE IF NOT EXISTS audit (at_ms REAL NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS health (key TEXT PRIMARY KEY, time_ms REAL NOT NULL, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS points (
    key TEXT PRIMARY KEY, spectrum TEXT, spectrum_ms REAL, ledger TEXT, ledger_sequence TEXT, stored INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS unmapped (key TEXT PRIMARY KEY, counts TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS evidence (id TEXT PRIMARY KEY, time_ms REAL NOT NULL, bytes INTEGER NOT NULL, view TEXT NOT NULL, record TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS ledgers (key TEXT PRIMARY KEY, outbox TEXT NOT NULL, sequence INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS clocks (key TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sources (key TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS edges (key TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS set_aside (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms REAL NOT NULL, topic TEXT NOT NULL, refusal TEXT NOT NULL, detail TEXT NOT NULL, payload BLOB NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

type Row = Record<string, unknown>;

export interface StoreLimits {
  maxQueueBytes: number;
  maxEvidenceBytes: number;
}

/** The store of one gateway in one SQLite file, `gateway.db`. */
export class SqliteStore implements Store {
  readonly #db: Database.Database;
  readonly #limits: StoreLimits;
  readonly #seen: SeenLog;
  readonly #statements = new Map<string, Database.Statement>();
  readonly #queue: { rows: number; bytes: number; dropped: number };

  constructor(directory: string, limits: StoreLimits) {
    mkdirSync(directory, { recursive: true });
    this.#limits = limits;
    this.#db = new Database(join(directory, 'gateway.db'));
    this.#db.pragma('journal_mode = WAL');
    // An edge forgets what was acknowledged: it has to be on the disk by then, whatever happens to the power.
    this.#db.pragma('synchronous = FULL');
    this.#db.exec(SCHEMA);
    this.#seen = new SeenLog(this.#db);
    const size = this.#get('SELECT count(*) AS rows, coalesce(sum(length(text)), 0) AS bytes FROM series_queue') as Row;
    const dropped = this.#get("SELECT value FROM meta WHERE key = 'queueDropped'");
    this.#queue = { rows: size.rows as number, bytes: size.bytes as number, dropped: Number(dropped?.value ?? 0) };
  }

  take(accepted: readonly Accepted[]): Taken {
    // Before the transaction: what fails here is tried again with all that came.
    if (this.#queue.bytes > this.#limits.maxQueueBytes) this.#dropOldest();
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
        this.#run(sql, atMs, topic.slice(0, 200), refusal, detail, Buffer.from(payload));
      }
      this.#run('DELETE FROM set_aside WHERE id <= (SELECT max(id) FROM set_aside) - ?', MAX_SET_ASIDE);
    })();
  }

  queued(limit: number): QueuedSeries[] {
    return this.#all('SELECT id, text FROM series_queue ORDER BY id LIMIT ?', limit) as unknown as QueuedSeries[];
  }

  unqueue(upToId: number): void {
    const size = this.#get(
      'SELECT count(*) AS rows, coalesce(sum(length(text)), 0) AS bytes FROM series_queue WHERE id <= ?',
      upToId,
    ) as Row;
    this.#run('DELETE FROM series_queue WHERE id <= ?', upToId);
    this.#queue.rows -= size.rows as number;
    this.#queue.bytes -= size.bytes as number;
  }

  enqueueRows(rows: readonly SeriesRow[]): void {
    if (this.#queue.bytes > this.#limits.maxQueueBytes) this.#dropOldest();
    let [entries, bytes] = [0, 0];
    this.#db.transaction(() => {
      for (let at = 0; at < rows.length; at += ROWS_QUEUED) {
        const text = `rows\n${JSON.stringify(rows.slice(at, at + ROWS_QUEUED))}`;
        this.#run('INSERT INTO series_queue (text) VALUES (?)', text);
        entries++;
        bytes += text.length;
      }
    })();
    this.#queue.rows += entries;
    this.#queue.bytes += bytes;
  }

  queueSize(): { rows: number; bytes: number; dropped: number } {
    return this.#queue;
  }

  alerts({ active, limit }: { active: boolean; limit: number }): AlertRecord[] {
    const rows = active
      ? this.#all(
          "SELECT record FROM alerts WHERE state IN ('unacknowledged', 'acknowledged', 'returned_unacknowledged') ORDER BY raised_ms DESC LIMIT ?",
          limit,
        )
      : this.#all('SELECT record FROM alerts ORDER BY raised_ms DESC LIMIT ?', limit);
    return rows.map((row) => JSON.parse(row.record as string));
  }

  alert(id: string): AlertRecord | null {
    const row = this.#get('SELECT record FROM alerts WHERE id = ?', id);
    return row ? JSON.parse(row.record as string) : null;
  }

  acknowledge(id: string, by: string, comment: string | null, atMs: number): AlertRecord | null {
    return this.#db.transaction(() => {
      const known = this.alert(id);
      if (!known) return null;
      const record = acknowledge(known, by, comment, atMs);
      this.#keepAlert(record);
      this.audit(atMs, by, 'acknowledge', id, comment);
      return record;
    })();
  }

  find(id: string, finding: Finding): AlertRecord | null {
    return this.#db.transaction(() => {
      const known = this.alert(id);
      if (!known) return null;
      const record = { ...known, finding };
      this.#keepAlert(record);
      this.audit(finding.atMs, finding.by, finding.finding, id, finding.comment);
      return record;
    })();
  }

  audit(atMs: number, by: string, what: string, subject: string, detail: string | null): void {
    const sql = 'INSERT INTO audit (at_ms, who, what, subject, detail) VALUES (?, ?, ?, ?, ?)';
    this.#run(sql, atMs, by, what, subject, detail);
  }

  evidenceList(): EvidenceView[] {
    return this.#all('SELECT view FROM evidence ORDER BY time_ms DESC').map((row) => JSON.parse(row.view as string));
  }

  evidence(id: string): EvidenceMessage | null {
    const row = this.#get('SELECT record FROM evidence WHERE id = ?', id);
    return row ? JSON.parse(row.record as string) : null;
  }

  evidenceDropped(): number {
    return Number(this.#get("SELECT value FROM meta WHERE key = 'evidenceDropped'")?.value ?? 0);
  }

  health(): HealthMessage[] {
    return this.#all('SELECT record FROM health ORDER BY key').map((row) => JSON.parse(row.record as string));
  }

  points(): (PointKey & { hasSpectrum: boolean })[] {
    return this.#all('SELECT key, spectrum IS NOT NULL AS has FROM points ORDER BY key').map((row) => ({
      ...pointKeyOf(row.key as string),
      hasSpectrum: row.has === 1,
    }));
  }

  spectrum(key: PointKey): Spectrum | null {
    const row = this.#get('SELECT spectrum FROM points WHERE key = ?', keyOf(key));
    return typeof row?.spectrum === 'string' ? JSON.parse(row.spectrum) : null;
  }

  ledgers(): (PointLedger & { site: string; edge: string; stored: number })[] {
    return this.#all('SELECT key, ledger, stored FROM points WHERE ledger IS NOT NULL ORDER BY key').map((row) => {
      const { site, edge } = pointKeyOf(row.key as string);
      return { ...JSON.parse(row.ledger as string), site, edge, stored: row.stored as number };
    });
  }

  unmapped(): { site: string; edge: string; counts: LedgerMessage['unmapped'] }[] {
    return this.#all('SELECT key, counts FROM unmapped ORDER BY key').map((row) => {
      const [site, edge] = (row.key as string).split('/');
      return { site, edge, counts: JSON.parse(row.counts as string) };
    });
  }

  clocks(): (Clock & { site: string; edge: string })[] {
    return this.#all('SELECT key, record FROM clocks ORDER BY key').map((row) => {
      const [site, edge] = (row.key as string).split('/');
      return { ...JSON.parse(row.record as string), site, edge };
    });
  }

  sources(): (SourceOutages & { site: string; edge: string })[] {
    return this.#all('SELECT key, record FROM sources ORDER BY key').flatMap((row) => {
      const [site, edge] = (row.key as string).split('/');
      const all: SourceOutages[] = JSON.parse(row.record as string);
      return all.map((source) => ({ ...source, site, edge }));
    });
  }

  edges(): StatusMessage[] {
    return this.#all('SELECT record FROM edges ORDER BY key').map((row) => JSON.parse(row.record as string));
  }

  close(): void {
    this.#db.close();
  }

  #take(accepted: readonly Accepted[]): Taken {
    const taken: Taken = { fresh: [], duplicates: 0, ranges: [], alerts: [] };
    let bytes = 0;
    let rows = 0;
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
        this.#run('INSERT INTO series_queue (text) VALUES (?)', `${message.kind}\n${text}`);
        bytes += message.kind.length + 1 + text.length;
        rows++;
      }
      taken.ranges = this.#seen.flush();
    })();
    this.#queue.rows += rows;
    this.#queue.bytes += bytes;
    return taken;
  }

  #keep(message: KeptMessage): AlertRecord | null {
    switch (message.kind) {
      case 'features':
        this.#keepFeatures(message.body);
        return null;
      case 'health': {
        const { site, edge, asset, timeMs } = message.body;
        this.#run(
          `INSERT INTO health (key, time_ms, record) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE
           SET time_ms = excluded.time_ms, record = excluded.record WHERE excluded.time_ms >= time_ms`,
          `${site}/${edge}/${asset}`,
          timeMs,
          JSON.stringify(message.body),
        );
        return null;
      }
      case 'alerts':
        return this.#takeAlert(message.body);
      case 'evidence':
        this.#keepEvidence(message.body);
        return null;
      case 'ledger':
        this.#keepLedger(message.body);
        return null;
      case 'status': {
        const { site, edge } = message.body;
        this.#run(
          'INSERT OR REPLACE INTO edges (key, record) VALUES (?, ?)',
          `${site}/${edge}`,
          JSON.stringify(message.body),
        );
        return null;
      }
    }
  }

  #keepFeatures(body: FeatureMessage): void {
    const { spectrum } = body;
    this.#run(
      `INSERT INTO points (key, spectrum, spectrum_ms, stored) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE
       SET stored = stored + excluded.stored,
           spectrum = CASE WHEN excluded.spectrum_ms >= coalesce(spectrum_ms, -1) THEN excluded.spectrum ELSE spectrum END,
           spectrum_ms = CASE WHEN excluded.spectrum_ms >= coalesce(spectrum_ms, -1) THEN excluded.spectrum_ms ELSE spectrum_ms END`,
      keyOf(body),
      spectrum ? JSON.stringify(spectrum) : null,
      spectrum ? spectrum.timeMs : null,
      body.values.length,
    );
  }

  #keepEvidence(body: EvidenceMessage): void {
    const record = JSON.stringify(body);
    const sql = 'INSERT OR REPLACE INTO evidence (id, time_ms, bytes, view, record) VALUES (?, ?, ?, ?, ?)';
    this.#run(sql, body.id, body.timeMs, record.length, JSON.stringify(evidenceView(body)), record);
    // The oldest go, by what all that are newer take up.
    const { changes } = this.#run(
      `DELETE FROM evidence WHERE id IN (
         SELECT id FROM (SELECT id, sum(bytes) OVER (ORDER BY time_ms DESC, id) AS upTo FROM evidence) WHERE upTo > ?)`,
      this.#limits.maxEvidenceBytes,
    );
    if (changes === 0) return;
    const dropped = String(this.evidenceDropped() + changes);
    this.#run("INSERT OR REPLACE INTO meta (key, value) VALUES ('evidenceDropped', ?)", dropped);
  }

  /** An alert that was sent again may come after a later word on it: by its outbox's sequence it is left out. */
  #takeAlert(body: AlertMessage): AlertRecord | null {
    const last = this.#get('SELECT outbox, sequence FROM alerts WHERE id = ?', body.id);
    if (last?.outbox === body.outbox && (last.sequence as number) > body.sequence) return null;
    const record = applyMessage(this.alert(body.id), body);
    this.#keepAlert(record);
    this.#run('UPDATE alerts SET outbox = ?, sequence = ? WHERE id = ?', body.outbox, body.sequence, body.id);
    return record;
  }

  #keepAlert(record: AlertRecord): void {
    this.#run(
      `INSERT INTO alerts (id, state, raised_ms, record) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
       SET state = excluded.state, raised_ms = excluded.raised_ms, record = excluded.record`,
      record.id,
      record.state,
      record.raisedAtMs,
      JSON.stringify(record),
    );
  }

  /** Ledgers are totals: the highest sequence of the newest outbox stands. */
  #keepLedger(body: LedgerMessage): void {
    for (const point of body.points) {
      this.#run(
        `INSERT INTO points (key, ledger, ledger_sequence) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE
         SET ledger = excluded.ledger, ledger_sequence = excluded.ledger_sequence
         WHERE coalesce(json_extract(ledger_sequence, '$.outbox'), '') <> json_extract(excluded.ledger_sequence, '$.outbox')
            OR json_extract(excluded.ledger_sequence, '$.sequence') > json_extract(ledger_sequence, '$.sequence')`,
        keyOf({ ...body, asset: point.asset, point: point.point }),
        JSON.stringify(point),
        JSON.stringify({ outbox: body.outbox, sequence: body.sequence }),
      );
    }
    // A ledger that was sent again may come after a later one.
    const key = `${body.site}/${body.edge}`;
    const newest = this.#get('SELECT outbox, sequence FROM ledgers WHERE key = ?', key);
    if (newest?.outbox === body.outbox && (newest.sequence as number) > body.sequence) return;
    this.#run(
      'INSERT OR REPLACE INTO ledgers (key, outbox, sequence) VALUES (?, ?, ?)',
      key,
      body.outbox,
      body.sequence,
    );
    if (body.sources) {
      const sql = 'INSERT OR REPLACE INTO sources (key, record) VALUES (?, ?)';
      this.#run(sql, key, JSON.stringify(body.sources));
    }
    for (const clock of body.clocks ?? []) {
      const sql = 'INSERT OR REPLACE INTO clocks (key, record) VALUES (?, ?)';
      this.#run(sql, `${key}/${clock.asset}`, JSON.stringify(clock));
    }
    this.#run(
      'INSERT OR REPLACE INTO unmapped (key, counts) VALUES (?, ?)',
      `${body.site}/${body.edge}`,
      JSON.stringify(body.unmapped),
    );
  }

  #dropOldest(): void {
    while (this.#queue.bytes > this.#limits.maxQueueBytes) {
      const rows = this.queued(DROP_ROWS);
      if (rows.length === 0) return;
      this.unqueue(rows[rows.length - 1].id);
      this.#queue.dropped += rows.length;
    }
    this.#run("INSERT OR REPLACE INTO meta (key, value) VALUES ('queueDropped', ?)", String(this.#queue.dropped));
  }

  #statement(sql: string): Database.Statement {
    const known = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  #run(sql: string, ...values: unknown[]): Database.RunResult {
    return this.#statement(sql).run(...values);
  }

  #get(sql: string, ...values: unknown[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined;
  }

  #all(sql: string, ...values: unknown[]): Row[] {
    return this.#statement(sql).all(...values) as Row[];
  }
}

/** Names hold no `/`. */
const keyOf = (k: PointKey) => `${k.site}/${k.edge}/${k.asset}/${k.point}`;

function pointKeyOf(key: string): PointKey {
  const [site, edge, asset, point] = key.split('/');
  return { site, edge, asset, point };
}
