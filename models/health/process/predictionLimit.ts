import { studentQuantileOf } from '#models/statistics/quantiles.ts';

/**
 * Upper limit that the next value of a positive statistic exceeds with chance `alpha`: exp of the log statistic's
 * prediction limit, for as many independent values as its autocorrelation leaves.
 */
export function predictionLimit(values: readonly number[], alpha: number): number {
  const logs = values.map(Math.log);
  const n = logs.length;
  const mean = logs.reduce((a, b) => a + b, 0) / n;
  let [power, lagged] = [0, 0];
  logs.forEach((v, i) => {
    power += (v - mean) ** 2;
    if (i > 0) lagged += (v - mean) * (logs[i - 1] - mean);
  });
  const rho = power > 0 ? Math.max(0, lagged / power) : 0;
  const independent = Math.max(3, (n * (1 - rho)) / (1 + rho));
  const sd = Math.sqrt(power / (n - 1));
  return Math.exp(mean + studentQuantileOf(1 - alpha, independent - 1) * sd * Math.sqrt(1 + 1 / independent));
}
