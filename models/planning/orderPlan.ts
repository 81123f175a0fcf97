import type { PlanItem } from '#models/contracts/plan.ts';
import { demandClass } from '#models/demand/demandClass.ts';
import { demandWithin } from '#models/demand/demandWithin.ts';
import type { ItemForecast } from '#models/demand/forecastTable.ts';
import type { ItemHistory } from '#models/demand/readHistory.ts';
import { dateOf, dayOf } from '#models/supply/dates.ts';
import { elapsedOf, PERIOD_DAYS, PERIODS_A_YEAR } from '#models/supply/periods.ts';
import { parsePriceBreaks } from '#models/supply/priceBreaks.ts';
import type { SupplyRow } from '#models/supply/supplyTables.ts';
import { type BaseStock, planBaseStock } from './baseStockPlan.ts';
import { countingUnit } from './countingUnit.ts';
import { chanceWithin, type DemandLaw, mixture } from './demandLaw.ts';
import type { ItemLaws } from './itemLaws.ts';
import type { MachineDemand } from './machineDemand.ts';
import { combineDemand } from './partsDemand.ts';
import { type Arrival, arrivalsOf, comingWithin, type Place } from './places.ts';
import type { PlanSettings } from './planSettings.ts';
import type { Segment } from './segments.ts';
import { planStock, type StockItem, type StockTarget } from './stockPolicy.ts';
import { type DeliveryLaw, meanDays } from './suppliers.ts';
import { whyOrder } from './whyOrder.ts';

export interface OrderFacts {
  place: Place;
  forecast: ItemForecast;
  /** Of all demand but that of machines. */
  history: ItemHistory;
  machines: MachineDemand | null;
  delivery: DeliveryLaw;
  segment: Segment;
  /** Order quantity fixed by a planner; null: none. */
  fixedOrder: number | null;
  /** Units that other sites send now, less those sent to them; absent: none. */
  transferIn?: number;
  /** Base-stock level from all sites together; absent: the item's own policy applies. */
  baseStock?: BaseStock;
}

const MAX_SHARES = 20;
const MAX_OPEN_ORDERS = 50;
/** How far ahead, in days, the run-out date is searched for. */
const LOOK_AHEAD = { days: 364, step: 7 };
/** A unit is considered used when the probability of demand for it reaches one half. */
const HALF = 0.5;

/** Lengths, in days, of all intervals whose distributions a plan needs. @param deliveries of the places, in order. */
export function lengthsOf(
  places: readonly Place[],
  deliveries: readonly DeliveryLaw[],
  settings: PlanSettings,
): number[] {
  const { reviewDays, depot } = settings;
  const ways = depot === undefined ? [] : [depot.days];
  const days = [...ways, ...deliveries.flatMap((d) => d.days.map((point) => point.days))];
  const arrivals = places.flatMap((place, i) =>
    arrivalsInTime(place, meanDays(deliveries[i]), dayOf(settings.today)).map((a) => a.days),
  );
  return [...new Set([reviewDays, ...days, ...days.map((d) => d + reviewDays), ...arrivals])];
}

/** Open orders that arrive before an order of today would. */
function arrivalsInTime(place: Place, lead: number, today: number): Arrival[] {
  return arrivalsOf(place, lead, today).filter((a) => a.days <= lead);
}

/**
 * Stock levels and order of an item: from the distribution of other demand, its machines, and the distribution of lead
 * times.
 */
export function orderPlan(facts: OrderFacts, laws: Pick<ItemLaws, 'over'>, settings: PlanSettings): PlanItem {
  const { place, forecast, machines, delivery } = facts;
  const { reviewDays, period } = settings;
  const over = (days: number) => demandOver(facts, laws, days);
  const mixed = (more: number) =>
    mixture(delivery.days.map(({ days, chance }) => ({ law: over(days + more), chance })));
  const deliveryLaw = mixed(0);
  const protection = mixed(reviewDays);
  const target = targetOf(place.facts, settings.segmentTargets?.[facts.segment] ?? settings.target);
  const reviewPeriods = reviewDays / PERIOD_DAYS[period];
  const perPeriod = perPeriodOf(facts, period);
  const demand = { delivery: deliveryLaw, protection, review: over(reviewDays), perPeriod };
  const stockItem = stockItemOf(facts, settings);
  const plan =
    facts.baseStock === undefined
      ? planStock(stockItem, demand, target, reviewPeriods)
      : planBaseStock(stockItem, demand, facts.baseStock);
  const lead = meanDays(delivery);
  const today = dayOf(settings.today);
  const protectionDays = lead + reviewDays;
  const shares = machines?.shares(protectionDays) ?? [];
  const planned: PlanItem = {
    item: place.item,
    site: place.site,
    name: place.facts?.name ?? null,
    family: place.facts?.family ?? null,
    ...(place.facts?.unit !== undefined && { unit: place.facts.unit }),
    supplier: place.facts?.supplier ?? null,
    unitCost: stockItem.unitCost,
    segment: facts.segment,
    // Class of total demand: the history to forecast excludes what machines used.
    class: place.history.length > 0 ? demandClass(place.history) : forecast.class,
    method: machines === null ? forecast.method : 'machines_and_history',
    why: whyOf(forecast, machines),
    flags: [...flagsOf(place, forecast), ...assumedOf(place, delivery)],
    stock: place.stock,
    onOrder: place.coming.reduce((sum, c) => sum + c.units, 0),
    openOrders: place.coming.slice(0, MAX_OPEN_ORDERS).map(({ order, units, promised }) => ({
      order,
      quantity: units,
      promised: promised === null ? null : dateOf(promised),
    })),
    leadTimeDays: lead,
    leadTimeFrom: delivery.promise,
    protectionDays,
    expectedDemand: protection.mean,
    expectedByMachines: delivery.days.reduce(
      (sum, d) => sum + d.chance * (machines?.expected(d.days + reviewDays) ?? 0),
      0,
    ),
    demandAYear: Math.max(lastYear(place.history, period), perPeriod * PERIODS_A_YEAR[period]),
    service: { kind: target.kind, level: target.kind === 'cost' ? null : target.level },
    reorderPoint: plan.reorderPoint,
    orderUpTo: plan.orderUpTo,
    safetyStock: plan.safetyStock,
    orderNow: plan.orderNow,
    proposedOrder: plan.proposedOrder,
    runOutAfterOrder: plan.runOutAfterOrder,
    orderCost: plan.orderCost,
    ...(settings.currency !== undefined && { currency: settings.currency }),
    deferred: false,
    runOutProbability: runOutChance(place.stock, arrivalsInTime(place, lead, today), deliveryLaw, over),
    runOutDate: runOutDate(facts, settings),
    expectedFill: plan.expectedFill,
    costOfWaiting: plan.costOfWaiting,
    machines: shares.slice(0, MAX_SHARES),
  };
  const reason = facts.fixedOrder === null ? whyOrder(planned, stockItem, plan) : null;
  return reason === null ? planned : { ...planned, whyOrder: reason };
}

function flagsOf({ history }: Place, { flags }: ItemForecast): string[] {
  return history.some((v) => v > 0) ? flags.filter((f) => f !== 'no_demand_in_history') : flags;
}

/** Assumptions for missing data, as flags. */
function assumedOf({ stockFrom }: Place, { promise }: DeliveryLaw): string[] {
  const stock = { row: [], no_row: ['stock_assumed_none'], no_table: ['stock_unknown'] }[stockFrom];
  return [...(promise === 'assumed' ? ['lead_time_assumed'] : []), ...stock];
}

/** Demand over `days`: of machines, and of everything else. */
function demandOver({ history, machines }: OrderFacts, laws: Pick<ItemLaws, 'over'>, days: number): DemandLaw {
  const others = laws.over(history, days);
  return machines === null || days <= 0 ? others : combineDemand(machines.units(days), others);
}

/** Over all forecast periods: the demand of a machine that is failing now says little about years. */
export function perPeriodOf({ forecast, machines }: OrderFacts, period: PlanSettings['period']): number {
  const periods = forecast.mean.length;
  const others = forecast.mean.reduce((a, b) => a + b, 0);
  return (others + (machines?.expected(periods * PERIOD_DAYS[period]) ?? 0)) / periods;
}

/** Demand of the newest year, or of as much of it as there is. */
function lastYear(history: readonly number[], period: PlanSettings['period']): number {
  return history.slice(-Math.round(PERIODS_A_YEAR[period])).reduce((a, b) => a + b, 0);
}

function whyOf({ why }: ItemForecast, machines: MachineDemand | null): string {
  if (machines === null) return why;
  const { ended, ongoing } = machines.base.lives;
  return `what ${machines.base.machines.length} machines will take (${ended} lives of the part that have ended, ${ongoing} that go on), and everything else by its history: ${why}`;
}

/** An item's service target: its own kind and level where the planner's table has them, else the plan's. */
export function targetOf(facts: SupplyRow<'items'> | undefined, usual: StockTarget): StockTarget {
  const kind = facts?.service_kind ?? (facts?.service_level === undefined ? undefined : 'cycle');
  if (kind === 'cost') return { kind };
  const level = facts?.service_level ?? (usual.kind === 'cost' ? 0.95 : usual.level);
  return kind === 'cycle' || kind === 'fill' ? { kind, level } : usual;
}

/**
 * The stock policy's input for an item: from the planner's table, otherwise from the plan's settings. Stock and orders
 * are in units of the item, costs in the table's currency, the holding rate is a period's.
 */
export function stockItemOf(
  { place, delivery, fixedOrder, transferIn = 0 }: OrderFacts,
  settings: PlanSettings,
): StockItem {
  const { period, holdingRateAYear, reviewDays } = settings;
  const { facts, stock, coming, history } = place;
  const unitCost = facts?.unit_cost ?? 1;
  const unit = countingUnit(history);
  return {
    stock,
    onOrder: coming.reduce((sum, c) => sum + c.units, 0),
    unitCost,
    orderCost: facts?.order_cost ?? 0,
    holdingRate: (facts?.holding_rate ?? holdingRateAYear) / PERIODS_A_YEAR[period],
    // A missing unit costs at least its value.
    shortageCost: facts?.shortage_cost ?? unitCost,
    minimumOrder: facts?.minimum_order ?? 0,
    packSize: facts?.pack_size ?? unit,
    unit,
    transferIn,
    ...(fixedOrder !== null && { fixedOrder }),
    ...(facts?.price_breaks !== undefined && { priceBreaks: parsePriceBreaks(facts.price_breaks) ?? [] }),
    ...(facts?.unmet_demand === 'lost' && { lostSales: { leadReviews: Math.round(meanDays(delivery) / reviewDays) } }),
  };
}

/** Probability of a stock-out before an order of today would arrive: at that time, or before an earlier delivery. */
function runOutChance(
  stock: number,
  arrivals: readonly Arrival[],
  delivery: DemandLaw,
  over: (days: number) => DemandLaw,
): number {
  const before = (days: number) => arrivals.reduce((sum, a) => sum + (a.days < days ? a.units : 0), 0);
  const chances = [...new Set(arrivals.map((a) => a.days))].map((days) =>
    chanceWithin(over(days), stock + before(days)),
  );
  return 1 - Math.min(chanceWithin(delivery, stock + before(Number.POSITIVE_INFINITY)), ...chances);
}

/** The first day by which expected demand has used up stock and arrivals; null: beyond the look-ahead. */
function runOutDate({ place, forecast, machines, delivery }: OrderFacts, settings: PlanSettings): string | null {
  const today = dayOf(settings.today);
  const elapsed = elapsedOf(settings.period, settings.today);
  const arrivals = arrivalsOf(place, meanDays(delivery), today);
  for (let days = 0; days <= LOOK_AHEAD.days; days += LOOK_AHEAD.step) {
    const others = demandWithin(forecast.mean, elapsed, days / PERIOD_DAYS[settings.period]);
    const byMachines = machines === null ? 0 : machines.expected(days);
    if (others + byMachines >= place.stock + comingWithin(arrivals, days) + HALF) return dateOf(today + days);
  }
  return null;
}
