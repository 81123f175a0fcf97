/** Joint statistics of changes of the load and of a slow value. Numbers only: they are the snapshot, in this order. */
interface Relation {
  /** Smoothed load, and its level over the value's reference. */
  level: number;
  reference: number;
  referenceOf: number;
  /** Pairs of changes: their count, mean squares and mean product. */
  pairs: number;
  loadSquare: number;
  valueSquare: number;
  product: number;
}

const FRESH: Relation = {
  level: Number.NaN,
  reference: 0,
  referenceOf: 0,
  pairs: 0,
  loadSquare: 0,
  valueSquare: 0,
  product: 0,
};
const KEYS = Object.keys(FRESH) as (keyof Relation)[];
export const RELATION_NUMBERS = KEYS.length;
/** Minimum number of pairs of changes for a slope. */
const MIN_PAIRS = 30;
/** Minimum part of the variance that the load must explain to be used. */
const MIN_EXPLAINED = 0.5;

/** The part of a change that the load does not explain, and its standard error. */
export interface Unexplained {
  rest: number;
  deviation: number;
}

/**
 * The part of a slow value's change that its machine's load does not explain, by regression through the origin. Both
 * are changes of smoothed means against the level of the same intervals.
 */
export class LoadRelation {
  readonly #r: Relation = { ...FRESH };

  constructor(snapshot?: Float64Array) {
    if (snapshot) for (const [i, key] of KEYS.entries()) this.#r[key] = snapshot[i];
  }

  snapshot(): number[] {
    return KEYS.map((key) => this.#r[key]);
  }

  /** Smoothed load after one more mean; NaN if the load is unknown. */
  smoothed(load: number | undefined, weight: number, fresh: boolean): number {
    const { level } = this.#r;
    if (load === undefined || fresh || Number.isNaN(level)) return load ?? Number.NaN;
    return level + weight * (load - level);
  }

  /** Change of the load against its reference; NaN before there is one. */
  change(level: number, leastReference: number): number {
    const { reference, referenceOf } = this.#r;
    return referenceOf >= leastReference ? level - reference : Number.NaN;
  }

  /**
   * Prediction error of a simple regression (Draper & Smith, "Applied Regression Analysis", 3rd ed., §3.1), without
   * intercept.
   * @param independent number of independent pairs.
   * @returns null if the load is unknown, or explains too little.
   */
  unexplained(change: number, loadChange: number, independent: number): Unexplained | null {
    const { pairs, loadSquare, valueSquare, product } = this.#r;
    if (Number.isNaN(loadChange) || pairs < MIN_PAIRS || loadSquare === 0) return null;
    const slope = product / loadSquare;
    const explained = slope * product;
    if (explained < MIN_EXPLAINED * valueSquare) return null;
    const square = Math.max(0, valueSquare - explained);
    const leverage = loadChange ** 2 / (independent * loadSquare);
    return { rest: change - slope * loadChange, deviation: Math.sqrt(square * (1 + leverage)) };
  }

  /** Records the smoothed load of the latest interval, whether or not it is learned from. */
  observe(level: number): void {
    this.#r.level = level;
  }

  /** Restarts the reference. */
  startOver(): void {
    this.#r.referenceOf = 0;
  }

  /** Learns from an interval. @param within number of intervals in a reference, and in a week. */
  learn(level: number, change: number, loadChange: number, within: { reference: number; week: number }): void {
    const r = this.#r;
    if (!Number.isNaN(level)) {
      r.referenceOf++;
      r.reference += (level - r.reference) / Math.min(r.referenceOf, within.reference);
    }
    if (Number.isNaN(change) || Number.isNaN(loadChange)) return;
    r.pairs++;
    const weight = 1 / Math.min(r.pairs, within.week);
    r.loadSquare += weight * (loadChange ** 2 - r.loadSquare);
    r.valueSquare += weight * (change ** 2 - r.valueSquare);
    r.product += weight * (change * loadChange - r.product);
  }
}
