import { median } from '#models/health/statistics.ts';

export interface MonotoneTrend {
  /** Theil–Sen slope: the median of all pairs' slopes. Source: Sen, JASA 63 (1968). */
  slope: number;
  /** Mann–Kendall statistic, standard normal without a trend. Source: Mann, Econometrica 13 (1945). */
  z: number;
}

/**
 * A robust trend: the Theil–Sen slope, in units of `y` per unit of `x` (0 without a pair of different `x`), and the
 * Mann–Kendall statistic. Compares all pairs: n² steps.
 * @param x rising; pairs with equal values are left out of the slope.
 * @param y as many; at least two.
 */
export function monotoneTrend(x: readonly number[], y: readonly number[]): MonotoneTrend {
  const n = x.length;
  const slopes: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) if (x[j] > x[i]) slopes.push((y[j] - y[i]) / (x[j] - x[i]));
  }
  return { slope: slopes.length > 0 ? median(slopes) : 0, z: mannKendall(y) };
}

/** Mann–Kendall statistic, 0 for fewer than two values; ties make it smaller, never larger. */
export function mannKendall(y: readonly number[]): number {
  const n = y.length;
  let rises = 0;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) rises += Math.sign(y[j] - y[i]);
  return n < 2 ? 0 : (rises - Math.sign(rises)) / Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
}
