/** What a method says of a row: positive statistics, and what each channel added to each of them. */
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
 * A way to learn what is normal from rows of several channels. What it learned is plain numbers (`data`), so that it can
 * travel; limits, smoothing and verdicts are the same for all of them (`processModel.ts`).
 */
export interface RowMethod<Data> {
  /** Rows that a statistic looks at. */
  readonly lags: number;
  /** Each statistic is watched through these averages: weights of an EWMA, 1 for the statistic itself. */
  readonly weights: readonly number[];
  /** Chance that a normal row brings any watched statistic over its limit. */
  readonly alpha: number;
  /**
   * The same by the tail of the rows that were seen, where these are many: a law that is fitted to all of them
   * is off in its tail.
   */
  readonly rowAlpha?: number;
  /** Rows that a model of so many channels asks for. */
  leastRows(channels: number): number;
  readonly mostChannels: number;
  /** @param runs contiguous stretches of normal rows. @param seed where chance is part of the method. */
  train(runs: readonly (readonly Float64Array[])[], seed: number): Data;
  load(data: Data): RowModel;
}

const BLOCKS = 5;
/** A single value counts for no more than this many standard deviations: a spike must not last in the averages. */
export const WINSORISED = 10;

/**
 * A value in standard deviations from the mean, limited to ±`WINSORISED`.
 * @param sd above 0.
 */
export function standardised(value: number, mean: number, sd: number): number {
  return Math.max(-WINSORISED, Math.min(WINSORISED, (value - mean) / sd));
}

/** Of all that was added, and channels that are named. */
const MIN_SHARE = 0.05;
const MAX_LEADING = 5;

/** Channels by falling share of what they added, those that added next to nothing left out; at most five. */
export function leadingChannels(parts: ArrayLike<number>): number[] {
  let total = 0;
  for (let i = 0; i < parts.length; i++) total += Math.max(0, parts[i]);
  // By insertion: no row has more than twenty of these.
  const order: number[] = [];
  for (let i = 0; i < parts.length; i++) {
    if (!(parts[i] > MIN_SHARE * total)) continue;
    let at = order.length;
    while (at > 0 && parts[order[at - 1]] < parts[i]) at--;
    order.splice(at, 0, i);
  }
  return order.slice(0, MAX_LEADING);
}

/** Ends of five contiguous blocks of rows: each is judged by what is learned of the others. */
export function blocksOf(rows: number): { from: number; to: number }[] {
  return Array.from({ length: BLOCKS }, (_, b) => ({
    from: Math.floor((b * rows) / BLOCKS),
    to: Math.floor(((b + 1) * rows) / BLOCKS),
  }));
}

/** Mean and standard deviation of each column; a column that never moves has its rounding for one. */
export function columnStandards(rows: readonly Float64Array[]): { mean: Float64Array; sd: Float64Array } {
  const width = rows[0].length;
  const mean = new Float64Array(width);
  const sd = new Float64Array(width);
  // From the first row: the mean of a channel that stands still is its value, without a rounding error.
  for (const row of rows) for (let c = 0; c < width; c++) mean[c] += (row[c] - rows[0][c]) / rows.length;
  for (let c = 0; c < width; c++) mean[c] += rows[0][c];
  for (const row of rows) for (let c = 0; c < width; c++) sd[c] += (row[c] - mean[c]) ** 2 / rows.length;
  for (let c = 0; c < width; c++) sd[c] = Math.max(Math.sqrt(sd[c]), 1e-9 * Math.abs(mean[c]), 1e-12);
  return { mean, sd };
}

/** Correlation of values with the one before each, 0 at the least and not quite 1. */
export function memoryOf(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  let [power, lagged] = [0, 0];
  values.forEach((v, i) => {
    power += (v - mean) ** 2;
    if (i > 0) lagged += (v - mean) * (values[i - 1] - mean);
  });
  return power > 0 ? Math.min(0.99, Math.max(0, lagged / power)) : 0;
}
