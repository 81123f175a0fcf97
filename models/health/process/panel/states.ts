import { NO_STARTS, type PanelMember } from './member.ts';

/** A channel that changed less often does not reveal all of its values. */
const MIN_VISITS = 20;
/** This many different unknown values within this many rows: the channel no longer holds states. */
const WINDOW = 24;
const UNKNOWN = 3;

/** By channel; empty for channels it does not judge. */
export interface StatesSnapshot {
  /** Values seen in training, ascending. */
  known: Float64Array[];
  /** Last rows of each channel: an unknown value that differs from the one before, else NaN. */
  unknown: Float64Array[];
  last: Float64Array;
  next: number;
}

/**
 * For channels that hold one of a few values, such as states, settings and coarse measurements: detects a value outside
 * all of them by half of their smallest distance, or several unknown values.
 */
export class States implements PanelMember<StatesSnapshot> {
  readonly name = 'states';
  readonly seasonal = true;
  readonly sizes = 'own unit';
  readonly #known: readonly Float64Array[];
  /** Half of the smallest distance between known values. */
  readonly #margins: Float64Array;
  readonly #unknown: Float64Array[];
  readonly #last: Float64Array;
  readonly #next: Float64Array;
  readonly #ratios: Float64Array;

  constructor({ known, unknown, last, next }: StatesSnapshot) {
    this.#known = known.map((values) => values.slice());
    this.#margins = Float64Array.from(known, (values) => {
      let least = Number.POSITIVE_INFINITY;
      for (let i = 1; i < values.length; i++) least = Math.min(least, values[i] - values[i - 1]);
      return least / 2;
    });
    this.#unknown = unknown.map((values) => values.slice());
    this.#last = last.slice();
    this.#next = Float64Array.of(next);
    this.#ratios = new Float64Array(known.length);
  }

  /**
   * @param used for each channel, whether it holds states.
   * @param starts rows that do not continue the ones before them.
   */
  static learn(
    training: readonly Float64Array[],
    used: readonly boolean[],
    starts: ReadonlySet<number> = NO_STARTS,
  ): States {
    const known = used.map((use, c) => {
      if (!use) return new Float64Array(0);
      const visits = training.filter((row, t) => t > 0 && !starts.has(t) && row[c] !== training[t - 1][c]).length;
      const values = Float64Array.from(new Set(training.map((row) => row[c]))).sort();
      return visits >= MIN_VISITS && values.length > 1 ? values : new Float64Array(0);
    });
    const unknown = used.map(() => new Float64Array(WINDOW).fill(Number.NaN));
    return new States({ known, unknown, last: training[training.length - 1], next: 0 });
  }

  snapshot(): StatesSnapshot {
    return {
      known: this.#known.map((values) => values.slice()),
      unknown: this.#unknown.map((values) => values.slice()),
      last: this.#last.slice(),
      next: this.#next[0],
    };
  }

  ratios(row: Float64Array): Float64Array {
    const out = this.#ratios.fill(0);
    for (let c = 0; c < out.length; c++) {
      const known = this.#known[c];
      if (known.length === 0 || this.#isKnown(row[c], c)) continue;
      const beyond = Math.max(row[c] - known[known.length - 1], known[0] - row[c]);
      out[c] = Math.max(beyond / this.#margins[c], this.#countUnknown(row[c], c) / UNKNOWN);
    }
    return out;
  }

  push(row: Float64Array): void {
    const at = this.#next[0];
    for (let c = 0; c < row.length; c++) {
      const isNew = this.#known[c].length > 0 && row[c] !== this.#last[c] && !this.#isKnown(row[c], c);
      this.#unknown[c][at] = isNew ? row[c] : Number.NaN;
      this.#last[c] = row[c];
    }
    this.#next[0] = (at + 1) % WINDOW;
  }

  restart(): void {
    for (const values of this.#unknown) values.fill(Number.NaN);
    this.#last.fill(Number.NaN);
  }

  visitState(visit: (part: Float64Array) => void): void {
    for (const values of this.#unknown) visit(values);
    visit(this.#last);
    visit(this.#next);
  }

  visible(): (number | null)[] {
    return Array.from(this.#margins, (margin) => (Number.isFinite(margin) ? margin : null));
  }

  #isKnown(value: number, c: number): boolean {
    return this.#known[c].includes(value);
  }

  /** Number of different unknown values in the window, including this one. */
  #countUnknown(value: number, c: number): number {
    const seen = new Set([value]);
    for (const one of this.#unknown[c]) if (!Number.isNaN(one)) seen.add(one);
    return seen.size;
  }
}
