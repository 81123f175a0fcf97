import type { Forecaster } from './forecaster.ts';

const LAGS = 3;
const RIDGE = 0.1;

/**
 * Autoregression on the last three periods about the mean, least squares with a ridge on standardised data; the
 * coefficients' sum is held below 1, so that the forecast returns to the mean. Source: Hoerl & Kennard (1970).
 */
export class Autoregression implements Forecaster {
  readonly name = 'ar3';
  #mean = 0;
  #coefficients = new Float64Array(LAGS);
  #last: number[] = [];

  fit(history: readonly number[]): void {
    const n = history.length;
    this.#mean = history.reduce((a, b) => a + b, 0) / n;
    const d = history.map((v) => v - this.#mean);
    this.#last = d.slice(-LAGS).reverse();
    while (this.#last.length < LAGS) this.#last.push(0);
    const power = d.reduce((a, v) => a + v * v, 0) / n;
    this.#coefficients = power > 0 ? coefficientsOf(d, RIDGE * power) : new Float64Array(LAGS);
  }

  predict(horizon: number): number[] {
    const last = [...this.#last];
    return Array.from({ length: horizon }, () => {
      const next = last.reduce((sum, v, i) => sum + v * this.#coefficients[i], 0);
      last.unshift(next);
      last.pop();
      return this.#mean + next;
    });
  }
}

function coefficientsOf(d: readonly number[], ridge: number): Float64Array<ArrayBuffer> {
  const gram = Array.from({ length: LAGS }, () => new Float64Array(LAGS + 1));
  for (let t = LAGS; t < d.length; t++) {
    for (let a = 0; a < LAGS; a++) {
      gram[a][LAGS] += d[t - 1 - a] * d[t];
      for (let b = 0; b < LAGS; b++) gram[a][b] += d[t - 1 - a] * d[t - 1 - b];
    }
  }
  for (let a = 0; a < LAGS; a++) gram[a][a] += ridge;
  for (let a = 0; a < LAGS; a++) {
    for (let row = 0; row < LAGS; row++) {
      if (row === a) continue;
      const part = gram[row][a] / gram[a][a];
      for (let b = a; b <= LAGS; b++) gram[row][b] -= part * gram[a][b];
    }
  }
  const raw = Float64Array.from(gram, (row, a) => row[LAGS] / row[a]);
  const size = raw.reduce((sum, v) => sum + Math.abs(v), 0);
  const sum = raw.reduce((a, b) => a + b, 0);
  return sum > 0.995 && size > 0 ? raw.map((v) => (v * 0.995) / sum) : raw;
}
