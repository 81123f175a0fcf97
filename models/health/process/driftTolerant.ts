import { type Detector, type Score, stillLearning } from '../detector.ts';
import { tailLimit } from './panel/member.ts';
import { columnStandards, leadingChannels, standardised } from './rowMethod.ts';

const EWMA_WEIGHT = 2 / (10 + 1);
/**
 * Lags at which wandering is measured; in a long training the longest is a quarter of it, and the others in proportion.
 */
const LAGS = [50, 75, 100] as const;
const LIMIT = 2.25;
/** Training length that distinguishes wandering about a level from leaving it. */
const LONG_ROWS = 1000;
/** Above this number of channels the limit is raised for chance (`ALPHA` per row), learned from the training itself. */
const FEW = 8;
const ALPHA = 1e-4;
/** Minimum wandering, so that a channel that hardly moved in training does not get a near-zero limit. */
const MIN_WANDER = 1e-3;

export interface DriftSnapshot {
  learning: Float64Array[];
  learned: {
    mean: Float64Array;
    sd: Float64Array;
    /** Variance of the smoothed channel's wandering, and its growth per row, in squared standard deviations. */
    wander: Float64Array;
    growth: Float64Array;
    /** Absent in snapshots from before it grew with the channels. */
    limit?: number;
  } | null;
  level: Float64Array;
  rows: number;
}

/**
 * For a short clean start in which channels may drift: smoothed deviations from the training mean, each channel scaled
 * by how far it wandered, smoothed, in training. A channel's variance at row t is the larger of its training variance
 * and its structure function D at long lags, plus half of D's growth a row for each row beyond the training's middle;
 * the score is √Σ max(0, |z| − 1)². Structure functions: Kolmogorov's, as in Monin & Yaglom, "Statistical Fluid
 * Mechanics" (1975).
 */
export class DriftTolerantDetector implements Detector<DriftSnapshot> {
  readonly #names: readonly string[];
  readonly #learnRows: number;
  #learning: Float64Array[] = [];
  #learned: DriftSnapshot['learned'] = null;
  #level: Float64Array;
  #rows = 0;
  /** Result for the row scored last, which `learn` of the same row reuses. */
  #latest: { row: ArrayLike<number>; level: Float64Array } | null = null;

  constructor(names: readonly string[], learnRows: number, snapshot?: DriftSnapshot) {
    this.#names = names;
    this.#learnRows = learnRows;
    this.#level = snapshot?.level ?? new Float64Array(names.length);
    if (!snapshot) return;
    this.#learning = [...snapshot.learning];
    this.#learned = snapshot.learned;
    this.#rows = snapshot.rows;
  }

  score(row: ArrayLike<number>): Score {
    if (!this.#learned) return stillLearning(this.#learnRows - this.#learning.length);
    const { mean, sd, wander, growth, limit = LIMIT } = this.#learned;
    const level = smoothed(this.#level, row, mean, sd);
    this.#latest = { row, level };
    const age = this.#rows - this.#learnRows / 2;
    const parts = partsOf(level, wander, growth, age);
    const index = distanceOf(parts) / limit;
    const contributions = leadingChannels(parts).map((c) => ({
      feature: this.#names[c],
      value: row[c],
      normal: mean[c],
    }));
    return { assessable: true, index, contributions };
  }

  learn(row: ArrayLike<number>): void {
    this.#rows++;
    if (this.#learned) {
      const { mean, sd } = this.#learned;
      this.#level = this.#latest?.row === row ? this.#latest.level : smoothed(this.#level, row, mean, sd);
      this.#latest = null;
    } else {
      this.#learning.push(Float64Array.from(row));
      if (this.#learning.length === this.#learnRows) this.#settle();
    }
  }

  snapshot(): DriftSnapshot {
    return { learning: [...this.#learning], learned: this.#learned, level: this.#level, rows: this.#rows };
  }

  #settle(): void {
    const { mean, sd } = columnStandards(this.#learning);
    const first = this.#learning[0];
    let level: Float64Array = Float64Array.from(first, (v, c) => standardised(v, mean[c], sd[c]));
    const levels = this.#learning.map((row) => {
      level = smoothed(level, row, mean, sd);
      return level;
    });
    const wander = new Float64Array(mean.length);
    const growth = new Float64Array(mean.length);
    for (let c = 0; c < mean.length; c++) {
      const z = Float64Array.from(levels, (values) => values[c]);
      // Wandering about a level looks like leaving it until lags exceed the channel's memory.
      const stretch = z.length >= LONG_ROWS ? z.length / 4 / LAGS[2] : 1;
      const lags = LAGS.map((lag) => Math.max(1, Math.floor(Math.min(lag * stretch, z.length / 4))));
      const structure = lags.map((lag) => structureFunction(z, lag));
      wander[c] = Math.max(MIN_WANDER, variance(z), ...structure);
      const span = lags[2] - lags[0];
      growth[c] = span > 0 ? Math.max(0, (structure[2] - structure[0]) / span) : 0;
    }
    this.#level = level;
    const middle = levels.length / 2;
    const own = levels.map((one, t) => distanceOf(partsOf(one, wander, growth, t - middle)));
    this.#learned = {
      mean,
      sd,
      wander,
      growth,
      limit: mean.length > FEW ? Math.max(LIMIT, tailLimit(own, ALPHA)) : LIMIT,
    };
    this.#learning = [];
  }
}

function smoothed(level: Float64Array, row: ArrayLike<number>, mean: Float64Array, sd: Float64Array): Float64Array {
  return level.map((v, c) => v + EWMA_WEIGHT * (standardised(row[c], mean[c], sd[c]) - v));
}

function partsOf(level: Float64Array, wander: Float64Array, growth: Float64Array, age: number): Float64Array {
  return level.map((v, c) => {
    const scale = Math.sqrt(wander[c] + 0.5 * growth[c] * Math.max(0, age));
    return Math.max(0, Math.abs(v) / scale - 1) ** 2;
  });
}

function distanceOf(parts: Float64Array): number {
  return Math.sqrt(parts.reduce((a, b) => a + b, 0));
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
