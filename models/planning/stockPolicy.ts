import { costOfOrder, offersOf, type PriceBreak } from '#models/supply/priceBreaks.ts';
import { type GridLaw, gridStep, onGrid } from './demandGrid.ts';
import { chanceWithin, expectedShort } from './demandLaw.ts';
import { fillOf, type ItemDemand, largestOf, lawMean, shortInReview } from './itemDemand.ts';
import { type LostSalesGoal, lostSalesLevel } from './lostSales.ts';
import {
  type Cycle,
  cycleOf,
  cycleServiceAt,
  EACH_REVIEW,
  economicLot,
  exact,
  leastFor,
  longRun,
  lotsOf,
  orderQuantity,
  spanOf,
} from './lotCycle.ts';
import { leastCostPolicy } from './zhengFedergruen.ts';

export interface StockItem {
  /** Units on the shelf, and on order. */
  stock: number;
  onOrder: number;
  unitCost: number;
  /** Fixed cost of one order. */
  orderCost: number;
  /** Cost of holding a unit for a period, as a share of its cost. */
  holdingRate: number;
  /** Cost of a unit that is demanded but not in stock. */
  shortageCost: number;
  minimumOrder: number;
  /** Orders are whole multiples of it; at least the unit. */
  packSize: number;
  /** Counting unit of demand: 1 for pieces, 0.001 for tonnes recorded to the kilogram. */
  unit: number;
  /** Units that other sites send now; absent: none. */
  transferIn?: number;
  /** Order quantity fixed by a planner; absent: the levels decide. */
  fixedOrder?: number;
  /** Lower costs of a unit in larger orders. */
  priceBreaks?: readonly PriceBreak[];
  /** Unmet demand is lost; absent: it is backordered. */
  lostSales?: { /** Reviews from an order to its delivery. */ leadReviews: number };
}

/** What the stock is to achieve. A cycle service and a fill rate of the same number need different stocks. */
export type StockTarget =
  /** Share of the replenishment cycles without a stock-out before the order arrives. */
  | { kind: 'cycle'; level: number }
  /** Share of the demand that is served from the shelf. */
  | { kind: 'fill'; level: number }
  /** Least expected cost of holding and of shortage. */
  | { kind: 'cost' };

export interface StockPlan {
  reorderPoint: number;
  orderUpTo: number;
  /** Reorder point less the mean demand of the protection interval. */
  safetyStock: number;
  /** Inventory position: stock and units on order. */
  position: number;
  orderNow: number;
  /** Order by the levels; differs from `orderNow` if a planner fixed that. */
  proposedOrder: number;
  orderCost: number;
  /** Probability that the position and the present order do not last until the order after it could arrive. */
  runOutAfterOrder: number;
  /** Unit cost at the chosen order size, and the minimum quantity of that price; null: any. */
  unitCost: number;
  discountFrom: number | null;
  /** Probability that the position alone does not last through the protection interval. */
  runOutProbability: number;
  /** Long-run share of the order cycles without a stock-out. */
  expectedCycleService: number;
  /** Long-run share of the demand that is served from the shelf, over all inventory positions of the policy. */
  expectedFill: number;
  /** Cost of the shortage caused by not ordering before the next review, from the arrival of an order of today on. */
  costOfWaiting: number;
}

interface Levels {
  reorderPoint: number;
  cycle: Cycle;
}

/** Levels, and their long-run service. */
interface Serving extends Levels {
  fill: number;
  cycleService: number;
}

/** Probability of a review without demand above which demand counts as none. */
const ALMOST_SURE = 1 - 1e-9;

/**
 * Periodic review: an inventory position below the reorder point is raised to the order-up-to level, in whole packs.
 * The reorder point is the least one that meets the target, given that lots keep the position above it most of the time.
 * Least cost with a fixed order cost is the optimum by Zheng and Federgruen; without one it is the newsvendor's.
 * Sources: Silver, Pyke & Thomas, "Inventory and Production Management in Supply Chains" (2017), ch. 4, 6 and 9; Axsäter,
 * "Inventory Control" (2015), ch. 5 and 6. Unmet demand is backordered unless the item says that it is lost.
 * @param reviewPeriods between two chances to order.
 */
export function planStock(item: StockItem, demand: ItemDemand, target: StockTarget, reviewPeriods: number): StockPlan {
  const [offer, { reorderPoint, cycle, fill, cycleService }] = cheapestOffer(item, demand, target, reviewPeriods);
  const orderUpTo = exact(reorderPoint + cycle.span);
  const position = item.stock + item.onOrder;
  const supplied = exact(position + (item.transferIn ?? 0));
  const proposedOrder = supplied < reorderPoint ? orderQuantity(exact(orderUpTo - supplied), offer) : 0;
  const orderNow = item.fixedOrder ?? proposedOrder;
  const after = supplied + orderNow;
  return {
    reorderPoint,
    orderUpTo,
    safetyStock: exact(reorderPoint - demand.protection.mean),
    position,
    orderNow,
    proposedOrder,
    runOutAfterOrder: 1 - chanceWithin(demand.protection, after),
    orderCost: costOfOrder(item, orderNow),
    unitCost: offer.unitCost,
    discountFrom: offer === item ? null : offer.minimumOrder,
    runOutProbability: 1 - chanceWithin(demand.protection, position),
    expectedCycleService: cycleService,
    expectedFill: fill,
    costOfWaiting: Math.max(0, shortInReview(demand, position) - shortInReview(demand, after)) * item.shortageCost,
  };
}

/** The price whose orders have the least total cost: units, orders, and holding. */
function cheapestOffer(
  item: StockItem,
  demand: ItemDemand,
  target: StockTarget,
  reviewPeriods: number,
): [StockItem, Serving] {
  const planned = offersOf(item).map((offer): [StockItem, Serving] => [
    offer,
    servingLevels(offer, demand, target, reviewPeriods),
  ]);
  if (planned.length === 1) return planned[0];
  const cost = ([offer, { cycle, reorderPoint }]: [StockItem, Serving]) => {
    const holding = offer.unitCost * offer.holdingRate * reviewPeriods;
    // A service target implies the cost of a shortage; the item's own shortage cost does not apply.
    const priced = target.kind === 'cost' ? offer : { ...offer, shortageCost: 0 };
    const held = longRun(cycle, reorderPoint, (at) => reviewCost(priced, demand, holding, at));
    return held + offer.orderCost * cycle.orderRate + offer.unitCost * lawMean(demand.review);
  };
  return planned.reduce((best, next) => (cost(next) < cost(best) ? next : best));
}

function servingLevels(item: StockItem, demand: ItemDemand, target: StockTarget, reviewPeriods: number): Serving {
  const holding = item.unitCost * item.holdingRate * reviewPeriods;
  const step = gridStep(
    item.unit,
    Math.max(largestOf(demand.protection), economicLot(item, demand), item.packSize, item.minimumOrder),
  );
  const review = onGrid(demand.review, step);
  const levels = levelsFor(item, demand, target, holding, review);
  const { reorderPoint, cycle } = levels;
  const owing = {
    ...levels,
    cycleService: cycleServiceAt(cycle, demand, reorderPoint),
    fill: longRun(cycle, reorderPoint, (at) => fillOf(demand, at)),
  };
  return item.lostSales === undefined || review.mass[0] > ALMOST_SURE
    ? owing
    : lostSalesLevels(item, owing, demand, target, holding, review);
}

/** Levels with lost sales, from those with backorders. */
function lostSalesLevels(
  item: StockItem,
  owing: Serving,
  demand: ItemDemand,
  target: StockTarget,
  holding: number,
  review: GridLaw,
): Serving {
  const { step } = review;
  const { cycle, reorderPoint } = owing;
  const policy = {
    lots: lotsOf(item, step, Math.round(cycle.span / step)),
    leadReviews: item.lostSales!.leadReviews,
  };
  const at = Math.round(reorderPoint / step);
  const goal = lostSalesGoal(item, demand, target, holding, owing.cycle, step);
  const lower = lostSalesLevel(review, policy, goal, { ...owing, at });
  // Lost sales never take the position below 0: an empty shelf has to be below the reorder point.
  const least = target.kind === 'cost' || cycle.undershoots === null ? 0 : item.unit;
  return { ...lower, cycle, reorderPoint: exact(Math.max(least, reorderPoint - (at - lower.at) * step)) };
}

function lostSalesGoal(
  item: StockItem,
  demand: ItemDemand,
  target: StockTarget,
  holding: number,
  cycle: Cycle,
  step: number,
): LostSalesGoal {
  if (target.kind === 'fill') return target;
  // With lots an order meets what the last one left: a cycle service has the same level for lost sales and backorders.
  if (target.kind === 'cycle') return cycle.undershoots === null ? { kind: 'cycleService', level: target.level } : null;
  const costs = { holding: holding * step, shortage: item.shortageCost * step, order: item.orderCost };
  const owingAt = (at: number) => longRun(cycle, at * step, (position) => reviewCost(item, demand, holding, position));
  return { kind: 'cost', costs, owingAt };
}

function levelsFor(item: StockItem, demand: ItemDemand, target: StockTarget, holding: number, review: GridLaw): Levels {
  const { step } = review;
  const ordersAnyQuantity = item.packSize <= step && item.minimumOrder <= step;
  const ordersAtEachReview = ordersAnyQuantity && !(item.orderCost > 0 && holding > 0);
  if (review.mass[0] > ALMOST_SURE || ordersAtEachReview) return atTarget(EACH_REVIEW, item, demand, target, holding);
  if (target.kind !== 'cost') return atTarget(economicCycle(item, demand, review), item, demand, target, holding);
  return ordersAnyQuantity && item.shortageCost > 0
    ? optimalLevels(item, demand, holding, review)
    : cheapestLots(item, demand, holding, review);
}

function optimalLevels(item: StockItem, demand: ItemDemand, holding: number, review: GridLaw): Levels {
  const { step } = review;
  const cost = (at: number) => reviewCost(item, demand, holding, at * step);
  const { reorderAt, orderUpTo } = leastCostPolicy(review, item.orderCost, cost);
  // An order is due below the reorder point here, at or below it in the source.
  const cycle = cycleOf(item, review, orderUpTo - reorderAt - 1);
  return { reorderPoint: exact((reorderAt + 1) * step), cycle };
}

function economicCycle(item: StockItem, demand: ItemDemand, review: GridLaw): Cycle {
  return cycleOf(item, review, spanOf(item, demand, review));
}

function atTarget(cycle: Cycle, item: StockItem, demand: ItemDemand, target: StockTarget, holding: number): Levels {
  return { reorderPoint: reorderPointAt(cycle, item, demand, target, holding), cycle };
}

/** Order sizes to try where packs bind, as parts of the span of the economic quantity: up to one and a half. */
const SPANS_TRIED = Array.from({ length: 7 }, (_, i) => i / 4);

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
    case 'cycle':
      // Nothing is held for demand that most intervals lack, although its orders always arrive too late.
      if (chanceWithin(demand.protection, 0) >= target.level - 1e-9) return 0;
      return search((at) => cycleServiceAt(cycle, demand, at) >= target.level - 1e-9);
    case 'fill':
      // However large the lot, an empty shelf is below the reorder point.
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
