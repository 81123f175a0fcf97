import type { Forecaster } from './forecaster.ts';

const WEIGHTS = Array.from({ length: 19 }, (_, i) => 0.05 * (i + 1));

/**
 * Simple exponential smoothing, the weight chosen by the squared error one step ahead, on data from which a
 * multiplicative season was taken where the history holds three cycles of it.
 * Source: Hyndman & Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed., §8.1 and §3.4.
 */
export class ExponentialSmoothing implements Forecaster {
  readonly name = 'exponential_smoothing';
  readonly #period: number;
  #level = 0;
  #season: number[] = [1];
  #length = 0;

  /** @param period periods of a season; 1 for none. */
  constructor(period: number) {
    this.#period = period;
  }

  fit(history: readonly number[]): void {
    this.#length = history.length;
    this.#season = seasonOf(history, this.#period);
    const plain = history.map((v, i) => v / this.#season[i % this.#season.length]);
    const tried = WEIGHTS.map((weight) => smooth(plain, weight));
    this.#level = tried.reduce((best, one) => (one.error < best.error ? one : best)).level;
  }

  predict(horizon: number): number[] {
    return Array.from(
      { length: horizon },
      (_, i) => this.#level * this.#season[(this.#length + i) % this.#season.length],
    );
  }
}

function smooth(values: readonly number[], weight: number): { level: number; error: number } {
  let level = values[0];
  let error = 0;
  for (const value of values.slice(1)) {
    error += (value - level) ** 2;
    level += weight * (value - level);
  }
  return { level, error };
}

/** Mean ratio of each place in the cycle to its cycle's mean; all 1 where there is no season to be seen. */
function seasonOf(history: readonly number[], period: number): number[] {
  const cycles = Math.floor(history.length / period);
  if (period < 2 || cycles < 3) return [1];
  const ratios = new Array<number>(period).fill(0);
  const offset = history.length - cycles * period;
  for (let c = 0; c < cycles; c++) {
    const cycle = history.slice(offset + c * period, offset + (c + 1) * period);
    const mean = cycle.reduce((a, b) => a + b, 0) / period;
    if (mean <= 0) return [1];
    cycle.forEach((v, i) => {
      ratios[(offset + i) % period] += v / mean / cycles;
    });
  }
  return ratios.every((r) => r > 0.01) ? ratios : [1];
}
