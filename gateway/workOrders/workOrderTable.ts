import { notificationEvents } from '#models/alerting/notificationEvent.ts';
import type { WorkOrderDecision } from '#models/alerting/workOrderRule.ts';
import type { AlertRecord } from '#models/contracts/alert.ts';
import type { Role } from '#models/contracts/identity.ts';
import { machineKey } from '#models/contracts/topics.ts';
import { openWorkOrderStates, type WorkOrder, type WorkOrderState } from '#models/contracts/workOrder.ts';
import type { AuditTable } from '../audit/auditTable.ts';
import type { OfMachine } from '../identity/places.ts';
import { createTables, type Sql } from '../store/sql.ts';
import { type Row, Statements } from '../store/statements.ts';

/** Decides whether an alert creates an order, and by whose decision; null for none. */
export type DecideOrder = (alert: AlertRecord) => (WorkOrderDecision & { currency: string }) | null;

/** The person who decides on an order. `role` is null if the gateway has no sign-in. */
export interface Decider {
  by: string;
  role: Role | null;
}

const OPEN = `state IN (${openWorkOrderStates.map((state) => `'${state}'`).join(', ')})`;
/** Alert changes that require work on the machine. */
const CALLS_FOR_WORK = new Set(['raised', 'escalated', 'reopened', 'unshelved', 'unsuppressed']);

/**
 * Work orders as rows of the database that holds the alerts: an order is created or withdrawn in the transaction that
 * changes its alert. A machine has at most one open order; further alerts create none.
 */
export class WorkOrderTable {
  readonly #db: Sql;
  readonly #statements: Statements;
  readonly #audit: AuditTable;
  readonly #decide: DecideOrder;
  readonly #now: () => number;
  /** Created or changed orders that have not been published yet. */
  readonly #changed = new Set<string>();

  constructor(db: Sql, audit: AuditTable, decide: DecideOrder, now: () => number) {
    createTables(
      db,
      `
      CREATE TABLE IF NOT EXISTS work_orders (
        id INTEGER PRIMARY KEY AUTOINCREMENT, machine TEXT NOT NULL, site TEXT NOT NULL, alert TEXT NOT NULL, state TEXT NOT NULL,
        record TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_ms REAL NOT NULL
      ) STRICT;
      CREATE INDEX IF NOT EXISTS work_orders_due ON work_orders (state, next_ms);
      CREATE INDEX IF NOT EXISTS work_orders_open ON work_orders (machine) WHERE ${OPEN};
    `,
    );
    this.#db = db;
    this.#statements = new Statements(db);
    this.#audit = audit;
    this.#decide = decide;
    this.#now = now;
  }

  /** Creates, upgrades or withdraws an order after a change of an alert; call it in the transaction of the change. */
  changed(before: AlertRecord | null, after: AlertRecord): void {
    const open = this.#openOf(machineKey(after));
    if (open?.alert === after.id && (after.closed !== undefined || after.returnedAtMs !== null)) {
      if (!isWithSystem(open)) this.#move(open, 'withdrawn', {}, 'alert', 'the alert has ended');
      return;
    }
    if (after.audience === 'integrator' || after.returnedAtMs !== null) return;
    const calls = notificationEvents(before, after).some((event) => CALLS_FOR_WORK.has(event));
    if (!calls) return;
    const isRepairNeeded = open?.task === 'inspect' && after.severity === 'critical';
    if (open !== null && (isWithSystem(open) || !isRepairNeeded)) return;
    const decision = this.#decide(after);
    if (decision === null) return;
    if (open !== null) this.#move(open, 'withdrawn', {}, 'alert', 'replaced by a repair');
    this.#make(after, decision);
  }

  /** Newest first; of one site, or of all. */
  list(state: 'open' | 'all', limit: number, site?: string, machine?: OfMachine): WorkOrder[] {
    const of = [
      ...(site === undefined ? [] : [['site = ?', site]]),
      ...(machine === undefined ? [] : [['machine = ?', machineKey(machine)]]),
    ];
    const conditions = [...(state === 'open' ? [OPEN] : []), ...of.map(([sql]) => sql)];
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const sql = `SELECT * FROM work_orders ${where} ORDER BY id DESC LIMIT ?`;
    return this.#statements.all(sql, ...of.map(([, value]) => value), limit).map(orderOf);
  }

  get(id: string): WorkOrder | null {
    const row = this.#statements.get('SELECT * FROM work_orders WHERE id = ?', Number(id));
    return row === undefined ? null : orderOf(row);
  }

  counts(): { state: WorkOrderState; n: number }[] {
    const sql = 'SELECT state, count(*) AS n FROM work_orders GROUP BY state';
    return this.#statements.all(sql) as { state: WorkOrderState; n: number }[];
  }

  /**
   * Applies a person's decision on a proposed order, or retries a failed one. Returns a fault if the order or the
   * person does not allow it; null if the order does not exist.
   */
  decide(id: string, what: 'approve' | 'reject', { by, role }: Decider, reason: string | null) {
    return this.#db.transaction((): WorkOrder | { fault: string } | null => {
      const order = this.get(id);
      if (order === null) return null;
      const isRetry = order.state === 'failed' && what === 'approve';
      if (order.state !== 'proposed' && !isRetry) return { fault: `the order is ${order.state}` };
      if (role !== null && role !== 'administrator' && !order.approvers.includes(role))
        return { fault: `an order of ${order.amount} ${order.currency} needs ${whoMay(order.approvers)}` };
      const decided = { decidedBy: by, decidedMs: this.#now(), reason };
      return this.#move(order, what === 'approve' ? 'approved' : 'rejected', decided, by, reason);
    })();
  }

  /** Orders created or changed since the last call. */
  drainChanged(): WorkOrder[] {
    const ids = [...this.#changed];
    this.#changed.clear();
    return ids.flatMap((id) => this.get(id) ?? []);
  }

  /** Orders due to be sent to the maintenance system, oldest first. */
  due = (limit: number) => this.#dueIn('approved', limit);
  /** Sent orders, whose status is due to be polled. */
  toFollow = (limit: number) => this.#dueIn('sent', limit);

  /**
   * Records the maintenance system's acceptance, whatever has become of the alert since. @param nextMs when to poll its
   * status.
   */
  sent(order: WorkOrder, externalId: string, nextMs: number): void {
    this.#db.transaction(() => this.#move(order, 'sent', { externalId, error: null }, 'system', externalId, nextMs))();
  }

  /**
   * Records a failed attempt: it is retried, or, with null, a person must decide. A withdrawn order stays withdrawn.
   */
  failed(order: WorkOrder, error: string, nextMs: number | null): void {
    this.#db.transaction(() => {
      if (this.get(order.id)?.state !== order.state) return;
      const next = { ...order, error: error.slice(0, 500) };
      if (nextMs === null) this.#move(next, 'failed', {}, 'system', next.error);
      else this.#keep(next, nextMs);
    })();
  }

  /** Records the maintenance system's status; an unchanged order is polled again at `nextMs`. */
  followed(order: WorkOrder, externalStatus: string, isOver: boolean, nextMs: number): void {
    this.#db.transaction(() => {
      const next = { ...order, externalStatus, error: null };
      if (isOver) this.#move(next, 'done', {}, 'system', externalStatus);
      else this.#keep(next, nextMs);
    })();
  }

  /** Failed attempts in the order's present state. */
  attempts(order: WorkOrder): number {
    return this.#statements.get('SELECT attempts FROM work_orders WHERE id = ?', Number(order.id))?.attempts as number;
  }

  #make(alert: AlertRecord, { task, amount, currency, isAutomatic, approvers }: NonNullable<ReturnType<DecideOrder>>) {
    const nowMs = this.#now();
    const record: Omit<WorkOrder, 'id'> = {
      alert: alert.id,
      site: alert.site,
      edge: alert.edge,
      asset: alert.asset,
      ...(alert.area !== undefined && { area: alert.area }),
      ...(alert.line !== undefined && { line: alert.line }),
      severity: alert.severity,
      text: alert.text,
      task,
      amount,
      currency,
      state: isAutomatic ? 'approved' : 'proposed',
      approvers: [...approvers],
      createdMs: nowMs,
      decidedBy: isAutomatic ? 'policy' : null,
      decidedMs: isAutomatic ? nowMs : null,
      reason: null,
      externalId: null,
      externalStatus: null,
      error: null,
    };
    const sql = 'INSERT INTO work_orders (machine, site, alert, state, record, next_ms) VALUES (?, ?, ?, ?, ?, ?)';
    const machine = machineKey(alert);
    const made = this.#statements.run(sql, machine, alert.site, alert.id, record.state, JSON.stringify(record), nowMs);
    const id = String(made.lastInsertRowid);
    this.#changed.add(id);
    this.#audit.add(nowMs, 'policy', `work_order_${record.state}`, id, alert.id);
  }

  #move(
    order: WorkOrder,
    state: WorkOrderState,
    change: Partial<WorkOrder>,
    by: string,
    detail: string | null,
    nextMs = this.#now(),
  ): WorkOrder {
    const { id, ...record } = { ...order, ...change, state };
    const sql = 'UPDATE work_orders SET state = ?, record = ?, attempts = 0, next_ms = ? WHERE id = ?';
    this.#statements.run(sql, state, JSON.stringify(record), nextMs, Number(id));
    this.#changed.add(id);
    this.#audit.add(this.#now(), by, `work_order_${state}`, id, detail);
    return { ...record, id };
  }

  #keep({ id, ...record }: WorkOrder, nextMs: number): void {
    const sql = `UPDATE work_orders SET record = ?, next_ms = ?, attempts = ${record.error === null ? '0' : 'attempts + 1'} WHERE id = ?`;
    this.#statements.run(sql, JSON.stringify(record), nextMs, Number(id));
    this.#changed.add(id);
  }

  #openOf(machine: string): WorkOrder | null {
    const row = this.#statements.get(`SELECT * FROM work_orders WHERE machine = ? AND ${OPEN}`, machine);
    return row === undefined ? null : orderOf(row);
  }

  #dueIn(state: WorkOrderState, limit: number): WorkOrder[] {
    const sql = 'SELECT * FROM work_orders WHERE state = ? AND next_ms <= ? ORDER BY id LIMIT ?';
    return this.#statements.all(sql, state, this.#now(), limit).map(orderOf);
  }
}

/** Whether the maintenance system has, or may have, the order: an attempt without a response may have succeeded. */
const isWithSystem = ({ state, error }: WorkOrder) => state === 'sent' || (state === 'approved' && error !== null);

const whoMay = (roles: readonly Role[]) => ['administrator', ...roles].join(' or ');

const orderOf = (row: Row): WorkOrder => ({ ...JSON.parse(row.record as string), id: String(row.id) });
