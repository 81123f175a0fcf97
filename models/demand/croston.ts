import type { Forecaster } from './forecaster.ts';
import { sinceFirstDemand } from './sinceFirstDemand.ts';

const SMOOTHING = 0.1;

/** Smoothed size and interval of the demands, the interval starting from its mean; null before the first demand. */
function crostonState(history: readonly number[], smoothing: number): { size: number; interval: number } | null {
  const known = sinceFirstDemand(history);
  const demands = known.filter((v) => v > 0).length;
  if (demands === 0) return null;
  let [size, interval, since] = [0, known.length / demands, 0];
  for (const demand of known) {
    since++;
    if (demand <= 0) continue;
    if (size === 0) size = demand;
    else {
      size += smoothing * (demand - size);
      interval += smoothing * (since - interval);
    }
    since = 0;
  }
  return { size, interval };
}

/** Smoothed size over smoothed interval of the demands; 0 before the first one. */
export function crostonRate(history: readonly number[], smoothing = SMOOTHING): number {
  const state = crostonState(history, smoothing);
  return state === null ? 0 : state.size / state.interval;
}

/** Croston's method. Source: Croston, "Forecasting and stock control for intermittent demands", ORQ 23 (1972). */
export class Croston implements Forecaster {
  readonly name = 'croston';
  #rate = 0;

  fit(history: readonly number[]): void {
    this.#rate = crostonRate(history);
  }

  predict(horizon: number): number[] {
    return new Array(horizon).fill(this.#rate);
  }
}

/**
 * Croston's rate without its bias, (1 − α/2)·z / (p − α/2): near Syntetos and Boylan's approximation (1 − α/2)·z/p
 * where demand is rare, and at least the mean size where there is demand in each period. Source: Syntetos, "Forecasting
 * of intermittent demand", PhD thesis, Brunel University (2001).
 */
export class Sba implements Forecaster {
  readonly name = 'sba';
  #rate = 0;

  fit(history: readonly number[]): void {
    const state = crostonState(history, SMOOTHING);
    this.#rate = state === null ? 0 : ((1 - SMOOTHING / 2) * state.size) / (state.interval - SMOOTHING / 2);
  }

  predict(horizon: number): number[] {
    return new Array(horizon).fill(this.#rate);
  }
}
