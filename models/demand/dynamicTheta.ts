import type { Forecaster } from './forecaster.ts';
import { nelderMead } from './nelderMead.ts';

const ALPHA = [0.1, 0.99] as const;
const EVALUATIONS = 200;
const LARGEST_THETA = 1e4;

interface State {
  level: number;
  mean: number;
  slope: number;
  intercept: number;
}

/**
 * The dynamic optimised Theta method: the mean of a smoothed Theta line and of a line that is refitted at each step.
 * Source: Fiorucci et al., "Models for optimising the theta method…", IJF 32 (2016), eqs. 10–15. For data without a
 * season.
 */
export class DynamicTheta implements Forecaster {
  readonly name = 'theta';
  #alpha = 0.5;
  #theta = 2;
  #state: State = { level: 0, mean: 0, slope: 0, intercept: 0 };
  #length = 0;

  fit(history: readonly number[]): void {
    const y = Float64Array.from(history);
    this.#length = y.length;
    const scale = Math.max(1e-12, spread(y));
    const unpacked = (point: Float64Array) => ({
      alpha: ALPHA[0] + (ALPHA[1] - ALPHA[0]) / (1 + Math.exp(-point[0])),
      theta: Math.min(LARGEST_THETA, 1 + Math.exp(point[1])),
      level: y[0] / 2 + scale * point[2],
    });
    const cost = (point: Float64Array) => {
      const { alpha, theta, level } = unpacked(point);
      return run(y, alpha, theta, level).squared / (scale * scale);
    };
    const best = unpacked(nelderMead(cost, [0, 0, 0], 0.8, EVALUATIONS));
    this.#alpha = best.alpha;
    this.#theta = best.theta;
    this.#state = run(y, best.alpha, best.theta, best.level).state;
  }

  predict(horizon: number): number[] {
    const state = { ...this.#state };
    return Array.from({ length: horizon }, (_, h) => {
      const t = this.#length + h;
      const expected = expectation(state, t, this.#alpha, this.#theta);
      advance(state, t, expected, this.#alpha);
      return expected;
    });
  }
}

/** Expected value of period `t`, counted from 0, after `t` periods. */
function expectation({ level, slope, intercept }: State, t: number, alpha: number, theta: number): number {
  const rest = (1 - alpha) ** t;
  return level + (1 - 1 / theta) * (rest * intercept + ((1 - rest * (1 - alpha)) / alpha) * slope);
}

function advance(state: State, t: number, value: number, alpha: number): void {
  const before = state.mean;
  state.level = alpha * value + (1 - alpha) * state.level;
  state.mean = (t * state.mean + value) / (t + 1);
  // The least-squares line of all values so far, extrapolated by one.
  state.slope = t === 0 ? 0 : ((t - 1) * state.slope + (6 * (value - before)) / (t + 1)) / (t + 2);
  state.intercept = state.mean - (state.slope * (t + 2)) / 2;
}

function run(y: Float64Array, alpha: number, theta: number, level: number): { state: State; squared: number } {
  const state: State = { level, mean: 0, slope: 0, intercept: 0 };
  let squared = 0;
  for (let t = 0; t < y.length; t++) {
    // The first periods only locate the line.
    if (t >= 3) squared += (y[t] - expectation(state, t, alpha, theta)) ** 2;
    advance(state, t, y[t], alpha);
  }
  return { state, squared };
}

function spread(y: Float64Array): number {
  let sum = 0;
  for (let t = 1; t < y.length; t++) sum += Math.abs(y[t] - y[t - 1]);
  return y.length > 1 ? sum / (y.length - 1) : Math.abs(y[0]);
}
