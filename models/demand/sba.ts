import type { Forecaster } from './forecaster.ts';

const SMOOTHING = 0.1;

/**
 * Syntetos–Boylan approximation: Croston's smoothed size over smoothed interval, less its bias α/2.
 * Source: Syntetos & Boylan, "The accuracy of intermittent demand estimates", IJF 21 (2005).
 */
export class Sba implements Forecaster {
  readonly name = 'sba';
  #rate = 0;

  fit(history: readonly number[]): void {
    let size = 0;
    let interval = 0;
    let since = 0;
    for (const demand of history) {
      since++;
      if (demand <= 0) continue;
      size = size === 0 ? demand : size + SMOOTHING * (demand - size);
      interval = interval === 0 ? since : interval + SMOOTHING * (since - interval);
      since = 0;
    }
    this.#rate = interval === 0 ? 0 : ((1 - SMOOTHING / 2) * size) / interval;
  }

  predict(horizon: number): number[] {
    return new Array(horizon).fill(this.#rate);
  }
}
