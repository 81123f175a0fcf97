/** Features of an interval of slow values, in the order of `SLOW_FEATURES`. */
export const SLOW_FEATURES = [
  'mean',
  'min',
  'max',
  'standardDeviation',
  'slopePerMinute',
  'fastestPerMinute',
  'aboveLimitS',
] as const;

/**
 * Features of one interval of a slow value, such as a temperature, in the order of `SLOW_FEATURES`.
 * @param timesUs rising times in microseconds; at least one.
 * @param values as many, in the value's unit.
 * @param limit above which time is counted; absent if there is none.
 * @param before the last value of the previous interval, if any.
 * @returns mean, extremes and population standard deviation (the root of the variance) in the value's unit;
 * least-squares slope and the fastest change between two values, both in units per minute; seconds above the limit,
 * each value holding until the next.
 */
export function slowFeatures(
  timesUs: readonly number[],
  values: readonly number[],
  limit?: number,
  before?: { timeUs: number; value: number },
): number[] {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const meanTime = timesUs.reduce((a, b) => a + b / n, 0);
  let varSum = 0;
  let cross = 0;
  let timeSum = 0;
  let fastest = 0;
  let aboveUs = 0;
  for (let i = 0; i < n; i++) {
    const d = values[i] - mean;
    const minutes = (timesUs[i] - meanTime) / 60e6;
    varSum += d * d;
    cross += d * minutes;
    timeSum += minutes * minutes;
    const last = i === 0 ? before : { timeUs: timesUs[i - 1], value: values[i - 1] };
    if (!last) continue;
    const stepUs = timesUs[i] - last.timeUs;
    const change = stepUs > 0 ? ((values[i] - last.value) / stepUs) * 60e6 : 0;
    if (Math.abs(change) > Math.abs(fastest)) fastest = change;
    if (limit !== undefined && last.value > limit) aboveUs += stepUs;
  }
  const slope = timeSum > 0 ? cross / timeSum : 0;
  return [mean, Math.min(...values), Math.max(...values), Math.sqrt(varSum / n), slope, fastest, aboveUs / 1e6];
}
