import { median } from '#models/health/statistics.ts';

export interface MonotoneTrend {
  /** Theil–Sen slope: the median of all pairs' slopes. Source: Sen, JASA 63 (1968). */
  slope: number;
  /** Mann–Kendall statistic, standard normal where there is no trend. Source: Mann, Econometrica 13 (1945). */
  z: number;
}

/** @param x rising; pairs of equal ones are left out of the slope. @param y as many; at least two. */
export function monotoneTrend(x: readonly number[], y: readonly number[]): MonotoneTrend {
  const n = x.length;
  const slopes: number[] = [];
  let rises = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      if (x[j] > x[i]) slopes.push((y[j] - y[i]) / (x[j] - x[i]));
      rises += Math.sign(y[j] - y[i]);
    }
  }
  const z = (rises - Math.sign(rises)) / Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  return { slope: slopes.length > 0 ? median(slopes) : 0, z };
}
