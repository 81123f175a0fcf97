import type {
  ForecastOverride,
  ForecastOverrideRequest,
  OrderDecision,
  OrderDecisionRequest,
} from '#models/contracts/planDecision.ts';
import type { Sql } from '../store/sql.ts';
import { type Row, Statements } from '../store/statements.ts';

/** Migration of `planning.db` that adds decisions and overrides. */
export const DECISION_SCHEMA = `
  CREATE TABLE order_decisions (id INTEGER PRIMARY KEY AUTOINCREMENT, item TEXT NOT NULL, site TEXT NOT NULL, state TEXT NOT NULL, record TEXT NOT NULL) STRICT;
  CREATE INDEX order_decisions_current ON order_decisions (item, site) WHERE state IN ('open', 'ordered');
  CREATE TABLE forecast_overrides (id INTEGER PRIMARY KEY AUTOINCREMENT, item TEXT NOT NULL, site TEXT NOT NULL, until TEXT NOT NULL, withdrawn INTEGER NOT NULL, record TEXT NOT NULL) STRICT;`;

/** Migration that adds requisition states: a separate table, because plans store decisions from their own thread. */
export const REQUISITION_SCHEMA =
  'CREATE TABLE order_requisitions (decision INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT;';

const CURRENT = "state IN ('open', 'ordered')";
const DECISIONS =
  'SELECT d.*, r.record AS requisition FROM order_decisions d LEFT JOIN order_requisitions r ON r.decision = d.id';

/** Planners' decisions on orders and forecasts, in `planning.db`. Nothing is deleted: a decision changes its state. */
export class DecisionTable {
  readonly #db: Sql;
  readonly #statements: Statements;

  constructor(db: Sql) {
    this.#db = db;
    this.#statements = new Statements(db);
  }

  /**
   * Stores a new decision; it replaces an open one of the same item and site, and for a transfer also of the same
   * sender.
   * @param plan the proposed order, and the orders open at the time.
   */
  decide(
    { item, site, by, decision }: OrderDecisionRequest,
    plan: { proposed: number; openOrders: string[] },
    atMs: number,
  ): OrderDecision {
    return this.#db.transaction(() => {
      const from = 'from' in decision ? decision.from : undefined;
      for (const open of this.current(item, site).filter((d) => d.state === 'open' && d.from === from))
        this.keep([{ ...open, state: 'replaced', updatedAtMs: atMs }]);
      const made: Omit<OrderDecision, 'id'> = {
        item,
        site,
        action: decision.action,
        ...(from !== undefined && { from }),
        quantity: decision.action === 'delay' ? null : decision.quantity,
        until: decision.action === 'delay' ? decision.until : null,
        proposed: plan.proposed,
        reason: decision.reason ?? null,
        by,
        decidedAtMs: atMs,
        updatedAtMs: atMs,
        state: 'open',
        order: null,
        ordersBefore: plan.openOrders,
      };
      const sql = "INSERT INTO order_decisions (item, site, state, record) VALUES (?, ?, 'open', ?)";
      const { lastInsertRowid } = this.#statements.run(sql, item, site, JSON.stringify(made));
      return { ...made, id: String(lastInsertRowid) };
    })();
  }

  /** Withdraws a decision that no purchase order fulfils yet; null if there is none. */
  withdraw(id: string, atMs: number): OrderDecision | null {
    return this.#db.transaction(() => {
      const row = this.#statements.get(`${DECISIONS} WHERE d.id = ? AND state = 'open'`, Number(id));
      if (row === undefined) return null;
      const withdrawn: OrderDecision = { ...decisionOf(row), state: 'withdrawn', updatedAtMs: atMs };
      this.keep([withdrawn]);
      return withdrawn;
    })();
  }

  /** Accepted orders that no purchase order carries out and whose requisition is due to be sent, oldest first. */
  toRequest(nowMs: number, most: number): OrderDecision[] {
    const isDue = ({ requisition: r }: OrderDecision) => r === undefined || (r.nextMs !== null && r.nextMs <= nowMs);
    return this.current()
      .filter((d) => d.action === 'accept' && d.state === 'open' && isDue(d))
      .slice(0, most);
  }

  /** Records the state of a requisition. */
  requested(id: string, requisition: NonNullable<OrderDecision['requisition']>): void {
    const sql =
      'INSERT INTO order_requisitions (decision, record) VALUES (?, ?) ON CONFLICT (decision) DO UPDATE SET record = excluded.record';
    this.#statements.run(sql, Number(id), JSON.stringify(requisition));
  }

  /** Marks an accepted transfer as received, if the purchases do not list transfers; null if there is none. */
  receive(id: string, atMs: number): OrderDecision | null {
    return this.#db.transaction(() => {
      const known = this.decision(id);
      if (known?.action !== 'accept_transfer' || (known.state !== 'open' && known.state !== 'ordered')) return null;
      const received: OrderDecision = { ...known, state: 'received', updatedAtMs: atMs };
      this.keep([received]);
      return received;
    })();
  }

  keep(decisions: readonly OrderDecision[]): void {
    const sql = 'UPDATE order_decisions SET state = ?, record = ? WHERE id = ?';
    for (const { id, requisition: _, ...record } of decisions)
      this.#statements.run(sql, record.state, JSON.stringify(record), Number(id));
  }

  decision(id: string): OrderDecision | null {
    const row = this.#statements.get(`${DECISIONS} WHERE d.id = ?`, Number(id));
    return row === undefined ? null : decisionOf(row);
  }

  /** Decisions in progress, oldest first: those of an item at a site, or all. */
  current(item?: string, site?: string): OrderDecision[] {
    const sql = `${DECISIONS} WHERE ${CURRENT} AND (CAST(? AS TEXT) IS NULL OR (item = ? AND site = ?)) ORDER BY d.id`;
    return this.#statements.all(sql, item ?? null, item ?? null, site ?? null).map(decisionOf);
  }

  /** Newest first. */
  all(limit: number): OrderDecision[] {
    return this.#statements.all(`${DECISIONS} ORDER BY d.id DESC LIMIT ?`, limit).map(decisionOf);
  }

  override(
    { item, site, by, from, to, factor, quantity, reason }: ForecastOverrideRequest,
    atMs: number,
  ): ForecastOverride {
    const made: Omit<ForecastOverride, 'id'> = {
      item,
      site,
      from,
      to,
      factor: factor ?? null,
      quantity: quantity ?? null,
      reason,
      by,
      atMs,
      withdrawn: null,
    };
    const sql = 'INSERT INTO forecast_overrides (item, site, until, withdrawn, record) VALUES (?, ?, ?, 0, ?)';
    const { lastInsertRowid } = this.#statements.run(sql, item, site, to, JSON.stringify(made));
    return { ...made, id: String(lastInsertRowid) };
  }

  withdrawOverride(id: string, by: string, atMs: number): ForecastOverride | null {
    const row = this.#statements.get('SELECT * FROM forecast_overrides WHERE id = ? AND withdrawn = 0', Number(id));
    if (row === undefined) return null;
    const { id: rowId, ...record } = { ...overrideOf(row), withdrawn: { atMs, by } };
    const sql = 'UPDATE forecast_overrides SET withdrawn = 1, record = ? WHERE id = ?';
    this.#statements.run(sql, JSON.stringify(record), Number(rowId));
    return { id: rowId, ...record };
  }

  forecastOverride(id: string): ForecastOverride | null {
    const row = this.#statements.get('SELECT * FROM forecast_overrides WHERE id = ?', Number(id));
    return row === undefined ? null : overrideOf(row);
  }

  /** Overrides that apply on a day or later, newest first. */
  overridesFrom(day: string): ForecastOverride[] {
    const sql = 'SELECT * FROM forecast_overrides WHERE withdrawn = 0 AND until >= ? ORDER BY id DESC';
    return this.#statements.all(sql, day).map(overrideOf);
  }

  /** Newest first, including withdrawn ones. */
  overrides(limit: number): ForecastOverride[] {
    return this.#statements.all('SELECT * FROM forecast_overrides ORDER BY id DESC LIMIT ?', limit).map(overrideOf);
  }
}

const decisionOf = ({ id, record, requisition }: Row): OrderDecision => ({
  ...JSON.parse(record as string),
  id: String(id),
  ...(typeof requisition === 'string' && { requisition: JSON.parse(requisition) }),
});
const overrideOf = ({ id, record }: Row): ForecastOverride => ({ ...JSON.parse(record as string), id: String(id) });
