import { Autoregression } from './autoregression.ts';
import { DynamicTheta } from './dynamicTheta.ts';
import { Ets } from './ets.ts';
import type { Forecaster } from './forecaster.ts';

/** One model: with or without logarithms, its seasons, weights of cycles, and level. */
interface SeasonalModel {
  logs: boolean;
  periods: readonly number[];
  /** Weight of a cycle relative to the next newer one. */
  cycleWeight: number;
  level: 'ses' | 'damped' | 'theta' | 'ar3' | 'mean' | 'seasonal_naive';
}

/** Level models use this many of the newest periods. */
const LEVEL_PERIODS = 500;
const BACKTESTS = 3;
const BEST = 8;
const CYCLE_WEIGHTS = [1, 0.7] as const;

/**
 * Series with a long season, or with several (weekly; hourly with 24 and 168): many simple models, each tested at three
 * past origins, the best eight weighted by 1/MAE². Profiles are mean distances to a centred moving average. Methods and
 * constants: `docs/decisions/0007-demand-forecasts.md`.
 */
export class SeveralSeasons implements Forecaster {
  readonly name = 'several_seasons';
  readonly #periods: readonly number[];
  readonly #horizon: number;
  #history: readonly number[] = [];
  #chosen: { way: SeasonalModel; weight: number }[] = [];
  /** Root mean square error of the chosen models together at each step of the backtest. */
  #missed: number[] = [];

  /** @param periods of the seasons, rising. @param horizon of the backtest. */
  constructor(periods: readonly number[], horizon: number) {
    this.#periods = periods;
    this.#horizon = horizon;
  }

  fit(history: readonly number[]): void {
    this.#history = history;
    const origins = originsOf(history.length, this.#horizon, this.#periods);
    const ways = candidateModels(history, this.#periods, origins.at(-1) ?? history.length);
    const tried = ways.map((way) => {
      const prediction = origins.map((o) =>
        predictModel(way, history.slice(0, o), Math.min(this.#horizon, history.length - o)),
      );
      const errors = prediction.map((f, i) => f.map((v, h) => v - history[origins[i] + h]));
      const all = errors.flat();
      const mae = all.length > 0 ? all.reduce((sum, e) => sum + Math.abs(e), 0) / all.length : 1;
      return { way, errors, mae: Number.isFinite(mae) ? Math.max(mae, 1e-12) : Number.POSITIVE_INFINITY };
    });
    const best = tried
      .filter((t) => t.mae < Number.POSITIVE_INFINITY)
      .sort((a, b) => a.mae - b.mae)
      .slice(0, BEST);
    const total = best.reduce((sum, { mae }) => sum + mae ** -2, 0);
    this.#chosen = best.map(({ way, mae }) => ({ way, weight: mae ** -2 / total }));
    this.#missed = Array.from({ length: this.#horizon }, (_, h) => {
      const squares = origins.flatMap((_, o) => {
        const together = best.reduce((sum, t, i) => sum + this.#chosen[i].weight * (t.errors[o][h] ?? Number.NaN), 0);
        return Number.isNaN(together) ? [] : [together ** 2];
      });
      return squares.length > 0 ? squares.reduce((a, b) => a + b, 0) / squares.length : 0;
    });
  }

  predict(horizon: number): number[] {
    const sum = new Array<number>(horizon).fill(0);
    for (const { way, weight } of this.#chosen) {
      predictModel(way, this.#history, horizon).forEach((v, h) => {
        sum[h] += weight * v;
      });
    }
    return sum.map((v) => Math.max(0, v));
  }

  /**
   * Scale of the error of each step's forecast, and of that of the sum of the first `sumOf` steps, as if those errors
   * were fully correlated: backtest errors at nearby steps, never falling.
   */
  errorScale(horizon: number, sumOf: number): { steps: number[]; sum: number } {
    let largest = 0;
    const steps = Array.from({ length: Math.max(horizon, sumOf) }, (_, h) => {
      const at = Math.min(h, this.#missed.length - 1);
      const near = this.#missed.slice(Math.floor(at / 2), Math.min(this.#missed.length, 2 * at + 2));
      largest = Math.max(largest, Math.sqrt(near.reduce((a, b) => a + b, 0) / Math.max(1, near.length)));
      return largest;
    });
    return { steps: steps.slice(0, horizon), sum: steps.slice(0, sumOf).reduce((a, b) => a + b, 0) };
  }
}

/**
 * Origins of the backtest: those that leave enough of the past for the longest season; or else enough for a level; or
 * else one that holds back a third of it.
 */
function originsOf(length: number, horizon: number, periods: readonly number[]): number[] {
  const least = Math.max(4, Math.min(length / 2, 1.5 * periods[0]));
  const whole = Array.from({ length: BACKTESTS }, (_, i) => length - (i + 1) * horizon).filter((o) => o >= least);
  const longest = whole.filter((o) => o >= cyclesOf(periods[periods.length - 1]));
  if (longest.length > 0) return longest;
  if (whole.length > 0 || length < 3) return whole;
  return [length - Math.min(horizon, Math.floor(length / 3))];
}

/** Periods in which a season can be estimated. */
const cyclesOf = (season: number) => 2 * season + 1;

function candidateModels(history: readonly number[], periods: readonly number[], shortest: number): SeasonalModel[] {
  const fitting = periods.filter((p) => p > 1 && shortest >= cyclesOf(p));
  const sets: number[][] = [[], ...fitting.map((_, i) => fitting.slice(0, i + 1))];
  const hourly = periods.length > 1;
  const levels: SeasonalModel['level'][] = hourly ? ['ses', 'ar3', 'mean'] : ['ses', 'damped', 'theta', 'ar3'];
  const transforms = history.every((v) => v > 0) ? [false, true] : [false];
  const ways = transforms.flatMap((logs) =>
    sets.flatMap((set) =>
      (set.length > 0 ? CYCLE_WEIGHTS : [1]).flatMap((cycleWeight) =>
        levels.map((level) => ({ logs, periods: set, cycleWeight, level })),
      ),
    ),
  );
  const naive = fitting.map((p) => ({ logs: false, periods: [p], cycleWeight: 1, level: 'seasonal_naive' as const }));
  return [...ways, ...naive];
}

function predictModel(model: SeasonalModel, history: readonly number[], horizon: number): number[] {
  const n = history.length;
  if (model.level === 'seasonal_naive') {
    const [period] = model.periods;
    return Array.from({ length: horizon }, (_, h) => history[n - period + (h % period)]);
  }
  const y = Float64Array.from(history, (v) => (model.logs ? Math.log(v) : v));
  const profile = profileOf(y, model);
  const plain = Array.from(y.subarray(Math.max(0, n - LEVEL_PERIODS)), (v, i) => {
    const t = Math.max(0, n - LEVEL_PERIODS) + i;
    return v - profile[t % profile.length];
  });
  const level = levelModel(model.level);
  level.fit(plain);
  return level.predict(horizon).map((v, h) => {
    const value = v + profile[(n + h) % profile.length];
    return model.logs ? Math.exp(value) : value;
  });
}

function levelModel(level: Exclude<SeasonalModel['level'], 'seasonal_naive'>): Forecaster {
  switch (level) {
    case 'ses':
      return new Ets(1, [{ error: 'A', trend: 'N', season: 'N' }]);
    case 'damped':
      return new Ets(1, [{ error: 'A', trend: 'Ad', season: 'N' }]);
    case 'theta':
      return new DynamicTheta();
    case 'ar3':
      return new Autoregression();
    case 'mean':
      return new Mean();
  }
}

class Mean implements Forecaster {
  readonly name = 'mean';
  #mean = 0;

  fit(history: readonly number[]): void {
    this.#mean = history.reduce((a, b) => a + b, 0) / history.length;
  }

  predict(horizon: number): number[] {
    return new Array(horizon).fill(this.#mean);
  }
}

/**
 * One cycle of the longest season: the mean distance to the centred moving average, newer cycles weighing more. A long
 * profile of few cycles is shrunk to the shorter ones: weight c/(c+1) for c observed cycles.
 */
function profileOf(y: Float64Array, { periods, cycleWeight }: SeasonalModel): Float64Array {
  if (periods.length === 0) return Float64Array.of(0);
  const longest = periods[periods.length - 1];
  const level = movingAverage(y, longest);
  const residual = y.map((v, t) => v - level[t]);
  let profile: Float64Array = cycleOf(residual, periods[0], cycleWeight);
  for (const period of periods.slice(1)) {
    const own = cycleOf(residual, period, cycleWeight);
    const cycles = y.length / period;
    const shorter = profile;
    profile = own.map((v, i) => (cycles * v + shorter[i % shorter.length]) / (cycles + 1));
  }
  return profile;
}

/** Weighted means by place in the cycle, about 0. */
function cycleOf(residual: Float64Array, period: number, cycleWeight: number): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(period);
  const weights = new Float64Array(period);
  residual.forEach((v, t) => {
    if (Number.isNaN(v)) return;
    const w = cycleWeight ** Math.floor((residual.length - 1 - t) / period);
    sums[t % period] += w * v;
    weights[t % period] += w;
  });
  const means = sums.map((s, i) => (weights[i] > 0 ? s / weights[i] : 0));
  const middle = means.reduce((a, b) => a + b, 0) / period;
  return means.map((v) => v - middle);
}

/** Centred average over one period; NaN where it would reach past the ends. */
function movingAverage(y: Float64Array, period: number): Float64Array {
  const half = period >> 1;
  const sums = new Float64Array(y.length + 1);
  for (let t = 0; t < y.length; t++) sums[t + 1] = sums[t] + y[t];
  return y.map((_, t) => {
    if (t < half || t + half >= y.length) return Number.NaN;
    const whole = sums[t + half + 1] - sums[t - half];
    return period % 2 === 1 ? whole / period : (whole - (y[t - half] + y[t + half]) / 2) / period;
  });
}
