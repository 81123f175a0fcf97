import { SLOW_FEATURES } from '#models/signal/slowFeatures.ts';
import type { Detector, Score } from './detector.ts';
import { median, quantile } from './statistics.ts';

export interface DriftSettings {
  skipWindows: number;
  learnWindows: number;
  /** Robust standard deviations from the machine's own normal at which the index is 1. */
  zLimit: number;
  /** A standard deviation is never taken as less than this part of the normal: a quiet sensor is not a strict one. */
  floor: number;
}

export const DRIFT_DEFAULTS: DriftSettings = { skipWindows: 1, learnWindows: 12, zLimit: 6, floor: 0.02 };

const EWMA_WEIGHT = 0.5;
const MEAN_COLUMN = SLOW_FEATURES.indexOf('mean');

/**
 * Slow values that leave their normal: robust z of the interval's mean, smoothed. The scale is the larger of the median
 * absolute deviation (× 1.4826, consistent for a Gaussian) and a third of the 5–95 % range, so that a load cycle that
 * was seen while learning is part of the normal.
 */
export class DriftDetector implements Detector {
  readonly #settings: DriftSettings;
  #seen = 0;
  #level = 0;
  #normal = 0;
  #scale = 0;
  #learning: number[] = [];

  constructor(settings: DriftSettings, snapshot?: Float64Array) {
    this.#settings = settings;
    if (snapshot) {
      [this.#seen, this.#level, this.#normal, this.#scale] = snapshot;
      this.#learning = Array.from(snapshot.subarray(4));
    }
  }

  score(row: readonly number[]): Score {
    const left = this.#settings.skipWindows + this.#settings.learnWindows - this.#seen;
    if (left > 0) {
      return { assessable: false, reason: 'learning what is normal for this value', remedy: `${left} more intervals` };
    }
    if (this.#scale === 0) {
      return {
        assessable: false,
        reason: 'the value stood at zero while it was learned',
        remedy: 'learn it anew while the machine runs',
      };
    }
    const level = this.#next(row);
    const index = Math.abs(level - this.#normal) / (this.#settings.zLimit * this.#scale);
    return { assessable: true, index, contributions: [{ feature: 'mean', value: level, normal: this.#normal }] };
  }

  learn(row: readonly number[]): void {
    const { skipWindows, learnWindows } = this.#settings;
    this.#level = this.#next(row);
    this.#seen++;
    if (this.#seen <= skipWindows || this.#seen > skipWindows + learnWindows) return;
    this.#learning.push(row[MEAN_COLUMN]);
    if (this.#seen === skipWindows + learnWindows) this.#settle();
  }

  snapshot(): Float64Array {
    return Float64Array.from([this.#seen, this.#level, this.#normal, this.#scale, ...this.#learning]);
  }

  #next(row: readonly number[]): number {
    const mean = row[MEAN_COLUMN];
    return this.#seen === 0 ? mean : this.#level + EWMA_WEIGHT * (mean - this.#level);
  }

  #settle(): void {
    const values = this.#learning;
    this.#normal = median(values);
    const deviation = 1.4826 * median(values.map((v) => Math.abs(v - this.#normal)));
    const range = (quantile(values, 0.95) - quantile(values, 0.05)) / 3;
    this.#scale = Math.max(deviation, range, this.#settings.floor * Math.abs(this.#normal));
    this.#learning = [];
  }
}
