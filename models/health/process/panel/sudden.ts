import { NO_STARTS, type PanelMember, tailLimit } from './member.ts';

/** Windows after which a new level is accepted into the past; a return to the old level is normal, too. */
const MAX_HELD = 1;

export interface SuddenSnapshot {
  /** Rows of a value's past. */
  window: number;
  /** Whether values beyond the limit are kept out of the past. */
  hold: boolean;
  limits: Float64Array;
  /** Each channel's past, oldest first. */
  pasts: Float64Array[];
  /** Consecutive rows beyond the limit. */
  held: Float64Array;
  /** The median before a level change; NaN if there was none. */
  before: Float64Array;
}

/**
 * Detects spikes and steps by the distance of each value from the median of its recent past. Values beyond the limit do
 * not enter that past, for a bounded time.
 * Source: Hampel identifier, Davies & Gather, J. Am. Statist. Assoc. 88 (1993), with a limit from the training's tail.
 */
export class Sudden implements PanelMember<SuddenSnapshot> {
  readonly name = 'sudden';
  readonly seasonal = false;
  readonly sizes = 'own unit';
  readonly #windows: RollingMedian[];
  /** State of all rolling medians, in one array. */
  readonly #store: Float64Array;
  readonly #limits: Float64Array;
  readonly #held: Float64Array;
  readonly #hold: boolean;
  readonly #before: Float64Array;
  readonly #window: number;
  readonly #ratios: Float64Array;

  constructor({ window, hold, limits, pasts, held, before }: SuddenSnapshot) {
    this.#window = window;
    this.#hold = hold;
    this.#limits = limits.slice();
    const length = RollingMedian.storeLength(window);
    this.#store = new Float64Array(length * pasts.length);
    this.#windows = pasts.map((past, c) => {
      const rolling = new RollingMedian(window, this.#store.subarray(c * length, (c + 1) * length));
      for (const value of past) rolling.push(value);
      return rolling;
    });
    this.#held = held.slice();
    this.#before = before.slice();
    this.#ratios = new Float64Array(limits.length);
  }

  /**
   * @param hold whether values beyond the limit are kept out of the past.
   * @param starts rows that do not continue the ones before them.
   */
  static learn(
    training: readonly Float64Array[],
    used: readonly boolean[],
    alpha: number,
    window: number,
    hold: boolean,
    starts: ReadonlySet<number> = NO_STARTS,
  ): Sudden {
    const pasts: Float64Array[] = [];
    const limits = Float64Array.from(used, (use, c) => {
      const past = new RollingMedian(window);
      const distances: number[] = [];
      training.forEach((row, t) => {
        if (starts.has(t)) past.clear();
        if (past.full) distances.push(Math.abs(row[c] - past.median));
        past.push(row[c]);
      });
      pasts.push(past.values());
      return use && distances.length > 0 ? Math.max(tailLimit(distances, alpha), 1e-12) : Number.POSITIVE_INFINITY;
    });
    const width = used.length;
    const [held, before] = [new Float64Array(width), new Float64Array(width).fill(Number.NaN)];
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

  restart(): void {
    for (const past of this.#windows) past.clear();
    this.#held.fill(0);
    this.#before.fill(Number.NaN);
  }

  visitState(visit: (part: Float64Array) => void): void {
    visit(this.#store);
    visit(this.#held);
    visit(this.#before);
  }

  /** 0 while the past is too short. */
  #distance(value: number, c: number): number {
    if (!this.#windows[c].full) return 0;
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
  readonly #window: number;
  readonly #ring: Float64Array;
  readonly #sorted: Float64Array;
  /** Number of values held, and the index of the next one. */
  readonly #at: Float64Array;

  /** Length of the store for a window. */
  static storeLength(window: number): number {
    return 2 * window + 2;
  }

  /** @param store zeros, or the store of another instance of the same window; may be part of a larger array. */
  constructor(window: number, store: Float64Array = new Float64Array(RollingMedian.storeLength(window))) {
    this.#window = window;
    this.#ring = store.subarray(0, window);
    this.#sorted = store.subarray(window, 2 * window);
    this.#at = store.subarray(2 * window);
  }

  get full(): boolean {
    return this.#at[0] === this.#window;
  }

  get median(): number {
    return this.#sorted[this.#at[0] >> 1];
  }

  /** Oldest first. */
  values(): Float64Array {
    const [count, next] = this.#at;
    const from = this.full ? next : 0;
    return Float64Array.from({ length: count }, (_, i) => this.#ring[(from + i) % this.#window]);
  }

  clear(): void {
    this.#at.fill(0);
  }

  push(value: number): void {
    const sorted = this.#sorted;
    const next = this.#at[1];
    let n = this.#at[0];
    if (this.full) {
      const oldest = this.#ring[next];
      let at = 0;
      while (sorted[at] !== oldest) at++;
      sorted.copyWithin(at, at + 1, n--);
    } else this.#at[0]++;
    let at = n;
    while (at > 0 && sorted[at - 1] > value) {
      sorted[at] = sorted[at - 1];
      at--;
    }
    sorted[at] = value;
    this.#ring[next] = value;
    this.#at[1] = (next + 1) % this.#window;
  }
}
