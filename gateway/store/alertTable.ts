import { applyAction, applyMessage, applyTime, type Outcome, withFinding } from '#models/alerting/alarmLifecycle.ts';
import { applySuppressions } from '#models/alerting/suppression.ts';
import type { AlarmAction, AlertMessage, AlertRecord, Finding } from '#models/contracts/alert.ts';
import { machineKey } from '#models/contracts/topics.ts';
import type { AuditTable } from '../audit/auditTable.ts';
import type { DeliveryTable } from '../notify/deliveryTable.ts';
import type { Escalation } from '../notify/routing.ts';
import type { WorkOrderTable } from '../workOrders/workOrderTable.ts';
import type { AlertFilter, StandingCount } from './alertFilter.ts';
import { ACTIVE, listIndex } from './alertSchema.ts';
import { CaseTable } from './caseTable.ts';
import { createTables, type Sql } from './sql.ts';
import { type Row, Statements } from './statements.ts';
import type { SuppressionTable } from './suppressionTable.ts';

/** An alert counts as unacknowledged since it first became so. */
const UPSERT = `
  INSERT INTO alerts (id, state, raised_ms, record, arrived_ms, site, edge, asset, point, severity, fault, finding, found_ms, returned_ms, unacknowledged_ms, spectrum)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
    unacknowledged_ms = CASE WHEN alerts.state = 'unacknowledged' AND excluded.state = alerts.state THEN alerts.unacknowledged_ms ELSE excluded.unacknowledged_ms END,
    state = excluded.state, raised_ms = excluded.raised_ms, record = excluded.record, point = excluded.point,
    severity = excluded.severity, fault = excluded.fault, finding = excluded.finding, found_ms = excluded.found_ms, returned_ms = excluded.returned_ms,
    spectrum = coalesce(excluded.spectrum, alerts.spectrum)`;

/** Escalations written per pass and channel; the rest follow in the next pass. */
const MAX_ESCALATED = 100;
/** SQLite uses a partial index only for a query that names the same states. */
const TIMED = "state IN ('shelved', 'suppressed')";

/** Current machine alerts and their history. Notifications are written in the transaction that changes an alert. */
export class AlertTable {
  readonly #db: Sql;
  readonly #statements: Statements;
  readonly #deliveries: DeliveryTable;
  readonly #workOrders: WorkOrderTable;
  readonly #audit: AuditTable;
  readonly cases: CaseTable;
  readonly #suppressions: SuppressionTable;
  /** Ids of the suppressions in force at the last check. */
  #suppressing = '';
  readonly #now: () => number;

  constructor(
    db: Sql,
    deliveries: DeliveryTable,
    workOrders: WorkOrderTable,
    suppressions: SuppressionTable,
    audit: AuditTable,
    now: () => number,
  ) {
    this.#db = db;
    this.#suppressions = suppressions;
    this.#audit = audit;
    this.#deliveries = deliveries;
    this.#workOrders = workOrders;
    this.#now = now;
    createTables(
      db,
      `
      CREATE TABLE IF NOT EXISTS alerts (id TEXT PRIMARY KEY, state TEXT NOT NULL, raised_ms REAL NOT NULL, record TEXT NOT NULL, outbox TEXT, sequence INTEGER) STRICT;
      `,
    );
    this.#statements = new Statements(db);
    this.cases = new CaseTable(db);
  }

  /** Newest first, without spectra. */
  list(filter: AlertFilter): AlertRecord[] {
    const { active, limit, before } = filter;
    const conditions: [string, unknown[]][] = [
      ...(active ? [[ACTIVE, []] as [string, unknown[]]] : []),
      ...(before ? [['(raised_ms, id) < (?, ?)', [before.raisedAtMs, before.id]] as [string, unknown[]]] : []),
      ...(['site', 'edge', 'asset', 'severity'] as const).flatMap((name): [string, unknown[]][] =>
        filter[name] === undefined ? [] : [[`${name} = ?`, [filter[name]]]],
      ),
    ];
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}`;
    const values = conditions.flatMap(([, own]) => own);
    const sql = `SELECT record, case_id FROM alerts INDEXED BY ${listIndex(filter)} ${where} ORDER BY raised_ms DESC, id DESC LIMIT ?`;
    return this.#statements.all(sql, ...values, limit).map(recordOf);
  }

  /** Active alerts that have not returned, counted by machine and severity. */
  standingCounts(): StandingCount[] {
    const sql = `SELECT site, edge, asset, severity, count(*) AS n FROM alerts
      WHERE ${ACTIVE} AND returned_ms IS NULL GROUP BY 1, 2, 3, 4`;
    return this.#statements.all(sql) as unknown as StandingCount[];
  }

  /** The gateway's own alerts that have not returned, including closed ones. */
  own(): AlertRecord[] {
    const sql = "SELECT record FROM alerts WHERE point = 'liveness' AND returned_ms IS NULL";
    return this.#statements.all(sql).map((row) => JSON.parse(row.record as string));
  }

  findingCounts(): { fault: string; finding: string; n: number }[] {
    const sql = 'SELECT fault, finding, count(*) AS n FROM alerts WHERE finding IS NOT NULL GROUP BY 1, 2';
    return this.#statements.all(sql) as { fault: string; finding: string; n: number }[];
  }

  get(id: string): AlertRecord | null {
    const row = this.#statements.get('SELECT record, case_id, spectrum FROM alerts WHERE id = ?', id);
    if (row === undefined) return null;
    const record = recordOf(row);
    if (row.spectrum !== null) record.evidence.spectrum = JSON.parse(row.spectrum as string);
    return record;
  }

  /** A resent alert may arrive after a later update; it is then ignored, by its outbox's sequence. */
  take(body: AlertMessage): AlertRecord | null {
    const last = this.#statements.get('SELECT outbox, sequence FROM alerts WHERE id = ?', body.id);
    if (last?.outbox === body.outbox && (last.sequence as number) > body.sequence) return null;
    const known = this.get(body.id);
    const applied = this.#withMachine(applyMessage(known, body, this.#now()));
    const record = applySuppressions(known, applied, this.#suppressions.current(), this.#now());
    this.#change(known, record);
    const sql = 'UPDATE alerts SET outbox = ?, sequence = ? WHERE id = ?';
    this.#statements.write(sql, body.outbox, body.sequence, body.id);
    return record;
  }

  /** Raises, updates or returns one of the gateway's own alerts. */
  keepOwn(record: AlertRecord): void {
    this.#db.transaction(() => {
      const known = this.get(record.id);
      const kept = this.#withMachine(record);
      this.#change(known, applySuppressions(known, kept, this.#suppressions.current(), this.#now()));
    })();
  }

  /** Applies an operator's action; null if the alert does not exist. */
  act(id: string, action: AlarmAction, by: string, requestId?: string): Outcome<AlertRecord> | null {
    return this.#db.transaction(() => {
      const known = this.get(id);
      if (!known) return null;
      const atMs = this.#now();
      const outcome = applyAction(known, action, by, atMs, requestId);
      if (!outcome.ok || !outcome.isChanged) return outcome;
      this.#change(known, outcome.alarm);
      this.#audit.add(atMs, by, action.action, id, JSON.stringify(action));
      return outcome;
    })();
  }

  find(id: string, finding: Finding): AlertRecord | null {
    return this.#db.transaction(() => {
      const known = this.get(id);
      if (!known) return null;
      const record = withFinding(known, finding);
      this.#change(known, record);
      this.#audit.add(finding.atMs, finding.by, finding.finding, id, finding.comment);
      return record;
    })();
  }

  /** Ends expired shelving; returns the changed alerts. */
  unshelveDue(): AlertRecord[] {
    return this.#db.transaction(() => {
      const rows = this.#statements.all(`SELECT record FROM alerts WHERE ${TIMED} AND state = 'shelved'`);
      return rows.flatMap((row) => {
        const known: AlertRecord = JSON.parse(row.record as string);
        const next = applyTime(known, this.#now());
        if (next === null) return [];
        this.#change(known, next);
        this.#audit.add(this.#now(), 'time', 'unshelve', known.id, null);
        return [next];
      });
    })();
  }

  /** Suppresses or annunciates alerts as suppressions begin or end; returns the changed alerts. */
  suppressDue(): AlertRecord[] {
    const current = this.#suppressions.current();
    const suppressing = current.map((s) => s.id).join();
    if (suppressing === this.#suppressing) return [];
    const changed = this.#db.transaction(() => {
      const sites = [...new Set(current.map((s) => s.site))];
      const covered = sites.flatMap((site) =>
        this.#statements.all(`SELECT record FROM alerts WHERE ${ACTIVE} AND site = ?`, site),
      );
      const rows = [
        ...covered,
        ...this.#statements.all(`SELECT record FROM alerts WHERE ${TIMED} AND state = 'suppressed'`),
      ];
      const alerts = new Map(rows.map((row) => JSON.parse(row.record as string)).map((a: AlertRecord) => [a.id, a]));
      return [...alerts.values()].flatMap((known) => {
        const next = applySuppressions(known, known, current, this.#now());
        if (next === known) return [];
        this.#change(known, next);
        return [next];
      });
    })();
    this.#suppressing = suppressing;
    return changed;
  }

  /**
   * Notifies channels of alerts that stay unacknowledged for longer than they allow: once, or repeatedly.
   * @returns the number of alerts deferred to the next call.
   */
  escalate(escalations: readonly Escalation[]): number {
    return escalations.reduce((left, escalation) => left + this.#escalate(escalation), 0);
  }

  #escalate({ channel, afterMs, againMs }: Escalation): number {
    const sql = `SELECT record FROM alerts AS a WHERE state = 'unacknowledged' AND unacknowledged_ms <= ? AND NOT EXISTS (
      SELECT 1 FROM deliveries AS d WHERE d.channel = ? AND d.alert = a.id AND d.event = 'unacknowledged' AND d.created_ms > ?)`;
    const nowMs = this.#now();
    const sinceMs = againMs === null ? -1 : nowMs - againMs;
    return this.#db.transaction(() => {
      const due = this.#statements.all(sql, nowMs - afterMs, channel, sinceMs);
      let written = 0;
      for (const [looked, row] of due.entries()) {
        if (written >= MAX_ESCALATED) return due.length - looked;
        const alert: AlertRecord = JSON.parse(row.record as string);
        if (!this.#deliveries.concerns(channel, 'unacknowledged', alert)) continue;
        this.#deliveries.enqueue('unacknowledged', alert, [channel]);
        written++;
      }
      return 0;
    })();
  }

  #change(known: AlertRecord | null, record: AlertRecord): void {
    const nowMs = this.#now();
    const { spectrum, ...evidence } = record.evidence;
    this.#statements.write(
      UPSERT,
      record.id,
      record.state,
      record.raisedAtMs,
      JSON.stringify({ ...record, evidence }),
      nowMs,
      record.site,
      record.edge,
      record.asset,
      record.point,
      record.severity,
      record.evidence.diagnosis.fault,
      record.finding?.finding ?? null,
      record.finding?.atMs ?? null,
      record.returnedAtMs,
      record.state === 'unacknowledged' ? nowMs : null,
      spectrum === undefined ? null : JSON.stringify(spectrum),
    );
    if (known === null) record.case = this.cases.assign(record);
    this.#deliveries.changed(known, record);
    this.#workOrders.changed(known, record);
  }

  /** An alert with its machine's kind and location, used for routing. */
  #withMachine(record: AlertRecord): AlertRecord {
    if (record.kind !== undefined) return record;
    const row = this.#statements.get(
      "SELECT record ->> '$.kind' AS kind, record ->> '$.area' AS area, record ->> '$.line' AS line FROM health WHERE key = ?",
      machineKey(record),
    );
    if (row === undefined) return record;
    const known = Object.entries(row).filter((entry): entry is [string, string] => entry[1] !== null);
    return { ...record, ...Object.fromEntries(known) };
  }
}

/** A record as stored: the case is a separate column, because an event may absorb an earlier single alert. */
function recordOf(row: Row): AlertRecord {
  const record: AlertRecord = JSON.parse(row.record as string);
  return row.case_id === null ? record : { ...record, case: row.case_id as string };
}
