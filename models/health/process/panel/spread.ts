import { predictionLimit } from '../predictionLimit.ts';
import type { PanelMember } from './member.ts';

const WINDOW = 24;
/** A single step counts for no more than so many usual ones: a spike is not a spread. */
const CLIP = 4;
/** Of the usual step: below this it is rounding. */
const LEAST = 0.01;
/** Fewer windows than these tell no limit. */
const MIN_WINDOWS = 4;

export interface SpreadSnapshot {
  /** Of each channel: the mean step in the training, and the limits of its multiples. */
  usual: Float64Array;
  low: Float64Array;
  high: Float64Array;
  last: Float64Array;
  /** Steps of the window, their sum, and the place of the next one. */
  rings: Float64Array[];
  sums: Float64Array;
  next: number;
}

/** More or less unrest than usual: the mean step from row to row over a window, upwards and downwards. */
export class Spread implements PanelMember<SpreadSnapshot> {
  readonly name = 'spread';
  readonly seasonal = false;
  readonly sizes = 'times';
  readonly #usual: Float64Array;
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #last: Float64Array;
  readonly #rings: Float64Array[];
  readonly #sums: Float64Array;
  readonly #ratios: Float64Array;
  #next: number;

  constructor({ usual, low, high, last, rings, sums, next }: SpreadSnapshot) {
    this.#usual = usual.slice();
    this.#low = low.slice();
    this.#high = high.slice();
    this.#last = last.slice();
    this.#rings = rings.map((ring) => ring.slice());
    this.#sums = sums.slice();
    this.#next = next;
    this.#ratios = new Float64Array(usual.length);
  }

  static learn(training: readonly Float64Array[], used: readonly boolean[], alpha: number): Spread {
    const width = used.length;
    const learned = new Spread({
      usual: Float64Array.from(used, (_, c) => {
        let sum = 0;
        for (let t = 1; t < training.length; t++) sum += Math.abs(training[t][c] - training[t - 1][c]);
        return Math.max(sum / (training.length - 1), 1e-12);
      }),
      low: new Float64Array(width),
      high: new Float64Array(width).fill(Number.POSITIVE_INFINITY),
      last: training[0],
      rings: used.map(() => new Float64Array(WINDOW)),
      sums: new Float64Array(width),
      next: 0,
    });
    const seen: number[][] = used.map(() => []);
    training.forEach((row, t) => {
      learned.push(row);
      if (t >= WINDOW) for (let c = 0; c < width; c++) seen[c].push(Math.max(LEAST, learned.#sums[c] / WINDOW));
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
      next: this.#next,
    };
  }

  ratios(row: Float64Array): Float64Array {
    const out = this.#ratios;
    for (let c = 0; c < out.length; c++) {
      const mean = Math.max(LEAST, (this.#sums[c] + this.#stepOf(row, c) - this.#rings[c][this.#next]) / WINDOW);
      out[c] = Math.max(mean / this.#high[c], this.#low[c] / mean);
    }
    return out;
  }

  push(row: Float64Array): void {
    for (let c = 0; c < row.length; c++) {
      const step = this.#stepOf(row, c);
      this.#sums[c] = Math.max(0, this.#sums[c] + step - this.#rings[c][this.#next]);
      this.#rings[c][this.#next] = step;
      this.#last[c] = row[c];
    }
    this.#next = (this.#next + 1) % WINDOW;
  }

  visible(): (number | null)[] {
    return Array.from(this.#high, (high) => (Number.isFinite(high) ? high : null));
  }

  #stepOf(row: Float64Array, c: number): number {
    return Math.min(CLIP, Math.abs(row[c] - this.#last[c]) / this.#usual[c]);
  }
}
