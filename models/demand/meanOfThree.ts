import { ComplexSmoothing } from './complexSmoothing.ts';
import { DynamicTheta } from './dynamicTheta.ts';
import { Ets } from './ets.ts';
import type { Forecaster } from './forecaster.ts';
import { deseasonalised, deseasonalisedAt, reseasoned, type Season, shrunkSeason } from './season.ts';

/** With fewer periods there is neither trend nor season: the last level continues. */
const LEAST = 3;
const NO_SEASON: Season = { kind: 'multiplicative', figure: Float64Array.of(1) };
/** Variance of the unobserved drift, in steps of the level, times the history's length. */
const DRIFT = 5;
/** Weight of the half seasons' sums in the forecast. */
const TOWARDS_SUMS = 0.25;
/** The mean of three has smaller errors than the single model that they are estimated from. */
const GAIN = 0.87;
/** Uncertainty of a short history's model, in periods: the error scale grows by this over the length. */
const UNKNOWN = 4;

/**
 * The plain mean of exponential smoothing, the dynamic Theta method and complex exponential smoothing, the latter two
 * on deseasonalised data, as is the first where its criterion selects no season. Combinations of simple methods beat
 * each: Petropoulos & Svetunkov, "A simple combination of univariate models", IJF 36 (2020). Where the season has four
 * periods or more, deseasonalised sums of half seasons are forecast as well, and periods are shifted towards them,
 * since noise that hides the level cancels out in sums (Athanasopoulos et al., "Forecasting with temporal hierarchies",
 * EJOR 262 (2017)). The weight was chosen on the training parts of the M3 competition.
 */
export class MeanOfThree implements Forecaster {
  readonly name = 'mean_of_ets_theta_ces';
  readonly #period: number;
  #ets: Ets;
  /** Whether the smoothing selected no season and was fitted without it. */
  #plainEts = false;
  readonly #theta = new DynamicTheta();
  readonly #ces = new ComplexSmoothing();
  /** Forecaster of deseasonalised sums of half seasons; null without a suitable season, or with too few periods. */
  #sums: MeanOfThree | null = null;
  #season = NO_SEASON;
  #length = 0;
  #last = 0;

  /** @param period periods of a season; 1 for none. */
  constructor(period: number) {
    this.#period = period;
    this.#ets = new Ets(period);
  }

  /** Whether the history has a season beyond its uncertainty, or by the criterion of the smoothing. */
  get seasonal(): boolean {
    return this.#season.figure.length > 1 || this.#ets.seasonal;
  }

  fit(history: readonly number[]): void {
    this.#length = history.length;
    this.#last = history[history.length - 1];
    this.#season = NO_SEASON;
    this.#sums = null;
    if (history.length < LEAST) return;
    const season = shrunkSeason(history, this.#period, 'multiplicative');
    // An item without demand off season cannot be divided by its season.
    const divides = season?.figure.every((v) => v > 0.01) ?? true;
    this.#season = (divides ? season : shrunkSeason(history, this.#period, 'additive')) ?? NO_SEASON;
    const plain = [...deseasonalised(history, this.#season)];
    this.#ets = new Ets(this.#period);
    this.#ets.fit(history);
    this.#plainEts = this.#season !== NO_SEASON && !this.#ets.seasonal;
    if (this.#plainEts) {
      this.#ets = new Ets(1);
      this.#ets.fit(plain);
    }
    this.#theta.fit(plain);
    this.#ces.fit(plain);
    const half = this.#period / 2;
    if (half < 2 || !Number.isInteger(half) || history.length < LEAST * half) return;
    this.#sums = new MeanOfThree(1);
    this.#sums.fit(sumsOf(plain, half));
  }

  predict(horizon: number): number[] {
    if (this.#length < LEAST) return new Array(horizon).fill(this.#last);
    // A trend holds for as long as it was observed: further ahead the last cycle repeats.
    const seen = this.#predictNear(Math.min(horizon, this.#length));
    const cycle = this.seasonal ? Math.min(this.#period, seen.length) : 1;
    while (seen.length < horizon) seen.push(seen[seen.length - cycle]);
    return seen;
  }

  #predictNear(horizon: number): number[] {
    if (!this.#sums) return this.#meanOf(horizon);
    const half = this.#period / 2;
    const halves = Math.ceil(horizon / half);
    const mean = this.#meanOf(halves * half);
    const plain = mean.map((v, h) => deseasonalisedAt(v, this.#season, this.#length + h));
    const factors = this.#sums.predict(halves).map((predicted, g) => {
      const sum = plain.slice(g * half, (g + 1) * half).reduce((a, b) => a + b, 0);
      return sum > 0 ? 1 + TOWARDS_SUMS * Math.min(1, predicted / sum - 1) : 1;
    });
    return mean.slice(0, horizon).map((v, h) => v * factors[Math.floor(h / half)]);
  }

  #meanOf(horizon: number): number[] {
    const ets = this.#ets.predict(horizon);
    const theta = this.#theta.predict(horizon);
    const ces = this.#ces.predict(horizon);
    const season = (value: number, h: number) => reseasoned(value, this.#season, this.#length + h);
    const smoothed = (h: number) => (this.#plainEts ? season(ets[h], h) : ets[h]);
    return ets.map((_, h) => Math.max(0, (smoothed(h) + season(theta[h], h) + season(ces[h], h)) / 3));
  }

  /**
   * Scale of the error of each step's forecast, and of that of the sum of the first `sumOf` steps, in the data's unit.
   * By the responses of the exponential smoothing model, Var = σ²·Σ c² and of a sum σ²·Σ (Σ c)², plus an unknown drift,
   * by a history of n periods σ²·c₁²·DRIFT·h²/n. DRIFT, GAIN, UNKNOWN and the law (`student4Quantile`) were chosen on
   * the training parts of the M3 competition.
   */
  errorScale(horizon: number, sumOf: number): { steps: number[]; sum: number } {
    if (this.#length < LEAST) {
      const scale = this.#last > 0 ? this.#last : 1;
      return { steps: new Array(horizon).fill(scale), sum: scale * sumOf };
    }
    const c = this.#ets.responses(Math.max(horizon, sumOf, 2));
    const scale = GAIN * (1 + UNKNOWN / this.#length) * this.#ets.errorScale;
    const drift = (DRIFT * c[1] * c[1]) / this.#length;
    let power = 0;
    const steps = c.slice(0, horizon).map((v, h) => {
      power += v * v;
      return this.#share(h) * scale * Math.sqrt(power + drift * (h + 1) ** 2);
    });
    let lasting = 0;
    let sum = 0;
    let shares = 0;
    for (let j = 0; j < sumOf; j++) {
      lasting += c[j];
      sum += lasting ** 2;
      shares += this.#share(j) / sumOf;
    }
    return { steps, sum: shares * scale * Math.sqrt(sum + drift * ((sumOf * (sumOf + 1)) / 2) ** 2) };
  }

  /**
   * Factor of a period on an error of the smoothing where that was fitted without the season: large periods have larger
   * errors.
   */
  #share(h: number): number {
    const { kind, figure } = this.#season;
    return this.#plainEts && kind === 'multiplicative' ? figure[(this.#length + h) % figure.length] : 1;
  }
}

/** Sums of `periods` each, aligned at the newest; an incomplete one at the beginning is left out. */
function sumsOf(history: readonly number[], periods: number): number[] {
  const count = Math.floor(history.length / periods);
  const from = history.length - count * periods;
  return Array.from({ length: count }, (_, g) =>
    history.slice(from + g * periods, from + (g + 1) * periods).reduce((a, b) => a + b, 0),
  );
}
