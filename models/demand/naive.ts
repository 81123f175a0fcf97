import type { Forecaster } from './forecaster.ts';

/** What was last goes on: what every other forecast has to beat. */
export class Naive implements Forecaster {
  readonly name = 'naive';
  #last = 0;

  fit(history: readonly number[]): void {
    this.#last = history[history.length - 1];
  }

  predict(horizon: number): number[] {
    return new Array(horizon).fill(this.#last);
  }
}
