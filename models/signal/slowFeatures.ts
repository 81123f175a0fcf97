/** Features of an interval of slow values, in the order of `SLOW_FEATURES`. */
export const SLOW_FEATURES = ['mean', 'min', 'max', 'standardDeviation', 'slopePerMinute'] as const;

/**
 * @param timesUs times in microseconds; at least one.
 * @returns mean, extremes and population standard deviation in the value's unit; least-squares slope in units a minute.
 */
export function slowFeatures(timesUs: readonly number[], values: readonly number[]): number[] {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const meanTime = timesUs.reduce((a, b) => a + b / n, 0);
  let varSum = 0;
  let cross = 0;
  let timeSum = 0;
  for (let i = 0; i < n; i++) {
    const d = values[i] - mean;
    const minutes = (timesUs[i] - meanTime) / 60e6;
    varSum += d * d;
    cross += d * minutes;
    timeSum += minutes * minutes;
  }
  const slope = timeSum > 0 ? cross / timeSum : 0;
  return [mean, Math.min(...values), Math.max(...values), Math.sqrt(varSum / n), slope];
}
