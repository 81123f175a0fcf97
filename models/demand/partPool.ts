import { select } from '#models/signal/localMedian.ts';
import { demandAfter, type PartFeatures, type PoolLevel, partFeatures, poolLevel } from './partWindows.ts';
import { pooledMean } from './pooledMean.ts';

const ORIGINS = 8;
const ORIGIN_DECAY = 0.8;
const RECALIBRATION_DECAY = 0.6;
/** Fewest periods before a training origin. */
const MIN_HISTORY = 3;
/** Fewest windows to learn from. */
const MIN_WINDOWS = 300;
const NEAR = 5000;
const NEAREST = 200;

/** An item at the origin of its forecast. */
export interface PooledItem {
  features: PartFeatures;
  /** Expected demand of the lead time, in units of the size. */
  mu: number;
}

/** Rising outcomes of windows, in multiples of the item's size, and the mean probability that their items were alive. */
export interface Outcomes {
  outcomes: Float64Array;
  alive: number;
}

/** Training windows by rising mean, in columns. */
interface Windows {
  mu: Float64Array;
  /** Demand of the lead time, in multiples of the item's size. */
  outcome: Float64Array;
  /** Probability that the item was still in demand. */
  alive: Float64Array;
  /** Results of `placesOf`, window after window. */
  places: Float64Array;
}

const PLACES = 5;

/**
 * Demand of the lead time learned from all items at once: a pooled regression for the mean, and outcomes of similar
 * windows of other items for the distribution.
 */
export class PartPool {
  readonly level: PoolLevel;
  readonly #mean: (columns: Float64Array) => number;
  readonly #factor: number;
  readonly #windows: Windows;
  /** Distances of the windows around an item, and a copy to sort: allocated once. */
  readonly #distances = new Float64Array(NEAR);
  readonly #sorted = new Float64Array(NEAR);

  /** Null if the histories hold too few windows of this lead time. @param units counting units of the histories. */
  static learn(histories: readonly Float64Array[], units: readonly number[], leadTime: number): PartPool | null {
    const level = poolLevel(histories);
    const columns: Float64Array[] = [];
    const outcomes: number[] = [];
    const weights: number[] = [];
    const features: PartFeatures[] = [];
    const backs: number[] = [];
    for (const [i, history] of histories.entries()) {
      for (let k = 0; k < ORIGINS; k++) {
        const origin = history.length - leadTime - k;
        if (origin < MIN_HISTORY) break;
        const f = partFeatures(history, origin, level, units[i]);
        columns.push(f.columns);
        features.push(f);
        outcomes.push(demandAfter(history, origin, leadTime) / f.size);
        weights.push(ORIGIN_DECAY ** k);
        backs.push(k);
      }
    }
    if (columns.length < MIN_WINDOWS) return null;
    const outcome = Float64Array.from(outcomes);
    const { fitted: mus, mean } = pooledMean({
      columns,
      outcome,
      weight: Float64Array.from(weights),
      exposure: Float64Array.from(features, ({ alive }) => alive),
    });
    // A general rise or fall shows in the newest windows first.
    let [actual, expected] = [0, 0];
    for (let i = 0; i < mus.length; i++) {
      const w = RECALIBRATION_DECAY ** backs[i];
      actual += w * outcome[i];
      expected += w * mus[i];
    }
    const factor = actual > 0 && expected > 0 ? actual / expected : 1;
    const order = Array.from(mus, (_, i) => i);
    order.sort((a, b) => mus[a] - mus[b] || outcome[a] - outcome[b] || features[a].units - features[b].units);
    return new PartPool(level, mean, factor, {
      mu: Float64Array.from(order, (i) => mus[i] * factor),
      outcome: Float64Array.from(order, (i) => outcome[i]),
      alive: Float64Array.from(order, (i) => features[i].alive),
      places: Float64Array.from(order.flatMap((i) => placesOf({ mu: mus[i] * factor, features: features[i] }))),
    });
  }

  private constructor(level: PoolLevel, mean: (columns: Float64Array) => number, factor: number, windows: Windows) {
    this.level = level;
    this.#mean = mean;
    this.#factor = factor;
    this.#windows = windows;
  }

  item(history: Float64Array, unit: number): PooledItem {
    const features = partFeatures(history, history.length, this.level, unit);
    return { features, mu: this.#mean(features.columns) * features.alive * this.#factor };
  }

  /** Outcomes of the windows nearest in mean, rising, in multiples of the item's size. */
  outcomesNearMean({ mu }: PooledItem): Outcomes {
    const [from, to] = this.#around(mu, NEAREST);
    const { outcome, alive } = this.#windows;
    return { outcomes: outcome.slice(from, to).sort(), alive: meanOf(alive.subarray(from, to)) };
  }

  /** Outcomes of the windows that are nearest in mean, size, variation, number of demands and silence together. */
  outcomesNear(item: PooledItem): Outcomes {
    const [from, to] = this.#around(item.mu, NEAR);
    const { places, outcome, alive } = this.#windows;
    const here = placesOf(item);
    const distances = this.#distances;
    const [mu, units, cv, count, silence] = here;
    for (let i = from, at = from * PLACES; i < to; i++, at += PLACES) {
      distances[i - from] =
        (places[at] - mu) ** 2 +
        (places[at + 1] - units) ** 2 +
        (places[at + 2] - cv) ** 2 +
        (places[at + 3] - count) ** 2 +
        (places[at + 4] - silence) ** 2;
    }
    this.#sorted.set(distances);
    const limit = select(this.#sorted.subarray(0, to - from), Math.min(NEAREST, to - from) - 1);
    const outcomes: number[] = [];
    let sum = 0;
    for (let i = from; i < to; i++) {
      if (distances[i - from] > limit) continue;
      outcomes.push(outcome[i]);
      sum += alive[i];
    }
    return { outcomes: Float64Array.from(outcomes).sort(), alive: sum / outcomes.length };
  }

  /** Range of the `count` windows about a mean. */
  #around(target: number, count: number): [number, number] {
    const { mu } = this.#windows;
    let [low, high] = [0, mu.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (mu[middle] < target) low = middle + 1;
      else high = middle;
    }
    const from = Math.max(0, Math.min(low - (count >> 1), mu.length - count));
    return [from, Math.min(mu.length, from + count)];
  }
}

const meanOf = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;

/**
 * Coordinates of an item among others, each scaled by the distance within which items behave similarly (chosen on
 * carparts).
 */
function placesOf({ mu, features }: PooledItem): number[] {
  return [
    Math.log(mu + 1e-3) / 0.3,
    Math.log(features.units + 0.1),
    features.sizeCv / 0.4,
    Math.log(features.count + 1) / 0.6,
    features.silence,
  ];
}
