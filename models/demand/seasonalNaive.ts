import type { Forecaster } from './forecaster.ts';

/** The last season repeated; for a shorter history its last value. */
export class SeasonalNaive implements Forecaster {
  readonly name = 'seasonal_naive';
  readonly #period: number;
  #last: readonly number[] = [0];

  constructor(period: number) {
    this.#period = period;
  }

  fit(history: readonly number[]): void {
    this.#last = history.slice(history.length < this.#period ? -1 : -this.#period);
  }

  predict(horizon: number): number[] {
    return Array.from({ length: horizon }, (_, h) => this.#last[h % this.#last.length]);
  }
}
