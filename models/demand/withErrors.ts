import type { Forecaster } from './forecaster.ts';

/** Newest origins of the error estimate. */
const ORIGINS = 12;
const MIN_HISTORY = 3;
/** Growth of the error variance with each further period. */
const DRIFT = 0.2;

/** One-step errors of a method at the newest origins; the newest last. */
export function newestErrors(forecaster: Forecaster, history: readonly number[], origins = ORIGINS): number[] {
  const first = Math.max(MIN_HISTORY, history.length - origins);
  return Array.from({ length: Math.max(0, history.length - first) }, (_, i) => {
    forecaster.fit(history.slice(0, first + i));
    return forecaster.predict(1)[0] - history[first + i];
  });
}

/** Adds error scales to any method: its errors at the newest origins, growing like those of a drifting level. */
export class WithErrors implements Forecaster {
  readonly name: string;
  readonly #forecaster: Forecaster;
  #scale = 0;

  constructor(forecaster: Forecaster) {
    this.#forecaster = forecaster;
    this.name = forecaster.name;
  }

  fit(history: readonly number[]): void {
    const errors = newestErrors(this.#forecaster, history);
    const power = errors.reduce((sum, e) => sum + e * e, 0) / Math.max(1, errors.length);
    this.#scale = errors.length > 0 ? Math.sqrt(power) : history[history.length - 1] || 1;
    this.#forecaster.fit(history);
  }

  predict(horizon: number): number[] {
    return this.#forecaster.predict(horizon).map((v) => Math.max(0, v));
  }

  /** Error scale of each step, and of the sum of the first `sumOf`, at half correlation. */
  errorScale(horizon: number, sumOf: number): { steps: number[]; sum: number } {
    const at = (h: number) => this.#scale * Math.sqrt(1 + DRIFT * h);
    const sum = Array.from({ length: sumOf }, (_, h) => at(h)).reduce((a, b) => a + b, 0);
    return { steps: Array.from({ length: horizon }, (_, h) => at(h)), sum: (sum + at(0) * Math.sqrt(sumOf)) / 2 };
  }
}
