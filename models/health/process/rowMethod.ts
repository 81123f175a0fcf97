/** A method's result for a row: positive statistics, and the contribution of each channel. */
export interface Statistics {
  values: number[];
  parts: Float64Array[];
}

/** A model of normal rows, ready to judge. */
export interface RowModel {
  /** @param past as many rows as the method's `lags`, oldest first, the row that is judged last. */
  statistics(past: readonly ArrayLike<number>[]): Statistics;
}

/**
 * A method that learns a baseline from rows of several channels. What it learned is plain data, hence portable; limits,
 * smoothing and verdicts are common to all methods (`processModel.ts`).
 */
export interface RowMethod<Data> {
  /** Rows used by a statistic. */
  readonly lags: number;
  /** Each statistic is watched through these averages: weights of an EWMA, 1 for the statistic itself. */
  readonly weights: readonly number[];
  /** Chance that a normal row takes any watched statistic over its limit. */
  readonly alpha: number;
  /**
   * The same chance for a limit from the empirical tail, used with many rows: a law fitted to all of them is inaccurate
   * in its tail.
   */
  readonly rowAlpha?: number;
  /** Minimum number of rows for a model of this many channels. */
  leastRows(channels: number): number;
  readonly mostChannels: number;
  /** @param runs contiguous stretches of normal rows. @param seed for randomised methods. */
  train(runs: readonly (readonly Float64Array[])[], seed: number): Data;
  load(data: Data): RowModel;
}

const BLOCKS = 5;
/** A single value counts for at most this many standard deviations, so that a spike does not linger in the averages. */
export const WINSORISED = 10;

/**
 * A value in standard deviations from the mean, limited to ±`WINSORISED`.
 * @param sd above 0.
 */
export function standardised(value: number, mean: number, sd: number): number {
  return Math.max(-WINSORISED, Math.min(WINSORISED, (value - mean) / sd));
}

/** Minimum share of the total, and maximum number of channels, to be named. */
const MIN_SHARE = 0.05;
const MAX_LEADING = 5;

/** At most five channels by descending contribution, without negligible ones. */
export function leadingChannels(parts: ArrayLike<number>): number[] {
  let total = 0;
  for (let i = 0; i < parts.length; i++) total += Math.max(0, parts[i]);
  // Insertion sort: at most twenty can reach the minimum share.
  const order: number[] = [];
  for (let i = 0; i < parts.length; i++) {
    if (!(parts[i] > MIN_SHARE * total)) continue;
    let at = order.length;
    while (at > 0 && parts[order[at - 1]] < parts[i]) at--;
    order.splice(at, 0, i);
  }
  return order.slice(0, MAX_LEADING);
}

/** Bounds of five contiguous blocks of rows for cross-validation. */
export function blocksOf(rows: number): { from: number; to: number }[] {
  return Array.from({ length: BLOCKS }, (_, b) => ({
    from: Math.floor((b * rows) / BLOCKS),
    to: Math.floor(((b + 1) * rows) / BLOCKS),
  }));
}

/** Mean and standard deviation of each column; a constant column's deviation is its rounding. */
export function columnStandards(rows: readonly Float64Array[]): { mean: Float64Array; sd: Float64Array } {
  const width = rows[0].length;
  const mean = new Float64Array(width);
  const sd = new Float64Array(width);
  // Relative to the first row, so that the mean of a constant channel has no rounding error.
  for (const row of rows) for (let c = 0; c < width; c++) mean[c] += (row[c] - rows[0][c]) / rows.length;
  for (let c = 0; c < width; c++) mean[c] += rows[0][c];
  for (const row of rows) for (let c = 0; c < width; c++) sd[c] += (row[c] - mean[c]) ** 2 / rows.length;
  for (let c = 0; c < width; c++) sd[c] = Math.max(Math.sqrt(sd[c]), 1e-9 * Math.abs(mean[c]), 1e-12);
  return { mean, sd };
}

/** Lag-1 autocorrelation, at least 0 and slightly below 1. */
export function memoryOf(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  let [power, lagged] = [0, 0];
  values.forEach((v, i) => {
    power += (v - mean) ** 2;
    if (i > 0) lagged += (v - mean) * (values[i - 1] - mean);
  });
  return power > 0 ? Math.min(0.99, Math.max(0, lagged / power)) : 0;
}
