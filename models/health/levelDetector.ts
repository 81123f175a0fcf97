import { BEARING_RUN_TO_FAILURE } from '#models/trained/bearingRunToFailure.ts';
import type { Detector, Score } from './detector.ts';
import { median } from './statistics.ts';

export interface LevelSettings {
  /** Initial windows that are not learned from: a machine that has just started is not representative. */
  skipWindows: number;
  /** Windows whose median becomes the baseline. */
  learnWindows: number;
  /** The level, as a multiple of the machine's baseline, at which the index is 1. */
  ratioLimit: number;
}

export const LEVEL_DEFAULTS: LevelSettings = BEARING_RUN_TO_FAILURE.settings;

const MEDIAN_OF = 9;
const EWMA_WEIGHT = 2 / (MEDIAN_OF + 1);
/** How fast the baseline follows a falling level (run-in). It never follows a rising one: that would learn a fault. */
const FOLLOW_DOWN = 0.02;
/** Lowest baseline, as a part of the learned one: a long period at low load must not make full load an alert. */
const LOWEST_NORMAL = Math.log(0.6);
/** Below this fraction of its baseline a machine is considered stopped. */
const STANDSTILL = 1 / 4;
const SMALLEST = 1e-12;

/**
 * Detects rising levels: the mean log-ratio of chosen features to the machine's baseline, after a causal median of nine
 * and an EWMA. Further features are tracked as evidence. All features must be non-negative amplitudes.
 *
 * Constants were chosen on the six open FEMTO bearings (docs/decisions/0003-level-detector.md).
 */
export class LevelDetector implements Detector {
  readonly #names: readonly string[];
  readonly #columns: readonly number[];
  readonly #indexed: number;
  readonly #settings: LevelSettings;
  #seen = 0;
  readonly #recent: Float64Array;
  readonly #level: Float64Array;
  readonly #normal: Float64Array;
  /** The baseline as first learned. */
  readonly #learnedNormal: Float64Array;
  #learning: number[];
  /** The result of `score` for a row, since `learn` follows with the same row. */
  #scored: { row: readonly number[]; level: Float64Array } | null = null;

  /**
   * @param names of a row's columns.
   * @param indexed columns that form the index.
   * @param evidence columns that are tracked in addition.
   */
  constructor(
    names: readonly string[],
    indexed: readonly string[],
    evidence: readonly string[],
    settings: LevelSettings,
    snapshot?: Float64Array,
  ) {
    const followed = [...indexed, ...evidence.filter((name) => !indexed.includes(name))];
    this.#names = followed;
    this.#columns = followed.map((name) => names.indexOf(name));
    if (this.#columns.includes(-1)) throw new RangeError(`no such feature among ${names.join(', ')}`);
    this.#indexed = indexed.length;
    this.#settings = settings;
    const n = followed.length;
    this.#recent = new Float64Array(n * MEDIAN_OF);
    this.#level = new Float64Array(n);
    this.#normal = new Float64Array(n);
    this.#learnedNormal = new Float64Array(n);
    this.#learning = [];
    if (snapshot) this.#restore(snapshot);
  }

  get learned(): boolean {
    return this.#seen >= this.#settings.skipWindows + this.#settings.learnWindows;
  }

  score(row: readonly number[]): Score {
    if (!this.learned) {
      const left = this.#settings.skipWindows + this.#settings.learnWindows - this.#seen;
      return { assessable: false, reason: 'learning what is normal for this machine', remedy: `${left} more windows` };
    }
    const level = this.#next(row);
    this.#scored = { row, level };
    let sum = 0;
    for (let i = 0; i < this.#indexed; i++) sum += level[i] - this.#normal[i];
    const ratio = Math.exp(sum / this.#indexed);
    if (ratio < STANDSTILL) {
      return {
        assessable: false,
        reason: 'the machine seems to stand still',
        remedy: 'nothing: assessed when it runs',
      };
    }
    const contributions = this.#names.map((feature, i) => ({
      feature,
      value: Math.exp(level[i]),
      normal: Math.exp(this.#normal[i]),
    }));
    return { assessable: true, index: ratio / this.#settings.ratioLimit, contributions };
  }

  learn(row: readonly number[]): void {
    const level = this.#scored?.row === row ? this.#scored.level : this.#next(row);
    this.#scored = null;
    const n = this.#names.length;
    const slot = (this.#seen % MEDIAN_OF) * n;
    for (let i = 0; i < n; i++) this.#recent[slot + i] = this.#log(row, i);
    this.#level.set(level);
    const wasLearned = this.learned;
    if (!wasLearned && this.#seen >= this.#settings.skipWindows) for (const value of level) this.#learning.push(value);
    this.#seen++;
    if (wasLearned) this.#followDown();
    else if (this.learned) this.#settle();
  }

  snapshot(): Float64Array {
    const columns = [[this.#seen], this.#recent, this.#level, this.#normal, this.#learnedNormal, this.#learning];
    const snapshot = new Float64Array(columns.reduce((sum, column) => sum + column.length, 0));
    let at = 0;
    for (const column of columns) {
      snapshot.set(column, at);
      at += column.length;
    }
    return snapshot;
  }

  #restore(snapshot: Float64Array): void {
    const n = this.#names.length;
    const fixed = 1 + n * (MEDIAN_OF + 3);
    if (snapshot.length < fixed) throw new RangeError('the snapshot is of a detector with other features');
    this.#seen = snapshot[0];
    this.#recent.set(snapshot.subarray(1, 1 + n * MEDIAN_OF));
    this.#level.set(snapshot.subarray(1 + n * MEDIAN_OF, 1 + n * (MEDIAN_OF + 1)));
    this.#normal.set(snapshot.subarray(1 + n * (MEDIAN_OF + 1), 1 + n * (MEDIAN_OF + 2)));
    this.#learnedNormal.set(snapshot.subarray(1 + n * (MEDIAN_OF + 2), fixed));
    this.#learning = Array.from(snapshot.subarray(fixed));
  }

  #log(row: readonly number[], i: number): number {
    return Math.log(Math.max(SMALLEST, row[this.#columns[i]]));
  }

  /** The smoothed log levels after `row`. */
  #next(row: readonly number[]): Float64Array {
    const n = this.#names.length;
    const known = Math.min(this.#seen, MEDIAN_OF - 1);
    const window = new Float64Array(known + 1);
    const level = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      for (let back = 1; back <= known; back++) {
        window[back - 1] = this.#recent[((this.#seen - back) % MEDIAN_OF) * n + i];
      }
      window[known] = this.#log(row, i);
      const mid = middle(window);
      level[i] = this.#seen === 0 ? mid : this.#level[i] + EWMA_WEIGHT * (mid - this.#level[i]);
    }
    return level;
  }

  #settle(): void {
    const n = this.#names.length;
    for (let i = 0; i < n; i++) this.#normal[i] = median(this.#learning.filter((_, at) => at % n === i));
    this.#learnedNormal.set(this.#normal);
    this.#learning = [];
  }

  #followDown(): void {
    let sum = 0;
    for (let i = 0; i < this.#indexed; i++) sum += this.#level[i] - this.#normal[i];
    if (sum / this.#indexed < Math.log(STANDSTILL)) return;
    for (let i = 0; i < this.#indexed; i++) {
      const followed = this.#normal[i] + FOLLOW_DOWN * Math.min(0, this.#level[i] - this.#normal[i]);
      this.#normal[i] = Math.max(followed, this.#learnedNormal[i] + LOWEST_NORMAL);
    }
  }
}

/** Median of at most nine values by insertion sort, in place; the caller copies them for each feature. */
function middle(values: Float64Array): number {
  const n = values.length;
  for (let i = 1; i < n; i++) {
    const v = values[i];
    let j = i - 1;
    for (; j >= 0 && values[j] > v; j--) values[j + 1] = values[j];
    values[j + 1] = v;
  }
  return n % 2 ? values[n >> 1] : (values[n / 2 - 1] + values[n / 2]) / 2;
}
