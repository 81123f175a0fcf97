import { groupedBy } from '#models/groupedBy.ts';
import { PERIOD_DAYS } from '#models/supply/periods.ts';
import type { BaseStock } from './baseStockPlan.ts';
import { type OrderFacts, perPeriodOf, stockItemOf, targetOf } from './orderPlan.ts';
import type { PlanSettings } from './planSettings.ts';
import { isRepairable } from './repairLoop.ts';
import { bestLevels, MOST_UNITS, type RepairNetwork, type SparesOption, serviceOf } from './repairNetwork.ts';
import type { StockTarget } from './stockPolicy.ts';
import { meanDays } from './suppliers.ts';

/** An item that a depot repairs for sites, as indices into the plan. */
export interface DepotGroup {
  depot: number;
  sites: number[];
}

/** Assigns base-stock levels to the places of depots. @returns the depots with their sites. */
export function withDepotLevels(planned: OrderFacts[], settings: PlanSettings): DepotGroup[] {
  return depotGroups(planned, settings).filter((group) => {
    const levels = depotLevels(planned, group, settings);
    for (const [index, baseStock] of levels) {
      const { delivery } = planned[index];
      const way = { ...delivery, days: [{ days: settings.depot?.days ?? 0, chance: 1 }] };
      planned[index] = { ...planned[index], baseStock, ...(!baseStock.isDepot && { delivery: way }) };
    }
    return levels.size > 0;
  });
}

/** Largest variance-to-mean ratio of failures: beyond it the history is not of failures alone. */
const WIDEST = 10;

/** Repairable items stocked at the depot and elsewhere. */
export function depotGroups(planned: readonly OrderFacts[], { depot }: PlanSettings): DepotGroup[] {
  if (depot === undefined) return [];
  const indexed = planned.map(({ place }, index) => ({ place, index })).filter(({ place }) => isRepairable(place));
  return [...groupedBy(indexed, ({ place }) => place.item).values()].flatMap((group) => {
    const own = group.find(({ place }) => place.site === depot.site);
    const sites = group.filter((g) => g !== own).map((g) => g.index);
    return own === undefined || sites.length === 0 ? [] : [{ depot: own.index, sites }];
  });
}

/**
 * Base stocks of a depot and its sites: the fewest units in total that reach the target, averaged over all failures,
 * each placed where it reduces backorders most. Machines at the depot's own site are served from its shelf, too.
 */
export function depotLevels(
  planned: readonly OrderFacts[],
  { depot, sites }: DepotGroup,
  settings: PlanSettings,
): Map<number, BaseStock> {
  const all = [depot, ...sites];
  const network = networkOf(planned, all, settings);
  const mean = network.sites.reduce((sum, s) => sum + s.rate * (network.depotDays + s.transportDays), 0);
  const most = Math.ceil(mean + 8 * Math.sqrt(network.varianceRatio * mean)) + 3;
  if (most > MOST_UNITS) return new Map();
  const { place, segment } = planned[depot];
  const target = targetOf(place.facts, settings.segmentTargets?.[segment] ?? settings.target);
  const option = optionFor(network, bestLevels(network, most), target, planned[depot], settings);
  const services = serviceOf(network, option);
  return new Map(
    all.map((index, j) => {
      const { fill, ready } = network.sites[j].rate > 0 ? services[j] : { fill: 1, ready: 1 };
      return [index, { level: option.sites[j] + (j === 0 ? option.depot : 0), fill, ready, isDepot: j === 0 }];
    }),
  );
}

function networkOf(planned: readonly OrderFacts[], all: readonly number[], settings: PlanSettings): RepairNetwork {
  const { period } = settings;
  const days = settings.depot?.days ?? 0;
  return {
    depotDays: meanDays(planned[all[0]].delivery),
    varianceRatio: varianceRatioOf(all.map((i) => planned[i].place.history)),
    sites: all.map((i, j) => ({
      rate: perPeriodOf(planned[i], period) / PERIOD_DAYS[period],
      transportDays: j === 0 ? 0 : days,
      ownShare: 0,
      ownDays: 0,
    })),
  };
}

function varianceRatioOf(histories: readonly (readonly number[])[]): number {
  let [means, variances] = [0, 0];
  for (const history of histories.filter((h) => h.length > 1)) {
    const mean = history.reduce((a, b) => a + b, 0) / history.length;
    means += mean;
    variances += history.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (history.length - 1);
  }
  return means > 0 ? Math.min(WIDEST, Math.max(1, variances / means)) : 1;
}

function optionFor(
  network: RepairNetwork,
  options: readonly SparesOption[],
  target: StockTarget,
  facts: OrderFacts,
  settings: PlanSettings,
): SparesOption {
  const rate = network.sites.reduce((sum, s) => sum + s.rate, 0);
  const served = (option: SparesOption, kind: 'fill' | 'ready') =>
    serviceOf(network, option).reduce((sum, s, j) => sum + network.sites[j].rate * s[kind], 0) / Math.max(rate, 1e-12);
  if (target.kind !== 'cost') {
    const kind = target.kind === 'fill' ? 'fill' : 'ready';
    return options.find((o) => rate === 0 || served(o, kind) >= target.level - 1e-9) ?? options[options.length - 1];
  }
  const { unitCost, holdingRate, shortageCost } = stockItemOf(facts, settings);
  const periodDays = PERIOD_DAYS[settings.period];
  const cost = (o: SparesOption) =>
    o.units * unitCost * holdingRate + shortageCost * rate * periodDays * (1 - served(o, 'fill'));
  return options.reduce((best, next) => (cost(next) < cost(best) ? next : best));
}
