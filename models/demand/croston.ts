import type { Forecaster } from './forecaster.ts';

const SMOOTHING = 0.1;

/** Smoothed size over smoothed interval of the demands; 0 before the first one. */
export function crostonRate(history: readonly number[], smoothing = SMOOTHING): number {
  let [size, interval, since] = [0, 0, 0];
  for (const demand of history) {
    since++;
    if (demand <= 0) continue;
    size = size === 0 ? demand : size + smoothing * (demand - size);
    interval = interval === 0 ? since : interval + smoothing * (since - interval);
    since = 0;
  }
  return interval === 0 ? 0 : size / interval;
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
