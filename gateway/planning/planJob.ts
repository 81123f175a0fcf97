import type { AlertRecord } from '#models/contracts/alert.ts';
import type { HealthMessage } from '#models/contracts/health.ts';
import type { PlanItem, PlanSummary } from '#models/contracts/plan.ts';
import { trackDecisions } from '#models/planning/orderDecisions.ts';
import type { PlanSettings } from '#models/planning/planSettings.ts';
import { planSupply, type SupplyPlan } from '#models/planning/planSupply.ts';
import { periodOf, startOf } from '#models/supply/periods.ts';
import { prepareSupply } from '#models/supply/prepareSupply.ts';
import type { Supply } from '#models/supply/supplyTables.ts';
import type { SeriesRow } from '../historian/historian.ts';
import { Routing } from '../notify/routing.ts';
import type { Place } from '../store/postgres/postgresSettings.ts';
import { SupplyStore, THREAD_BUSY_MS } from '../supply/supplyStore.ts';
import { planRows } from './planRows.ts';
import { PlanStore } from './planStore.ts';
import { applyWhatIf, changeOrders, type WhatIf } from './whatIf.ts';

/** The task of a worker thread. */
export interface PlanJob {
  place: Place;
  health: readonly HealthMessage[];
  alerts: readonly AlertRecord[];
  settings: PlanSettings;
  reason: string;
  atMs: number;
  /** A trial plan: nothing is stored. */
  whatIf?: WhatIf;
}

export interface PlanResult {
  items: PlanItem[];
  summary: PlanSummary;
  /** Rows for the historian; empty for a trial. */
  rows: SeriesRow[];
}

/** Periods of history written with every plan. */
const FRESH_PERIODS = 3;

/** Plans from the tables of a data directory and stores the plan. It takes seconds, so it runs in a worker thread. */
export function runPlanJob(job: PlanJob): PlanResult {
  const startedMs = performance.now();
  const supply = readSupply(job.place);
  const store = new PlanStore(job.place, new Routing([]), () => job.atMs);
  try {
    const { health, alerts, settings, whatIf } = job;
    const modifiedSupply = whatIf ? applyWhatIf(prepareSupply(supply, settings.today), whatIf) : supply;
    const { orders, overrides } = decisionsOf(store, supply, job);
    const plan = planSupply(modifiedSupply, { health, alerts }, store.memory(), settings, {
      orders: whatIf ? changeOrders(orders, whatIf, job.atMs) : orders,
      overrides,
    });
    const summary = summaryOf(plan, job, (performance.now() - startedMs) / 1000);
    if (whatIf) return { items: plan.items, summary, rows: [] };
    // Older periods change only with the tables.
    const periods = store.summary() === null || job.reason === 'import' ? Number.POSITIVE_INFINITY : FRESH_PERIODS;
    store.keep(plan, summary);
    return { items: plan.items, summary, rows: planRows(plan, job.atMs, periods) };
  } finally {
    store.close();
  }
}

/** Decisions of planners, updated by the purchases. A trial stores no update. */
function decisionsOf({ decisions }: PlanStore, { purchases }: Supply, { settings, atMs, whatIf }: PlanJob) {
  const current = decisions.current();
  const changed = trackDecisions(current, purchases, settings.today).map((d) => ({ ...d, updatedAtMs: atMs }));
  if (!whatIf) decisions.keep(changed);
  const byId = new Map(changed.map((d) => [d.id, d]));
  const orders = current.map((d) => byId.get(d.id) ?? d);
  return { orders, overrides: decisions.overridesFrom(firstDayOf(settings)) };
}

/** First day of the current period. */
const firstDayOf = ({ period, today }: PlanSettings) => startOf(period, periodOf(period, today));

function readSupply(place: Place): Supply {
  const store = new SupplyStore(place, Number.POSITIVE_INFINITY, () => 0, THREAD_BUSY_MS);
  try {
    return store.all();
  } finally {
    store.close();
  }
}

function summaryOf(plan: SupplyPlan, { settings, reason, atMs }: PlanJob, seconds: number): PlanSummary {
  const orders = plan.items.filter((i) => i.orderNow > 0 && !i.deferred);
  const tested = (of: 'period' | 'lead_time', all: SupplyPlan['backtest']['steps']) => all.map((m) => ({ ...m, of }));
  return {
    atMs,
    today: settings.today,
    period: settings.period,
    items: plan.items.length,
    toOrder: orders.length,
    toTransfer: plan.items.reduce((sum, i) => sum + (i.transfersIn?.length ?? 0), 0),
    orderCost: orders.reduce((sum, o) => sum + o.orderCost, 0),
    ...(settings.currency !== undefined && { currency: settings.currency }),
    seconds,
    reason,
    cleaning: plan.cleaning,
    replaced: plan.memory.methods,
    reconciliation: plan.reconciliation,
    backtest: [...tested('period', plan.backtest.steps), ...tested('lead_time', plan.backtest.leadTime)],
    tracked: plan.memory.measures.map(({ period, class: name, measures }) => ({
      date: startOf(settings.period, period),
      class: name,
      measures,
    })),
    ...(plan.overrides !== null && { overrides: plan.overrides }),
  };
}
