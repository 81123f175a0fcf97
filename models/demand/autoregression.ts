import type { Forecaster } from './forecaster.ts';

const LAGS = 3;
const RIDGE = 0.1;
const SHRINK = 0.995;
const SETTLED_STEPS = 400;
const SETTLED = 0.5;

/**
 * Autoregression on the last three periods about the mean, least squares with a ridge on standardised data; roots are
 * shrunk into the unit circle, so that the forecast returns to the mean. Source: Hoerl & Kennard (1970).
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
  return stable(Float64Array.from(gram, (row, a) => row[LAGS] / row[a]));
}

/** Shrinks all roots until an impulse dies away: c_k·ρ^k has the roots times ρ. */
function stable(coefficients: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  for (let shrunk = coefficients; ; shrunk = shrunk.map((c, k) => c * SHRINK ** (k + 1))) {
    const last = new Float64Array(LAGS);
    last[0] = 1;
    for (let step = 0; step < SETTLED_STEPS; step++) {
      const next = last.reduce((sum, v, i) => sum + v * shrunk[i], 0);
      last.copyWithin(1, 0, LAGS - 1);
      last[0] = next;
    }
    if (last.every((v) => Math.abs(v) < SETTLED)) return shrunk;
  }
}
