import type { Forecaster } from './forecaster.ts';
import { sinceFirstDemand } from './sinceFirstDemand.ts';

const SMOOTHING = 0.1;

/**
 * Smoothed size over smoothed interval of the demands, both beginning with their means; 0 before the first demand.
 */
export function crostonRate(history: readonly number[], smoothing = SMOOTHING): number {
  const known = sinceFirstDemand(history);
  const demands = known.filter((v) => v > 0).length;
  if (demands === 0) return 0;
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
  return size / interval;
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
 * Syntetos–Boylan approximation: Croston's rate less its bias α/2.
 * Source: Syntetos & Boylan, "The accuracy of intermittent demand estimates", IJF 21 (2005).
 */
export class Sba implements Forecaster {
  readonly name = 'sba';
  #rate = 0;

  fit(history: readonly number[]): void {
    this.#rate = (1 - SMOOTHING / 2) * crostonRate(history);
  }

  predict(horizon: number): number[] {
    return new Array(horizon).fill(this.#rate);
  }
}
