import { type DemandLaw, expectedShort } from './demandLaw.ts';

export interface ItemDemand {
  /** Over the delivery time, over delivery and review together, and over one review. */
  delivery: DemandLaw;
  protection: DemandLaw;
  review: DemandLaw;
  /** Long-run mean demand a period: the basis of lot sizes. */
  perPeriod: number;
}

/** The highest quantile of a distribution: the largest forecast demand, in units of the item. */
export const largestOf = ({ quantiles }: DemandLaw) => quantiles[quantiles.length - 1];

/** Mean of the quantiles: costs of a position have to agree with its expected shortage. */
export const lawMean = ({ quantiles }: DemandLaw) => quantiles.reduce((a, b) => a + b, 0) / quantiles.length;

/** Demand of the last review of the protection interval: in season it is larger than that of the next one. */
function reviewDemand({ delivery, protection, review }: ItemDemand): number {
  return Math.max(review.mean, protection.mean - delivery.mean);
}

/**
 * Expected units short in the last review of the protection interval; an order of today cannot prevent earlier
 * shortages.
 */
export function shortInReview(demand: ItemDemand, stock: number): number {
  const { delivery, protection } = demand;
  const demandInReview = reviewDemand(demand);
  const beyond = expectedShort(protection, stock);
  // The two distributions are learned separately: the shortage is at least the review's share of it.
  const least = (beyond * demandInReview) / Math.max(protection.mean, demandInReview, 1e-12);
  return Math.max(least, beyond - expectedShort(delivery, stock));
}

/** Share of the last review's demand that is served from the shelf. */
export function fillOf(demand: ItemDemand, stock: number): number {
  const demandInReview = reviewDemand(demand);
  return demandInReview > 0 ? Math.max(0, 1 - shortInReview(demand, stock) / demandInReview) : 1;
}
