import type { PlanItem, PlanSeries } from '#models/contracts/plan.ts';
import type { ForecastOverride, OrderDecision, OverrideRecord } from '#models/contracts/planDecision.ts';
import { machineKey } from '#models/contracts/topics.ts';
import { backtest } from '#models/demand/backtest.ts';
import type { Method } from '#models/demand/forecasters.ts';
import { type ForecastSettings, forecastTable, type ItemForecast } from '#models/demand/forecastTable.ts';
import { sumsOf, treeOf } from '#models/demand/hierarchy.ts';
import { isPart } from '#models/demand/partOrSeries.ts';
import type { ItemHistory } from '#models/demand/readHistory.ts';
import { reconcileTable } from '#models/demand/reconcile.ts';
import { betterMethod, hasDegraded } from '#models/demand/replaceMethod.ts';
import { forgottenOrders } from '#models/supply/asOf.ts';
import { cleaningLines } from '#models/supply/cleaning.ts';
import { dayOf } from '#models/supply/dates.ts';
import { demandHistories } from '#models/supply/demandHistories.ts';
import type { ItemDemandHistory } from '#models/supply/itemDemandHistory.ts';
import { elapsedOf, periodOf, SEASON, startOf } from '#models/supply/periods.ts';
import { prepareSupply } from '#models/supply/prepareSupply.ts';
import { findContradictions } from '#models/supply/supersessions.ts';
import type { Supply } from '#models/supply/supplyTables.ts';
import { withinBudget } from './budget.ts';
import { withDepotLevels } from './depotLevels.ts';
import { suppliedByDepots } from './depotPlan.ts';
import {
  factorWithin,
  overridden,
  overrideFactors,
  overrideRecordOfAll,
  overridesByPlace,
} from './forecastOverrides.ts';
import type { MachineNews } from './installedBase.ts';
import { ItemLaws } from './itemLaws.ts';
import { jointOrders } from './jointOrders.ts';
import { machinesOf } from './machinesByPlace.ts';
import { fixedOrders, fixedTransfers, withAccepted } from './orderDecisions.ts';
import { lengthsOf, type OrderFacts, orderPlan, stockItemOf } from './orderPlan.ts';
import { placeKey } from './placeKey.ts';
import { type Place, placesOf } from './places.ts';
import { forecastErrorsOf, type PlanMemory, resolveDemands, trimmedMemory } from './planMemory.ts';
import { datesFrom, type ForecastsByPlace, forecastsByPlace, seriesOf } from './planSeries.ts';
import { FAN_LEVELS, type PlanSettings } from './planSettings.ts';
import { recordForecasts } from './recordForecasts.ts';
import { repairLaw, withRepairs } from './repairLoop.ts';
import { segmentsOf } from './segments.ts';
import { DeliveryTimes, type SupplierScore, supplierScores } from './suppliers.ts';
import { withTransfers } from './transfers.ts';

export interface SupplyPlan {
  /** The costliest to wait for first. */
  items: PlanItem[];
  series: PlanSeries[];
  levels: { id: string; level: 'total' | 'site' | 'family'; date: string[]; mean: number[] }[];
  reconciliation: 'bottom_up' | 'mint' | null;
  suppliers: SupplierScore[];
  cleaning: string[];
  backtest: ReturnType<typeof backtest>;
  memory: PlanMemory;
  /** Whether planners' overrides helped; null: no overridden period has ended. */
  overrides: OverrideRecord | null;
}

/** Planners' decisions on orders and forecasts. */
export interface PlannerDecisions {
  orders: readonly OrderDecision[];
  overrides: readonly ForecastOverride[];
}

const NO_DECISIONS: PlannerDecisions = { orders: [], overrides: [] };

/** Fewest periods that methods are compared on. */
const MIN_TO_REPLACE = 12;

/**
 * The whole plan: forecasts from each item's history and its machines, lead times, stock levels and orders. Pure: the
 * same records and memory give the same plan.
 */
export function planSupply(
  given: Supply,
  news: MachineNews,
  memory: PlanMemory,
  requested: PlanSettings,
  decisions: PlannerDecisions = NO_DECISIONS,
): SupplyPlan {
  const settings = { ...requested, today: planningDay(given, requested) };
  const today = dayOf(settings.today);
  const supply = prepareSupply(withAccepted(given, decisions.orders), settings.today);
  const { items: histories, cleaning, nextPeriod } = demandHistories(supply, settings.period, settings.today);
  const remembered = updateOutcomes(memory, histories, newestPeriod(supply, settings));
  const places = withRepairs(placesOf(supply, histories, settings.today), supply, today, settings.depot ?? null);
  const watched = addWatched(remembered, news, today);
  const machines = machinesOf(supply, places, news, watched, settings, today);
  const recordedForecasts = forecastsByPlace(watched.demands);
  const chosen = withMethods(places, watched, recordedForecasts, settings);
  const methods = new Map(chosen.methods.map((m) => [placeKey(m), m.method]));
  const tables = places.map((place): ItemHistory => {
    const { site, history, byMachines } = place;
    const others = history.map((q, i) => q - byMachines[i]);
    const method = methods.get(placeKey(place));
    const facts = { family: place.facts?.family, site: site || undefined, ...(method ? { method } : {}) };
    return { id: placeKey(place), ...facts, history: others };
  });
  const forecastSettings = forecastSettingsOf(settings);
  const { forecasts, moved, reconciliation } = reconcileForecasts(tables, forecastSettings);
  const times = new DeliveryTimes(supply, today);
  const deliveries = places.map((place) => repairLaw(place, times.law(place.item)));
  const factors = factorsOf(places, forecasts, decisions.overrides, nextPeriod, settings);
  const laws = new ItemLaws(tables, settings.period, lengthsOf(places, deliveries, settings), {
    elapsed: elapsedOf(settings.period, settings.today),
    factorOf: (i, periods) => (moved[i] ?? 1) * factorWithin(forecasts[i].mean, factors[i], periods),
  });
  const segments = segmentsOf(places, settings.period);
  const fixed = fixedOrders(decisions.orders);
  const planned = places.map((place, i): OrderFacts => {
    const key = placeKey(place);
    return {
      place,
      forecast: overridden(forecasts[i], factors[i]),
      history: tables[i],
      machines: machines.get(key) ?? null,
      delivery: deliveries[i],
      segment: segments.get(key) ?? 'CZ',
      fixedOrder: fixed.get(key) ?? null,
    };
  });
  const groups = withDepotLevels(planned, settings);
  const replan = (i: number, transferIn: number) => orderPlan({ ...planned[i], transferIn }, laws, settings);
  const single = planned.map((facts) => orderPlan(facts, laws, settings));
  const stockItems = planned.map((facts) => stockItemOf(facts, settings));
  const repaired = suppliedByDepots({ plans: single, items: stockItems, replan }, groups);
  const rules = settings.transfers && { ...settings.transfers, fixed: fixedTransfers(decisions.orders) };
  const supplied = withTransfers({ plans: repaired, items: stockItems, replan }, rules ?? null);
  const fromDepots = new Set(groups.flatMap((g) => g.sites));
  const bought = stockItems.map((item, i) => (fromDepots.has(i) ? { ...item, fixedOrder: 0 } : item));
  const plans = jointOrders(supplied, bought, supply.suppliers, settings.period);
  const series = planned.map((facts) => seriesOf(facts, recordedForecasts, nextPeriod, settings));
  const levels = reconciliation === null ? [] : levelsOf(tables, series, nextPeriod, settings);
  const items = fitToBudget(plans, settings.budget).sort((a, b) => b.costOfWaiting - a.costOfWaiting);
  return {
    items,
    series,
    levels,
    reconciliation,
    suppliers: supplierScores(supply, today),
    cleaning: [
      ...(settings.today === requested.today ? [] : [`no record is newer: the plan is made as of ${settings.today}`]),
      ...cleaningLines(cleaning, settings.period),
      ...findContradictions(given.items),
      ...forgottenOrderNotes(given, settings.today),
    ],
    backtest: backtest(tables, { ...forecastSettings, leadTime: backtestLead(plans, settings) }),
    memory: trimmedMemory(
      recordForecasts(chosen, { planned, forecasts, series, machines }, nextPeriod, today, settings),
      today,
      nextPeriod,
    ),
    overrides: overrideRecordOfAll(watched.demands),
  };
}

/** For each place, planners' factors on its forecast in each period ahead. */
function factorsOf(
  places: readonly Place[],
  forecasts: readonly ItemForecast[],
  overrides: readonly ForecastOverride[],
  nextPeriod: number,
  settings: PlanSettings,
): number[][] {
  const byPlace = overridesByPlace(overrides);
  return places.map((place, i) => {
    const own = byPlace.get(placeKey(place));
    const { mean } = forecasts[i];
    return own === undefined ? [] : overrideFactors(own, datesFrom(nextPeriod, mean.length, settings), mean);
  });
}

/**
 * The day that a plan is made as of: today, or, without any record in the last season, the first day after the newest
 * period. Old tables are planned as of their end, since years of missing rows would look like the end of all demand.
 * Where machines use parts, it is always today, since their health is current.
 */
function planningDay(supply: Supply, settings: PlanSettings): string {
  const { period, today } = settings;
  if (supply.demand.length === 0 || supply.bom.length > 0) return today;
  const next = newestPeriod(supply, settings) + 1;
  return periodOf(period, today) - next >= SEASON[period] ? startOf(period, next) : today;
}

const SHOWN = 5;

function forgottenOrderNotes(supply: Supply, today: string): string[] {
  const orders = forgottenOrders(supply, today);
  if (orders.length === 0) return [];
  const shown = `${orders.slice(0, SHOWN).join(', ')}${orders.length > SHOWN ? ' …' : ''}`;
  return [`${orders.length} open orders are so long overdue that they are not counted on any more: ${shown}`];
}

function forecastSettingsOf({ period, horizon }: PlanSettings): ForecastSettings {
  return { horizon, frequency: [SEASON[period]], quantiles: [...FAN_LEVELS], leadTime: 1 };
}

function backtestLead(plans: readonly PlanItem[], { reviewDays, period }: PlanSettings): number {
  const days = plans.map((p) => p.protectionDays).sort((a, b) => a - b);
  const middle = days[days.length >> 1] ?? reviewDays;
  return Math.max(1, periodOf(period, startOfDay(middle)) - periodOf(period, startOfDay(0)));
}

/** A day `days` after a Monday that begins a month. */
const startOfDay = (days: number) => new Date(Date.UTC(2024, 0, 1 + Math.round(days))).toISOString().slice(0, 10);

/** Adds the outcomes of recorded forecasts. */
function updateOutcomes(memory: PlanMemory, histories: readonly ItemDemandHistory[], newest: number): PlanMemory {
  const byPlace = new Map(histories.map((h) => [placeKey(h), h]));
  return resolveDemands(memory, (item, site, period) => {
    const h = byPlace.get(placeKey({ item, site }));
    // A period after the newest record is unknown.
    return h === undefined || period > newest ? null : (h.quantity[period - h.firstPeriod] ?? null);
  });
}

/** The newest period of any record. */
function newestPeriod({ demand, maintenance }: Supply, { period }: PlanSettings): number {
  let newest = '0000-01-01';
  for (const { date } of demand) if (date > newest) newest = date;
  for (const { date, kind } of maintenance) if (kind !== 'planned' && date > newest) newest = date;
  return periodOf(period, newest);
}

/** Machines are watched from the day that they first appear. */
function addWatched(memory: PlanMemory, { health }: Pick<MachineNews, 'health'>, today: number): PlanMemory {
  const firstSeen = Object.fromEntries(health.map((h) => [machineKey(h), today]));
  return { ...memory, watchedSince: { ...firstSeen, ...memory.watchedSince } };
}

/** Replaces methods of series that have become inaccurate where another was better. Parts use an average of methods. */
function withMethods(
  places: readonly { item: string; site: string; history: readonly number[] }[],
  memory: PlanMemory,
  recorded: ForecastsByPlace,
  { period, today }: PlanSettings,
): PlanMemory {
  const known = new Map(memory.methods.map((m) => [placeKey(m), m]));
  for (const { item, site, history } of places) {
    const key = placeKey({ item, site });
    const tracked = forecastErrorsOf(recorded.get(key) ?? []);
    if (history.length < MIN_TO_REPLACE || isPart(history, SEASON[period]) || !hasDegraded(tracked)) continue;
    const current: Method = known.get(key)?.method ?? 'mean_of_ets_theta_ces';
    const better = betterMethod(history, [SEASON[period]], current);
    if (better === null) continue;
    const why = `${current} had erred more than naive over the last ${tracked.actual.length} periods; ${better.method} erred ${Math.round(100 * better.ratio)} % of it at the newest origins`;
    known.set(key, { item, site, method: better.method, since: today, why });
  }
  return { ...memory, methods: [...known.values()] };
}

function fitToBudget(plans: readonly PlanItem[], budget: number | null): PlanItem[] {
  if (budget === null) return [...plans];
  const paid = withinBudget(
    plans.filter((p) => p.orderNow > 0 && !p.deferred),
    budget,
  );
  return plans.map((plan) => ({ ...plan, deferred: plan.deferred || (plan.orderNow > 0 && !paid.has(plan)) }));
}

/** Forecasts of all items; with families or sites, reconciled with the forecasts of those. */
function reconcileForecasts(tables: readonly ItemHistory[], settings: ForecastSettings) {
  const sold = tables.filter((t) => t.history.some((v) => v > 0));
  if (sold.length < 2 || sold.every((t) => !t.family && !t.site))
    return { forecasts: forecastTable(tables, settings), moved: [], reconciliation: null };
  const { how, items, moved } = reconcileTable(tables, settings);
  return { forecasts: items, moved, reconciliation: how };
}

/** Sums by family and site of the items' forecasts, demand of machines included. */
function levelsOf(
  tables: readonly ItemHistory[],
  series: readonly PlanSeries[],
  nextPeriod: number,
  settings: PlanSettings,
): SupplyPlan['levels'] {
  const { nodes, leaves } = treeOf(tables);
  const sums = sumsOf(
    nodes,
    series.map(({ forecast }) => forecast.mean),
  );
  const date = datesFrom(nextPeriod, settings.horizon, settings);
  return nodes
    .slice(0, nodes.length - leaves.length)
    .map(({ id, level }, i) => ({ id, level: level as 'total' | 'site' | 'family', date, mean: sums[i] }));
}
