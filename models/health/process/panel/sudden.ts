import { type PanelMember, tailLimit } from './member.ts';

/** After so many windows away from its past a value's new level is its past, too: it may come back to the old one. */
const MAX_HELD = 1;

export interface SuddenSnapshot {
  /** Rows of a value's past. */
  window: number;
  /** Whether what is beyond the limit is kept out of the past. */
  hold: boolean;
  limits: Float64Array;
  /** Each channel's past, the oldest first. */
  pasts: Float64Array[];
  /** Rows beyond the limit until now. */
  held: Int32Array;
  /** The median that was left; NaN where none was. */
  before: Float64Array;
}

/**
 * Spikes and steps: the distance of each value from the median of its own recent past. What is beyond the limit does not
 * enter that past, for a bounded time.
 * Source: Hampel identifier, Davies & Gather, J. Am. Statist. Assoc. 88 (1993), with a limit from the training's tail.
 */
export class Sudden implements PanelMember<SuddenSnapshot> {
  readonly name = 'sudden';
  readonly seasonal = false;
  readonly sizes = 'own unit';
  readonly #windows: RollingMedian[];
  readonly #limits: Float64Array;
  readonly #held: Int32Array;
  readonly #hold: boolean;
  readonly #before: Float64Array;
  readonly #window: number;
  readonly #ratios: Float64Array;

  constructor({ window, hold, limits, pasts, held, before }: SuddenSnapshot) {
    this.#window = window;
    this.#hold = hold;
    this.#limits = limits.slice();
    this.#windows = pasts.map((past) => {
      const rolling = new RollingMedian(window);
      for (const value of past) rolling.push(value);
      return rolling;
    });
    this.#held = held.slice();
    this.#before = before.slice();
    this.#ratios = new Float64Array(limits.length);
  }

  /** @param hold whether what is beyond the limit is kept out of the past. */
  static learn(
    training: readonly Float64Array[],
    used: readonly boolean[],
    alpha: number,
    window: number,
    hold: boolean,
  ): Sudden {
    const pasts: Float64Array[] = [];
    const limits = Float64Array.from(used, (use, c) => {
      const past = new RollingMedian(window);
      const distances: number[] = [];
      for (const row of training) {
        if (past.full) distances.push(Math.abs(row[c] - past.median));
        past.push(row[c]);
      }
      pasts.push(past.values());
      return use && distances.length > 0 ? Math.max(tailLimit(distances, alpha), 1e-12) : Number.POSITIVE_INFINITY;
    });
    const width = used.length;
    const [held, before] = [new Int32Array(width), new Float64Array(width).fill(Number.NaN)];
    return new Sudden({ window, hold, limits, pasts, held, before });
  }

  snapshot(): SuddenSnapshot {
    return {
      window: this.#window,
      hold: this.#hold,
      limits: this.#limits.slice(),
      pasts: this.#windows.map((past) => past.values()),
      held: this.#held.slice(),
      before: this.#before.slice(),
    };
  }

  ratios(row: Float64Array): Float64Array {
    const out = this.#ratios;
    for (let c = 0; c < out.length; c++) out[c] = this.#distance(row[c], c) / this.#limits[c];
    return out;
  }

  push(row: Float64Array): void {
    this.#windows.forEach((past, c) => {
      const beyond = this.#hold && this.#distance(row[c], c) > this.#limits[c];
      this.#held[c] = beyond ? this.#held[c] + 1 : 0;
      if (this.#held[c] === MAX_HELD * this.#window) this.#before[c] = past.median;
      if (!beyond || this.#held[c] > MAX_HELD * this.#window) past.push(row[c]);
    });
  }

  #distance(value: number, c: number): number {
    const now = Math.abs(value - this.#windows[c].median);
    const then = Math.abs(value - this.#before[c]);
    return then < now ? then : now;
  }

  visible(): (number | null)[] {
    return Array.from(this.#limits, (limit) => (Number.isFinite(limit) ? limit : null));
  }
}

/** Median of the last values. */
export class RollingMedian {
  readonly #ring: Float64Array;
  readonly #sorted: Float64Array;
  #count = 0;
  #next = 0;

  constructor(window: number) {
    this.#ring = new Float64Array(window);
    this.#sorted = new Float64Array(window);
  }

  get full(): boolean {
    return this.#count === this.#ring.length;
  }

  get median(): number {
    return this.#sorted[this.#count >> 1];
  }

  /** The oldest first. */
  values(): Float64Array {
    const from = this.full ? this.#next : 0;
    return Float64Array.from({ length: this.#count }, (_, i) => this.#ring[(from + i) % this.#ring.length]);
  }

  push(value: number): void {
    const sorted = this.#sorted;
    let n = this.#count;
    if (this.full) {
      const gone = this.#ring[this.#next];
      let at = 0;
      while (sorted[at] !== gone) at++;
      sorted.copyWithin(at, at + 1, n--);
    } else this.#count++;
    let at = n;
    while (at > 0 && sorted[at - 1] > value) {
      sorted[at] = sorted[at - 1];
      at--;
    }
    sorted[at] = value;
    this.#ring[this.#next] = value;
    this.#next = (this.#next + 1) % this.#ring.length;
  }
}
