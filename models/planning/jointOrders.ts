import type { PlanItem } from '#models/contracts/plan.ts';
import { groupedBy } from '#models/groupedBy.ts';
import { PERIOD_DAYS, type PeriodKind } from '#models/supply/periods.ts';
import { costOfOrder } from '#models/supply/priceBreaks.ts';
import type { SupplyRow } from '#models/supply/supplyTables.ts';
import { orderQuantity } from './lotCycle.ts';
import type { StockItem } from './stockPolicy.ts';

/** An item of a supplier at a site, and what it costs. */
interface Line {
  plan: PlanItem;
  item: StockItem;
}

/** Orders are brought forward by at most this many days: later ones are too uncertain. */
const FURTHEST_DAYS = 365;
const money = (sum: number) => String(Number(sum.toPrecision(4)));

/**
 * Joint orders that reach their supplier's minimum. An order of a supplier and site below the minimum is filled up by
 * bringing forward the orders of the next days, as few days as possible. If holding those units earlier costs more than
 * waiting for the next review, the order waits. Pure. On coordinated replenishment: Silver, Pyke & Thomas, "Inventory
 * and Production Management in Supply Chains" (2017).
 * @param items of the plans, in order.
 */
export function jointOrders(
  plans: readonly PlanItem[],
  items: readonly StockItem[],
  suppliers: readonly SupplyRow<'suppliers'>[],
  period: PeriodKind,
): PlanItem[] {
  const least = new Map(suppliers.map((s) => [s.supplier, s.minimum_order_value ?? 0]));
  const lines = plans.map((plan, i): Line => ({ plan, item: items[i] }));
  const changed = new Map<PlanItem, PlanItem>();
  for (const group of groupedBy(lines, ({ plan }) => `${plan.supplier ?? ''}\t${plan.site}`).values()) {
    const minimum = least.get(group[0].plan.supplier ?? '') ?? 0;
    const value = sumOf(group, ({ plan, item }) => worthOf(item, plan.orderNow));
    if (value <= 0 || value >= minimum) continue;
    for (const [before, after] of joined(group, minimum, value, period)) changed.set(before, after);
  }
  return plans.map((plan) => changed.get(plan) ?? plan);
}

function joined(group: readonly Line[], minimum: number, value: number, period: PeriodKind): [PlanItem, PlanItem][] {
  const least = `the least order of ${group[0].plan.supplier} is ${money(minimum)}, and what is needed now comes to ${money(value)}`;
  const days = daysToReach(group, minimum);
  if (days === null) return needed(group, {}, `Note: ${least}; orders of a whole year would not reach it.`);
  const holding = sumOf(group, ({ plan, item }) => {
    const early = worthOf(item, quantityWithin(plan, item, days)) - worthOf(item, plan.orderNow);
    return (Math.max(0, early) * item.holdingRate * days) / PERIOD_DAYS[period];
  });
  const waiting = sumOf(group, ({ plan }) => (plan.orderNow > 0 ? plan.costOfWaiting : 0));
  const decided = group.some(({ item }) => (item.fixedOrder ?? 0) > 0);
  if (waiting < holding && !decided)
    return needed(
      group,
      { deferred: true, waitsFor: 'supplier_minimum' },
      `It waits for the next review: ${least}. Filling it up by the orders of ${days} days would cost ${money(holding)} of holding, waiting costs ${money(waiting)}.`,
    );
  return group.flatMap(({ plan, item }): [PlanItem, PlanItem][] => {
    const units = quantityWithin(plan, item, days);
    if (units <= plan.orderNow) return [];
    const early =
      plan.orderNow > 0 ? `${plain(units - plan.orderNow)} of them are ordered` : `${plain(units)} are ordered`;
    const reason = `${early} up to ${days} days early: ${least}.`;
    const orderCost = costOfOrder(item, units);
    return [
      [plan, { ...plan, orderNow: units, proposedOrder: units, orderCost, whyOrder: sentences(plan.whyOrder, reason) }],
    ];
  });
}

/** The order as needed now, with a reason added. */
function needed(group: readonly Line[], change: Partial<PlanItem>, reason: string): [PlanItem, PlanItem][] {
  return group.flatMap(({ plan }): [PlanItem, PlanItem][] =>
    plan.orderNow > 0 ? [[plan, { ...plan, ...change, whyOrder: sentences(plan.whyOrder, reason) }]] : [],
  );
}

/** The fewest days whose orders, made now, reach the minimum; null: not within a year. */
function daysToReach(group: readonly Line[], minimum: number): number | null {
  const reaches = (days: number) =>
    sumOf(group, ({ plan, item }) => worthOf(item, quantityWithin(plan, item, days))) >= minimum;
  for (let days = 1; days <= FURTHEST_DAYS; days++) if (reaches(days)) return days;
  return null;
}

/** What is ordered of an item now and in the next `days`, as if it were all ordered now. */
function quantityWithin(plan: PlanItem, item: StockItem, days: number): number {
  // A planner's decision stays.
  if (item.fixedOrder !== undefined) return plan.orderNow;
  const used = (plan.expectedDemand / Math.max(plan.protectionDays, 1e-9)) * days;
  const sumOfAll = (transfers: PlanItem['transfersIn'] = []) => transfers.reduce((sum, t) => sum + t.quantity, 0);
  const position = plan.stock + plan.onOrder + sumOfAll(plan.transfersIn) - sumOfAll(plan.transfersOut);
  if (plan.orderNow <= 0 && position - used >= plan.reorderPoint) return 0;
  return Math.max(plan.orderNow, orderQuantity(wholeUnits(plan.orderUpTo - position + used, item.unit), item));
}

const wholeUnits = (need: number, unit: number) => Number((Math.ceil(need / unit - 1e-9) * unit).toPrecision(12));
const plain = (units: number) => String(Number(units.toPrecision(12)));
/** Value of the units alone: fixed order costs do not go to the supplier. */
const worthOf = (item: StockItem, units: number) => costOfOrder({ ...item, orderCost: 0 }, units);
const sentences = (before: string | undefined, after: string) => (before === undefined ? after : `${before} ${after}`);
const sumOf = (group: readonly Line[], value: (line: Line) => number) =>
  group.reduce((sum, line) => sum + value(line), 0);
