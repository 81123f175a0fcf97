import type { PanelMember } from './member.ts';

/** Rows without a change, or without a value, that are suspicious at the least. */
const LEAST_RUN = 6;
const LEAST_MISSING = 3;
/** A run is this much longer than any in the training. */
const LONGER = 3;
/** Channels that stand still in more of their rows than this are commands or states: they may. */
const MOST_STILL = 0.9;

/** A sensor that repeats one value, for longer than it ever did and than chance has it. */
export class Stuck implements PanelMember {
  readonly name = 'stuck';
  readonly sizes = 'rows';
  readonly #limits: Float64Array;
  readonly #runs: Int32Array;
  readonly #last: Float64Array;

  constructor(training: readonly Float64Array[], used: readonly boolean[], alpha: number) {
    this.#last = Float64Array.from(training[training.length - 1]);
    this.#runs = new Int32Array(used.length);
    this.#limits = Float64Array.from(used, (use, c) => {
      let [run, longest, still] = [0, 0, 0];
      for (let t = 1; t < training.length; t++) {
        run = training[t][c] === training[t - 1][c] ? run + 1 : 0;
        if (run > 0) still++;
        longest = Math.max(longest, run);
      }
      this.#runs[c] = run;
      const share = still / training.length;
      if (!use || share > MOST_STILL) return Number.POSITIVE_INFINITY;
      const byChance = share > 0 ? Math.log(alpha) / Math.log(share) : 0;
      return Math.max(LEAST_RUN, LONGER * longest, byChance);
    });
  }

  ratios(row: Float64Array): Float64Array {
    return this.#limits.map((limit, c) => (row[c] === this.#last[c] ? (this.#runs[c] + 1) / limit : 0));
  }

  push(row: Float64Array): void {
    for (let c = 0; c < row.length; c++) {
      this.#runs[c] = row[c] === this.#last[c] ? this.#runs[c] + 1 : 0;
      this.#last[c] = row[c];
    }
  }

  visible(): (number | null)[] {
    return Array.from(this.#limits, (limit) => (Number.isFinite(limit) ? limit : null));
  }
}

/** A sensor that gives no value for longer than it ever did. It is given rows in which what is missing is NaN. */
export class Missing implements PanelMember {
  readonly name = 'missing';
  readonly sizes = 'rows';
  readonly #limits: Float64Array;
  readonly #runs: Int32Array;

  constructor(training: readonly Float64Array[]) {
    const width = training[0].length;
    this.#runs = new Int32Array(width);
    this.#limits = new Float64Array(width).fill(LEAST_MISSING);
    for (const row of training) {
      this.push(row);
      for (let c = 0; c < width; c++) this.#limits[c] = Math.max(this.#limits[c], LONGER * this.#runs[c]);
    }
  }

  ratios(row: Float64Array): Float64Array {
    return this.#limits.map((limit, c) => (Number.isNaN(row[c]) ? (this.#runs[c] + 1) / limit : 0));
  }

  push(row: Float64Array): void {
    for (let c = 0; c < row.length; c++) this.#runs[c] = Number.isNaN(row[c]) ? this.#runs[c] + 1 : 0;
  }

  visible(): (number | null)[] {
    return Array.from(this.#limits, (limit) => (Number.isFinite(limit) ? limit : null));
  }
}
