import { groupedBy } from '#models/groupedBy.ts';
import { median, quantile } from '#models/health/statistics.ts';
import { monotoneTrend } from '#models/statistics/monotoneTrend.ts';
import { dayOf } from '#models/supply/dates.ts';
import type { Supply, SupplyRow } from '#models/supply/supplyTables.ts';
import { type Mass, valuesAt } from './demandLaw.ts';

/** Lead-time distribution: whole days with their probabilities, rising. */
export interface DeliveryLaw {
  days: readonly { days: number; chance: number }[];
  /** Orders of this supplier that it was learned from. */
  orders: number;
  /** Source of the promised lead time. */
  promise: 'item' | 'supplier' | 'orders' | 'assumed';
}

export interface SupplierScore {
  supplier: string;
  name: string | null;
  orders: number;
  received: number;
  open: number;
  /** Open, and later than promised. */
  overdue: number;
  cancelled: number;
  /** Share of the received orders that arrived on the promised day or before; null: none was promised. */
  onTime: number | null;
  /** Days from order to delivery, of those received. */
  medianDays: number | null;
  p90Days: number | null;
  /** Median of days over promised days. */
  promiseRatio: number | null;
  /** Units received over units ordered, of received orders. */
  quantityRate: number | null;
  /** Change of the delay, days a year, where it is significant at 5 %; null: no trend. */
  delayTrendDaysAYear: number | null;
  /** Probability that the next order is late, short or never arrives. */
  risk: number;
}

/** Assumed for an item without any lead-time data. */
export const ASSUMED_DAYS = 28;
/** Ten years: anything longer is an error in the records. */
const MAX_DAYS = 3650;
/** Only the newest orders count. */
const NEWEST = 60;
const NEWEST_OF_TREND = 200;
/** Weight of all suppliers together beside a supplier's own orders, in orders. */
const POOL_WEIGHT = 4;
/** Points that a distribution is stored at. */
const POINTS = 9;
/** Factor on an open order that is later than any received one. */
const LATER_STILL = 1.25;
const MIN_FOR_TREND = 8;
const SIGNIFICANT = 1.96;
/** Prior of a supplier's risk: one order of ten. */
const PRIOR_RISK = { bad: 0.5, orders: 5 };
/** An order is late from this many days after the promise. */
const GRACE_DAYS = 1;
const SHORT = 0.98;

interface Ratio {
  ratio: number;
  /** The order is still open: it will take at least this long. */
  open: boolean;
}

/** Lead times of items, learned from purchases: the promise times the ratio of actual to promised time. */
export class DeliveryTimes {
  readonly #suppliers: Map<string, SupplyRow<'suppliers'>>;
  readonly #items: Map<string, SupplyRow<'items'>>;
  readonly #orders: Map<string, SupplyRow<'purchases'>[]>;
  readonly #ratios = new Map<string, Ratio[]>();
  readonly #pool: Ratio[] = [];
  readonly #laws = new Map<string, RatioLaw>();
  readonly #today: number;

  /** @param today days since 1970. */
  constructor({ purchases, suppliers, items }: Supply, today: number) {
    this.#today = today;
    this.#suppliers = new Map(suppliers.map((s) => [s.supplier, s]));
    this.#items = new Map(items.map((i) => [i.item, i]));
    // The newest first; ties by order number, so that the order of rows does not matter.
    const sorted = [...purchases].sort((a, b) => compare(b.ordered, a.ordered) || compare(a.order, b.order));
    this.#orders = groupedBy(sorted, (order) => order.item);
    for (const order of sorted) this.#learn(order);
  }

  law(item: string): DeliveryLaw {
    const supplier = this.#supplierOf(item);
    const { days, from } = this.#promise(item, supplier);
    const known = this.#laws.get(supplier) ?? this.#lawOf(supplier);
    this.#laws.set(supplier, known);
    return { days: pointsOf(known, days), orders: this.#ratios.get(supplier)?.length ?? 0, promise: from };
  }

  #learn(order: SupplyRow<'purchases'>): void {
    const ratio = this.#ratioOf(order);
    if (ratio === null) return;
    const supplier = order.supplier ?? this.#supplierOf(order.item);
    const own = this.#ratios.get(supplier) ?? [];
    if (own.length >= NEWEST) return;
    own.push(ratio);
    this.#ratios.set(supplier, own);
    this.#pool.push(ratio);
  }

  #lawOf(supplier: string): RatioLaw {
    const own = this.#ratios.get(supplier) ?? [];
    const share = this.#pool.length > 0 ? POOL_WEIGHT / this.#pool.length : 0;
    return censoredLaw([
      ...own.map((r) => ({ ...r, weight: 1 })),
      ...this.#pool.map((r) => ({ ...r, weight: share })),
      // The promise itself has a small weight, whatever the deliveries.
      { ratio: 1, open: false, weight: 1 },
    ]);
  }

  #promise(item: string, supplier: string): { days: number; from: DeliveryLaw['promise'] } {
    const own = this.#items.get(item)?.lead_time_days;
    if (own !== undefined) return { days: own, from: 'item' };
    const othersRatios = this.#suppliers.get(supplier)?.lead_time_days;
    if (othersRatios !== undefined) return { days: othersRatios, from: 'supplier' };
    const promised = (this.#orders.get(item) ?? [])
      .filter((p) => p.promised !== undefined)
      .map((p) => dayOf(p.promised as string) - dayOf(p.ordered));
    return promised.length > 0
      ? { days: Math.max(1, median(promised)), from: 'orders' }
      : { days: ASSUMED_DAYS, from: 'assumed' };
  }

  #supplierOf(item: string): string {
    return this.#items.get(item)?.supplier ?? this.#orders.get(item)?.find((o) => o.supplier)?.supplier ?? '';
  }

  /** Null for an order that is not late yet, was cancelled, or was received before it was ordered. */
  #ratioOf(order: SupplyRow<'purchases'>): Ratio | null {
    if (order.cancelled !== undefined) return null;
    const ordered = dayOf(order.ordered);
    const promised = order.promised === undefined ? null : dayOf(order.promised) - ordered;
    const days = promised ?? this.#promise(order.item, order.supplier ?? this.#supplierOf(order.item)).days;
    if (!(days > 0)) return null;
    if (order.received !== undefined) {
      const took = dayOf(order.received) - ordered;
      return took < 0 ? null : { ratio: took / days, open: false };
    }
    const age = (this.#today - ordered) / days;
    return age > 1 ? { ratio: age, open: true } : null;
  }
}

/** Ratios with their masses. */
type RatioLaw = readonly Mass[];

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Distribution of ratios with censoring: the weight of an open order goes to the longer ratios, and beyond the longest
 * where there is none. Source: Kaplan & Meier, JASA 53 (1958).
 */
function censoredLaw(all: readonly (Ratio & { weight: number })[]): RatioLaw {
  const sorted = [...all].sort((a, b) => a.ratio - b.ratio || Number(a.open) - Number(b.open));
  let atRisk = sorted.reduce((sum, r) => sum + r.weight, 0);
  let left = 1;
  const law: Mass[] = [];
  for (const { ratio, open, weight } of sorted) {
    if (!open) {
      const mass = (left * weight) / Math.max(weight, atRisk);
      law.push({ value: ratio, mass });
      left -= mass;
    }
    atRisk -= weight;
  }
  if (left > 1e-9) law.push({ value: sorted[sorted.length - 1].ratio * LATER_STILL, mass: left });
  return law;
}

function pointsOf(law: RatioLaw, promisedDays: number): DeliveryLaw['days'] {
  const levels = Array.from({ length: POINTS }, (_, i) => (i + 0.5) / POINTS);
  const chances = new Map<number, number>();
  for (const ratio of valuesAt([...law], levels)) {
    const days = Math.min(MAX_DAYS, Math.max(0, Math.round(ratio * promisedDays)));
    chances.set(days, (chances.get(days) ?? 0) + 1 / POINTS);
  }
  return [...chances].sort((a, b) => a[0] - b[0]).map(([days, chance]) => ({ days, chance }));
}

/** Mean length of a delivery, in days. */
export const meanDays = ({ days }: DeliveryLaw): number => days.reduce((sum, d) => sum + d.chance * d.days, 0);

/** Suppliers' delivery performance, the riskiest first. */
export function supplierScores({ purchases, suppliers, items }: Supply, today: number): SupplierScore[] {
  const usual = new Map(items.flatMap(({ item, supplier }) => (supplier ? [[item, supplier] as const] : [])));
  const groups = new Map<string, SupplyRow<'purchases'>[]>(suppliers.map((s) => [s.supplier, []]));
  for (const order of purchases) {
    const supplier = order.supplier ?? usual.get(order.item);
    if (supplier === undefined) continue;
    const group = groups.get(supplier);
    if (group) group.push(order);
    else groups.set(supplier, [order]);
  }
  const names = new Map(suppliers.map((s) => [s.supplier, s.name ?? null]));
  return [...groups]
    .map(([supplier, orders]) => scoreOf(supplier, names.get(supplier) ?? null, orders, today))
    .sort((a, b) => b.risk - a.risk);
}

function scoreOf(
  supplier: string,
  name: string | null,
  orders: readonly SupplyRow<'purchases'>[],
  today: number,
): SupplierScore {
  const sorted = [...orders].sort((a, b) => (a.ordered < b.ordered ? -1 : 1));
  const received = sorted.filter((o) => o.received !== undefined && o.cancelled === undefined);
  const open = sorted.filter((o) => o.received === undefined && o.cancelled === undefined);
  const days = received.map(daysOf).filter((took) => took >= 0);
  const promised = received.filter((o) => o.promised !== undefined);
  const delays = promised.map((o) => dayOf(o.received as string) - dayOf(o.promised as string));
  const overdue = open.filter((o) => o.promised !== undefined && dayOf(o.promised) + GRACE_DAYS < today);
  const bad = sorted.filter((o) => o.cancelled !== undefined || overdue.includes(o) || isLate(o) || isShort(o)).length;
  const judged = received.length + overdue.length + (orders.length - received.length - open.length);
  const sum = (value: (o: SupplyRow<'purchases'>) => number) => received.reduce((s, o) => s + value(o), 0);
  return {
    supplier,
    name,
    orders: orders.length,
    received: received.length,
    open: open.length,
    overdue: overdue.length,
    cancelled: orders.length - received.length - open.length,
    onTime: delays.length > 0 ? delays.filter((d) => d <= 0).length / delays.length : null,
    medianDays: days.length > 0 ? median(days) : null,
    p90Days: days.length > 0 ? quantile(days, 0.9) : null,
    promiseRatio: promised.length > 0 ? median(promised.map((o) => daysOf(o) / Math.max(1, promisedDays(o)))) : null,
    quantityRate: received.length > 0 ? sum((o) => o.received_quantity ?? o.quantity) / sum((o) => o.quantity) : null,
    delayTrendDaysAYear: trendOf(promised, delays),
    risk: (bad + PRIOR_RISK.bad) / (judged + PRIOR_RISK.orders),
  };
}

const daysOf = (o: SupplyRow<'purchases'>) => dayOf(o.received as string) - dayOf(o.ordered);
const promisedDays = (o: SupplyRow<'purchases'>) => dayOf(o.promised as string) - dayOf(o.ordered);
const isLate = ({ received, promised }: SupplyRow<'purchases'>) =>
  received !== undefined && promised !== undefined && dayOf(received) > dayOf(promised) + GRACE_DAYS;
const isShort = ({ received, received_quantity, quantity }: SupplyRow<'purchases'>) =>
  received !== undefined && received_quantity !== undefined && received_quantity < SHORT * quantity;

function trendOf(promised: readonly SupplyRow<'purchases'>[], delays: readonly number[]): number | null {
  const newest = promised.slice(-NEWEST_OF_TREND);
  if (newest.length < MIN_FOR_TREND) return null;
  const { slope, z } = monotoneTrend(
    newest.map((o) => dayOf(o.ordered)),
    delays.slice(-NEWEST_OF_TREND),
  );
  return Math.abs(z) > SIGNIFICANT ? slope * 365.25 : null;
}
