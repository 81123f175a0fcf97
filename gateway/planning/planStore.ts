import type { PlanAlert, PlanItem, PlanSeries, PlanSummary } from '#models/contracts/plan.ts';
import type { OrderDecision, PlanException } from '#models/contracts/planDecision.ts';
import { groupedBy } from '#models/groupedBy.ts';
import { placeKey } from '#models/planning/placeKey.ts';
import { openExceptions, planExceptions } from '#models/planning/planExceptions.ts';
import { NO_MEMORY, type PlanMemory } from '#models/planning/planMemory.ts';
import type { SupplyPlan } from '#models/planning/planSupply.ts';
import type { SupplierScore } from '#models/planning/suppliers.ts';
import { DeliveryTable } from '../notify/deliveryTable.ts';
import type { Routing } from '../notify/routing.ts';
import { migrate } from '../store/migrate.ts';
import { openState } from '../store/openState.ts';
import type { Place } from '../store/postgres/postgresSettings.ts';
import type { Sql } from '../store/sql.ts';
import { DECISION_SCHEMA, DecisionTable, REQUISITION_SCHEMA } from './decisionTable.ts';
import { SCENARIO_SCHEMA, ScenarioTable } from './scenarioTable.ts';

/** Schema migrations; released ones never change. */
export const PLAN_MIGRATIONS = [
  `
  CREATE TABLE IF NOT EXISTS plan (rank INTEGER PRIMARY KEY, item TEXT NOT NULL, site TEXT NOT NULL, risk REAL NOT NULL, record TEXT NOT NULL, series TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS plan_item ON plan (item);
  CREATE TABLE IF NOT EXISTS parts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS memory (name TEXT NOT NULL, at INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (name, at)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS alerts (id TEXT PRIMARY KEY, state TEXT NOT NULL, raised_ms REAL NOT NULL, record TEXT NOT NULL) STRICT;`,
  DECISION_SCHEMA,
  SCENARIO_SCHEMA,
  REQUISITION_SCHEMA,
];
const ACTIVE = "state <> 'normal'";
const BUSY_MS = 10_000;
/** Number of returned alerts kept, the newest. */
const KEPT_RETURNED = 5000;
const RETURNED = "json_extract(record, '$.returnedAtMs') IS NOT NULL";
const FORGET = `DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE ${RETURNED} ORDER BY raised_ms DESC LIMIT -1 OFFSET ?)`;
/** Number of exceptions stored per plan, those with the most at stake. */
const KEPT_EXCEPTIONS = 1000;
/** Memory entries per row. */
const SHARD = 2000;

/** The latest plan, the memory of planning, and planner alerts, in one SQLite file, `planning.db`. */
export class PlanStore {
  /** Returned alerts that were deleted because there were too many. */
  forgotten = 0;
  readonly #db: Sql;

  readonly deliveries: DeliveryTable;
  readonly decisions: DecisionTable;
  readonly scenarios: ScenarioTable;

  constructor(place: Place, routing: Routing, now: () => number) {
    this.#db = openState(place, 'planning.db', PLAN_MIGRATIONS, BUSY_MS);
    migrate(this.#db, 'planning.db', PLAN_MIGRATIONS);
    this.deliveries = new DeliveryTable(this.#db, routing, now);
    this.decisions = new DecisionTable(this.#db);
    this.scenarios = new ScenarioTable(this.#db);
  }

  /** Replaces the stored plan and memory. */
  keep(plan: SupplyPlan, summary: PlanSummary): void {
    const series = new Map(plan.series.map((s) => [placeKey(s), s]));
    this.#db.transaction(() => {
      this.#db.exec('DELETE FROM plan; DELETE FROM memory;');
      const put = this.#db.prepare(
        'INSERT INTO plan (rank, item, site, risk, record, series) VALUES (?, ?, ?, ?, ?, ?)',
      );
      plan.items.forEach((item, rank) => {
        const its = series.get(placeKey(item));
        put.run(rank, item.item, item.site, item.runOutProbability, JSON.stringify(item), JSON.stringify(its));
      });
      this.#put('summary', summary);
      this.#put('levels', plan.levels);
      this.#put('suppliers', plan.suppliers);
      this.#put('exceptions', planExceptions(plan.items).slice(0, KEPT_EXCEPTIONS));
      this.#keepMemory(plan.memory);
    })();
  }

  summary(): PlanSummary | null {
    return this.#part<PlanSummary>('summary');
  }

  levels(): SupplyPlan['levels'] {
    return this.#part<SupplyPlan['levels']>('levels') ?? [];
  }

  suppliers(): SupplierScore[] {
    return this.#part<SupplierScore[]>('suppliers') ?? [];
  }

  /** Ranked by the cost of waiting, or by the risk of running out before a delivery. */
  items(limit: number, offset: number, sort: 'waiting' | 'risk' = 'waiting', words = ''): PlanItem[] {
    const order = sort === 'risk' ? 'risk DESC, rank' : 'rank';
    const sql = `SELECT record FROM plan WHERE instr(lower(item || ' ' || site || ' ' || record), lower(?)) > 0 ORDER BY ${order} LIMIT ? OFFSET ?`;
    const rows = this.#db.prepare(sql).pluck();
    const current = groupedBy(this.decisions.current(), placeKey);
    return (rows.all(words, limit, offset) as string[]).map((row) => withDecision(JSON.parse(row), current));
  }

  /** Exceptions ranked by the money at stake, without those decided since the plan. */
  exceptions(nowMs: number): PlanException[] {
    const open = this.decisions.current().filter((d) => d.state === 'open');
    const itemOf = ({ item, site }: { item: string; site: string }) => this.item(item, site)?.item ?? null;
    return openExceptions(this.#part<PlanException[]>('exceptions') ?? [], open, itemOf, nowMs);
  }

  /** Whether the latest plan has an item, at one site or at any. */
  has(item: string, site?: string): boolean {
    const sql = 'SELECT count(*) FROM plan WHERE item = ? AND site = coalesce(?, site)';
    return (
      (this.#db
        .prepare(sql)
        .pluck()
        .get(item, site ?? null) as number) > 0
    );
  }

  item(item: string, site: string): { item: PlanItem; series: PlanSeries } | null {
    const sql = 'SELECT record, series FROM plan WHERE item = ? AND site = ?';
    const row = this.#db.prepare(sql).get(item, site) as { record: string; series: string } | undefined;
    if (row === undefined) return null;
    const current = groupedBy(this.decisions.current(item, site), placeKey);
    return { item: withDecision(JSON.parse(row.record), current), series: JSON.parse(row.series) };
  }

  memory(): PlanMemory {
    const rows = this.#db.prepare('SELECT name, value FROM memory ORDER BY name, at').all() as {
      name: keyof PlanMemory;
      value: string;
    }[];
    const memory: PlanMemory = { ...NO_MEMORY };
    for (const { name, value } of rows) {
      const part = JSON.parse(value);
      if (Array.isArray(part)) Object.assign(memory, { [name]: [...(memory[name] as unknown[]), ...part] });
      else Object.assign(memory, { [name]: part });
    }
    return memory;
  }

  alerts({ active, limit }: { active: boolean; limit: number }): PlanAlert[] {
    const where = active ? `WHERE ${ACTIVE}` : '';
    const rows = this.#db.prepare(`SELECT record FROM alerts ${where} ORDER BY raised_ms DESC LIMIT ?`).pluck();
    return (rows.all(limit) as string[]).map((row) => JSON.parse(row));
  }

  /** All alerts that have not returned. */
  standing(): PlanAlert[] {
    const sql = "SELECT record FROM alerts WHERE json_extract(record, '$.returnedAtMs') IS NULL";
    return (this.#db.prepare(sql).pluck().all() as string[]).map((row) => JSON.parse(row));
  }

  alert(id: string): PlanAlert | null {
    const row = this.#db.prepare('SELECT record FROM alerts WHERE id = ?').pluck().get(id) as string | undefined;
    return row === undefined ? null : JSON.parse(row);
  }

  keepAlerts(alerts: readonly PlanAlert[]): void {
    const put = this.#db.prepare('INSERT OR REPLACE INTO alerts (id, state, raised_ms, record) VALUES (?, ?, ?, ?)');
    this.#db.transaction(() => {
      for (const alert of alerts) {
        const known = this.alert(alert.id);
        put.run(alert.id, alert.state, alert.raisedAtMs, JSON.stringify(alert));
        this.deliveries.changed(known, alert);
      }
      this.forgotten += this.#db.prepare(FORGET).run(KEPT_RETURNED).changes;
    })();
  }

  close(): void {
    this.#db.close();
  }

  #keepMemory(memory: PlanMemory): void {
    const put = this.#db.prepare('INSERT INTO memory (name, at, value) VALUES (?, ?, ?)');
    for (const [name, part] of Object.entries(memory)) {
      if (!Array.isArray(part)) put.run(name, 0, JSON.stringify(part));
      else
        for (let at = 0; at < part.length; at += SHARD) put.run(name, at, JSON.stringify(part.slice(at, at + SHARD)));
    }
  }

  #put(name: string, value: unknown): void {
    this.#db.prepare('INSERT OR REPLACE INTO parts (name, value) VALUES (?, ?)').run(name, JSON.stringify(value));
  }

  #part<T>(name: string): T | null {
    const row = this.#db.prepare('SELECT value FROM parts WHERE name = ?').pluck().get(name) as string | undefined;
    return row === undefined ? null : JSON.parse(row);
  }
}

/** An item with the decisions in progress on its order and on transfers to it. */
function withDecision(item: PlanItem, current: ReadonlyMap<string, OrderDecision[]>): PlanItem {
  const own = current.get(placeKey(item)) ?? [];
  const decision = own.findLast((d) => d.from === undefined);
  const transferDecisions = own.filter((d) => d.from !== undefined);
  return {
    ...item,
    ...(decision !== undefined && { decision }),
    ...(transferDecisions.length > 0 && { transferDecisions }),
  };
}
