import { columnStandards, leadingChannels, type RowScore, type TableDetector } from './tableDetector.ts';

const EWMA_WEIGHT = 2 / (10 + 1);
/** A single value counts for no more than this many standard deviations: spikes are no faults. */
const WINSORISED = 10;
const LAGS = [50, 75, 100] as const;
const LIMIT = 2.25;
const ON_ROWS = 3;
const OFF_PART = 0.85;
const OFF_ROWS = 20;
/** A channel that hardly moved while it was trained is not a strict one. */
const LEAST_WANDER = 1e-3;

/**
 * For a short clean start, in which channels may drift: smoothed deviations from the training mean, each channel
 * measured by how far its smoothed self wandered while it was trained. A channel's variance at row t is the larger of its
 * training variance and its structure function D at long lags, plus half of D's growth a row for each row beyond the
 * training's middle; the score is √Σ max(0, |z| − 1)². An alarm begins after three rows above the limit and ends after
 * twenty below 0.85 of it. Structure functions: Kolmogorov's, as in Monin & Yaglom, "Statistical Fluid Mechanics" (1975).
 */
export class DriftTolerantDetector implements TableDetector {
  readonly name = 'drift_tolerant';
  readonly #names: readonly string[];
  readonly #mean: Float64Array;
  readonly #sd: Float64Array;
  /** Variance of the smoothed channel's wandering, and its growth a row, in squared standard deviations. */
  readonly #wander: Float64Array;
  readonly #growth: Float64Array;
  readonly #middle: number;
  readonly #level: Float64Array;
  #row: number;
  #above = 0;
  #below = 0;
  #on = false;

  /** @param training rows of numbers, oldest first. */
  constructor(names: readonly string[], training: readonly Float64Array[]) {
    this.#names = names;
    const { mean, sd } = columnStandards(training);
    this.#mean = mean;
    this.#sd = sd;
    this.#middle = training.length / 2;
    this.#row = training.length;
    this.#level = new Float64Array(names.length);
    this.#wander = new Float64Array(names.length);
    this.#growth = new Float64Array(names.length);
    for (let c = 0; c < names.length; c++) this.#level[c] = this.#standardised(training[0], c);
    const levels = training.map((row) => {
      this.#smooth(row);
      return this.#level.slice();
    });
    names.forEach((_, c) => {
      const z = Float64Array.from(levels, (level) => level[c]);
      const lags = LAGS.map((lag) => Math.max(1, Math.min(lag, Math.floor(z.length / 4))));
      const structure = lags.map((lag) => structureFunction(z, lag));
      this.#wander[c] = Math.max(LEAST_WANDER, variance(z), ...structure);
      const span = lags[2] - lags[0];
      this.#growth[c] = span > 0 ? Math.max(0, (structure[2] - structure[0]) / span) : 0;
    });
  }

  score(row: Float64Array): RowScore {
    this.#smooth(row);
    const age = this.#row++ - this.#middle;
    const parts = this.#level.map((level, c) => {
      const scale = Math.sqrt(this.#wander[c] + 0.5 * this.#growth[c] * Math.max(0, age));
      return Math.max(0, Math.abs(level) / scale - 1) ** 2;
    });
    const score = Math.sqrt(parts.reduce((a, b) => a + b, 0)) / LIMIT;
    this.#hold(score);
    return { score, anomaly: this.#on, channels: leadingChannels(this.#names, parts) };
  }

  #hold(score: number): void {
    this.#above = score > 1 ? this.#above + 1 : 0;
    this.#below = score < OFF_PART ? this.#below + 1 : 0;
    if (this.#above >= ON_ROWS) this.#on = true;
    else if (this.#below >= OFF_ROWS) this.#on = false;
  }

  #standardised(row: Float64Array, c: number): number {
    return Math.max(-WINSORISED, Math.min(WINSORISED, (row[c] - this.#mean[c]) / this.#sd[c]));
  }

  #smooth(row: Float64Array): void {
    for (let c = 0; c < this.#level.length; c++) {
      this.#level[c] += EWMA_WEIGHT * (this.#standardised(row, c) - this.#level[c]);
    }
  }
}

function structureFunction(z: Float64Array, lag: number): number {
  let sum = 0;
  for (let t = lag; t < z.length; t++) sum += (z[t] - z[t - lag]) ** 2;
  return sum / Math.max(1, z.length - lag);
}

function variance(z: Float64Array): number {
  const mean = z.reduce((a, b) => a + b, 0) / z.length;
  return z.reduce((sum, v) => sum + (v - mean) ** 2, 0) / z.length;
}
