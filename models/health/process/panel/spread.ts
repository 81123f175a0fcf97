import { predictionLimit } from '../predictionLimit.ts';
import { NO_STARTS, type PanelMember } from './member.ts';

const WINDOW = 24;
/** A single step counts for at most this many usual ones: a spike is not a change of spread. */
const CLIP = 4;
/** Part of the usual step below which it is rounding. */
const LEAST = 0.01;
/** Minimum number of windows for a limit. */
const MIN_WINDOWS = 4;

export interface SpreadSnapshot {
  /** For each channel, the mean step in training, and the limits of its multiples. */
  usual: Float64Array;
  low: Float64Array;
  high: Float64Array;
  last: Float64Array;
  /** Steps of the window, their sum, and the index of the next one. */
  rings: Float64Array[];
  sums: Float64Array;
  next: number;
  /** Steps that the window holds. */
  filled: number;
}

/** Detects more or less fluctuation than usual: the mean row-to-row step over a window, upwards and downwards. */
export class Spread implements PanelMember<SpreadSnapshot> {
  readonly name = 'spread';
  readonly seasonal = false;
  readonly sizes = 'times';
  readonly #usual: Float64Array;
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #last: Float64Array;
  /** All rings in one array, and views of each. */
  readonly #store: Float64Array;
  readonly #rings: readonly Float64Array[];
  readonly #sums: Float64Array;
  readonly #ratios: Float64Array;
  /** Index of the next step, and steps that the window holds. */
  readonly #at: Float64Array;

  constructor({ usual, low, high, last, rings, sums, next, filled }: SpreadSnapshot) {
    this.#usual = usual.slice();
    this.#low = low.slice();
    this.#high = high.slice();
    this.#last = last.slice();
    this.#store = new Float64Array(WINDOW * rings.length);
    this.#rings = rings.map((ring, c) => {
      const view = this.#store.subarray(c * WINDOW, (c + 1) * WINDOW);
      view.set(ring);
      return view;
    });
    this.#sums = sums.slice();
    this.#at = Float64Array.of(next, filled);
    this.#ratios = new Float64Array(usual.length);
  }

  /** @param starts rows that do not continue the ones before them. */
  static learn(
    training: readonly Float64Array[],
    used: readonly boolean[],
    alpha: number,
    starts: ReadonlySet<number> = NO_STARTS,
  ): Spread {
    const width = used.length;
    const learned = new Spread({
      usual: Float64Array.from(used, (_, c) => {
        let [sum, steps] = [0, 0];
        for (let t = 1; t < training.length; t++) {
          if (starts.has(t)) continue;
          sum += Math.abs(training[t][c] - training[t - 1][c]);
          steps++;
        }
        return Math.max(sum / steps, 1e-12);
      }),
      low: new Float64Array(width),
      high: new Float64Array(width).fill(Number.POSITIVE_INFINITY),
      last: new Float64Array(width).fill(Number.NaN),
      rings: used.map(() => new Float64Array(WINDOW)),
      sums: new Float64Array(width),
      next: 0,
      filled: 0,
    });
    const seen: number[][] = used.map(() => []);
    training.forEach((row, t) => {
      if (starts.has(t)) learned.restart();
      learned.push(row);
      if (learned.#at[1] === WINDOW)
        for (let c = 0; c < width; c++) seen[c].push(Math.max(LEAST, learned.#sums[c] / WINDOW));
    });
    used.forEach((use, c) => {
      if (!use || seen[c].length < MIN_WINDOWS * WINDOW) return;
      learned.#high[c] = Math.max(predictionLimit(seen[c], alpha / 2), 1.15 * Math.max(...seen[c]));
      const inverse = seen[c].map((v) => 1 / v);
      learned.#low[c] = 1 / Math.max(predictionLimit(inverse, alpha / 2), 1.15 * Math.max(...inverse));
    });
    return learned;
  }

  snapshot(): SpreadSnapshot {
    return {
      usual: this.#usual.slice(),
      low: this.#low.slice(),
      high: this.#high.slice(),
      last: this.#last.slice(),
      rings: this.#rings.map((ring) => ring.slice()),
      sums: this.#sums.slice(),
      next: this.#at[0],
      filled: this.#at[1],
    };
  }

  ratios(row: Float64Array): Float64Array {
    const out = this.#ratios;
    const [next, filled] = this.#at;
    if (filled < WINDOW) return out.fill(0);
    for (let c = 0; c < out.length; c++) {
      const mean = Math.max(LEAST, (this.#sums[c] + this.#stepOf(row, c) - this.#rings[c][next]) / WINDOW);
      out[c] = Math.max(mean / this.#high[c], this.#low[c] / mean);
    }
    return out;
  }

  push(row: Float64Array): void {
    const [next, filled] = this.#at;
    const isFirst = Number.isNaN(this.#last[0]);
    for (let c = 0; c < row.length; c++) {
      const step = isFirst ? 0 : this.#stepOf(row, c);
      this.#sums[c] = Math.max(0, this.#sums[c] + step - this.#rings[c][next]);
      this.#rings[c][next] = step;
      this.#last[c] = row[c];
    }
    if (isFirst) return;
    this.#at[0] = (next + 1) % WINDOW;
    this.#at[1] = Math.min(WINDOW, filled + 1);
  }

  restart(): void {
    this.#store.fill(0);
    this.#sums.fill(0);
    this.#last.fill(Number.NaN);
    this.#at.fill(0);
  }

  visitState(visit: (part: Float64Array) => void): void {
    visit(this.#store);
    visit(this.#sums);
    visit(this.#last);
    visit(this.#at);
  }

  visible(): (number | null)[] {
    return Array.from(this.#high, (high) => (Number.isFinite(high) ? high : null));
  }

  #stepOf(row: Float64Array, c: number): number {
    return Math.min(CLIP, Math.abs(row[c] - this.#last[c]) / this.#usual[c]);
  }
}
