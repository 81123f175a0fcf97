import { type DemandLaw, expectedShort } from './demandLaw.ts';

export interface ItemDemand {
  /** Over the delivery time, over delivery and review together, and over one review. */
  delivery: DemandLaw;
  protection: DemandLaw;
  review: DemandLaw;
  /** Mean demand a period in the long run: what orders are sized by. */
  perPeriod: number;
}

/** The highest quantile of a distribution: the largest demand foreseen, in units of the item. */
export const largestOf = ({ quantiles }: DemandLaw) => quantiles[quantiles.length - 1];

/** Mean of the values themselves: costs of a position have to agree with its expected shortage. */
export const lawMean = ({ quantiles }: DemandLaw) => quantiles.reduce((a, b) => a + b, 0) / quantiles.length;

/** Demand of the last review of the protection interval: in season it asks for more than the next one. */
function reviewDemand({ delivery, protection, review }: ItemDemand): number {
  return Math.max(review.mean, protection.mean - delivery.mean);
}

/** Expected units short in the last review of the protection interval: what is short before it no order of today helps. */
export function shortInReview(demand: ItemDemand, stock: number): number {
  const { delivery, protection } = demand;
  const demandInReview = reviewDemand(demand);
  const beyond = expectedShort(protection, stock);
  // The two laws are learned one by one: what is short never counts for less than the review's share of it.
  const least = (beyond * demandInReview) / Math.max(protection.mean, demandInReview, 1e-12);
  return Math.max(least, beyond - expectedShort(delivery, stock));
}

/** Part of the last review's demand that is served from the shelf. */
export function fillOf(demand: ItemDemand, stock: number): number {
  const demandInReview = reviewDemand(demand);
  return demandInReview > 0 ? Math.max(0, 1 - shortInReview(demand, stock) / demandInReview) : 1;
}
