import { chanceWithin, type DemandLaw, lawQuantile } from './demandLaw.ts';

export interface StockItem {
  /** Units on the shelf, and on their way. */
  stock: number;
  onOrder: number;
  unitCost: number;
  /** Fixed cost of one order. */
  orderCost: number;
  /** Cost of holding a unit for a period, as a part of its cost. */
  holdingRate: number;
  /** Cost of a unit that is asked for and not there. */
  shortageCost: number;
  minimumOrder: number;
  packSize: number;
}

/** What the stock is to achieve; the two services are not the same: a 95 % cycle service fills 80 to 93 % of demand. */
export type StockTarget =
  /** Chance that nothing runs out within the protection interval. */
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
  orderCost: number;
  /** Chance that the position alone does not last through the protection interval. */
  runOutProbability: number;
  expectedCycleService: number;
  expectedFill: number;
  /** Cost of the units that will be short, for not ordering before the next review, once an order of today would be there. */
  costOfWaiting: number;
}

/**
 * Periodic review: where the position is below the reorder point, which the target needs until the next delivery but one,
 * order up to it plus the economic quantity.
 * Sources: Silver, Pyke & Thomas, "Inventory and Production Management in Supply Chains" (2017), ch. 4 and 6; the
 * newsvendor's critical ratio, ch. 9.
 * @param reviewPeriods between two chances to order.
 */
export function planStock(item: StockItem, demand: ItemDemand, target: StockTarget, reviewPeriods: number): StockPlan {
  const reorderPoint = reorderPointFor(item, demand, target, reviewPeriods);
  const holding = item.unitCost * item.holdingRate;
  const economic = item.orderCost > 0 && holding > 0 ? Math.sqrt((2 * item.orderCost * demand.perPeriod) / holding) : 0;
  const orderUpTo = Math.ceil(reorderPoint + economic);
  const position = item.stock + item.onOrder;
  const orderNow = position < reorderPoint ? orderQuantity(orderUpTo - position, item) : 0;
  const after = position + orderNow;
  return {
    reorderPoint,
    orderUpTo,
    safetyStock: reorderPoint - demand.protection.mean,
    position,
    orderNow,
    orderCost: orderNow > 0 ? item.orderCost + orderNow * item.unitCost : 0,
    runOutProbability: 1 - chanceWithin(demand.protection, position),
    expectedCycleService: chanceWithin(demand.protection, after),
    expectedFill: fillOf(demand, after),
    costOfWaiting: Math.max(0, shortInReview(demand, position) - shortInReview(demand, after)) * item.shortageCost,
  };
}

function reorderPointFor(item: StockItem, demand: ItemDemand, target: StockTarget, reviewPeriods: number): number {
  switch (target.kind) {
    case 'cycle':
      return quantileOf(demand.protection, target.level);
    case 'cost': {
      const holding = item.unitCost * item.holdingRate * reviewPeriods;
      const ratio = item.shortageCost / Math.max(1e-12, item.shortageCost + holding);
      return quantileOf(demand.protection, ratio);
    }
    case 'fill':
      return leastFor((stock) => fillOf(demand, stock) >= target.level, demand.protection);
  }
}

/** A need rounded up to what can be ordered; 0 where nothing is needed. */
function orderQuantity(need: number, { minimumOrder, packSize }: StockItem): number {
  if (!(need > 0)) return 0;
  const packs = Math.ceil(Math.max(need, minimumOrder) / packSize - 1e-9);
  // Packs of 0.3 make 37.2, not 37.199999999999996.
  return Number((packs * packSize).toPrecision(12));
}

const quantileOf = (law: DemandLaw, level: number) => Math.ceil(lawQuantile(law, level));

/** Expected units of demand beyond a stock. */
function expectedShort({ quantiles }: DemandLaw, stock: number): number {
  return quantiles.reduce((sum, q) => sum + Math.max(0, q - stock), 0) / quantiles.length;
}

/** Demand of the last review of the protection interval: in season it asks for more than the next one. */
function askedInReview({ delivery, protection, review }: ItemDemand): number {
  return Math.max(review.mean, protection.mean - delivery.mean);
}

/** Expected units short in the last review of the protection interval: what is short before it no order of today helps. */
function shortInReview(demand: ItemDemand, stock: number): number {
  const { delivery, protection } = demand;
  const asked = askedInReview(demand);
  const beyond = expectedShort(protection, stock);
  // The two laws are learned one by one: what is short never counts for less than the review's share of it.
  const least = (beyond * asked) / Math.max(protection.mean, asked, 1e-12);
  return Math.max(least, beyond - expectedShort(delivery, stock));
}

/** Part of the last review's demand that is served from the shelf. */
function fillOf(demand: ItemDemand, stock: number): number {
  const asked = askedInReview(demand);
  return asked > 0 ? Math.max(0, 1 - shortInReview(demand, stock) / asked) : 1;
}

/** The least whole stock for which `enough` holds, at most the largest demand that is foreseen. */
function leastFor(enough: (stock: number) => boolean, { quantiles }: DemandLaw): number {
  let [low, high] = [0, Math.ceil(quantiles[quantiles.length - 1])];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
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
