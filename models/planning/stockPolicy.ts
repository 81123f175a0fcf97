import { type GridLaw, gridStep, onGrid } from './demandGrid.ts';
import { chanceWithin, type DemandLaw, expectedShort } from './demandLaw.ts';
import { orderCycle } from './orderCycle.ts';
import { leastCostPolicy } from './zhengFedergruen.ts';

export interface StockItem {
  /** Units on the shelf, and on their way. */
  stock: number;
  onOrder: number;
  unitCost: number;
  /** Fixed cost of one order. */
  orderCost: number;
  /** Cost of holding a unit for a period, as a part of its cost. */
  holdingRate: number;
  /** Cost of a unit that is demanded but not in stock. */
  shortageCost: number;
  minimumOrder: number;
  /** Orders are whole multiples of it; at least the unit. */
  packSize: number;
  /** Smallest quantity that demand is counted in: 1 of pieces, 0.001 of tonnes told to the kilogram. */
  unit: number;
  /** What a planner decided to order now; absent: what the levels call for. */
  fixedOrder?: number;
}

/** What the stock is to achieve. A cycle service and a fill rate of the same number ask for different stocks. */
export type StockTarget =
  /** Share of the replenishment cycles in which nothing runs out before the order has come. */
  | { kind: 'cycle'; level: number }
  /** Part of the demand that is served from the shelf. */
  | { kind: 'fill'; level: number }
  /** Least expected cost of holding and of running out. */
  | { kind: 'cost' };

export interface ItemDemand {
  /** Over the delivery time, over delivery and review together, and over one review. */
  delivery: DemandLaw;
  protection: DemandLaw;
  review: DemandLaw;
  /** Mean demand a period in the long run: what orders are sized by. */
  perPeriod: number;
}

export interface StockPlan {
  reorderPoint: number;
  orderUpTo: number;
  /** Reorder point less the mean demand of the protection interval. */
  safetyStock: number;
  /** Stock and what is on its way. */
  position: number;
  orderNow: number;
  /** What the levels call for: other than `orderNow` where that was decided. */
  proposedOrder: number;
  orderCost: number;
  /** Chance that the position and the order of now do not last until the order after it could come. */
  runOutAfterOrder: number;
  /** Chance that the position alone does not last through the protection interval. */
  runOutProbability: number;
  /** Part of the order cycles without a run-out, in the long run. */
  expectedCycleService: number;
  /** Part of the demand that is served from the shelf in the long run, over all inventory positions of the policy. */
  expectedFill: number;
  /** Cost of the units that will be short, for not ordering before the next review, once an order of today would be there. */
  costOfWaiting: number;
}

/** A distance from the reorder point, in units, and its long-run share. */
interface Offset {
  units: number;
  share: number;
}

/** What happens between two orders, whatever the reorder point. */
interface Cycle {
  /** Order-up-to level less reorder point, in units. */
  span: number;
  /** Inventory positions after a review, above the reorder point. */
  positions: Offset[];
  /** Positions at which orders are made, below the reorder point; null: an order at each review with any demand. */
  undershoots: Offset[] | null;
  /** Orders per review. */
  orderRate: number;
}

interface Levels {
  reorderPoint: number;
  cycle: Cycle;
}

/**
 * Periodic review: an inventory position below the reorder point is raised to the order-up-to level, in whole packs.
 * The reorder point is the least one that meets the target, given that lots keep the position above it most of the time.
 * Least cost with a fixed order cost is the optimum by Zheng and Federgruen; without one it is the newsvendor's.
 * Sources: Silver, Pyke & Thomas, "Inventory and Production Management in Supply Chains" (2017), ch. 4, 6 and 9; Axsäter,
 * "Inventory Control" (2015), ch. 5 and 6. Unmet demand is backordered.
 * @param reviewPeriods between two chances to order.
 */
export function planStock(item: StockItem, demand: ItemDemand, target: StockTarget, reviewPeriods: number): StockPlan {
  const { reorderPoint, cycle } = levelsFor(item, demand, target, reviewPeriods);
  const orderUpTo = exact(reorderPoint + cycle.span);
  const position = item.stock + item.onOrder;
  const proposedOrder = position < reorderPoint ? orderQuantity(orderUpTo - position, item) : 0;
  const orderNow = item.fixedOrder ?? proposedOrder;
  const after = position + orderNow;
  return {
    reorderPoint,
    orderUpTo,
    safetyStock: exact(reorderPoint - demand.protection.mean),
    position,
    orderNow,
    proposedOrder,
    runOutAfterOrder: 1 - chanceWithin(demand.protection, after),
    orderCost: orderNow > 0 ? item.orderCost + orderNow * item.unitCost : 0,
    runOutProbability: 1 - chanceWithin(demand.protection, position),
    expectedCycleService: cycleService(cycle, demand, reorderPoint),
    expectedFill: longRun(cycle, reorderPoint, (at) => fillOf(demand, at)),
    costOfWaiting: Math.max(0, shortInReview(demand, position) - shortInReview(demand, after)) * item.shortageCost,
  };
}

function levelsFor(item: StockItem, demand: ItemDemand, target: StockTarget, reviewPeriods: number): Levels {
  const holding = item.unitCost * item.holdingRate * reviewPeriods;
  const step = gridStep(item.unit, Math.max(largestOf(demand.protection), economicLot(item, demand), item.packSize));
  const review = onGrid(demand.review, step);
  const ordersAnyQuantity = item.packSize <= step && item.minimumOrder <= step;
  const ordersAtEachReview = ordersAnyQuantity && !(item.orderCost > 0 && holding > 0);
  if (review.mass[0] > 1 - 1e-9 || ordersAtEachReview) return atTarget(EACH_REVIEW, item, demand, target, holding);
  if (target.kind !== 'cost') return atTarget(economicCycle(item, demand, review), item, demand, target, holding);
  return ordersAnyQuantity && item.shortageCost > 0
    ? optimalLevels(item, demand, holding, review)
    : cheapestLots(item, demand, holding, review);
}

/** Base stock: each review orders what the last one took. */
const EACH_REVIEW: Cycle = { span: 0, positions: [{ units: 0, share: 1 }], undershoots: null, orderRate: 1 };

function optimalLevels(item: StockItem, demand: ItemDemand, holding: number, review: GridLaw): Levels {
  const { step } = review;
  const cost = (at: number) => reviewCost(item, demand, holding, at * step);
  const { reorderAt, orderUpTo } = leastCostPolicy(review, item.orderCost, cost);
  // An order is due below the reorder point here, at or below it in the source.
  const cycle = cycleOf(item, review, orderUpTo - reorderAt - 1);
  return { reorderPoint: exact((reorderAt + 1) * step), cycle };
}

/** Economic order quantity, √(2KD/h), in units; 0 where orders or holding cost nothing. */
function economicLot({ orderCost, unitCost, holdingRate }: StockItem, { perPeriod }: ItemDemand): number {
  const holding = unitCost * holdingRate;
  return orderCost > 0 && holding > 0 ? Math.sqrt((2 * orderCost * perPeriod) / holding) : 0;
}

/**
 * Order-up-to level less reorder point, in steps: an order is that and the undershoot, which together are the economic
 * quantity, and never less than the minimum order.
 */
function spanOf(item: StockItem, demand: ItemDemand, review: GridLaw): number {
  const undershoot = meanUndershoot(review);
  const span = economicLot(item, demand) / review.step - undershoot;
  return Math.max(0, Math.round(span), Math.ceil(item.minimumOrder / review.step - undershoot));
}

/** Mean fall below the reorder point at an order, for lots of many reviews' demand: E[D²] / 2E[D]. */
function meanUndershoot({ mass }: GridLaw): number {
  let [first, second] = [0, 0];
  mass.forEach((m, k) => {
    first += m * k;
    second += m * k * k;
  });
  return second / (2 * first);
}

/** @param span order-up-to level less reorder point, in steps. */
function cycleOf(item: StockItem, review: GridLaw, span: number): Cycle {
  const { step } = review;
  const pack = Math.max(1, Math.round(item.packSize / step));
  const minimumOrder = Math.ceil(item.minimumOrder / step - 1e-9);
  const { share, undershoot, orderRate } = orderCycle(review, { span, pack, minimumOrder });
  const offsets = (shares: Float64Array): Offset[] =>
    Array.from(shares, (s, k) => ({ units: k * step, share: s })).filter((o) => o.share > 1e-9);
  return { span: span * step, positions: offsets(share), undershoots: offsets(undershoot), orderRate };
}

function economicCycle(item: StockItem, demand: ItemDemand, review: GridLaw): Cycle {
  return cycleOf(item, review, spanOf(item, demand, review));
}

function atTarget(cycle: Cycle, item: StockItem, demand: ItemDemand, target: StockTarget, holding: number): Levels {
  return { reorderPoint: reorderPointAt(cycle, item, demand, target, holding), cycle };
}

/** Sizes of orders that are tried, as parts of the span of the economic quantity, where packs bind. */
const SPANS_TRIED = [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5] as const;

/** The cheapest of several order sizes, each with its own best reorder point. */
function cheapestLots(item: StockItem, demand: ItemDemand, holding: number, review: GridLaw): Levels {
  const full = spanOf(item, demand, review);
  const spans = [...new Set(SPANS_TRIED.map((part) => Math.round(part * full)))];
  const tried = spans.map((span) => {
    const levels = atTarget(cycleOf(item, review, span), item, demand, { kind: 'cost' }, holding);
    const { reorderPoint, cycle } = levels;
    const perReview = longRun(cycle, reorderPoint, (at) => reviewCost(item, demand, holding, at));
    return { levels, cost: perReview + item.orderCost * cycle.orderRate };
  });
  return tried.reduce((best, next) => (next.cost < best.cost ? next : best)).levels;
}

/** Expected cost of holding and shortage at the end of a protection interval that begins at a position. */
function reviewCost(item: StockItem, { protection }: ItemDemand, holding: number, position: number): number {
  const short = expectedShort(protection, position);
  return holding * (position - lawMean(protection) + short) + item.shortageCost * short;
}

/** Mean of a value over the positions of a cycle. */
function longRun({ positions }: Cycle, reorderPoint: number, value: (position: number) => number): number {
  return positions.reduce((sum, { units, share }) => sum + share * value(reorderPoint + units), 0);
}

/** Share of the cycles in which what is left at an order lasts until it has come. */
function cycleService({ undershoots }: Cycle, { delivery, protection }: ItemDemand, reorderPoint: number): number {
  if (undershoots === null) return chanceWithin(protection, reorderPoint);
  return undershoots.reduce((sum, { units, share }) => sum + share * chanceWithin(delivery, reorderPoint - units), 0);
}

/** The least reorder point that meets the target. */
function reorderPointAt(
  cycle: Cycle,
  item: StockItem,
  demand: ItemDemand,
  target: StockTarget,
  holding: number,
): number {
  const search = (enough: (at: number) => boolean, least = 0) =>
    leastFor(enough, demand.protection, Math.min(least, largestOf(demand.protection)), item.unit);
  switch (target.kind) {
    case 'cycle': {
      const base = search((at) => chanceWithin(demand.protection, at) >= target.level - 1e-9);
      // Of what is rarely asked for, a single order may always come too late; it needs no more than its base stock.
      return Math.min(
        base,
        search((at) => cycleService(cycle, demand, at) >= target.level - 1e-9),
      );
    }
    case 'fill':
      // However large a lot is, an empty shelf is below the reorder point.
      return search(
        (at) => longRun(cycle, at, (position) => fillOf(demand, position)) >= target.level,
        cycle.undershoots === null ? 0 : item.unit,
      );
    case 'cost': {
      const critical = item.shortageCost / Math.max(1e-12, item.shortageCost + holding);
      const lasts = (position: number) => chanceWithin(demand.protection, position);
      return search(
        (at) => longRun(cycle, at, lasts) >= critical - 1e-9,
        -Math.max(...cycle.positions.map((p) => p.units)),
      );
    }
  }
}

/** A need rounded up to what can be ordered; 0 where nothing is needed. */
function orderQuantity(need: number, { minimumOrder, packSize }: StockItem): number {
  if (!(need > 0)) return 0;
  const packs = Math.ceil(Math.max(need, minimumOrder) / packSize - 1e-9);
  return exact(packs * packSize);
}

/** Sums of units that are counted in thousandths: 37.2, not 37.199999999999996. */
const exact = (units: number) => Number(units.toPrecision(12));

const largestOf = ({ quantiles }: DemandLaw) => quantiles[quantiles.length - 1];

/** Mean of the values themselves: costs of a position have to agree with its expected shortage. */
const lawMean = ({ quantiles }: DemandLaw) => quantiles.reduce((a, b) => a + b, 0) / quantiles.length;

/** Demand of the last review of the protection interval: in season it asks for more than the next one. */
function reviewDemand({ delivery, protection, review }: ItemDemand): number {
  return Math.max(review.mean, protection.mean - delivery.mean);
}

/** Expected units short in the last review of the protection interval: what is short before it no order of today helps. */
function shortInReview(demand: ItemDemand, stock: number): number {
  const { delivery, protection } = demand;
  const demandInReview = reviewDemand(demand);
  const beyond = expectedShort(protection, stock);
  // The two laws are learned one by one: what is short never counts for less than the review's share of it.
  const least = (beyond * demandInReview) / Math.max(protection.mean, demandInReview, 1e-12);
  return Math.max(least, beyond - expectedShort(delivery, stock));
}

/** Part of the last review's demand that is served from the shelf. */
function fillOf(demand: ItemDemand, stock: number): number {
  const demandInReview = reviewDemand(demand);
  return demandInReview > 0 ? Math.max(0, 1 - shortInReview(demand, stock) / demandInReview) : 1;
}

/** The least reorder point, in whole units of counting, for which `enough` holds, at most the largest demand foreseen. */
function leastFor(enough: (stock: number) => boolean, law: DemandLaw, least: number, unit: number): number {
  let [low, high] = [Math.floor(least / unit), Math.ceil(largestOf(law) / unit - 1e-9)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle * unit)) high = middle;
    else low = middle + 1;
  }
  return exact(low * unit);
}

/** Which orders a budget pays for: those first whose waiting costs most for the money. */
export function withinBudget<T extends Pick<StockPlan, 'orderCost' | 'costOfWaiting'>>(
  plans: readonly T[],
  budget: number,
): Set<T> {
  const worth = ({ costOfWaiting, orderCost }: T) => costOfWaiting / Math.max(orderCost, 1e-12);
  const paid = new Set<T>();
  let left = budget;
  for (const plan of [...plans].sort((a, b) => worth(b) - worth(a))) {
    if (plan.orderCost > left) continue;
    left -= plan.orderCost;
    paid.add(plan);
  }
  return paid;
}
