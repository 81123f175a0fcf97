import { type CountLaw, chanceOfAtMost, countLaw, momentsBeyond } from './countLaw.ts';

/** A site whose machines use a repairable spare, one per failure. Times in days, rates per day. */
export interface RepairSite {
  /** Units that fail. */
  rate: number;
  /** From the depot's shelf to the site. */
  transportDays: number;
  /** Share of the failed units that the site repairs itself, and the time of that; the depot repairs the others. */
  ownShare: number;
  ownDays: number;
}

/** Sites, and the depot that repairs for them. */
export interface RepairNetwork {
  /**
   * From a site's request until a serviceable unit has replaced the failed one at the depot: transport, repair, or
   * purchase.
   */
  depotDays: number;
  sites: readonly RepairSite[];
  /** Variance-to-mean ratio of the failures; 1: Poisson. */
  varianceRatio: number;
}

/** Base-stock levels: units on the shelf, in repair and in transport, less backorders. */
export interface SpareLevels {
  depot: number;
  sites: readonly number[];
}

export interface SiteService {
  /** Units that machines wait for, on average. */
  backorders: number;
  /** Share of the failures that find a spare on the shelf, and share of the time without backorders. */
  fill: number;
  ready: number;
}

/** `poisson`: METRIC. `corrected`: with the variance of the depot's delay, VARI-METRIC. */
export type ResupplyLaw = 'poisson' | 'corrected';

/** Mean time in which the depot replaces a failed unit: scrapped units are purchased. */
export const depotDaysOf = (repairDays: number, scrapShare: number, purchaseDays: number): number =>
  (1 - scrapShare) * repairDays + scrapShare * purchaseDays;

/**
 * Backorders and service of each site. By Palm's theorem the units in repair are Poisson, whatever the distribution of
 * the times; the depot's backorders are shared among the sites in proportion to their requests. Sources: Sherbrooke,
 * "METRIC: a multi-echelon technique for recoverable item control", Operations Research 16 (1968), 122–141; Graves, "A
 * multi-echelon inventory model for a repairable item with one-for-one replenishment", Management Science 31 (1985),
 * 1247–1256; Sherbrooke, "VARI-METRIC", Operations Research 34 (1986), 311–319.
 */
export function serviceOf(network: RepairNetwork, levels: SpareLevels, law: ResupplyLaw = 'corrected'): SiteService[] {
  return resupplyLaws(network, levels.depot, law).map((resupply, j) => {
    const stock = levels.sites[j];
    return {
      backorders: momentsBeyond(resupply, stock).mean,
      fill: stock > 0 ? chanceOfAtMost(resupply, stock - 1) : 0,
      ready: chanceOfAtMost(resupply, stock),
    };
  });
}

/** Outstanding requests of each site. */
function resupplyLaws({ depotDays, sites, varianceRatio }: RepairNetwork, depot: number, law: ResupplyLaw): CountLaw[] {
  const requests = sites.map(({ rate, ownShare }) => rate * (1 - ownShare));
  const total = requests.reduce((a, b) => a + b, 0);
  const owed = owedByDepot(total * depotDays, varianceRatio, depot);
  return sites.map(({ rate, transportDays, ownShare, ownDays }, j) => {
    const part = total > 0 ? requests[j] / total : 0;
    const own = rate * ownShare * ownDays + requests[j] * transportDays;
    const mean = own + part * owed.mean;
    if (law === 'poisson') return countLaw(mean);
    return countLaw(mean, varianceRatio * own + part * (1 - part) * owed.mean + part ** 2 * owed.variance);
  });
}

/** The depot's backorders: units in repair beyond its stock. @param inRepair their mean. */
const owedByDepot = (inRepair: number, varianceRatio: number, depot: number) =>
  momentsBeyond(countLaw(inRepair, varianceRatio * inRepair), depot);

/** The best allocation of a number of units. */
export interface SparesOption extends SpareLevels {
  units: number;
  backorders: number;
}

/** Backorders of the depot below which no more stock is tried there. */
const DEPOT_DONE = 1e-6;

/**
 * The levels with the fewest backorders for 0, 1, 2 … units. For each stock of the depot, units go one by one to the
 * site where they reduce backorders most; this is optimal since the gain of further units falls.
 */
export function bestLevels(network: RepairNetwork, mostUnits: number, law: ResupplyLaw = 'corrected'): SparesOption[] {
  const best: SparesOption[] = [];
  const inRepair =
    network.sites.reduce((sum, { rate, ownShare }) => sum + rate * (1 - ownShare), 0) * network.depotDays;
  for (let depot = 0; depot <= mostUnits; depot++) {
    const laws = resupplyLaws(network, depot, law);
    allocate(laws, mostUnits - depot, (sites, backorders) => {
      const units = depot + sites.reduce((a, b) => a + b, 0);
      if (best[units] === undefined || backorders < best[units].backorders - 1e-12)
        best[units] = { units, depot, sites: [...sites], backorders };
    });
    if (owedByDepot(inRepair, network.varianceRatio, depot).mean < DEPOT_DONE) break;
  }
  return best;
}

/** Allocates units to sites by marginal analysis, and reports each step. */
function allocate(laws: readonly CountLaw[], units: number, tell: (sites: number[], backorders: number) => void): void {
  const sites = laws.map(() => 0);
  let backorders = laws.reduce((sum, law) => sum + momentsBeyond(law, 0).mean, 0);
  // Gain of one more unit: the probability that it is owed.
  const gains = laws.map((law) => 1 - chanceOfAtMost(law, 0));
  tell(sites, backorders);
  for (let unit = 0; unit < units; unit++) {
    const at = gains.indexOf(Math.max(...gains));
    if (at < 0) return;
    backorders -= gains[at];
    sites[at]++;
    gains[at] = 1 - chanceOfAtMost(laws[at], sites[at]);
    tell(sites, Math.max(0, backorders));
  }
}

/** A repairable item among others that a budget is for. */
export interface RepairItem {
  network: RepairNetwork;
  unitCost: number;
}

/**
 * Levels of several items within a budget, those first that reduce backorders most for the money: marginal analysis
 * over the convex hull of each item's options. The budget is never exceeded; a remainder that no step fits into is not
 * spent.
 */
export function levelsWithin(
  items: readonly RepairItem[],
  budget: number,
  law: ResupplyLaw = 'corrected',
): SparesOption[] {
  const hulls = items.map(({ network, unitCost }) =>
    hullOf(bestLevels(network, Math.min(MOST_UNITS, Math.floor(budget / Math.max(unitCost, 1e-9))), law)),
  );
  const at = items.map(() => 0);
  let left = budget;
  for (;;) {
    const steps = items.flatMap(({ unitCost }, i) => {
      const [from, to] = [hulls[i][at[i]], hulls[i][at[i] + 1]];
      if (to === undefined) return [];
      const cost = (to.units - from.units) * unitCost;
      return cost > left ? [] : [{ i, cost, worth: (from.backorders - to.backorders) / cost }];
    });
    if (steps.length === 0) return at.map((step, i) => hulls[i][step]);
    const best = steps.reduce((a, b) => (b.worth > a.worth ? b : a));
    at[best.i]++;
    left -= best.cost;
  }
}

/** Levels beyond this remove a negligible number of backorders. */
export const MOST_UNITS = 1500;
const WORTHLESS = 1e-9;

/** Options whose gain per unit falls. */
function hullOf(options: readonly SparesOption[]): SparesOption[] {
  const hull: SparesOption[] = [];
  const slope = (a: SparesOption, b: SparesOption) => (a.backorders - b.backorders) / (b.units - a.units);
  for (const option of options) {
    if (hull.length > 0 && hull[hull.length - 1].backorders - option.backorders < WORTHLESS) continue;
    while (
      hull.length > 1 &&
      slope(hull[hull.length - 1], option) >= slope(hull[hull.length - 2], hull[hull.length - 1])
    )
      hull.pop();
    hull.push(option);
  }
  return hull;
}
