import { studentQuantileOf } from '#models/statistics/quantiles.ts';

/** Daily extremes: their count, mean, and sum of squared deviations from it. */
export interface Extremes {
  n: number;
  mean: number;
  power: number;
}

/** Days after which older ones fade. */
const MAX_DAYS = 28;

/** Adds one day in place (Welford 1962). */
export function addExtreme(extremes: Extremes, value: number): void {
  if (extremes.n >= MAX_DAYS) extremes.power *= (MAX_DAYS - 1) / MAX_DAYS;
  extremes.n = Math.min(MAX_DAYS, extremes.n + 1);
  const off = value - extremes.mean;
  extremes.mean += off / extremes.n;
  extremes.power += off * (value - extremes.mean);
}

/**
 * Prediction limit that the next day's extreme exceeds with this chance.
 * @param side 1: above, −1: below. Needs three days.
 */
export function predictedExtreme({ n, mean, power }: Extremes, chance: number, side: 1 | -1): number {
  const deviation = Math.sqrt(Math.max(0, power) / (n - 1));
  return mean + side * studentQuantileOf(1 - chance, n - 1) * deviation * Math.sqrt(1 + 1 / n);
}
