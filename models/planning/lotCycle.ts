import type { GridLaw } from './demandGrid.ts';
import { chanceWithin, type DemandLaw } from './demandLaw.ts';
import { type ItemDemand, largestOf } from './itemDemand.ts';
import { type LotRule, orderCycle } from './orderCycle.ts';

/** In units of the item. */
interface LotSizes {
  minimumOrder: number;
  packSize: number;
}

interface LotCosts {
  orderCost: number;
  unitCost: number;
  holdingRate: number;
}

/** A distance from the reorder point, in units, and its long-run share. */
interface Offset {
  units: number;
  share: number;
}

/** What happens between two orders, independent of the reorder point. */
export interface Cycle {
  /** Order-up-to level less reorder point, in units. */
  span: number;
  /** Inventory positions after a review, above the reorder point. */
  positions: Offset[];
  /** Positions at which orders are made, below the reorder point; null: an order at each review with any demand. */
  undershoots: Offset[] | null;
  /** Orders per review. */
  orderRate: number;
}

/** Base stock: each review orders the demand of the last one. */
export const EACH_REVIEW: Cycle = { span: 0, positions: [{ units: 0, share: 1 }], undershoots: null, orderRate: 1 };

/**
 * Order sizes in steps of a grid: packs are rounded to at least one step, and the minimum order is rounded up.
 * @param step of the grid, in units of the item.
 * @param span order-up-to level less reorder point, in steps.
 */
export function lotsOf({ packSize, minimumOrder }: LotSizes, step: number, span: number): LotRule {
  const pack = Math.max(1, Math.round(packSize / step));
  return { span, pack, minimumOrder: Math.ceil(minimumOrder / step - 1e-9) };
}

/**
 * What happens between two orders, in units of the item; see `orderCycle` for the source.
 * @param review demand of one review.
 * @param span order-up-to level less reorder point, in steps.
 */
export function cycleOf(item: LotSizes, review: GridLaw, span: number): Cycle {
  const { step } = review;
  const { share, undershoot, orderRate } = orderCycle(review, lotsOf(item, step, span));
  const offsets = (shares: Float64Array): Offset[] =>
    Array.from(shares, (s, k) => ({ units: k * step, share: s })).filter((o) => o.share > 1e-9);
  return { span: span * step, positions: offsets(share), undershoots: offsets(undershoot), orderRate };
}

/** Mean of a value over the positions of a cycle. */
export function longRun({ positions }: Cycle, reorderPoint: number, value: (position: number) => number): number {
  return positions.reduce((sum, { units, share }) => sum + share * value(reorderPoint + units), 0);
}

/** Share of the cycles in which the stock left at an order lasts until its delivery. */
export function cycleServiceAt(
  { undershoots }: Cycle,
  { delivery, protection }: ItemDemand,
  reorderPoint: number,
): number {
  if (undershoots === null) return chanceWithin(protection, reorderPoint);
  return undershoots.reduce((sum, { units, share }) => sum + share * chanceWithin(delivery, reorderPoint - units), 0);
}

/** Removes floating-point noise from sums of thousandths: 37.2, not 37.199999999999996. */
export const exact = (units: number) => Number(units.toPrecision(12));

/**
 * Economic order quantity, √(2KD/h), in units of the item: K the cost of an order, D the mean demand a period, h the
 * cost of holding a unit for a period. 0 where orders or holding cost nothing.
 * Source: Silver, Pyke & Thomas, "Inventory and Production Management in Supply Chains" (2017), ch. 4.
 */
export function economicLot({ orderCost, unitCost, holdingRate }: LotCosts, { perPeriod }: ItemDemand): number {
  const holding = unitCost * holdingRate;
  return orderCost > 0 && holding > 0 ? Math.sqrt((2 * orderCost * perPeriod) / holding) : 0;
}

/**
 * Order-up-to level less reorder point, in steps: an order is the span plus the undershoot. Together they are the
 * economic quantity, and at least the minimum order.
 */
export function spanOf(item: LotSizes & LotCosts, demand: ItemDemand, review: GridLaw): number {
  const undershoot = meanUndershoot(review);
  const span = economicLot(item, demand) / review.step - undershoot;
  return Math.max(0, Math.round(span), Math.ceil(item.minimumOrder / review.step - undershoot));
}

/** Mean undershoot at an order, for lots of many reviews' demand: E[D²] / 2E[D]. */
function meanUndershoot({ mass }: GridLaw): number {
  let [first, second] = [0, 0];
  mass.forEach((m, k) => {
    first += m * k;
    second += m * k * k;
  });
  return second / (2 * first);
}

/** A need rounded up to what can be ordered; 0 where nothing is needed. */
export function orderQuantity(need: number, { minimumOrder, packSize }: LotSizes): number {
  if (!(need > 0)) return 0;
  const packs = Math.ceil(Math.max(need, minimumOrder) / packSize - 1e-9);
  return exact(packs * packSize);
}

/** The least reorder point, in whole counting units, for which `enough` holds, up to the largest forecast demand. */
export function leastFor(enough: (stock: number) => boolean, law: DemandLaw, least: number, unit: number): number {
  let [low, high] = [Math.floor(least / unit), Math.ceil(largestOf(law) / unit - 1e-9)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle * unit)) high = middle;
    else low = middle + 1;
  }
  return exact(low * unit);
}
