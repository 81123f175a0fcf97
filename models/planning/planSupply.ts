import type { PlanItem, PlanSeries } from '#models/contracts/plan.ts';
import { machineKey } from '#models/contracts/topics.ts';
import { backtest, naiveOf } from '#models/demand/backtest.ts';
import type { Method } from '#models/demand/forecasters.ts';
import { type ForecastSettings, forecastTable } from '#models/demand/forecastTable.ts';
import { sumsOf, treeOf } from '#models/demand/hierarchy.ts';
import { isPart } from '#models/demand/partOrSeries.ts';
import type { ItemHistory } from '#models/demand/readHistory.ts';
import { reconcileTable } from '#models/demand/reconcile.ts';
import { betterMethod, hasDegraded } from '#models/demand/replaceMethod.ts';
import { groupedBy } from '#models/groupedBy.ts';
import { forgottenOrders } from '#models/supply/asOf.ts';
import { cleaningLines } from '#models/supply/cleaning.ts';
import { dayOf } from '#models/supply/dates.ts';
import { demandHistories } from '#models/supply/demandHistories.ts';
import type { ItemDemandHistory } from '#models/supply/itemDemandHistory.ts';
import { elapsedOf, periodOf, SEASON, startOf } from '#models/supply/periods.ts';
import { prepareSupply } from '#models/supply/prepareSupply.ts';
import { findContradictions } from '#models/supply/supersessions.ts';
import type { Supply } from '#models/supply/supplyTables.ts';
import { foresightOf, installedBase, type MachineNews, siteOfMachine } from './installedBase.ts';
import { ItemLaws } from './itemLaws.ts';
import { MachineDemand } from './machineDemand.ts';
import { lengthsOf, type OrderFacts, orderPlan } from './orderPlan.ts';
import { type Place, placesOf } from './places.ts';
import {
  type DemandForecast,
  estimateOutcomes,
  findRemovals,
  forecastErrorsOf,
  type PlanMemory,
  recalibrations,
  resolveDemands,
  trimmedMemory,
} from './planMemory.ts';
import { datesFrom, type ForecastsByPlace, forecastsByPlace, placeKey, seriesOf } from './planSeries.ts';
import { FAN_LEVELS, type PlanSettings } from './planSettings.ts';
import { withinBudget } from './stockPolicy.ts';
import { DeliveryTimes, type SupplierScore, supplierScores } from './suppliers.ts';

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
}

/** Periods that methods are compared on. */
const MIN_TO_REPLACE = 12;
/** Interval between recorded chances of a machine: those of consecutive days are nearly the same. */
const RECORD_INTERVAL_DAYS = 7;

/**
 * Everything a planner is told: demand of each item from its history and from what machines say, how long deliveries
 * take, what to hold, and what to order now. Pure: the same records and memory give the same plan.
 */
export function planSupply(given: Supply, news: MachineNews, memory: PlanMemory, requested: PlanSettings): SupplyPlan {
  const settings = { ...requested, today: planningDay(given, requested) };
  const today = dayOf(settings.today);
  const supply = prepareSupply(given, settings.today);
  const { items: histories, cleaning, nextPeriod } = demandHistories(supply, settings.period, settings.today);
  const remembered = updateOutcomes(memory, histories, newestPeriod(supply, settings));
  const places = placesOf(supply, histories, settings.today);
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
  const deliveries = places.map(({ item }) => times.law(item));
  const laws = new ItemLaws(tables, settings.period, lengthsOf(places, deliveries, settings), {
    elapsed: elapsedOf(settings.period, settings.today),
    times: moved,
  });
  const planned = places.map((place, i): OrderFacts => {
    const demand = machines.get(placeKey(place)) ?? null;
    return { place, forecast: forecasts[i], history: tables[i], machines: demand, delivery: deliveries[i] };
  });
  const plans = planned.map((facts) => orderPlan(facts, laws, settings));
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
      recordForecasts(chosen, planned, series, machines, nextPeriod, today, settings),
      today,
      nextPeriod,
    ),
  };
}

/**
 * The day that a plan is made as of: today, or, where no record is of the last season, the beginning of the period after
 * the newest one. Old tables are planned as of their end; years of silence after it would be the end of all demand.
 * Where machines take parts, it is always today: their health is of now.
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

/** A day so many days after a Monday that begins a month. */
const startOfDay = (days: number) => new Date(Date.UTC(2024, 0, 1 + Math.round(days))).toISOString().slice(0, 10);

/** Adds the outcomes of recorded forecasts. */
function updateOutcomes(memory: PlanMemory, histories: readonly ItemDemandHistory[], newest: number): PlanMemory {
  const byPlace = new Map(histories.map((h) => [placeKey(h), h]));
  return resolveDemands(memory, (item, site, period) => {
    const h = byPlace.get(placeKey({ item, site }));
    // A period that no record has reached is unknown.
    return h === undefined || period > newest ? null : (h.quantity[period - h.firstPeriod] ?? null);
  });
}

/** The last period that any record is of. */
function newestPeriod({ demand, maintenance }: Supply, { period }: PlanSettings): number {
  let newest = '0000-01-01';
  for (const { date } of demand) if (date > newest) newest = date;
  for (const { date, kind } of maintenance) if (kind !== 'planned' && date > newest) newest = date;
  return periodOf(period, newest);
}

/** Machines that appear for the first time are watched from today on. */
function addWatched(memory: PlanMemory, { health }: Pick<MachineNews, 'health'>, today: number): PlanMemory {
  const firstSeen = Object.fromEntries(health.map((h) => [machineKey(h), today]));
  return { ...memory, watchedSince: { ...firstSeen, ...memory.watchedSince } };
}

/** Demand of machines, by the place that their parts are taken from. */
function machinesOf(
  supply: Supply,
  places: readonly Place[],
  news: MachineNews,
  memory: PlanMemory,
  settings: PlanSettings,
  today: number,
): Map<string, MachineDemand> {
  const taken = [...supply.maintenance, ...removalsFromUsage(supply.demand, settings.today)];
  const takings = findRemovals(supply.bom, taken);
  const maps = recalibrations(memory.chances, takings, today);
  const outcomes = estimateOutcomes(memory.chances, takings);
  const foresight = foresightOf(
    { bom: supply.bom, maintenance: taken },
    news,
    new Map(Object.entries(memory.watchedSince)),
    outcomes,
  );
  const demands = new Map<string, MachineDemand>();
  const placesByItem = groupedBy(places, (place) => place.item);
  const boms = groupedBy(
    supply.bom.filter((b) => placesByItem.has(b.item)),
    (b) => placeKey(placeOfMachine(placesByItem.get(b.item) as Place[], siteOfMachine(b.machine, news))),
  );
  const records = groupedBy(taken, (m) => m.machine);
  for (const [key, bom] of boms) {
    const base = installedBase(bom, records, news, today, settings.usualLifeDays);
    demands.set(key, new MachineDemand(bom[0].item, base, foresight, maps));
  }
  return demands;
}

/** Machines take from the place of their own site, else from the first of the item: the one without a site, if any. */
function placeOfMachine(places: readonly Place[], site: string | null): Place {
  return places.find((place) => place.site === site) ?? places[0];
}

/** Usage that names its machine ends the life of its part as a record of maintenance does. */
function removalsFromUsage(demand: Supply['demand'], upTo: string): Supply['maintenance'] {
  return demand.flatMap(({ item, machine, kind, date, quantity }) =>
    kind === 'usage' && machine !== undefined && date <= upTo
      ? [{ item, machine, date, quantity, kind: 'failure' }]
      : [],
  );
}

/** Methods of series that turned bad get another in their place, where one was better. Parts are averaged over methods. */
function withMethods(
  places: readonly { item: string; site: string; history: readonly number[] }[],
  memory: PlanMemory,
  told: ForecastsByPlace,
  { period, today }: PlanSettings,
): PlanMemory {
  const known = new Map(memory.methods.map((m) => [placeKey(m), m]));
  for (const { item, site, history } of places) {
    const key = placeKey({ item, site });
    const tracked = forecastErrorsOf(told.get(key) ?? []);
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
    plans.filter((p) => p.orderNow > 0),
    budget,
  );
  return plans.map((plan) => ({ ...plan, deferred: plan.orderNow > 0 && !paid.has(plan) }));
}

/** Forecasts of all items; where they name families or sites, such that agree with the forecasts of those. */
function reconcileForecasts(tables: readonly ItemHistory[], settings: ForecastSettings) {
  const sold = tables.filter((t) => t.history.some((v) => v > 0));
  if (sold.length < 2 || sold.every((t) => !t.family && !t.site))
    return { forecasts: forecastTable(tables, settings), moved: [], reconciliation: null };
  const { how, items, moved } = reconcileTable(tables, settings);
  return { forecasts: items, moved, reconciliation: how };
}

/** Sums of families and sites of what is told of their items, machines' demand within it. */
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

/** Records the current forecasts: once per period, and the chances of each machine once a week. */
function recordForecasts(
  memory: PlanMemory,
  planned: readonly OrderFacts[],
  series: readonly PlanSeries[],
  machines: ReadonlyMap<string, MachineDemand>,
  nextPeriod: number,
  today: number,
  settings: PlanSettings,
): PlanMemory {
  const already = new Set(memory.demands.filter((d) => d.period === nextPeriod).map(placeKey));
  const demands = planned.flatMap(({ place, forecast }, i): DemandForecast[] => {
    const { item, site, history } = place;
    if (already.has(placeKey(place)) || history.length === 0) return [];
    const [naive] = naiveOf(history, SEASON[settings.period], 1);
    const { mean, quantiles } = series[i].forecast;
    const fan = FAN_LEVELS.map((level) => quantiles[String(level)][0]);
    const its = { item, site, class: forecast.class, period: nextPeriod };
    return [{ ...its, mean: mean[0], naive, fan, actual: null }];
  });
  const lately = memory.chances.filter((c) => c.day > today - RECORD_INTERVAL_DAYS && c.day <= today);
  const known = new Set(lately.map((c) => `${c.machine}\t${c.item}`));
  const chances = [...machines.values()]
    .flatMap((m) => m.chanceForecasts(today))
    .filter((c) => !known.has(`${c.machine}\t${c.item}`));
  return { ...memory, demands: [...memory.demands, ...demands], chances: [...memory.chances, ...chances] };
}
