import { NO_STARTS, type PanelMember } from './member.ts';

/** Minimum number of rows without a change, or without a value, to be suspicious. */
const MIN_RUN = 6;
const MIN_MISSING = 3;
/** Factor by which a run must exceed the longest in training. */
const LONGER = 3;
/** Channels that are constant in more of their rows than this are commands or states, and are not judged. */
const MAX_STILL = 0.9;

/** For each channel, the rows at which a run is too long, and those of the current run. */
export interface RunsSnapshot {
  limits: Float64Array;
  runs: Float64Array;
}

export interface StuckSnapshot extends RunsSnapshot {
  last: Float64Array;
}

/** Detects a sensor that repeats one value for longer than it ever did and than chance allows. */
export class Stuck implements PanelMember<StuckSnapshot> {
  readonly name = 'stuck';
  readonly seasonal = true;
  readonly sizes = 'rows';
  readonly #limits: Float64Array;
  readonly #runs: Float64Array;
  readonly #last: Float64Array;
  readonly #ratios: Float64Array;

  constructor({ limits, runs, last }: StuckSnapshot) {
    this.#limits = limits.slice();
    this.#runs = runs.slice();
    this.#last = last.slice();
    this.#ratios = new Float64Array(limits.length);
  }

  /** @param starts rows that do not continue the ones before them. */
  static learn(
    training: readonly Float64Array[],
    used: readonly boolean[],
    alpha: number,
    starts: ReadonlySet<number> = NO_STARTS,
  ): Stuck {
    const runs = new Float64Array(used.length);
    const limits = Float64Array.from(used, (use, c) => {
      let [run, longest, still] = [0, 0, 0];
      for (let t = 1; t < training.length; t++) {
        run = training[t][c] === training[t - 1][c] && !starts.has(t) ? run + 1 : 0;
        if (run > 0) still++;
        longest = Math.max(longest, run);
      }
      runs[c] = run;
      const share = still / training.length;
      if (!use || share > MAX_STILL) return Number.POSITIVE_INFINITY;
      const byChance = share > 0 ? Math.log(alpha) / Math.log(share) : 0;
      return Math.max(MIN_RUN, LONGER * longest, byChance);
    });
    return new Stuck({ limits, runs, last: training[training.length - 1] });
  }

  snapshot(): StuckSnapshot {
    return { limits: this.#limits.slice(), runs: this.#runs.slice(), last: this.#last.slice() };
  }

  ratios(row: Float64Array): Float64Array {
    const out = this.#ratios;
    for (let c = 0; c < out.length; c++) out[c] = row[c] === this.#last[c] ? (this.#runs[c] + 1) / this.#limits[c] : 0;
    return out;
  }

  push(row: Float64Array): void {
    for (let c = 0; c < row.length; c++) {
      this.#runs[c] = row[c] === this.#last[c] ? this.#runs[c] + 1 : 0;
      this.#last[c] = row[c];
    }
  }

  restart(): void {
    this.#runs.fill(0);
    this.#last.fill(Number.NaN);
  }

  visitState(visit: (part: Float64Array) => void): void {
    visit(this.#runs);
    visit(this.#last);
  }

  visible(): (number | null)[] {
    return Array.from(this.#limits, (limit) => (Number.isFinite(limit) ? limit : null));
  }
}

/** Detects a sensor without values for longer than ever before. Its rows hold NaN for missing values. */
export class Missing implements PanelMember<RunsSnapshot> {
  readonly name = 'missing';
  readonly seasonal = true;
  readonly sizes = 'rows';
  readonly #limits: Float64Array;
  readonly #runs: Float64Array;
  readonly #ratios: Float64Array;

  constructor({ limits, runs }: RunsSnapshot) {
    this.#limits = limits.slice();
    this.#runs = runs.slice();
    this.#ratios = new Float64Array(limits.length);
  }

  static learn(training: readonly Float64Array[]): Missing {
    const width = training[0].length;
    const limits = new Float64Array(width).fill(MIN_MISSING);
    const learned = new Missing({ limits, runs: new Float64Array(width) });
    for (const row of training) {
      learned.push(row);
      for (let c = 0; c < width; c++) learned.#limits[c] = Math.max(learned.#limits[c], LONGER * learned.#runs[c]);
    }
    return learned;
  }

  snapshot(): RunsSnapshot {
    return { limits: this.#limits.slice(), runs: this.#runs.slice() };
  }

  ratios(row: Float64Array): Float64Array {
    const out = this.#ratios;
    for (let c = 0; c < out.length; c++) out[c] = Number.isNaN(row[c]) ? (this.#runs[c] + 1) / this.#limits[c] : 0;
    return out;
  }

  push(row: Float64Array): void {
    for (let c = 0; c < row.length; c++) this.#runs[c] = Number.isNaN(row[c]) ? this.#runs[c] + 1 : 0;
  }

  restart(): void {
    this.#runs.fill(0);
  }

  visitState(visit: (part: Float64Array) => void): void {
    visit(this.#runs);
  }

  visible(): (number | null)[] {
    return Array.from(this.#limits, (limit) => (Number.isFinite(limit) ? limit : null));
  }
}
