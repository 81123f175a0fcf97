import type { Forecaster } from './forecaster.ts';
import { nelderMead } from './nelderMead.ts';

const EVALUATIONS = 260;

interface Weights {
  real: number;
  imaginary: number;
}

/**
 * Complex exponential smoothing: level and a hidden "potential" in one complex number, a continuous transition between
 * level and trend. Source: Svetunkov, Kourentzes & Ord, "Complex exponential smoothing", Naval Research Logistics 69
 * (2022), eqs. 11–14. For data without a season.
 */
export class ComplexSmoothing implements Forecaster {
  readonly name = 'ces';
  #weights: Weights = { real: 1.3, imaginary: 1 };
  #level = 0;
  #potential = 0;

  fit(history: readonly number[]): void {
    const y = Float64Array.from(history);
    const span = Math.min(y.length, 10);
    const mean = y.subarray(0, span).reduce((a, b) => a + b, 0) / span;
    const scale = Math.max(1e-12, Math.abs(mean) * 0.1);
    const unpacked = (point: Float64Array) => ({
      weights: { real: point[0], imaginary: point[1] },
      level: mean + scale * point[2],
      potential: mean / 1.1 + scale * point[3],
    });
    const cost = (point: Float64Array) => {
      const { weights, level, potential } = unpacked(point);
      return stable(weights) ? run(y, weights, level, potential).squared / (scale * scale) : Number.POSITIVE_INFINITY;
    };
    const best = unpacked(nelderMead(cost, [1.3, 1, 0, 0], 0.25, EVALUATIONS));
    this.#weights = best.weights;
    const end = run(y, best.weights, best.level, best.potential);
    this.#level = end.level;
    this.#potential = end.potential;
  }

  predict(horizon: number): number[] {
    let [level, potential] = [this.#level, this.#potential];
    return Array.from({ length: horizon }, () => {
      const expected = Math.max(0, level);
      [level, potential] = advance(level, potential, this.#weights);
      return expected;
    });
  }
}

/** One period ahead, without an error. */
function advance(level: number, potential: number, { real, imaginary }: Weights): [number, number] {
  return [level - (1 - imaginary) * potential, level + (1 - real) * potential];
}

function run(y: Float64Array, weights: Weights, level: number, potential: number) {
  const { real, imaginary } = weights;
  let squared = 0;
  for (let t = 0; t < y.length; t++) {
    const error = y[t] - level;
    squared += error * error;
    const next = level - (1 - imaginary) * potential + (real - imaginary) * error;
    potential = level + (1 - real) * potential + (real + imaginary) * error;
    level = next;
  }
  return { level, potential, squared };
}

/** Whether errors die away: both roots of the discount matrix lie within the unit circle (Jury's conditions). */
function stable({ real, imaginary }: Weights): boolean {
  const a = 1 - real + imaginary;
  const b = imaginary - 1;
  const c = 1 - real - imaginary;
  const d = 1 - real;
  const trace = a + d;
  const determinant = a * d - b * c;
  return Math.abs(determinant) < 1 && Math.abs(trace) < 1 + determinant;
}
