/**
 * One detector of a panel: it watches every channel by itself, or channels against others. `ratios` reads, `push`
 * advances; a ratio of 1 is the limit.
 */
export interface PanelMember<Snapshot = unknown> {
  readonly name: string;
  /** Whether it judges values with their season. */
  readonly seasonal: boolean;
  /**
   * Ratio of each channel's statistic to its limit, 0 for channels it does not judge. The array is reused for the next
   * row.
   */
  ratios(row: Float64Array): Float64Array;
  push(row: Float64Array): void;
  /** Discards the recent past, as the next row does not continue it. What was learned stays. */
  restart(): void;
  /** Gives each array of its running state to `visit`, always in the same order; `visit` may read or overwrite it. */
  visitState(visit: (part: Float64Array) => void): void;
  /** Smallest detectable change of each channel (`sizes`); null for channels it does not judge. */
  visible(): (number | null)[];
  /** Plain data from which the constructor resumes. */
  snapshot(): Snapshot;
  /** Unit of a size: the channel's own unit, rows, or multiples of the usual. */
  readonly sizes: 'own unit' | 'rows' | 'times';
}

/** For rows without a gap. */
export const NO_STARTS: ReadonlySet<number> = new Set();

/** The tail is fitted to this share of the largest values, and to this number of them, in which rare bursts show. */
const TAIL = 0.02;
const MIN_TAIL = 10;
/** Minimum ratio of a limit to the largest value in training. */
const BEYOND = 1.15;

/**
 * The level that a statistic exceeds with chance `alpha` per row: peaks over its 98 % quantile with an exponential
 * tail, whose mean is increased by one standard error. A normal tail falls faster, so the limit is conservative.
 * @param independent effective part of independent values, given autocorrelation.
 * Source: Coles, "An introduction to statistical modeling of extreme values" (2001), §4.3, with shape 0.
 */
export function tailLimit(values: ArrayLike<number>, alpha: number, independent = 1): number {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const limits = [MIN_TAIL, Math.ceil(TAIL * n)].map((count) => {
    const k = Math.min(n - 1, Math.max(MIN_TAIL, count));
    const from = sorted[n - k - 1];
    let excess = 0;
    for (let i = n - k; i < n; i++) excess += (sorted[i] - from) / k;
    return from + excess * (1 + 1 / Math.sqrt(Math.max(1, k * independent))) * Math.log(Math.max(2, k / (n * alpha)));
  });
  return Math.max(...limits, BEYOND * sorted[n - 1]);
}
