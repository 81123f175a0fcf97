/**
 * One detector of a panel: it watches every channel by itself, or channels against others. `ratios` reads, `push` moves
 * on; a ratio of 1 is the limit.
 */
export interface PanelMember<Snapshot = unknown> {
  readonly name: string;
  /** Whether it looks at values with their season. */
  readonly seasonal: boolean;
  /**
   * The ratio of each channel's statistic to its limit, 0 where the member does not take part. The array is the member's
   * own, and is overwritten by the next row.
   */
  ratios(row: Float64Array): Float64Array;
  push(row: Float64Array): void;
  /** Forgets the recent past: the next row has nothing to do with it. What was learned stays. */
  restart(): void;
  /** Gives each array of its running state to `visit`, always in the same order; `visit` may read or overwrite it. */
  visitState(visit: (part: Float64Array) => void): void;
  /** Of each channel the smallest change that it could see (`sizes`); null where it takes no part. */
  visible(): (number | null)[];
  /** Plain data that can be given to the constructor to go on. */
  snapshot(): Snapshot;
  /** What a size is: in the channel's own unit, or how many rows, or how many times the usual. */
  readonly sizes: 'own unit' | 'rows' | 'times';
}

/** Of rows that follow one another without a gap. */
export const NO_STARTS: ReadonlySet<number> = new Set();

/** The tail is fitted to this share of the values, the largest, and to so many of them: rare bursts show in the latter. */
const TAIL = 0.02;
const MIN_TAIL = 10;
/** A limit lies this far beyond all that was seen in the training. */
const BEYOND = 1.15;

/**
 * The level that a statistic exceeds with chance `alpha` a row: peaks over its 98 % quantile with an exponential tail,
 * whose mean is taken one standard error too large. A normal tail falls faster, so that the limit is on the safe side.
 * @param independent part of the values that is worth as many independent ones: those that follow one another are alike.
 * Source: Coles, "An introduction to statistical modeling of extreme values" (2001), §4.3, with shape 0.
 */
export function tailLimit(values: ArrayLike<number>, alpha: number, independent = 1): number {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const limits = [MIN_TAIL, Math.ceil(TAIL * n)].map((wanted) => {
    const k = Math.min(n - 1, Math.max(MIN_TAIL, wanted));
    const from = sorted[n - k - 1];
    let excess = 0;
    for (let i = n - k; i < n; i++) excess += (sorted[i] - from) / k;
    return from + excess * (1 + 1 / Math.sqrt(Math.max(1, k * independent))) * Math.log(Math.max(2, k / (n * alpha)));
  });
  return Math.max(...limits, BEYOND * sorted[n - 1]);
}
