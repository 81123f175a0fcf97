import type { Forecaster } from './forecaster.ts';

/** The last value continues: the benchmark for every other forecast. */
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
