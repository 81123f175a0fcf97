import { normalQuantile } from '#models/statistics/quantiles.ts';
import { type Detector, type Score, stillLearning } from '../detector.ts';
import { columnStandards, leadingChannels, standardised } from './rowMethod.ts';

export interface ChartSnapshot {
  learning: Float64Array[];
  learned: { mean: number[]; sd: number[]; memory: number[] } | null;
  before: number[];
  levels: number[];
}

/** Weight of the EWMA chart. */
const WEIGHT = 0.2;
/** Chance that a normal row takes any channel's EWMA over its limit. */
const ALPHA = 1e-5;
/** The CUSUM's reference value, standard deviations: optimal for shifts of twice that. */
const REFERENCE = 0.5;
/** Rows between false alarms of one side of one channel's CUSUM. */
const RUN_LENGTH = 1e6;
/** A sum is capped at this multiple of its limit, so that it falls soon after a fault is over. */
const MOST = 2;

/**
 * A control chart of each channel: an EWMA, or a two-sided cumulative sum, of its residual from a first-order
 * autoregression. Sources: Lucas & Saccucci, Technometrics 32 (1990); Page, Biometrika 41 (1954), with Siegmund's run
 * length; for autocorrelated values, Montgomery & Mastrangelo, J. Quality Technology 23 (1991).
 */
export class ControlChart implements Detector<ChartSnapshot> {
  readonly #kind: 'ewma' | 'cusum';
  readonly #names: readonly string[];
  readonly #learnRows: number;
  readonly #limit: number;
  #learning: Float64Array[] = [];
  #learned: ChartSnapshot['learned'] = null;
  /** The last row, standardised. */
  #before: number[] = [];
  /** A channel's EWMA; or its sums upwards, then downwards. */
  #levels: number[] = [];

  constructor(kind: 'ewma' | 'cusum', names: readonly string[], learnRows: number, snapshot?: ChartSnapshot) {
    this.#kind = kind;
    this.#names = names;
    this.#learnRows = learnRows;
    this.#limit =
      kind === 'ewma'
        ? normalQuantile(1 - ALPHA / (2 * names.length)) * Math.sqrt(WEIGHT / (2 - WEIGHT))
        : cusumLimit(RUN_LENGTH);
    if (!snapshot) return;
    this.#learning = [...snapshot.learning];
    this.#learned = snapshot.learned;
    this.#before = snapshot.before;
    this.#levels = snapshot.levels;
  }

  score(row: ArrayLike<number>): Score {
    if (!this.#learned) return stillLearning(this.#learnRows - this.#learning.length);
    const { mean } = this.#learned;
    const { levels } = this.#next(row, this.#learned);
    const used = this.#names.map((_, c) => {
      const far = this.#kind === 'ewma' ? Math.abs(levels[c]) : Math.max(levels[2 * c], levels[2 * c + 1]);
      return far / this.#limit;
    });
    const contributions = leadingChannels(used.map((u) => u * u)).map((c) => ({
      feature: this.#names[c],
      value: row[c],
      normal: mean[c],
    }));
    return { assessable: true, index: Math.max(...used), contributions };
  }

  learn(row: ArrayLike<number>): void {
    if (this.#learned) {
      const { levels, now } = this.#next(row, this.#learned);
      this.#levels = levels;
      this.#before = now;
      return;
    }
    this.#learning.push(Float64Array.from(row));
    if (this.#learning.length === this.#learnRows) this.#settle();
  }

  snapshot(): ChartSnapshot {
    return {
      learning: [...this.#learning],
      learned: this.#learned,
      before: this.#before,
      levels: this.#levels,
    };
  }

  #next(row: ArrayLike<number>, { mean, sd, memory }: NonNullable<ChartSnapshot['learned']>) {
    const now = mean.map((m, c) => standardised(row[c], m, sd[c]));
    const levels = now.flatMap((z, c) => {
      const news = (z - memory[c] * this.#before[c]) / Math.sqrt(1 - memory[c] ** 2);
      if (this.#kind === 'ewma') return [this.#levels[c] + WEIGHT * (news - this.#levels[c])];
      const most = MOST * this.#limit;
      const side = (level: number, step: number) => Math.min(most, Math.max(0, level + step - REFERENCE));
      return [side(this.#levels[2 * c], news), side(this.#levels[2 * c + 1], -news)];
    });
    return { now, levels };
  }

  #settle(): void {
    const rows = this.#learning;
    const { mean, sd } = columnStandards(rows);
    const z = rows.map((row) => Array.from(row, (v, c) => standardised(v, mean[c], sd[c])));
    const memory = Array.from(mean, (_, c) => {
      let lagged = 0;
      for (let t = 1; t < z.length; t++) lagged += z[t][c] * z[t - 1][c];
      return Math.min(0.95, Math.max(0, lagged / z.length));
    });
    this.#learned = { mean: Array.from(mean), sd: Array.from(sd), memory };
    this.#before = z[z.length - 1];
    this.#levels = new Array<number>(this.#kind === 'ewma' ? mean.length : 2 * mean.length).fill(0);
    this.#learning = [];
  }
}

/**
 * The sum at which one side alarms once per `runLength` normal rows (Siegmund, "Sequential analysis", 1985, eq. 2.57).
 */
function cusumLimit(runLength: number): number {
  let [low, high] = [1, 50];
  for (let i = 0; i < 60; i++) {
    const h = (low + high) / 2;
    const b = 2 * REFERENCE * (h + 1.166);
    if ((Math.exp(b) - b - 1) / (2 * REFERENCE ** 2) > runLength) high = h;
    else low = h;
  }
  return high;
}
