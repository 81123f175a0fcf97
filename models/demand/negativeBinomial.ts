import { normalQuantile } from '#models/statistics/quantiles.ts';

const MAX_COUNT = 1_000_000;
/** Beyond this mean counting is slow, and a gamma distribution by its cube root is as accurate. */
const LARGE_MEAN = 300;

/**
 * Quantiles of a negative binomial with a given mean and variance (Poisson if the variance is not larger): whole
 * numbers, for rising levels. Large means by Wilson & Hilferty's cube root, PNAS 17 (1931).
 */
export function negativeBinomialQuantiles(mean: number, variance: number, levels: readonly number[]): number[] {
  if (!(mean > 0)) return levels.map(() => 0);
  const spread = Math.max(variance, mean * 1.0001);
  if (mean > LARGE_MEAN) {
    const c = spread / (9 * mean * mean);
    return levels.map((level) => Math.ceil(mean * Math.max(0, 1 - c + normalQuantile(level) * Math.sqrt(c)) ** 3));
  }
  const r = (mean * mean) / (spread - mean);
  const q = mean / (mean + r);
  let logProbability = r * Math.log1p(-q);
  let cumulative = Math.exp(logProbability);
  let count = 0;
  return levels.map((level) => {
    while (cumulative < level - 1e-12 && count < MAX_COUNT) {
      count++;
      logProbability += Math.log(((count - 1 + r) / count) * q);
      cumulative += Math.exp(logProbability);
    }
    return count;
  });
}
