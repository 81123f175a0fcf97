import type { AlarmAction, AlertRecord, Finding } from '#models/contracts/alert.ts';
import type { HealthMessage } from '#models/contracts/health.ts';
import type { KeptMessage } from '#models/contracts/message.ts';
import type { StatusMessage } from '#models/contracts/status.ts';
import type { Suppression, SuppressionRequest } from '#models/contracts/suppression.ts';
import { machineKey } from '#models/contracts/topics.ts';
import type { Arrivals } from '../alerts/liveness.ts';
import { type AuditFilter, AuditTable } from '../audit/auditTable.ts';
import type { SeriesRow } from '../historian/historian.ts';
import type { OfMachine } from '../identity/places.ts';
import { DeliveryTable } from '../notify/deliveryTable.ts';
import type { Escalation, Routing } from '../notify/routing.ts';
import { type DecideOrder, WorkOrderTable } from '../workOrders/workOrderTable.ts';
import type { AlertFilter } from './alertFilter.ts';
import { ALERT_COLUMNS } from './alertSchema.ts';
import { AlertStatistics, ARRIVAL_INDEX, JUDGED_INDEX } from './alertStatistics.ts';
import { AlertTable } from './alertTable.ts';
import { type Attached, AttachmentTable, type NewAttachment } from './attachmentTable.ts';
import { CASE_INDEXES, type CaseFilter } from './caseTable.ts';
import { EvidenceTable } from './evidenceTable.ts';
import { migrate } from './migrate.ts';
import { openState } from './openState.ts';
import { PointTables } from './pointTables.ts';
import type { Place } from './postgres/postgresSettings.ts';
import type { Retained } from './retention.ts';
import { originOf, SeenLog } from './seenLog.ts';
import { SeriesQueue } from './seriesQueue.ts';
import { createTables, type Sql } from './sql.ts';
import { Statements } from './statements.ts';
import type { Accepted, PointKey, Refused, Store, TakeResult } from './store.ts';
import { SuppressionTable } from './suppressionTable.ts';

const MAX_SET_ASIDE = 1000;
/** Number of the gateway's own rows per queue entry. */
const ROWS_QUEUED = 200;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS health (key TEXT PRIMARY KEY, time_ms REAL NOT NULL, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS edges (key TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS set_aside (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms REAL NOT NULL, topic TEXT NOT NULL, refusal TEXT NOT NULL, detail TEXT NOT NULL, payload BLOB NOT NULL
  ) STRICT;
`;

/** Schema migrations; released ones are never changed. */
export const STORE_MIGRATIONS = [
  `ALTER TABLE health ADD COLUMN outbox TEXT;
   ALTER TABLE health ADD COLUMN sequence INTEGER;
   ALTER TABLE health ADD COLUMN arrived_ms REAL NOT NULL DEFAULT 0;
   ALTER TABLE health ADD COLUMN gaps TEXT NOT NULL DEFAULT '[]';
   ALTER TABLE points ADD COLUMN spectrum_outbox TEXT;
   ALTER TABLE points ADD COLUMN spectrum_sequence INTEGER;
   ALTER TABLE alerts ADD COLUMN arrived_ms REAL NOT NULL DEFAULT 0;
   CREATE TABLE edge_arrivals (key TEXT PRIMARY KEY, at_ms REAL NOT NULL) STRICT, WITHOUT ROWID;`,
  ALERT_COLUMNS,
  CASE_INDEXES,
  ARRIVAL_INDEX,
  'ALTER TABLE points ADD COLUMN unit TEXT;',
  JUDGED_INDEX,
];
const FORGET: Record<Retained, string> = {
  alerts:
    "DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE state = 'normal' AND raised_ms < ? ORDER BY raised_ms LIMIT ?)",
  evidence: 'DELETE FROM evidence WHERE id IN (SELECT id FROM evidence WHERE time_ms < ? ORDER BY time_ms LIMIT ?)',
};
/** Number of latest intervals between a machine's health messages; their median is the usual interval. */
const GAPS = 5;

export interface StoreSettings {
  maxQueueBytes: number;
  maxEvidenceBytes: number;
  /** Recipients of notifications. */
  routing: Routing;
  /** Alerts that create a work order; absent for none. */
  decideOrder?: DecideOrder | undefined;
  now: () => number;
}

/** A gateway's store in one SQLite file, `gateway.db`, or in a schema of PostgreSQL. */
export class SqliteStore implements Store {
  readonly #db: Sql;
  readonly #statements: Statements;
  readonly #seen: SeenLog;
  readonly #queue: SeriesQueue;
  readonly #alerts: AlertTable;
  readonly statistics: AlertStatistics;
  readonly #audit: AuditTable;
  readonly #suppressions: SuppressionTable;
  readonly #evidence: EvidenceTable;
  readonly #points: PointTables;
  readonly #now: () => number;
  readonly deliveries: DeliveryTable;
  readonly workOrders: WorkOrderTable;
  readonly attachments: AttachmentTable;

  /** @throws Error if a newer version has written the file. */
  constructor(place: Place, settings: StoreSettings) {
    const { maxQueueBytes, maxEvidenceBytes, routing, decideOrder = () => null, now } = settings;
    this.#db = openState(place, 'gateway.db', STORE_MIGRATIONS);
    createTables(this.#db, SCHEMA);
    this.#statements = new Statements(this.#db);
    this.#seen = new SeenLog(this.#db);
    this.#queue = new SeriesQueue(this.#db, maxQueueBytes);
    this.#now = now;
    this.deliveries = new DeliveryTable(this.#db, routing, now);
    this.#suppressions = new SuppressionTable(this.#db, now);
    this.#audit = new AuditTable(this.#db);
    this.workOrders = new WorkOrderTable(this.#db, this.#audit, decideOrder, now);
    this.#alerts = new AlertTable(this.#db, this.deliveries, this.workOrders, this.#suppressions, this.#audit, now);
    this.attachments = new AttachmentTable(this.#db);
    this.statistics = new AlertStatistics(this.#db);
    this.#evidence = new EvidenceTable(this.#db, maxEvidenceBytes);
    this.#points = new PointTables(this.#db);
    migrate(this.#db, 'gateway.db', STORE_MIGRATIONS);
  }

  take(accepted: readonly Accepted[]): TakeResult {
    // Before the transaction: a failure here is retried with the entire batch.
    this.#queue.makeRoom();
    try {
      return this.#take(accepted);
    } catch (error) {
      // The transaction was rolled back, so the state in memory must match the disk again.
      this.#seen.reload();
      throw error;
    }
  }

  setAside(refused: readonly Refused[]): void {
    this.#db.transaction(() => {
      for (const { topic, refusal, detail, payload, atMs } of refused) {
        const sql = 'INSERT INTO set_aside (at_ms, topic, refusal, detail, payload) VALUES (?, ?, ?, ?, ?)';
        this.#statements.write(sql, atMs, topic.slice(0, 200), refusal, detail, Buffer.from(payload));
      }
      const sql = 'DELETE FROM set_aside WHERE id <= (SELECT max(id) FROM set_aside) - ?';
      this.#statements.write(sql, MAX_SET_ASIDE);
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

  alerts = (filter: AlertFilter) => this.#alerts.list(filter);
  alert = (id: string) => this.#alerts.get(id);
  alertCases = (filter: CaseFilter) => this.#alerts.cases.list(filter);
  alertCase = (id: string) => this.#alerts.cases.get(id);
  alertsOfCase = (id: string, limit: number) =>
    this.#alerts.cases.members(id, limit).flatMap((member) => this.#alerts.get(member) ?? []);
  standingAlerts = () => this.#alerts.standingCounts();
  ownAlerts = () => this.#alerts.own();
  findingCounts = () => this.#alerts.findingCounts();
  act = (id: string, action: AlarmAction, by: string, requestId?: string) =>
    this.#alerts.act(id, action, by, requestId);
  find = (id: string, finding: Finding) => this.#alerts.find(id, finding);
  keepOwnAlert = (record: AlertRecord) => this.#alerts.keepOwn(record);
  changeDue = () => [...this.#alerts.unshelveDue(), ...this.#alerts.suppressDue()];
  suppressions = (state: 'open' | 'all', limit: number) =>
    state === 'open' ? this.#suppressions.open().slice(0, limit) : this.#suppressions.all(limit);
  escalate = (escalations: readonly Escalation[]) => this.#alerts.escalate(escalations);
  audit = (atMs: number, by: string, what: string, subject: string, detail: string | null) =>
    this.#db.transaction(() => this.#audit.add(atMs, by, what, subject, detail))();
  auditLog = (after: number, limit: number) => ({
    head: this.#audit.head(),
    entries: this.#audit.list(after, limit),
  });
  findAudit = (filter: AuditFilter, before: number | null, limit: number) => ({
    head: this.#audit.head(),
    ...this.#audit.find(filter, before, limit),
  });

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

  areaOf(machine: OfMachine): string | undefined {
    const sql = "SELECT record ->> '$.area' AS area FROM health WHERE key = ?";
    return (this.#statements.get(sql, machineKey(machine))?.area ?? undefined) as string | undefined;
  }

  machinesOf(site: string, area: string): OfMachine[] {
    const sql = `SELECT record ->> '$.site' AS site, record ->> '$.edge' AS edge, record ->> '$.asset' AS asset FROM health
      WHERE record ->> '$.site' = ? AND record ->> '$.area' = ?`;
    return this.#statements.all(sql, site, area) as unknown as OfMachine[];
  }

  arrivals(): Arrivals {
    const edges = this.#statements.all('SELECT key, at_ms FROM edge_arrivals');
    const machines = this.#statements.all('SELECT key, arrived_ms, gaps FROM health');
    return {
      edges: new Map(edges.map((row) => [row.key as string, row.at_ms as number])),
      machines: new Map(
        machines.map((row) => {
          const gaps: number[] = JSON.parse(row.gaps as string);
          const intervalMs = gaps.length < GAPS ? 0 : gaps.toSorted((a, b) => a - b)[GAPS >> 1];
          return [row.key as string, { atMs: row.arrived_ms as number, intervalMs }];
        }),
      ),
    };
  }

  edges(): StatusMessage[] {
    const rows = this.#statements.all('SELECT record FROM edges ORDER BY key');
    return rows.map((row) => JSON.parse(row.record as string));
  }

  attach(file: NewAttachment, content: Buffer): Attached | null {
    return this.#db.transaction(() => {
      if (this.#alerts.get(file.alert) === null) return null;
      const added = this.attachments.add(file, content);
      if ('fault' in added || !added.isNew) return added;
      this.#alerts.act(file.alert, { action: 'comment', text: `attached ${file.name}` }, file.by);
      return added;
    })();
  }

  suppress(request: SuppressionRequest): Suppression | { fault: string } {
    return this.#db.transaction(() => {
      const made = this.#suppressions.add(request);
      if (!('fault' in made)) this.audit(this.#now(), request.by, 'suppress', made.id, JSON.stringify(made));
      return made;
    })();
  }

  endSuppression(id: string, by: string): Suppression | null {
    return this.#db.transaction(() => {
      const ended = this.#suppressions.end(id, by);
      if (ended !== null) this.audit(this.#now(), by, 'unsuppress', id, null);
      return ended;
    })();
  }

  /** Deletes only alerts that have ended; active ones are kept, whatever their age. */
  forget(kind: Retained, beforeMs: number, rows: number): number {
    return this.#statements.run(FORGET[kind], beforeMs, rows).changes;
  }

  close(): void {
    this.#db.close();
  }

  #take(accepted: readonly Accepted[]): TakeResult {
    const committed: TakeResult = { fresh: [], duplicates: 0, ranges: [], alerts: [] };
    let [entries, bytes] = [0, 0];
    const arrived = new Set<string>();
    const bodies = accepted.flatMap(({ message }) => (message.kind === 'status' ? [] : [message.body]));
    this.#db.transaction(() => {
      this.#seen.refresh([...new Set(bodies.map(originOf))]);
      for (const { message, text } of accepted) {
        if (message.kind !== 'status' && !this.#seen.add(message.body)) {
          committed.duplicates++;
          continue;
        }
        committed.fresh.push(message);
        if (message.kind !== 'status') arrived.add(`${message.body.site}/${message.body.edge}`);
        const alert = this.#keep(message);
        if (alert) committed.alerts.push(alert);
        if (message.kind === 'status' || message.kind === 'ledger' || message.kind === 'evidence') continue;
        const entry = `${message.kind}\n${text}`;
        this.#queue.write(entry);
        entries++;
        bytes += entry.length;
      }
      const sql = 'INSERT OR REPLACE INTO edge_arrivals (key, at_ms) VALUES (?, ?)';
      for (const edge of arrived) this.#statements.write(sql, edge, this.#now());
      committed.ranges = this.#seen.flush();
    })();
    this.#queue.added(entries, bytes);
    return committed;
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

  /** The highest sequence is the latest; a new outbox of the edge starts again. Clocks are not used. */
  #keepHealth(body: HealthMessage): void {
    const key = machineKey(body);
    const known = this.#statements.get('SELECT outbox, sequence, arrived_ms, gaps FROM health WHERE key = ?', key);
    const nowMs = this.#now();
    const gaps: number[] = known === undefined ? [] : JSON.parse(known.gaps as string);
    const since = nowMs - ((known?.arrived_ms as number) || nowMs);
    const newGaps = JSON.stringify((since > 0 ? [...gaps, since] : gaps).slice(-GAPS));
    if (known?.outbox === body.outbox && (known.sequence as number) > body.sequence) {
      this.#statements.write('UPDATE health SET arrived_ms = ?, gaps = ? WHERE key = ?', nowMs, newGaps, key);
      return;
    }
    this.#statements.write(
      `INSERT OR REPLACE INTO health (key, time_ms, record, outbox, sequence, arrived_ms, gaps) VALUES (?, ?, ?, ?, ?, ?, ?)`,
      key,
      body.timeMs,
      JSON.stringify(body),
      body.outbox,
      body.sequence,
      nowMs,
      newGaps,
    );
  }

  #keepStatus(body: StatusMessage): void {
    const sql = 'INSERT OR REPLACE INTO edges (key, record) VALUES (?, ?)';
    this.#statements.write(sql, `${body.site}/${body.edge}`, JSON.stringify(body));
  }
}
